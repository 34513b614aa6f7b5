"""Small icons painted in a colour of the theme, sharp at every scale."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

__all__ = ["GLYPHS", "glyph_icon"]

_SIDE = 16.0
_PIXELS = 64  # drawn large, so that it stays sharp on dense screens


@cache
def glyph_icon(name: str, color: str) -> QIcon:
    """The icon of a name of GLYPHS in a colour "#rrggbb"."""
    pixmap = QPixmap(_PIXELS, _PIXELS)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(_PIXELS / _SIDE, _PIXELS / _SIDE)
    pen = QPen(QColor(color), 1.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(color))
    GLYPHS[name](painter)
    painter.end()
    return QIcon(pixmap)


def _triangle(painter: QPainter, left: float) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 3), QPointF(left, 13), QPointF(left + 8, 8)]))


def _play(painter: QPainter) -> None:
    _triangle(painter, 4.5)


def _pause(painter: QPainter) -> None:
    painter.drawRect(QRectF(4, 3, 2.2, 10))
    painter.drawRect(QRectF(9.8, 3, 2.2, 10))


def _step(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(3, 3.5), QPointF(3, 12.5), QPointF(9.5, 8)]))
    painter.drawLine(QPointF(12.5, 3.5), QPointF(12.5, 12.5))


def _reset(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(3, 3, 10, 10), 120 * 16, -300 * 16)
    painter.setBrush(painter.pen().color())
    painter.drawPolygon(QPolygonF([QPointF(5.6, 1.2), QPointF(5.0, 5.0), QPointF(2.2, 2.6)]))


def _dice(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(QRectF(2, 2, 12, 12), 2.5, 2.5)
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y in ((5.3, 5.3), (10.7, 5.3), (8, 8), (5.3, 10.7), (10.7, 10.7)):
        painter.drawEllipse(QPointF(x, y), 1.15, 1.15)


def _moon(painter: QPainter) -> None:
    disc, bite = QPainterPath(), QPainterPath()
    disc.addEllipse(QPointF(7.5, 8.5), 5.5, 5.5)
    bite.addEllipse(QPointF(10.6, 5.8), 5.0, 5.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawPath(disc.subtracted(bite))


def _sun(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(8, 8), 2.6, 2.6)
    for x, y in ((0, 1), (1, 0), (0.707, 0.707), (0.707, -0.707)):
        for sign in (-1, 1):
            painter.drawLine(
                QPointF(8 + sign * 5 * x, 8 + sign * 5 * y), QPointF(8 + sign * 6.3 * x, 8 + sign * 6.3 * y)
            )


def _help(painter: QPainter) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath(QPointF(5.2, 5.4))
    path.cubicTo(QPointF(5.2, 1.6), QPointF(10.8, 1.6), QPointF(10.8, 5.4))
    path.cubicTo(QPointF(10.8, 7.8), QPointF(8.0, 7.6), QPointF(8.0, 10.0))
    painter.drawPath(path)
    painter.drawPoint(QPointF(8, 13.2))


GLYPHS: dict[str, Callable[[QPainter], None]] = {
    "play": _play,
    "pause": _pause,
    "step": _step,
    "reset": _reset,
    "dice": _dice,
    "moon": _moon,
    "sun": _sun,
    "help": _help,
}
