"""The curves of a run as plain arrays, for a file, and back; what does not fit together is refused.

Of each curve five arrays, "name/points" and so on: points (2, n), the newest, exactly, and head (2, n), the first, each
as rows x, y; buckets (5, n) as in `curve.Buckets`, all levels one after the other; numbers, int64: that of the first
point, then of each level the number of its first bucket and how many it has; gaps, as in `curve.Curve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.curve import FACTOR, Buckets, Curve
from playground.errors import PlaygroundError
from playground.history import Event, History
from playground.series import BUCKETS, EXACT_FIRST, EXACT_POINTS, MOST_GAPS, Series

__all__ = ["PARTS", "history_arrays", "history_from"]

_MAX_LEVELS = 30
PARTS: Mapping[str, tuple[tuple[int | None, ...], str, int]] = {
    "points": ((2, None), "F64", 2 * EXACT_POINTS),
    "head": ((2, None), "F64", EXACT_FIRST),
    "buckets": ((5, None), "F64", _MAX_LEVELS * 2 * BUCKETS),
    "numbers": ((None,), "I64", 1 + 2 * _MAX_LEVELS),
    "gaps": ((None,), "F64", MOST_GAPS),
}
"""The arrays of a curve: shape, where None is any length up to the last number, and type as safetensors calls it."""


def history_arrays(curves: Mapping[str, Curve]) -> dict[str, NDArray[Any]]:
    """All curves that were read of a history, by "name/part"; its events are not among them."""
    found: dict[str, NDArray[Any]] = {}
    for name, curve in curves.items():
        numbers = [curve.start, *(number for level in curve.levels for number in (level.start, len(level.table[0])))]
        tables = [level.table for level in curve.levels] or [np.empty((5, 0))]
        parts = (
            np.stack([curve.x, curve.y]),
            np.array(curve.head),
            np.concatenate(tables, axis=1),
            np.array(numbers, dtype=np.int64),
            np.array(curve.gaps, dtype=np.float64),
        )
        found.update((f"{name}/{part}", array) for part, array in zip(PARTS, parts, strict=True))
    return found


def history_from(
    arrays: Mapping[str, NDArray[Any]], gradient_names: tuple[str, ...], events: Iterable[Event] = ()
) -> History:
    """A history with these curves and markers, which goes on where they end; other arrays are left alone.

    Raises PlaygroundError, naming the curve, if arrays are missing or do not fit together.
    """
    history = History(gradient_names)
    for name in history.series:
        try:
            parts = [arrays[f"{name}/{part}"] for part in PARTS]
        except KeyError as error:
            raise PlaygroundError(f"The curve {name} is not complete: {error.args[0]} is missing.") from error
        history.series[name] = Series.of(_curve(name, parts))
    for event in events:
        history.mark(event)
    return history


def _curve(name: str, parts: Sequence[NDArray[Any]]) -> Curve:
    points, head, buckets, numbers, gaps = parts
    _check(name, "is not of numbers", all(array.dtype == np.float64 for array in (points, head, buckets, gaps)))
    _check(name, "is not numbered", numbers.dtype == np.int64 and numbers.ndim == 1 and len(numbers) % 2 == 1)
    is_shaped = points.ndim == head.ndim == buckets.ndim == 2 and gaps.ndim == 1
    _check(name, "has arrays of other shapes", is_shaped and (len(points), len(head), len(buckets)) == (2, 2, 5))
    start, *pairs = numbers.tolist()
    sizes = [FACTOR ** (level + 1) for level in range(len(pairs) // 2)]
    starts, counts = pairs[0::2], pairs[1::2]
    is_counted = all(0 <= count <= 2 * BUCKETS for count in counts) and sum(counts) == buckets.shape[1]
    _check(name, "has another number of buckets", is_counted and len(sizes) <= _MAX_LEVELS)
    _check(name, "has too many points", points.shape[1] <= 2 * EXACT_POINTS and head.shape[1] <= EXACT_FIRST)
    _check(name, "lacks its beginning", start == 0 or (start > 0 and head.shape[1] == EXACT_FIRST and bool(sizes)))
    ends = np.cumsum(counts, dtype=np.int64).tolist()
    tables = [np.array(buckets[:, end - count : end]) for end, count in zip(ends, counts, strict=True)]
    levels = tuple(map(Buckets, sizes, starts, tables))
    _check(name, "has buckets that leave steps out", _covers(start, start + points.shape[1], levels))
    in_order = all((np.diff(row) >= 0).all() for row in (points[0], head[0], *(table[0] for table in tables)))
    _check(name, "has steps that go back", in_order and np.isfinite(points[0]).all())
    return Curve(points[0], points[1], start, head if start else head[:, :0], levels, tuple(gaps.tolist()), 0)


def _covers(start: int, length: int, levels: tuple[Buckets, ...]) -> bool:
    """Whether every level begins no later than what is finer, goes as far as it can be brought, and the last has all.

    A level that lacks a bucket which the finer one no longer has could never be gone on from.
    """
    aligned = all(level.start % FACTOR == 0 and level.start >= 0 and level.end_point <= length for level in levels)
    begins = [start, *(level.first_point for level in levels)]
    ends = [length, *(level.end_point for level in levels)]
    monotone = all(coarse <= fine for fine, coarse in pairwise(begins)) and begins[-1] == 0
    return aligned and start % FACTOR == 0 and monotone and all(map(int.__le__, begins[:-1], ends[1:]))


def _check(name: str, what: str, holds: bool) -> None:
    if not holds:
        raise PlaygroundError(f"The curve {name} {what}.")
