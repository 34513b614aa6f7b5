"""A copy of built-in data that a run learns, as a data set of the user's own that can be fixed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from playground.datasets import Dataset
from playground.images import Images
from playground.own_data.image_set import ImageSet
from playground.preparation import preparation_of
from playground.settings import Settings

__all__ = ["copy_of"]

_SLICE = 1024


def copy_of(dataset: Dataset, settings: Settings) -> ImageSet:
    """The images of a run, training images first, in its classes; as bytes, which is what drawn and opened images are.

    Raises SettingsError if the images are too small or too large to be a data set of one's own.
    """
    splits = (dataset.x_train, dataset.x_test)
    images = ImageSet(
        f"{dataset.name} (copy)",
        dataset.class_names,
        np.concatenate([_as_bytes(split) for split in splits]),
        np.concatenate([dataset.y_train, dataset.y_test]),
        np.repeat([False, True], [len(split) for split in splits]),
        preparation=preparation_of(settings),
    )
    # says what is wrong with it, if something is
    _ = images.description
    return images


def _as_bytes(images: Images) -> NDArray[np.uint8]:
    made = np.empty(images.shape, np.uint8)
    for start in range(0, len(images), _SLICE):
        part = slice(start, start + _SLICE)
        made[part] = np.rint(images[part] * 255)
    return made
