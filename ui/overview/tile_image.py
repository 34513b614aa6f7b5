"""An image put together from small pictures of one size, as many as there are, in one call of NumPy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

__all__ = ["TileImage"]


class TileImage:
    """`tiles` (n, height, width), 0xAARRGGBB, are what images are laid of; the memory of an image is used again."""

    def __init__(self, tiles: NDArray[np.uint32], image_format: QImage.Format) -> None:
        count, self._height, self._width = tiles.shape
        # a line of a tile is one item, so that a line of the image is a row of such items
        self._line = np.dtype(f"V{4 * self._width}")
        lines = np.ascontiguousarray(tiles.transpose(1, 0, 2))
        self._lines = lines.view(self._line).reshape(-1)
        self._offsets = (count * np.arange(self._height))[:, None]
        self._format = image_format
        self._pixels = np.empty((0, 0), np.uint32)
        self._target = np.empty((0, 0, 0), self._line)

    def laid(self, numbers: NDArray[np.intp]) -> QImage:
        """The image of the tiles with these `numbers` (rows, columns), valid until the next call."""
        rows, columns = numbers.shape
        if self._target.shape[::2] != (rows, columns):
            self._pixels = np.empty((rows * self._height, columns * self._width), np.uint32)
            self._target = self._pixels.view(self._line).reshape(rows, self._height, columns)
        self._lines.take(numbers[:, None, :] + self._offsets, out=self._target, mode="clip")
        height, width = self._pixels.shape
        return QImage(self._pixels.data, width, height, 4 * width, self._format)
