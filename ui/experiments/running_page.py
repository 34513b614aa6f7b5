"""A page that runs one thing at a time beside the window: what would be run, start and stop, how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QWidget

from playground.errors import PlaygroundError
from ui.background import Background, Task

__all__ = ["Plan", "RunningPage"]


Told = TypeVar("Told")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Plan(Generic[Result]):
    """What would be run: in a sentence, how many things a progress bar counts, and the work itself."""

    sentence: str
    total: int
    work: Callable[[Task], Result]


class RunningPage(QWidget, Generic[Told, Result]):
    """refused (str): why a run ended. `start_button`, `bar` and `status` are for the subclass to place.

    A subclass makes the plan from what is asked for (`_plan`), forgets what was (`_begin`), takes in what is told
    (`_on_progress`) and what came out (`_on_done`, which says so by `_finish`). It calls `check` when it is built, and
    whenever something else is asked for.
    """

    refused = Signal(str)

    def __init__(self, start: str, stop: str) -> None:
        super().__init__()
        self._start_text, self._stop_text = start, stop
        self._checked: Plan[Result] | None = None
        self._runs = Background(self)
        self._runs.progress.connect(self._on_progress)
        self._runs.done.connect(self._on_done)
        self._runs.refused.connect(self._on_refused)
        self.start_button = QPushButton(start)
        self.start_button.setObjectName("primary")
        self.start_button.clicked.connect(self._start_or_stop)
        self.bar = QProgressBar()
        self.bar.hide()  # empty it would look like a field
        self.status = QLabel()
        self.status.setWordWrap(True)

    # --- what a subclass says -----------------------------------------------------------------------------------

    def _plan(self) -> Plan[Result]:
        """What is asked for. Raises PlaygroundError saying what is wrong with it."""
        raise NotImplementedError

    def _begin(self) -> None:
        """The plan begins: forget what the one before has left."""
        raise NotImplementedError

    def _on_progress(self, told: Told) -> None:
        raise NotImplementedError

    def _on_done(self, result: Result) -> None:
        raise NotImplementedError

    # --- running ------------------------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """True while something is under way."""
        return self._runs.is_busy

    def close_runs(self) -> None:
        """End what is running, soon."""
        self._runs.give_up()
        self._runs.wait(10.0)

    @Slot()
    def check(self) -> None:
        """Say what would be run, or what is wrong with it."""
        if self.is_running:
            return
        try:
            self._checked = self._plan()
        except PlaygroundError as error:
            self._checked = None
            self.status.setText(str(error))
        else:
            self.status.setText(self._checked.sentence)
        self.start_button.setEnabled(self._checked is not None)

    @Slot()
    def _start_or_stop(self) -> None:
        if self.is_running:
            self._runs.give_up()
            self._end("Stopped; what was reached stays here.")
            return
        self.check()
        plan = self._checked
        if plan is None:
            return
        self._begin()
        self.bar.show()
        self.bar.setRange(0, plan.total)
        self.bar.setValue(0)
        self.start_button.setText(self._stop_text)
        self.status.setText(f"Running: {plan.sentence}")
        self._runs.start(plan.work)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._end(sentence)
        self.refused.emit(sentence)

    def _finish(self, sentence: str) -> None:
        """It came to its end: the bar is full, and a sentence says what came out."""
        self.bar.setValue(self.bar.maximum())
        self._end(sentence)

    def _end(self, sentence: str) -> None:
        self.start_button.setText(self._start_text)
        self.check()
        self.status.setText(sentence)
