"""The user's data sets that can be chosen now: those on the shelf, and those that are too large for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.own_data.collection import Collection
from playground.own_data.image_set import ImageSet, clean_names
from playground.own_data.shelf import Shelf
from playground.own_data.storage import read_collection, stored
from ui.workshop.keeper import Keeper

__all__ = ["MAX_KEPT_BYTES", "OwnSets"]

MAX_KEPT_BYTES = 64 * 2**20
"""Larger sets are not kept between starts: 85 000 images of 28×28 are."""


@dataclass(frozen=True, eq=False)
class _Held:
    images: ImageSet
    path: Path | None  # where it is being written to


class OwnSets(QObject):
    """Names and images of the data sets; `refused` brings a sentence if one could not be kept."""

    refused = Signal(str)

    def __init__(self, shelf: Shelf, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shelf = shelf
        self._keeper = Keeper(self)
        self._keeper.refused.connect(self.refused)
        self._held: dict[str, _Held] = {}

    def names(self) -> tuple[str, ...]:
        """All of them, oldest first."""
        on_shelf = self._shelf.sets()
        # what has reached the disk is no longer held in memory
        self._held = {name: held for name, held in self._held.items() if held.path not in on_shelf.values()}
        return (*on_shelf, *(name for name in self._held if name not in on_shelf))

    def add(self, images: ImageSet) -> tuple[ImageSet, str]:
        """Take a data set in, and keep it if it is small enough; DataError if the folder for that cannot be made.

        Returns it under its name in the list, which gets a number if there is one like it, and a sentence if it is
        too large to be kept.
        """
        images = replace(images, name=clean_names([*self.names(), images.name])[-1])
        size = images.images.nbytes
        if size > MAX_KEPT_BYTES:
            self._held[images.name] = _Held(images, None)
            return images, (
                f"{images.name} takes {size // 2**20} MB, more than the {MAX_KEPT_BYTES // 2**20} MB that are kept "
                "between starts: it is in the list of data sets until the window closes."
            )
        path = self._shelf.new_path()
        self._held[images.name] = _Held(images, path)
        self._keeper.keep(path, stored(Collection.of(images)))
        return images, ""

    def reader(self, name: str) -> Callable[[], ImageSet] | None:
        """What reads a data set, for another thread: it raises DataError; None if there is none of that name."""
        if name in self._held:
            images = self._held[name].images
            return lambda: images
        path = self._shelf.path_of(name)
        return None if path is None else lambda: replace(read_collection(path).image_set(), name=name)

    def flush(self) -> None:
        """Wait until everything is on the disk."""
        self._keeper.flush()
