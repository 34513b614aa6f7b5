"""What hands do to a chart: zoom by mouse and keys, crosshair, and the small texts that lie on it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QToolTip, QWidget

from ui.charts.marker_labels import LabelAt
from ui.charts.plot_surface import PlotSurface
from ui.charts.plot_texts import PlotTexts
from ui.theme import Theme

__all__ = ["ChartPlot"]

_WHEEL_ZOOM = 1.4
_DRAG = 4  # pixels: a press that moves less is a click
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChartPlot(PlotSurface):
    """A `PlotSurface` that is pointed at, clicked, zoomed and read."""

    pointed = Signal(object)  # x under the crosshair, or None when there is no crosshair
    whole_asked = Signal(bool)  # to see all of it; True if the view was automatic already
    focused = Signal()
    log_asked = Signal()
    next_curve_asked = Signal()
    seek_asked = Signal(QPointF)  # a click, or Enter at the crosshair: step and value there, in units of the axes
    seek_taken_back = Signal()  # the click was the first half of a double click

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.viewport().setMouseTracking(True)
        self.pointed_x: float | None = None
        self.crosshair = pg.PlotCurveItem(skipFiniteCheck=True)
        self.crosshair.hide()
        self.cursor_line = pg.PlotCurveItem(skipFiniteCheck=True)
        self.cursor_line.hide()
        self.cursor_x: float | None = None
        self._pressed_at: QPointF | None = None
        self.texts = PlotTexts(self)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        super().set_theme(theme)
        self.crosshair.setPen(pg.mkPen(theme.muted))
        self.cursor_line.setPen(pg.mkPen(theme.warning, width=1.6))
        self.texts.set_theme(theme)

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

    def show_empty(self, *ways: str) -> None:
        """A line in the middle of an empty chart, in the first way that there is room for; "" for nothing."""
        self.texts.show_empty(*ways)

    def viewportEvent(self, ev: QEvent) -> bool:
        """The tooltip of the words at a marker says all of them."""
        if isinstance(ev, QHelpEvent) and (text := self.texts.labels.text_at(ev.pos())):
            QToolTip.showText(ev.globalPos(), text, self.viewport())
            return True
        return bool(super().viewportEvent(ev))

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
        if not QRectF(self.frame_of_curves()).contains(position):
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
        """Left and Right move the crosshair, Enter goes there, + and - zoom, Home shows everything, L is log or not.

        N is the next curve alone.
        """
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
        elif key == Qt.Key.Key_N and ev.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.next_curve_asked.emit()
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

    def _on_range_changed(self) -> None:
        for line, x in self._lines():
            line.setData([x, x], list(self.y_range()))
        super()._on_range_changed()

    def resizeEvent(self, ev: QResizeEvent) -> None:
        if self._is_built:
            self.texts.set_area(self.frame_of_curves())
        super().resizeEvent(ev)

    def paint_over(self, painter: QPainter, area: QRectF, place: QTransform, painted: QRect) -> None:
        """The lines at the step that all views show and at the crosshair, and the texts."""
        for line, _ in self._lines():
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.setTransform(place, combine=True)
            line.paint(painter, None, None)
            painter.restore()
        self.texts.paint(painter, painted)

    def _lines(self) -> list[tuple[pg.PlotCurveItem, float]]:
        """The vertical lines that are there, and at which step."""
        places = (self.cursor_line, self.cursor_x), (self.crosshair, self.pointed_x)
        return [(line, x) for line, x in places if x is not None]
