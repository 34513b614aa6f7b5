"""Knows when the views of a frame are painted, while the window system has still to be given the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

__all__ = ["FrameEnd"]

_FROM_THE_LEFT = 2  # within the margin, where nothing lies beneath that would have to be painted, too


class FrameEnd(QWidget):
    """A pixel like the ground of a window, over all else, so that Qt paints it last. `update()` it with the views.

    What Qt does after that needs no Python: whoever waits for the interpreter may have it a tenth of a frame earlier.
    """

    reached = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setFixedSize(1, 1)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all that lies beneath is painted, too
        self.move(_FROM_THE_LEFT, window.minimumHeight() // 2)
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Drawn first: whoever is told takes the interpreter."""
        painter = QPainter(self)
        painter.fillRect(0, 0, 1, 1, self.palette().window())
        painter.end()
        self.reached.emit()
