"""Where the cells of a parameter stand: a kernel a tile, or a feature map of the dense weights."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.trace import Trace

__all__ = ["NO_CELL", "Tiling", "tile_shape"]

NO_CELL = -1


def tile_shape(trace: Trace, name: str) -> tuple[int, int, int]:
    """(tiles, rows, columns) of a parameter: kernels, the maps that dense weights belong to, or one row of biases."""
    array = trace.arrays[name]
    if array.ndim == 4:
        return array.shape[0] * array.shape[1], array.shape[2], array.shape[3]
    if array.ndim == 2:
        channels, height, width = trace.arrays[f"P{trace.blocks}"].shape[1:]
        return array.shape[0] * channels, height, width
    return 1, 1, array.size


@dataclass(frozen=True)
class Tiling:
    """Tiles in `across` columns with one empty cell between them, each cell `side` pixels wide (it may be below 1)."""

    tiles: int
    rows: int
    columns: int
    across: int
    side: float

    @classmethod
    def fitted(cls, shape: tuple[int, int, int], width: int, height: int, largest: float) -> Tiling:
        """The arrangement with the largest cells in so many pixels."""
        tiles, rows, columns = shape
        best = cls(tiles, rows, columns, 1, 0.0)
        for across in range(1, tiles + 1):
            down = math.ceil(tiles / across)
            side = min(width / (across * (columns + 1) - 1), height / (down * (rows + 1) - 1), largest)
            if side > best.side:
                best = cls(tiles, rows, columns, across, side)
        side = math.floor(best.side) if best.side >= 2 else best.side
        return cls(tiles, rows, columns, best.across, side)

    @property
    def size(self) -> tuple[int, int]:
        """(rows, columns) of cells, the empty ones too."""
        down = math.ceil(self.tiles / self.across)
        return down * (self.rows + 1) - 1, self.across * (self.columns + 1) - 1

    def grid(self) -> NDArray[np.intp]:
        """(rows, columns) the row-major number of the cell at each place, NO_CELL where there is none."""
        height, width = self.size
        places = np.full((height + 1, width + 1), NO_CELL, np.intp)
        numbers = np.arange(self.tiles * self.rows * self.columns).reshape(self.tiles, self.rows, self.columns)
        for tile in range(self.tiles):
            top, left = tile // self.across * (self.rows + 1), tile % self.across * (self.columns + 1)
            places[top : top + self.rows, left : left + self.columns] = numbers[tile]
        return places[:height, :width]
