"""The sheet that is drawn on, as it is on screen: the raster enlarged, a hint while it is empty, marks over it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.classify.drawing import Drawing
from ui.classify.ink_raster import SIDE
from ui.theme import DARK, Theme

__all__ = ["Sheet"]


class Sheet(QWidget):
    """Shows a drawing in a square, whatever the size of the widget; what changes it is up to the subclass.

    A subclass overrides `paint_marks` to paint over it.
    """

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = DARK
        self.drawing = Drawing(self)
        self.drawing.changed.connect(self._show_changed)
        self._hint = hint
        self._hint_shown = True
        self.setMinimumSize(84, 84)
        self.setSizePolicy(QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding))

    def set_theme(self, theme: Theme) -> None:
        """Colours of the frame and the marks; paper and ink stay black and white."""
        self.theme = theme
        self.update()

    def set_hint(self, hint: str) -> None:
        """The words that the empty sheet shows."""
        self._hint = hint
        self.update()

    @Slot(QRectF)
    def _show_changed(self, dirty: QRectF) -> None:
        self.update(self._on_screen(dirty))
        empty = self.drawing.is_empty
        if empty != self._hint_shown:
            self._hint_shown = empty
            self.update()

    def paint_marks(self, painter: QPainter, paper: QRectF) -> None:
        """Paint over the drawing."""

    def sizeHint(self) -> QSize:
        return QSize(128, 128)

    def paper(self) -> QRectF:
        """The square on screen that holds the raster, in the middle of the widget."""
        side = min(self.width(), self.height()) - 4
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def to_raster(self, position: QPointF) -> QPointF:
        """The pixel of the raster, in fractions, under a place of the widget."""
        paper = self.paper()
        return (position - paper.topLeft()) * (SIDE / paper.width())

    def _on_screen(self, rect: QRectF) -> QRect:
        paper = self.paper()
        scale = paper.width() / SIDE
        moved = QRectF(rect.topLeft() * scale + paper.topLeft(), rect.size() * scale)
        return moved.toAlignedRect().adjusted(-1, -1, 1, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paper = self.paper()
        painter.drawImage(paper, self.drawing.image)
        if self._hint_shown:
            font = self.font()
            font.setPointSizeF(8.5)
            painter.setFont(font)
            painter.setPen(QColor("#8b95a3"))
            painter.drawText(
                paper.adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint
            )
        self.paint_marks(painter, paper)
        focused = self.hasFocus()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.accent if focused else self.theme.panel_border), 2 if focused else 1))
        painter.drawRect(paper.adjusted(-1, -1, 1, 1))
