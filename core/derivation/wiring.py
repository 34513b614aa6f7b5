"""Which cell of an array meets which: the index arithmetic of windows, in one place."""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.trace import Trace

__all__ = [
    "Cells",
    "Index",
    "Indices",
    "Windows",
    "checked_index",
    "conv_input",
    "conv_windows",
    "pool_windows",
    "role",
]

Index = tuple[int, ...]
Indices = NDArray[np.intp]

_NAME = re.compile(r"(d?[A-Za-z])(\d*)")


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells of one array of a trace: `flat` (n,) counts them row-major in an array of `shape`."""

    array: str
    shape: tuple[int, ...]
    flat: Indices

    @classmethod
    def of(cls, trace: Trace, array: str, flat: Indices | int) -> Cells:
        """The cells of an array of the trace with these row-major numbers, in any shape."""
        return cls(array, trace.arrays[array].shape, np.asarray(flat, np.intp).reshape(-1))

    @property
    def indices(self) -> Indices:
        """One row a cell, (n, axes of the array)."""
        if not self.shape:
            return np.empty((len(self.flat), 0), np.intp)
        return np.stack(np.unravel_index(self.flat, self.shape), axis=-1)


@dataclass(frozen=True)
class Windows:
    """Where each window of a convolution or a pooling lies in the plane it reads; all sizes (height, width).

    Positions (outputs), taps (places in the window) and cells (of the plane) are counted row-major.
    """

    plane: tuple[int, int]
    positions: tuple[int, int]
    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int] = (0, 0)

    @property
    def table(self) -> Indices:
        """(positions, taps): the cell of the plane under each tap of each window; -1 in the padding. Read-only."""
        return _table(self)

    def of_position(self, position: int) -> tuple[Indices, Indices]:
        """(taps, cells) that one window reads."""
        cells = self.table[position]
        taps = np.flatnonzero(cells >= 0)
        return taps, cells[taps]

    def of_tap(self, tap: int) -> tuple[Indices, Indices]:
        """(positions, cells) that meet one tap."""
        cells = self.table[:, tap]
        positions = np.flatnonzero(cells >= 0)
        return positions, cells[positions]

    def of_cell(self, cell: int) -> tuple[Indices, Indices]:
        """(positions, taps) of the windows that read one cell of the plane."""
        table = self.table
        return np.divmod(np.flatnonzero(table == cell), table.shape[1])


@lru_cache(maxsize=64)
def _table(windows: Windows) -> Indices:
    sides = []
    for axis in (0, 1):
        outputs, taps = np.arange(windows.positions[axis]), np.arange(windows.kernel_size[axis])
        places = outputs[:, None] * windows.stride[axis] + taps - windows.padding[axis]
        inside = (places >= 0) & (places < windows.plane[axis])
        sides.append((places, inside))
    (rows, row_inside), (columns, column_inside) = sides
    cells = rows[:, None, :, None] * windows.plane[1] + columns[None, :, None, :]
    inside = row_inside[:, None, :, None] & column_inside[None, :, None, :]
    height, width, kh, kw = cells.shape
    table = np.where(inside, cells, -1).astype(np.intp).reshape(height * width, kh * kw)
    table.setflags(write=False)
    return table


def conv_input(number: int) -> str:
    """Name of what convolution `number` (from 1) reads: x, or the pooled maps of the block before."""
    return "x" if number == 1 else f"P{number - 1}"


def conv_windows(trace: Trace, number: int) -> Windows:
    """The windows of convolution `number` (from 1) in its input."""
    geometry, plane = trace.geometry[number - 1], trace.arrays[conv_input(number)].shape
    positions = trace.arrays[f"z{number}"].shape
    return Windows(
        (plane[2], plane[3]), (positions[2], positions[3]), geometry.kernel_size, geometry.stride, geometry.padding
    )


def pool_windows(trace: Trace, number: int) -> Windows:
    """The windows of pooling `number` (from 1) in the activations of its block."""
    geometry, plane = trace.geometry[number - 1], trace.arrays[f"A{number}"].shape
    positions = trace.arrays[f"P{number}"].shape
    return Windows((plane[2], plane[3]), (positions[2], positions[3]), geometry.pool_size, geometry.pool_stride)


def role(trace: Trace, name: str) -> tuple[str, int]:
    """What an array is, and the number in its name (0 for x, F, L).

    "x", "F", "dF", "L"; with "conv" in front what belongs to a conv block ("conv z", "conv dA", "conv w"), "dense" for
    the output ("dense z", "dense A", "dense w"), and "last P", "last dP" for the maps that are flattened.
    """
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"{name!r} is not the name of an array of a trace.")
    letter, number = match[1], int(match[2] or 0)
    if not number:
        return letter, 0
    if letter in ("P", "dP"):
        return f"{'last' if number == trace.blocks else 'conv'} {letter}", number
    return f"{'dense' if number > trace.blocks else 'conv'} {letter}", number


def checked_index(trace: Trace, name: str, index: Sequence[int]) -> Index:
    """The index as plain integers; raises KeyError for an unknown array, IndexError for a cell outside it."""
    if name not in trace.arrays:
        raise KeyError(f"this trace has no array {name!r}; it has {', '.join(trace.arrays)}.")
    shape, cell = trace.arrays[name].shape, tuple(operator.index(place) for place in index)
    if len(cell) != len(shape) or any(not 0 <= place < side for place, side in zip(cell, shape, strict=True)):
        raise IndexError(f"{cell} is no cell of {name}, whose shape is {shape}; give {len(shape)} places from 0 on.")
    return cell
