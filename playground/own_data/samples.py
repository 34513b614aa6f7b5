"""The samples of a collection as columns: images that are only ever added to, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.errors import DataError
from playground.own_data.changes import Patch
from playground.own_data.image_set import ImageSet

__all__ = ["Rows", "Samples", "read_only"]

_ROOM = 64  # samples that the first array has room for

Rows = Sequence[int] | NDArray[np.intp]


class Samples:
    """A row a sample, which never changes; a removed one keeps its row, so that it can come back.

    images: (n, c, h, w) uint8; columns, one value a sample: labels int64, in_test, excluded and removed bool. Images
    that were handed out are never written to.
    """

    def __init__(self, image_size: int, channels: int) -> None:
        self.columns: dict[str, NDArray[Any]] = {
            "labels": np.zeros(0, np.int64),
            "in_test": np.zeros(0, bool),
            "excluded": np.zeros(0, bool),
            "removed": np.zeros(0, bool),
        }
        self._images = np.zeros((_ROOM, channels, image_size, image_size), np.uint8)
        self._count = 0

    @classmethod
    def of(cls, images: ImageSet) -> Samples:
        """Those of a data set, whose images are shared."""
        made = cls(images.image_size, images.channels)
        made._images, made._count = images.images, len(images)
        made.columns = {
            "labels": images.labels.copy(),
            "in_test": images.in_test.copy(),
            "excluded": images.excluded.copy(),
            "removed": images.removed.copy(),
        }
        return made

    def __len__(self) -> int:
        """All samples, removed ones too."""
        return self._count

    @property
    def shape(self) -> tuple[int, ...]:
        """(c, h, w) of every image."""
        return self._images.shape[1:]

    @property
    def images(self) -> NDArray[np.uint8]:
        """(n, c, h, w) of all samples, removed ones too."""
        return self._images[: self._count]

    def column(self, name: str) -> NDArray[Any]:
        """(n,) what is known of each sample; read-only."""
        return read_only(self.columns[name])

    def rows(self, label: int | None = None, split: str | None = None) -> NDArray[np.intp]:
        """Rows of the samples that are there, of one class or split if named, oldest first, excluded ones too."""
        chosen = ~self.columns["removed"]
        if label is not None:
            chosen &= self.columns["labels"] == label
        if split is not None:
            chosen &= self.columns["in_test"] == (split == "test")
        return np.flatnonzero(chosen)

    def present(self, rows: Rows) -> NDArray[np.intp]:
        """The rows, ascending and each once; DataError if one is not there."""
        chosen = np.unique(np.asarray(rows, np.intp))
        if len(chosen) and (chosen[0] < 0 or chosen[-1] >= self._count or self.columns["removed"][chosen].any()):
            raise DataError("Some of these samples are no longer there; choose again.")
        return chosen

    def append(self, images: NDArray[np.uint8]) -> NDArray[np.intp]:
        """Add (k, c, h, w) images, of which nothing is known yet; returns their rows."""
        first, count = self._count, self._count + len(images)
        if count == first:
            # those of a set that was opened may not even be written to
            return np.zeros(0, np.intp)
        if count > len(self._images):
            # sets that were handed out keep the old array
            grown: NDArray[np.uint8] = np.zeros((max(count, len(self._images) * 5 // 4, _ROOM), *self.shape), np.uint8)
            grown[:first] = self._images[:first]
            self._images = grown
        self._images[first:count] = images
        self._count = count
        for name, values in self.columns.items():
            self.columns[name] = np.concatenate([values, np.zeros(len(images), values.dtype)])
        return np.arange(first, count)

    def patch(self, column: str, rows: NDArray[np.intp], after: object) -> Patch:
        """The change that gives some samples a value, or a value each."""
        values = self.columns[column]
        return Patch(column, rows, values[rows], np.broadcast_to(np.asarray(after, values.dtype), len(rows)).copy())


def read_only(values: NDArray[Any]) -> NDArray[Any]:
    """The same values, not to be written to."""
    view = values.view()
    view.flags.writeable = False
    return view
