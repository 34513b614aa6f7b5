"""The two lines beneath the flow view: the rule of the cell that is pointed at, and its sum in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPixmap, QTextLayout
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.explain import Pooling, Travel
from ui.drawn_pixmap import drawn_pixmap
from ui.explain.linker import Spotlight
from ui.explain.pieces import draw_pieces, laid_out
from ui.explain.sentence import Piece, formula_line, sum_line, text_of
from ui.number_format import display_name, grouped
from ui.theme import DARK, Theme, number_font
from ui.vectors import draws_vectors

__all__ = ["ExplanationStrip", "LinkCounts"]

_HINTS = (
    "Point at a cell to see what it is made from · click pins it, Shift+click or P one more · arrow keys walk",
    "Point at a cell · click pins it, Shift+click or P one more",
    "Point at a cell · click pins it",
)
_MARGIN = 9


@dataclass(frozen=True)
class LinkCounts:
    """Cells that a cell is made from and cells that are made from it; of each, how many are on screen."""

    sources: int
    sources_shown: int
    readers: int
    readers_shown: int


class _Advances(dict[str, float]):
    """How wide a text is in a font of equal widths: the sum of its signs, each measured once, and nothing laid out."""

    def __init__(self, font: QFont) -> None:
        super().__init__()
        self.font = font
        self._metrics = QFontMetricsF(font)

    def __missing__(self, sign: str) -> float:
        width = self[sign] = self._metrics.horizontalAdvance(sign)
        return width

    def __call__(self, text: str) -> float:
        return sum(map(self.__getitem__, text))


class ExplanationStrip(QWidget):
    """Spells the sum behind a cell in two lines of fixed height; what does not fit is counted, never cut."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Explanation of the cell")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else the panel beneath is painted again each time
        self.setFont(number_font(9))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._theme = DARK
        self._decimals = 4
        self._light: Spotlight | None = None
        self._counts: LinkCounts | None = None
        self._pinned = self._is_of_two = False
        self._lines: tuple[tuple[Piece, ...], ...] | None = None
        self._legend: tuple[Piece, ...] = ()
        self._legend_beside: tuple[object, ...] = ()  # what it was chosen for
        self._ground: tuple[object, QPixmap] | None = None
        self._numbers: tuple[object, QTextLayout] | None = None
        self._rule: tuple[object, tuple[Piece, ...]] | None = None
        self._advances = _Advances(self.font())

    def show_spotlight(self, light: Spotlight | None, counts: LinkCounts | None, pinned: bool = False) -> None:
        """Explain a cell, or say how to choose one."""
        if light is None and self._light is None:
            return
        self._light, self._counts, self._pinned = light, counts, pinned
        self._rewrite()

    def explain_later_of_two(self, is_of_two: bool) -> None:
        """Say that the sum is that of moment B, since what is shown above is B − A."""
        if is_of_two is not self._is_of_two:
            self._is_of_two = is_of_two
            self._rewrite()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._rewrite()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._theme = theme
        self.update()

    def lines(self) -> tuple[str, str, str]:
        """What is written: the rule, the numbers, and the legend at the right of the first line."""
        first, second = self._written()
        return text_of(first), text_of(second), text_of(self._legend)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(400, 2 * self._line_height() + 8)

    def minimumSizeHint(self) -> QSize:
        """Two lines of any width."""
        return QSize(80, self.sizeHint().height())

    def _line_height(self) -> int:
        return int(QFontMetricsF(self.font()).height()) + 1

    def _rewrite(self) -> None:
        self._lines = None
        self.update()

    def _room(self) -> float:
        return self.width() - 2.0 * _MARGIN

    def _written(self) -> tuple[tuple[Piece, ...], ...]:
        if self._lines is None:
            self._lines = self._write()
            said = f"{text_of(self._lines[0])} {text_of(self._lines[1])}" if self._light else ""
            if said != self.accessibleDescription():
                self.setAccessibleDescription(said)
        return self._lines

    def _write(self) -> tuple[tuple[Piece, ...], ...]:
        advance, room = self._advance(), self._room()
        light = self._light
        if light is None:
            self._legend, self._legend_beside = (), ()
            hint = next((hint for hint in _HINTS if advance(hint) <= room), _HINTS[-1])
            return (Piece(hint, "muted"),), (
                Piece("□ ", "source"),
                Piece("what it is made from   ", "muted"),
                Piece("□ ", "reader"),
                Piece("what is made from it", "muted"),
            )
        mark = (Piece("● ", "pin"),) if self._pinned else ()
        if self._is_of_two:
            mark = (*mark, Piece("B's ", "pin"))
        first = self._first_line(mark, light)
        beside = (self._counts, first, room, self.font())
        if self._legend_beside != beside:
            self._legend_beside = beside
            left = room - advance(text_of(first) + "   ")
            self._legend = next((legend for legend in self._legends() if advance(text_of(legend)) <= left), ())
        return first, sum_line(light.trace, light.found, self._decimals, lambda text: advance(text) <= room)

    def _advance(self) -> _Advances:
        if self._advances.font != self.font():
            self._advances = _Advances(self.font())
        return self._advances

    def _first_line(self, mark: tuple[Piece, ...], light: Spotlight) -> tuple[Piece, ...]:
        """The rule; written once for a cell unless it names cells that depend on the numbers."""
        trace, found, room = light.trace, light.found, self._room()
        # from which follow those of all others
        shapes = tuple(trace.arrays[name].shape for name in ("x", *trace.parameter_names))
        wanted = (
            mark,
            found.name,
            found.index,
            found.rule,
            trace.activation,
            trace.geometry,
            trace.y.tolist(),  # the loss is written for the label
            shapes,
            room,
            self.font(),
        )
        if self._rule is None or self._rule[0] != wanted or isinstance(found.note, Pooling | Travel):
            advance = self._advance()
            line = formula_line(trace, found, lambda text: advance(text_of(mark) + text) <= room)
            self._rule = (wanted, mark + line)
        return self._rule[1]

    def _skipped_words(self) -> tuple[str, ...]:
        """Why nothing is made from ∂L/∂A of the output, though the chain rule leads through it; () for all others."""
        light = self._light
        if light is None or light.found.rule != "loss gradient":
            return ()
        number = light.found.name[2:]
        following, output = display_name(f"dz{number}"), display_name(f"A{number}")
        return (
            f"{following} = {output} − y skips it: {output}'s derivative cancels",
            f"{following} = {output} − y skips it",
        )

    def _legends(self) -> list[tuple[Piece, ...]]:
        counts = self._counts
        if counts is None:
            return []
        sources, readers = counts.sources, counts.readers
        hidden = sources - counts.sources_shown, readers - counts.readers_shown
        shown = counts.sources_shown, counts.readers_shown
        aside = [
            f" ({grouped(number) if seen else 'none'} {'not ' if seen else ''}shown)" if number else ""
            for number, seen in zip(hidden, shown, strict=True)
        ]
        short = [f" (+{grouped(number)})" if number else "" for number in hidden]
        cells = "1 cell" if sources == 1 else f"{grouped(sources)} cells"
        made = (Piece("□ ", "source"), Piece(f"made from {cells}{aside[0]}", "muted"))
        skipped: list[tuple[Piece, ...]] = [(*made, Piece(f"   {words}", "muted")) for words in self._skipped_words()]
        if skipped:
            return skipped
        return [
            (
                Piece("□ ", "source"),
                Piece(f"made from {cells}{aside[0]}" if sources else "made from no cell", "muted"),
                Piece("  □ ", "reader"),
                Piece(f"goes into {grouped(readers)}{aside[1]}" if readers else "goes into none", "muted"),
            ),
            (
                Piece("□ ", "source"),
                Piece(f"from {grouped(sources)}{aside[0]}", "muted"),
                Piece("  □ ", "reader"),
                Piece(f"into {grouped(readers)}{aside[1]}", "muted"),
            ),
            (
                Piece("□", "source"),
                Piece(f" {grouped(shown[0])}{short[0]}", "muted"),
                Piece(" □", "reader"),
                Piece(f" {grouped(shown[1])}{short[1]}", "muted"),
            ),
        ]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A rounded field with the two lines."""
        first, second = self._written()
        painter = QPainter(self)
        if draws_vectors(painter):
            self._paint_ground(painter, first)
        else:
            painter.drawPixmap(0, 0, self._kept_ground(first))
        self._kept_numbers(second).draw(painter, QPointF(_MARGIN, 4 + self._line_height()))

    def _kept_numbers(self, second: tuple[Piece, ...]) -> QTextLayout:
        """The line of numbers, laid out anew when it reads differently: many a gradient is 0 for hundreds of steps."""
        wanted = (second, self._theme, self.font())
        if self._numbers is None or self._numbers[0] != wanted:
            self._numbers = (wanted, laid_out(second, self.font(), self._theme)[0])
        return self._numbers[1]

    def _kept_ground(self, first: tuple[Piece, ...]) -> QPixmap:
        """The field with its first line, which stays while only the numbers change."""
        ratio = self.devicePixelRatioF()
        wanted = (first, self._legend, self._theme, self.size(), self.font(), ratio)
        if self._ground is None or self._ground[0] != wanted:
            paint = partial(self._paint_ground, first=first)
            self._ground = (wanted, drawn_pixmap(self.size(), ratio, QColor(self._theme.panel), paint))
        return self._ground[1]

    def _paint_ground(self, painter: QPainter, first: tuple[Piece, ...]) -> None:
        painter.fillRect(self.rect(), QColor(self._theme.panel))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(self._theme.panel_border))
        painter.setBrush(QColor(self._theme.field))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        self._draw(painter, first, _MARGIN, 4)
        if self._legend:
            legend = QFontMetricsF(self.font()).horizontalAdvance(text_of(self._legend))
            self._draw(painter, self._legend, self.width() - _MARGIN - legend, 4)

    def _draw(self, painter: QPainter, pieces: Sequence[Piece], x: float, y: float) -> None:
        draw_pieces(painter, pieces, QPointF(x, y), self.font(), self._theme)

    def resizeEvent(self, event: object) -> None:
        """More or fewer terms."""
        del event
        self._lines = None
