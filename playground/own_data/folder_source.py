"""A folder with one sub-folder a class, itself in “train” and “test” if there is a split."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError, ImageError
from playground.own_data.description import MAX_CLASSES
from playground.own_data.image_set import clean_names
from playground.own_data.png import png_channels
from playground.own_data.source import (
    MAX_IMAGES,
    Check,
    Chunk,
    Found,
    Pixels,
    ReadPicture,
    checking,
    go_on,
    saying_what_failed,
)

__all__ = ["CLASS_FILE", "is_picture_folder", "open_folder", "pictures_beside", "read_class_file"]

CLASS_FILE = "classes.txt"
"""Order and full names of the classes, a line each: the folder, and after a tab the name if it is another."""

_MAX_CLASS_FILE = 64 * 2**10
_SPLITS = {"train": False, "training": False, "test": True, "testing": True, "val": True, "validation": True}
_CHUNK = 8
_DEEPEST = 8
_NO_PICTURES = (".txt", ".csv", ".json", ".xml", ".md", ".html", ".py", ".db", ".ini", ".zip", ".gz", ".npz", ".npy")


def is_picture_folder(path: Path) -> bool:
    """True if a folder has sub-folders, as one with a class each has."""
    with saying_what_failed(path):
        return any(entry.is_dir() for entry in _entries(path))


def pictures_beside(path: Path) -> list[Path]:
    """The files of a folder that may be pictures, by their names, sub-folders aside."""
    with saying_what_failed(path):
        files = (entry for entry in _entries(path) if entry.is_file() and entry.suffix.lower() not in _NO_PICTURES)
        return sorted(files, key=lambda entry: _natural(entry.name))


_Identity = tuple[int, int]


@dataclass(frozen=True, eq=False)
class _FolderSource:
    found: Found
    files: Sequence[Path]
    read_picture: ReadPicture

    def read(self, rows: NDArray[np.intp]) -> Iterator[Chunk]:
        """See `Source`. Files that are no good pictures are left out, and a note says how many and why the first."""
        refused: list[str] = []
        for start in range(0, len(rows), _CHUNK):
            images: list[Pixels] = []
            good: list[int] = []
            for row in rows[start : start + _CHUNK]:
                try:
                    images.append(self.read_picture(self.files[row]))
                except ImageError as error:
                    refused.append(str(error))
                else:
                    good.append(int(row))
            yield Chunk(np.array(good, np.intp), images)
        if refused:
            count = len(refused)
            left_out = "1 file is left out" if count == 1 else f"{grouped(count)} files are left out; the first"
            yield Chunk(np.zeros(0, np.intp), [], (f"{left_out}: {refused[0]}",))


def open_folder(path: Path, read_picture: ReadPicture, check: Check = go_on) -> _FolderSource:
    """The data set in a folder of folders of pictures. Raises DataError if there is none.

    Names are sorted as people do (2 before 10), unless classes.txt gives their order. Links are followed, but no folder
    is entered twice. `check` may raise Cancelled.
    """
    with saying_what_failed(path):
        top = [entry for entry in _entries(path) if entry.is_dir()]
    splits = {entry: _SPLITS[entry.name.lower()] for entry in top if entry.name.lower() in _SPLITS}
    # folders beside “train” and “test” belong to no class then
    has_split = any(splits.values()) and not all(splits.values())
    notes: list[str] = []
    files: list[tuple[str, bool, Path]] = []
    visited: set[_Identity] = set()
    for root, is_test in splits.items() if has_split else [(path, False)]:
        folders = _subfolders(root, notes)
        for folder in folders:
            # a link that leads up to another class would bring its pictures into this one
            walk = _Walk(notes, visited, frozenset(map(_identity, (path, root, *folders))))
            files_here = checking(walk.pictures_in(folder), check)
            pictures = sorted(files_here, key=lambda file: _natural(str(file)))
            # of one that may not be read, that was said
            if not pictures and _identity(folder) in visited:
                notes.append(f"{folder} holds no pictures, so there is no such class.")
            files += [(folder.name, is_test, file) for file in pictures]
            if len(files) > MAX_IMAGES:
                raise DataError(f"{path} holds more than {grouped(MAX_IMAGES)} files; take a part of them.")
    if not files:
        raise DataError(
            f"{path} holds no pictures in sub-folders; make one folder for each class and put its pictures in it."
        )
    return _FolderSource(_found(path, files, has_split, notes), [file for _, _, file in files], read_picture)


def _found(path: Path, files: Sequence[tuple[str, bool, Path]], has_split: bool, notes: Sequence[str]) -> Found:
    folders = sorted({folder for folder, _, _ in files}, key=_natural)
    listed = read_class_file(path)
    is_listed = set(folders) <= set(listed)
    if is_listed:
        folders = [folder for folder in listed if folder in folders]
    if len(folders) > MAX_CLASSES:
        raise DataError(f"{path} has {len(folders)} sub-folders; at most {MAX_CLASSES} classes can be learnt.")
    position = {folder: label for label, folder in enumerate(folders)}
    return Found(
        name=clean_names([path.resolve().name or "data"])[0],
        kind="folder of pictures",
        class_names=clean_names([listed.get(folder, folder) for folder in folders]),
        labels=np.array([position[folder] for folder, _, _ in files], np.int64),
        in_test=np.array([is_test for _, is_test, _ in files], bool) if has_split else None,
        notes=tuple(_summed_up(notes)),
        # what this program exported comes back as it was, in colours or not
        is_picture_files=not is_listed,
        channels=png_channels(files[0][2]) if is_listed else None,
    )


def read_class_file(folder: Path) -> dict[str, str]:
    """Folder → name of the class, in order; empty if there is no such file, or none that can be understood."""
    try:
        with (folder / CLASS_FILE).open("rb") as stream:
            content = stream.read(_MAX_CLASS_FILE + 1)
        lines = content.decode("utf-8").splitlines() if len(content) <= _MAX_CLASS_FILE else []
    except (OSError, ValueError):
        # a file of that name that means something else
        return {}
    pairs = [line.split("\t", 1) for line in lines if line.strip()]
    return {pair[0]: pair[-1] for pair in pairs}


def _entries(folder: Path) -> list[Path]:
    return [entry for entry in folder.iterdir() if not entry.name.startswith((".", "__MACOSX"))]


def _subfolders(root: Path, notes: list[str]) -> list[Path]:
    try:
        with saying_what_failed(root):
            return sorted((entry for entry in _entries(root) if entry.is_dir()), key=lambda entry: _natural(entry.name))
    except DataError as error:
        notes.append(str(error))
        return []


def _identity(folder: Path) -> _Identity | None:
    """What a folder is, whatever links lead to it; None if it may not be looked at."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@dataclass(frozen=True)
