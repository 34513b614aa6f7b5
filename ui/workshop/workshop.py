"""The data set on the bench: every change of it goes through here, is kept, and is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from playground.errors import DataError
from playground.own_data.changes import ClassLabel
from playground.own_data.collection import Collection
from playground.own_data.image_set import ImageSet
from playground.own_data.samples import Rows
from playground.own_data.shelf import Shelf
from playground.own_data.storage import read_collection, stored
from ui.workshop.keeper import Keeper

__all__ = ["FIRST_NAME", "Workshop"]

FIRST_NAME = "My drawings"
_FIRST_CLASSES = ("class 1", "class 2")


class Workshop(QObject):
    """Holds one `Collection` of the shelf and the class that is drawn for.

    opened: another data set is on the bench; changed: something of its samples or classes is other than before;
    class_chosen: another class is drawn for; refused: one sentence on what could not be done.
    """

    opened = Signal()
    changed = Signal()
    class_chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shelf = shelf
        self._keeper = Keeper(self)
        self._keeper.refused.connect(self.refused)
        self._path: Path | None = None
        self._chosen = 0
        self.collection = _fresh(FIRST_NAME)

    @property
    def chosen(self) -> int:
        """The label of the class that is drawn for; 0 if there is none."""
        return self._chosen

    @property
    def chosen_class(self) -> ClassLabel | None:
        """The class that is drawn for, None if there are no classes."""
        classes = self.collection.classes
        return classes[self._chosen] if self._chosen < len(classes) else None

    # --- which data set -----------------------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All data sets that can be opened, that on the bench among them."""
        names = list(self.shelf.sets())
        return names if self.collection.name in names else [*names, self.collection.name]

    def open(self, name: str) -> bool:
        """Put a data set of the shelf on the bench; False if it is not there, or cannot be read (told by refused)."""
        try:
            return self._open(name)
        except DataError as error:
            self.refused.emit(str(error))
            return False

    def open_newest(self) -> None:
        """Put the newest data set of the shelf on the bench that can be read; a new one if there is none."""
        problems = []
        for name in reversed(self.shelf.sets()):
            try:
                if self._open(name):
                    break
            except DataError as error:
                problems.append(str(error))
        else:
            self.begin()
        if problems:
            # once something is on the bench: opening it takes older messages away
            self.refused.emit(" ".join(problems))

    def _open(self, name: str) -> bool:
        self._keeper.flush()
        path = self.shelf.path_of(name)
        if path is None:
            return False
        collection = read_collection(path)
        # the shelf calls it otherwise if two have the same name
        collection.name = name
        self._put(collection, path)
        return True

    def begin(self) -> None:
        """Put a new data set with two empty classes on the bench; it is kept from its first change on."""
        self._keeper.flush()
        self._put(_fresh(self.shelf.free_name(FIRST_NAME)), None)

    def take(self, images: ImageSet, colors: Sequence[int | str] = ()) -> None:
        """Put a data set that was opened on the bench, and keep it. Its name gets a number if there is one like it."""
        self._keeper.flush()
        collection = Collection.of(images, colors)
        collection.name = self.shelf.free_name(images.name)
        self._put(collection, None)
        self._keep()

    def flush(self) -> None:
        """Wait until everything is on the disk."""
        self._keeper.flush()

    def _put(self, collection: Collection, path: Path | None) -> None:
        self.collection, self._path = collection, path
        self._chosen = 0
        self.opened.emit()

    # --- changes ------------------------------------------------------------------------------------------------

    def choose_class(self, label: int) -> None:
        """Draw for another class; a label that does not exist changes nothing."""
        if label != self._chosen and 0 <= label < len(self.collection.classes):
            self._chosen = label
            self.class_chosen.emit(label)

    def add_drawing(self, image: NDArray[np.uint8]) -> bool:
        """Add an image (c, h, w) to the chosen class; False if that was refused."""
        return self._do(lambda: self.collection.add(image, self._chosen))

    def add_class(self) -> bool:
        """Add an empty class under a name that is free, and draw for it."""
        taken = {known.name for known in self.collection.classes}
        number = next(n for n in range(1, len(taken) + 2) if f"class {n}" not in taken)
        if not self._do(lambda: self.collection.add_class(f"class {number}")):
            return False
        self.choose_class(len(self.collection.classes) - 1)
        return True

    def rename_class(self, label: int, name: str) -> bool:
        """Call a class otherwise."""
        return self._do(lambda: self.collection.rename_class(label, name))

    def recolor_class(self, label: int, color: str) -> bool:
        """Give a class another colour, "#rrggbb"."""
        return self._do(lambda: self.collection.recolor_class(label, color))

    def remove_class(self, label: int) -> bool:
        """Remove a class with its samples."""
        return self._do(lambda: self.collection.remove_class(label))

    def remove(self, rows: Rows) -> bool:
        """Delete samples."""
        return self._do(lambda: self.collection.remove(rows))

    def relabel(self, rows: Rows, label: int) -> bool:
        """Move samples to another class."""
        return self._do(lambda: self.collection.relabel(rows, label))

    def toggle_excluded(self, rows: Rows) -> bool:
        """Leave samples out, or take them in again if all of them are left out."""
        excluded = bool(np.all(self.collection.excluded[list(rows)]))
        return self._do(lambda: self.collection.exclude(rows, not excluded))

    def toggle_split(self, rows: Rows) -> bool:
        """Move samples to the test images, or to the training images if all of them test."""
        tests = bool(np.all(self.collection.in_test[list(rows)]))
        return self._do(lambda: self.collection.move(rows, "train" if tests else "test"))

    def undo(self) -> bool:
        """Take back the newest change."""
        return self._do(self.collection.undo)

    def redo(self) -> bool:
        """Make the change again that was taken back."""
        return self._do(self.collection.redo)

    def _do(self, change: Callable[[], object]) -> bool:
        before = self.collection.version
        try:
            change()
        except DataError as error:
            self.refused.emit(str(error))
            return False
        if self.collection.version != before:
            last = max(0, len(self.collection.classes) - 1)
            moved = self._chosen > last
            self._chosen = min(self._chosen, last)
            self.changed.emit()
            if moved:
                self.class_chosen.emit(self._chosen)
            self._keep()
        return True

    def _keep(self) -> None:
        try:
            if self._path is None:
                self._path = self.shelf.new_path()
        except DataError as error:
            self.refused.emit(str(error))
            return
        self._keeper.keep(self._path, stored(self.collection))


def _fresh(name: str) -> Collection:
    """An empty data set of drawings, fitted as MNIST's digits are, so that place and size need not be learnt."""
    collection = Collection(name, preparation="centred")
    images = ImageSet(
        name,
        _FIRST_CLASSES,
        collection.images,
        collection.labels,
        collection.in_test,
        preparation=collection.preparation,
    )
    # its classes are those that it begins with: there is nothing to undo
    return Collection.of(images)
