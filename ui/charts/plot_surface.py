"""The surface of a chart: axes in a fixed frame, kept as a picture, and the curves that grow over it."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap, QResizeEvent, QTransform
from PySide6.QtWidgets import QWidget

from ui.charts.axes import StepAxis, ValueAxis
from ui.charts.curve_line import PlotView
from ui.charts.live_curves import LiveCurves
from ui.charts.zoom_box import ZoomBox
from ui.drawn_pixmap import drawn_pixmap
from ui.theme import Theme, number_font
from ui.vectors import draws_vectors

__all__ = ["PlotSurface"]

_LEFT_AXIS_WIDTH = 36
_BOTTOM_AXIS_HEIGHT = 15
_RIGHT_MARGIN = 17  # half of the last step label stands beyond the axis


class PlotSurface(pg.PlotWidget):
    """Axes in a fixed frame. `automatic` is False while the user has zoomed; the owner then leaves the ranges alone.

    pyqtgraph's scene is the ground: axes, grid, markers, curves that do not grow. It is kept as a picture until it
    changes, and the `live` curves are painted over it: for a few new points no axis is painted anew.
    """

    automatic_changed = Signal(bool)
    range_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self._is_built = False
        self.box = ZoomBox()
        self.values_axis = ValueAxis()
        self.steps_axis = StepAxis("bottom")
        super().__init__(
            parent, viewBox=self.box, axisItems={"left": self.values_axis, "bottom": self.steps_axis}, background=None
        )
        self.automatic = True
        self.live = LiveCurves()
        self._ground: QPixmap | None = None
        self._place: QTransform | None = None  # from steps and values to places in the viewport
        self._plot_area = QRectF()
        self._view: PlotView | None = None
        self._limits: tuple[float, ...] = ()
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the ground covers all of it
        self.setMinimumSize(120, 60)
        self.hideButtons()
        self.setMenuEnabled(False)
        self.getPlotItem().layout.setContentsMargins(0, 5, _RIGHT_MARGIN, 0)
        self.values_axis.setWidth(_LEFT_AXIS_WIDTH)
        self.values_axis.setStyle(tickLength=0, tickTextOffset=4)
        self.values_axis.setGrid(130)
        self.steps_axis.setHeight(_BOTTOM_AXIS_HEIGHT)
        self.steps_axis.setStyle(tickLength=3, tickTextOffset=1)
        for axis in (self.values_axis, self.steps_axis):
            axis.setTickFont(number_font(7.0))
            axis.enableAutoSIPrefix(False)
            axis.setZValue(-1000)  # grid lines belong behind the curves
            axis.setStyle(hideOverlappingLabels=False)
        self.box.zoomed.connect(self._on_zoomed)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        self.scene().changed.connect(self.ground_changed)
        self._is_built = True

    def view(self, scale: float, log_floor: float | None) -> PlotView:
        """What it shows; the same object until that, or what lies behind the curves, changes."""
        if self._view is None or (self._view.scale, self._view.log_floor) != (scale, log_floor):
            self._view = PlotView(*self.x_range(), *self.y_range(), self.plot_width, scale, log_floor)
        return self._view

    def draw_curves(self, view: PlotView) -> bool:
        """Let the live curves show what they have by now, soon; what lies around them stays.

        True if they look different from the first step on.
        """
        place = self._place_of_data()
        changed = self.live.draw(view, self._plot_area, place)
        self.viewport().update(changed.toAlignedRect())
        return changed.left() <= self._plot_area.left()

    @Slot()
    def ground_changed(self) -> None:
        """Something in the scene looks different now; the scene itself tells later, when events are handled."""
        self._forget_ground()
        self.viewport().update()

    def _forget_ground(self) -> None:
        self._ground = self._place = self._view = None
        self.live.forget()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.ground_changed()
        self.setBackground(theme.panel)
        for axis in (self.values_axis, self.steps_axis):
            axis.setTextPen(theme.muted)
            axis.setPen(pg.mkPen(theme.grid))
        self.values_axis.setTickPen(pg.mkPen(theme.grid))

    @property
    def pixel(self) -> tuple[float, float]:
        """How many steps and values one pixel is, in units of the axes."""
        (left, right), (low, high) = self.x_range(), self.y_range()
        return (right - left) / max(self.box.width(), 1.0), (high - low) / max(self.box.height(), 1.0)

    @property
    def plot_width(self) -> int:
        """Width of the plotting area in pixels."""
        return max(8, int(self.box.width()))

    def x_range(self) -> tuple[float, float]:
        """The shown steps, first and last."""
        low, high = self.box.viewRange()[0]
        return float(low), float(high)

    def y_range(self) -> tuple[float, float]:
        """The shown values, least and greatest; powers of ten on a log axis."""
        low, high = self.box.viewRange()[1]
        return float(low), float(high)

    def set_ranges(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """Show these ranges; does nothing if they are shown already."""
        if self.x_range() != x_range or self.y_range() != y_range:
            self.box.setRange(xRange=x_range, yRange=y_range, padding=0.0, disableAutoRange=True)

    def set_limits(self, x_range: tuple[float, float], y_range: tuple[float, float]) -> None:
        """Zooming and moving end here: beyond there is nothing to see."""
        limits = (*x_range, *y_range)
        if limits != self._limits:
            self._limits = limits
            self.box.setLimits(xMin=x_range[0], xMax=x_range[1], yMin=y_range[0], yMax=y_range[1])

    def reset_view(self) -> None:
        """Leave the zoom and follow the curve again."""
        self._set_automatic(True)
        self.range_changed.emit()

    def frame_of_curves(self) -> QRect:
        """Where the curves are, in pixels of the widget."""
        right, bottom = self.width() - _RIGHT_MARGIN, self.height() - _BOTTOM_AXIS_HEIGHT
        return QRect(_LEFT_AXIS_WIDTH, 0, right - _LEFT_AXIS_WIDTH, bottom)

    def _set_automatic(self, automatic: bool) -> None:
        if automatic != self.automatic:
            self.automatic = automatic
            self.automatic_changed.emit(automatic)

    def _on_zoomed(self) -> None:
        self._set_automatic(False)

    def _on_range_changed(self) -> None:
        self.ground_changed()
        self.range_changed.emit()

    def resizeEvent(self, ev: QResizeEvent) -> None:
        super().resizeEvent(ev)
        if self._is_built:  # GraphicsView's own constructor resizes before there is more of it
            self._forget_ground()
            self.range_changed.emit()

    def paintEvent(self, ev: QPaintEvent) -> None:
        """The ground as it was kept, the live curves, and what lies over them."""
        if self._ground is None:
            self.scene().prepareForPaint()
        painter = QPainter(self.viewport())
        place = self._place_of_data()
        if draws_vectors(painter):
            self._paint_ground(painter)
            self.live.paint_whole(painter, self._plot_area, place)
        else:
            self.live.paint(painter, self._kept_ground, self._plot_area, place)
        self.paint_over(painter, self._plot_area, place, ev.rect())
        painter.end()

    def paint_over(self, painter: QPainter, area: QRectF, place: QTransform, painted: QRect) -> None:
        """What lies over the curves; area: of the plot, place: from steps and values to places in the viewport."""

    def _place_of_data(self) -> QTransform:
        """From steps and values to places in the viewport, where the plot lies in `_plot_area`."""
        if self._place is None:
            self._place = self.box.childTransform() * self.box.sceneTransform() * self.viewportTransform()
            self._plot_area = self.box.sceneBoundingRect()
        return self._place

    def _kept_ground(self) -> QPixmap:
        if self._ground is None:
            viewport, ground = self.viewport(), self.backgroundBrush().color()
            ratio = viewport.devicePixelRatioF()
            self._ground = drawn_pixmap(viewport.size(), ratio, ground, self._paint_ground)
        return self._ground

    def _paint_ground(self, painter: QPainter) -> None:
        area = self.viewport().rect()
        painter.fillRect(area, self.backgroundBrush())
        self.scene().render(painter, QRectF(area), self.mapToScene(area).boundingRect())
