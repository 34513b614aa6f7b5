"""What stands under the stages: the batch, one cell and its sum, the update, or why there is nothing to see."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStackedWidget, QWidget

from playground.batch_step import BatchStep
from playground.snapshot import Snapshot
from ui.scrolling import FittedArea
from ui.slow_motion.batch_grid import BatchGrid
from ui.slow_motion.cell_view import CellView
from ui.slow_motion.cells import CellGrid
from ui.slow_motion.sentences import cell_sentence, stage_sentence, update_sentence
from ui.slow_motion.stages import Stage, batch_pictures
from ui.slow_motion.update_view import UpdateView
from ui.theme import Theme

__all__ = ["StageViews"]


class StageViews(QStackedWidget):
    """Shows a stage in the view that fits it, and returns the sentence that belongs to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = BatchGrid()
        self.update_view = UpdateView()
        self.cell_view = CellView()
        self._decimals = 4
        self.message = QLabel()
        self.message.setObjectName("muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self._grid_scroll = FittedArea(self.grid, self.grid.fit)
        self._update_scroll = FittedArea(self.update_view, self.update_view.fit)
        for view in (self._grid_scroll, self._update_scroll, self.cell_view, self.message):
            self.addWidget(view)
        self.setMinimumHeight(26)

    def show_message(self, text: str) -> bool:
        """Say why there is nothing to see; True if there was something until now."""
        if self.message.text() != text:
            self.message.setText(text)
        other = self.currentWidget() is not self.message
        if other:
            self.setCurrentWidget(self.message)
        return other

    def show_batch(
        self, snapshot: Snapshot, step: BatchStep, stage: Stage, filters: tuple[int, ...], output: int
    ) -> str:
        """A stage of the whole batch, its update with before and after."""
        if stage.phase == "update":
            self.update_view.show_step(step, filters, output)
            self.setCurrentWidget(self._update_scroll)
            return update_sentence(step, self._decimals)
        pictures = batch_pictures(step, stage, filters, output)
        self.grid.show_pictures(step, pictures, snapshot.class_names, snapshot.sample)
        self.setCurrentWidget(self._grid_scroll)
        limits = self.grid.limit, self.grid.whole_limit
        return stage_sentence(step, stage, pictures.note, limits, self._decimals, in_the_flow=snapshot.sample)

    def show_cell(self, snapshot: Snapshot, step: BatchStep, stage: Stage, grid: CellGrid, cell: int) -> str:
        """One cell of an array of the sample in the flow."""
        self.cell_view.show_cell(snapshot, step, grid, cell, updating=stage.phase == "update")
        self.setCurrentWidget(self.cell_view)
        return cell_sentence(step, stage, cell, grid.count, self._decimals)

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        for view in (self.grid, self.update_view, self.cell_view):
            view.set_decimals(decimals)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for view in (self.grid, self.update_view, self.cell_view):
            view.set_theme(theme)
