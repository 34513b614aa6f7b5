"""Small line icons in a colour of the theme, painted at several sizes, so that they are sharp at every scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

__all__ = ["GLYPHS", "draw_glyph", "glyph_icon"]

_SIDE = 16  # units of the drawings below
_PIXELS = (16, 24, 32, 48, 64)


@cache
def glyph_icon(name: str, color: str, disabled: str | None = None) -> QIcon:
    """The icon of a name of GLYPHS in "#rrggbb" `color`, and in `disabled` for a button that cannot be pressed."""
    icon = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        for pixels in _PIXELS if shade else ():
            icon.addPixmap(_pixmap(GLYPHS[name], QColor(shade), pixels), mode)
    return icon


def _pixmap(draw: Callable[[QPainter], None], color: QColor, pixels: int) -> QPixmap:
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels / _SIDE, pixels / _SIDE)
    painter.setPen(_pen(color))
    draw(painter)
    painter.end()
    return pixmap


def _filled(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())


def _triangle(painter: QPainter, left: float) -> None:
    _filled(painter)
    painter.drawPolygon(QPolygonF([QPointF(left, 3), QPointF(left, 13), QPointF(left + 8, 8)]))


def _play(painter: QPainter) -> None:
    _triangle(painter, 4.5)


def _pause(painter: QPainter) -> None:
    _filled(painter)
    painter.drawRect(QRectF(4, 3, 2.2, 10))
    painter.drawRect(QRectF(9.8, 3, 2.2, 10))


def _step(painter: QPainter) -> None:
    _filled(painter)
    painter.drawPolygon(QPolygonF([QPointF(3, 3.5), QPointF(3, 12.5), QPointF(9.5, 8)]))
    painter.drawLine(QPointF(12.5, 3.5), QPointF(12.5, 12.5))


def _back(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(13, 3.5), QPointF(13, 12.5), QPointF(6.5, 8)]))
    painter.drawLine(QPointF(3.5, 3.5), QPointF(3.5, 12.5))


def _chevron(painter: QPainter, tip: float, away: float) -> None:
    painter.drawPolyline(QPolygonF([QPointF(tip + away, 3.5), QPointF(tip, 8), QPointF(tip + away, 12.5)]))


def _before(painter: QPainter) -> None:
    _chevron(painter, 5.5, 4.5)


def _after(painter: QPainter) -> None:
    _chevron(painter, 10.5, -4.5)


def _newest(painter: QPainter) -> None:
    _chevron(painter, 9, -4.5)
    painter.drawLine(QPointF(12, 3.5), QPointF(12, 12.5))


def _full(painter: QPainter) -> None:
    _filled(painter)
    for left in (2.0, 7.5):
        painter.drawPolygon(QPolygonF([QPointF(left, 4), QPointF(left, 12), QPointF(left + 5.5, 8)]))


def _reset(painter: QPainter) -> None:
    painter.drawArc(QRectF(3, 3, 10, 10), 120 * 16, -300 * 16)
    _filled(painter)
    painter.drawPolygon(QPolygonF([QPointF(5.6, 1.2), QPointF(5.0, 5.0), QPointF(2.2, 2.6)]))


def _dice(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(2, 2, 12, 12), 2.5, 2.5)
    _filled(painter)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((5.3, 5.3), (10.7, 5.3), (8, 8), (5.3, 10.7), (10.7, 10.7)):
        painter.drawEllipse(QPointF(x, y), 1.15, 1.15)


def _moon(painter: QPainter) -> None:
    disc, bite = QPainterPath(), QPainterPath()
    disc.addEllipse(QPointF(7.5, 8.5), 5.5, 5.5)
    bite.addEllipse(QPointF(10.6, 5.8), 5.0, 5.0)
    _filled(painter)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPath(disc.subtracted(bite))


def _sun(painter: QPainter) -> None:
    _filled(painter)
    painter.drawEllipse(QPointF(8, 8), 2.6, 2.6)
    for x, y in ((0, 1), (1, 0), (0.707, 0.707), (0.707, -0.707)):
        for sign in (-1, 1):
            painter.drawLine(
                QPointF(8 + sign * 5 * x, 8 + sign * 5 * y), QPointF(8 + sign * 6.3 * x, 8 + sign * 6.3 * y)
            )


def _help(painter: QPainter) -> None:
    path = QPainterPath(QPointF(5.2, 5.4))
    path.cubicTo(QPointF(5.2, 1.6), QPointF(10.8, 1.6), QPointF(10.8, 5.4))
    path.cubicTo(QPointF(10.8, 7.8), QPointF(8.0, 7.6), QPointF(8.0, 10.0))
    painter.drawPath(path)
    painter.drawPoint(QPointF(8, 13.2))


def _brush(painter: QPainter) -> None:
    painter.drawLine(QPointF(13.2, 2.8), QPointF(7.2, 8.8))
    tip = QPainterPath(QPointF(7.0, 8.6))
    tip.cubicTo(QPointF(3.8, 8.2), QPointF(5.2, 12.6), QPointF(2.4, 13.2))
    tip.cubicTo(QPointF(5.6, 14.4), QPointF(9.4, 12.4), QPointF(7.6, 9.2))
    painter.fillPath(tip, painter.pen().color())


def _eraser(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(9.2, 2.6), QPointF(13.6, 7.0), QPointF(7.4, 13.2), QPointF(3.0, 8.8)]))
    painter.drawLine(QPointF(5.9, 5.9), QPointF(10.3, 10.3))
    painter.drawLine(QPointF(7.4, 13.4), QPointF(13.4, 13.4))


def _undo(painter: QPainter) -> None:
    path = QPainterPath(QPointF(3.0, 6.2))
    path.lineTo(9.4, 6.2)
    path.cubicTo(QPointF(14.4, 6.2), QPointF(14.4, 13.0), QPointF(9.4, 13.0))
    path.lineTo(6.0, 13.0)
    painter.drawPath(path)
    painter.drawPolyline(QPolygonF([QPointF(6.2, 3.0), QPointF(3.0, 6.2), QPointF(6.2, 9.4)]))


def _redo(painter: QPainter) -> None:
    painter.translate(_SIDE, 0)
    painter.scale(-1, 1)
    _undo(painter)


def _clear(painter: QPainter) -> None:
    painter.drawLine(QPointF(2.8, 4.4), QPointF(13.2, 4.4))
    painter.drawPolyline(QPolygonF([QPointF(6.0, 4.2), QPointF(6.4, 2.6), QPointF(9.6, 2.6), QPointF(10.0, 4.2)]))
    painter.drawPolyline(QPolygonF([QPointF(4.0, 4.6), QPointF(4.7, 13.4), QPointF(11.3, 13.4), QPointF(12.0, 4.6)]))
    painter.drawLine(QPointF(6.8, 7.0), QPointF(7.0, 11.0))
    painter.drawLine(QPointF(9.2, 7.0), QPointF(9.0, 11.0))


def _open(painter: QPainter) -> None:
    folder = [(2.4, 12.6), (2.4, 3.6), (6.4, 3.6), (7.8, 5.4), (13.0, 5.4), (13.0, 7.4)]
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in folder]))
    flap = [(2.4, 12.6), (4.8, 7.4), (14.6, 7.4), (12.4, 12.6), (2.4, 12.6)]
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in flap]))


def _paste(painter: QPainter) -> None:
    painter.drawPolyline(
        QPolygonF(
            [
                QPointF(5.6, 3.8),
                QPointF(3.2, 3.8),
                QPointF(3.2, 13.6),
                QPointF(12.8, 13.6),
                QPointF(12.8, 3.8),
                QPointF(10.4, 3.8),
            ]
        )
    )
    painter.drawRect(QRectF(5.6, 2.4, 4.8, 2.8))
    painter.drawLine(QPointF(5.8, 8.2), QPointF(10.2, 8.2))
    painter.drawLine(QPointF(5.8, 10.8), QPointF(10.2, 10.8))


def _lock(painter: QPainter) -> None:
    painter.drawArc(QRectF(4.8, 2.0, 6.4, 8.0), 0, 180 * 16)
    painter.drawLine(QPointF(4.8, 6.0), QPointF(4.8, 7.4))
    painter.drawLine(QPointF(11.2, 6.0), QPointF(11.2, 7.4))
    _filled(painter)
    painter.drawRoundedRect(QRectF(3.2, 7.4, 9.6, 6.6), 1.2, 1.2)


def draw_glyph(painter: QPainter, name: str, place: QRectF, color: str) -> None:
    """An icon of GLYPHS in a square, as part of a larger picture."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(place.topLeft())
    painter.scale(place.width() / _SIDE, place.height() / _SIDE)
    painter.setPen(_pen(QColor(color)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    GLYPHS[name](painter)
    painter.restore()


def _pen(color: QColor) -> QPen:
    return QPen(color, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


GLYPHS: Mapping[str, Callable[[QPainter], None]] = {
    "play": _play,
    "pause": _pause,
    "step": _step,
    "back": _back,
    "before": _before,
    "after": _after,
    "newest": _newest,
    "full": _full,
    "reset": _reset,
    "dice": _dice,
    "moon": _moon,
    "sun": _sun,
    "help": _help,
    "brush": _brush,
    "eraser": _eraser,
    "undo": _undo,
    "redo": _redo,
    "clear": _clear,
    "open": _open,
    "paste": _paste,
    "lock": _lock,
}
"""How each icon is drawn, in a square of 16 units."""
