"""The figures that matter, side by side in the bar on top: numbers under their captions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.drawn_pixmap import drawn_pixmap
from ui.number_batch import NumberBatch
from ui.theme import DARK, Theme, number_font
from ui.vectors import draws_vectors

__all__ = ["NOTHING", "Figure", "Figures"]

NOTHING = "–"
"""What stands where there is no number yet."""
_HEIGHT = 38
_APART = 10
_PAST_ROOM = 6
"""Pixels of what is between two figures that a longer caption may take."""


def _caption_font() -> QFont:
    font = QFont()
    font.setPointSizeF(8.0)
    return font


def _digits_font() -> QFont:
    return number_font(10.5, bold=True)


class Figure(QWidget):
    """A number under its caption, in room for the widest, so that nothing moves while it changes; the row paints it."""

    def __init__(self, caption: str, widest: str, tooltip: str) -> None:
        super().__init__()
        self.caption, self.text, self.is_error = caption, NOTHING, False
        self._ways: tuple[str, ...] = (caption,)
        room = max(
            QFontMetrics(_caption_font()).horizontalAdvance(caption),
            QFontMetrics(_digits_font()).horizontalAdvance(widest),
        )
        self.setFixedSize(room + 4, _HEIGHT)
        self.setToolTip(tooltip)
        self.setAccessibleName(f"{caption} {NOTHING}")

    def show_text(self, text: str, error: bool = False) -> None:
        """Show a number, or that it is none (`error`)."""
        if (text, error) != (self.text, self.is_error):
            self.text, self.is_error = text, error
            self._say()
            row = self.parentWidget()
            if row is not None:
                row.update()

    def show_caption(self, *ways: str) -> bool:
        """Show another caption, in the first way that there is room for, the longest first; False if it is there."""
        if ways == self._ways:
            return False
        self._ways = ways
        metrics, room = QFontMetrics(_caption_font()), self.width() + _PAST_ROOM
        self.caption = next((way for way in ways if metrics.horizontalAdvance(way) <= room), ways[-1])
        self._say()
        row = self.parentWidget()
        if isinstance(row, Figures):
            row.paint_captions_anew()
        return True

    def _say(self) -> None:
        self.setAccessibleName(f"{self._ways[0]} {self.text}")


class Figures(QWidget):
    """Paints all of them: several change with each frame, and a widget costs more than the number in it."""

    def __init__(self, figures: tuple[Figure, ...]) -> None:
        super().__init__()
        self._figures = figures
        self._theme = DARK
        self._digits = NumberBatch(_digits_font())
        self._line = QFontMetrics(_digits_font()).height()
        self._ground: QPixmap | None = None
        # else every widget beneath it is painted again with each new number
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_APART)
        for figure in figures:
            layout.addWidget(figure)
        self.setFixedSize(layout.sizeHint())

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.paint_captions_anew()

    def paint_captions_anew(self) -> None:
        """One of them, or their ink, is another."""
        self._ground = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Numbers over captions, which stay."""
        del event  # all of it is painted: it is small
        painter = QPainter(self)
        if draws_vectors(painter):
            self._paint_ground(painter)
        else:
            painter.drawPixmap(0, 0, self._kept_ground())
        for figure in self._figures:
            room = (figure.x(), _HEIGHT - 1 - self._line, figure.width(), self._line)
            color = self._theme.error if figure.is_error else self._theme.text
            self._digits.add_as_text(figure.text, room, color, share=0.0)
        self._digits.paint(painter)
        painter.end()

    def _kept_ground(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._ground is None or self._ground.devicePixelRatio() != ratio:
            self._ground = drawn_pixmap(self.size(), ratio, QColor(self._theme.window), self._paint_ground)
        return self._ground

    def _paint_ground(self, painter: QPainter) -> None:
        """The captions."""
        painter.fillRect(self.rect(), QColor(self._theme.window))
        painter.setFont(_caption_font())
        painter.setPen(QColor(self._theme.muted))
        place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        for figure in self._figures:
            painter.drawText(figure.geometry().adjusted(0, 2, _PAST_ROOM, 0), place, figure.caption)
