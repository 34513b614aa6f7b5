"""The page "Practice": a quiz on the numbers of the moment at which it began."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from playground.counting import counted
from playground.errors import PlaygroundError
from playground.laboratory.quiz.generate import LEVELS
from playground.laboratory.quiz.material import Material
from playground.laboratory.quiz.quiz import Quiz, Result
from playground.snapshot import Snapshot
from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.laboratory.page import Page
from ui.laboratory.practice.answering import Answering, quiz_button
from ui.laboratory.practice.covers import Moment
from ui.laboratory.practice.question_view import QuestionView
from ui.laboratory.practice.words import given_answer, hint, progress, solution
from ui.scrolling import ScrollingArea
from ui.theme import Theme

__all__ = ["PracticePage"]

_STACKED = 330  # from this height on, what is asked stands above its numbers, else beside them
_ASIDE = 300  # width of the words beside the numbers
_BAR = 32  # height of the row of controls, with what is free around it
_TOLD = 66  # height of what is said beneath the numbers: it must not move them
QWIDGETSIZE_MAX = 16_777_215  # Qt's "no limit", which PySide does not export
_LARGEST_SEED = 9999

_BROKEN = (
    "The backward pass is broken on purpose, so its numbers are wrong: put it right in the laboratory, then begin."
)

_ANOTHER_RUN = (
    "Another run has begun, so the questions about the one before are put aside: Again asks them once more, Begin asks "
    "about this one."
)


class PracticePage(Page):
    """watch_changed ("batch" or None): what hard questions need, while the page is seen and no quiz runs.

    asking_changed (Moment or None): questions on the numbers of this moment are asked, so they are to be covered; told
    anew with each question.
    sheet_requested (Quiz): it is to be written as a PDF.
    """

    title = "Practice"
    watch_changed = Signal(object)
    asking_changed = Signal(object)
    sheet_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._begun: tuple[Material, Moment] | None = None
        self._asking: tuple[Moment, int] | None = None
        self.quiz: Quiz | None = None
        self._is_aside = False
        self.answering, self.view = Answering(), QuestionView()
        self._build_bar()
        self._arrange()
        self._connect()
        self._show()

    # --- building --------------------------------------------------------------------------------------------------

    def _build_bar(self) -> None:
        self.level = CalmComboBox()
        self.level.setAccessibleName("Level")
        self.level.addItems(LEVELS)
        widest = max(self.level.fontMetrics().horizontalAdvance(name) for name in LEVELS)
        self.level.setFixedWidth(widest + 34)
        self.level.setToolTip(
            "easy: gates and winners; medium: one cell of z, ∂L/∂z, ∂L/∂F …; hard: the batch, ∂L/∂w₁, the step; "
            "in each also why the rules are as they are"
        )
        self.seed = QSpinBox()
        self.seed.setRange(0, _LARGEST_SEED)
        self.seed.setValue(1)
        self.seed.setPrefix("seed ")
        self.seed.setAccessibleName("Seed of the quiz")
        self.seed.setToolTip("Which questions are drawn; the same seed draws the same ones from the same numbers")
        self.seed.setFixedSize(88, 24)
        self.begin = quiz_button("Begin", "Begin a quiz on the numbers of this moment")
        self.again = quiz_button("Again", "The same questions on the same numbers once more")
        self.end = quiz_button("End the quiz", "Ask no more, and say how many were right (Esc)")
        self.end.hide()
        self.sheet = quiz_button("Sheet…", "Write the quiz as a PDF to print, the answers on a page of their own")
        self.status = ElidedLabel(muted=True)
        self._bar = QHBoxLayout()
        self._bar.setSpacing(5)
        for control in (self.level, self.seed, self.begin, self.again, self.end, self.sheet):
            self._bar.addWidget(control)
        self._bar.addWidget(self.status, 1)

    def _arrange(self) -> None:
        words, told = QWidget(), QWidget()
        self._words, self._told = QVBoxLayout(words), QVBoxLayout(told)
        for column in (self._words, self._told):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(4)
        self._words.addWidget(self.answering)
        self._words.addStretch(1)
        self._words_area, self._view_area = ScrollingArea(words), ScrollingArea(self.view)
        self._told_area = ScrollingArea(told)
        self._told_area.setFixedHeight(_TOLD)
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(self._bar)
        layout.addLayout(self._grid, 1)

    def _connect(self) -> None:
        self.begin.clicked.connect(self._begin)
        self.again.clicked.connect(self._repeat)
        self.end.clicked.connect(self._end)
        self.sheet.clicked.connect(lambda: self.sheet_requested.emit(self.quiz))
        self.answering.answered.connect(self._answer)
        self.answering.hint_wanted.connect(self._hint)
        self.answering.skip_wanted.connect(self._skip)
        self.answering.next_wanted.connect(self._go_on)
        self.view.chosen.connect(lambda place: self._answer(float(place)))

    # --- from the window -------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """The numbers that the next quiz would be about; a quiz that runs keeps its own as long as its run lasts."""
        before, self._snapshot = self._snapshot, snapshot
        self.begin.setEnabled(True)
        is_another_run = before is not None and before.run_id != snapshot.run_id
        if is_another_run and self._shown_quiz is not None and not self._shown_quiz.is_over:
            self._put_aside()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.view.set_theme(theme)
        self.answering.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Nothing: a quiz has four digits that count, whatever the decimals are, so that answers can be reckoned."""

    def take_key(self, event: QKeyEvent) -> bool:
        """While a quiz is on screen, let Esc end it, and keys that an answer is made of go there; False for others."""
        if not self.isVisible():
            return False
        if event.key() == Qt.Key.Key_Escape and self._is_running:
            self._end()
            return True
        return self.answering.is_open and self.answering.take_key(event)

    # --- a quiz ----------------------------------------------------------------------------------------------------

    @Slot()
    def _begin(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        if snapshot.flaw is not None:
            self.answering.say(_BROKEN, bad=True)
            return
        batch = snapshot.batch_step.trace if snapshot.batch_step is not None else None
        material = Material(snapshot.step, snapshot.trace, batch, snapshot.settings, snapshot.steps_per_epoch)
        self._start(material, Moment.of(snapshot), self.level.currentText(), self.seed.value())

    @Slot()
    def _repeat(self) -> None:
        if self._begun is not None and self.quiz is not None:
            self._start(*self._begun, self.quiz.level, self.quiz.seed)

    @property
    def _shown_quiz(self) -> Quiz | None:
        """The quiz that is on screen."""
        return None if self._is_aside or (self.quiz is not None and self.quiz.is_ended) else self.quiz

    @property
    def _is_running(self) -> bool:
        """Whether there is a quiz on screen that can be ended."""
        return self._shown_quiz is not None and not self._shown_quiz.is_over

    @Slot()
    def _end(self) -> None:
        """Ask no more, and say how it went so far."""
        if self.quiz is None or not self._is_running:
            return
        self.quiz.end()
        self.answering.say(
            f"Ended after {self.quiz.answered} of {counted(len(self.quiz.questions), 'question')}: "
            f"{self.quiz.score} right. Again asks them from the first."
        )
        self._show()
        self.begin.setFocus()

    def _put_aside(self) -> None:
        """Nothing is asked any more, so the keys are the window's."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            focused.clearFocus()
        self._is_aside = True
        self.answering.say(_ANOTHER_RUN)
        self._show()

    def _start(self, material: Material, moment: Moment, level: str, seed: int) -> None:
        try:
            self.quiz = Quiz(material, level, seed)
        except PlaygroundError as error:
            self.answering.say(str(error), bad=True)
            return
        self._begun, self._is_aside = (material, moment), False
        self.answering.field.clear()
        self.answering.say("")
        self._show()
        self._focus()

    @Slot(float)
    def _answer(self, given: float) -> None:
        if self.quiz is None or not self.answering.is_open:
            return
        if self.quiz.question.choices and given == self.quiz.tried:
            return  # it is known to be wrong
        result = self.quiz.answer(given)
        if self.answering.is_open:
            self._offer_second_try(result)
        else:
            self._tell(result)

    @Slot()
    def _hint(self) -> None:
        if self.quiz is not None and self.answering.is_open:
            self.quiz.hint()
            self.answering.say(hint(self.quiz.question))
            self._focus()

    @Slot()
    def _skip(self) -> None:
        if self.quiz is not None and self.answering.is_open:
            self._tell(self.quiz.skip())

    @Slot()
    def _go_on(self) -> None:
        if self.quiz is None or self.quiz.result is None:
            return
        self.quiz.go_on()
        if self.quiz.result is None:
            self.answering.say("")
            self.answering.field.clear()
        self._show()
        self._focus()

    def _offer_second_try(self, result: Result) -> None:
        """The question stays open, and nothing of its answer is shown."""
        assert self.quiz is not None
        answer = given_answer(self.quiz.question, result)
        self.answering.say(f"Not {answer}. Try once more; then the answer is shown.", bad=True)
        self.answering.field.selectAll()
        focused = QApplication.focusWidget()
        if focused is None or not self.view.isAncestorOf(focused):
            self._focus()
        self.answering.show_quiz(self.quiz)

    def _tell(self, result: Result) -> None:
        """Say whether it was right; the terms, if it was not."""
        assert self.quiz is not None
        question = self.quiz.question
        if result.right:
            self.answering.say(f"Right. {solution(question)}", good=True)
        elif result.given is None:
            self.answering.say(f"Skipped. {solution(question)}")
        else:
            self.answering.say(f"Not {given_answer(question, result)}. {solution(question)}", bad=True)
        self._show()
        self._focus()

    # --- showing ---------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        quiz = self._shown_quiz
        for button in (self.again, self.sheet):
            button.setEnabled(self.quiz is not None)
        self.end.setVisible(self._is_running)
        told = self.quiz if not self._is_aside else None
        self.status.show_text(*progress(told) if told is not None else ("",))
        self.answering.show_quiz(quiz)
        self.view.show_question(quiz.question if quiz is not None else None, answered=not self.answering.is_open)
        self._place()
        self._tell_asking()

    def _focus(self) -> None:
        if self.quiz is not None and self.quiz.is_over:
            self.begin.setFocus()
        else:
            self.answering.take_focus()

    def _tell_asking(self) -> None:
        quiz, asking = self._shown_quiz, None
        # also between two questions: what the next one asks for stands there
        if self._begun is not None and quiz is not None and not quiz.is_over:
            asking = (self._begun[1], quiz.place)
        if asking != self._asking:
            self._asking = asking
            self.asking_changed.emit(None if asking is None else asking[0])

    # --- keys, size, who looks -------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends the quiz; what an answer is made of goes there, wherever in the page the focus is."""
        if not self.take_key(event) and not self.answering.take_key(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a high room what is asked stands above its numbers, else beside them."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """High: question, numbers, what is said, from top to bottom. Low: the words beside the numbers."""
        running = self._shown_quiz is not None
        stacked = running and self.height() >= _STACKED
        grid, area = self._grid, self._words_area
        for part in (area, self._view_area, self._told_area):
            grid.removeWidget(part)
        (self._told if stacked else self._words).insertWidget(0 if stacked else 1, self.answering.feedback)
        grid.addWidget(area, 0, 0)
        grid.addWidget(self._view_area, int(stacked), int(not stacked))
        grid.addWidget(self._told_area, 2, 0)
        grid.setRowStretch(0, int(not stacked))
        grid.setRowStretch(3, int(stacked))
        grid.setColumnStretch(0, int(stacked or not running))
        grid.setColumnStretch(1, int(not stacked and running))
        self._view_area.setVisible(running)
        self._told_area.setVisible(stacked)
        aside = min(_ASIDE, self.width() // 2) if running and not stacked else 0
        area.setMinimumWidth(aside)
        area.setMaximumWidth(aside or QWIDGETSIZE_MAX)
        room = self.height() - _BAR
        asked = min(self.answering.heightForWidth(self.width()) + 2, room // 3) if stacked else 0
        area.setMinimumHeight(asked)
        area.setMaximumHeight(asked or QWIDGETSIZE_MAX)
        room -= asked + _TOLD + 2 * grid.spacing() if stacked else 0
        used = self.view.fit(room)
        self._view_area.setMinimumHeight(min(used, room) if stacked else 0)
        self._view_area.setMaximumHeight(min(used, room) if stacked else QWIDGETSIZE_MAX)

    def showEvent(self, event: QShowEvent) -> None:
        """Hard questions need the batch worked out."""
        super().showEvent(event)
        self.watch_changed.emit("batch")

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks; the quiz waits."""
        super().hideEvent(event)
        self.watch_changed.emit(None)

    def minimumSizeHint(self) -> QSize:
        """A question beside its numbers."""
        return QSize(480, 90)
