"""The images of a data set as a network takes them, converted when they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array

__all__ = ["Images", "RunningMeans"]


class Images:
    """Images (n, c, h, w) in the order of a run: a choice of rows of a store that runs share and none writes to.

    A store of bytes, 0 to 255, takes a quarter of the memory of float32; what is asked for is float32, 0 to 1.
    `rows`: (n,) the place of each image in the store.
    """

    def __init__(self, store: NDArray[Any], rows: NDArray[np.intp] | None = None) -> None:
        self._store = store
        self.rows: NDArray[np.intp] = np.arange(len(store)) if rows is None else rows
        self.rows.flags.writeable = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def store(self) -> NDArray[Any]:
        """The pixels of all images that the rows are chosen from, for whoever counts memory."""
        return self._store

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(n, c, h, w)."""
        channels, height, width = self._store.shape[1:]
        return len(self.rows), channels, height, width

    def __getitem__(self, key: int | slice | NDArray[np.intp]) -> Array:
        """New float32 arrays: one image (c, h, w), or some (m, c, h, w)."""
        chosen = self._store[self.rows[key]]
        if chosen.dtype == np.uint8:
            return np.asarray(np.divide(chosen, np.float32(255), dtype=np.float32))
        return np.array(chosen, np.float32)

    @property
    def bytes_a_value(self) -> int:
        """How much memory a number of the store takes."""
        return self._store.dtype.itemsize

    def stored(self, key: int | slice | NDArray[np.intp]) -> NDArray[Any]:
        """The same images as new arrays as they are kept: uint8, 0 to 255, or floats, 0 to 1."""
        return np.asarray(self._store[self.rows[key]])

    def as_bytes(self, key: int | slice | NDArray[np.intp]) -> NDArray[np.uint8]:
        """The same images as new uint8 arrays, 0 to 255, as a screen takes them."""
        chosen = self._store[self.rows[key]]
        if chosen.dtype == np.uint8:
            return np.asarray(chosen)
        return np.asarray(np.clip(np.rint(255 * chosen), 0, 255).astype(np.uint8))


class RunningMeans:
    """The mean image of each class, worked out a part at a time by whoever must not be held up."""

    def __init__(self, images: Images, labels: NDArray[np.int64], classes: int) -> None:
        self._images, self._labels = images, labels
        self._total = np.zeros((classes, *images.shape[1:]))
        self._done = 0

    def advance(self, count: int) -> bool:
        """Take in up to `count` more images; True when all are in."""
        part = slice(self._done, self._done + count)
        x, y = self._images[part], self._labels[part]
        for label in np.unique(y):
            self._total[label] += x[y == label].sum(axis=0, dtype=np.float64)
        self._done += len(x)
        return self._done == len(self._images)

    def result(self) -> Array:
        """(classes, c, h, w) the means of the images so far; zeros where a class has none."""
        counts = np.maximum(np.bincount(self._labels[: self._done], minlength=len(self._total)), 1)
        return np.asarray(self._total / counts[:, np.newaxis, np.newaxis, np.newaxis], np.float32)
