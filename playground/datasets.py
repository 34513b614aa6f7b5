"""The data of a run: a built-in data set or the user's own, cut down to the classes that are used."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.blackboard import CLASS_NAMES as BLACKBOARD_CLASSES
from playground.blackboard import WORKED_EXAMPLES, patterns
from playground.counting import grouped
from playground.errors import DataError
from playground.idx import read_idx
from playground.images import Images
from playground.own_data.description import OwnData
from playground.own_data.image_set import ImageSet
from playground.preparation import preparation_of
from playground.settings import Settings
from playground.shapes import CLASS_NAMES as SHAPE_CLASSES
from playground.shapes import draw_shapes

__all__ = [
    "CLASS_NAMES",
    "DATA_FOLDER",
    "Dataset",
    "class_names_of",
    "data_in_words",
    "load_dataset",
    "read_digits",
    "suggested_settings",
]

DATA_FOLDER = Path(__file__).parent / "data"

_NAMES = {"digits": "Digits", "shapes": "Shapes", "blackboard-3x3": "Blackboard", "blackboard-5x5": "Blackboard"}

CLASS_NAMES: Mapping[str, tuple[str, ...]] = {
    "digits": tuple("0123456789"),
    "shapes": SHAPE_CLASSES,
    "blackboard-3x3": BLACKBOARD_CLASSES,
    "blackboard-5x5": BLACKBOARD_CLASSES,
}
"""Names of all classes of each built-in data set."""

_DIGITS = Settings()

_SUGGESTIONS: Mapping[str, Mapping[str, Any]] = {
    "digits": {name: getattr(_DIGITS, name) for name in ("classes", "kernel_size", "filters", "batch_size")},
    "shapes": {"classes": (0, 1, 2, 3), "kernel_size": 5, "filters": (8,), "batch_size": 32},
    # of one image, so that the board is the step
    "blackboard-3x3": {"classes": (0, 1), "kernel_size": 2, "filters": (1,), "batch_size": 1},
    "blackboard-5x5": {"classes": (0, 1), "kernel_size": 2, "filters": (1,), "batch_size": 1},
}


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels of the chosen classes; they take turns, so that any first part is balanced.

    class_names: position = label y. x: (n, c, h, w), served as float32 from 0 to 1. y: (n,) int64, read-only.
    like_mnist: drawings are fitted to 20×20 and centred by mass, as MNIST's images were. initial_state: fixed starting
    weights of a blackboard example, if the network fits.
    """

    name: str
    class_names: tuple[str, ...]
    x_train: Images
    y_train: NDArray[np.int64]
    x_test: Images
    y_test: NDArray[np.int64]
    like_mnist: bool
    initial_state: Mapping[str, Array] | None = None


def suggested_settings(dataset: str) -> dict[str, Any]:
    """The fields of `Settings` that suit a data set, `dataset` among them, for when a user switches to it."""
    if dataset not in _SUGGESTIONS:
        raise DataError(f"There is no data set {dataset!r}; choose one of {', '.join(_SUGGESTIONS)}.")
    # what was frozen belonged to another network
    return {"dataset": dataset, "frozen": 0, **_SUGGESTIONS[dataset]}


def class_names_of(settings: Settings) -> tuple[str, ...]:
    """Names of all classes of a data set; `Settings.classes` are positions in these."""
    return settings.own.class_names if settings.own is not None else CLASS_NAMES[settings.dataset]


def data_in_words(settings: Settings) -> str:
    """What is learnt, in a few words: "Digits 3 vs 8 · 28×28", "Digits · 10 classes · 28×28"."""
    name = settings.own.name if settings.own is not None else _NAMES[settings.dataset]
    classes = [class_names_of(settings)[label] for label in settings.classes]
    chosen = f"{classes[0]} vs {classes[1]}" if len(classes) == 2 else f"{len(classes)} classes"
    # a name of the user's own may end in anything: "letters (2)"
    between = " " if len(classes) == 2 and settings.own is None else " · "
    return f"{name}{between}{chosen} · {settings.image_size}×{settings.image_size}"


def load_dataset(settings: Settings, own: ImageSet | None = None) -> Dataset:
    """The data set of `settings` with its classes in that order: the first is y = 0.

    own: the images of the user's own data, if the settings name it. Asking again for a built-in data set costs nothing.
    Raises DataError if a shipped file is missing or damaged, if the own images are not those that the settings
    describe, or if there are none to train on or to test with.
    """
    if settings.own is not None:
        return _of_own(settings, settings.own, own)
    return _load(settings.dataset, settings.classes, settings.kernel_size == 2 and settings.filters == (1,))


