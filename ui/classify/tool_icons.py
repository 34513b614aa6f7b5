"""Small line icons of the drawing tools, painted in the theme's colour, sharp at any scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

__all__ = ["ICON_NAMES", "tool_icon"]

_SIDE = 16  # units of the drawings below
_SCALES = (1, 2, 3)


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


_DRAWINGS: Mapping[str, Callable[[QPainter], None]] = {
    "brush": _brush,
    "eraser": _eraser,
    "undo": _undo,
    "redo": _redo,
    "clear": _clear,
    "open": _open,
    "paste": _paste,
}

ICON_NAMES = tuple(_DRAWINGS)
"""Every icon that there is."""


def tool_icon(name: str, color: str, disabled: str) -> QIcon:
    """The icon `name` in "#rrggbb" `color`, and in `disabled` for a button that cannot be pressed."""
    icon = QIcon()
    for mode, shade in ((QIcon.Mode.Normal, color), (QIcon.Mode.Disabled, disabled)):
        for scale in _SCALES:
            pixmap = QPixmap(QSize(_SIDE, _SIDE) * scale)
            pixmap.setDevicePixelRatio(scale)
            pixmap.fill(Qt.GlobalColor.transparent)
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(
                QPen(QColor(shade), 1.3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
            )
            _DRAWINGS[name](painter)
            painter.end()
            icon.addPixmap(pixmap, mode)
    return icon
