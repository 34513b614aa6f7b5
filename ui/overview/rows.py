"""The painted table of the overview: a row for every derivative and parameter."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
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
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from core.arrays import Array
from ui.drawn_pixmap import drawn_pixmap
from ui.number_format import display_name, fit_number, format_number, percent
from ui.overview.array_statistics import BINS, ArrayStatistics, array_statistics, statistics_of_all
from ui.overview.digit_lines import DigitLines
from ui.overview.histogram_bars import HistogramBars, bar_width
from ui.theme import DARK, name_color, number_font
from ui.vectors import draws_vectors

__all__ = ["TIP", "OverviewRows"]

_FAIR_HISTOGRAM, _LARGEST_HISTOGRAM = 56, 330
_BESIDE = 22  # around the columns
_PER_CENT = 7  # characters
TIP = (
    "this image: of the loss of the image in the flow alone, be it one to train on or one kept out of training. batch "
    "mean: ∂L/∂w and ∂L/∂b as the last step used them, the mean over the training images of its batch, so these are "
    "other numbers than the flow's. now: the present weights. The histogram runs from −max to +max, zero in the middle."
)

_HELP = "A row for each array; up and down arrows read them, Enter shows an array in the passes above"


class OverviewRows(QWidget):
    """The painted table; statistics are made for the visible rows only, once a snapshot.

    words_of: a sentence on what a source is.
    """

    chosen = Signal(str)
    pointed = Signal(str)

    def __init__(self, words_of: Callable[[str], str]) -> None:
        super().__init__()
        self._words_of_source = words_of
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # spares the frames and panels beneath
        self.setAccessibleName("Derivatives and parameters")
        self.setAccessibleDescription(_HELP)
        self.theme = DARK
        self.arrays: list[tuple[str, str, Array]] = []
        self._statistics: dict[str, ArrayStatistics] = {}
        self._current = -1
        self._decimals = 4
        self._words = QPixmap()
        self._words_key: tuple[object, ...] = ()
        self._words_of: list[tuple[str, str]] = []
        self._places: list[QRect] | None = None
        self._bars: HistogramBars | None = None
        self._digits: DigitLines | None = None
        self._fit_fonts()

    def _fit_fonts(self) -> None:
        self._small = QFont(self.font())
        self._small.setPixelSize(11)
        self._number = number_font()
        self._number.setPixelSize(11)
        self._digits = None
        self.row_height = max(QFontMetrics(self._small).height(), QFontMetrics(self._number).height()) + 4
        digit = QFontMetrics(self._number).horizontalAdvance("0")
        name = QFontMetrics(self._small).horizontalAdvance("∂L/∂w₄") + 10
        self._characters = max(8, self._decimals + 4)
        self._room = (self._characters + 1, self._characters + 1, _PER_CENT)
        source = max(map(QFontMetrics(self._small).horizontalAdvance, ("this image", "batch mean", "before edit"))) + 6
        self._widths = (name, source, *(characters * digit for characters in self._room))

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._places = self._bars = None
        self._fit_fonts()
        self.updateGeometry()
        self.update()

    @property
    def halves(self) -> int:
        """2 where the rows stand in two halves side by side, 1 where the width is for one."""
        return 2 if self.width() >= 2 * (sum(self._widths) + _BESIDE + _FAIR_HISTOGRAM) else 1

    @property
    def rows_of_half(self) -> int:
        """How many rows stand under each other."""
        return max(1, -(-len(self.arrays) // self.halves))

    def columns(self, half: int = 0) -> tuple[tuple[int, int], ...]:
        """Left end and width of each column of a half; the histogram takes the rest."""
        return _columns(self.width(), self.halves, half, self._widths)

    def row_rect(self, row: int) -> QRect:
        """Where a row stands."""
        half, place = divmod(row, self.rows_of_half)
        room = self.width() // self.halves
        return QRect(half * room, place * self.row_height, room, self.row_height)

    def _row_places(self) -> list[QRect]:
        """Where every row stands, made anew when the rows or the size are others."""
        if self._places is None:
            self._places = [self.row_rect(row) for row in range(len(self.arrays))]
        return self._places

    def row_at(self, point: QPoint) -> int:
        """The row at a point, −1 beside the rows."""
        return next((row for row in range(len(self.arrays)) if self.row_rect(row).contains(point)), -1)

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(sum(self._widths) + 140, self.row_height * self.rows_of_half)

    def minimumSizeHint(self) -> QSize:
        """All rows, the histogram narrow."""
        return QSize(sum(self._widths) + _BESIDE + 40, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In two halves, or in one."""
        super().resizeEvent(event)
        self._places = self._bars = None
        self.updateGeometry()

    def show_arrays(self, arrays: list[tuple[str, str, Array]]) -> None:
        """Replace what is shown."""
        words = [(name, source) for name, source, _ in arrays]
        self.arrays = arrays
        self._statistics.clear()
        if words != self._words_of:
            before, self._words_of = self._words_of, words
            if [name for name, _ in words] != [name for name, _ in before]:
                self._places = None
                self._current = -1
                self.updateGeometry()
        self.update()

    def statistics(self, row: int) -> ArrayStatistics:
        """Of one row, made on first need."""
        name, _, values = self.arrays[row]
        if name not in self._statistics:
            self._statistics[name] = array_statistics(values)
        return self._statistics[name]

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that need it: numbers and histograms over words that stay."""
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        if draws_vectors(painter):
            self._paint_words(painter)
        else:
            painter.drawPixmap(0, 0, self._kept_words())
        rows = self._rows_in(event.rect())
        missing = [self.arrays[row] for row in rows if self.arrays[row][0] not in self._statistics]
        made = statistics_of_all([values for *_, values in missing])
        self._statistics.update({name: found for (name, *_), found in zip(missing, made, strict=True)})
        if rows:
            statistics = [self._statistics[self.arrays[row][0]] for row in rows]
            self._paint_numbers(painter, rows, statistics)
            self._paint_histograms(painter, rows, statistics)

    def _rows_in(self, area: QRect) -> list[int]:
        if area.contains(self.rect()):
            return list(range(len(self.arrays)))
        return [row for row, place in enumerate(self._row_places()) if place.intersects(area)]

    def _kept_words(self) -> QPixmap:
        """Names and sources of all rows on their ground, drawn anew only when they change."""
        ratio = self.devicePixelRatioF()
        key = (self._words_of, self._current, self.theme, self.size(), self._decimals, ratio)
        if key != self._words_key:
            self._words_key = key
            self._words = drawn_pixmap(self.size(), ratio, QColor(self.theme.panel), self._paint_words)
        return self._words

    def _paint_words(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), QColor(self.theme.panel))
        painter.setFont(self._small)
        for row, (name, source, _) in enumerate(self.arrays):
            self._write_words(painter, row, name, source)

    def _write_words(self, painter: QPainter, row: int, name: str, source: str) -> None:
        theme, metrics, place = self.theme, QFontMetrics(self._small), self.row_rect(row)
        columns = self.columns(row // self.rows_of_half)
        if row == self._current:
            painter.fillRect(place, QColor(theme.field))
        baseline = place.y() + (self.row_height - metrics.height()) // 2 + metrics.ascent()
        painter.setPen(QColor(name_color(theme, name)))
        painter.drawText(columns[0][0], baseline, display_name(name))
        painter.setPen(QColor(theme.muted))
        painter.drawText(columns[1][0], baseline, source)
        left, room = columns[5]
        painter.fillRect(left, place.bottom() - 2, bar_width(room) * BINS, 1, QColor(theme.grid))

    def _paint_numbers(self, painter: QPainter, rows: list[int], statistics: list[ArrayStatistics]) -> None:
        """The columns of numbers, each row of them as one text of digits."""
        theme = self.theme
        texts = [self._texts(of) for of in statistics]
        inks = [theme.text if of.finite else theme.error for of in statistics]
        ratio = self.devicePixelRatioF()
        if self._digits is None or self._digits.ratio != ratio:
            self._digits = DigitLines(self._number, self.row_height, ratio)
        if self._digits.fits and not draws_vectors(painter):
            grounds = [theme.field if row == self._current else theme.panel for row in rows]
            lines = ["".join(map(str.rjust, line, self._room)) for line in texts]
            image = self._digits.drawn(lines, list(zip(inks, grounds, strict=True)))
            self._draw_rows(painter, image, rows, column=2)
            return
        batch, places = self._digits.batch, self._row_places()
        for row, line, ink in zip(rows, texts, inks, strict=True):
            columns = self.columns(row // self.rows_of_half)[2:5]
            for text, (left, width) in zip(line, columns, strict=True):
                batch.add_right(text, (left, places[row].y(), width, self.row_height), ink)
        batch.paint(painter)

    def _texts(self, of: ArrayStatistics) -> tuple[str, str, str]:
        """The numbers of an array."""
        return (
            fit_number(of.mean, self._characters, self._decimals),
            fit_number(of.largest, self._characters, self._decimals) if of.finite else "NaN/∞",
            percent(of.zero_share, 0),
        )

    def _paint_histograms(self, painter: QPainter, rows: list[int], statistics: list[ArrayStatistics]) -> None:
        """The bars of rows under each other as one image: a rectangle a bar would cost more than all else."""
        counts = np.array([of.histogram for of in statistics])
        colors = [self.theme.backward if self.arrays[row][0].startswith("d") else self.theme.accent for row in rows]
        if self._bars is None:
            self._bars = HistogramBars(self.row_height, bar_width(self.columns()[5][1]))
        self._draw_rows(painter, self._bars.drawn(counts, colors), rows, column=5)

    def _draw_rows(self, painter: QPainter, image: QImage, rows: list[int], *, column: int) -> None:
        """Draw an image of rows under each other where a column of theirs is, those of each half in one piece."""
        ratio, height, half = image.devicePixelRatio(), self.row_height, self.rows_of_half
        for number in range(rows[-1] // half + 1):
            mine = [row for row in rows if row // half == number]
            if mine:
                place = QPointF(self.columns(number)[column][0], (mine[0] - number * half) * height)
                top, lines = rows.index(mine[0]) * height * ratio, len(mine) * height * ratio
                painter.drawImage(place, image, QRectF(0.0, top, image.width(), lines))

    def _set_current(self, row: int) -> None:
        row = row if 0 <= row < len(self.arrays) else -1
        if row == self._current:
            return
        for changed in (row, self._current):
            self.update(self.row_rect(max(changed, 0)))
        self._current = row
        self.pointed.emit(self.arrays[row][0] if row >= 0 else "")
        self.setAccessibleDescription(self.describe(row) if row >= 0 else _HELP)

    def describe(self, row: int) -> str:
        """A row in words."""
        name, source, _ = self.arrays[row]
        of = self.statistics(row)
        return (
            f"{display_name(name)} ({source}): mean magnitude {format_number(of.mean, self._decimals)}, "
            f"largest {format_number(of.largest, self._decimals)}, {percent(of.zero_share, 0)} zeros"
        )

    def tooltip_at(self, point: QPoint) -> str:
        """Of which images and which step the numbers of a row are; beside the rows what the columns mean."""
        row = self.row_at(point)
        if row < 0:
            return TIP
        name, source, _ = self.arrays[row]
        return f"{display_name(name)}: {self._words_of_source(source)}"

    def event(self, event: QEvent) -> bool:
        """The tooltip of a row."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tooltip_at(event.pos()), self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The row under the mouse is marked."""
        self._set_current(self.row_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """No row is marked."""
        self._set_current(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses the row's array."""
        row = self.row_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            self.chosen.emit(self.arrays[row][0])
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows mark a row, Enter chooses it."""
        beside = self.rows_of_half if self.halves > 1 else 0
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -beside, Qt.Key.Key_Right: beside}
        step = steps.get(Qt.Key(event.key()))
        if step and self.arrays:
            self._set_current(min(max(self._current + step, 0), len(self.arrays) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.chosen.emit(self.arrays[self._current][0])
        else:
            super().keyPressEvent(event)


@lru_cache(maxsize=8)
def _columns(width: int, halves: int, half: int, widths: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    room = width // halves
    left, result = 6, []
    for own in widths:
        result.append((half * room + left, own))
        left += own
    result.append((half * room + left + 10, max(40, min(room - left - 16, _LARGEST_HISTOGRAM))))
    return tuple(result)
