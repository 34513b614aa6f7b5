"""Histograms as an image, many in one go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from ui.overview.array_statistics import BINS
from ui.overview.tile_image import TileImage

__all__ = ["HistogramBars", "bar_width"]


def bar_width(room: int) -> int:
    """How wide a bar may be, its gap included, where BINS of them share some room."""
    return max(1, room // BINS)


class HistogramBars:
    """Draws histograms under each other, in rows of a height, with bars of a width."""

    def __init__(self, row_height: int, width: int) -> None:
        self._row_height, self._width = row_height, width
        self._tops = row_height - 5
        """How high the highest bar is."""
        self._tiles: TileImage | None = None
        self._first_of: dict[str, int] = {}

    def drawn(self, counts: NDArray[np.intp], colors: Sequence[str]) -> QImage:
        """An image with a row for each of `counts` (rows, BINS), in a colour each, valid until the next call.

        Heights go with square roots, so that the few large values show beside the many zeros.
        """
        if self._tiles is None or any(color not in self._first_of for color in colors):
            self._paint_tiles(colors)
        assert self._tiles is not None
        highest = np.maximum(counts.max(axis=1, keepdims=True), 1)
        tops = np.ceil(np.sqrt(counts / highest) * self._tops).astype(np.intp)
        tops += np.array([[self._first_of[color]] for color in colors])
        return self._tiles.laid(tops)

    def _paint_tiles(self, colors: Sequence[str]) -> None:
        """A bar of each height in each colour, with what is clear above and below it and a gap beside it."""
        count, height = self._tops + 1, self._tops
        self._first_of = {color: place * count for place, color in enumerate(dict.fromkeys(colors))}
        filled = np.zeros((count, self._row_height, self._width), np.bool_)
        filled[:, 2 : 2 + height] = (np.arange(height, 0, -1) <= np.arange(count)[:, None])[:, :, None]
        if self._width > 2:
            filled[:, :, -1] = False
        tiles = [np.where(filled, np.uint32(QColor(color).rgba()), np.uint32(0)) for color in self._first_of]
        self._tiles = TileImage(np.concatenate(tiles), QImage.Format.Format_ARGB32_Premultiplied)
