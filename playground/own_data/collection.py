"""A data set while it is drawn or fixed: classes and samples that come, go and change, each change undone first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.counting import counted
from playground.errors import DataError
from playground.own_data.changes import Change, ClassLabel, Patch
from playground.own_data.description import MAX_CLASSES
from playground.own_data.image_set import MAX_BYTES, ImageSet, clean_names
from playground.own_data.samples import Rows, Samples, read_only

__all__ = ["TEST_SHARE", "Collection"]

TEST_SHARE = 0.2
"""Of the samples that are added one by one, this part of each class tests: the third, the eighth …"""


class Collection:
    """Samples are called by their row, which never changes; removed ones keep theirs, so that they can come back.

    `labels`, `in_test`, `excluded` and `removed` are read-only columns, one value a sample. Every method that changes
    something adds to `changes`, drops what could be redone, and raises DataError, changing nothing, if it cannot.
    `version` counts: a view that knows it is up to date need not look. Not for use by two threads; what `image_set`
    returns is immutable and may be handed on.
    """

    def __init__(
        self, name: str, image_size: int = 28, channels: int = 1, *, preparation: str = "ink", inverted: bool = False
    ) -> None:
        self.name = clean_names([name])[0]
        self.preparation = preparation
        self.inverted = inverted
        self.version = 0
        self._samples = Samples(image_size, channels)
        self._classes: tuple[ClassLabel, ...] = ()
        self._done: list[Change] = []
        self._undone: list[Change] = []

    @classmethod
    def of(cls, images: ImageSet) -> Collection:
        """The collection of a data set that was opened; it shares its images."""
        made = cls(
            images.name, images.image_size, images.channels, preparation=images.preparation, inverted=images.inverted
        )
        made._samples = Samples.of(images)
        made._classes = images.classes
        return made

    # --- what there is ------------------------------------------------------------------------------------------

    @property
    def classes(self) -> tuple[ClassLabel, ...]:
        """All classes; the label of a sample is a position in them."""
        return self._classes

    @property
    def images(self) -> NDArray[np.uint8]:
        """(n, c, h, w) of all samples, removed ones too; read-only."""
        return read_only(self._samples.images)

    @property
    def labels(self) -> NDArray[np.int64]:
        """(n,) the class of each sample."""
        return self._samples.column("labels")

    @property
    def in_test(self) -> NDArray[np.bool_]:
        """(n,) True for the test images."""
        return self._samples.column("in_test")

    @property
    def excluded(self) -> NDArray[np.bool_]:
        """(n,) True for samples that are kept but neither trained on nor counted."""
        return self._samples.column("excluded")

    @property
    def removed(self) -> NDArray[np.bool_]:
        """(n,) True for samples that are no longer there, but for undo."""
        return self._samples.column("removed")

    def __len__(self) -> int:
        """Samples that are there."""
        return len(self._samples) - int(self.removed.sum())

    def rows(self, label: int | None = None, split: str | None = None) -> NDArray[np.intp]:
        """Rows of the samples that are there, of one class or split if named, oldest first, excluded ones too."""
        return self._samples.rows(label, split)

    def image_set(self) -> ImageSet:
        """All of it as it is now, at no cost. Its rows are the rows here: removed samples are in it as such."""
        columns = self._samples.columns
        removed = columns["removed"]
        return ImageSet(
            self.name,
            tuple(known.name for known in self._classes),
            self._samples.images,
            labels=np.where(removed, 0, columns["labels"]),
            in_test=columns["in_test"].copy(),
            excluded=columns["excluded"] | removed,
            preparation=self.preparation,
            inverted=self.inverted,
            colors=tuple(known.color for known in self._classes),
            removed=removed.copy(),
        )

    # --- classes ------------------------------------------------------------------------------------------------

    def add_class(self, name: str, color: int | str | None = None) -> int:
        """A new class without samples; returns its label. Without a colour it gets the first that no class has."""
        if len(self._classes) >= MAX_CLASSES:
            raise DataError(f"There are {MAX_CLASSES} classes already, and no more can be learnt.")
        name = self._free_name(name)
        if color is None:
            taken = {known.color for known in self._classes}
            color = next(place for place in range(len(self._classes) + 1) if place not in taken)
        added = ClassLabel(name, color)
        self._do(f"class “{name}” added", [], (*self._classes, added))
        return len(self._classes) - 1

    def rename_class(self, label: int, name: str) -> None:
        """Call a class otherwise; no other may have that name."""
        old = self._class(label)
        if name == old.name:
            return
        name = self._free_name(name)
        self._do(f"class “{old.name}” renamed to “{name}”", [], self._with(label, ClassLabel(name, old.color)))

    def recolor_class(self, label: int, color: int | str) -> None:
        """Give a class another colour."""
        old = self._class(label)
        recolored = self._with(label, ClassLabel(old.name, color))
        self._do(f"class “{old.name}” has another colour", [], recolored)

    def remove_class(self, label: int) -> None:
        """Remove a class and all its samples; the labels of later classes move up."""
        old = self._class(label)
        rows = self.rows(label)
        later = np.flatnonzero(self.labels > label)
        moved = self._samples.patch("labels", later, self.labels[later] - 1)
        what = f"class “{old.name}” removed" + (f" with {counted(len(rows), 'image')}" if len(rows) else "")
        classes = self._classes[:label] + self._classes[label + 1 :]
        self._do(what, [self._samples.patch("removed", rows, True), moved], classes, rows)

    # --- samples ------------------------------------------------------------------------------------------------

    def add(self, images: NDArray[np.uint8], label: int, in_test: bool | None = None) -> NDArray[np.intp]:
        """Add (k, c, h, w) images, or one (c, h, w), to a class; returns their rows.

        in_test: None lets TEST_SHARE of the class test, so that a data set which is drawn can be tested from the third
        drawing on.
        """
        known = self._class(label)
        images = images[np.newaxis] if images.ndim == 3 else images
        shape = self._samples.shape
        if images.shape[1:] != shape or images.dtype != np.uint8:
            raise DataError(f"{self.name} holds images of {shape}, not of {images.shape[1:]} {images.dtype}.")
        if (len(self._samples) + len(images)) * int(np.prod(shape)) > MAX_BYTES:
            raise DataError(f"{self.name} is full: no more than {MAX_BYTES // 2**20} MB of images can be held.")
        count = len(images)
        tests = self._tests_among_next(label, count) if in_test is None else np.full(count, in_test)
        rows = self._samples.append(images)
        patches = [
            # they exist from now on, whatever is undone; undoing only removes them again
            Patch("removed", rows, np.ones(len(rows), bool), np.zeros(len(rows), bool)),
            self._samples.patch("labels", rows, label),
            self._samples.patch("in_test", rows, tests),
        ]
        self._do(f"{counted(len(rows), 'image')} added to {known.name}", patches, rows=rows)
        return rows

    def remove(self, rows: Rows) -> None:
        """Take samples away; undo brings them back."""
        self._set("removed", self._samples.present(rows), True, "removed")

    def relabel(self, rows: Rows, label: int) -> None:
        """Move samples to another class."""
        known, there = self._class(label), self._samples.present(rows)
        before = np.setdiff1d(self.labels[there], label)
        origin = self._classes[before[0]].name if len(before) == 1 else "other classes"
        self._set("labels", there, label, f"moved from {origin} to {known.name}")

    def exclude(self, rows: Rows, excluded: bool = True) -> None:
        """Leave samples out of training and figures, or take them in again."""
        self._set("excluded", self._samples.present(rows), excluded, "excluded" if excluded else "taken in again")

    def move(self, rows: Rows, split: str) -> None:
        """Move samples to "train" or "test"."""
        if split not in ("train", "test"):
            raise DataError(f"There is no part {split!r}; choose train or test.")
        self._set("in_test", self._samples.present(rows), split == "test", f"moved to {split}")

    def _set(self, column: str, rows: NDArray[np.intp], value: int | bool, what: str) -> None:
        """Give samples a value; only those that have another are changed and counted."""
        rows = rows[self._samples.columns[column][rows] != value]
        self._do(f"{counted(len(rows), 'image')} {what}", [self._samples.patch(column, rows, value)], rows=rows)

    # --- undo ---------------------------------------------------------------------------------------------------

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was done and can be undone, oldest first."""
        return tuple(self._done)

    @property
    def undone(self) -> tuple[Change, ...]:
        """What was undone and can be done again; the last is next."""
        return tuple(self._undone)

    def undo(self) -> Change:
        """Take back the newest change and return it."""
        if not self._done:
            raise DataError("There is nothing to undo.")
        change = self._done.pop()
        self._undone.append(change)
        self._apply(change, forward=False)
        return change

    def redo(self) -> Change:
        """Make the change again that was undone last, and return it."""
        if not self._undone:
            raise DataError("There is nothing to do again.")
        change = self._undone.pop()
        self._done.append(change)
        self._apply(change, forward=True)
        return change

    # --- inside -------------------------------------------------------------------------------------------------

    def _do(
        self,
        text: str,
        patches: Sequence[Patch],
        classes: tuple[ClassLabel, ...] | None = None,
        rows: NDArray[np.intp] | None = None,
    ) -> None:
        about = np.zeros(0, np.intp) if rows is None else rows
        change = Change(text, about, self._classes, self._classes if classes is None else classes, patches)
        if change.is_empty:
            return
        self._done.append(change)
        self._undone.clear()
        self._apply(change, forward=True)

    def _apply(self, change: Change, *, forward: bool) -> None:
        self._classes = change.apply(self._samples.columns, forward=forward)
        self.version += 1

    def _tests_among_next(self, label: int, count: int) -> NDArray[np.bool_]:
        present, tests = len(self.rows(label)), len(self.rows(label, "test"))
        chosen = np.zeros(count, bool)
        for number in range(count):
            chosen[number] = tests < round(TEST_SHARE * (present + number + 1))
            tests += int(chosen[number])
        return chosen

    def _class(self, label: int) -> ClassLabel:
        if not 0 <= label < len(self._classes):
            raise DataError(f"There is no class {label}; there are {len(self._classes)}.")
        return self._classes[label]

    def _with(self, label: int, changed: ClassLabel) -> tuple[ClassLabel, ...]:
        return (*self._classes[:label], changed, *self._classes[label + 1 :])

    def _free_name(self, name: str) -> str:
        if not name.strip():
            raise DataError("A class needs a name.")
        cleaned = clean_names([name])[0]
        if any(known.name == cleaned for known in self._classes):
            raise DataError(f"There is a class “{cleaned}” already; choose another name.")
        return cleaned
