"""The pen that the arrow keys move over the drawing, from cell to cell."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen

from ui.classify.ink_raster import SIDE

__all__ = ["GRID", "KeyboardPen"]

GRID = 28
"""Cells a side that the pen moves on, as many as an MNIST image has pixels."""

_CELL = SIDE / GRID
_FAST_STEP = 4
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class KeyboardPen:
    """Where the pen stands. It leaves no ink itself: the canvas draws from `point` to `point`.

    visible: the keys were used last; moved: it has moved since `press`.
    """

    def __init__(self) -> None:
        self.visible = False
        self.moved = False
        self._column = self._row = GRID // 2

    @property
    def point(self) -> QPointF:
        """The middle of its cell, in raster pixels."""
        return QPointF((self._column + 0.5) * _CELL, (self._row + 0.5) * _CELL)

    @staticmethod
    def is_moved_by(event: QKeyEvent) -> bool:
        """True for the keys of `move`."""
        return event.key() in _ARROWS

    def move(self, event: QKeyEvent) -> None:
        """One cell in the direction of an arrow key, with Shift several; it stays on the paper."""
        dx, dy = _ARROWS[Qt.Key(event.key())]
        step = _FAST_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        self._column = max(0, min(GRID - 1, self._column + dx * step))
        self._row = max(0, min(GRID - 1, self._row + dy * step))
        self.visible = self.moved = True

    def press(self) -> None:
        """The key that puts it down or lifts it is pressed."""
        self.visible = True
        self.moved = False

    def paint(self, painter: QPainter, paper: QRectF, color: QColor, *, down: bool) -> None:
        """Mark its cell on the paper as it is on screen; filled while it is down."""
        scale = paper.width() / SIDE
        centre = paper.topLeft() + self.point * scale
        half = max(4.0, _CELL * scale / 2 + 1.5)
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(color if down else Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(centre.x() - half, centre.y() - half, 2 * half, 2 * half))
