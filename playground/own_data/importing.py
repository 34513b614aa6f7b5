"""From what was found to a data set: choose, look at the result, then read all of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.digit_image import is_centred
from playground.errors import DataError
from playground.own_data.description import IMAGE_SIZES, PREPARATIONS
from playground.own_data.fitting import border_of, fit, fit_one
from playground.own_data.image_set import MAX_BYTES, ImageSet, clean_names
from playground.own_data.source import Pixels, Progress, Source
from playground.own_data.split import stratified_test
from playground.ranges import Range

__all__ = [
    "TEST_SHARES",
    "ImportOptions",
    "Loaded",
    "Preview",
    "load",
    "preview",
    "suggested_options",
]

TEST_SHARES = Range(0.05, 0.5, integer=False)

_GREY_SIZE, _RGB_SIZE = 28, 32
_PER_CLASS = 8


@dataclass(frozen=True)
class ImportOptions:
    """What becomes of what was found. Raises DataError if a number is out of its range.

    classes: positions in the found class names, the first becomes y = 0; class_names: theirs, as the user calls them;
    channels: 1 or 3; invert: take the negative, so that dark ink on paper becomes bright on black; use_given_split:
    keep the split that comes with the data, where there is one; test_share: else this part of each class, drawn by
    `seed`. preparation: how a drawing will become one of these images, see `OwnData`; nothing is done to them.
    """

    classes: tuple[int, ...]
    class_names: tuple[str, ...]
    image_size: int
    channels: int = 1
    invert: bool = False
    use_given_split: bool = True
    test_share: float = 0.2
    seed: int = 3
    preparation: str = "picture"

    def __post_init__(self) -> None:
        for name, allowed, value in (
            ("image size", IMAGE_SIZES, self.image_size),
            ("test share", TEST_SHARES, self.test_share),
        ):
            allowed.check(name, value)
        if self.preparation not in PREPARATIONS:
            raise DataError(f"preparation is {self.preparation!r}; choose one of {', '.join(PREPARATIONS)}.")
        if self.channels not in (1, 3):
            raise DataError(f"channels is {self.channels}; choose 1 (grey) or 3 (RGB).")
        if len(self.classes) < 2 or len(set(self.classes)) < len(self.classes):
            raise DataError("Choose at least two classes: with one there is nothing to tell apart.")
        if len(self.class_names) != len(self.classes) or clean_names(self.class_names) != self.class_names:
            raise DataError("Give each chosen class a name of its own, of at most 60 letters.")

    def changed(self, **changes: object) -> ImportOptions:
        """The same options with some of them replaced."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class Preview:
    """What `load` would make of the chosen classes, before it is accepted.

    train, test: images of each class by the labels that were found; images: (k, c, size, size) the first of each class
    as they will be, labels: (k,) theirs; smallest, largest: (width, height) of the `looked_at` pictures as they are
    stored; bytes: memory that all will take; notes: what was left out so far, and why.
    """

    class_names: tuple[str, ...]
    train: tuple[int, ...]
    test: tuple[int, ...]
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    smallest: tuple[int, int]
    largest: tuple[int, int]
    looked_at: int
    bytes: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Loaded:
    """A data set and what was left out of it, and why."""

    image_set: ImageSet
    notes: tuple[str, ...]


def suggested_options(source: Source) -> ImportOptions:
    """All classes; the size and the colours of the first pictures. Raises DataError if there is one class only.

    Pictures from files that are mostly light are inverted, so that what is drawn on paper is bright on black.
    """
    found = source.found
    if len(found.class_names) < 2:
        named = f", {found.class_names[0]}" if found.class_names else ""
        raise DataError(f"{found.name} has one class only{named}; at least two are needed to tell apart.")
    coloured, sides, border, centred = found.channels == 3, set[int](), list[float](), list[bool]()
    for picture, _ in _first_pictures(source, range(len(found.class_names)), _PER_CLASS, []):
        coloured = coloured or (found.channels is None and _is_coloured(picture))
        sides |= set(picture.shape[:2])
        centred.append(picture.ndim == 2 and is_centred(picture))
        border.append(float(border_of(fit_one(picture, _GREY_SIZE, 1, invert=False)[np.newaxis])[0, 0]))
    side = sides.pop() if len(sides) == 1 else 0
    size = side if IMAGE_SIZES.minimum <= side <= IMAGE_SIZES.maximum else (_RGB_SIZE if coloured else _GREY_SIZE)
    invert = found.is_picture_files and not coloured and bool(border) and float(np.median(border)) > 127
    channels = 3 if coloured else 1
    # a few digits that were written badly do not matter
    is_like_mnist = not found.is_picture_files and centred.count(True) > 0.9 * len(centred) > 0
    preparation = "centred" if is_like_mnist else "picture"
    return ImportOptions(
        tuple(range(len(found.class_names))), found.class_names, size, channels, invert, preparation=preparation
    )


