"""What both kinds of experiments have in common: settings, epochs, a plot and the table of runs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from playground.experiments.recording import Recording
from playground.own_data.image_set import ImageSet
from playground.ranges import Range
from playground.settings import Settings
from ui.controls import CalmComboBox
from ui.experiments.plot import LinePlot
from ui.experiments.running_page import Result, RunningPage, Told
from ui.experiments.runs_table import RunsTable
from ui.number_control import NumberControl
from ui.panel import Panel
from ui.theme import Theme

__all__ = ["CURVE_NAMES", "ExperimentPage", "figure_choice"]

CURVE_NAMES = {
    "test_accuracy": "test accuracy",
    "train_accuracy": "train accuracy",
    "test_loss": "test loss",
    "train_loss": "train loss",
    "batch_loss": "batch loss",
}
_EPOCHS = Range(1, 200, log=True)


class ExperimentPage(RunningPage[Told, Result]):
    """A page that runs one experiment at a time. save_requested (recordings).

    A subclass says what it keeps of the runs (`recordings`), and places what asks and what shows (`_arrange`).
    """

    save_requested = Signal(object)

    def __init__(self, start: str, stop: str, plot_name: str, plot_hint: str) -> None:
        super().__init__(start, stop)
        self._base = Settings()
        self._own: ImageSet | None = None
        self.epochs = NumberControl(
            "epochs", _EPOCHS, 3, "How often each training image is visited.", with_slider=False, label_width=44
        )
        self.bar.setAccessibleName("Progress of the runs")
        self.bar.setFixedWidth(170)
        self.status.setObjectName("muted")
        self.status.setAccessibleName("What will be run")
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
        self.save_button.clicked.connect(lambda: self.save_requested.emit(self.recordings))
        self.check()

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What is kept of the newest runs."""
        raise NotImplementedError

    def set_base(self, settings: Settings, own: ImageSet | None) -> None:
        """The settings that the next runs have in common, and the images of own data."""
        self._base, self._own = settings, own
        self.check()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for part in (self.plot, self.table, self.epochs):
            part.set_theme(theme)

    def _end_well(self, count: str) -> None:
        gone = sum(bool(recording.diverged) for recording in self.recordings)
        self._finish(f"Done: {count}." + (f" {gone} diverged; the table says where." if gone else ""))


def figure_choice(names: tuple[str, ...], accessible_name: str) -> CalmComboBox:
    """A choice of the curves or figures with these names."""
    choice = CalmComboBox()
    choice.setAccessibleName(accessible_name)
    for name in names:
        choice.addItem(CURVE_NAMES[name], name)
    return choice
