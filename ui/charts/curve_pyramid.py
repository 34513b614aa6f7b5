"""Thinning a growing curve to what a screen can show, at a cost that does not grow with the curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.history import Series

__all__ = ["CurvePyramid", "Thinned"]

_FACTOR = 4
_FIRST_CAPACITY = 256

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Thinned:
    """Points to draw; y is NaN where not finite. `per_column` raw points share a column of two (1: nothing thinned)."""

    x: Floats
    y: Floats
    per_column: int


class _Level:
    """The least and the greatest value of every complete bin of one level; non-finite values are left out of both."""

    def __init__(self) -> None:
        self._minima = np.empty(_FIRST_CAPACITY)
        self._maxima = np.empty(_FIRST_CAPACITY)
        self.count = 0

    def extend(self, minima: Floats, maxima: Floats) -> None:
        needed = self.count + len(minima)
        if needed > len(self._minima):
            capacity = max(needed, 2 * len(self._minima))
            self._minima = np.concatenate([self._minima[: self.count], np.empty(capacity - self.count)])
            self._maxima = np.concatenate([self._maxima[: self.count], np.empty(capacity - self.count)])
        self._minima[self.count : needed] = minima
        self._maxima[self.count : needed] = maxima
        self.count = needed

    @property
    def minima(self) -> Floats:
        return self._minima[: self.count]

    @property
    def maxima(self) -> Floats:
        return self._maxima[: self.count]


class CurvePyramid:
    """Least and greatest values of a Series over bins of 4, 16, 64 … points, kept up to date as the series grows."""

    def __init__(self, series: Series) -> None:
        self.series = series
        self._levels: list[_Level] = []
        self._ends_bad = False
        x, y, self.generation = series.read()
        self.x, self.y = x[:0], y[:0]
        self.gaps: list[float] = []  # x of the first point of every stretch that is not finite

    def __len__(self) -> int:
        return len(self.x)

    @property
    def is_behind(self) -> bool:
        """True if the series has other points by now."""
        return len(self.series) != len(self.x) or self.series.generation != self.generation

    def update(self) -> bool:
        """Take in what the series has gained; returns False if that is nothing. Costs as much as the gain.

        A series that was cut short is read anew.
        """
        seen = len(self.x)
        if not self.is_behind:
            return False
        # all comes from one read, so that it belongs together while the worker appends
        self.x, self.y, generation = self.series.read()
        if generation != self.generation:
            self.generation = generation
            self._levels, self.gaps, self._ends_bad = [], [], False
            seen = 0
        if len(self.x) > seen:  # else the series was cut short to nothing
            self._note_gaps(seen)
            self._extend_levels()
        return True

    def range_between(self, x_min: float, x_max: float) -> tuple[float, float] | None:
        """Least and greatest finite value with x in the interval (to the width of a bin), or None if there is none."""
        points = self.thinned(x_min, x_max, 64)
        inside = points.y[np.isfinite(points.y)]
        return (float(inside.min()), float(inside.max())) if len(inside) else None

    def nearest(self, x: float) -> int | None:
        """Number of the raw point nearest to x, or None if there are none."""
        if not len(self.x):
            return None
        right = int(np.searchsorted(self.x, x))
        if right == 0 or (right < len(self.x) and self.x[right] - x < x - self.x[right - 1]):
            return right
        return right - 1

    def thinned(self, x_min: float, x_max: float, width: int) -> Thinned:
        """At most 2·width points that look, at `width` pixels, like the raw curve between x_min and x_max.

        Raw points while they fit; else the least and greatest value of each column. Columns are aligned to the start of
        the curve, not of the view, so that a growing curve keeps its shape from frame to frame. A point beyond each end
        of the interval is included, so that lines run to the edge.
        """
        first = max(0, int(np.searchsorted(self.x, x_min, "left")) - 1)
        last = min(len(self.x), int(np.searchsorted(self.x, x_max, "right")) + 1)
        width = max(8, width)
        count = last - first
        if count <= 2 * width:
            return Thinned(self.x[first:last], _finite_or_nan(self.y[first:last]), 1)
        level = 0
        while count > width * _FACTOR ** (level + 1):
            level += 1
        bin_size = _FACTOR**level
        # three columns are kept for the ends: begun before the view, cut by its end, points not yet in a bin
        group = -(-count // (bin_size * (width - 3)))
        return self._columns(first, last, level, bin_size * group)

    def _columns(self, first: int, last: int, level: int, size: int) -> Thinned:
        bin_size = _FACTOR**level
        start = first // size * size
        if level == 0:
            end = last
            minima = maxima = _finite_or_nan(self.y[start:last])
        else:
            stored = self._levels[level - 1]
            end = min(-(-last // bin_size), stored.count) * bin_size
            minima = stored.minima[start // bin_size : end // bin_size]
            maxima = stored.maxima[start // bin_size : end // bin_size]
        places = np.arange(0, len(minima), size // bin_size)
        low = np.fmin.reduceat(minima, places)
        high = np.fmax.reduceat(maxima, places)
        x = self.x[start + places * bin_size]
        if end < last:
            rest = _finite_or_nan(self.y[end:last])
            x = np.append(x, self.x[last - 1])
            low = np.append(low, np.fmin.reduce(rest))
            high = np.append(high, np.fmax.reduce(rest))
        points = np.empty(2 * len(low))
        points[0::2] = low
        points[1::2] = high
        return Thinned(np.repeat(x, 2), points, size)

    def _note_gaps(self, seen: int) -> None:
        bad = ~np.isfinite(self.y[seen:])
        if bad.any():
            begins = bad & ~np.concatenate([[self._ends_bad], bad[:-1]])
            self.gaps.extend(self.x[seen:][begins].tolist())
        self._ends_bad = bool(bad[-1])

    def _extend_levels(self) -> None:
        """Add the bins that are complete by now, level by level, each from the one below."""
        number = 0
        below: tuple[Floats, Floats] = (self.y, self.y)
        while True:
            complete = len(below[0]) // _FACTOR
            if number == len(self._levels):
                if complete == 0:
                    return
                self._levels.append(_Level())
            level = self._levels[number]
            if complete == level.count:
                return
            span = slice(level.count * _FACTOR, complete * _FACTOR)
            minima, maxima = below[0][span].reshape(-1, _FACTOR), below[1][span].reshape(-1, _FACTOR)
            if number == 0:
                minima = maxima = _finite_or_nan(minima)
            level.extend(np.fmin.reduce(minima, axis=1), np.fmax.reduce(maxima, axis=1))
            below = (level.minima, level.maxima)
            number += 1


def _finite_or_nan(values: Floats) -> Floats:
    finite = np.isfinite(values)
    return values if finite.all() else np.where(finite, values, np.nan)
