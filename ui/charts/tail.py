"""The newest points of a curve as strokes: made when they change, painted as often as a frame needs them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPolygonF

from playground.curve import Floats

__all__ = ["Tail"]


class Tail:
    """x and y of some points in units of the axes, y NaN where the curve has a gap; low and high: what they span."""

    def __init__(self, x: Floats, y: Floats, *, has_gaps: bool = False) -> None:
        self.x, self.y = x, y
        steps, values = x.tolist(), y.tolist()
        if has_gaps:
            self._strokes = [QPolygonF(stroke) for stroke in _between_gaps(steps, values)]
            values = [value for value in values if not math.isnan(value)]
        else:
            self._strokes = [QPolygonF(list(map(QPointF, steps, values)))]
        self.low, self.high = min(values, default=math.inf), max(values, default=-math.inf)

    def paint(self, painter: QPainter) -> None:
        """Stroke it with the pen of a painter of steps and values."""
        for stroke in self._strokes:
            painter.drawPolyline(stroke)

    @classmethod
    def of_nothing(cls) -> Tail:
        """No points."""
        return cls(np.empty(0), np.empty(0))


def _between_gaps(steps: Sequence[float], values: Sequence[float]) -> list[list[QPointF]]:
    strokes: list[list[QPointF]] = [[]]
    for step, value in zip(steps, values, strict=True):
        if not math.isnan(value):
            strokes[-1].append(QPointF(step, value))
        elif strokes[-1]:
            strokes.append([])
    return strokes
