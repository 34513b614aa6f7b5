"""The images as one run sees them: those of its data set, but for the few that were changed by hand."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.datasets import Dataset
from playground.images import Images
from playground.sample_ref import DrawnSample, SampleRef

__all__ = ["RunImages"]


class RunImages:
    """A data set with edited images laid over it. The data set itself, which other runs share, is never written to."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        # replaced as a whole with each change, so that whoever keeps it has a value
        self._edited: Mapping[SampleRef, tuple[Array, int]] = {}

    @property
    def edited(self) -> Mapping[SampleRef, tuple[Array, int]]:
        """The images (c, h, w) and labels that differ from the data set's; it stays as it is when others change."""
        return self._edited

    def use(self, dataset: Dataset, edited: Mapping[SampleRef, tuple[Array, int]] | None = None) -> None:
        """Take other images in the place of these; edits belong to places in the old ones and go with them.

        edited: what differs from the new ones, as `edited` tells.
        """
        self.dataset = dataset
        self._edited = edited if edited is not None else {}

    def resolve(self, sample: SampleRef) -> SampleRef:
        """The same image with an index that exists: beyond the end it is the last one."""
        count = len(self._original(sample.split)[1])
        return SampleRef(sample.split, min(max(sample.index, 0), count - 1))

    def is_edited(self, sample: SampleRef) -> bool:
        """True if pixels or label of an image differ from the data set's."""
        return not isinstance(sample, DrawnSample) and self.resolve(sample) in self._edited

    def one(self, sample: SampleRef) -> tuple[Array, int]:
        """One image (c, h, w), not to be written to, and its label; a drawing brings both with it."""
        if isinstance(sample, DrawnSample):
            return sample.image, sample.label
        sample = self.resolve(sample)
        if sample in self._edited:
            return self._edited[sample]
        x, y = self._original(sample.split)
        return x[sample.index], int(y[sample.index])

    def rows(self, split: str, rows: NDArray[np.intp]) -> tuple[Array, NDArray[np.int64]]:
        """Copies of some images (m, c, h, w) of "train" or "test" and of their labels (m,)."""
        images, labels = self._original(split)
        x, y = images[rows], labels[rows]
        for sample, (image, label) in self._edited.items():
            if sample.split == split:
                here = rows == sample.index
                x[here], y[here] = image, label
        return x, y

    def replace(self, sample: SampleRef, image: Array, label: int) -> None:
        """Let an image and a label take the place of the original ones; equal ones bring the original back."""
        sample = self.resolve(sample)
        x, y = self._original(sample.split)
        if label == y[sample.index] and np.array_equal(image, x[sample.index]):
            self._edited = {other: value for other, value in self._edited.items() if other != sample}
        else:
            image = image.view()
            image.flags.writeable = False
            self._edited = {**self._edited, sample: (image, label)}

    def _original(self, split: str) -> tuple[Images, NDArray[np.int64]]:
        data = self.dataset
        return (data.x_test, data.y_test) if split == "test" else (data.x_train, data.y_train)
