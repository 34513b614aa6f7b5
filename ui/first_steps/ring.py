"""A soft ring around a part of the window, through which everything goes on as if it were not there."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QWidget

from ui.theme import DARK, Theme

__all__ = ["Ring"]

_SOFTNESS = ((6.0, 45), (3.5, 110), (1.6, 255))
"""Width and opacity of the lines that lie over each other."""


class Ring(QWidget):
    """`surround(rect)` of the parent; an empty one hides it. The mouse goes through it, and it never has the focus."""

    WIDTH = 6
    """Pixels of it on each side; the line is in their middle."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self._color = DARK.accent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._color = theme.accent
        self.update()

    def surround(self, rect: QRect) -> None:
        """Lie around a rectangle of the parent, within the parent."""
        if rect.isEmpty():
            self.hide()
            return
        outer = rect.adjusted(-self.WIDTH, -self.WIDTH, self.WIDTH, self.WIDTH).intersected(self._around.rect())
        if outer != self.geometry():
            self.setGeometry(outer)
            inside = QRegion(self.rect().adjusted(self.WIDTH, self.WIDTH, -self.WIDTH, -self.WIDTH))
            self.setMask(QRegion(self.rect()).subtracted(inside))  # what is inside is painted without it
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Lines of less and less opacity."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QRectF(self.rect()).adjusted(self.WIDTH / 2, self.WIDTH / 2, -self.WIDTH / 2, -self.WIDTH / 2)
        for width, opacity in _SOFTNESS:
            color = QColor(self._color)
            color.setAlpha(opacity)
            painter.setPen(QPen(color, width))
            painter.drawRoundedRect(middle, 5, 5)
