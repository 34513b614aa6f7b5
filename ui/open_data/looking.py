"""What there is at a path, as it would become: everything that is shown before it is accepted, and the reading then."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.datasets import load_dataset
from playground.own_data.importing import ImportOptions, Loaded, Preview, load, preview, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.run_settings import settings_for
from playground.own_data.source import Chunk, Found, Progress, Source
from ui.classify.image_files import read_picture_file

__all__ = ["Look", "load_usable", "look_at"]

_REMEMBERED_BYTES = 96 * 2**20


@dataclass(frozen=True, eq=False)
class Look:
    """A source that was looked at, what suits it, and what that would make of it."""

    path: Path
    source: Source
    pictures: _FirstPictures
    options: ImportOptions
    preview: Preview

    def with_options(self, options: ImportOptions, check: Callable[[], None]) -> Preview:
        """What other options would make of it; `check` may raise Cancelled between two parts."""
        return preview(self.pictures.checked(check), options)


def look_at(path: Path, check: Callable[[], None]) -> Look:
    """Look at a path. Raises DataError, and Cancelled if `check` does."""
    source = open_source(path, read_picture_file, check)
    pictures = _FirstPictures(source)
    checked = pictures.checked(check)
    options = suggested_options(checked)
    return Look(path, source, pictures, options, preview(checked, options))


def load_usable(source: Source, options: ImportOptions, name: str, progress: Progress) -> Loaded:
    """Read all of it, under a name of the user's; DataError if it cannot be trained on and tested with."""
    loaded = load(source, options, progress)
    images = dataclasses.replace(loaded.image_set, name=name)
    load_dataset(settings_for(images.description), images)
    return Loaded(images, loaded.notes)


class _FirstPictures:
    """The pictures that were read last, if they are few: another image size needs no file to be read again."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.kept: tuple[bytes, list[Chunk]] = (b"", [])

    def checked(self, check: Callable[[], None]) -> _CheckedPictures:
        return _CheckedPictures(self, check)


@dataclass(frozen=True, eq=False)
class _CheckedPictures:
    """A source that calls `check` between two parts. Two threads may use two of these of one source."""

    pictures: _FirstPictures
    check: Callable[[], None]

    @property
    def found(self) -> Found:
        return self.pictures.source.found

    def read(self, rows: NDArray[np.intp]) -> Iterator[Chunk]:
        """See `Source`."""
        key, chunks = self.pictures.kept
        if key == rows.tobytes():
            yield from chunks
            return
        read: list[Chunk] = []
        size = 0
        for chunk in self.pictures.source.read(rows):
            self.check()
            size += sum(picture.nbytes for picture in chunk.images)
            if size <= _REMEMBERED_BYTES:
                read.append(chunk)
            yield chunk
        if size <= _REMEMBERED_BYTES:
            self.pictures.kept = rows.tobytes(), read
