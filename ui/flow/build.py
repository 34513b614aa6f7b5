"""Placing the tiles and arrows of a plan."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from ui.flow.array_grids import kernel_grid
from ui.flow.grid import Grid
from ui.flow.layout import NOWHERE, Arrow, FlowLayout, Map, Page, Rect, Tile
from ui.flow.plan import Band, Plan

__all__ = ["build"]


def build(plan: Plan, width: int, height: int) -> FlowLayout:
    """Tiles, arrows and headings in width × height device pixels (at least what is `needed`)."""
    layout = FlowLayout(width, height, {}, (), NOWHERE, NOWHERE, NOWHERE, plan.side, plan.m)
    least = [plan.band_height(band, height) for band in plan.bands]
    over = height - sum(least)
    if over < 0:
        least = [plan.band_height(band, 1) for band in plan.bands]
        over = height - sum(least)
    if height // len(least) >= max(least):  # all alike
        least, over = [height // len(least)] * len(least), 0
    top = bottom = 0
    for band, own in zip(plan.bands, least, strict=True):
        builder = _BandBuilder(plan, band, width, own + over // len(plan.bands), top)
        layout, bottom = builder.added_to(layout)
        top += own + over // len(plan.bands)
    if len(plan.bands) == 1 or height <= plan.page:  # else each band begins where its page does
        layout = layout.moved(0, max(0, (height - bottom) // 2))
    # the picture of the cells is as large as the layout: no tile may lie beyond it, however narrow the view is
    right = max((tile.rect.right for tile in layout.tiles.values()), default=0)
    lowest = max((tile.rect.bottom for tile in layout.tiles.values()), default=0)
    return replace(layout, width=max(layout.width, right), height=max(layout.height, lowest))


class _BandBuilder:
    """Places the columns and rows of one band and collects tiles and arrows."""

    def __init__(self, plan: Plan, band: Band, width: int, height: int, top: int) -> None:
        self.plan, self.band, self.m, self.arch = plan, band, plan.m, plan.arch
        self.width, self.height, self.top = width, height, top + plan.heading
        self.tiles: dict[str, Tile] = {}
        self.arrows: list[Arrow] = []
        self.stages = plan.stages(band)
        self.xs, self.gap = plan.spread(band, width)
        self._share_height(height)

    def _share_height(self, height: int) -> None:
        px, plan, band = self.m.px, self.plan, self.band
        rest = height - plan.heading - plan.forward_height(band) - plan.backward_height(band)
        overhead = plan.middle_overhead(band, self.xs, self.gap)
        self.kernel_room = 0
        if overhead:
            rest -= overhead
            self.kernel_room = max(px(20), min(rest - 2 * px(3), round(px(40) + 0.2 * height)))
        self.row_gap = min(max(0, rest - self.kernel_room) // 2, px(34))

    def added_to(self, layout: FlowLayout) -> tuple[FlowLayout, int]:
        """The layout with this band in it, and where the band ends; what height is left over is between its rows."""
        px, plan, band = self.m.px, self.plan, self.band
        self._stage_row(self.top, forward=True)
        middle = self.top + plan.forward_height(band) + self.row_gap
        used = self._parameters(middle)
        backward = middle + used + self.row_gap
        self._stage_row(backward, forward=False)
        bottom = backward + plan.backward_height(band)
        if plan.beside and plan.has_out(band):
            bottom = max(bottom, self.top - plan.heading + self.height)
        names = [*(name for name, _ in self.stages), *(["L"] if plan.has_out(band) else [])]
        top = Rect(self.xs[0], self.top - plan.heading, self.width - self.xs[0] - px(4), plan.heading)
        pages = [*layout.pages, Page(top, names[0], names[-1])]
        if len(plan.bands) == 1:
            pages.append(Page(Rect(top.x, backward, top.width, plan.heading), f"d{names[-2]}", f"d{names[1]}"))
        if band.first == 0:
            room = plan.widths(band)[0]
            heading = Rect(self.xs[0], backward + px(1), room, self.m.caption)
            legend_height = plan.backward_height(band) - self.m.caption - px(8)
            legend = Rect(self.xs[0], heading.bottom + px(6), room, legend_height)
            layout = replace(layout, forward_heading=top, backward_heading=heading, legend=legend)
        tiles = {**layout.tiles, **self.tiles}
        arrows = (*layout.arrows, *self.arrows)
        return replace(layout, tiles=tiles, arrows=arrows, pages=tuple(pages)), bottom

    # --- stages ----------------------------------------------------------------------------------------------------

    def _stage_row(self, top: int, forward: bool) -> None:
        lead = "" if forward else "d"
        y = top + self.plan.caption
        middles = []
        for column, (name, grid) in enumerate(self.stages):
            if name == "x" and not forward:
                continue
            self._stage_tile(lead + name, name, grid, column, y)
            middles.append(self.tiles[lead + name].rect)
        if not middles:
            return
        line = y + min(rect.height for rect in middles) // 2
        if self.band.first:
            self._link(0, middles[0].x, line, forward)
        for left, right in pairwise(middles):
            self._link(left.right, right.x, line, forward)
        if not self.plan.has_out(self.band):
            self._link(middles[-1].right, self.width, line, forward)
            return
        out = self._boxes(top, forward) if self.arch.outputs == 1 else self._table(top, forward)
        # the numbers column is taller than its neighbours: enter it at z (forward), leave it from ∂L/∂z (backward)
        flat = middles[-1]
        highest, lowest = max(flat.y, out.y), min(flat.bottom, out.bottom)
        # where they hardly overlap the line runs within both still, and not through the caption of F
        inset = max(0, min(self.m.px(6), (lowest - highest) // 2))
        line = min(max(out.y + out.height // 2, highest + inset), lowest - inset)
        self._link(flat.right, out.x, line, forward)

    def _link(self, left: int, right: int, y: int, forward: bool) -> None:
        margin = self.m.px(3 if not self.plan.tight else 1)
        start, end = (left + margin, y), (right - margin, y)
        self.arrows.append(Arrow(start, end, True) if forward else Arrow(end, start, False))

    def _stage_tile(self, name: str, stage: str, grid: Grid, column: int, y: int) -> None:
        maps = []
        x, number = self.xs[column], int(stage[1:]) if stage[1:] else 0
        for position, rect in enumerate(grid.place(x, y)):
            if stage == "F":
                maps.append(Map(rect, grid.rows, grid.cols, (), position * grid.rows * grid.cols, True))
                continue
            shown = position
            if number and not self.plan.options.all_filters:
                shown = self.plan.options.chosen[number - 1]
            maps.append(Map(rect, grid.rows, grid.cols, (shown,)))
        room = self.plan.caption_room(self.band, column, self.gap)
        caption = Rect(x, y - self.plan.caption, room, self.plan.caption)
        footer = Rect(x, y + grid.height, room, self.plan.footer(stage, room))
        self.tiles[name] = Tile(name, "stage", tuple(maps), caption, footer)

    def _row_height(self, forward: bool) -> int:
        return self.plan.forward_height(self.band) if forward else self.plan.backward_height(self.band)

    def _boxes(self, top: int, forward: bool) -> Rect:
        """z, A, L under each other, ∂L/∂z and ∂L/∂A in the same order beneath; returns the box that is joined to F."""
        n, px = self.arch.dense, self.m.px
        names = [f"z{n}", f"A{n}", "L"] if forward else [f"dz{n}", f"dA{n}"]
        total = self._row_height(forward)
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
            above, below = (middle, upper.bottom + px(1)), (middle, lower.y - px(1))
            self.arrows.append(Arrow(above, below, True) if forward else Arrow(below, above, False))
        return rects[0]

    def _table(self, top: int, forward: bool) -> Rect:
        """z and A (or their gradients) as two columns of cells, a row a class; the names stand left of them."""
        n, px, plan = self.arch.dense, self.m.px, self.plan
        total = self._row_height(forward)
        if plan.beside:
            total = plan.table_height(self.height, forward=forward)
            if not forward:
                top = self.top - plan.heading + self.height - total
        total -= px(24) if forward else 0
        names_take_two = self.m.class_width * self.m.char > plan.class_room
        row = min(2 * self.m.line + px(1) if names_take_two else px(22), (total - plan.table_head) // self.arch.outputs)
        names = (f"z{n}", f"A{n}") if forward else (f"dz{n}", f"dA{n}")
        labels = plan.class_room + px(4)
        width = (self.plan.out_width - labels - px(6)) // 2
        head = max(plan.table_head, row)
        if total < head + row * self.arch.outputs:
            head = total - row * self.arch.outputs
        y = top + head
        for position, name in enumerate(names):
            rect = Rect(self.xs[-1] + labels + position * (width + px(6)), y, width, row * self.arch.outputs)
            caption = Rect(rect.x, top, width, head)
            place = Rect(self.xs[-1], y, plan.class_room, rect.height) if position == 0 else NOWHERE
            self.tiles[name] = Tile(
                name, "table", (Map(rect, self.arch.outputs, 1, (), 0, True),), caption, names=place
            )
        if forward:
            rect = Rect(self.xs[-1], y + row * self.arch.outputs + px(5), self.plan.out_width, px(19))
            self.tiles["L"] = Tile("L", "box", (Map(rect, 1, 1, (), -1, True),))
        return Rect(self.xs[-1], y, self.plan.out_width, row * self.arch.outputs)

    # --- parameters ------------------------------------------------------------------------------------------------

    def _parameters(self, y: int) -> int:
        """The groups w, ∂L/∂w of each layer side by side under the layer's columns; returns the height used."""
        used, gap = 0, self.plan.between
        for region in self.plan.regions(self.band, self.xs, self.gap):
            grid = kernel_grid(self.arch, self.m, region.layer, (region.width, self.kernel_room))
            grid = self._wide(grid, region.width)
            wide = max(grid.width, min(region.width, self.m.px(220)))
            for lead, x in (("", region.left), ("d", region.left + wide + gap)):
                used = max(used, self._group(lead, region.layer, grid, Rect(x, y, wide, 0)))
        return used

    def _wide(self, grid: Grid, width: int) -> Grid:
        """Wider cells for numbers, as the stages of small images have them."""
        if not self.arch.is_small:
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
        label = self.plan.bias_label(derivative=bool(lead))
        cell = min((at.width - label) // count, px(66) if count > 1 else px(90))
        if cell < 1:  # no room for the name as well: the cells, of a pixel each, begin where the kernels do
            label, cell = 0, 1
        strip = Rect(at.x + label, footer.bottom + px(3), cell * count, self.m.line + px(2))
        label_rect = Rect(at.x, strip.y, label, strip.height)
        self.tiles[f"{lead}b{number}"] = Tile(
            f"{lead}b{number}", "strip", (Map(strip, 1, count, (), 0, True),), label_rect
        )
        return strip.bottom - at.y
