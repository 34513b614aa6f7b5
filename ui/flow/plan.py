"""How large the tiles of the flow view become for one side of the image, and in which bands they stand.

Where the width allows, everything is one band: forward row, parameters, backward row. Else the network is folded like
a line of text, between its blocks where that is possible.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from ui.flow.array_grids import stage_grids
from ui.flow.grid import Grid
from ui.flow.layout import SCALE_APART, SCALE_CHARACTERS, Architecture, Metrics, Options

__all__ = ["Band", "Plan"]

_ROOMY_CELL = 34  # logical pixels in which most numbers have all their decimals
_MARGIN = 4
_TURN = 20  # logical pixels for the arrow that leads from one band to the next
_BEFORE_TABLES = 12  # logical pixels
_BETWEEN_TABLES = 10  # logical pixels
_NAME, _NAME_IN_TIGHT = 12, 9  # characters of the name of a class in a line; longer ones take two lines or are cut
_LEAST_ROW = 3  # logical pixels of a class in a table of scores: its colour can be seen and pointed at


class Band(NamedTuple):
    """Columns `first` to `last` - 1; the last column of all holds the scores and the loss."""

    first: int
    last: int


@dataclass(frozen=True)
class Region:
    """The place of w and ∂L/∂w of one layer, each `width` wide, the first at `left`."""

    layer: int
    left: int
    width: int


class Plan:
    """The sizes that follow from a side of the image; `arrange` takes the plan with the largest that fits.

    tight: less room between the columns and around their names. beside: the two tables of scores have the last column
    from top to bottom, for where the rows would be higher than the view with them.
    """

    def __init__(
        self,
        arch: Architecture,
        metrics: Metrics,
        options: Options,
        side: int,
        *,
        tight: bool = False,
        beside: bool = False,
    ) -> None:
        self.arch, self.m, self.options, self.side, self.tight = arch, metrics, options, side, tight
        self.beside = beside and arch.outputs > 1
        self._widths: list[int] = []
        self.view_width = 0
        """Of the view, if it is known: wide gaps leave room for texts in one line."""
        self.page = 0
        """What is seen at once of the height, if it is known."""
        self.caption = metrics.caption + metrics.line
        self.bar = metrics.px(5)
        self.columns = stage_grids(arch, metrics, options, side)
        self.bands = [Band(0, len(self.columns) + 1)]
        self._tighten(self.arch.is_small or tight)

    # --- bands -----------------------------------------------------------------------------------------------------

    def fold(self, width: int) -> None:
        """Break into as few bands as `width` allows: between blocks, inside a block that is wider than that itself."""
        starts = [0, *range(4, len(self.columns) - 1, 3), len(self.columns) + 1]
        units = [Band(first, last) for first, last in pairwise(starts)]
        single = [
            Band(column, column + 1 if column < len(self.columns) - 1 else column + 2)
            for column in range(len(self.columns))
        ]  # F and the scores stay together
        bands: list[Band] = []
        for unit in units:
            whole = self._width_of(unit, folded=True) <= width
            for part in [unit] if whole else [one for one in single if unit.first <= one.first < unit.last]:
                joined = Band(bands[-1].first, part.last) if bands else part
                if bands and self._width_of(joined, folded=True) <= width:
                    bands[-1] = joined
                else:
                    bands.append(part)
        self.bands = bands

    def margins(self, band: Band) -> tuple[int, int]:
        """Left and right of the columns; an arrow comes from the band above or leads to the next."""
        plain, turn = self.m.px(_MARGIN), self.m.px(_TURN)
        return turn if band.first else plain, turn if band.last <= len(self.columns) else plain

    def widths(self, band: Band) -> list[int]:
        """Widths of the columns of a band."""
        if not self._widths:
            self._widths = [max(grid.width, self._texts_width(name)) for name, grid in self.columns] + [self.out_width]
        return self._widths[band.first : band.last]

    def _texts_width(self, name: str) -> int:
        if not self.tight:
            return self.m.caption_width
        shape = self._shape_length(name) * self.m.char + self.m.px(4) - self.column_gap
        return max(self.m.caption_width - self.m.char // 2, shape)

    def places(self, band: Band, left: int, gap: int) -> list[int]:
        """Where the columns of a band begin."""
        result = []
        for width in self.widths(band):
            result.append(left)
            left += width + gap
        return result

    def spread(self, band: Band, width: int) -> tuple[list[int], int]:
        """Where the columns of a band begin in a view of `width`, and the gap between them."""
        widths = self.widths(band)
        left, right = self.margins(band)
        spare = width - sum(widths) - left - right
        between = max(1, len(widths) - 1)
        gap = min(spare // between, self.m.px(64))
        apart = 0  # how much further the tables stand, so that there is room for the weights before them
        if self.beside and self.has_out(band):
            before = sum(widths[:-1]) + gap * between
            apart = max(0, self.dense_width + self.m.px(_BEFORE_TABLES) - before)
        xs = self.places(band, left + max(0, (spare - gap * between - apart) // 2), gap)
        return [*xs[:-1], xs[-1] + apart], gap

    def _spread(self, band: Band) -> tuple[list[int], int]:
        """The columns as they will be, or as close together as they may be while the width is not known."""
        if self.view_width >= self.least_width:
            return self.spread(band, self.view_width)
        return self.places(band, self.margins(band)[0], self.column_gap), self.column_gap

    def _width_of(self, band: Band, *, folded: bool) -> int:
        widths = self.widths(band)
        margins = self.margins(band) if folded else (self.m.px(_MARGIN),) * 2
        content = sum(widths) + (len(widths) - 1) * self.column_gap
        if self.has_out(band):
            aside = self.m.px(_BEFORE_TABLES) + widths[-1] if self.beside else 0
            content = max(content, self.dense_width + aside)
        return sum(margins) + content

    @property
    def least_width(self) -> int:
        """The width of the widest band."""
        return max(self._width_of(band, folded=len(self.bands) > 1) for band in self.bands)

    def fits_width(self, width: int) -> bool:
        """True if the columns have room in `width`, and beneath them the parameters of every layer."""
        if self.least_width > width:
            return False
        regions = [region for band in self.bands for region in self.regions(band, *self.spread(band, width))]
        return all(region.width >= self._parameter_width(region.layer) for region in regions)

    def _parameter_width(self, layer: int) -> int:
        """What the shape of w and the strip of ∂L/∂b with its name need."""
        dense = layer == self.arch.dense
        biases = self.arch.outputs if dense else self.arch.blocks[layer - 1].maps
        return max(self._shape_length(f"w{layer}") * self.m.char, self.bias_label(derivative=True) + biases)

    def bias_label(self, *, derivative: bool) -> int:
        """Width of the name before a strip of biases: 'b₃', '∂L/∂b₃'."""
        return (6 if derivative else 2) * self.m.char + self.m.px(4)

    def has_out(self, band: Band) -> bool:
        """True if the scores and the loss stand in a band."""
        return band.last > len(self.columns)

    def stages(self, band: Band) -> list[tuple[str, Grid]]:
        """Names and grids of a band without the scores."""
        return self.columns[band.first : band.last]

    # --- widths ----------------------------------------------------------------------------------------------------

    def _tighten(self, tight: bool) -> None:
        """Little room beside the cells, for when numbers would not fit into them otherwise."""
        self._widths = []
        self.column_gap = self.m.px((8 if self.arch.is_small else 4) if tight else 16 if self.arch.is_small else 11)
        self.out_width = self._out_width(tight)

    def widen(self, width: int) -> None:
        """Use the width for the widest cells that fit where each cell of a small image is to carry its number."""
        if not self.arch.is_small:
            return
        low, high = self.columns[-1][1].cell, self.m.px(60)
        while low < high:
            middle = (low + high + 1) // 2
            self._set_cell_width(middle)
            low, high = (middle, high) if self.least_width <= width else (low, middle - 1)
        self._set_cell_width(low)

    def _set_cell_width(self, wide: int) -> None:
        roomy = wide >= self.m.px(_ROOMY_CELL)
        self._tighten(not roomy)  # forgets the widths, too
        # pixels have the shortest numbers, so they give way first
        self.columns = [
            (
                name,
                replace(grid, extra=max(0, (wide - self.m.px(6) if name == "x" and not roomy else wide) - grid.cell)),
            )
            for name, grid in self.columns
        ]

    def _out_width(self, tight: bool) -> int:
        digits = max(7, self.options.decimals + 5) * self.m.char
        if self.arch.outputs == 1 and tight:
            return max(self.m.px(76), digits + self.m.px(22))
        if self.arch.outputs == 1:
            return max(self.m.px(88), digits + self.m.px(22), round(self.side * 0.66))
        number = max(len("∂L/∂z₂"), min(self.options.decimals, 4) + (3 if tight else 4)) * self.m.char
        return self._class_room(tight) + 2 * number + self.m.px(17 if tight else 28)

    @property
    def class_room(self) -> int:
        """Width of the names of the classes beside the tables of scores."""
        return self._class_room(self.tight)

    def _class_room(self, tight: bool) -> int:
        characters = min(self.m.class_width, _NAME_IN_TIGHT if tight else _NAME)
        return characters * self.m.char + self.m.px(2)  # a character is a little wider than its whole pixels

    @property
    def dense_width(self) -> int:
        """Least width for the weights of the dense layer and their gradient."""
        return self.m.px(150 if self.tight else 190)

    # --- parameters ------------------------------------------------------------------------------------------------

    @property
    def between(self) -> int:
        """From w to ∂L/∂w, and on to those of the next layer."""
        return self.m.px(8 if self.beside else 14)

    def regions(self, band: Band, xs: list[int], gap: int) -> list[Region]:
        """The groups of the layers of a band whose columns begin at `xs`."""
        names = [name for name, _ in self.stages(band)]
        lefts = {int(name[1:]): x for name, x in zip(names, xs, strict=False) if name[0] == "z"}
        right = xs[-1] + self.widths(band)[-1]
        if self.has_out(band):
            if self.beside:
                right = xs[-1] - self.m.px(_BEFORE_TABLES)
            lefts[self.arch.dense] = max(xs[0], min(xs[-2], right - self.dense_width))
            right = max(right, lefts[self.arch.dense] + self.dense_width)
        layers = list(lefts)
        if not layers:
            return []
        lefts[layers[0]] = xs[0]
        between = self.between
        ends = [lefts[layer] - max(gap, between) for layer in layers[1:]] + [right]
        return [
            Region(layer, lefts[layer], (end - lefts[layer] - between) // 2)
            for layer, end in zip(layers, ends, strict=True)
        ]

    def middle_overhead(self, band: Band, xs: list[int], gap: int) -> int:
        """Height of the middle row without its kernels: captions, colour bars, shapes, biases."""
        footers = [self.footer(f"w{region.layer}", region.width) for region in self.regions(band, xs, gap)]
        return self.m.caption + max(footers) + self.m.px(3) + self.m.line + self.m.px(2) if footers else 0

    # --- heights ---------------------------------------------------------------------------------------------------

    def footer(self, name: str, width: int) -> int:
        """Height of colour bar, shape and scale; the two share a line if the width allows."""
        wanted = (self._shape_length(name) + SCALE_CHARACTERS) * self.m.char + self.m.px(SCALE_APART)
        return self.bar + self.m.line * (1 if wanted <= width else 2)

    def _shape_length(self, name: str) -> int:
        """Characters of the shape of an array."""
        return len("×".join(map(str, self.arch.shape(name))))

    def caption_room(self, band: Band, column: int, gap: int) -> int:
        """Width of the texts over and under column number `column` of a band."""
        if band.first + column + 1 == band.last:  # beside it is only the arrow that leads on
            gap = min(gap, self.m.px(_TURN))
        return self.widths(band)[column] + gap - self.m.px(4 if not self.tight else 2)

    def _tiles_height(self, band: Band, *, forward: bool) -> int:
        _, gap = self._spread(band)
        heights = [
            grid.height + self.footer(name, self.caption_room(band, column, gap))
            for column, (name, grid) in enumerate(self.stages(band))
            if forward or name != "x"
        ]
        return self.caption + max(heights, default=0)

    @property
    def table_head(self) -> int:
        """Height of the names over a table of scores."""
        return self.m.line + self.m.px(1)

    @property
    def row_height(self) -> int:
        """Least height of a row of the table of scores; of many classes so low that both tables fit into a page."""
        full = self.m.line - self.m.px(1) if self.tight else self.table_head
        if not (self.beside and self.page):
            return full
        room = max(self.page, self._rows_height(self.bands[-1], self.page)) - self.heading
        room -= self.m.px(24) + self.m.px(_BETWEEN_TABLES) + 2 * self.table_head
        return min(full, max(self.m.px(_LEAST_ROW), room // (2 * self.arch.outputs)))

    @property
    def out_height(self) -> int:
        """Height of the scores and the loss."""
        if self.arch.outputs == 1:
            return 3 * self.m.px(32) + 2 * self.m.px(8)
        return self.table_head + self.arch.outputs * self.row_height + self.m.px(24)

    def forward_height(self, band: Band) -> int:
        """Height of the forward row of a band."""
        own = self._tiles_height(band, forward=True)
        return max(own, self.out_height) if self.has_out(band) and not self.beside else own

    def backward_height(self, band: Band) -> int:
        """Height of the backward row of a band."""
        own = self._tiles_height(band, forward=False)
        return max(own, self._out_gradient_height) if self.has_out(band) and not self.beside else own

    @property
    def _out_gradient_height(self) -> int:
        return 2 * self.m.px(32) + self.m.px(8) if self.arch.outputs == 1 else self.out_height - self.m.px(24)

    @property
    def heading(self) -> int:
        """Height of the line that says in which direction the pass goes."""
        return self.m.line + self.m.px(3)

    def band_height(self, band: Band, height: int) -> int:
        """Least height of a band in a view of `height`."""
        rows = self._rows_height(band, height)
        if not (self.beside and self.has_out(band)):
            return rows
        tables = self.out_height + self.m.px(_BETWEEN_TABLES) + self._out_gradient_height
        return max(rows, self.heading + tables)

    def table_height(self, height: int, *, forward: bool) -> int:
        """Of a table that stands beside the rows of a band of this height, with the loss beneath the scores."""
        loss = self.m.px(24)
        rows = (height - self.heading - loss - self.m.px(_BETWEEN_TABLES)) // 2
        return rows + loss if forward else rows

    def _rows_height(self, band: Band, height: int) -> int:
        px = self.m.px
        if len(self.bands) > 1:
            kernels = max(px(24), min(px(72), self.page // 12)) if self.page else px(72)
        elif self.arch.is_small:
            kernels = max(px(32), min(2 * px(44), height // 9))
        else:
            kernels = max(px(24 if self.tight else 30), min(px(120), height // 16))
        overhead = self.middle_overhead(band, *self._spread(band))
        low = self.tight or self.beside or len(self.bands) > 1
        middle = overhead + kernels + 2 * px(3 if low else 6) if overhead else px(6)
        return self.heading + self.forward_height(band) + self.backward_height(band) + middle

    def needed(self, height: int) -> tuple[int, int]:
        """Least width and height of this plan."""
        return self.least_width, sum(self.band_height(band, height) for band in self.bands)
