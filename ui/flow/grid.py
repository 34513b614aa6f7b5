"""Grids of equal maps: a feature map for each filter, beside and under each other, with the largest cells that fit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from ui.flow.layout import Rect

__all__ = ["Grid", "fit_grid"]


@dataclass(frozen=True)
class Grid:
    """`count` maps of rows × cols cells, `per_row` beside each other (or, `down`, that many lines under each other)."""

    count: int
    rows: int
    cols: int
    per_row: int
    cell: int
    gutter: int = 0
    down: bool = False
    extra: int = 0

    @property
    def cell_width(self) -> int:
        """Device pixels; `extra` makes room for a number in a cell that is not high."""
        return self.cell + self.extra

    @property
    def lines(self) -> int:
        """How many maps stand under each other."""
        return ceil(self.count / self.per_row)

    @property
    def width(self) -> int:
        """Device pixels."""
        return self.per_row * (self.cols * self.cell_width + self.gutter) - self.gutter

    @property
    def height(self) -> int:
        """Device pixels; maps that stand under each other to show one column touch."""
        gap = 0 if self.down else self.gutter
        return self.lines * (self.rows * self.cell + gap) - gap

    def place(self, x: int, y: int) -> list[Rect]:
        """The rectangles of the maps in order."""
        width, height = self.cols * self.cell_width, self.rows * self.cell
        places = []
        for number in range(self.count):
            if self.down:
                col, line = divmod(number, self.lines)
                places.append(Rect(x + col * (width + self.gutter), y + line * height, width, height))
            else:
                line, col = divmod(number, self.per_row)
                places.append(Rect(x + col * (width + self.gutter), y + line * (height + self.gutter), width, height))
        return places


@lru_cache(maxsize=4096)  # a layout asks for the same ones again and again while it looks for its size
def fit_grid(
    count: int, size: tuple[int, int], room: tuple[int, int], *, gutter: int, largest: int, shape: str = "square"
) -> Grid:
    """The grid with the largest cells in `room` (width, height); cells of one pixel if even those do not fit.

    shape: among equal cells prefer a "square" grid, a "wide" one, or ("down") columns filled from top to bottom.
    """
    rows, cols = size
    down = shape == "down"
    best = None
    best_cost = (0, 0)
    for per_row in range(1, count + 1):
        lines = ceil(count / per_row)
        gap = 0 if down else gutter
        cell = min(
            (room[0] - (per_row - 1) * gutter) // (per_row * cols), (room[1] - (lines - 1) * gap) // (lines * rows)
        )
        grid = Grid(count, rows, cols, per_row, min(cell, largest), gutter, down)
        second = {"square": max(grid.width, grid.height), "wide": lines, "down": per_row}[shape]
        if best is None or (-grid.cell, second) < best_cost:
            best, best_cost = grid, (-grid.cell, second)
    if best is None or best.cell < 1:
        per_row = ceil((count * rows / cols) ** 0.5)
        return Grid(count, rows, cols, min(count, per_row), 1, gutter, down)
    return best
