"""The probability of every class as a bar with its name and its figure in digits of equal width."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.theme import DARK, Theme, class_color, number_font

__all__ = ["ProbabilityBars", "percent_text"]

_ONE_COLUMN = 5
_COLUMN_GAP = 10
_MOST = 10
_TOLD = 40  # classes in the tooltip
_SHORTEST_NAME = 12  # pixels that are left to the name of a class; the per cent sign goes first


def percent_text(probability: float) -> str:
    """A probability in percent, five characters: " 97.2"; what rounding would hide reads " <0.1" or ">99.9"."""
    percent = 100 * probability
    if not math.isfinite(percent):
        return "  –  "
    if 0 < percent < 0.05:
        return " <0.1"
    if 99.95 <= percent < 100:
        return ">99.9"
    return f"{percent:5.1f}"


class ProbabilityBars(QWidget):
    """One row a class, in two columns from six classes on; the most probable is bold. Empty, it shows a sentence.

    Of more than ten classes it shows the likeliest, in order, and says how many more there are; the tooltip has all.
    """

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._probabilities: tuple[float, ...] | None = None
        self._sentence = ""
        self._theme = DARK
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Class probabilities")

    @property
    def names(self) -> tuple[str, ...]:
        """The class names, in the order of the probabilities."""
        return self._names

    @property
    def winner(self) -> int | None:
        """Position of the most probable class; None if nothing is shown or nothing is a number."""
        if self._probabilities is None or not all(map(math.isfinite, self._probabilities)):
            return None
        return max(range(len(self._probabilities)), key=self._probabilities.__getitem__)

    def set_theme(self, theme: Theme) -> None:
        """Colours of bars and text."""
        self._theme = theme
        self.update()

    def set_names(self, names: Sequence[str]) -> None:
        """Names of the classes; clears the figures, since they belonged to the classes before."""
        self._names = tuple(names)
        self.show_nothing(self._sentence)

    def show_nothing(self, sentence: str = "") -> None:
        """Show `sentence` in place of the bars."""
        self._probabilities, self._sentence = None, sentence
        self.setAccessibleDescription(sentence)
        self.update()

    def show_probabilities(self, probabilities: Sequence[float]) -> None:
        """Show one number from 0 to 1 a class."""
        values = tuple(float(value) for value in probabilities)
        if values == self._probabilities or len(values) != len(self._names):
            return
        self._probabilities = values
        spoken = (f"{name} {percent_text(p).strip()} %" for name, p in zip(self._names, values, strict=True))
        self.setAccessibleDescription(", ".join(spoken))
        self.update()

    @property
    def rows(self) -> int:
        """Rows in use: classes, or half of them in two columns."""
        count = min(_MOST, len(self._names))
        return count if self.columns == 1 else (count + 1) // 2

    @property
    def shown(self) -> tuple[int, ...]:
        """Positions of the classes that have a bar, from the first to the last."""
        if len(self._names) <= _MOST or self._probabilities is None:
            return tuple(range(min(_MOST, len(self._names))))
        # what is no number comes last
        keys = [p if math.isfinite(p) else -1.0 for p in self._probabilities]
        return tuple(sorted(range(len(keys)), key=lambda place: -keys[place])[: _MOST - 1])

    @property
    def columns(self) -> int:
        """1 or 2."""
        return 1 if len(self._names) <= _ONE_COLUMN else 2

    def sizeHint(self) -> QSize:
        return QSize(112, 17 * max(2, self.rows))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, 15 * max(2, self.rows))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._all_in_words(), self)
            return True
        return super().event(event)

    def _all_in_words(self) -> str:
        values = self._probabilities
        if values is None:
            return ""
        order = sorted(range(len(values)), key=lambda place: -values[place])
        lines = [f"{self._names[place]}  {percent_text(values[place]).strip()} %" for place in order]
        return "\n".join(lines if len(lines) <= _TOLD else [*lines[:_TOLD], f"and {len(lines) - _TOLD} more"])

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._probabilities is None:
            font = self.font()
            font.setPointSizeF(8.5)
            painter.setFont(font)
            painter.setPen(QColor(self._theme.muted))
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), flags, self._sentence)
            return
        width = (self.width() - _COLUMN_GAP * (self.columns - 1)) / self.columns
        height = min(24.0, self.height() / max(1, self.rows))
        shown = self.shown
        for place, position in enumerate((*shown, None) if len(shown) < len(self._names) else shown):
            column, row = divmod(place, self.rows)
            cell = QRectF(column * (width + _COLUMN_GAP), row * height, width, height)
            if position is None:
                self._paint_rest(painter, cell, len(self._names) - len(shown))
            else:
                self._paint_row(painter, cell, position)

    def _paint_rest(self, painter: QPainter, cell: QRectF, count: int) -> None:
        font = self.font()
        font.setPointSizeF(8.5)
        font = _sized(font, cell.height() - 5)
        painter.setFont(font)
        painter.setPen(QColor(self._theme.muted))
        words = QFontMetricsF(font).elidedText(f"{count} less likely", Qt.TextElideMode.ElideRight, cell.width())
        painter.drawText(cell.adjusted(0, 0, 0, -5), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_row(self, painter: QPainter, cell: QRectF, position: int) -> None:
        probabilities = self._probabilities or ()
        probability = probabilities[position] if math.isfinite(probabilities[position]) else 0.0
        wins = position == self.winner
        color = QColor(class_color(self._theme, position))
        # the bar hugs its own text; the gap below it tells the rows apart
        bar_height, gap = (2.0, 3.0) if cell.height() < 17 else (3.0, 3.5) if cell.height() < 20 else (4.0, 4.5)
        text = QRectF(cell.left(), cell.top(), cell.width(), cell.height() - bar_height - gap)
        figure_font = _sized(number_font(8.5, bold=wins), text.height())
        figure, measure = f"{percent_text(probabilities[position])} %", QFontMetricsF(figure_font).horizontalAdvance
        if measure(figure) > text.width() - _SHORTEST_NAME:
            figure = figure.strip(" %")
        figure_width = measure(figure)
        painter.setFont(figure_font)
        painter.setPen(QColor(self._theme.text if wins else self._theme.muted))
        painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, figure)
        name_font = self.font()
        name_font.setPointSizeF(8.5)
        name_font.setBold(wins)
        name_font = _sized(name_font, text.height())
        painter.setFont(name_font)
        painter.setPen(color if wins else QColor(self._theme.text))
        room = text.width() - figure_width - 4
        name = QFontMetricsF(name_font).elidedText(self._names[position], Qt.TextElideMode.ElideRight, room)
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        track = QRectF(cell.left(), text.bottom() + 0.5, cell.width(), bar_height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.grid if self._theme.is_dark else self._theme.panel_border))
        painter.drawRoundedRect(track, bar_height / 2, bar_height / 2)
        if probability > 0:
            # never shorter than it is high, so that a small probability still shows as a dot
            filled = QRectF(
                track.left(), track.top(), max(bar_height, track.width() * min(1.0, probability)), bar_height
            )
            painter.setBrush(color)
            painter.drawRoundedRect(filled, bar_height / 2, bar_height / 2)


def _sized(font: QFont, height: float) -> QFont:
    """The font, smaller if its capitals and digits would not fit `height`."""
    capital = QFontMetricsF(font).capHeight()
    if capital > height - 2:
        font.setPointSizeF(font.pointSizeF() * max(0.6, (height - 2) / capital))
    return font
