"""The confusion matrix: how many images of each class were taken for each class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from ui.colors import rgb, screen_words
from ui.number_batch import NumberBatch
from ui.number_format import grouped, percent
from ui.theme import DARK, Theme, number_font

__all__ = ["ConfusionView", "head_of"]

_CELL = QSize(22, 17)
_LARGEST_CELL = QSize(72, 40)
_WIDEST_NAME = 70
_MOVES = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class ConfusionView(QWidget):
    """(classes, classes) counts, true classes down and answers across; `cell_chosen(true, predicted)`.

    The more of a class's images an answer took, the deeper its cell, in one hue: shares are told apart by lightness.
    The arrow keys walk, Enter chooses.
    """

    is_picture = True

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self._name_width = 0
        self._chosen: tuple[int, int] | None = None
        self._current = (0, 0)
        self._theme = DARK
        self._small = QFont()
        self._small.setPixelSize(11)
        self._digits = number_font()
        self._digits.setPixelSize(11)
        self._batch = NumberBatch(self._digits)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Confusion matrix")

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def show_counts(self, counts: NDArray[np.int64], names: Sequence[str]) -> None:
        """Show how many images of each class (row) were taken for each class (column)."""
        if tuple(names) != self._names:
            self._names, self._current = tuple(names), (0, 0)
            widths = [QFontMetrics(self._small).horizontalAdvance(name) for name in self._names]
            self._name_width = min(_WIDEST_NAME, max(widths, default=0)) + 6
        elif np.array_equal(counts, self.counts):
            return
        self.counts = counts
        self.setMinimumSize(self._least())
        self._tell()
        self.update()

    def choose(self, cell: tuple[int, int] | None) -> None:
        """Outline a cell, or none, without telling."""
        if cell != self._chosen:
            self._chosen = cell
            if cell is not None:
                self._current = cell
            self.update()

    def describe(self, true: int, predicted: int) -> str:
        """A cell in words."""
        count, total = int(self.counts[true, predicted]), int(self.counts[true].sum())
        share = f", {percent(count / total)}" if total else ""
        verdict = "right" if true == predicted else f"taken for {self._names[predicted]}"
        return f"{grouped(count)} of {grouped(total)} images of {self._names[true]} {verdict}{share}"

    # geometry

    def _least(self) -> QSize:
        digits = len(str(int(self.counts.max(initial=0))))
        cell = max(_CELL.width(), digits * self._batch.char + 4)
        line = QFontMetrics(self._small).height()
        return QSize(
            line + self._name_width + cell * len(self._names), 2 * line + 2 + _CELL.height() * len(self._names)
        )

    def _frame(self) -> tuple[int, int, int, int]:
        """Left and top of the cells, width and height of one."""
        count = max(1, len(self._names))
        line = QFontMetrics(self._small).height()
        left, top = line + self._name_width, 2 * line + 2
        width = max(_CELL.width(), min(_LARGEST_CELL.width(), (self.width() - left - 1) // count))
        height = max(_CELL.height(), min(_LARGEST_CELL.height(), (self.height() - top - 1) // count))
        return left, top, width, height

    def cell_rect(self, true: int, predicted: int) -> QRect:
        """Where a cell stands."""
        left, top, width, height = self._frame()
        return QRect(left + predicted * width, top + true * height, width, height)

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """The cell (true, predicted) at a point."""
        left, top, width, height = self._frame()
        true, predicted = (point.y() - top) // height, (point.x() - left) // width
        inside = 0 <= true < len(self.counts) and 0 <= predicted < len(self.counts)
        return (true, predicted) if inside else None

    # painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._small)
        left, top, width, height = self._frame()
        count, theme = len(self._names), self._theme
        if not count:
            return
        self._paint_names(painter)
        # square roots, so that a single mistake among hundreds shows
        depths = np.sqrt(self.counts / np.maximum(self.counts.sum(axis=1, keepdims=True), 1))
        cells = _image_of(self._colors(depths))
        # one picture, a pixel a cell, drawn large: a call for each of 47×47 cells would take 10 ms
        painter.drawImage(QRect(left, top, width * count, height * count), cells)
        self._paint_grid(painter)
        for true, predicted in zip(*np.nonzero(self.counts), strict=True):
            place = (left + int(predicted) * width, top + int(true) * height, width - 1, height - 1)
            text = theme.accent_text if depths[true, predicted] > 0.6 else theme.text
            self._batch.add_centered(str(self.counts[true, predicted]), place, text)
        self._batch.paint(painter)
        for diagonal in range(count):  # what is right
            painter.setPen(QPen(QColor(theme.muted), 1))
            painter.drawRect(self.cell_rect(diagonal, diagonal).adjusted(0, 0, -2, -2))
        if self._chosen is not None:
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.drawRect(self.cell_rect(*self._chosen).adjusted(1, 1, -2, -2))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.cell_rect(*self._current).adjusted(2, 2, -4, -4))

    def _colors(self, depths: NDArray[np.float64]) -> NDArray[np.uint32]:
        """Words of the screen for depths from 0 to 1: the deeper, the nearer to the accent."""
        ground, ink = rgb(self._theme.field), rgb(self._theme.accent)
        return screen_words(np.rint(ground + depths[..., np.newaxis] * (ink - ground)).astype(np.uint8))

    def _paint_grid(self, painter: QPainter) -> None:
        left, top, width, height = self._frame()
        count = len(self._names)
        painter.setPen(QColor(self._theme.panel))
        for number in range(1, count + 1):
            across, down = left + number * width - 1, top + number * height - 1
            painter.drawLine(across, top, across, top + count * height - 1)
            painter.drawLine(left, down, left + count * width - 1, down)

    def _paint_legend(self, painter: QPainter, begin: int) -> None:
        """What the colours mean, right of the heading, as far as there is room for it."""
        metrics = QFontMetrics(self._small)
        after = "100 %"
        for before, ramp_width in (("share of the row  0", 48), ("0", 48), ("0", 20)):
            widths = metrics.horizontalAdvance(before) + 4, ramp_width + 4, metrics.horizontalAdvance(after)
            x = self.width() - sum(widths) - 2
            if x >= begin:
                line = metrics.height()
                painter.drawText(QRect(x, 0, widths[0], line), Qt.AlignmentFlag.AlignLeft, before)
                # the same square root as in the cells
                ramp = _image_of(self._colors(np.sqrt(np.linspace(0, 1, ramp_width))[np.newaxis]))
                painter.drawImage(QRect(x + widths[0], 3, ramp_width, line - 6), ramp)
                painter.drawText(
                    QRect(x + widths[0] + widths[1], 0, widths[2], line), Qt.AlignmentFlag.AlignLeft, after
                )
                return

    def _paint_names(self, painter: QPainter) -> None:
        left, top, width, height = self._frame()
        metrics, count = QFontMetrics(self._small), len(self._names)
        line = metrics.height()
        centre, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRect(left, 0, max(width * count, 90), line), Qt.AlignmentFlag.AlignLeft, "taken for →")
        self._paint_legend(painter, left + metrics.horizontalAdvance("taken for →") + 12)
        painter.save()
        painter.translate(0, top + height * count)
        painter.rotate(-90)
        painter.drawText(QRect(0, 0, height * count, line), Qt.AlignmentFlag.AlignRight, "← true")
        painter.restore()
        painter.setPen(QColor(self._theme.text))
        for label, name in enumerate(self._names):
            across = head_of(name, label, metrics, width - 2)
            painter.drawText(QRect(left + label * width, line, width, line), centre, across)
            down = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, left - line - 5)
            painter.drawText(QRect(line, top + label * height, left - line - 5, height), right, down)

    # events

    def _choose(self, cell: tuple[int, int]) -> None:
        self._current = cell
        self._tell()
        self.cell_chosen.emit(*cell)
        self.update()

    def _tell(self) -> None:
        self.setAccessibleDescription(self.describe(*self._current) if len(self.counts) else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._choose(cell)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(event.pos())
            words = (
                f"{self.describe(*cell)}\nClick to see these images; the deeper a cell, the larger its share of the row"
                if cell is not None
                else ""
            )
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        move = _MOVES.get(Qt.Key(event.key())) if plain else None
        if move and len(self.counts):
            last = len(self.counts) - 1
            self._current = (
                min(max(self._current[0] + move[0], 0), last),
                min(max(self._current[1] + move[1], 0), last),
            )
            self._tell()
            self.update()
        elif plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and len(self.counts):
            self._choose(self._current)
        else:
            event.ignore()


def _image_of(words: NDArray[np.uint32]) -> QImage:
    """(h, w) words of a screen as a picture of its own."""
    rows = np.ascontiguousarray(words)
    height, width = rows.shape
    return QImage(rows.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def head_of(name: str, y: int, metrics: QFontMetrics, room: int) -> str:
    """The name of a class over its column; where next to nothing of it is left, its y: the rows have the same order."""
    elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
    return str(y) if elided != name and len(elided) <= len("a…") else elided
