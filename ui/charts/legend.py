"""The names of a chart's curves in their colours, and colours that look translucent."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

__all__ = ["Legend", "LegendEntry", "blend"]


def blend(color: str, background: str, share: float) -> str:
    """`share` of a colour over a background: looks translucent and paints as fast as an opaque one."""
    front, back = QColor(color), QColor(background)
    channels = [round(share * a + (1 - share) * b) for a, b in zip(front.getRgb()[:3], back.getRgb()[:3], strict=True)]
    return QColor(*channels).name()


@dataclass(frozen=True)
class LegendEntry:
    """The name of a curve, long and short, in its colour."""

    label: str
    short: str
    color: str


class Legend(QWidget):
    """Names of the curves in their colours, in one line; short names where the long ones do not fit."""

    _GAP = 8

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[LegendEntry, ...] = ()
        font = self.font()
        font.setPointSizeF(8.0)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Name these curves, left to right."""
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleName("Curves: " + ", ".join(entry.label for entry in entries))
            self.updateGeometry()
            self.update()

    def _width(self, texts: list[str]) -> int:
        metrics = QFontMetrics(self.font())
        return sum(metrics.horizontalAdvance(text) for text in texts) + self._GAP * max(0, len(texts) - 1) + 2

    def sizeHint(self) -> QSize:
        return QSize(self._width([entry.label for entry in self._entries]), 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, 18)  # a longer legend must not widen the panel while training

    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted: it is small
        painter = QPainter(self)
        long = [entry.label for entry in self._entries]
        texts = long if self._width(long) <= self.width() else [entry.short for entry in self._entries]
        right = self.width()
        metrics = QFontMetrics(self.font())
        for entry, text in reversed(list(zip(self._entries, texts, strict=True))):
            advance = metrics.horizontalAdvance(text)
            if advance > right:
                break
            painter.setPen(QColor(entry.color))
            painter.drawText(right - advance, metrics.ascent() + (self.height() - metrics.height()) // 2, text)
            right -= advance + self._GAP
        painter.end()
