"""The pixels of all cells of a flow picture, coloured and enlarged in one pass.

A picture of 20 arrays made array by array takes some two hundred short calls of NumPy and Qt. Each of those costs more
than its work, and each may have to wait for the training thread. So all numbers are put into one row, coloured
together, and spread over the pixels by a table that says for each pixel which cell it shows: of every line of pixels
once, since the lines of a row of cells are copies of each other, and memory is what a picture costs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.arrays import Array
from core.trace import Trace
from ui.cell_ref import sample_array
from ui.flow.heatmap import NOT_FINITE, SMALLEST_LIMIT, ZERO, Scales, color_tables, is_signed, peak
from ui.flow.layout import FlowLayout, Tile
from ui.theme import Theme

__all__ = ["CellPixels", "image_pixels", "shown_values"]

Pixels = NDArray[np.uint32]
_Cell = TypeVar("_Cell", bound=np.generic)


def shown_values(tile: Tile, values: Array) -> Array:
    """What a tile shows of its array: (maps · rows, cols), the maps under each other."""
    return values.reshape(-1)[_span(tile, values.shape)].reshape(-1, tile.maps[0].cols)


def _span(tile: Tile, shape: tuple[int, ...]) -> slice:
    """The shown part of an array in row-major order: the maps of a tile are neighbours in memory."""
    first = tile.maps[0]
    start = max(first.offset, 0) if first.flat else 0
    size = math.prod(shape)
    for position, side in zip(first.prefix, shape, strict=False):
        size //= side
        start += position * size
    return slice(start, start + len(tile.maps) * first.rows * first.cols)


def image_pixels(image: QImage) -> Pixels:
    """(height, width) 0xAARRGGBB: the memory of an image of 32 bits a pixel, to be read and written."""
    stride = image.bytesPerLine() // 4
    return np.frombuffer(image.bits(), dtype=np.uint32).reshape(image.height(), stride)[:, : image.width()]


@dataclass(frozen=True)
class _Plan:
    """How the cells of some tiles become pixels.

    cells: for each cell its place in the row of all numbers; starts, counts: where those of a tile begin among them and
    how many they are. halves: how many colours lie between 0 and a tile's limit. offsets, tables: for each cell what is
    added to the scaled value, and where its colour table begins. sources: the lines of pixels that differ from the one
    above, for each pixel its place among the colours; lines: those pixels; bands: where in the frame they go, as
    (lines, how often each is repeated, width), and the lines themselves.
    """

    names: tuple[str, ...]
    cells: NDArray[np.intp]
    starts: dict[str, int]
    counts: NDArray[np.intp]
    halves: NDArray[np.float64]
    offsets: NDArray[np.float32]
    tables: NDArray[np.intp]
    colors: Pixels
    sources: NDArray[np.intp]
    lines: Pixels
    bands: tuple[tuple[Pixels, Pixels], ...]


class CellPixels:
    """Colours the cells of a layout in `frame`, an image of 32 bits a pixel; `ground` is transparent where cells are.

    First `gather` takes in a trace and tells the largest magnitudes, then `draw` colours by the scales made of them.
    """

    def __init__(
        self,
        layout: FlowLayout,
        theme: Theme,
        ground: QImage,
        frame: QImage,
        trace: Trace,
        *,
        difference: bool = False,
    ) -> None:
        self._layout = layout
        self._difference = difference
        self._frame = image_pixels(frame)
        self._table = color_tables(theme)
        self.broken: frozenset[str] = frozenset()
        """The arrays that hold a NaN or an infinity."""
        # the row of all numbers: of each array that has a scale, whole, in the order of the tiles
        self._names = tuple(name for name, tile in layout.tiles.items() if tile.kind != "box")
        sizes = [sample_array(trace, name).size for name in self._names]
        self._starts = np.cumsum([0, *sizes[:-1]])
        self._shapes = {name: sample_array(trace, name).shape for name in self._names}
        self._row = np.zeros(sum(sizes), np.float32)
        self._magnitudes = np.empty_like(self._row)
        self._shown: NDArray[np.float32] = self._row[:0]
        self._plan: _Plan | None = None
        self._constants: dict[int, int] = {}
        self._maps = {
            name: self._pixel_map(tile, image_pixels(ground)) for name, tile in layout.tiles.items() if tile.has_colors
        }

    def _pixel_map(self, tile: Tile, ground: Pixels) -> NDArray[np.intp]:
        """For each pixel of a tile the number of its cell, or −1 − n if it is of the n-th colour of the ground."""
        left, top, width, height = tile.rect
        result = np.zeros((height, width), np.intp)
        for number, part in enumerate(tile.maps):
            cells = np.arange(part.rows * part.cols).reshape(part.rows, part.cols) + number * part.rows * part.cols
            large = cells.repeat(part.cell_height, axis=0).repeat(part.cell_width, axis=1)
            y, x = part.rect.y - top, part.rect.x - left
            result[y : y + large.shape[0], x : x + large.shape[1]] = large
        behind = ground[top : top + height, left : left + width]
        fixed = behind != 0
        colors, places = np.unique(behind[fixed], return_inverse=True)
        numbers = np.array([self._constants.setdefault(int(color), len(self._constants)) for color in colors], np.intp)
        result[fixed] = -1 - numbers[places] if len(colors) else 0
        return result

    def gather(self, trace: Trace) -> dict[str, float]:
        """Take in all numbers of a trace; returns the largest finite magnitude of each array."""
        arrays = trace.arrays
        np.concatenate([arrays[name] for name in self._names], axis=None, out=self._row)
        # a NaN or an infinity passes through a maximum, so that it shows here
        largest = np.maximum.reduceat(np.abs(self._row, out=self._magnitudes), self._starts)
        peaks = dict(zip(self._names, largest.tolist(), strict=True))
        self.broken = frozenset()
        if not np.isfinite(largest).all():
            self.broken = frozenset(name for name, value in peaks.items() if not math.isfinite(value))
        for name in self.broken:
            peaks[name], _ = peak(arrays[name])
        return peaks

    def draw(self, scales: Scales, names: tuple[str, ...]) -> None:
        """Colour the cells of some tiles."""
        plan = self._plan
        if plan is None or plan.names != names:
            plan = self._plan = self._plan_for(names)
        self._shown = self._row.take(plan.cells)
        limits = scales.limits(names)
        steps = np.where(limits > 0.0, plan.halves / np.maximum(limits, SMALLEST_LIMIT), 0.0).astype(np.float32)
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = self._shown * steps.repeat(plan.counts)
            scaled += plan.offsets
            scaled.clip(0.0, 254.0, out=scaled)
            indices = scaled.astype(np.intp)
        indices += plan.tables
        if self.broken:
            bad = ~np.isfinite(self._shown)
            indices[bad] = plan.tables[bad] + NOT_FINITE
        self._table.take(indices, out=plan.colors[: len(indices)], mode="clip")
        plan.colors.take(plan.sources, out=plan.lines, mode="clip")
        for target, lines in plan.bands:
            target[...] = lines

    def values(self, name: str) -> Array:
        """What a drawn tile shows: (maps · rows, cols)."""
        return self._of(name, self._shown)

    def colors(self, name: str) -> Pixels:
        """The colours of those cells, in the same shape."""
        assert self._plan is not None
        return self._of(name, self._plan.colors)

    def _of(self, name: str, row: NDArray[_Cell]) -> NDArray[_Cell]:
        assert self._plan is not None
        part, count = self._layout.tiles[name].maps[0], len(self._layout.tiles[name].maps)
        start = self._plan.starts[name]
        return row[start : start + count * part.rows * part.cols].reshape(-1, part.cols)

    def _plan_for(self, names: tuple[str, ...]) -> _Plan:
        tiles = [self._layout.tiles[name] for name in names]
        begins = dict(zip(self._names, self._starts.tolist(), strict=True))
        parts = [_span(tile, self._shapes[tile.name]) for tile in tiles]
        counts = np.array([part.stop - part.start for part in parts])
        starts = np.cumsum([0, *counts[:-1]])
        total = int(counts.sum())
        signed = np.array([is_signed(name, self._difference) for name in names])
        colors = np.empty(total + len(self._constants), np.uint32)
        colors[total:] = list(self._constants)
        sources: list[NDArray[np.intp]] = []
        places: list[tuple[Pixels, int]] = []
        for tile, start in zip(tiles, starts.tolist(), strict=True):
            left, top, width, _ = tile.rect
            map_ = self._maps[tile.name]
            # −1 − n stands for the n-th constant, behind the cells
            numbers = np.where(map_ < 0, total - 1 - map_, map_ + start)
            for line, count, repeated in _bands(map_):
                target = self._frame[top + line : top + line + count * repeated, left : left + width]
                places.append((target.reshape(count, repeated, width), sum(map(len, sources))))
                sources.append(numbers[line : line + count * repeated : repeated].reshape(-1))
        lines = np.empty(sum(map(len, sources)), np.uint32)
        bands = tuple(
            (target, lines[begin : begin + len(target) * target.shape[2]].reshape(len(target), 1, -1))
            for target, begin in places
        )
        return _Plan(
            names=names,
            cells=np.concatenate(
                [np.arange(part.start, part.stop) + begins[name] for name, part in zip(names, parts, strict=True)]
            ),
            starts=dict(zip(names, starts.tolist(), strict=True)),
            counts=counts,
            halves=np.where(signed, float(ZERO), 254.0),
            offsets=np.where(signed, ZERO + 0.5, 0.5).astype(np.float32).repeat(counts),
            tables=np.where(signed, 256, 0).repeat(counts),
            colors=colors,
            sources=np.concatenate(sources),
            lines=lines,
            bands=bands,
        )


def _bands(map_: NDArray[np.intp]) -> list[tuple[int, int, int]]:
    """A picture as bands of lines that are all repeated equally often: first line, different lines, how often each."""
    begins = np.flatnonzero(np.append(True, (map_[1:] != map_[:-1]).any(axis=1)))
    bands: list[tuple[int, int, int]] = []
    for begin, repeated in zip(begins.tolist(), np.diff([*begins, len(map_)]).tolist(), strict=True):
        if bands and bands[-1][2] == repeated:
            bands[-1] = (bands[-1][0], bands[-1][1] + 1, repeated)
        else:
            bands.append((begin, 1, repeated))
    return bands