class _Walk:
    """Goes through a folder and those in it, each folder once (`visited`); never into one of `others` by a link."""

    notes: list[str]
    visited: set[_Identity]
    others: frozenset[_Identity | None]

    def pictures_in(self, folder: Path, depth: int = 0) -> Iterator[Path]:
        """The files that may be pictures."""
        try:
            with saying_what_failed(folder):
                status = folder.stat()
                here = status.st_dev, status.st_ino
                if here in self.visited or depth > _DEEPEST or (depth and here in self.others):
                    self.notes.append(f"{folder} leads to a folder that is read elsewhere, and is left out.")
                    return
                entries = sorted(_entries(folder))
                self.visited.add(here)
                folders = {entry for entry in entries if entry.is_dir()}
        except DataError as error:
            self.notes.append(str(error))
            return
        for entry in entries:
            if entry in folders or not os.path.lexists(entry):
                continue
            if entry.suffix.lower() not in _NO_PICTURES:
                yield entry
        for entry in sorted(folders):
            yield from self.pictures_in(entry, depth + 1)


def _summed_up(notes: Sequence[str], most: int = 5) -> list[str]:
    """The first notes, and how many more there are."""
    rest = len(notes) - most
    return [*notes[:most], f"… and {rest} more."] if rest > 1 else list(Counter(notes))


def _natural(name: str) -> list[tuple[int, int, str]]:
    """A key that puts 2 before 10 and does not tell capitals from small letters."""
    parts = re.split(r"([0-9]{1,18})", name)
    return [(0, int(part), "") if number % 2 else (1, 0, part.casefold()) for number, part in enumerate(parts)] + [
        (2, 0, name)
    ]
