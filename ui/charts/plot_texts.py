"""The small texts that lie on a plot."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QStaticText
from PySide6.QtWidgets import QLabel, QWidget

from ui.charts.marker_labels import LabelAt, MarkerLabels
from ui.theme import Theme, number_font

__all__ = ["Note", "PlotTexts"]

_TOP = 5  # pixels above the note, and between it and the words at markers
_BESIDE = 8  # pixels between the crosshair and what is read there, and at both sides of a line in the middle


class Note:
    """A muted line that the plot paints itself: a label would be painted anew with all that grows beneath it.

    It may be said in several ways, the longest first; the first that there is room for is written.
    """

    def __init__(self) -> None:
        self._font = number_font(7.0)
        self.ways: tuple[str, ...] = ("",)
        self._text = ""
        self._words = QStaticText()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._color, self._ground = QColor(), QColor()
        self.place = QRect()

    def text(self) -> str:
        """What it says, "" for nothing."""
        return self._text

    def fit(self, width: int) -> None:
        """Write what there is room for."""
        metrics = QFontMetrics(self._font)
        fitting = (way for way in self.ways if metrics.horizontalAdvance(way) <= width)
        self._text = next(fitting, self.ways[-1])
        self._words.setText(self._text)
        self.place.setSize(QRect(0, 0, metrics.horizontalAdvance(self._text), metrics.height()).size())

    def set_colors(self, ink: str, ground: str) -> None:
        """Another ink, and the ground that keeps lines from striking it through."""
        self._color, self._ground = QColor(ink), QColor(ground)

    def paint(self, painter: QPainter) -> None:
        """Write it at its place."""
        painter.fillRect(self.place, self._ground)
        painter.setFont(self._font)
        painter.setPen(self._color)
        painter.drawStaticText(self.place.topLeft(), self._words)


class PlotTexts:
    """What is read at the crosshair, a note in the upper corner, words at markers and in an empty chart, "step".

    `area` is where the curves are, in pixels of the plot.
    """

    def __init__(self, plot: QWidget) -> None:
        self._plot = plot
        self.readout, self._steps_name = (self._label(number_font(size)) for size in (8.0, 7.0))
        self.empty = self._label(plot.font())
        self._empty_ways: tuple[str, ...] = ("",)
        self.note = Note()
        self.labels = MarkerLabels()
        self._labels: tuple[Sequence[LabelAt], bool] = (), False
        self._steps_name.setText("step")
        self._steps_name.adjustSize()
        self._steps_name.show()
        self.area = QRect()

    def _label(self, font: QFont) -> QLabel:
        label = QLabel(self._plot)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        label.setFont(font)
        label.hide()
        return label

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.note.set_colors(theme.muted, theme.panel)
        self.labels.set_theme(theme)
        for label in (self.empty, self._steps_name):
            label.setStyleSheet(f"color: {theme.muted}; background: transparent;")
        self.readout.setStyleSheet(
            f"color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.panel_border};"
            " border-radius: 4px; padding: 1px 4px;"
        )

    def set_area(self, area: QRect) -> None:
        """The plot has another size."""
        self.area = area
        self._arrange()

    def show_readout(self, text: str, share: float) -> None:
        """Rich text beside a crosshair at a share of the width, on the side where there is room."""
        self.readout.setWordWrap(False)
        self.readout.setText(text)
        self.readout.adjustSize()
        if self.readout.width() > self.area.width():  # a sentence
            self.readout.setWordWrap(True)
            self.readout.resize(self.area.width(), self.readout.heightForWidth(self.area.width()))
        left, right = self.area.left(), self.area.left() + self.area.width()
        place = left + share * (right - left)
        place = place + _BESIDE if share < 0.5 else place - _BESIDE - self.readout.width()
        self.readout.move(int(max(left, min(place, right - self.readout.width()))), self.area.top() + 2)
        self.readout.show()

    def show_note(self, ways: tuple[str, ...]) -> bool:
        """Note something in as many words as there is room for, or ("",) nothing; False if that is noted already."""
        if ways == self.note.ways:
            return False
        self.note.ways = ways
        self._arrange()
        return True

    def show_empty(self, *ways: str) -> None:
        """A line in the middle of an empty chart, in the first way that there is room for; "" for nothing."""
        if self._empty_ways != ways:
            self._empty_ways = ways
            self.empty.setVisible(bool(ways[0]))
            self._arrange()

    def _fit_empty(self) -> None:
        metrics, room = QFontMetrics(self.empty.font()), self.area.width() - 2 * _BESIDE
        fitting = (way for way in self._empty_ways if metrics.horizontalAdvance(way) <= room)
        text = next(fitting, self._empty_ways[-1])
        if self.empty.text() != text:
            self.empty.setText(text)
            self.empty.adjustSize()

    def show_labels(self, wanted: Sequence[LabelAt], *, at_bottom: bool) -> None:
        """Say what happened at markers, from left to right."""
        self._labels = wanted, at_bottom
        self._arrange_labels()

    def _arrange_labels(self) -> None:
        wanted, at_bottom = self._labels
        below = self.note.place.height() + 2 * _TOP
        self.labels.show(wanted, self.area, at_bottom=at_bottom, below=below)

    @property
    def lines(self) -> QRect:
        """Where the note and the words at markers are."""
        return self.labels.bounds.united(self.note.place)

    def paint(self, painter: QPainter, painted: QRect) -> None:
        """Write what is in the part that is painted and not beneath what is read at the crosshair."""
        read = QRect() if self.readout.isHidden() else self.readout.geometry()
        self.labels.paint(painter, painted, hidden_by=read)
        if self.note.text() and painted.intersects(self.note.place) and self.readout.isHidden():
            self.note.paint(painter)

    def _arrange(self) -> None:
        right, bottom = self.area.left() + self.area.width(), self.area.top() + self.area.height()
        self.note.fit(self.area.width() - 4)
        # below the uppermost line of the grid
        self.note.place.moveTo(QPoint(right - self.note.place.width() - 2, self.area.top() + _TOP))
        self._arrange_labels()
        self._fit_empty()
        middle = self.area.center() - self.empty.rect().center()
        self.empty.move(middle)
        self._steps_name.move(2, bottom + 1)
