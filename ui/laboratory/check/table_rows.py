"""The rows of the table: what is compared in each, and where its cells stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect

from core.arrays import Array
from core.trace import Trace
from playground.laboratory.checking import ParameterCheck
from ui.cell_ref import CellRef
from ui.laboratory.check.tiles import NO_CELL, Tiling, tile_shape
from ui.laboratory.check.words import array_verdict
from ui.number_format import scientific, significant_number

__all__ = ["BAR", "BESIDE_KINK", "COMPARED", "GAP", "HEAD", "LABEL", "TableLayout", "TableRow", "rows_of"]

COMPARED, BESIDE_KINK = 1, 2
HEAD, LABEL, BAR, GAP = 16, 106, 50, 12
"""Height of the headings; width of the names, of a colour bar with its numbers, and between two columns."""
_BIAS_HEIGHT, _WEIGHT_HEIGHT, _TALLEST = 48, 64, 210
_LARGEST_CELL = 58


@dataclass(frozen=True, eq=False)
class TableRow:
    """One parameter: arrays in its shape, numeric and errors None before a check; states as in a GradientCheck.

    tiles: (tiles, rows, columns) of its cells; verdict: a few words, and whether they are good (None: nothing was
    compared).
    """

    name: str
    tiles: tuple[int, int, int]
    backprop: Array
    numeric: Array | None = None
    errors: Array | None = None
    states: NDArray[np.uint8] | None = None
    verdict: str = ""
    good: bool | None = None

    @property
    def is_bias(self) -> bool:
        """Whether it is one line of numbers."""
        return self.tiles[:2] == (1, 1)

    def ref(self, cell: int) -> CellRef:
        """The cell of a row-major number."""
        return CellRef(self.name, tuple(int(axis) for axis in np.unravel_index(cell, self.backprop.shape)))

    def words_of(self, cell: CellRef) -> str:
        """A cell's three numbers."""
        text = f"∂L/∂{cell}: backprop {significant_number(self.backprop[cell.index], 9)}"
        if self.states is not None and self.numeric is not None and self.errors is not None:
            if self.states[cell.index] == COMPARED:
                quotient, error = self.numeric[cell.index], self.errors[cell.index]
                text += f", quotient {significant_number(quotient, 9)}, relative error {scientific(error, 2)}"
            elif self.states[cell.index] == BESIDE_KINK:
                text += ", beside a kink: not compared"
            else:
                text += ", not compared"
        return text.replace("-", "−")


def rows_of(trace: Trace, found: ParameterCheck | None) -> tuple[TableRow, ...]:
    """A row a parameter: what a check has found, or (None) what backpropagation says alone."""
    if found is None:
        names = trace.parameter_names
        return tuple(TableRow(name, tile_shape(trace, name), trace.arrays[f"d{name}"]) for name in names)
    return tuple(
        TableRow(
            check.name[1:],
            tile_shape(trace, check.name[1:]),
            check.backprop,
            check.numeric,
            check.errors,
            check.states,
            *array_verdict(check),
        )
        for check in found.arrays
    )


@dataclass(frozen=True)
class TableLayout:
    """Where the rows and their cells stand in so much room."""

    rows: tuple[TableRow, ...]
    width: int
    height: int

    @staticmethod
    def least_height(row: TableRow) -> int:
        """What a row needs."""
        return _BIAS_HEIGHT if row.is_bias else _WEIGHT_HEIGHT

    def row_rects(self) -> list[QRect]:
        """The rows share what height there is; rows of biases need no more than theirs."""
        least = [self.least_height(row) for row in self.rows]
        tall = sum(not row.is_bias for row in self.rows)
        spare = max(0, self.height - HEAD - sum(least) - 4) // max(tall, 1)
        rects, top = [], HEAD
        for row, height in zip(self.rows, least, strict=True):
            shown = height if row.is_bias else min(height + spare, _TALLEST)
            rects.append(QRect(0, top, self.width, shown))
            top += shown
        return rects

    @property
    def column_width(self) -> int:
        """Of each of the three columns."""
        return (self.width - LABEL) // 3

    def room(self, rect: QRect, column: int) -> QRect:
        """Where the cells of a column may stand in a row."""
        left = LABEL + column * self.column_width
        return QRect(left, rect.y() + 3, max(8, self.column_width - BAR - GAP), rect.height() - 9)

    @staticmethod
    def tiling(row: TableRow, room: QRect) -> Tiling:
        """How the cells of a row stand in their room."""
        return Tiling.fitted(row.tiles, room.width(), room.height(), _LARGEST_CELL)

    def cell_at(self, point: QPoint) -> CellRef | None:
        """The cell under a point, in any column."""
        for row, rect in zip(self.rows, self.row_rects(), strict=True):
            if not rect.contains(point):
                continue
            for column in range(3):
                room = self.room(rect, column)
                tiling = self.tiling(row, room)
                at_row = int((point.y() - room.y()) / tiling.side) if tiling.side else -1
                at_column = int((point.x() - room.x()) / tiling.side) if tiling.side else -1
                height, width = tiling.size
                if point.x() >= room.x() and point.y() >= room.y() and at_row < height and at_column < width:
                    cell = int(tiling.grid()[at_row, at_column])
                    return row.ref(cell) if cell != NO_CELL else None
        return None

    def place_of(self, cell: CellRef, column: int = 0) -> QRect:
        """Where a cell is; an empty rectangle if it is not there."""
        for row, rect in zip(self.rows, self.row_rects(), strict=True):
            if row.name == cell.name:
                room = self.room(rect, column)
                return self.place(self.tiling(row, room), room, row, cell)
        return QRect()

    @staticmethod
    def place(tiling: Tiling, room: QRect, row: TableRow, cell: CellRef) -> QRect:
        """Where a cell of a row is, whose cells stand so in this room."""
        shape = row.backprop.shape
        if len(cell.index) != len(shape) or any(at >= side for at, side in zip(cell.index, shape, strict=True)):
            return QRect()
        number = int(np.ravel_multi_index(cell.index, shape))
        tile, rest = divmod(number, tiling.rows * tiling.columns)
        at_row = tile // tiling.across * (tiling.rows + 1) + rest // tiling.columns
        at_column = tile % tiling.across * (tiling.columns + 1) + rest % tiling.columns
        side = tiling.side
        left, top = room.x() + at_column * side, room.y() + at_row * side
        return QRect(int(left), int(top), max(1, math.ceil(side)), max(1, math.ceil(side)))
