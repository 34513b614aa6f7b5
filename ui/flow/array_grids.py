"""In which grid the maps of each array stand, as large as the side of the image and their place allow."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from ui.flow.grid import Grid, fit_grid
from ui.flow.layout import Architecture, Metrics, Options

__all__ = ["kernel_grid", "stage_grids"]

_LARGEST_CELL = 76  # logical pixels
_LARGEST_WEIGHT = 46  # logical pixels
_BLOCK_SHARE = (0.74, 0.7, 0.54, 0.5, 0.44)  # sides of P1, z2, P2, z3, P3 in parts of the image's side


def stage_grids(arch: Architecture, metrics: Metrics, options: Options, side: int) -> list[tuple[str, Grid]]:
    """The arrays of the forward row in their order, x, z1, A1, P1 … F, each with its grid."""
    # mosaics need the room more than the image does
    image_side = max(arch.image[1], round(side * 0.6)) if options.all_filters and not arch.is_small else side
    # no channel of a coloured image is chosen: all are the image
    image = _in_square(arch.image[0], arch.image[1:], image_side, metrics, metrics.px(_LARGEST_CELL))
    stages = [("x", image), *_blocks(arch, metrics, options, side)]
    return [*stages, ("F", _flat(arch, metrics, stages[1][1].height, stages[-1][1].cell))]


def kernel_grid(arch: Architecture, metrics: Metrics, layer: int, room: tuple[int, int]) -> Grid:
    """How the kernels of a layer stand in (width, height); of the dense layer one filter's part if all are tiny."""
    px = metrics.px
    if layer < arch.dense:
        block = arch.blocks[layer - 1]
        count = block.maps if block.channels == 1 else block.channels
        gutter = px(4) if count <= 16 else px(2)
        return fit_grid(count, block.kernel, room, gutter=gutter, largest=px(_LARGEST_WEIGHT), shape="wide")
    last, largest = arch.blocks[-1], px(_LARGEST_CELL)
    whole = fit_grid(last.maps, last.pooled, room, gutter=px(2), largest=largest, shape="wide")
    if whole.width <= room[0] and whole.height <= room[1] and whole.cell > 1:
        return whole
    return fit_grid(1, last.pooled, room, gutter=px(2), largest=largest)


def _in_square(count: int, size: tuple[int, int], side: int, metrics: Metrics, largest: int) -> Grid:
    return fit_grid(count, size, (side, side), gutter=metrics.px(2), largest=max(1, largest))


def _blocks(arch: Architecture, metrics: Metrics, options: Options, side: int) -> Iterator[tuple[str, Grid]]:
    """z1, A1, P1, z2 …: smaller from block to block, and no cell of the first larger than one of the image."""
    any_size = largest = metrics.px(_LARGEST_CELL)
    if not options.all_filters:
        largest = _in_square(1, arch.image[1:], side, metrics, any_size).cell
    own = side
    for number, block in enumerate(arch.blocks, start=1):
        if number > 1:
            own, largest = round(side * _BLOCK_SHARE[2 * number - 3]), any_size
        count = block.maps if options.all_filters else 1
        convolved = _in_square(count, block.convolved, own, metrics, largest)
        pooled_side = min(round(side * _BLOCK_SHARE[2 * number - 2]), convolved.height)
        pooled_cell = convolved.cell if arch.is_small else any_size
        pooled = _in_square(count, block.pooled, pooled_side, metrics, pooled_cell)
        yield from ((f"z{number}", convolved), (f"A{number}", convolved), (f"P{number}", pooled))


def _flat(arch: Architecture, metrics: Metrics, height: int, largest: int) -> Grid:
    """F: the pooled maps one under the other, as large as a column half as wide as it is high can hold them."""
    last, px = arch.blocks[-1], metrics.px
    one = min(height // arch.features, largest)
    if one >= px(6):
        return Grid(arch.features, 1, 1, 1, one, 0, True)
    rows, cols = last.pooled
    room = (max(px(52), round(height * 0.45)), height)
    found = fit_grid(last.maps, (rows, cols), room, gutter=px(2), largest=max(1, largest), shape="down")
    if found.width <= room[0] and found.height <= room[1]:
        return found
    per_row = min(last.maps, ceil(last.maps / max(1, height // rows)))  # cells of a pixel, as wide as need be
    return Grid(last.maps, rows, cols, per_row, 1, px(2), True)
