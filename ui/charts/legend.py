"""The names of a chart's curves in their colours."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

__all__ = ["Legend", "LegendEntry"]


@dataclass(frozen=True)
class LegendEntry:
    """The name of a curve, long and short, in its colour; series: what a click on it shows alone, "" of nothing."""

    label: str
    short: str
    color: str
    series: str = ""


class Legend(QWidget):
    """Names of the curves in their colours, in one line.

    Where the long ones do not fit: short names, then closer together, then w₁ ₂ ₃ for w₁ w₂ w₃. chosen (str): the name
    of a curve was clicked, by its series.
    """

    chosen = Signal(str)

    _GAP, _SMALL_GAP = 8, 4

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[LegendEntry, ...] = ()
        font = self.font()
        font.setPointSizeF(8.0)
        self.setFont(font)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Name these curves, left to right."""
        if entries != self._entries:
            self._entries = entries
            self.setAccessibleName("Curves: " + ", ".join(entry.label for entry in entries))
            self.updateGeometry()
            self.update()

    def _width(self, texts: list[str], gap: int) -> int:
        metrics = QFontMetrics(self.font())
        return sum(metrics.horizontalAdvance(text) for text in texts) + gap * max(0, len(texts) - 1) + 2

    def sizeHint(self) -> QSize:
        return QSize(self._width([entry.label for entry in self._entries], self._GAP), 18)

    def minimumSizeHint(self) -> QSize:
        return QSize(20, 18)  # a longer legend must not widen the panel while training

    def shown(self) -> list[str]:
        """The names as they are written in the present width, left to right."""
        return self._fitting()[0]

    def _fitting(self) -> tuple[list[str], int]:
        """The longest names that fit, and the gap between them."""
        long = [entry.label for entry in self._entries]
        short = [entry.short for entry in self._entries]
        ways = ((long, self._GAP), (short, self._GAP), (short, self._SMALL_GAP), (_with_one_letter(short), 2))
        return next((way for way in ways if self._width(*way) <= self.width()), ways[-1])

    def _placed(self) -> list[tuple[LegendEntry, str, int, int]]:
        """Each name that has room: what is written, where it begins and ends."""
        texts, gap = self._fitting()
        right, metrics, placed = self.width(), QFontMetrics(self.font()), []
        for entry, text in reversed(list(zip(self._entries, texts, strict=True))):
            advance = metrics.horizontalAdvance(text)
            if advance > right:
                break
            placed.append((entry, text, right - advance, right))
            right -= advance + gap
        return placed

    def series_at(self, x: int) -> str:
        """The series whose name is at x, with half of the gap to the next; "" if there is none."""
        near = self._SMALL_GAP // 2
        found = (entry.series for entry, _, left, right in self._placed() if left - near <= x <= right + near)
        return next(found, "")

    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted: it is small
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        for entry, text, left, _ in self._placed():
            painter.setPen(QColor(entry.color))
            painter.drawText(left, metrics.ascent() + (self.height() - metrics.height()) // 2, text)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand where a click does something."""
        on_name = bool(self.series_at(round(event.position().x())))
        self.setCursor(Qt.CursorShape.PointingHandCursor if on_name else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the curve whose name is clicked."""
        series = self.series_at(round(event.position().x()))
        if series and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(series)
        else:
            super().mousePressEvent(event)


def _with_one_letter(texts: list[str]) -> list[str]:
    """w₁ ₂ ₃ for w₁ w₂ w₃; as they are if they begin differently."""
    if len({text[:1] for text in texts}) > 1 or any(len(text) < 2 for text in texts):
        return texts
    return [text if place == 0 else text[1:] for place, text in enumerate(texts)]
