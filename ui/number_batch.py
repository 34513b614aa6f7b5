"""Many short numbers painted at once: one call of Qt for all that share a colour.

Qt lays out every drawText anew (40 to 80 µs a call from Python); digits of equal width need no layout, so all glyphs
of a frame go into one QGlyphRun a colour.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QGlyphRun, QPainter, QRawFont

from ui.vectors import draws_vectors

__all__ = ["ALPHABET", "NumberBatch"]

ALPHABET = "0123456789.,−+-e%±…∞Nal /x–"
"""The signs that numbers are written with."""
_MOST_PLACES = 10_000
_ORIGIN = QPointF(0.0, 0.0)


class _Glyphs(dict[str, int]):
    """The number of each sign's glyph, and for any other sign that of the blank."""

    def __missing__(self, sign: str) -> int:
        del sign
        return self[" "]


class NumberBatch:
    """Collects texts of digits in one fixed-width font, then paints them. Characters without a glyph are left out."""

    def __init__(self, font: QFont) -> None:
        self._raw = QRawFont.fromFont(font)
        indexes = self._raw.glyphIndexesForString(ALPHABET)
        self._glyphs = _Glyphs(zip(ALPHABET, indexes, strict=True))
        metrics = QFontMetrics(font)
        self.char = metrics.horizontalAdvance("0")
        self.rise = metrics.tightBoundingRect("0").height()
        exact = QFontMetricsF(font)
        self._exact_char, self._exact_height, self._exact_ascent = (
            exact.horizontalAdvance("0"),
            exact.height(),
            exact.ascent(),
        )
        self._font = font
        self._run = QGlyphRun()
        self._run.setRawFont(self._raw)
        self._runs: dict[str, tuple[list[int], list[QPointF]]] = {}
        self._texts: list[tuple[str, float, int, str]] = []
        # numbers change and their places do not: half the time of a frame of numbers went into making these
        self._places: dict[tuple[float, int, int, float], list[QPointF]] = {}

    def add(self, text: str, x: int, baseline: int, color: str) -> None:
        """Put a text with its left end at x."""
        self._add(text, x, baseline, self.char, color)

    def _add(self, text: str, x: float, baseline: int, char: float, color: str) -> None:
        self._texts.append((text, x, baseline, color))
        run = self._runs.get(color)
        if run is None:
            run = self._runs[color] = ([], [])
        where = (x, baseline, len(text), char)
        places = self._places.get(where)
        if places is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            places = self._places[where] = [QPointF(x + place * char, baseline) for place in range(len(text))]
        run[0].extend(map(self._glyphs.__getitem__, text))
        run[1].extend(places)

    def add_centered(self, text: str, room: tuple[int, int, int, int], color: str) -> None:
        """Put a text in the middle of a room (x, y, width, height)."""
        x, y, width, height = room
        self.add(text, x + (width - self.char * len(text)) // 2, y + (height + self.rise) // 2, color)

    def add_right(self, text: str, room: tuple[int, int, int, int], color: str) -> None:
        """Put a text at the right end of a room (x, y, width, height), centred in its height."""
        x, y, width, height = room
        self.add(text, x + width - self.char * len(text), y + (height + self.rise) // 2, color)

    def add_as_text(self, text: str, room: tuple[int, int, int, int], color: str, *, share: float) -> None:
        """Put a text into a room, `share` of what is free at its left, to a part of a pixel where drawText would."""
        x, y, width, height = room
        free = width - self._exact_char * len(text)
        baseline = round(y + (height - self._exact_height) / 2 + self._exact_ascent)
        self._add(text, x + share * free, baseline, self._exact_char, color)

    def paint(self, painter: QPainter) -> None:
        """Draw what was added and forget it."""
        if not self._texts:
            return
        if draws_vectors(painter):
            self._write(painter)
            self._runs.clear()
        run = self._run
        for color, (glyphs, positions) in self._runs.items():
            run.setGlyphIndexes(glyphs)
            run.setPositions(positions)
            painter.setPen(QColor(color))
            painter.drawGlyphRun(_ORIGIN, run)
        self._runs.clear()
        self._texts.clear()

    def _write(self, painter: QPainter) -> None:
        """As text, which a file of vectors keeps; of glyphs it would keep nothing."""
        painter.setFont(self._font)
        for text, x, baseline, color in self._texts:
            painter.setPen(QColor(color))
            painter.drawText(QPointF(x, baseline), text)