def preview(source: Source, options: ImportOptions, per_class: int = _PER_CLASS) -> Preview:
    """The first images of each chosen class as they will be, and how many there are. Raises DataError."""
    rows, labels = _chosen(source, options)
    in_test = _split(source, options, rows, labels)
    notes = list(source.found.notes)
    images: list[tuple[int, NDArray[np.uint8]]] = []
    sides: list[tuple[int, int]] = []
    for picture, label in _first_pictures(source, options.classes, per_class, notes):
        sides.append((picture.shape[1], picture.shape[0]))
        images.append((label, fit_one(picture, options.image_size, options.channels, options.invert)))
    images.sort(key=lambda pair: pair[0])
    sides.sort(key=lambda side: side[0] * side[1])
    shape = (len(images), options.channels, options.image_size, options.image_size)
    return Preview(
        class_names=options.class_names,
        train=_counts(labels[~in_test], len(options.classes)),
        test=_counts(labels[in_test], len(options.classes)),
        images=np.array([image for _, image in images], np.uint8).reshape(shape),
        labels=np.array([label for label, _ in images], np.int64),
        smallest=sides[0] if sides else (0, 0),
        largest=sides[-1] if sides else (0, 0),
        looked_at=len(images),
        bytes=len(rows) * options.channels * options.image_size**2,
        notes=tuple(notes),
    )


def load(source: Source, options: ImportOptions, progress: Progress | None = None) -> Loaded:
    """Read all images of the chosen classes into one array, the only one that holds them all.

    `progress` is told images read and images in all. Raises DataError if fewer than two classes are left, or if it
    would take more than MAX_BYTES; Cancelled if `progress` does.
    """
    rows, labels = _chosen(source, options)
    size, channels = options.image_size, options.channels
    if len(rows) * channels * size**2 > MAX_BYTES:
        raise DataError(
            f"{grouped(len(rows))} images of {size}×{size} take more than {MAX_BYTES // 2**20} MB; choose a smaller "
            "image size or fewer classes."
        )
    images = np.empty((len(rows), channels, size, size), np.uint8)
    kept = np.empty(len(rows), np.intp)
    notes: list[str] = []
    done = 0
    for chunk in source.read(rows):
        count = len(chunk.rows)
        if count:
            # what could not be read leaves no gap
            images[done : done + count] = fit(chunk.images, size, channels, options.invert)
            kept[done : done + count] = np.searchsorted(rows, chunk.rows)
            done += count
        notes += chunk.notes
        if progress is not None:
            progress(done, len(rows))
    images, kept = images[:done], kept[:done]
    labels = labels[kept]
    in_test = _split(source, options, rows[kept], labels)
    names, labels = _without_empty_classes(options.class_names, labels, notes, source.found.notes)
    _note_missing_splits(names, labels, in_test, notes)
    name = source.found.name
    return Loaded(
        ImageSet(name, names, images, labels, in_test, preparation=options.preparation, inverted=options.invert),
        (*source.found.notes, *notes),
    )


def _chosen(source: Source, options: ImportOptions) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Rows of the chosen classes, ascending, and their labels in the order of the choice."""
    found = source.found
    if not all(0 <= label < len(found.class_names) for label in options.classes):
        raise DataError(f"{found.name} has {len(found.class_names)} classes; choose among them.")
    position = np.full(len(found.class_names), -1, np.int64)
    position[list(options.classes)] = np.arange(len(options.classes))
    labels = position[found.labels]
    rows = np.flatnonzero(labels >= 0)
    return rows, labels[rows]


def _split(
    source: Source, options: ImportOptions, rows: NDArray[np.intp], labels: NDArray[np.int64]
) -> NDArray[np.bool_]:
    given = source.found.in_test
    if given is not None and options.use_given_split:
        in_test = given[rows]
        if in_test.any() and not in_test.all():
            return in_test
    return stratified_test(labels, options.test_share, options.seed)


def _first_pictures(
    source: Source, classes: Sequence[int], count: int, notes: list[str]
) -> Iterator[tuple[Pixels, int]]:
    """The first `count` pictures of each class, with its place in `classes`; adds sentences about bad ones to `notes`.

    One at a time, since photos are large.
    """
    labels = source.found.labels
    rows = [np.flatnonzero(labels == label)[:count] for label in classes]
    place = {int(row): number for number, of_class in enumerate(rows) for row in of_class}
    for chunk in source.read(np.sort(np.concatenate(rows))):
        notes += chunk.notes
        yield from ((picture, place[int(row)]) for picture, row in zip(chunk.images, chunk.rows, strict=True))


def _counts(labels: NDArray[np.int64], classes: int) -> tuple[int, ...]:
    return tuple(int(n) for n in np.bincount(labels, minlength=classes))


def _is_coloured(picture: Pixels) -> bool:
    # compression leaves a tinge on grey photos
    return picture.ndim == 3 and bool((np.ptp(picture, axis=2) > 24).mean() > 0.01)


def _without_empty_classes(
    names: tuple[str, ...], labels: NDArray[np.int64], notes: list[str], found: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Names and labels of the classes that have images; adds to `notes` which have none.

    Raises DataError if fewer than two have, with what was noted first while they were read, or else when they were
    `found`.
    """
    reasons = " ".join(("", *[*notes, *found][:1]))
    present = np.unique(labels)
    for label, name in enumerate(names):
        if label not in present:
            notes.append(f"{name} has no images that can be used, so there is no such class.")
    if len(present) < 2:
        raise DataError(f"Fewer than two classes have images that can be used.{reasons}")
    return tuple(names[label] for label in present), np.searchsorted(present, labels).astype(np.int64)


def _note_missing_splits(
    names: tuple[str, ...], labels: NDArray[np.int64], in_test: NDArray[np.bool_], notes: list[str]
) -> None:
    for split, rows in (("training", ~in_test), ("test", in_test)):
        present = np.unique(labels[rows])
        missing = [name for label, name in enumerate(names) if label not in present]
        if missing:
            notes.append(f"There are no {split} images of {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}.")
