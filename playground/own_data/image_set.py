"""A data set of the user's own as one value: every picture at its final size, its class and its split."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from string import ascii_uppercase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.changes import ClassLabel
from playground.own_data.description import MAX_NAME, OwnData

__all__ = ["MAX_BYTES", "ImageSet", "class_name", "clean_names", "same_images"]

MAX_BYTES = 2**30
"""The most memory that the pictures of one data set may take: 1.3 million images of 28×28."""

_NAME_LENGTH = MAX_NAME - 4  # room for " (2)"


@dataclass(frozen=True, eq=False)
class ImageSet:
    """Labelled pictures of one size, in one array that everything else refers to by row.

    images: (n, c, h, w) uint8, c = 1 (grey) or 3 (RGB), h = w; labels: (n,) int64, positions in `class_names`;
    in_test: (n,) True for test images, False for training images; excluded: (n,) True for those that are kept but
    neither trained on nor counted. preparation, inverted: how the pictures came to be what they are, see `OwnData`.
    colors: of the classes, see `ClassLabel`; by their places if none are given. removed: of the excluded, those that
    were deleted; their rows are there so that those of the others stay the same.
    Arrays become read-only. Raises DataError if the parts do not fit each other.
    """

    name: str
    class_names: tuple[str, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    in_test: NDArray[np.bool_]
    excluded: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    preparation: str = "picture"
    inverted: bool = False
    colors: tuple[int | str, ...] = ()
    removed: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))

    def __post_init__(self) -> None:
        count = len(self.images)
        if not self.colors:
            object.__setattr__(self, "colors", tuple(range(len(self.class_names))))
        for name in ("excluded", "removed"):
            if not len(getattr(self, name)):
                object.__setattr__(self, name, np.zeros(count, bool))
        if self.images.ndim != 4 or self.images.dtype != np.uint8 or self.images.shape[1] not in (1, 3):
            raise DataError(f"{self.name}: images of shape {self.images.shape} are not (n, 1 or 3, h, w) bytes.")
        if {len(self.labels), len(self.in_test), len(self.excluded), len(self.removed)} != {count}:
            raise DataError(
                f"{self.name}: {grouped(count)} images, {grouped(len(self.labels))} labels and "
                f"{grouped(len(self.in_test))} splits."
            )
        if len(self.colors) != len(self.class_names):
            raise DataError(f"{self.name}: {len(self.class_names)} classes and {len(self.colors)} colours.")
        # the last class may have gone, and its images with it
        if not (self.removed.all() or 0 <= self.labels.min() <= self.labels.max() < len(self.class_names)):
            raise DataError(f"{self.name}: labels must be from 0 to {len(self.class_names) - 1}.")
        for array in (self.images, self.labels, self.in_test, self.excluded, self.removed):
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.images)

    def compact(self) -> ImageSet:
        """Without what was removed; a copy of the images if something was, which takes a moment if they are many."""
        if not self.removed.any():
            return self
        there = ~self.removed
        columns = {name: getattr(self, name)[there] for name in ("images", "labels", "in_test", "excluded", "removed")}
        return replace(self, **columns)

    @property
    def channels(self) -> int:
        """1 for grey, 3 for red, green and blue."""
        return int(self.images.shape[1])

    @property
    def image_size(self) -> int:
        """Side of the square images in pixels."""
        return int(self.images.shape[2])

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """Names and colours; raises DataError if a colour cannot be."""
        return tuple(ClassLabel(*pair) for pair in zip(self.class_names, self.colors, strict=True))

    @property
    def description(self) -> OwnData:
        """What a run knows of it; raises SettingsError if there are fewer than two classes."""
        return OwnData(self.name, self.class_names, self.image_size, self.channels, self.preparation, self.inverted)

    def counts(self, split: str) -> tuple[int, ...]:
        """How many images of "train" or "test" each class has, without the excluded ones."""
        rows = (self.in_test == (split == "test")) & ~self.excluded
        return tuple(int(n) for n in np.bincount(self.labels[rows], minlength=len(self.class_names)))

    def rows(self, split: str, classes: Sequence[int]) -> NDArray[np.intp]:
        """Rows of "train" or "test" of some classes, classes taking turns while they last, excluded ones left out."""
        usable = (self.in_test == (split == "test")) & ~self.excluded
        of_class = [np.flatnonzero(usable & (self.labels == label)) for label in classes]
        turn = np.concatenate([np.arange(len(rows)) for rows in of_class]) if of_class else np.zeros(0, np.intp)
        # a stable sort by turn: any first part holds the classes alike
        return np.concatenate([*of_class, np.zeros(0, np.intp)])[np.argsort(turn, kind="stable")]


def same_images(one: ImageSet, other: ImageSet) -> bool:
    """True if a run learns the same from both: images, labels and split of those that are not excluded, in order."""
    used = [np.flatnonzero(~images.excluded) for images in (one, other)]
    return all(
        np.array_equal(_of_rows(getattr(one, name), used[0]), _of_rows(getattr(other, name), used[1]))
        for name in ("labels", "in_test", "images")
    )


def _of_rows(values: NDArray[Any], rows: NDArray[np.intp]) -> NDArray[Any]:
    return values if len(rows) == len(values) else values[rows]


def class_name(position: int) -> str:
    """The name of a class that nobody has named: "class A" for the first; a number would be taken for its y."""
    letters = ""
    rest = position + 1
    while rest:
        rest, letter = divmod(rest - 1, len(ascii_uppercase))
        letters = ascii_uppercase[letter] + letters
    return f"class {letters}"


def clean_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names of classes, fit for the screen and for a model file: printable, of moderate length, each different."""
    cleaned: list[str] = []
    for position, name in enumerate(names):
        # bytes that are no text come from the file system as lone surrogates
        text = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode("utf-8"))
        text = " ".join("".join(c for c in text if c.isprintable() or c.isspace() or c == "\u200d").split())
        base = text[:_NAME_LENGTH].strip() or class_name(position)
        unique, copy = base, 2
        while unique in cleaned:
            unique, copy = f"{base} ({copy})", copy + 1
        cleaned.append(unique)
    return tuple(cleaned)
