"""The curves that grow, over the ground of a plot: what looks the same whatever comes is kept as a picture.

A frame brings each curve a point or two. To stroke all of it again, smoothly, takes a hundred times as long as that
end of it, and painting from Python holds the interpreter and with it the training thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from ui.charts.curve_line import CurveLine, PlotView

__all__ = ["LiveCurves"]

_LONGEST_TAIL = 40  # pixels: then the picture is drawn anew
_FEW_POINTS = 64  # curves of so few are drawn whole each time
_FAR = 1e9  # steps: farther left than any plot
_BESIDE = 2  # pixels to either side of its last point that a new segment may touch


class LiveCurves:
    """`lines` are the curves, back to front; they are in no scene."""

    def __init__(self) -> None:
        self.lines: tuple[CurveLine, ...] = ()
        self._view: PlotView | None = None
        self._until = -math.inf  # the step up to which the picture holds them
        self._picture: QPixmap | None = None

    def set_lines(self, lines: Sequence[CurveLine]) -> None:
        """Show other curves."""
        self.lines = tuple(lines)
        self._until = -math.inf
        self.forget()

    def forget(self) -> None:
        """What lies behind the curves, or where they lie, has changed."""
        self._picture = None

    # --- points -------------------------------------------------------------------------------------------------

    def draw(self, view: PlotView) -> float:
        """Take in what the curves have by now; returns the step from which on they look different."""
        if not self._go_on(view):
            self._draw_whole(view)
            return -_FAR
        return max(self._until, -_FAR)

    def _go_on(self, view: PlotView) -> bool:
        newest = max((line.curve.last[0] for line in self.lines if line.curve.last), default=0.0)
        if min(newest, view.x_max) - self._until > _LONGEST_TAIL * view.steps_a_pixel:
            return False
        since = self._until - _BESIDE * view.steps_a_pixel
        return all(line.go_on(view, since) for line in self.lines)

    def _draw_whole(self, view: PlotView) -> None:
        self._view, self._picture = view, None
        for line in self.lines:
            line.draw(view)
        few = sum(len(line.curve) for line in self.lines) <= _FEW_POINTS
        until = -math.inf if few else min((line.certain_until for line in self.lines), default=-math.inf)
        self._until = min(until, view.x_max) - _BESIDE * view.steps_a_pixel
        for line in self.lines:
            line.go_on(view, self._until - _BESIDE * view.steps_a_pixel)

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, ground: Callable[[], QPixmap], area: QRectF, place: QTransform) -> None:
        """Ground and curves; `area` is the plot's, `place` leads there from steps and values."""
        behind = ground()
        ratio = behind.devicePixelRatio()
        cut = place.map(QPointF(max(self._until, -_FAR), 0.0)).x()
        cut = min(max(math.floor(cut * ratio) / ratio, area.left()), area.right())
        if self._picture is None:
            self._picture = QPixmap(behind)
            into = QPainter(self._picture)
            self._stroke_whole(into, QRectF(area.topLeft(), QPointF(cut, area.bottom())), place)
            into.end()
        painter.drawPixmap(0, 0, self._picture)
        painter.save()
        painter.setClipRect(QRectF(QPointF(cut, area.top()), area.bottomRight()), Qt.ClipOperation.IntersectClip)
        painter.setTransform(place, combine=True)
        for line in self.lines:
            line.stroke_tail(painter)
        painter.restore()

    def paint_whole(self, painter: QPainter, area: QRectF, place: QTransform) -> None:
        """The curves alone, each in one go, into a file of vectors."""
        if self._view is not None:
            self._draw_whole(self._view)
        self._stroke_whole(painter, area, place)

    def _stroke_whole(self, painter: QPainter, area: QRectF, place: QTransform) -> None:
        if area.isEmpty():
            return
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setTransform(place, combine=True)
        for line in self.lines:
            line.item.paint(painter, None, None)
        painter.restore()
