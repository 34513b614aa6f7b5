"""The parts of arrays that a question shows: what its terms read, and what stands around the hidden cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from core.derivation.wiring import Index, Indices
from core.trace import Trace

__all__ = ["Excerpt", "around", "of_cells", "sources"]

_RADIUS = 1


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A rectangle of one plane of an array. Arrays of two axes are one plane, vectors one row.

    lead: the index before the plane, (n, c) for feature maps; top, left: where the rectangle begins; marked: the cells
    of it that matter, (row, column) from its corner; hidden: their values are what is asked for; veiled: cells that
    another question asks for; title: its own, where it is no part of an array of the trace.
    """

    name: str
    lead: Index
    top: int
    left: int
    values: Array
    marked: tuple[tuple[int, int], ...] = ()
    hidden: bool = False
    veiled: tuple[tuple[int, int], ...] = ()
    title: str = ""

    def place_of(self, trace: Trace, index: Index) -> tuple[int, int] | None:
        """Where a cell of the array lies in the rectangle, None outside of it."""
        _, lead, (row, column) = _plane(trace, self.name, index)
        row, column = row - self.top, column - self.left
        inside = 0 <= row < self.values.shape[0] and 0 <= column < self.values.shape[1]
        return (row, column) if inside and lead == self.lead else None


def around(trace: Trace, name: str, index: Index, *, hidden: bool) -> Excerpt:
    """A cell with its neighbours, one on each side where there is one."""
    array, lead, (row, column) = _plane(trace, name, index)
    top, left = max(0, row - _RADIUS), max(0, column - _RADIUS)
    values = array[lead][top : row + _RADIUS + 1, left : column + _RADIUS + 1]
    return Excerpt(name, lead, top, left, values, ((row - top, column - left),), hidden)


def of_cells(trace: Trace, name: str, indices: Indices) -> tuple[Excerpt, ...]:
    """The smallest rectangles around cells of an array, one a plane; the cells are marked if there is more in them."""
    planes: dict[Index, list[tuple[int, int]]] = {}
    for index in map(tuple, indices.tolist()):
        _, lead, cell = _plane(trace, name, index)
        planes.setdefault(lead, []).append(cell)
    array, found = _as_planes(trace, name), []
    for lead, cells in planes.items():
        rows, columns = np.array(cells).T
        top, left = int(rows.min()), int(columns.min())
        values = array[lead][top : rows.max() + 1, left : columns.max() + 1]
        marked = tuple((row - top, column - left) for row, column in cells) if len(cells) < values.size else ()
        found.append(Excerpt(name, lead, top, left, values, marked))
    return tuple(found)


def sources(trace: Trace, by_array: tuple[tuple[str, Indices], ...]) -> tuple[Excerpt, ...]:
    """What an explanation reads, array by array."""
    return tuple(excerpt for name, indices in by_array for excerpt in of_cells(trace, name, indices))


def _as_planes(trace: Trace, name: str) -> Array:
    array = trace.arrays[name]
    return array.reshape(1, -1) if array.ndim < 2 else array


def _plane(trace: Trace, name: str, index: Index) -> tuple[Array, Index, tuple[int, int]]:
    """The array with two axes or more, the index before the plane, and the place in it."""
    array, full = _as_planes(trace, name), (0, 0, *index)
    lead = index[:-2] if len(index) > 2 else ()
    return array, lead, (full[-2], full[-1])
