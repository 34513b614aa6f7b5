"""What is outlined in the picture of the two passes: the cell pointed at, pins, marks, arrays that are lit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QRect, Signal, Slot

from ui.cell_ref import CellRef, cell_value
from ui.flow.marks import Mark, Outline
from ui.flow.surface import FlowSurface
from ui.flow.text import cell_text
from ui.number_format import format_number

__all__ = ["HELP", "FlowPicture"]

HELP = "Arrow keys go from cell to cell, Page Up and Page Down from array to array, Enter explains a cell"
"""What is said of the picture while no cell of it is pointed at."""


class FlowPicture(FlowSurface):
    """A `FlowSurface` with cells and arrays outlined, dimmed and framed. What hands do is up to the subclass."""

    cell_hovered = Signal(object)
    """The CellRef that is outlined now, None when there is none."""

    @property
    def cell(self) -> CellRef | None:
        """The cell that is outlined."""
        return self._overlay.cell

    def forget_cells(self) -> None:
        """No cell is outlined any more, either."""
        super().forget_cells()
        self._set_cell(None)

    def _set_cell(self, cell: CellRef | None) -> None:
        if cell == self._overlay.cell:
            return
        for ref in (self._overlay.cell, cell):
            rect = self.flow_layout.cell_rect(ref.name, ref.index) if ref and self.flow_layout else None
            if rect:
                self.update(self._logical(rect))
        self._overlay.cell = cell
        self._overlay.forget()
        self.setAccessibleDescription(self.describe(cell) if cell else HELP)
        self.cell_hovered.emit(cell)

    def describe(self, cell: CellRef) -> str:
        """Name, index and value of a cell, and for a zero gradient the reason; '' if there is no such cell."""
        trace = self._snapshot.trace if self._snapshot else None
        if trace is None or cell.name not in trace.arrays:
            return ""
        if self._options.difference:
            return f"B − A: {cell} = {format_number(cell_value(trace, cell), self._options.decimals)}"
        return cell_text(trace, cell, self._options.decimals)

    def set_highlights(self, cells: Mapping[str, Sequence[tuple[int, ...]]], color: str | None = None) -> None:
        """Outline cells of several arrays (those that are on screen), in `color` or the selection colour."""
        self._overlay.set_highlights(cells, color)
        self.update()

    def outline(self, refs: Sequence[CellRef], color: str) -> None:
        """Outline some more cells in a colour; `set_highlights({})` takes all outlines away."""
        self._overlay.outline(refs, color)
        self.update()

    def set_marks(self, marks: Sequence[Mark]) -> list[int]:
        """Outline groups of cells until the next call; returns how many cells of each are in maps on screen."""
        if self._overlay.set_marks(marks):
            self.update()
        return [outline.shown for outline in self.marked()]

    def marked(self) -> list[Outline]:
        """The outlines of the marks in the present layout."""
        layout = self.flow_layout
        return self._overlay.marked(layout) if layout else []

    def set_pinned(self, cells: Sequence[CellRef]) -> None:
        """Outline the pinned cells; while there are any, Esc tells `dismissed`."""
        if tuple(cells) != self._overlay.pinned:
            self._overlay.pinned = tuple(cells)
            self._overlay_changed()

    @Slot(object)
    def light_up(self, names: Collection[str] | None, glowing: Collection[str] = ()) -> None:
        """Dim every array but these and let some glow, until the next call; None dims nothing."""
        if self._overlay.light_up(names, glowing):
            self.update()

    @property
    def glowing(self) -> frozenset[str]:
        """The arrays of the present stage."""
        return self._overlay.glowing

    @property
    def lit(self) -> frozenset[str] | None:
        """The arrays that are not dimmed, None if none is."""
        return self._overlay.lit

    def emphasize(self, name: str | None) -> QRect:
        """Frame the tile of an array until the next call or mouse move; returns its place in the widget."""
        self._overlay.emphasized = name
        self._overlay_changed()
        return self.place_of_array(name) if name else QRect()

    def _overlay_changed(self) -> None:
        """What lies over the picture is to be drawn anew."""
        self._overlay.forget()
        self.update()
