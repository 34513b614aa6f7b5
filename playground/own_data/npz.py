"""The arrays of an npz file, looked at without trusting it: never unpickled, every declared size checked first."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from io import BufferedIOBase
from pathlib import Path
from typing import IO, cast

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.source import CHUNK_BYTES, Progress, check_regular, saying_what_failed

__all__ = ["Member", "is_zip", "npz_members", "open_archive", "open_member", "read_member"]

_MAX_MEMBERS = 256
_MAX_HEADER = 4096
_MAX_VALUES_BYTES = 64 * 2**20
_DESCR = re.compile(r"'descr': *'([^']*)'")
_ORDER = re.compile(r"'fortran_order': *(True|False)")
_SHAPE = re.compile(r"'shape': *\(((?:\d{1,12}(?:, ?)?){0,8})\)", re.ASCII)
_RECORD = re.compile(r"'descr': *\[")
_PLAIN_TYPE = re.compile(r"[<>|=](b1|[iu][1248]|f[248]|[SU][1-9]\d{0,3})", re.ASCII)
_MOST_UNPACKED = {zipfile.ZIP_STORED: 1, zipfile.ZIP_DEFLATED: 1032}
"""Bytes that a packed byte can become (1032 with deflate, by its format): no more is allocated for a small file."""
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Member:
    """An array in an npz file: its name without “.npy”, its type and its shape, as its header declares them.

    archive: the open file that it is read from; without one the file is opened anew each time.
    """

    path: Path
    entry: str
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    archive: zipfile.ZipFile | None = None

    @property
    def name(self) -> str:
        """The name that it was saved under."""
        return self.entry.rpartition("/")[2].removesuffix(".npy")


def is_zip(path: Path) -> bool:
    """True if a file begins as zip files do; False too for what cannot be read."""
    try:
        check_regular(path)
        with saying_what_failed(path), path.open("rb") as stream:
            return stream.read(4) == _ZIP
    except DataError:
        return False


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """An npz file whose members are all of one state of it, even if another takes its place meanwhile.

    Raises DataError if it is no zip file.
    """
    check_regular(path)
    with saying_what_failed(path):
        archive = zipfile.ZipFile(path)
    with archive:
        yield archive


def npz_members(path: Path, archive: zipfile.ZipFile | None = None) -> tuple[Mapping[str, Member], tuple[str, ...]]:
    """The arrays of an npz file by their names in small letters, and sentences about members that cannot be used.

    archive: the file, if it stays open until its members are read. Raises DataError if it is no zip file or holds no
    arrays.
    """
    members: dict[str, Member] = {}
    notes: list[str] = []
    opening = open_archive(path) if archive is None else nullcontext(archive)
    with opening as opened, saying_what_failed(path):
        entries = opened.infolist()
        if len(entries) > _MAX_MEMBERS:
            raise DataError(f"{path} holds {grouped(len(entries))} files; an npz file of images has a few arrays.")
        for entry in entries:
            if not entry.filename.endswith(".npy"):
                continue
            try:
                with saying_what_failed(path):
                    member = replace(_member(path, opened, entry), archive=archive)
            except DataError as error:
                notes.append(str(error))
            else:
                members.setdefault(member.name.lower(), member)
    if not members:
        raise DataError(notes[0] if notes else f"{path} is a zip file without arrays; an npz file holds .npy files.")
    return members, tuple(notes)


def _member(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Member:
    name = entry.filename[:60]
    with archive.open(entry) as stream:
        descr, fortran, shape = _read_header(stream)
    if descr.endswith("O"):
        raise DataError(f"{path}: {name} holds Python objects, which are never unpickled; save it as plain numbers.")
    if not _PLAIN_TYPE.fullmatch(descr):
        raise DataError(f"{path}: {name} is of type {descr[:30]!r}; save it as plain numbers.")
    dtype = np.dtype(descr)
    if fortran and len(shape) > 1:
        raise DataError(f"{path}: {name} is stored column by column; save it with np.ascontiguousarray.")
    size = math.prod(shape) * dtype.itemsize
    if entry.file_size < size or (entry.compress_type in _MOST_UNPACKED and _unpacked_at_most(entry) < size):
        raise DataError(f"{path}: {name} declares more values than it holds; copy the file again.")
    return Member(path, entry.filename, dtype, shape)


def _unpacked_at_most(entry: zipfile.ZipInfo) -> int:
    return _MOST_UNPACKED[entry.compress_type] * (entry.compress_size + 1)


def _read_header(stream: IO[bytes]) -> tuple[str, bool, tuple[int, ...]]:
    """Type, order and shape; ValueError if it is not a header as NumPy writes it.

    Read by patterns rather than as Python, since whoever made the file wrote it.
    """
    start = stream.read(8)
    if start[:6] != b"\x93NUMPY" or start[6:] not in (b"\1\0", b"\2\0", b"\3\0"):
        raise ValueError("no npy header")
    width = 2 if start[6] == 1 else 4
    length = int.from_bytes(stream.read(width), "little")
    if not 10 < length <= _MAX_HEADER:
        raise ValueError("no npy header")
    header = stream.read(length).decode("latin-1")
    descr, order, shape = (pattern.search(header) for pattern in (_DESCR, _ORDER, _SHAPE))
    if descr is None or order is None or shape is None:
        if _RECORD.search(header):
            return "O" if "O'" in header else "a table of records", False, ()
        raise ValueError("no npy header")
    return descr[1], order[1] == "True", tuple(int(side) for side in re.findall(r"\d+", shape[1]))


@contextmanager
def open_member(member: Member) -> Iterator[BufferedIOBase]:
    """The bytes of an array, behind its header."""
    archive = zipfile.ZipFile(member.path) if member.archive is None else nullcontext(member.archive)
    with archive as opened, opened.open(member.entry) as stream:
        _read_header(stream)
        yield cast(BufferedIOBase, stream)


def read_member(
    member: Member, most_bytes: int = _MAX_VALUES_BYTES, progress: Progress | None = None
) -> NDArray[np.generic]:
    """All of an array that takes no more than `most_bytes`, as labels do; `progress` is told bytes read and to read.

    Raises DataError if it cannot be read, and Cancelled if `progress` does.
    """
    size = math.prod(member.shape) * member.dtype.itemsize
    if size > most_bytes:
        raise DataError(f"{member.path}: {member.name} takes more than the {most_bytes // 2**20} MB that it may.")
    values: NDArray[np.generic] = np.empty(member.shape, member.dtype)
    with saying_what_failed(member.path), open_member(member) as stream:
        content = values.reshape(-1).view(np.uint8).data if size else memoryview(b"")
        done = 0
        while done < size:
            read = stream.readinto(content[done : done + CHUNK_BYTES])
            if not read:
                raise EOFError
            done += read
            if progress is not None:
                progress(done, size)
        # the checksum is looked at when the end is read
        stream.read(1)
    return values
