"""IDX files, plain or gzipped: images paired with their labels, and train files with test files, by their names.

Format: http://yann.lecun.com/exdb/mnist (big-endian: two zero bytes, type, number of axes, a size each, values).
"""

from __future__ import annotations

import gzip
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.file_names import family_of, is_test_file, key_of
from playground.own_data.folder_source import read_class_file
from playground.own_data.known_sets import class_names_of, is_transposed
from playground.own_data.records import Records, RecordSource, check_size, read_values
from playground.own_data.source import MAX_IMAGES, check_regular, found_by_value, saying_what_failed
from playground.paths import is_file

__all__ = ["is_idx", "open_idx"]

_TYPES: Mapping[int, np.dtype[Any]] = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
}
_UNSUPPORTED = {0x0D: "float", 0x0E: "double"}
_GZIP = b"\x1f\x8b"
_MOST_AXES = 4


@dataclass(frozen=True)
class _Header:
    path: Path
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]

    @property
    def is_images(self) -> bool:
        return len(self.shape) >= 3

    @property
    def length(self) -> int:
        return 4 + 4 * len(self.shape)

    @property
    def key(self) -> str:
        return key_of(self.path.name)

    @property
    def family(self) -> str:
        return family_of(self.path.name)

    @property
    def is_test(self) -> bool:
        return is_test_file(self.path.name)


def is_idx(path: Path) -> bool:
    """True if a file begins as IDX files do, gzipped or not; False too for what cannot be read."""
    try:
        _read_header(path)
    except DataError:
        return False
    return True


def open_idx(path: Path) -> RecordSource:
    """The data set of a folder of IDX files, or the one that a file belongs to with its neighbours.

    Raises DataError if images or labels are missing, do not belong together, or are no IDX files.
    """
    if path.is_dir():
        headers, notes = _headers_in(path)
        families = sorted({header.family for header in headers if header.is_images})
        if len(families) > 1:
            raise DataError(
                f"{path} holds {len(families)} data sets ({', '.join(families[:6])}); name a file of the one you want."
            )
        family = families[0] if families else ""
    else:
        family = _read_header(path).family
        headers, notes = _headers_in(path.parent)
    pairs: list[tuple[_Header, _Header]] = []
    for images in (header for header in headers if header.is_images and header.family == family):
        labels = [header for header in headers if not header.is_images and header.key == images.key]
        try:
            pairs.append((images, _labels_for(images, labels)))
        except DataError as error:
            notes.append(str(error))
    if not pairs:
        raise DataError(notes[0] if notes else f"{path} has labels but no images; both files are needed.")
    # training images first
    pairs.sort(key=lambda pair: (pair[0].is_test, pair[0].path.name))
    return _source(path, pairs, notes)


def _headers_in(folder: Path) -> tuple[list[_Header], list[str]]:
    """The IDX files of a folder, and sentences about those that only look like some."""
    headers: list[_Header] = []
    notes: list[str] = []
    with saying_what_failed(folder):
        names = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    for path in names:
        if not _may_be_idx(path):
            continue
        try:
            headers.append(_read_header(path))
        except DataError as error:
            notes.append(str(error))
    # the same file packed and unpacked counts once
    by_name: dict[str, _Header] = {}
    for header in headers:
        by_name.setdefault(header.path.name.removesuffix(".gz"), header)
    return list(by_name.values()), notes


def _may_be_idx(path: Path) -> bool:
    return is_file(path) and ("ubyte" in path.name.lower() or "idx" in path.name.lower())


def _read_header(path: Path) -> _Header:
    check_regular(path)
    with saying_what_failed(path), _opened(path) as stream:
        start = stream.read(4)
        is_right = len(start) == 4 and start[:2] == b"\0\0"
        kind, axes = (start[2], start[3]) if is_right else (0, 0)
        if is_right and kind in _UNSUPPORTED:
            raise DataError(f"{path} holds values of type {_UNSUPPORTED[kind]}; images must be bytes from 0 to 255.")
        if kind not in _TYPES or not 1 <= axes <= _MOST_AXES:
            raise DataError(f"{path} is not an IDX file: it begins with {start.hex(' ') or 'nothing'}; name another.")
        sizes = stream.read(4 * axes)
        if len(sizes) < 4 * axes:
            raise DataError(f"{path} is cut short within its header; copy it again.")
        return _Header(path, _TYPES[kind], struct.unpack(f">{axes}I", sizes))


