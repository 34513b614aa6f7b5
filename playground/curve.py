"""What a growing curve was at one moment: its newest points exactly, the older ones in buckets of growing size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["FACTOR", "Buckets", "Curve", "Reading", "Rows", "finite_or_nan"]

FACTOR = 4
"""Points in a bucket of the finest level, and buckets in a bucket of the next."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Rows:
    """Points or buckets in their order: steps `first` to `last`, values from `low` to `high` (of a point: the same).

    numbers: how many points came before each; a value that is not finite is NaN, and no part of a bucket's.
    """

    numbers: NDArray[np.int64]
    first: Floats
    last: Floats
    low: Floats
    high: Floats

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, eq=False)
class Buckets:
    """Complete buckets of `size` successive points each, from bucket number `start` on.

    table: (5, buckets) with the rows first step, last step, least and greatest finite value, and the value at the last.
    """

    size: int
    start: int
    table: Floats

    @property
    def end(self) -> int:
        """Number of the bucket after the last."""
        return self.start + len(self.table[0])

    @property
    def first_point(self) -> int:
        """Number of the first point that is in a bucket."""
        return self.start * self.size

    @property
    def end_point(self) -> int:
        """Number of the first point that is in no bucket yet."""
        return self.end * self.size

    def rows(self, first: int, last: int) -> Rows:
        """The buckets that have points from number `first` to before `last`."""
        begin = max(first // self.size, self.start)
        end = max(begin, min(-(-last // self.size), self.end))
        span = slice(begin - self.start, end - self.start)
        numbers = np.arange(begin, end) * self.size
        return Rows(numbers, *self.table[:4, span])


@dataclass(frozen=True)
class Reading:
    """The value at a step, or, of a step that is no longer kept by itself, those of a bucket of steps."""

    first_step: float
    last_step: float
    low: float
    high: float

    @property
    def is_exact(self) -> bool:
        """Whether it is one point."""
        return self.first_step == self.last_step


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve as it was read: it no longer changes. Points are counted from 0, the first step ever kept.

    x, y: the newest points, exactly, from number `start` on. head: (2, n), the first points, exactly, as far as they
    are before `start`. levels: buckets of 4, 16, 64 … points; each level reaches further back than the one before, the
    last to the beginning. gaps: x where each stretch begins that is not finite. generation: how often the curve had
    been cut short.
    """

    x: Floats
    y: Floats
    start: int
    head: Floats
    levels: tuple[Buckets, ...]
    gaps: tuple[float, ...]
    generation: int

    def __len__(self) -> int:
        return self.start + len(self.x)

    @property
    def last(self) -> tuple[float, float] | None:
        """The newest point, None if there is none."""
        if len(self.x):
            return float(self.x[-1]), float(self.y[-1])
        for level in self.levels:
            if level.table.shape[1]:
                return float(level.table[1, -1]), float(level.table[4, -1])
        return None

    @property
    def first_values(self) -> Floats:
        """The first values, exactly; of a long curve as many as are kept of its beginning."""
        return self.head[1] if self.start else self.y

    def after(self, step: float) -> Floats:
        """The exact values after `step`: the newest, if not all of them are kept."""
        return self.y[int(np.searchsorted(self.x, step, side="right")) :]

    def reading(self, step: float) -> Reading | None:
        """The value nearest to `step`, or of the bucket that it is in; None of an empty curve."""
        if len(self.x) and (step >= self.x[0] or not self.start):
            return _nearest(self.x, self.y, step)
        if self.head.shape[1] and step <= self.head[0, -1]:
            return _nearest(self.head[0], self.head[1], step)
        level = self._finest_with(step)
        if level is None:
            return _nearest(self.x, self.y, step) if len(self.x) else None
        place = max(int(np.searchsorted(level.table[0], step, side="right")) - 1, 0)
        return Reading(*map(float, level.table[:4, place]))

    def numbers_between(self, x_min: float, x_max: float) -> tuple[int, int]:
        """Number of the last point at or before x_min, and of the point after the first one that is beyond x_max.

        Where points are no longer kept by themselves, to the width of a bucket.
        """
        return self._number(x_min, "left", -1), self._number(x_max, "right", 1)

    def rows(self, first: int = 0, last: int | None = None, level: int = -1) -> Rows:
        """The curve from point number `first` to before `last` in buckets of `levels[level]`; -1: as exactly as kept.

        Older points than that level has come in coarser buckets, those that are in no bucket of it yet in finer ones.
        """
        last = len(self) if last is None else last
        parts = list(self._parts(first, last, level))
        if len(parts) == 1:
            return parts[0]
        return Rows(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Rows)))

    def size_at(self, number: int) -> int:
        """How many points share the finest bucket that point `number` is in; 1 where points are kept by themselves."""
        if number >= self.start or number < self.head.shape[1]:
            return 1
        return next((level.size for level in self.levels if level.first_point <= number < level.end_point), 1)

    def _parts(self, first: int, last: int, level: int) -> Iterator[Rows]:
        """The spans of `rows` from the oldest to the newest, each from the level that has it."""
        finer, coarser = self.levels[: level + 1], self.levels[level + 1 :]
        begins = [finer[-1].first_point if finer else self.start, *(source.first_point for source in coarser)]
        for source, begin, end in zip(reversed(coarser), reversed(begins[1:]), reversed(begins[:-1]), strict=True):
            if max(first, begin) < min(last, end):
                yield source.rows(max(first, begin), min(last, end))
        begin = begins[0]
        for source in reversed(finer):
            if max(first, begin) < min(last, source.end_point):
                yield source.rows(max(first, begin), last)
            begin = max(begin, source.end_point)
        yield self._points(max(first, begin), last)

    def _points(self, first: int, last: int) -> Rows:
        begin = max(first - self.start, 0)
        span = slice(begin, max(last - self.start, begin))
        x, y = self.x[span], finite_or_nan(self.y[span])
        return Rows(np.arange(len(x)) + (self.start + begin), x, x, y, y)

    def _finest_with(self, step: float) -> Buckets | None:
        return next((level for level in self.levels if level.table.shape[1] and level.table[0, 0] <= step), None)

    def _number(self, step: float, side: Literal["left", "right"], beyond: int) -> int:
        """How many points are before `step` (side "left") or up to it ("right"), one more or less for `beyond`."""
        x = self.x
        if beyond > 0 and len(x) and step >= x[-1]:
            return len(self)
        if not self.start or (len(x) and step >= x[0]):
            found = self.start + int(x.searchsorted(step, side)) + beyond
            return min(max(found, 0), len(self))
        level = self._finest_with(step)
        if level is None:
            return 0 if beyond < 0 else min(self.levels[-1].size if self.levels else 1, len(self))
        place = int(np.searchsorted(level.table[0], step, "right"))
        return min((level.start + place + (-1 if beyond < 0 else 0)) * level.size, len(self))


def finite_or_nan(values: Floats) -> Floats:
    """The values, NaN for those that are not finite."""
    finite = np.isfinite(values)
    return values if finite.all() else np.where(finite, values, np.nan)


def _nearest(x: Floats, y: Floats, step: float) -> Reading:
    right = int(np.searchsorted(x, step))
    place = right if right == 0 or (right < len(x) and x[right] - step < step - x[right - 1]) else right - 1
    return Reading(float(x[place]), float(x[place]), float(y[place]), float(y[place]))
