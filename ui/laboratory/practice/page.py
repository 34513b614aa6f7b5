"""The page "Practice": a quiz on the numbers of the moment at which it began."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from playground.errors import AnswerError, PlaygroundError
from playground.laboratory.quiz.answers import read_answer
from playground.laboratory.quiz.generate import LEVELS, Material
from playground.laboratory.quiz.quiz import Quiz, Result
from playground.snapshot import Snapshot
from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.laboratory.page import Page
from ui.laboratory.practice.question_view import QuestionView
from ui.laboratory.practice.words import INTRODUCTION, choice_names, given_answer, hint, progress, prompt, solution
from ui.scrolling import ScrollingArea
from ui.theme import DARK, Theme

__all__ = ["PracticePage"]

_STACKED = 330  # from this height on, what is asked stands above its numbers, else beside them
_ASIDE = 300  # width of the words beside the numbers
_ABOVE = 140  # height of the words above the numbers
_FIELD_WIDTH = 260
QWIDGETSIZE_MAX = 16_777_215  # Qt's "no limit", which PySide does not export
_MOST_CHOICES = 4
_LARGEST_SEED = 9999
_LONGEST_ANSWER = 60


_BROKEN = (
    "The backward pass is broken on purpose, so its numbers are wrong: put it right in the laboratory, then begin."
)


class PracticePage(Page):
    """watch_changed ("batch" or None): what hard questions need, while the page is seen and no quiz runs.

    asking_changed (bool): a question is open on screen, so its numbers should be covered elsewhere.
    sheet_requested (Quiz): it is to be written as a PDF.
    """

    title = "Practice"
    watch_changed = Signal(object)
    asking_changed = Signal(bool)
    sheet_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._material: Material | None = None
        self._asking = False
        self.quiz: Quiz | None = None
        self._build()
        self._arrange()
        self._connect()
        self._show()

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.level = CalmComboBox()
        self.level.setAccessibleName("Level")
        self.level.addItems(LEVELS)
        self.level.setToolTip(
            "easy: gates and winners; medium: one cell of z, ∂L/∂z, ∂L/∂F …; hard: one cell of ∂L/∂w₁ over the batch"
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST_SEED)
        self.seed.setValue(1)
        self.seed.setPrefix("seed ")
        self.seed.setAccessibleName("Seed of the quiz")
        self.seed.setToolTip("Which questions are drawn; the same seed draws the same ones from the same numbers")
        self.seed.setFixedWidth(88)
        self.begin = _button("Begin", "Begin a quiz on the numbers of this moment")
        self.again = _button("Again", "The same questions on the same numbers once more")
        self.sheet = _button("Sheet…", "Write the quiz as a PDF to print, the answers on a page of their own")
        self.status = ElidedLabel(muted=True)
        self.prompt = _Wrapped()
        self.prompt.setAccessibleName("Question")
        self.field = QLineEdit()
        self.field.setMaxLength(_LONGEST_ANSWER)
        self.field.setMaximumWidth(_FIELD_WIDTH)
        self.field.setPlaceholderText("0.25, 0,25 or 1/4")
        self.field.setAccessibleName("Answer")
        self.choices = tuple(_button(str(number + 1), "") for number in range(_MOST_CHOICES))
        self.check = _button("Check", "See whether that is right (Enter)")
        self.hint = _button("Hint", "The rule that answers; the score says that it was looked at")
        self.skip = _button("Skip", "Leave the question unanswered; the streak ends")
        self.following = _button("Next ▶", "The next question (Enter)")
        self.feedback = _Wrapped()
        self.feedback.setAccessibleName("Feedback")
        self.view = QuestionView()

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(5)
        for control in (self.level, self.seed, self.begin, self.again, self.sheet):
            bar.addWidget(control)
        bar.addWidget(self.status, 1)
        answer = QHBoxLayout()
        answer.setSpacing(5)
        answer.addWidget(self.field, 3)
        for control in (*self.choices, self.check, self.hint, self.skip, self.following):
            answer.addWidget(control)
        answer.addStretch(1)
        self._words = QWidget()
        words = QVBoxLayout(self._words)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(4)
        words.addWidget(self.prompt)
        words.addLayout(answer)
        words.addWidget(self.feedback)
        words.addStretch(1)
        self._words_area, self._view_area = ScrollingArea(self._words), ScrollingArea(self.view)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(12)
        self._halves.addWidget(self._words_area)
        self._halves.addWidget(self._view_area, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(bar)
        layout.addLayout(self._halves, 1)

    def _connect(self) -> None:
        self.begin.clicked.connect(self._begin)
        self.again.clicked.connect(self._repeat)
        self.sheet.clicked.connect(lambda: self.sheet_requested.emit(self.quiz))
        self.field.returnPressed.connect(self._check)
        self.check.clicked.connect(self._check)
        for number, button in enumerate(self.choices):
            button.clicked.connect(lambda _checked=False, place=number: self._answer(float(place)))
        self.view.chosen.connect(lambda place: self._answer(float(place)))
        self.hint.clicked.connect(self._hint)
        self.skip.clicked.connect(self._skip)
        self.following.clicked.connect(self._go_on)

    # --- from the window -------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """The numbers that the next quiz would be about; a quiz that runs keeps its own."""
        self._snapshot = snapshot
        self.begin.setEnabled(True)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.view.set_theme(theme)
        self._color_feedback()

    def set_decimals(self, decimals: int) -> None:
        """Nothing: a quiz has four digits that count, whatever the decimals are, so that answers can be reckoned."""

    # --- a quiz ----------------------------------------------------------------------------------------------------

    @Slot()
    def _begin(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        if snapshot.flaw is not None:
            self._say(_BROKEN, bad=True)
            return
        batch = snapshot.batch_step.trace if snapshot.batch_step is not None else None
        self._start(Material(snapshot.step, snapshot.trace, batch), self.level.currentText(), self.seed.value())

    @Slot()
    def _repeat(self) -> None:
        if self._material is not None and self.quiz is not None:
            self._start(self._material, self.quiz.level, self.quiz.seed)

    def _start(self, material: Material, level: str, seed: int) -> None:
        try:
            self.quiz = Quiz(material, level, seed)
        except PlaygroundError as error:
            self._say(str(error), bad=True)
            return
        self._material = material
        self._say("")
        self._show()
        self._focus()

    @Slot()
    def _check(self) -> None:
        if self._is_closed():
            self._go_on()
            return
        try:
            given = read_answer(self.field.text())
        except AnswerError as error:
            self._say(str(error), bad=True)
            self.field.setFocus()
            return
        self._answer(given)

    def _answer(self, given: float) -> None:
        if self.quiz is not None and not self._is_closed():
            self._tell(self.quiz.answer(given))

    @Slot()
    def _hint(self) -> None:
        if self.quiz is not None and not self._is_closed():
            self.quiz.hint()
            self._say(hint(self.quiz.question))
            self._focus()

    @Slot()
    def _skip(self) -> None:
        if self.quiz is not None and not self._is_closed():
            self._tell(self.quiz.skip())

    @Slot()
    def _go_on(self) -> None:
        if self.quiz is None or not self._is_closed():
            return
        self.quiz.go_on()
        if not self._is_closed():
            self._say("")
            self.field.clear()
        self._show()
        self._focus()

    def _tell(self, result: Result) -> None:
        """Say whether it was right; the terms, if it was not."""
        assert self.quiz is not None
        question = self.quiz.question
        if result.right:
            self._say(f"Right. {solution(question)}", good=True)
        elif result.given is None:
            self._say(f"Skipped. {solution(question)}")
        else:
            self._say(f"Not {given_answer(question, result)}. {solution(question)}", bad=True)
        self._show()
        self._focus()

    def _is_closed(self) -> bool:
        return self.quiz is None or self.quiz.result is not None

    # --- showing ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        quiz = self.quiz
        running, closed = quiz is not None, self._is_closed()
        self.again.setEnabled(running)
        self.sheet.setEnabled(running)
        question = quiz.question if quiz is not None else None
        self.status.show_text(progress(quiz) if quiz is not None else "")
        self.prompt.setText(prompt(question) if question is not None else INTRODUCTION)
        names = choice_names(question) if question is not None and question.choices else ()
        self.field.setVisible(running and not names)
        self.field.setReadOnly(closed)
        self.check.setVisible(running and not names and not closed)
        for number, button in enumerate(self.choices):
            shown = number < len(names)
            button.setVisible(shown)
            button.setEnabled(not closed)
            if shown:
                button.setText(names[number])
                button.setFixedWidth(QFontMetrics(button.font()).horizontalAdvance(names[number]) + 20)
                button.setAccessibleName(f"Answer {names[number]}")
                button.setToolTip(f"{names[number]} ({number + 1})")
        for button in (self.hint, self.skip):
            button.setVisible(running and not closed)
        self.following.setVisible(running and closed and quiz is not None and not quiz.is_over)
        self._place_halves()
        self.view.show_question(question, answered=closed)
        self._tell_asking()

    def _focus(self) -> None:
        """Where the next key belongs."""
        if self.quiz is None:
            return
        if self._is_closed():
            (self.begin if self.quiz.is_over else self.following).setFocus()
        elif self.quiz.question.choices:
            self.choices[0].setFocus()
        else:
            self.field.setFocus()

    def _say(self, text: str, *, good: bool = False, bad: bool = False) -> None:
        self.feedback.setText(text)
        self.feedback.setProperty("mood", "good" if good else "bad" if bad else "")
        self._color_feedback()

    def _color_feedback(self) -> None:
        moods = {"good": self._theme.forward, "bad": self._theme.error}
        self.feedback.setStyleSheet(f"color: {moods.get(str(self.feedback.property('mood')), self._theme.text)};")

    def _tell_asking(self) -> None:
        asking = self.isVisible() and not self._is_closed()
        if asking != self._asking:
            self._asking = asking
            self.asking_changed.emit(asking)

    # --- keys, size, who looks -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits choose an answer, wherever in the page the focus is; a text field takes its own."""
        number = event.key() - Qt.Key.Key_1
        question = self.quiz.question if self.quiz is not None else None
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and question is not None and 0 <= number < question.choices:
            self._answer(float(number))
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a high room what is asked stands above its numbers, else beside them."""
        super().resizeEvent(event)
        self._place_halves()

    def _place_halves(self) -> None:
        stacked, running = self.height() >= _STACKED, self.quiz is not None
        self._view_area.setVisible(running)
        self._halves.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        aside = running and not stacked
        self._words_area.setMinimumSize(min(_ASIDE, self.width() // 2) if aside else 0, _ABOVE if stacked else 0)
        self._words_area.setMaximumSize(
            self._words_area.minimumWidth() if aside else QWIDGETSIZE_MAX,
            _ABOVE if stacked and running else QWIDGETSIZE_MAX,
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Hard questions need the batch worked out."""
        super().showEvent(event)
        self.watch_changed.emit("batch")
        self._tell_asking()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks; the quiz waits, and nothing needs to be covered."""
        super().hideEvent(event)
        self.watch_changed.emit(None)
        self._tell_asking()

    def minimumSizeHint(self) -> QSize:
        """A question beside its numbers."""
        return QSize(480, 90)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setFixedSize(QFontMetrics(button.font()).horizontalAdvance(text) + 18, 24)
    button.setAutoDefault(True)  # Enter presses it when it has the focus
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
