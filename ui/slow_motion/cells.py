"""The cells of one array in the order in which a stepper walks them: the part that is on screen, row by row."""

from __future__ import annotations

from dataclasses import dataclass

from core.arrays import Array
from core.trace import Trace
from ui.flow.text import CellRef, sample_array

__all__ = ["CellGrid", "grid_of"]


@dataclass(frozen=True)
class CellGrid:
    """`rows` × `cols` cells of array `name`: the plane under the index `prefix`, or a stretch of a row from `offset`.

    Cells are counted row-major from 0; indices have no batch axis.
    """

    name: str
    rows: int
    cols: int
    prefix: tuple[int, ...] = ()
    offset: int | None = None

    @property
    def count(self) -> int:
        """How many cells there are to walk through."""
        return self.rows * self.cols

    def ref(self, number: int) -> CellRef:
        """Cell `number`."""
        if self.name == "L":
            return CellRef("L", ())
        place = divmod(number, self.cols) if self.offset is None else (self.offset + number,)
        return CellRef(self.name, (*self.prefix, *place))

    def values(self, trace: Trace) -> Array:
        """The numbers in the cells, (rows, cols)."""
        array = sample_array(trace, self.name)[self.prefix]
        if self.offset is not None:
            array = array[self.offset : self.offset + self.count]
        plane: Array = array.reshape(self.rows, self.cols)
        return plane


def grid_of(trace: Trace, name: str, filters: tuple[int, ...], output: int) -> CellGrid:
    """The cells of an array for the chosen filter of each block (from 0) and the chosen output."""
    plain, last = name.removeprefix("d"), trace.blocks + 1
    shape = sample_array(trace, name).shape
    if plain == "L":
        return CellGrid(name, 1, 1)
    if plain == "x":
        return CellGrid(name, shape[1], shape[2], (0,))
    _, height, width = sample_array(trace, f"P{trace.blocks}").shape
    of_filter = filters[trace.blocks - 1] * height * width
    if plain == "F":
        return CellGrid(name, height, width, (), of_filter)
    layer = int(plain[1:])
    if plain[0] == "b":
        return CellGrid(name, 1, shape[0], (), 0)
    if layer == last:
        row = min(output, shape[0] - 1)
        return CellGrid(name, height, width, (row,), of_filter) if plain[0] == "w" else CellGrid(name, *shape, 1, (), 0)
    prefix = (filters[layer - 1], filters[layer - 2] if layer > 1 else 0) if plain[0] == "w" else (filters[layer - 1],)
    return CellGrid(name, shape[-2], shape[-1], prefix)
