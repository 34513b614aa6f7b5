"""A curve as a screen of some width can show it, at a cost that does not grow with the curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from playground.curve import FACTOR, Curve, Floats, Rows, finite_or_nan

__all__ = ["Rule", "Thinned", "WholeRange", "rule_for", "thinned", "thinned_by"]

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
    steps, however many have come since.
    """

    size: int
    level: int = -1
    boxes: bool = False


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
        return Rule(0)
    level = -1
    while level + 1 < len(curve.levels) and count > width * FACTOR ** (level + 2):
        level += 1
    bucket = FACTOR ** (level + 1)
    # two columns are kept for the ends: begun before the view, and cut by its end
    size = bucket * max(1, -(-count // (bucket * (width - 2))))
    boxes = curve.size_at(first) > size and len(curve.rows(first, last, level)) * _BOX // 2 <= width
    return Rule(size, level, boxes)


def thinned_by(rule: Rule, curve: Curve, x_min: float, x_max: float) -> Thinned:
    """The points between x_min and x_max by a rule."""
    first, last = curve.numbers_between(x_min, x_max)
    if not rule.size:
        span = slice(first - curve.start, last - curve.start)
        return Thinned(curve.x[span], finite_or_nan(curve.y[span]), 1)
    rows = curve.rows(first // rule.size * rule.size, last, rule.level)
    kept = curve.size_at(first)
    if rule.boxes:
        return Thinned(*_boxes(rows), kept, is_coarse=True)
    columns = rows.numbers // rule.size
    begins = np.ones(len(columns), bool)
    np.not_equal(columns[1:], columns[:-1], out=begins[1:])
    places = np.flatnonzero(begins)
    points = np.empty(2 * len(places))
    points[0::2] = np.fmin.reduceat(rows.low, places)
    points[1::2] = np.fmax.reduceat(rows.high, places)
    return Thinned(np.repeat(rows.first[places], 2), points, max(rule.size, kept), kept > rule.size)


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
        self._low, self._high = np.inf, -np.inf

    def of(self, curve: Curve) -> tuple[float, float] | None:
        """Of all that the curve has by now, None if nothing of it is finite."""
        if curve.generation != self._generation or not curve.start <= self._seen <= len(curve):
            self._generation, self._low, self._high = curve.generation, np.inf, -np.inf
            rows = curve.rows(level=len(curve.levels) - 1)
            self._take(rows.low, rows.high)
        else:
            new = finite_or_nan(curve.y[self._seen - curve.start :])
            self._take(new, new)
        self._seen = len(curve)
        return (float(self._low), float(self._high)) if self._low <= self._high else None

    def _take(self, low: Floats, high: Floats) -> None:
        self._low = np.fmin.reduce(low, initial=self._low)
        self._high = np.fmax.reduce(high, initial=self._high)