def _of_own(settings: Settings, described: OwnData, own: ImageSet | None) -> Dataset:
    if own is None or not _matches(own, described):
        raise DataError(
            f"The images of {described.name} ({', '.join(described.class_names[:5])}"
            f"{' …' if len(described.class_names) > 5 else ''}) are not open; choose {described.name} in the list of "
            "data sets, or open it again."
        )
    splits = []
    place = np.full(len(own.class_names), -1, np.int64)
    place[list(settings.classes)] = np.arange(len(settings.classes))
    for split, words in (("train", "to train on"), ("test", "to test with")):
        rows = own.rows(split, settings.classes)
        if not len(rows):
            raise DataError(f"{own.name} has no images {words}; add some, or move some there from the other part.")
        y = place[own.labels[rows]]
        y.flags.writeable = False
        splits.append((Images(own.images, rows), y))
    (x_train, y_train), (x_test, y_test) = splits
    missing = [label for label in range(len(settings.classes)) if not (y_train == label).any()]
    if missing:
        name = own.class_names[settings.classes[missing[0]]]
        raise DataError(f"{own.name} has no images of {name} to train on; add some, or leave that class out.")
    return Dataset(
        name=own.name,
        class_names=tuple(own.class_names[label] for label in settings.classes),
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        like_mnist=preparation_of(settings) == "centred",
    )


def _matches(own: ImageSet, described: OwnData) -> bool:
    same_images = (own.channels, own.image_size) == (described.channels, described.image_size)
    return same_images and own.class_names == described.class_names


@functools.lru_cache(maxsize=2)
def _load(name: str, classes: tuple[int, ...], has_lecture_shape: bool) -> Dataset:
    train, test = _images_by_class(name)
    order = np.arange(len(classes))
    example = WORKED_EXAMPLES.get(name)
    if example is not None:
        # the worked example, an image of class 1, comes first
        order = np.roll(order, -classes.index(1))
    x_train, y_train = _in_turns(train, np.array(classes)[order], order)
    x_test, y_test = _in_turns(test, np.array(classes)[order], order)
    return Dataset(
        name=name,
        class_names=tuple(CLASS_NAMES[name][label] for label in classes),
        x_train=x_train,
        y_train=y_train,
        x_test=x_test,
        y_test=y_test,
        like_mnist=name == "digits",
        initial_state=example.state if example is not None and has_lecture_shape else None,
    )


def _in_turns(
    store: NDArray[Any], classes: NDArray[np.intp], labels: NDArray[np.intp]
) -> tuple[Images, NDArray[np.int64]]:
    """A store (all classes, n, h, w) → one image of each of some classes after the other, and their labels."""
    count, height, width = store.shape[1:]
    rows = (np.arange(count)[:, np.newaxis] + classes * count).reshape(-1)
    y = np.tile(labels, count).astype(np.int64)
    y.flags.writeable = False
    return Images(store.reshape(-1, 1, height, width), rows), y


@functools.cache
def _images_by_class(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Train and test images of all classes, (classes, n, h, w) each."""
    if name == "digits":
        return read_digits("train"), read_digits("test")
    if name == "shapes":
        return draw_shapes()
    return patterns(name)


def read_digits(split: str, folder: Path = DATA_FOLDER) -> NDArray[np.uint8]:
    """Shipped MNIST images of "train" or "test" by digit, (10, n, 28, 28); DataError naming a file that is damaged."""
    images_file = folder / f"digits-{split}-images-idx3-ubyte.gz"
    labels_file = folder / f"digits-{split}-labels-idx1-ubyte.gz"
    images = read_idx(images_file, dimensions=3)
    labels = read_idx(labels_file, dimensions=1)
    count = len(labels) // 10
    if images.shape != (10 * count, 28, 28) or count == 0:
        raise DataError(
            f"{images_file} holds images of shape {images.shape}, but {labels_file.name} has "
            f"{grouped(len(labels))} labels; restore both from the repository, or make them with tools/build_digits.py."
        )
    if not np.array_equal(labels, np.repeat(np.arange(10), count)):
        raise DataError(
            f"{labels_file} is not {grouped(count)} labels of each digit in order; restore it from the repository."
        )
    return images.reshape(10, count, 28, 28)
