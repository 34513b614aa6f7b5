"""A new task with few training images: a part of a data set, drawn by a seed, with all its test images."""

from __future__ import annotations

import dataclasses

import numpy as np

from playground.datasets import load_dataset
from playground.errors import DataError
from playground.own_data.copying import copy_of
from playground.own_data.description import MAX_NAME
from playground.own_data.image_set import ImageSet
from playground.settings import Settings

__all__ = ["few_of", "task_of"]


def task_of(settings: Settings) -> ImageSet:
    """All images of the chosen classes of a built-in data set."""
    images = copy_of(load_dataset(settings), settings)
    return dataclasses.replace(images, name=f"{settings.dataset} {' '.join(images.class_names)}")


def few_of(images: ImageSet, per_class: int, seed: int) -> ImageSet:
    """The data set with `per_class` training images of each class, drawn by `seed`, and all its test images.

    Raises DataError if a class has fewer, or there are no test images.
    """
    classes = range(len(images.class_names))
    test = images.rows("test", classes)
    if not len(test):
        raise DataError(f"{images.name} has no test images, so nothing can be compared; make some of them test images.")
    generator = np.random.default_rng([seed, 11])
    chosen = []
    for label in classes:
        rows = np.sort(images.rows("train", [label]))
        if len(rows) < per_class:
            name = images.class_names[label]
            raise DataError(f"{images.name} has {len(rows)} training images of {name}; {per_class} are asked for.")
        chosen.append(generator.permutation(rows)[:per_class])
    rows = np.concatenate([*chosen, test])
    columns = {name: getattr(images, name)[rows] for name in ("images", "labels", "in_test", "excluded", "removed")}
    return dataclasses.replace(
        images, name=f"{images.name[: MAX_NAME - len(', 100 each')]}, {per_class} each", **columns
    )
