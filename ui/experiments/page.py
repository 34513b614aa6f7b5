"""What both kinds of experiments have in common: asking, starting, stopping, a status line and the table of runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSplitter, QVBoxLayout, QWidget

from playground.errors import PlaygroundError
from playground.experiments.recording import Recording
from playground.own_data.image_set import ImageSet
from playground.ranges import Range
from playground.settings import Settings
from ui.background import Background, Task
from ui.controls import CalmComboBox, NumberControl
from ui.experiments.plot import LinePlot
from ui.experiments.runs_table import RunsTable
from ui.panel import Panel
from ui.theme import Theme

__all__ = ["CURVE_NAMES", "ExperimentPage", "Plan", "figure_choice"]

CURVE_NAMES = {
    "test_accuracy": "test accuracy",
    "train_accuracy": "train accuracy",
    "test_loss": "test loss",
    "train_loss": "train loss",
    "batch_loss": "batch loss",
}
_EPOCHS = Range(1, 200, log=True)


@dataclass(frozen=True)
class Plan:
    """What would be run: in a sentence, how many things a progress bar counts, and the work itself."""

    sentence: str
    total: int
    work: Callable[[Task], object]


class ExperimentPage(QWidget):
    """A page that runs one experiment at a time. refused (str): why it ended; save_requested (recordings).

    A subclass makes the plan from what is asked for (`_plan`), takes in what is told (`_on_progress`, `_on_done`) and
    shows it (`_draw`, `recordings`).
    """

    refused = Signal(str)
    save_requested = Signal(object)

    def __init__(self, start: str, stop: str, plot_name: str, plot_hint: str) -> None:
        super().__init__()
        self._base = Settings()
        self._own: ImageSet | None = None
        self._start_text, self._stop_text = start, stop
        self._runs = Background(self)
        self.epochs = NumberControl(
            "epochs", _EPOCHS, 3, "How often each training image is visited.", with_slider=False, label_width=44
        )
        self.start_button = QPushButton(start)
        self.start_button.setObjectName("primary")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Progress of the runs")
        self.bar.setFixedWidth(170)
        self.bar.hide()  # empty it would look like a field
        self.status = QLabel()
        self.status.setObjectName("muted")
        self.status.setAccessibleName("What will be run")
        self.status.setWordWrap(True)
        self.plot = LinePlot(plot_name, plot_hint)
        self.table = RunsTable()
        self.save_button = QPushButton("Save table…")
        self.save_button.setToolTip("Settings and results of every run as CSV")

    def _arrange(self, asking: QVBoxLayout, above: QWidget) -> None:
        """Lay out what asks, what shows, and the table beneath."""
        runs = Panel("Runs")
        runs.header.addWidget(self.save_button)
        runs.body.addWidget(self.table)
        split = QSplitter()
        split.setOrientation(split.orientation().Vertical)
        split.addWidget(above)
        split.addWidget(runs)
        split.setSizes([400, 200])
        split.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addLayout(asking)
        layout.addWidget(self.status)
        layout.addWidget(split, 1)
        self.epochs.value_changed.connect(self.check)
        self.start_button.clicked.connect(self._start_or_stop)
        self.save_button.clicked.connect(lambda: self.save_requested.emit(self.recordings))
        self._runs.progress.connect(self._on_progress)
        self._runs.done.connect(self._on_done)
        self._runs.refused.connect(self._on_refused)
        self.check()

    # --- what a subclass says -----------------------------------------------------------------------------------

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What is kept of the newest runs."""
        raise NotImplementedError

    def _plan(self) -> Plan:
        """What is asked for. Raises PlaygroundError saying what is wrong with it."""
        raise NotImplementedError

    def _begin(self) -> None:
        """The plan begins: forget what the one before has left."""
        raise NotImplementedError

    def _on_progress(self, told: object) -> None:
        raise NotImplementedError

    def _on_done(self, result: object) -> None:
        raise NotImplementedError

    # --- from outside -------------------------------------------------------------------------------------------

    def set_base(self, settings: Settings, own: ImageSet | None) -> None:
        """The settings that the next runs have in common, and the images of own data."""
        self._base, self._own = settings, own
        self.check()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for part in (self.plot, self.table, self.epochs):
            part.set_theme(theme)

    def close_runs(self) -> None:
        """End what is running, soon."""
        self._runs.give_up()
        self._runs.wait(10.0)

    @property
    def is_running(self) -> bool:
        """True while runs are under way."""
        return self._runs.is_busy

    # --- running ------------------------------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """Say what would be run, or what is wrong with it."""
        if self.is_running:
            return
        try:
            self.status.setText(self._plan().sentence)
        except PlaygroundError as error:
            self.status.setText(str(error))
            self.start_button.setEnabled(False)
        else:
            self.start_button.setEnabled(True)

    @Slot()
    def _start_or_stop(self) -> None:
        if self.is_running:
            self._runs.give_up()
            self._end("Stopped; what was reached stays here.")
            return
        plan = self._plan()
        self._begin()
        self.bar.show()
        self.bar.setRange(0, plan.total)
        self.bar.setValue(0)
        self.start_button.setText(self._stop_text)
        self.status.setText(f"Running {plan.sentence}")
        self._runs.start(plan.work)

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._end(sentence)
        self.refused.emit(sentence)

    def _end(self, sentence: str) -> None:
        self.start_button.setText(self._start_text)
        self.check()
        self.status.setText(sentence)

    def _end_well(self, count: str) -> None:
        gone = sum(bool(recording.diverged) for recording in self.recordings)
        self.bar.setValue(self.bar.maximum())
        self._end(f"Done: {count}." + (f" {gone} diverged; the table says where." if gone else ""))


def figure_choice(names: tuple[str, ...], accessible_name: str) -> CalmComboBox:
    """A choice of the curves or figures with these names."""
    choice = CalmComboBox()
    choice.setAccessibleName(accessible_name)
    for name in names:
        choice.addItem(CURVE_NAMES[name], name)
    return choice
