"""Fitting the tiles of the flow view into a given size: the largest side of a picture for which everything has room."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil

from ui.flow.layout import BLACKBOARD_ROWS, Architecture, Arrow, FlowLayout, Map, Metrics, Options, Rect, Tile

__all__ = ["arrange"]

_SMALLEST_SIDE = 56  # logical pixels of the image; below this the view scrolls
_LARGEST_CELL = 76
_ROOMY_CELL = 34  # logical pixels in which most numbers have all their decimals
_BLOCK_SHARE = (0.74, 0.7, 0.54, 0.5, 0.44)  # sides of P1, z2, P2, z3, P3 in parts of the image's side


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


class _Arranger:
    """One attempt with a given side of the image; `arrange` takes the largest that fits."""

    def __init__(self, arch: Architecture, metrics: Metrics, options: Options, side: int) -> None:
        self.arch, self.m, self.options, self.side = arch, metrics, options, side
        px = metrics.px
        self.gutter = px(2)
        self.caption = metrics.caption + metrics.line
        self.bar = px(5)
        self.largest = px(_LARGEST_CELL)
        self.small = max(arch.image[1:]) <= BLACKBOARD_ROWS  # a blackboard example: numbers are printed in the cells
        # mosaics need the room more than the image does
        image_side = max(arch.image[1], round(side * 0.6)) if options.all_filters and not self.small else side
        channels, size = arch.image[0], arch.image[1:]
        self.image_cell = self._grid(1, size, image_side, self.largest).cell
        # no channel of a coloured image is chosen: all are the image
        self.columns = [("x", self._grid(channels, size, image_side, self.largest))]
        self._add_blocks()
        self.flat = self._flat()
        self._tighten(self.small)

    def _tighten(self, tight: bool) -> None:
        """Little room beside the cells, for when numbers would not fit into them otherwise."""
        self.column_gap = self.m.px(8 if tight else 16 if self.small else 11)
        self.out_width = self._out_width(tight)

    def widen(self, width: int) -> None:
        """Use the width for the widest cells that fit where each cell of a small image is to carry its number."""
        if not self.small:
            return
        low, high = self.flat.cell, self.m.px(60)
        while low < high:
            middle = (low + high + 1) // 2
            self._set_cell_width(middle)
            low, high = (middle, high) if self._least_width <= width else (low, middle - 1)
        self._set_cell_width(low)

    def _set_cell_width(self, wide: int) -> None:
        roomy = wide >= self.m.px(_ROOMY_CELL)
        self._tighten(not roomy)
        # pixels have the shortest numbers, so they give way first
        widths = [wide - self.m.px(6) if name == "x" and not roomy else wide for name, _ in self.columns]
        self.columns = [
            (name, replace(grid, extra=max(0, width - grid.cell)))
            for (name, grid), width in zip(self.columns, widths, strict=True)
        ]
        self.flat = replace(self.flat, extra=max(0, wide - self.flat.cell))

    def regions(self, xs: list[int], gap: int) -> list[tuple[int, int]]:
        """Left end and width of a group (w or ∂L/∂w) of each layer, for columns that begin at `xs`."""
        right = xs[-1] + self.out_width
        dense = min(xs[-2], right - self.m.px(190))
        lefts = [xs[0], *(xs[3 * number + 1] for number in range(1, len(self.arch.blocks))), dense]
        ends = [left - max(gap, self.m.px(14)) for left in lefts[1:]] + [right]
        return [(left, (end - left - self.m.px(14)) // 2) for left, end in zip(lefts, ends, strict=True)]

    def middle_overhead(self, xs: list[int], gap: int) -> int:
        """Height of the middle row without its kernels: captions, colour bars, shapes, biases."""
        footers = [self.footer(f"w{number}", width) for number, (_, width) in enumerate(self.regions(xs, gap), start=1)]
        return self.m.caption + max(footers) + self.m.px(3) + self.m.line + self.m.px(2)

    def places(self, left: int, gap: int) -> list[int]:
        """Where the columns begin."""
        result = []
        for width in self.widths:
            result.append(left)
            left += width + gap
        return result

    def footer(self, name: str, width: int) -> int:
        """Height of colour bar, shape and scale; the two share a line if the width allows."""
        return self.bar + self.m.line * (1 if self._text_width(name) <= width else 2)

    def _text_width(self, name: str) -> int:
        plain = name.removeprefix("d")
        if plain == "F":
            characters = len(str(self.arch.features))
        elif plain == "x":
            characters = len("×".join(map(str, self.arch.image)))
        elif int(plain[1:]) == self.arch.dense:
            characters = len(f"{self.arch.outputs}×{self.arch.features}")
        else:
            block = self.arch.blocks[int(plain[1:]) - 1]
            sides = {"P": (block.maps, *block.pooled), "w": (block.maps, block.channels, *block.kernel)}
            characters = len("×".join(map(str, sides.get(plain[0], (block.maps, *block.convolved)))))
        return (characters + 8) * self.m.char  # " ±0.031" and a little

    def _row_tiles(self, first: int) -> int:
        grids = [*self.columns[first:], ("F", self.flat)]
        widths = [max(grid.width, self.m.caption_width) + self.column_gap - self.m.px(4) for _, grid in grids]
        return max(grid.height + self.footer(name, width) for (name, grid), width in zip(grids, widths, strict=True))

    def _stage(self, count: int, size: tuple[int, int], side: int, largest: int) -> Grid:
        return self._grid(count if self.options.all_filters else 1, size, side, largest)

    def _grid(self, count: int, size: tuple[int, int], side: int, largest: int) -> Grid:
        return fit_grid(count, size, (side, side), gutter=self.gutter, largest=max(1, largest))

    def _add_blocks(self) -> None:
        largest = self.image_cell if not self.options.all_filters else self.largest
        side = self.side
        for number, block in enumerate(self.arch.blocks, start=1):
            if number > 1:
                side = round(self.side * _BLOCK_SHARE[2 * number - 3])
                largest = self.largest
            convolved = self._stage(block.maps, block.convolved, side, largest)
            pooled_side = min(round(self.side * _BLOCK_SHARE[2 * number - 2]), convolved.height)
            pooled = self._stage(block.maps, block.pooled, pooled_side, convolved.cell if self.small else self.largest)
            self.columns += [(f"z{number}", convolved), (f"A{number}", convolved), (f"P{number}", pooled)]

    def _flat(self) -> Grid:
        """F: the pooled maps one under the other, in as few columns as leave cells of two pixels."""
        last = self.arch.blocks[-1]
        height, cell = self.columns[1][1].height, self.m.px(2)
        if self.arch.features * self.m.px(6) <= height:
            return Grid(
                self.arch.features, 1, 1, 1, min(height // self.arch.features, self.columns[-1][1].cell), 0, True
            )
        rows, cols = last.pooled
        for size in (cell, 1):
            per_row = ceil(last.maps / max(1, height // (size * rows)))
            widest = max(self.m.px(52), round(height * 0.45))
            if per_row * cols * size <= widest or size == 1:
                lines = ceil(last.maps / per_row)
                largest = max(size, min(height // (lines * rows), widest // (per_row * cols), self.columns[-1][1].cell))
                return Grid(last.maps, rows, cols, per_row, largest, self.gutter, True)
        raise AssertionError("the second size always returns")

    def _out_width(self, tight: bool) -> int:
        digits = max(7, self.options.decimals + 5) * self.m.char
        if self.arch.outputs == 1 and tight:
            return max(self.m.px(76), digits + self.m.px(22))
        if self.arch.outputs == 1:
            return max(self.m.px(88), digits + self.m.px(22), round(self.side * 0.66))
        number = (min(self.options.decimals, 4) + 4) * self.m.char
        return min(self.m.class_width, 9) * self.m.char + 2 * number + self.m.px(28)

    @property
    def row_height(self) -> int:
        return self.m.line + self.m.px(1)

    @property
    def out_height(self) -> int:
        if self.arch.outputs == 1:
            return 3 * self.m.px(32) + 2 * self.m.px(8)
        return (self.arch.outputs + 1) * self.row_height + self.m.px(24)

    @property
    def widths(self) -> list[int]:
        grids = [grid for _, grid in self.columns] + [self.flat]
        return [max(grid.width, self.m.caption_width) for grid in grids] + [self.out_width]

    @property
    def forward_height(self) -> int:
        return max(self.caption + self._row_tiles(0), self.out_height)

    @property
    def backward_height(self) -> int:
        out = 2 * self.m.px(32) + self.m.px(8) if self.arch.outputs == 1 else self.out_height - self.m.px(24)
        return max(self.caption + self._row_tiles(1), out)

    @property
    def heading(self) -> int:
        return self.m.line + self.m.px(3)

    @property
    def _least_width(self) -> int:
        return sum(self.widths) + (len(self.widths) - 1) * self.column_gap + 2 * self.m.px(4)

    def needed(self, height: int) -> tuple[int, int]:
        """Least width and height of this attempt."""
        px = self.m.px
        kernels = max(px(32), min(2 * px(44), height // 9)) if self.small else max(px(30), min(px(120), height // 16))
        middle = self.middle_overhead(self.places(px(4), self.column_gap), self.column_gap) + kernels
        return self._least_width, self.heading + self.forward_height + self.backward_height + middle + 2 * px(6)

    def build(self, width: int, height: int) -> FlowLayout:
        """Tiles, arrows and headings in width × height device pixels (at least what is `needed`)."""
        return _Builder(self, width, height).layout()


class _Builder:
    """Places the columns and rows of one arranger and collects tiles and arrows."""

    def __init__(self, plan: _Arranger, width: int, height: int) -> None:
        self.plan, self.m, self.arch = plan, plan.m, plan.arch
        self.width, self.height = width, height
        self.tiles: dict[str, Tile] = {}
        self.arrows: list[Arrow] = []
        self.xs = self._column_places()
        px = self.m.px
        rest = height - plan.heading - plan.forward_height - plan.backward_height
        rest -= plan.middle_overhead(self.xs, self.gap)
        self.kernel_room = max(px(20), min(rest - 2 * px(6), round(px(40) + 0.2 * height)))
        spare = max(0, rest - self.kernel_room)
        self.row_gap = min(spare // 2, px(34))
        self.top = plan.heading

    def _column_places(self) -> list[int]:
        widths = self.plan.widths
        spare = self.width - sum(widths) - 2 * self.m.px(4)
        self.gap = min(spare // (len(widths) - 1), self.m.px(64))
        return self.plan.places(self.m.px(4) + max(0, (spare - self.gap * (len(widths) - 1)) // 2), self.gap)

    def layout(self) -> FlowLayout:
        """Rows from top to bottom; what is left over goes between them."""
        px, plan = self.m.px, self.plan
        self._stage_row(self.top, forward=True)
        middle = self.top + plan.forward_height + self.row_gap
        used = self._parameters(middle)
        backward = middle + used + self.row_gap
        self._stage_row(backward, forward=False)
        first = self.plan.columns[0][1].width
        heading = Rect(self.xs[0], backward + self.m.px(1), max(first, self.m.caption_width), self.m.caption)
        legend = Rect(self.xs[0], heading.bottom + px(6), heading.width, plan.backward_height - self.m.caption - px(8))
        layout = FlowLayout(
            self.width,
            self.height,
            self.tiles,
            tuple(self.arrows),
            Rect(self.xs[0], 0, self.width - self.xs[0], plan.heading),
            heading,
            legend,
            plan.side,
            self.m,
        )
        bottom = backward + plan.backward_height
        return layout.moved(0, max(0, (self.height - bottom) // 2))

    def _stage_row(self, top: int, forward: bool) -> None:
        names = [*self.plan.columns, ("F", self.plan.flat)]
        lead = "" if forward else "d"
        y = top + self.plan.caption
        middles = []
        for x, (name, grid) in zip(self.xs, names, strict=False):
            if name == "x" and not forward:
                continue
            self._stage_tile(lead + name, name, grid, x, y)
            middles.append(self.tiles[lead + name].rect)
        line = y + min(rect.height for rect in middles) // 2
        out = self._boxes(top, forward) if self.arch.outputs == 1 else self._table(top, forward)
        for left, right in pairwise(middles):
            self._link(left.right, right.x, line, forward)
        # the numbers column is taller than its neighbours: enter it at z (forward), leave it from ∂L/∂z (backward)
        inset, flat = self.m.px(6), middles[-1]
        line = min(max(out.y + out.height // 2, flat.y + inset), flat.bottom - inset)
        self._link(flat.right, out.x, min(max(line, out.y + inset), out.bottom - inset), forward)

    def _link(self, left: int, right: int, y: int, forward: bool) -> None:
        margin = self.m.px(3)
        start, end = (left + margin, y), (right - margin, y)
        self.arrows.append(Arrow(start, end, True) if forward else Arrow(end, start, False))

    def _stage_tile(self, name: str, stage: str, grid: Grid, x: int, y: int) -> None:
        maps = []
        number = int(stage[1:]) if stage[1:] else 0
        for position, rect in enumerate(grid.place(x, y)):
            if stage == "F":
                maps.append(Map(rect, grid.rows, grid.cols, (), position * grid.rows * grid.cols, True))
                continue
            shown = position
            if number and not self.plan.options.all_filters:
                shown = self.plan.options.chosen[number - 1]
            maps.append(Map(rect, grid.rows, grid.cols, (shown,)))
        room = max(grid.width, self.m.caption_width) + self.gap - self.m.px(4)
        caption = Rect(x, y - self.plan.caption, room, self.plan.caption)
        footer = Rect(x, y + grid.height, room, self.plan.footer(stage, room))
        self.tiles[name] = Tile(name, "stage", tuple(maps), caption, footer)

    def _boxes(self, top: int, forward: bool) -> Rect:
        """z, A, L under each other, ∂L/∂z and ∂L/∂A in the same order beneath; returns the box that is joined to F."""
        n, px = self.arch.dense, self.m.px
        names = [f"z{n}", f"A{n}", "L"] if forward else [f"dz{n}", f"dA{n}"]
        total = self.plan.forward_height if forward else self.plan.backward_height
        count = len(names)
        height = min(px(52), (total - (count - 1) * px(8)) // count)
        gap = min(px(30), max(px(8), (total - self.plan.caption - count * height) // (count - 1)))
        y = top + min(self.plan.caption, total - count * height - (count - 1) * gap)
        x = self.xs[-1]
        rects = []
        for name in names:
            rect = Rect(x, y, self.plan.out_width, height)
            scalar = name == "L"
            self.tiles[name] = Tile(name, "box", (Map(rect, 1, 1, (), -1 if scalar else 0, True),))
            rects.append(rect)
            y += height + gap
        for upper, lower in pairwise(rects):
            middle = x + self.plan.out_width // 2
            ends = (middle, upper.bottom + px(1)), (middle, lower.y - px(1))
            self.arrows.append(Arrow(*ends, True) if forward else Arrow(*reversed(ends), False))
        return rects[0]

    def _table(self, top: int, forward: bool) -> Rect:
        """z and A (or their gradients) as two columns of cells, a row a class; the names stand left of them."""
        n, px = self.arch.dense, self.m.px
        total = (self.plan.forward_height if forward else self.plan.backward_height) - (px(24) if forward else 0)
        row = min(px(22), total // (self.arch.outputs + 1))
        names = (f"z{n}", f"A{n}") if forward else (f"dz{n}", f"dA{n}")
        labels = min(self.m.class_width, 9) * self.m.char + px(6)
        width = (self.plan.out_width - labels - px(6)) // 2
        y = top + row
        for position, name in enumerate(names):
            rect = Rect(self.xs[-1] + labels + position * (width + px(6)), y, width, row * self.arch.outputs)
            caption = Rect(rect.x, top, width, row)
            self.tiles[name] = Tile(name, "table", (Map(rect, self.arch.outputs, 1, (), 0, True),), caption)
        if forward:
            rect = Rect(self.xs[-1], y + row * self.arch.outputs + px(5), self.plan.out_width, px(19))
            self.tiles["L"] = Tile("L", "box", (Map(rect, 1, 1, (), -1, True),))
        return Rect(self.xs[-1], y, self.plan.out_width, row * self.arch.outputs)

    def _parameters(self, y: int) -> int:
        """The groups w, ∂L/∂w of each layer side by side under the layer's columns; returns the height used."""
        used, gap = 0, self.m.px(14)
        for number, (left, width) in enumerate(self.plan.regions(self.xs, self.gap), start=1):
            grid = self._kernel_grid(number, width)
            wide = max(grid.width, min(width, self.m.px(220)))
            for lead, x in (("", left), ("d", left + wide + gap)):
                used = max(used, self._group(lead, number, grid, Rect(x, y, wide, 0)))
        return used

    def _kernel_grid(self, number: int, width: int) -> Grid:
        """How the kernels of a layer stand; of the dense layer the chosen filter's part if all are too small to see."""
        room, px = (width, self.kernel_room), self.m.px
        if number < self.arch.dense:
            block = self.arch.blocks[number - 1]
            count = block.maps if block.channels == 1 else block.channels
            gutter = px(4) if count <= 16 else px(2)
            grid = fit_grid(count, block.kernel, room, gutter=gutter, largest=px(46), shape="wide")
            return self._wide(grid, width)
        last = self.arch.blocks[-1]
        largest = px(_LARGEST_CELL)
        whole = fit_grid(last.maps, last.pooled, room, gutter=px(2), largest=largest, shape="wide")
        if whole.width <= room[0] and whole.height <= room[1] and whole.cell > 1:
            return self._wide(whole, width)
        return self._wide(fit_grid(1, last.pooled, room, gutter=px(2), largest=largest), width)

    def _wide(self, grid: Grid, width: int) -> Grid:
        """Wider cells for numbers, as the stages of small images have them."""
        if not self.plan.small:
            return grid
        extra = min((width - grid.width) // (grid.per_row * grid.cols), self.m.px(52) - grid.cell)
        return replace(grid, extra=max(0, extra))

    def _group(self, lead: str, number: int, grid: Grid, at: Rect) -> int:
        """A kernel tile with the strip of biases beneath; returns the height."""
        px, options = self.m.px, self.plan.options
        y = at.y + self.m.caption
        maps = []
        for position, rect in enumerate(grid.place(at.x, y)):
            if number == self.arch.dense:
                last = len(self.arch.blocks) - 1
                shown = position if grid.count > 1 or self.arch.blocks[-1].maps == 1 else options.chosen[last]
                offset = shown * grid.rows * grid.cols
                maps.append(Map(rect, grid.rows, grid.cols, (options.output,), offset, True))
            elif self.arch.blocks[number - 1].channels == 1:
                maps.append(Map(rect, grid.rows, grid.cols, (position, 0)))
            else:
                maps.append(Map(rect, grid.rows, grid.cols, (options.chosen[number - 1], position)))
        name = f"{lead}w{number}"
        footer = Rect(at.x, y + grid.height, at.width, self.plan.footer(name, at.width))
        caption = Rect(at.x, at.y, at.width, self.m.caption)
        self.tiles[name] = Tile(name, "kernel", tuple(maps), caption, footer)
        count = self.arch.outputs if number == self.arch.dense else self.arch.blocks[number - 1].maps
        label = (3 if not lead else 7) * self.m.char
        cell = min((at.width - label) // count, px(66) if count > 1 else px(90))
        strip = Rect(at.x + label, footer.bottom + px(3), max(1, cell) * count, self.m.line + px(2))
        label_rect = Rect(at.x, strip.y, label, strip.height)
        self.tiles[f"{lead}b{number}"] = Tile(
            f"{lead}b{number}", "strip", (Map(strip, 1, count, (), 0, True),), label_rect
        )
        return strip.bottom - at.y


def arrange(
    arch: Architecture, width: int, height: int, metrics: Metrics | None = None, options: Options | None = None
) -> FlowLayout:
    """The layout with the largest tiles in width × height device pixels; larger than that if they get too small."""
    metrics = metrics or Metrics()
    options = options or Options()
    # a blackboard's cells carry numbers: they must stay as high as a line of text
    rows = arch.image[1]
    smallest = rows * metrics.line if rows <= BLACKBOARD_ROWS else metrics.px(_SMALLEST_SIDE)
    largest = max(smallest, min(height // 2, width // 2))

    def attempt(side: int) -> tuple[_Arranger, tuple[int, int], bool]:
        plan = _Arranger(arch, metrics, options, side)
        plan.widen(width)  # wide tiles need less height for their texts
        needed = plan.needed(height)
        return plan, needed, needed[0] <= width and needed[1] <= height

    best, needed, fits = attempt(smallest)
    if not fits:
        needed = best.needed(1)  # the kernels may give way too
        return best.build(max(width, needed[0]), max(height, needed[1]))
    # room grows with the side almost everywhere: halve the interval, a try costs tenths of a millisecond
    low, high = smallest, largest
    while low < high:
        middle = (low + high + 1) // 2
        plan, _, fits = attempt(middle)
        if fits:
            best, low = plan, middle
        else:
            high = middle - 1
    return best.build(width, height)
