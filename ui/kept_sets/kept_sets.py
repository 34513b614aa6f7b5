"""The user's data sets that can be chosen now: those on the shelf, and those that are too large for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.errors import DataError
from playground.own_data.collection import Collection
from playground.own_data.image_set import ImageSet, clean_names
from playground.own_data.shelf import Shelf
from playground.own_data.source import Progress
from playground.own_data.storage import KeptSummary, read_collection, write_collection
from ui.file_writer import FileWriter, Written

__all__ = ["MAX_KEPT_BYTES", "Entry", "KeptSets", "Read"]

MAX_KEPT_BYTES = 64 * 2**20
"""Larger sets are not kept between starts: 85 000 images of 28×28 are."""

Read = Callable[[Progress], Collection]
"""Reads a data set, for another thread; raises DataError and Cancelled."""


@dataclass(frozen=True)
class Entry:
    """A data set as the list shows it; path: its file, None if it is held in memory only; summary: None if damaged."""

    name: str
    path: Path | None
    summary: KeptSummary | None
    is_deleted: bool = False


class KeptSets(QObject):
    """One list for the whole program, each name once.

    changed: sets came, went or are called otherwise; renamed (old name, new name); deleted (name); refused: one
    sentence if a set could not be kept. What takes long comes as a function for another thread.
    """

    changed = Signal()
    renamed = Signal(str, str)
    deleted = Signal(str)
    refused = Signal(str)

    def __init__(self, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shelf = shelf
        self._writer = FileWriter(write_collection, self)
        self._held: dict[str, ImageSet] = {}

    # --- the list -----------------------------------------------------------------------------------------------

    def names(self) -> tuple[str, ...]:
        """All of them, oldest first."""
        return tuple(self._paths())

    def entries(self) -> tuple[Entry, ...]:
        """All of them as they are listed, then those that were deleted."""
        pending = self._writer.pending
        here = []
        for name, path in self._paths().items():
            if path is None:
                summary: KeptSummary | None = _summary(self._held[name])
            elif path in pending:
                summary = _summary(pending[path])
            else:
                summary = self.shelf.summary(path)
            here.append(Entry(name, path, summary))
        gone = (Entry(name, path, self.shelf.summary(path), True) for name, path in self.shelf.deleted().items())
        return (*here, *gone)

    def free_name(self, name: str) -> str:
        """`name`, with a number behind it if a data set is called so already."""
        return clean_names([*self.names(), name])[-1]

    def path_of(self, name: str) -> Path | None:
        """Where a data set is kept, None if it is not."""
        return self._paths().get(name)

    def reader(self, name: str) -> Read | None:
        """What reads a data set; None if there is none of that name."""
        paths = self._paths()
        if name not in paths:
            return None
        path = paths[name]
        if path is None:
            held = self._held[name]
            return lambda _progress: Collection.of(held)
        return lambda progress: self._read(path, name, progress)

    def _paths(self) -> Mapping[str, Path | None]:
        coming = {path: images.name for path, images in self._writer.pending.items()}
        return {**self.shelf.sets(coming), **dict.fromkeys(self._held)}

    def _read(self, path: Path, name: str, progress: Progress) -> Collection:
        content = self._writer.pending.get(path)
        collection = read_collection(path, progress) if content is None else Collection.of(content.compact())
        # the list calls it otherwise if two have the same name
        collection.name = name
        return collection

    # --- what comes and is kept ---------------------------------------------------------------------------------

    def add(self, images: ImageSet) -> tuple[ImageSet, str]:
        """Take a data set in, and keep it if it is small enough; DataError if the folder for that cannot be made.

        Returns it under its name in the list, which gets a number if there is one like it, and a sentence if it is
        too large to be kept.
        """
        images = replace(images, name=self.free_name(images.name))
        size = images.images.nbytes
        if size > MAX_KEPT_BYTES:
            self._held[images.name] = images
            self.changed.emit()
            return images, (
                f"{images.name} takes {size // 2**20} MB, more than the {MAX_KEPT_BYTES // 2**20} MB that are kept "
                "between starts: it is in the list of data sets until the window closes."
            )
        self.keep(self.shelf.new_path(), images)
        return images, ""

    def keep(self, path: Path, images: ImageSet) -> None:
        """Write a state of a data set; returns at once."""
        is_new = path not in self._paths().values()
        self._writer.write(path, images, self._on_written)
        if is_new:
            self.changed.emit()

    def flush(self) -> None:
        """Wait until everything is on the disk."""
        self._writer.flush()

    def _on_written(self, written: Written[ImageSet]) -> None:
        if written.problem:
            self.refused.emit(f"{written.problem} It is still here as long as the program runs.")

    # --- what is renamed and goes -------------------------------------------------------------------------------

    def renamer(self, name: str, wanted: str) -> Callable[[Progress], None]:
        """What gives a data set another name; DataError at once if that is empty, taken, or no name of a set."""
        cleaned = clean_names([wanted])[0]
        paths = self._paths()
        if not wanted.strip():
            raise DataError("A data set needs a name.")
        if name not in paths:
            raise DataError(f"{name} is no longer there.")
        if cleaned in paths:
            raise DataError(f"There is a data set {cleaned} already; choose another name.")
        path = paths[name]
        if path is None:
            images = self._held.pop(name)
            self._held[cleaned] = replace(images, name=cleaned)
            return lambda _progress: None

        def rename(progress: Progress) -> None:
            # nothing older may be written over it afterwards
            self._writer.flush()
            write_collection(path, replace(read_collection(path, progress).image_set(), name=cleaned))

        return rename

    def told_renamed(self, name: str, wanted: str) -> None:
        """Tell that what `renamer` made has been done."""
        self.renamed.emit(name, clean_names([wanted])[0])
        self.changed.emit()

    def delete(self, name: str) -> None:
        """Take a data set from the list; one that is kept can be restored. DataError if that fails."""
        path = self._paths().get(name)
        if path is None:
            self._held.pop(name, None)
        else:
            self._writer.flush()
            self.shelf.delete(path)
        self.deleted.emit(name)
        self.changed.emit()

    def restore(self, path: Path) -> None:
        """Put a data set back that was deleted. DataError if that fails."""
        self.shelf.restore(path)
        self.changed.emit()

    def purge(self, path: Path) -> None:
        """Remove a deleted data set for good. DataError if that fails."""
        self.shelf.purge(path)
        self.changed.emit()


def _summary(images: ImageSet) -> KeptSummary:
    return KeptSummary(images.name, len(images) - int(images.removed.sum()), len(images.class_names), images.image_size)
