"""The data set on the bench: every change of it goes through here, is kept, and is told."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from playground.errors import DataError
from playground.own_data.changes import ClassLabel
from playground.own_data.collection import Collection
from playground.own_data.image_set import ImageSet, class_name
from playground.own_data.samples import Rows
from ui.background import Background, Task
from ui.kept_sets.kept_sets import KeptSets, Read

__all__ = ["FIRST_NAME", "Workshop"]

FIRST_NAME = "My drawings"
_FIRST_CLASSES = (class_name(0), class_name(1))


class Workshop(QObject):
    """Holds one `Collection` of the kept sets and the class that is drawn for.

    opening (name, share): a data set is being read, 0 to 1 of it is; opened: another data set is on the bench; changed:
    something of its samples or classes is other than before; class_chosen: another class is drawn for; refused: one
    sentence on what could not be done.
    """

    opening = Signal(str, float)

    opened = Signal()
    changed = Signal()
    class_chosen = Signal(int)
    refused = Signal(str)

    def __init__(self, sets: KeptSets, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sets = sets
        sets.refused.connect(self.refused)
        sets.renamed.connect(self._on_renamed)
        sets.deleted.connect(self._on_deleted)
        self._reading = Background(self)
        self._reading.progress.connect(self._on_progress)
        self._reading.done.connect(self._on_read)
        self._reading.refused.connect(self._on_read_refused)
        # what is being read, and what is opened if that cannot be
        self._coming: tuple[str, ...] = ()
        self._problems: list[str] = []
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
        names = list(self.sets.names())
        return names if self.collection.name in names else [*names, self.collection.name]

    @property
    def is_opening(self) -> bool:
        """True while a data set is read that will be on the bench."""
        return self._reading.is_busy

    def open(self, name: str) -> bool:
        """Read a data set and put it on the bench; False if there is none of that name.

        If it cannot be read, that is told by `refused`, and what was on the bench stays.
        """
        read = self.sets.reader(name)
        if read is None:
            return False
        self._problems = []
        self._open_first((name,))
        return True

    def open_newest(self) -> None:
        """Put the newest data set on the bench that can be read; a new one if there is none."""
        self._problems = []
        self._open_first((*reversed(self.sets.names()), ""))

    def _open_first(self, names: tuple[str, ...]) -> None:
        """Open the first of `names` that can be read; "" is a new one, and at the end of them nothing is changed."""
        name, self._coming = (names[0], names) if names else ("", ())
        read = self.sets.reader(name) if name else None
        if read is not None:
            self._reading.start(partial(_read, read))
            self.opening.emit(name, 0.0)
            return
        if names:
            self.begin()
        problems, self._problems = self._problems, []
        if problems:
            # once something is on the bench: opening it takes older messages away
            self.refused.emit(" ".join(problems))

    @Slot(object)
    def _on_progress(self, progress: tuple[int, int]) -> None:
        done, total = progress
        self.opening.emit(self._coming[0], done / total)

    @Slot(object)
    def _on_read(self, collection: Collection) -> None:
        self._put(collection, self.sets.path_of(collection.name))
        problems, self._problems = self._problems, []
        if problems:
            self.refused.emit(" ".join(problems))

    @Slot(str)
    def _on_read_refused(self, sentence: str) -> None:
        self._problems.append(sentence)
        rest = self._coming[1:]
        if not rest:
            # the list shows what is on the bench again
            self.opened.emit()
        self._open_first(rest)

    def begin(self) -> None:
        """Put a new data set with two empty classes on the bench; it is kept from its first change on."""
        self._reading.give_up()
        self._put(_fresh(self.sets.free_name(FIRST_NAME)), None)

    def take(self, images: ImageSet) -> None:
        """Put a data set that was opened on the bench, and keep it. Its name gets a number if there is one like it."""
        self._reading.give_up()
        collection = Collection.of(images)
        collection.name = self.sets.free_name(images.name)
        self._put(collection, None)
        self._keep()

    def close(self) -> None:
        """End what is being read, and wait until everything is on the disk."""
        self._reading.give_up()
        self.sets.flush()

    @Slot(str, str)
    def _on_renamed(self, name: str, wanted: str) -> None:
        if name == self.collection.name and self._path is not None:
            self.collection.name = wanted
            # what was changed while it was renamed on the disk
            self._keep()

    @Slot(str)
    def _on_deleted(self, name: str) -> None:
        if name == self.collection.name:
            self.begin()

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
        name = next(name for name in map(class_name, itertools.count()) if name not in taken)
        if not self._do(lambda: self.collection.add_class(name)):
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
                self._path = self.sets.shelf.new_path()
        except DataError as error:
            self.refused.emit(str(error))
            return
        self.sets.keep(self._path, self.collection.image_set())


def _read(read: Read, task: Task) -> Collection:
    return read(task.progress)


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
