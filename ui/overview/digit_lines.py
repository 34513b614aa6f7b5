"""Lines of digits as one image: for tables of numbers that change all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from ui.flow.cell_pixels import image_pixels
from ui.number_batch import ALPHABET, NumberBatch
from ui.overview.tile_image import TileImage

__all__ = ["DigitLines"]


class _Places(dict[int, int]):
    """For each sign its place in the alphabet, and for any other sign that of the blank."""

    def __missing__(self, sign: int) -> int:
        del sign
        return self[ord(" ")]


_PLACES = _Places({ord(sign): place for place, sign in enumerate(ALPHABET)})


class DigitLines:
    """Writes lines under each other, `line_height` logical pixels each, in a font whose digits are of equal width.

    What a NumberBatch would write, sign by sign, is put together from pictures of its signs. `fits` is False where a
    sign is no whole number of device pixels wide, at a scaling of 150 %: there a batch has to do it.
    """

    def __init__(self, font: QFont, line_height: int, ratio: float) -> None:
        self.batch = NumberBatch(font)
        self.ratio = ratio
        self._line_height = line_height
        self._width, self._height = self.batch.char * ratio, line_height * ratio
        self.fits = self._width.is_integer() and self._height.is_integer()
        self._pictures: list[NDArray[np.uint32]] = []
        self._first_of: dict[tuple[str, str], int] = {}
        self._tiles: TileImage | None = None

    def drawn(self, lines: Sequence[str], colors: Sequence[tuple[str, str]]) -> QImage:
        """An image of lines of one length, each with the colours of its ink and its ground, valid until the next call.

        Characters without a glyph are left out.
        """
        for pair in colors:
            if pair not in self._first_of:
                self._first_of[pair] = len(self._first_of) * len(ALPHABET)
                self._pictures.append(self._drawn_signs(*pair))
                self._tiles = None
        if self._tiles is None:
            self._tiles = TileImage(np.concatenate(self._pictures), QImage.Format.Format_RGB32)
        codes = "".join(lines).translate(_PLACES).encode("latin-1")
        numbers = np.frombuffer(codes, np.uint8).reshape(len(lines), -1)
        image = self._tiles.laid(numbers + np.array([[self._first_of[pair]] for pair in colors]))
        image.setDevicePixelRatio(self.ratio)
        return image

    def _drawn_signs(self, ink: str, ground: str) -> NDArray[np.uint32]:
        """(signs, height, width): each sign of the alphabet in an ink on a ground, as Qt draws it."""
        width, height = round(self._width), round(self._height)
        image = QImage(width * len(ALPHABET), height, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(self.ratio)
        image.fill(QColor(ground))
        painter = QPainter(image)
        for place, sign in enumerate(ALPHABET):
            self.batch.add_right(sign, (place * self.batch.char, 0, self.batch.char, self._line_height), ink)
        self.batch.paint(painter)
        painter.end()
        return image_pixels(image).reshape(height, len(ALPHABET), width).transpose(1, 0, 2).copy()
