"""Histograms as an image, many in one go."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from ui.array_statistics import BINS

__all__ = ["HistogramBars", "bar_width"]


def bar_width(room: int) -> int:
    """How wide a bar may be, its gap included, where BINS of them share some room."""
    return max(1, room // BINS)


@lru_cache(maxsize=8)
def _patterns(height: int, width: int) -> NDArray[np.uint32]:
    """(height + 1, height, width): a bar of each height, 0xffffffff where it is filled; a gap beside it."""
    filled = np.arange(height, 0, -1)[:, None] <= np.arange(height + 1)[:, None, None]
    patterns = np.where(filled, np.uint32(0xFFFFFFFF), np.uint32(0)).repeat(width, axis=2)
    if width > 2:
        patterns[:, :, -1] = 0
    return patterns


class HistogramBars:
    """Draws histograms under each other; its memory is used again."""

    def __init__(self) -> None:
        self._pixels = np.zeros((0, 0, 0), np.uint32)

    def drawn(self, counts: NDArray[np.intp], colors: Sequence[str], row_height: int, width: int) -> QImage:
        """An image of rows of a height, in each the bars of `counts` (rows, BINS), valid until the next call.

        Heights go with square roots, so that the few large values show beside the many zeros.
        """
        rows, height = len(counts), row_height - 5
        if self._pixels.shape != (rows, row_height, BINS * width):
            self._pixels = np.zeros((rows, row_height, BINS * width), np.uint32)
        highest = np.maximum(counts.max(axis=1, keepdims=True), 1)
        tops = np.ceil(np.sqrt(counts / highest) * height).astype(np.intp)
        bars = _patterns(height, width)[tops].transpose(0, 2, 1, 3).reshape(rows, height, BINS * width)
        ink = np.array([QColor(color).rgba() for color in colors], np.uint32)
        np.bitwise_and(bars, ink[:, None, None], out=self._pixels[:, 2 : 2 + height])
        lines, stride = rows * row_height, 4 * BINS * width
        return QImage(self._pixels.data, BINS * width, lines, stride, QImage.Format.Format_ARGB32_Premultiplied)
