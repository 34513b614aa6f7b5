"""The curves that grow, over the ground of a plot: what looks the same whatever comes is kept as a picture.

A frame brings each curve a few points. To stroke all of it again, smoothly, takes a hundred times as long as that end
of it, and painting from Python holds the interpreter and with it the training thread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

from ui.charts.curve_line import CurveLine, PlotView

__all__ = ["LiveCurves"]

_LONGEST_TAIL = 3  # pixels: then what is certain of it goes into the picture
_FEW_POINTS = 64  # curves of so few are drawn whole each time
_FAR = 1e9  # steps: farther left than any plot
_BESIDE = 2  # pixels to either side of its last point that a new segment may touch
_AROUND = 3  # pixels around the points of a curve that its stroke touches


class LiveCurves:
    """`lines` are the curves, back to front; they are in no scene.

    Of those with a value for every step the greater ones lie behind: as bands of least and greatest they would cover
    the lesser ones.
    """

    def __init__(self) -> None:
        self._given: tuple[CurveLine, ...] = ()
        self.lines: tuple[CurveLine, ...] = ()
        self._view: PlotView | None = None
        self._until = -math.inf  # the step up to which the picture holds them
        self._picture: QPixmap | None = None
        self._cut = 0.0  # where that is, in pixels

    def set_lines(self, lines: Sequence[CurveLine]) -> None:
        """Show other curves."""
        self._given = self.lines = tuple(lines)
        self._until = -math.inf
        self._view = None
        self.forget()

    def forget(self) -> None:
        """What lies behind the curves, or where they lie, has changed."""
        self._picture = None

    # --- points -------------------------------------------------------------------------------------------------

    def draw(self, view: PlotView, area: QRectF, place: QTransform) -> QRectF:
        """Take in what the curves have by now; returns what looks different of `area`, the plot's, where `place` leads.

        That is no higher than the tails that were there and those that take their place: a curve that has come down
        grows along the bottom, and to paint the height of the plot for it takes twice as long.
        """
        tails = [line.tail for line in self.lines]
        if self._turned_over() or view is not self._view or self._is_all_uncertain or not self._go_on(view):
            self._draw_whole(view)
            return area
        tails += [line.tail for line in self.lines]
        low, high = min(tail.low for tail in tails), max(tail.high for tail in tails)
        if low > high:
            return QRectF()
        first, last = self._until, min(max(line.newest for line in self.lines), view.x_max)
        changed = place.mapRect(QRectF(first, low, last - first, high - low))
        return changed.adjusted(-_AROUND, -_AROUND, _AROUND, _AROUND).intersected(area)

    def _turned_over(self) -> bool:
        """Have the bands first, the greatest behind, then the others as they came; True if their order is new."""
        bands = sorted((line for line in self._given if line.style.raw), key=lambda line: -line.began_around)
        before, self.lines = self.lines, (*bands, *(line for line in self._given if not line.style.raw))
        return before != self.lines

    @property
    def _is_all_uncertain(self) -> bool:
        return self._until == -math.inf

    def _go_on(self, view: PlotView) -> bool:
        since = self._until - _BESIDE * view.steps_a_pixel
        return all(line.go_on(view, since) for line in self.lines)

    def _draw_whole(self, view: PlotView) -> None:
        self._view, self._picture = view, None
        for line in self.lines:
            line.draw(view)
        few = sum(len(line.curve) for line in self.lines) <= _FEW_POINTS
        self._until = -math.inf if few else self._certain_until(view)
        for line in self.lines:
            line.go_on(view, self._until - _BESIDE * view.steps_a_pixel)

    def _certain_until(self, view: PlotView) -> float:
        """The step up to which no curve will look different."""
        certain = min((line.certain_until for line in self.lines), default=-math.inf)
        return min(certain, view.x_max) - _BESIDE * view.steps_a_pixel

    # --- painting -----------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, ground: Callable[[], QPixmap], area: QRectF, place: QTransform) -> None:
        """Ground and curves; `area` is the plot's, `place` leads there from steps and values."""
        if self._picture is None:
            if self._view is not None:
                self._draw_whole(self._view)
            self._picture = QPixmap(ground())
            self._cut = self._place_of_cut(area, place)
            into = QPainter(self._picture)
            self._stroke_whole(into, QRectF(area.topLeft(), QPointF(self._cut, area.bottom())), place)
            into.end()
        self._keep_what_is_certain(area, place)
        painter.drawPixmap(0, 0, self._picture)
        self._stroke_tails(painter, QRectF(QPointF(self._cut, area.top()), area.bottomRight()), place)

    def _keep_what_is_certain(self, area: QRectF, place: QTransform) -> None:
        """Let the picture hold the tails as far as they will stay as they are."""
        view = self._view
        if view is None or self._picture is None or self._is_all_uncertain:
            return
        certain = self._certain_until(view)
        if certain - self._until <= _LONGEST_TAIL * view.steps_a_pixel:
            return
        self._until, begin = certain, self._cut
        self._cut = self._place_of_cut(area, place)
        into = QPainter(self._picture)
        self._stroke_tails(into, QRectF(QPointF(begin, area.top()), QPointF(self._cut, area.bottom())), place)
        into.end()

    def _place_of_cut(self, area: QRectF, place: QTransform) -> float:
        """Where the picture ends, between two pixels of the screen."""
        assert self._picture is not None
        ratio = self._picture.devicePixelRatio()
        cut = place.map(QPointF(max(self._until, -_FAR), 0.0)).x()
        return min(max(math.floor(cut * ratio) / ratio, area.left()), area.right())

    def _stroke_tails(self, painter: QPainter, area: QRectF, place: QTransform) -> None:
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.setTransform(place, combine=True)
        smooth = False
        for line in self.lines:
            if line.is_smooth is not smooth:
                smooth = not smooth
                painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
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
