"""The cells of one array in the order in which a stepper walks them: the part that is on screen, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from core.arrays import Array
from core.trace import Trace
from ui.cell_ref import CellRef, sample_array
from ui.slow_motion.stages import side_by_side

__all__ = ["CellGrid", "grid_of"]


@dataclass(frozen=True)
class CellGrid:
    """`rows` × `cols` cells of array `name`: the plane under the index `prefix`, or a stretch of a row from `offset`.

    Cells are counted row-major from 0; indices have no batch axis. planes: so many planes under `prefix` stand side by
    side, as the red, green and blue of an image do.
    """

    name: str
    rows: int
    cols: int
    prefix: tuple[int, ...] = ()
    offset: int | None = None
    planes: int = 1

    @property
    def count(self) -> int:
        """How many cells there are to walk through."""
        return self.rows * self.cols

    def ref(self, number: int) -> CellRef:
        """Cell `number`."""
        if self.name == "L":
            return CellRef("L", ())
        place: tuple[int, ...] = divmod(number, self.cols) if self.offset is None else (self.offset + number,)
        if self.planes > 1:
            row, col = divmod(number, self.cols)
            plane, col = divmod(col, self.cols // self.planes)
            place = plane, row, col
        return CellRef(self.name, (*self.prefix, *place))

    def number(self, ref: CellRef) -> int | None:
        """Which cell `ref` is, None if it is not on screen."""
        return _numbers(self).get(ref)

    def values(self, trace: Trace) -> Array:
        """The numbers in the cells, (rows, cols)."""
        array = sample_array(trace, self.name)[self.prefix]
        if self.offset is not None:
            array = array[self.offset : self.offset + self.count]
        if self.planes > 1:
            return side_by_side(array)
        plane: Array = array.reshape(self.rows, self.cols)
        return plane


@lru_cache(maxsize=4)
def _numbers(grid: CellGrid) -> dict[CellRef, int]:
    return {grid.ref(number): number for number in range(grid.count)}


def grid_of(trace: Trace, name: str, filters: tuple[int, ...], output: int) -> CellGrid:
    """The cells of an array for the chosen filter of each block (from 0) and the chosen output."""
    plain, last = name.removeprefix("d"), trace.blocks + 1
    shape = sample_array(trace, name).shape
    if plain in ("L", "x"):
        return CellGrid(name, 1, 1) if plain == "L" else _planes(name, shape, ())
    _, height, width = sample_array(trace, f"P{trace.blocks}").shape
    of_filter = filters[trace.blocks - 1] * height * width
    if plain == "F":
        return CellGrid(name, height, width, (), of_filter)
    layer = int(plain[1:])
    if plain[0] == "b":
        return CellGrid(name, 1, shape[0], (), 0)
    if layer == last:
        weights = CellGrid(name, height, width, (min(output, shape[0] - 1),), of_filter)
        return weights if plain[0] == "w" else CellGrid(name, shape[0], 1, (), 0)
    if plain == "w1" and shape[1] == 3:
        return _planes(name, shape[1:], (filters[0],))
    prefix = (filters[layer - 1], filters[layer - 2] if layer > 1 else 0) if plain[0] == "w" else (filters[layer - 1],)
    return CellGrid(name, shape[-2], shape[-1], prefix)


def _planes(name: str, shape: tuple[int, ...], prefix: tuple[int, ...]) -> CellGrid:
    """All of an array (c, rows, cols): its planes side by side, or the one that it has."""
    count, rows, cols = shape
    if count == 1:
        return CellGrid(name, rows, cols, (*prefix, 0))
    return CellGrid(name, rows, count * cols, prefix, planes=count)
