"""Asking and answering: the question in words, where the answer goes, and what is said to it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from playground.errors import AnswerError
from playground.laboratory.quiz.answers import read_answer
from playground.laboratory.quiz.quiz import Quiz
from ui.laboratory.practice.words import INTRODUCTION, choice_names, prompt
from ui.theme import DARK, Theme

__all__ = ["Answering", "quiz_button"]

_FIELD_WIDTH = 260
_MOST_CHOICES = 4
_LONGEST_ANSWER = 60
_SIGNS = "0123456789.,-−/+"
"""What an answer begins with; the same keys turn tabs and walk through the chain where no answer is expected."""


class Answering(QWidget):
    """answered (float): a number, or that of a choice; hint_wanted, skip_wanted and next_wanted by their buttons.

    `feedback` is for the page to place.
    """

    answered = Signal(float)
    hint_wanted = Signal()
    skip_wanted = Signal()
    next_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._quiz: Quiz | None = None
        self.prompt = _Wrapped()
        self.prompt.setAccessibleName("Question")
        self.field = QLineEdit()
        self.field.setMaxLength(_LONGEST_ANSWER)
        self.field.setMaximumWidth(_FIELD_WIDTH)
        self.field.setPlaceholderText("0.25, 0,25 or 1/4")
        self.field.setAccessibleName("Answer")
        self.choices = tuple(quiz_button(str(number + 1), "") for number in range(_MOST_CHOICES))
        self.check = quiz_button("Check", "See whether that is right (Enter)")
        self.hint = quiz_button("Hint", "The rule that answers; the score says that it was looked at")
        self.skip = quiz_button("Skip", "Leave the question unanswered; the streak ends")
        self.following = quiz_button("Next ▶", "The next question (Enter)")
        self.feedback = _Wrapped()
        self.feedback.setAccessibleName("Feedback")
        answer = QHBoxLayout()
        answer.setSpacing(5)
        answer.addWidget(self.field, 3)
        for control in (*self.choices, self.check, self.hint, self.skip, self.following):
            answer.addWidget(control)
        answer.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.prompt)
        layout.addLayout(answer)
        self._connect()
        self.show_quiz(None)

    def _connect(self) -> None:
        self.field.returnPressed.connect(self._check)
        self.check.clicked.connect(self._check)
        for number, button in enumerate(self.choices):
            button.clicked.connect(lambda _checked=False, place=number: self.answered.emit(float(place)))
        self.hint.clicked.connect(self.hint_wanted)
        self.skip.clicked.connect(self.skip_wanted)
        self.following.clicked.connect(self.next_wanted)

    # --- showing ---------------------------------------------------------------------------------------------------

    def show_quiz(self, quiz: Quiz | None) -> None:
        """Ask the present question of a quiz, or (None) say what a quiz is."""
        self._quiz = quiz
        running, is_open = quiz is not None, self.is_open
        self.prompt.setText(INTRODUCTION if quiz is None else prompt(quiz.question))
        names = choice_names(quiz.question) if quiz is not None and quiz.question.choices else ()
        self.field.setVisible(running and not names)
        self.field.setReadOnly(not is_open)
        self.check.setVisible(is_open and not names)
        for number, button in enumerate(self.choices):
            shown = number < len(names)
            button.setVisible(shown)
            button.setEnabled(is_open and quiz is not None and quiz.tried != number)
            if shown:
                button.setText(names[number])
                button.setFixedWidth(QFontMetrics(button.font()).horizontalAdvance(names[number]) + 20)
                button.setAccessibleName(f"Answer {names[number]}")
                button.setToolTip(f"{names[number]} ({number + 1})")
        for button in (self.hint, self.skip):
            button.setVisible(is_open)
        self.following.setVisible(quiz is not None and not is_open and not quiz.is_over)

    @property
    def is_open(self) -> bool:
        """Whether an answer is expected."""
        return self._quiz is not None and self._quiz.result is None

    def take_focus(self) -> None:
        """Be where the next key belongs: with choices before them all, so that Enter takes none by accident."""
        if not self.is_open:
            self.following.setFocus()
        elif self._quiz is not None and self._quiz.question.choices:
            self.setFocus()
        else:
            self.field.setFocus()

    def say(self, text: str, *, good: bool = False, bad: bool = False) -> None:
        """What there is to say of an answer."""
        self.feedback.setText(text)
        self.feedback.setProperty("mood", "good" if good else "bad" if bad else "")
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        moods = {"good": theme.forward, "bad": theme.error}
        self.feedback.setStyleSheet(f"color: {moods.get(str(self.feedback.property('mood')), theme.text)};")

    # --- answers ---------------------------------------------------------------------------------------------------

    @Slot()
    def _check(self) -> None:
        if not self.is_open:
            self.next_wanted.emit()
            return
        try:
            given = read_answer(self.field.text())
        except AnswerError as error:
            self.say(str(error), bad=True)
            self.field.setFocus()
            return
        self.answered.emit(given)

    def take_key(self, event: QKeyEvent) -> bool:
        """Let a key that an answer is made of go to the answer, wherever the focus is; False if it is none.

        Between two questions of a quiz such a key does nothing: it would leave the quiz.
        """
        quiz, text = self._quiz, event.text()
        if quiz is None or quiz.is_over or event.modifiers() & ~_TYPING or not text or text not in _SIGNS:
            return False
        if self.is_open and quiz.question.choices:
            number = int(text) - 1 if text.isdigit() else -1
            if 0 <= number < quiz.question.choices:
                self.answered.emit(float(number))
        elif self.is_open:
            self.field.setFocus()
            self.field.insert(text)
        return True


_TYPING = Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier


def quiz_button(text: str, tip: str) -> QPushButton:
    """A button as wide as its text, which Enter presses when it has the focus."""
    button = QPushButton(text)
    button.setFixedSize(QFontMetrics(button.font()).horizontalAdvance(text) + 18, 24)
    button.setAutoDefault(True)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button


class _Wrapped(QLabel):
    """A text as high as its width lets it be."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def minimumSizeHint(self) -> QSize:
        """One line; QLabel's own is that of a narrow column, and would bring a scroll bar for nothing."""
        return QSize(20, self.fontMetrics().lineSpacing())
