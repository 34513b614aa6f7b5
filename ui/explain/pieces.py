"""A line of text in several colours: drawn with one layout, and a widget of one line that never widens its panel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.explain.sentence import Piece, text_of
from ui.theme import DARK, Theme

__all__ = ["PieceLine", "draw_pieces", "laid_out", "line_count"]


def draw_pieces(
    painter: QPainter,
    pieces: Sequence[Piece],
    at: QPointF,
    font: QFont,
    theme: Theme,
    *,
    width: float | None = None,
) -> int:
    """Draw a line with its left top corner at a point, wrapped at words if a width is given; returns how many lines."""
    layout, count = laid_out(pieces, font, theme, width)
    layout.draw(painter, at)
    return count


def laid_out(pieces: Sequence[Piece], font: QFont, theme: Theme, width: float | None = None) -> tuple[QTextLayout, int]:
    """What draws a line, and how many lines it takes; the roles of the pieces give the colours."""
    ranges, start = [], 0
    for piece in pieces:
        part = QTextLayout.FormatRange()
        # Qt counts in UTF-16; none of the signs here needs two units
        part.start, part.length = start, len(piece.text)
        part.format = _format(piece.role, theme)
        ranges.append(part)
        start += len(piece.text)
    return _laid_out(text_of(pieces), font, width, ranges)


def line_count(text: str, font: QFont, width: float) -> int:
    """How many lines a text takes if it is wrapped at words."""
    return _laid_out(text, font, width)[1]


def _laid_out(
    text: str, font: QFont, width: float | None, formats: Sequence[QTextLayout.FormatRange] = ()
) -> tuple[QTextLayout, int]:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap if width is None else QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.setFormats(list(formats))
    layout.beginLayout()
    y, count = 0.0, 0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(1e6 if width is None else width)
        line.setPosition(QPointF(0.0, y))
        y, count = y + line.height(), count + 1
    layout.endLayout()
    return layout, count


@cache
def _format(role: str, theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setForeground(_color(role, theme))
    if role == "total":
        form.setFontWeight(QFont.Weight.Bold)
    return form


def _color(role: str, theme: Theme) -> QColor:
    named = {
        "text": theme.text,
        "muted": theme.muted,
        # blue and orange are signs of numbers in the maps: no number is written in them for another reason
        "derivative": theme.text,
        "total": theme.text,
        "pin": theme.accent,
        "winner": theme.forward,
        "good": theme.forward,
        "bad": theme.error,
        "source": theme.source,
        "reader": theme.reader,
    }
    return QColor(named[role])


class PieceLine(QWidget):
    """Shows the first of several wordings that fits its width, the last one if none does."""

    def __init__(self, font: QFont, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(font)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme = DARK
        self._wordings: tuple[tuple[Piece, ...], ...] = ()

    def show_pieces(self, *wordings: tuple[Piece, ...]) -> None:
        """Replace what is said; wordings from long to short."""
        if wordings != self._wordings:
            self._wordings = wordings
            self.setToolTip(text_of(wordings[0]) if wordings else "")
            self.setAccessibleDescription(self.toolTip())
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._theme = theme
        self.update()

    def fitting(self) -> tuple[Piece, ...]:
        """The wording that is shown."""
        advance = QFontMetricsF(self.font()).horizontalAdvance
        fits = (wording for wording in self._wordings if advance(text_of(wording)) <= self.width())
        return next(fits, self._wordings[-1] if self._wordings else ())

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(200, int(QFontMetricsF(self.font()).height()) + 2)

    def minimumSizeHint(self) -> QSize:
        """One line of any width."""
        return QSize(20, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        draw_pieces(painter, self.fitting(), QPointF(0, 1), self.font(), self._theme)
