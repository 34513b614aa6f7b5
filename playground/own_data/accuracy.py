"""How often a saved model is right on a data set that it need not have been trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.errors import DataError, ImageError
from playground.model_file import Model
from playground.own_data.fitting import fit
from playground.own_data.source import Chunk, Source
from playground.preparation import prepared

__all__ = ["Accuracy", "accuracy_on"]

_SLICE = 256


@dataclass(frozen=True)
class Accuracy:
    """split: "test" if the data brings a split, else empty for all images; classes: (name, images, right) of each."""

    split: str
    images: int
    right: int
    classes: tuple[tuple[str, int, int], ...]
    notes: tuple[str, ...]

    @property
    def share(self) -> float:
        """Right ones of all, 0 to 1."""
        return self.right / self.images


def accuracy_on(model: Model, source: Source) -> Accuracy:
    """Classify the images whose class the model knows by name, a part at a time: of data with a split the test images.

    Raises DataError if there are none.
    """
    found = source.found
    y = np.array([_position(model, name) for name in found.class_names])[found.labels]
    usable = y >= 0
    notes = list(found.notes)
    unknown = [name for name in found.class_names if name not in model.class_names]
    if unknown:
        notes.append(f"The model knows no {', '.join(unknown[:8])}{' …' if len(unknown) > 8 else ''}: left out.")
    if found.in_test is not None:
        usable &= found.in_test
    hits, counts = np.zeros((2, len(model.class_names)), np.int64)
    for chunk in source.read(np.flatnonzero(usable)):
        notes += chunk.notes
        x, rows = _inputs(model, source, chunk, notes)
        for start in range(0, len(rows), _SLICE):
            truth = y[rows[start : start + _SLICE]]
            said = model.predict(x[start : start + _SLICE]).argmax(axis=1)
            counts += np.bincount(truth, minlength=len(counts))
            hits += np.bincount(truth[said == truth], minlength=len(hits))
    if not counts.sum():
        raise DataError(
            f"{found.name} has no images of {', '.join(model.class_names[:8])} that can be used; its classes are "
            f"{', '.join(found.class_names[:8])}."
        )
    return Accuracy(
        split="" if found.in_test is None else "test",
        images=int(counts.sum()),
        right=int(hits.sum()),
        classes=tuple(
            (name, int(count), int(right))
            for name, count, right in zip(model.class_names, counts, hits, strict=True)
            if count
        ),
        notes=tuple(notes),
    )


def _position(model: Model, name: str) -> int:
    return model.class_names.index(name) if name in model.class_names else -1


def _inputs(model: Model, source: Source, chunk: Chunk, notes: list[str]) -> tuple[Array, NDArray[np.intp]]:
    """Inputs of the network (k, c, h, w), and the rows that they belong to."""
    settings = model.settings
    if not source.found.is_picture_files:
        # arrays of numbers are what they are: never searched for ink
        inverted = settings.own is not None and settings.own.inverted
        fitted = fit(chunk.images, settings.image_size, settings.image_shape[0], inverted)
        return np.asarray(np.divide(fitted, np.float32(255), dtype=np.float32)), chunk.rows
    inputs, rows = [], []
    for picture, row in zip(chunk.images, chunk.rows, strict=True):
        try:
            inputs.append(prepared(picture, settings))
        except ImageError as error:
            notes.append(str(error))
        else:
            rows.append(row)
    return np.array(inputs, np.float32).reshape(-1, *settings.image_shape), np.array(rows, np.intp)
