"""Which cell a key leads to."""

from __future__ import annotations

from ui.cell_ref import CellRef
from ui.flow.layout import FlowLayout

__all__ = ["in_next_tile", "walked"]


def walked(layout: FlowLayout, cell: CellRef | None, dx: int, dy: int) -> CellRef | None:
    """The cell beside `cell`; over the edge of a map the nearest in that direction, from nowhere the first of all."""
    found = layout.find(cell.name, cell.index) if cell else None
    if not found or not cell:
        return in_next_tile(layout, cell, 0)
    part, (row, col) = found
    row, col = row + dy, col + dx
    if 0 <= row < part.rows and 0 <= col < part.cols:
        return CellRef(cell.name, part.index(row, col))
    neighbour = layout.neighbour(part.cell(row - dy, col - dx), dx, dy)
    return CellRef(*neighbour) if neighbour else cell


def in_next_tile(layout: FlowLayout, cell: CellRef | None, step: int) -> CellRef:
    """The first cell of the array `step` further on; with 0 the first of all."""
    names = list(layout.tiles)
    place = (names.index(cell.name) + step) % len(names) if step and cell else 0
    part = layout.tiles[names[place]].maps[0]
    return CellRef(names[place], part.index(0, 0))
