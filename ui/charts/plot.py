"""The plotting surface of a chart: axes, zoom by mouse and keys, crosshair, and the small texts that lie on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTransform,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ui.charts.axes import StepAxis, ValueAxis
from ui.charts.curve_line import PlotView
from ui.charts.live_curves import LiveCurves
from ui.charts.marker_labels import LabelAt
from ui.charts.plot_texts import PlotTexts
from ui.charts.zoom_box import ZoomBox
from ui.drawn_pixmap import drawn_pixmap
from ui.theme import Theme, number_font
from ui.vectors import draws_vectors

__all__ = ["ChartPlot"]

_LEFT_AXIS_WIDTH = 36
_BOTTOM_AXIS_HEIGHT = 15
_RIGHT_MARGIN = 17  # half of the last step label stands beyond the axis
_WHEEL_ZOOM = 1.4
_DRAG = 4  # pixels: a press that moves less is a click
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChartPlot(pg.PlotWidget):
    """Axes in a fixed frame. `automatic` is False while the user has zoomed; the owner then leaves the ranges alone.

    pyqtgraph's scene is the ground: axes, grid, markers, curves that do not grow. It is kept as a picture until it
    changes, and the `live` curves are painted over it: for a few new points no axis is painted anew.
    """

    pointed = Signal(object)  # x under the crosshair, or None when there is no crosshair
    automatic_changed = Signal(bool)
    range_changed = Signal()
    whole_asked = Signal(bool)  # to see all of it; True if the view was automatic already
    focused = Signal()
    log_asked = Signal()
    seek_asked = Signal(QPointF)  # a click, or Enter at the crosshair: step and value there, in units of the axes
    seek_taken_back = Signal()  # the click was the first half of a double click

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
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
        self.pointed_x: float | None = None
        self.setAccessibleName(name)
        self.viewport().setMouseTracking(True)
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
        self.crosshair = pg.PlotCurveItem(skipFiniteCheck=True)
        self.crosshair.hide()
        self.cursor_line = pg.PlotCurveItem(skipFiniteCheck=True)
        self.cursor_line.hide()
        self.cursor_x: float | None = None
        self._pressed_at: QPointF | None = None
        self.texts = PlotTexts(self)
        self.box.zoomed.connect(self._on_zoomed)
        self.box.sigRangeChanged.connect(self._on_range_changed)
        self.scene().changed.connect(self.ground_changed)

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
        self.crosshair.setPen(pg.mkPen(theme.muted))
        self.cursor_line.setPen(pg.mkPen(theme.warning, width=1.6))
        self.texts.set_theme(theme)

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

    def show_whole(self) -> None:
        """What a double click or Home asks for: leave the zoom; where there is none, the owner may show more."""
        was_automatic = self.automatic
        self.reset_view()
        self.whole_asked.emit(was_automatic)

    def zoom(self, factor: float) -> None:
        """Zoom by a factor about the crosshair, or the middle if there is none; more than 1 shows less."""
        low, high = self.x_range()
        centre = self.pointed_x if self.pointed_x is not None and low <= self.pointed_x <= high else (low + high) / 2
        self._on_zoomed()
        self.box.setXRange(centre - (centre - low) / factor, centre + (high - centre) / factor, padding=0.0)

    def point_at(self, x: float | None) -> None:
        """Put the crosshair at x, or take it away."""
        self.pointed_x = x
        self.crosshair.setVisible(x is not None)
        if x is not None:
            self.crosshair.setData([x, x], list(self.y_range()))
        else:
            self.hide_readout()
        self.viewport().update()
        self.pointed.emit(x)

    def set_cursor(self, x: float | None) -> None:
        """Mark the step that all views show, or (None) no step."""
        if x != self.cursor_x:
            self.cursor_x = x
            self.cursor_line.setVisible(x is not None)
            if x is not None:
                self.cursor_line.setData([x, x], list(self.y_range()))
            self.viewport().update()

    def show_readout(self, text: str) -> None:
        """Rich text beside the crosshair, in place of the note."""
        low, high = self.x_range()
        share = 0.5 if self.pointed_x is None else (self.pointed_x - low) / max(high - low, 1e-12)
        self.texts.show_readout(text, share)
        self.viewport().update(self.texts.lines)

    def hide_readout(self) -> None:
        """Take the readout away; what it covered comes back."""
        self.texts.readout.hide()
        self.viewport().update(self.texts.lines)

    def show_note(self, *ways: str) -> None:
        """A small muted line in the upper corner, in the first way that there is room for; "" for nothing."""
        if self.texts.show_note(ways):
            self.viewport().update()

    def show_labels(self, wanted: Sequence[LabelAt], *, at_bottom: bool) -> None:
        """A few words at each marker that there is room for; `wanted` from left to right."""
        self.texts.show_labels(wanted, at_bottom=at_bottom)
        self.viewport().update()

    def viewportEvent(self, ev: QEvent) -> bool:
        """The tooltip of the words at a marker says all of them."""
        if isinstance(ev, QHelpEvent) and (text := self.texts.labels.text_at(ev.pos())):
            QToolTip.showText(ev.globalPos(), text, self.viewport())
            return True
        return bool(super().viewportEvent(ev))

    def show_empty(self, *ways: str) -> None:
        """A line in the middle of an empty chart, in the first way that there is room for; "" for nothing."""
        self.texts.show_empty(*ways)

    def _area(self) -> QRect:
        right, bottom = self.width() - _RIGHT_MARGIN, self.height() - _BOTTOM_AXIS_HEIGHT
        return QRect(_LEFT_AXIS_WIDTH, 0, right - _LEFT_AXIS_WIDTH, bottom)

    def _set_automatic(self, automatic: bool) -> None:
        if automatic != self.automatic:
            self.automatic = automatic
            self.automatic_changed.emit(automatic)

    def _on_range_changed(self) -> None:
        self.ground_changed()
        if self.pointed_x is not None:
            self.crosshair.setData([self.pointed_x, self.pointed_x], list(self.y_range()))
        if self.cursor_x is not None:
            self.cursor_line.setData([self.cursor_x, self.cursor_x], list(self.y_range()))
        self.range_changed.emit()

    def _on_zoomed(self) -> None:
        self._set_automatic(False)

    def resizeEvent(self, ev: QResizeEvent) -> None:
        super().resizeEvent(ev)
        if hasattr(self, "live"):
            self._forget_ground()
        # GraphicsView's own constructor resizes before the parts below exist
        if hasattr(self, "texts"):
            self.texts.set_area(self._area())
            self.range_changed.emit()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        super().mouseMoveEvent(ev)
        if ev.buttons() == Qt.MouseButton.NoButton:
            self._point_at_pixel(ev.position())

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        super().mousePressEvent(ev)
        self._pressed_at = ev.position() if ev.button() == Qt.MouseButton.LeftButton else None

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        super().mouseReleaseEvent(ev)
        start, self._pressed_at = self._pressed_at, None
        if start is not None and (ev.position() - start).manhattanLength() < _DRAG:
            place = self._place_at(ev.position())
            if place is not None:
                self.seek_asked.emit(place)

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Show everything again."""
        ev.accept()
        self.seek_taken_back.emit()
        self.show_whole()

    def _point_at_pixel(self, position: QPointF) -> None:
        place = self._place_at(position)
        self.point_at(None if place is None else place.x())

    def _place_at(self, position: QPointF) -> QPointF | None:
        """Step and value under a place of the widget, None outside of the plot."""
        if not QRectF(self._area()).contains(position):
            return None
        # as exact as it came: a curve is a pixel or two wide
        return QPointF(self.box.mapSceneToView(self.mapToScene(position.toPoint())))

    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self.point_at(None)

    def focusOutEvent(self, ev: QFocusEvent) -> None:
        super().focusOutEvent(ev)
        self.point_at(None)

    def focusInEvent(self, ev: QFocusEvent) -> None:
        super().focusInEvent(ev)
        self.focused.emit()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Left and Right move the crosshair, Enter goes there, + and - zoom, Home shows everything, L is log or not."""
        key = ev.key()
        if key in _KEYS:
            self._move_crosshair(_KEYS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_WHEEL_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _WHEEL_ZOOM)
        elif key == Qt.Key.Key_Home:
            self.show_whole()
        elif key == Qt.Key.Key_L and ev.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.log_asked.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.pointed_x is not None:
            self.seek_asked.emit(QPointF(self.pointed_x, math.nan))
        elif key == Qt.Key.Key_Escape and self.pointed_x is not None:
            self.point_at(None)
        else:
            ev.ignore()  # lets the window have its own keys

    def _move_crosshair(self, direction: int) -> None:
        low, high = self.x_range()
        stride = max(1.0, (high - low) / 50)
        start = (low + high) / 2 if self.pointed_x is None else self.pointed_x + direction * stride
        self.point_at(min(max(start, low), high))

    def paintEvent(self, ev: QPaintEvent) -> None:
        """The ground as it was kept, the live curves, the crosshair."""
        if self._ground is None:
            self.scene().prepareForPaint()
        painter = QPainter(self.viewport())
        place = self._place_of_data()
        if draws_vectors(painter):
            self._paint_ground(painter)
            self.live.paint_whole(painter, self._plot_area, place)
        else:
            self.live.paint(painter, self._kept_ground, self._plot_area, place)
        for line, x in ((self.cursor_line, self.cursor_x), (self.crosshair, self.pointed_x)):
            if x is not None:
                painter.save()
                painter.setClipRect(self._plot_area, Qt.ClipOperation.IntersectClip)
                painter.setTransform(place, combine=True)
                line.paint(painter, None, None)
                painter.restore()
        self.texts.paint(painter, ev.rect())
        painter.end()

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