@contextmanager
def _opened(path: Path, skip: int = 0) -> Iterator[BufferedIOBase]:
    """The content of a file, unpacked if it is gzipped, from byte `skip` on."""
    with path.open("rb") as plain:
        packed = plain.read(2) == _GZIP
        plain.seek(0)
        with gzip.GzipFile(fileobj=plain) if packed else plain as stream:
            stream.read(skip)
            yield stream


def _labels_for(images: _Header, labels: Sequence[_Header]) -> _Header:
    if not labels:
        raise DataError(f"{images.path} has no labels: a file of the same name with “labels” for “images” is missing.")
    if images.dtype.itemsize > 1:
        raise DataError(f"{images.path} holds numbers of {images.dtype.itemsize} bytes; images must be bytes.")
    found = labels[0]
    if found.shape[0] != images.shape[0]:
        raise DataError(
            f"{images.path} holds {grouped(images.shape[0])} images but {found.path.name} "
            f"{grouped(found.shape[0])} labels; they do not belong together."
        )
    if len(images.shape) == 4 and images.shape[3] not in (1, 3):
        raise DataError(f"{images.path} has {images.shape[3]} channels; 1 (grey) or 3 (RGB) can be used.")
    check_size(str(images.path), images.shape[0], images.shape[1:])
    if len(found.shape) == 2 and not 1 <= found.shape[1] <= 64:
        raise DataError(f"{found.path} holds {found.shape[1]} values for each image; a label is one.")
    return found


def _source(path: Path, pairs: Sequence[tuple[_Header, _Header]], notes: list[str]) -> RecordSource:
    values = np.concatenate([_read_labels(labels) for _, labels in pairs])
    if len(values) > MAX_IMAGES:
        raise DataError(f"{path} holds {grouped(len(values))} images; at most {grouped(MAX_IMAGES)} can be read.")
    is_test = [images.is_test for images, _ in pairs]
    in_test = np.concatenate([np.full(images.shape[0], images.is_test) for images, _ in pairs])
    given = in_test if any(is_test) and not all(is_test) else None
    folder = path if path.is_dir() else path.parent
    # the folder tells Fashion-MNIST from MNIST, whose files have the same names
    hint = f"{folder.resolve().name} {pairs[0][0].path.name}".lower()
    name = folder.resolve().name or pairs[0][0].family or "data"
    channels = max(3 if len(images.shape) == 4 and images.shape[3] == 3 else 1 for images, _ in pairs)
    distinct = np.unique(values)
    listed = read_class_file(folder)
    by_number = [listed[key] for key in map(str, range(len(listed))) if key in listed]
    names = by_number if by_number and len(by_number) == len(listed) else class_names_of(hint, distinct)
    found = found_by_value(name, "IDX files", values, given, names=names, notes=notes, channels=channels)
    return RecordSource(found, [_records(images, is_transposed(hint)) for images, _ in pairs])


def _read_labels(header: _Header) -> NDArray[np.int64]:
    width = header.shape[1] if len(header.shape) == 2 else 1
    with saying_what_failed(header.path), _opened(header.path, header.length) as stream:
        values = read_values(stream, header.dtype, header.shape[0] * width)
    # of QMNIST's columns the first is the digit
    return values.reshape(header.shape[0], width)[:, 0].astype(np.int64)


def _records(header: _Header, transposed: bool) -> Records:
    def to_pixels(values: NDArray[np.generic]) -> NDArray[np.uint8]:
        pixels = cast("NDArray[np.uint8]", values)
        if pixels.ndim == 4 and pixels.shape[3] == 1:
            pixels = pixels[..., 0]
        return pixels.swapaxes(1, 2) if transposed else pixels

    return Records(
        header.path,
        str(header.path),
        lambda: _opened(header.path, header.length),
        header.shape[0],
        header.dtype,
        header.shape[1:],
        to_pixels,
    )
