"""What is pictured of a factor or of a derivative."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.chain import ChainFactor
from core.trace import Trace
from ui.flow.heatmap import is_signed, peak
from ui.number_format import cell_number, format_scale, percent

__all__ = ["BY_HAND", "CHARACTERS", "Picture", "array_picture", "factor_picture", "number_width", "same_picture"]

BY_HAND = 16  # so many cells are made wide enough for their numbers
_NUMBER_WIDTH = 46
CHARACTERS = 9
_MASKS = {"maxpool": "win", "relu": "pass"}


@dataclass(frozen=True)
class Picture:
    """A number, or tiles of cells in a grid.

    cells: (tiles, h, w), grid: (rows, columns) of tiles; limit: the value at the end of the colour map; figure: the one
    number that says most; part: which part of the array it is, "filter 3", or "" if it is all; number: if it is one;
    base: the value at the start of the colour map; places_in: the array that whole numbers are places in, not values.
    """

    cells: NDArray[Any] | None
    grid: tuple[int, int]
    signed: bool
    limit: float
    figure: str
    part: str = ""
    number: float | None = None
    base: float = 0.0
    places_in: str = ""


def factor_picture(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """What shows a factor best; filters: the filter to show of each conv block, counted from 0."""
    values, kind = factor.values, factor.kind
    if kind.endswith("bias"):
        return _number(1.0)
    if kind in ("loss", "sigmoid", "softmax"):
        sample = values[0].reshape(values.shape[1], -1)
        return _number(float(sample[0, 0])) if sample.size == 1 else _cells(sample, signed=True)
    if kind in _MASKS:
        chosen, part = _filter(factor.denominator, values.shape[1], filters)
        share = f"{percent(float(np.mean(values[0, chosen])), 0)} {_MASKS[kind]}"
        return _cells(values[0, chosen], True, part, limit=1.0, figure=share)
    if kind.startswith("convolution"):
        show = _kernel if kind == "convolution input" else _windows
        return show(factor, trace, filters)
    return _dense(factor, trace, filters)


def _dense(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """Weights, features and places in F, as the map that they were before flatten."""
    values = factor.values
    if factor.kind == "dense input":
        return _features(_of_class(values, trace), trace, filters, signed=True)
    if factor.kind == "dense weight":
        return _features(values[0], trace, filters, signed=False)
    if values.size == 1:
        return _number(1.0)  # one place only: the identity, by which a reader can multiply
    picture = _features(values.reshape(-1), trace, filters, signed=False)
    assert picture.cells is not None
    first, last = float(picture.cells.min()), float(picture.cells.max())
    return replace(picture, base=first, limit=last - first, figure=f"{values.size} places", places_in="F")


def _of_class(weights: NDArray[Any], trace: Trace) -> NDArray[Any]:
    """The row of dense weights that matters to the sample: of its class."""
    row: NDArray[Any] = weights[int(trace.y[0]) if len(weights) > 1 else 0]
    return row


def array_picture(trace: Trace, name: str, filters: tuple[int, ...]) -> Picture:
    """The chosen filter's part of an array of the trace, "dA1" or "dw1"."""
    values, plain, signed = trace.arrays[name], name.removeprefix("d"), is_signed(name)
    parameter = plain[0] in "wb"
    if values.size == 1:
        return _number(float(values.reshape(-1)[0]))
    if plain[0] == "w":
        if values.ndim == 4:
            return _taps(values, plain, filters)
        return _features(_of_class(values, trace), trace, filters, signed=signed)
    sample = values if parameter else values[0]
    if sample.ndim == 3:
        chosen, part = _filter(plain, len(sample), filters)
        return _cells(sample[chosen], signed, part)
    if plain == "F":
        # one long column: that it is flat is what the picture has to say
        return _cells(sample.reshape(-1, 1), signed)
    return _cells(sample.reshape(-1, 1), signed)


def same_picture(first: Picture, second: Picture | None) -> bool:
    """True if two pictures look alike, but for the limit of the colours."""
    if second is None or replace(first, cells=None) != replace(second, cells=None):
        return False
    if first.cells is None or second.cells is None:
        return first.cells is second.cells
    return bool(np.array_equal(first.cells, second.cells))


def _number(value: float) -> Picture:
    return Picture(None, (1, 1), True, 0.0, cell_number(value, CHARACTERS), number=value)


def number_width(picture: Picture) -> int:
    """Logical pixels that the cells' numbers need, 0 if there are too many cells or no room is needed."""
    if picture.cells is None or picture.cells.size > BY_HAND or _is_whole(picture.cells):
        return 0
    columns: int = picture.grid[1] * picture.cells.shape[2]
    return columns * _NUMBER_WIDTH


def _is_whole(cells: NDArray[Any]) -> bool:
    return bool(np.all(cells == np.rint(cells)))


def _cells(cells: NDArray[Any], signed: bool, part: str = "", limit: float = 0.0, figure: str = "") -> Picture:
    end = limit or peak(cells)[0]
    return Picture(cells[None], (1, 1), signed, end, figure or format_scale(end, signed), part)


def _filter(name: str, count: int, filters: tuple[int, ...]) -> tuple[int, str]:
    block = int(name[1:])
    chosen = min(filters[block - 1], count - 1) if block <= len(filters) else 0
    return chosen, f"filter {chosen}" if count > 1 else ""


def _features(values: NDArray[Any], trace: Trace, filters: tuple[int, ...], *, signed: bool) -> Picture:
    """A row of features as the map that it was before flatten: of the chosen filter, or of all if a map is one cell."""
    maps = values.reshape(trace.arrays[f"P{trace.blocks}"].shape[1:])
    if maps[0].size == 1:
        return _cells(maps.reshape(-1, 1), signed)
    chosen, part = _filter(f"P{trace.blocks}", len(maps), filters)
    return _cells(maps[chosen], signed, part)


def _kernel(factor: ChainFactor, _trace: Trace, filters: tuple[int, ...]) -> Picture:
    return _taps(factor.values, f"w{factor.numerator[1:]}", filters)


def _taps(kernels: NDArray[Any], name: str, filters: tuple[int, ...]) -> Picture:
    chosen, part = _filter(name, len(kernels), filters)
    channel, _ = _filter(f"w{int(name[1:]) - 1}", kernels.shape[1], filters) if kernels.shape[1] > 1 else (0, "")
    return _cells(kernels[chosen, channel], True, f"{part}, ch {channel}" if kernels.shape[1] > 1 else part)


def _windows(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """For each tap of the kernel what it has seen, one small map a tap, in the order of the kernel."""
    _, channels, kh, kw = trace.arrays[factor.denominator].shape
    rows = trace.arrays[factor.numerator].shape[2:]
    channel = 0
    if channels > 1:
        channel, _ = _filter(f"w{int(factor.denominator[1:]) - 1}", channels, filters)
    taps = factor.values[0].T.reshape(channels, kh * kw, *rows)[channel]
    end = peak(taps)[0]
    part = f"channel {channel}" if channels > 1 else ""
    return Picture(taps, (kh, kw), False, end, format_scale(end, False), part)
