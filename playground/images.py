"""The images of a data set as a network takes them, converted when they are asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array

__all__ = ["Images", "mean_images"]

_SLICE = 1024


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


def mean_images(images: Images, labels: NDArray[np.int64], classes: int) -> Array:
    """(classes, c, h, w) the mean of the images of each class; zeros where a class has none."""
    total = np.zeros((classes, *images.shape[1:]))
    for start in range(0, len(images), _SLICE):
        part = slice(start, start + _SLICE)
        x, y = images[part], labels[part]
        for label in np.unique(y):
            total[label] += x[y == label].sum(axis=0, dtype=np.float64)
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return np.asarray(total / counts[:, np.newaxis, np.newaxis, np.newaxis], np.float32)
