"""The page "Samples": whose gradient it is, what update comes of it, and what that does to the loss."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.batch_step import BatchStep
from playground.history import History
from playground.settings import Settings
from playground.snapshot import Snapshot
from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.laboratory.page import Page
from ui.laboratory.samples.change_chart import ChangeChart
from ui.laboratory.samples.words import no_samples_sentence, step_verdict, sum_sentence
from ui.number_format import display_name
from ui.scrolling import FittedArea
from ui.slow_motion.batch_grid import BatchGrid
from ui.slow_motion.sentences import update_sentence
from ui.slow_motion.stages import Stage, batch_pictures, shown_filters
from ui.slow_motion.update_view import UpdateView
from ui.slow_motion.updates import loss_sentence
from ui.theme import DARK, Theme, checked_button_style

__all__ = ["SamplesPage"]

_ALL_AT_ONCE = 400  # from this height on, samples, update and curve have room together
_ALL_STACKED = 470  # the same where update and curve stand one beneath the other
_SIDE_BY_SIDE = 700  # from this width on, they stand side by side
_LOWER = ("Update", "Curve")
_PARTS = ("Samples", *_LOWER)


class SamplesPage(Page):
    """`watch_changed` ("batch" or None) and `measure_changed` (bool): what the worker is to work out, while it is seen.

    In a low room one part at a time; in a high one all three. sample_chosen (SampleRef): a sample was clicked.
    """

    title = "Samples"
    watch_changed = Signal(object)
    measure_changed = Signal(bool)
    sample_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._decimals = 4
        self._snapshot: Snapshot | None = None
        self._step: BatchStep | None = None
        self._history: History | None = None
        self._filters: tuple[int, ...] = (0, 0, 0)
        self._build()
        self._arrange()
        self.choice.currentIndexChanged.connect(lambda _place: self._show_step())
        self.grid.sample_chosen.connect(self.sample_chosen)

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Parameter")
        self.choice.setToolTip("Whose gradient is shown, sample by sample")
        self.choice.setFixedWidth(88)
        self.switches: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        for part in _PARTS:
            button = QPushButton(part)
            button.setCheckable(True)
            button.setFixedSize(QFontMetrics(button.font()).horizontalAdvance(part) + 18, 22)
            button.clicked.connect(self._show_parts)
            self._group.addButton(button)
            self.switches[part] = button
        self.switches["Samples"].setChecked(True)
        self.sum_words, self.update_words = ElidedLabel(muted=True), ElidedLabel(muted=True)
        self.grid, self.update_view, self.chart = BatchGrid(), UpdateView(), ChangeChart()
        self.message = ElidedLabel(muted=True)
        self.verdict = _TwoLines()
        self.verdict.setAccessibleName("What the steps say of the learning rate")

    def _arrange(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(5)
        row.addWidget(self.choice)
        for button in self.switches.values():
            row.addWidget(button)
        row.addWidget(self.message, 1)
        self._parts = {
            "Samples": _column(self.sum_words, FittedArea(self.grid, self.grid.fit)),
            "Update": _column(self.update_words, FittedArea(self.update_view, self.update_view.fit)),
            "Curve": _column(self.chart),
        }
        self._lower_part = QWidget()  # an empty layout would keep its share of the height
        self._lower = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._lower_part)
        self._lower.setContentsMargins(0, 0, 0, 0)
        self._lower.setSpacing(10)
        for part, share in zip(_LOWER, (3, 2), strict=True):
            self._lower.addWidget(self._parts[part], share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(row)
        layout.addWidget(self._parts["Samples"], 2)
        layout.addWidget(self._lower_part, 3)
        layout.addWidget(self.verdict)

    # --- from the window -------------------------------------------------------------------------------------------

    def set_history(self, history: History, settings: Settings) -> None:
        """Follow the curves of another run."""
        self._history = history
        self.chart.set_history(history, settings)
        self._say()

    def set_filters(self, filters: tuple[int, ...]) -> None:
        """Follow the filter of each block that is chosen in the flow."""
        if filters and filters != self._filters:
            self._filters = filters
            self._show_step()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take in the step that the snapshot carries, and what was measured of the last ones."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.trace.parameter_names != snapshot.trace.parameter_names:
            self._offer(snapshot.trace.parameter_names)
        if snapshot.batch_step is not self._step or before is None or before.state is not snapshot.state:
            self._step = snapshot.batch_step
            self._show_step()
        self.grid.choose(snapshot.sample)
        if snapshot.timeline is not None and (before is None or before.timeline is not snapshot.timeline):
            # a branch goes on with curves of its own
            self._history = snapshot.timeline.branch(snapshot.timeline.live).history
            self.chart.show_timeline(snapshot.timeline)
        self.chart.refresh(snapshot.elapsed_seconds)
        self._say()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        for view in (self.grid, self.update_view, self.chart):
            view.set_theme(theme)
        for button in self.switches.values():
            button.setStyleSheet(checked_button_style(theme))
        self._say()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self.grid.set_decimals(decimals)
        self.update_view.set_decimals(decimals)
        self._show_step()
        self._say()

    # --- what is shown ---------------------------------------------------------------------------------------------

    def _offer(self, names: tuple[str, ...]) -> None:
        self.choice.blockSignals(True)
        self.choice.clear()
        for name in names:
            self.choice.addItem(display_name(f"d{name}"), name)
        self.choice.blockSignals(False)

    def _show_step(self) -> None:
        step, snapshot = self._step, self._snapshot
        if snapshot is None:
            return
        self.message.show_text("" if step else no_samples_sentence(snapshot.state))
        self._show_parts()
        if step is None:
            return
        name = str(self.choice.currentData())
        stage = Stage("backward", (f"d{name}",), f"d{name}", "")
        filters, label = shown_filters(step.trace, self._filters), int(snapshot.trace.y[0])
        output = label if step.trace.activation == "softmax" else 0
        pictures = batch_pictures(step, stage, filters, output)
        self.grid.show_pictures(step, pictures, snapshot.class_names, snapshot.sample)
        self.update_view.show_step(step, filters, output)
        self.sum_words.show_text(sum_sentence(step, name))
        self.update_words.show_text(update_sentence(step, self._decimals), loss_sentence(step, self._decimals))

    def _say(self) -> None:
        loss = self._snapshot.batch_loss if self._snapshot else None
        verdict, numbers = step_verdict(self._history, loss, self._decimals)
        text = f"{numbers} {verdict.sentence}".strip()
        color = self._theme.warning if verdict.kind in ("too large", "far off") else self._theme.text
        style = f"color: {color};"
        if text != self.verdict.text():
            self.verdict.setText(text)
        if style != self.verdict.styleSheet():
            self.verdict.setStyleSheet(style)

    def _show_parts(self) -> None:
        """All parts if there is room, else the chosen one; without a step only the curve has something to show."""
        wide, has_step = self.width() >= _SIDE_BY_SIDE, self._step is not None
        roomy = self.height() >= (_ALL_AT_ONCE if wide else _ALL_STACKED)
        self._lower.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        chosen = next(part for part, button in self.switches.items() if button.isChecked())
        for part, widget in self._parts.items():
            wanted = (roomy or part == chosen) and (has_step or part == "Curve")
            widget.setVisible(wanted)
        if not has_step and not roomy:
            self._parts["Curve"].setVisible(True)
        self._lower_part.setVisible(any(not self._parts[part].isHidden() for part in _LOWER))
        for button in self.switches.values():
            button.setVisible(not roomy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More room shows more parts."""
        super().resizeEvent(event)
        self._show_parts()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the step is wanted, taken apart, and each step measured."""
        super().showEvent(event)
        self.watch_changed.emit("batch")
        self.measure_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is worked out."""
        super().hideEvent(event)
        self.watch_changed.emit(None)
        self.measure_changed.emit(False)

    def minimumSizeHint(self) -> QSize:
        """A row of samples and the words."""
        return QSize(420, 120)


class _TwoLines(QLabel):
    """A text of two lines at most, whose room stays as it is: nothing jumps from step to step."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFixedHeight(2 * QFontMetrics(self.font()).lineSpacing() + 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def hasHeightForWidth(self) -> bool:
        """No: its height is fixed. The laboratory would give the page the height that its hints ask for."""
        return False


def _column(*views: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    for view in views:
        layout.addWidget(view, 0 if isinstance(view, QLabel) else 1)
    return column
