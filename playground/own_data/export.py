"""A data set as files that this and other programs open: IDX, npz, or folders of PNG pictures.

Excluded images are left out. What is written opens again as the same images, classes and split.
"""

from __future__ import annotations

import gzip
import os
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import IO, Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from playground.atomic_file import folder_appears, replacing, told
from playground.errors import DataError
from playground.idx import idx_header
from playground.own_data.folder_source import CLASS_FILE
from playground.own_data.image_set import ImageSet
from playground.own_data.png import png_bytes
from playground.own_data.source import Progress

__all__ = ["export_folders", "export_idx", "export_npz"]

_SPLITS = ("train", "test")
_SLICE = 1024
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_RESERVED = re.compile(
    r"((con|prn|aux|nul|com\d|lpt\d)(\..*)?|train(ing)?|test(ing)?|val(idation)?|__macosx.*)", re.IGNORECASE
)
"""Names of devices on Windows, and those that mean a split or are passed over when a folder is opened."""
_LONGEST = 80  # bytes of a folder's name


def export_idx(images: ImageSet, folder: Path, progress: Progress | None = None) -> None:
    """Write gzipped IDX files under MNIST's names, and the names of the classes, into a new or empty folder.

    Raises DataError if that cannot be done, and Cancelled if `progress` does; nothing is left then.
    """
    counted = _Counted(progress, images)
    with told(folder, DataError), folder_appears(folder) as place:
        for split, name in zip(_SPLITS, ("train", "t10k"), strict=True):
            rows = _rows(images, split)
            if not len(rows):
                continue
            axes = 3 if images.channels == 1 else 4
            _write_idx(place / f"{name}-images-idx{axes}-ubyte.gz", images, rows, counted)
            labels = images.labels[rows].astype(np.uint8)
            (place / f"{name}-labels-idx1-ubyte.gz").write_bytes(
                gzip.compress(idx_header(labels.shape) + labels.tobytes(), mtime=0)
            )
        lines = [f"{label}\t{name}" for label, name in enumerate(images.class_names)]
        (place / CLASS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def export_npz(images: ImageSet, path: Path, progress: Progress | None = None) -> None:
    """Write x_train, y_train, x_test, y_test and class_names into an npz file.

    Raises DataError if that cannot be done, and Cancelled if `progress` does; what was there stays then.
    """
    counted = _Counted(progress, images)
    with told(path, DataError), replacing(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_array(archive, "class_names", np.array(images.class_names))
        for split in _SPLITS:
            rows = _rows(images, split)
            if not len(rows):
                continue
            with archive.open(f"x_{split}.npy", "w", force_zip64=True) as member:
                _write_npy_header(member, _stored_shape(images, rows))
                _write_images(member, images, rows, counted)
            _write_array(archive, f"y_{split}", images.labels[rows])


def export_folders(images: ImageSet, folder: Path, progress: Progress | None = None) -> None:
    """Write a PNG for each image into train/class and test/class in a new or empty folder.

    Raises DataError if that cannot be done, and Cancelled if `progress` does; nothing is left then.
    """
    with told(folder, DataError), folder_appears(folder) as place:
        names = _folder_names(images.class_names)
        lines = [
            name if name == folder_name else f"{folder_name}\t{name}"
            for folder_name, name in zip(names, images.class_names, strict=True)
        ]
        (place / CLASS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
        by_split = [(split, _rows(images, split)) for split in _SPLITS]
        # without test images there is no split to tell
        has_split = all(len(rows) for _, rows in by_split)
        counted = _Counted(progress, images)
        for split, rows in by_split:
            for row in rows:
                target = (place / split if has_split else place) / names[images.labels[row]]
                target.mkdir(parents=True, exist_ok=True)
                (target / f"{row:06}.png").write_bytes(png_bytes(images.images[row]))
                counted.add(1)


class _Writable(Protocol):
    def write(self, content: bytes, /) -> object:
        """Take some bytes."""


class _Counted:
    """How many of the images are written, told to `progress`."""

    def __init__(self, progress: Progress | None, images: ImageSet) -> None:
        self._progress = progress
        self._done, self._total = 0, len(images) - int(images.excluded.sum())

    def add(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _rows(images: ImageSet, split: str) -> NDArray[np.intp]:
    return np.flatnonzero((images.in_test == (split == "test")) & ~images.excluded)


def _channels_last(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, 1, h, w) → (n, h, w), (n, 3, h, w) → (n, h, w, 3)."""
    return images[:, 0] if images.shape[1] == 1 else np.ascontiguousarray(np.moveaxis(images, 1, 3))


def _write_idx(path: Path, images: ImageSet, rows: NDArray[np.intp], counted: _Counted) -> None:
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        packed.write(idx_header(_stored_shape(images, rows)))
        _write_images(packed, images, rows, counted)


def _stored_shape(images: ImageSet, rows: NDArray[np.intp]) -> tuple[int, ...]:
    side = images.image_size
    return (len(rows), side, side) if images.channels == 1 else (len(rows), side, side, 3)


def _write_images(file: _Writable, images: ImageSet, rows: NDArray[np.intp], counted: _Counted) -> None:
    """The bytes of some images, a part at a time."""
    for start in range(0, len(rows), _SLICE):
        part = rows[start : start + _SLICE]
        file.write(_channels_last(images.images[part]).tobytes())
        counted.add(len(part))


def _write_npy_header(file: _Writable, shape: tuple[int, ...]) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(cast("IO[bytes]", file), header)


def _write_array(archive: zipfile.ZipFile, name: str, values: NDArray[Any]) -> None:
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, values, allow_pickle=False)


def _folder_names(names: tuple[str, ...]) -> list[str]:
    """A name for the folder of each class that every system allows, and that no other has, whatever the case."""
    chosen: list[str] = []
    for number, name in enumerate(names):
        safe = _FORBIDDEN.sub("_", unicodedata.normalize("NFC", name)).strip(". ")
        while len(os.fsencode(safe)) > _LONGEST:
            safe = safe[:-1]
        taken = {other.casefold() for other in chosen}
        if not safe or _RESERVED.fullmatch(safe) or safe.casefold() in taken:
            safe = f"{safe[: _LONGEST // 4]} {number}".strip()
        chosen.append(safe)
    return chosen
