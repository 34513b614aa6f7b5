"""The newest points of a curve as strokes: made when they change, painted as often as a frame needs them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtGui import QPainter, QPolygonF

from playground.curve import Floats

__all__ = ["Tail"]


class Tail:
    """x and y of some points in units of the axes, y NaN where the curve has a gap; low and high: what they span."""

    def __init__(self, x: Floats, y: Floats, *, has_gaps: bool = False) -> None:
        self.x, self.y = x, y
        values = y.tolist()
        if has_gaps:
            self._strokes = _between_gaps(x, y)
            values = [value for value in values if not math.isnan(value)]
        else:
            self._strokes = [_polygon(x, y)] if values else []
        self.low, self.high = min(values, default=math.inf), max(values, default=-math.inf)

    def paint(self, painter: QPainter) -> None:
        """Stroke it with the pen of a painter of steps and values."""
        for stroke in self._strokes:
            painter.drawPolyline(stroke)

    @classmethod
    def of_nothing(cls) -> Tail:
        """No points."""
        return cls(np.empty(0), np.empty(0))


def _polygon(x: Floats, y: Floats) -> QPolygonF:
    """The points in Qt's memory: to make an object of each takes three times as long."""
    polygon: QPolygonF = create_qpolygonf(len(x))
    points = ndarray_from_qpolygonf(polygon)
    points[:, 0], points[:, 1] = x, y
    return polygon


def _between_gaps(x: Floats, y: Floats) -> list[QPolygonF]:
    gaps = [-1, *np.flatnonzero(np.isnan(y)).tolist(), len(y)]
    return [_polygon(x[gap + 1 : end], y[gap + 1 : end]) for gap, end in pairwise(gaps) if end > gap + 1]
