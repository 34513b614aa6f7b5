"""A curve as a screen of some width can show it, at a cost that does not grow with the curve."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.curve import FACTOR, Curve, Floats, Rows, finite_or_nan

__all__ = ["Rule", "Thinned", "WholeRange", "rule_for", "thinned", "thinned_between", "thinned_by"]

_BOX = 6  # corners of a box, and its lower edge a second time


@dataclass(frozen=True)
class Thinned:
    """Points to draw; y is NaN where not finite. `per_column` raw points share a column of two (1: nothing thinned).

    is_coarse: old points are kept in buckets wider than the columns that there is room for.
    """

    x: Floats
    y: Floats
    per_column: int
    is_coarse: bool = False


@dataclass(frozen=True)
class Rule:
    """How a curve is thinned: `size` raw points share a column, made of `levels[level]` of it; 0: not at all.

    boxes: its steps are kept so coarsely that they are drawn as boxes. The same rule makes the same points of the same
    steps, however many have come since. until: while its levels are the same, it is the rule of a curve of so many
    points at most.
    """

    size: int
    level: int = -1
    boxes: bool = False
    until: int = field(default=0, compare=False)


def thinned(curve: Curve, x_min: float, x_max: float, width: int) -> Thinned:
    """At most 2·width points that look, at `width` pixels, like the raw curve between x_min and x_max.

    Raw points while they fit and are kept; else the least and greatest value of each column. Old steps that are kept in
    buckets wider than a few columns are drawn as boxes, from the first step to the last. Columns are aligned to the
    start of the curve, not of the view, so that a growing curve keeps its shape from frame to frame. A point beyond
    each end of the interval is included, so that lines run to the edge.
    """
    return thinned_by(rule_for(curve, x_min, x_max, width), curve, x_min, x_max)


def rule_for(curve: Curve, x_min: float, x_max: float, width: int) -> Rule:
    """How `thinned` goes about it."""
    first, last = curve.numbers_between(x_min, x_max)
    width = max(8, width)
    count = last - first
    if count <= 2 * width and first >= curve.start:
        return Rule(0, until=first + 2 * width)
    level = -1
    while level + 1 < len(curve.levels) and count > width * FACTOR ** (level + 2):
        level += 1
    bucket = FACTOR ** (level + 1)
    # two columns are kept for the ends: begun before the view, and cut by its end
    size = bucket * max(1, -(-count // (bucket * (width - 2))))
    boxes = curve.size_at(first) > size and len(curve.rows(first, last, level)) * _BOX // 2 <= width
    most = size * (width - 2)
    if level + 1 < len(curve.levels):
        most = min(most, width * FACTOR ** (level + 2))
    return Rule(size, level, boxes, until=last if boxes else first + most)


def thinned_by(rule: Rule, curve: Curve, x_min: float, x_max: float) -> Thinned:
    """The points between x_min and x_max by a rule."""
    return thinned_between(rule, curve, *curve.numbers_between(x_min, x_max))


def thinned_between(rule: Rule, curve: Curve, first: int, last: int) -> Thinned:
    """The points from number `first` to before `last` by a rule."""
    if not rule.size:
        span = slice(first - curve.start, last - curve.start)
        return Thinned(curve.x[span], finite_or_nan(curve.y[span]), 1)
    begin, kept = first // rule.size * rule.size, curve.size_at(first)
    if begin >= curve.start and not rule.boxes:
        # where every point is kept, at the growing end: the same columns in a fifth of the time
        span = slice(begin - curve.start, last - curve.start)
        x, y = curve.x[span], curve.y[span]
        if curve.gaps:
            y = finite_or_nan(y)
        return Thinned(*_columns(np.arange(0, len(x), rule.size), x, y, y), rule.size)
    rows = curve.rows(begin, last, rule.level)
    if rule.boxes:
        return Thinned(*_boxes(rows), kept, is_coarse=True)
    columns = rows.numbers // rule.size
    begins = np.ones(len(columns), bool)
    np.not_equal(columns[1:], columns[:-1], out=begins[1:])
    shown = _columns(np.flatnonzero(begins), rows.first, rows.low, rows.high)
    return Thinned(*shown, max(rule.size, kept), kept > rule.size)


def _columns(places: NDArray[np.intp], first: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Least and greatest value from each place to the next, both at the step of the place."""
    values = np.empty(2 * len(places))
    values[0::2] = np.fmin.reduceat(low, places)
    values[1::2] = np.fmax.reduceat(high, places)
    return first[places].repeat(2), values


def _boxes(rows: Rows) -> tuple[Floats, Floats]:
    """One line around the first and last step and the least and greatest value of each row, and on to the next."""
    first, last, low, high = rows.first, rows.last, rows.low, rows.high
    x, y = (first, first, last, last, first, last), (low, high, high, low, low, low)
    return np.stack(x, axis=1).ravel(), np.stack(y, axis=1).ravel()


class WholeRange:
    """Least and greatest finite value of a curve that grows, at the cost of what it has gained."""

    def __init__(self) -> None:
        self._seen = 0
        self._generation = -1
        self._low, self._high = math.inf, -math.inf
        self._curve: Curve | None = None

    def of(self, curve: Curve) -> tuple[float, float] | None:
        """Of all that the curve has by now, None if nothing of it is finite."""
        if curve is not self._curve:
            self._curve = curve
            self._go_on(curve)
        return (self._low, self._high) if self._low <= self._high else None

    def _go_on(self, curve: Curve) -> None:
        if curve.generation != self._generation or not curve.start <= self._seen <= len(curve):
            self._generation, self._low, self._high = curve.generation, math.inf, -math.inf
            rows = curve.rows(level=len(curve.levels) - 1)
            self._take(rows.low, rows.high)
        else:
            new = curve.y[self._seen - curve.start :]
            self._take(new, new)
        self._seen = len(curve)

    def _take(self, low: Floats, high: Floats) -> None:
        if not len(low):
            return
        least, greatest = float(np.minimum.reduce(low)), float(np.maximum.reduce(high))
        if not (math.isfinite(least) and math.isfinite(greatest)):
            least = float(np.fmin.reduce(finite_or_nan(low), initial=np.inf))
            greatest = float(np.fmax.reduce(finite_or_nan(high), initial=-np.inf))
        self._low, self._high = min(self._low, least), max(self._high, greatest)
