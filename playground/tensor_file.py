"""Safetensors files, the container of models and sessions: written whole or not at all, read without trusting them.

A file is 8 bytes (the length of the header), a header in JSON (text by name under "__metadata__", and of each array its
type, shape and place), then the arrays. Nothing is allocated before the header, itself bounded, has said what for and
its sizes have been found to be those of the file. Arrays go between file and memory one at a time, so that a large
session is never in memory twice, nor is the interpreter held up while it is written.
"""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from playground.atomic_file import clear_leftovers, replacing
from playground.errors import PlaygroundError, reason_of

__all__ = ["Declared", "Limits", "TensorFile", "check_folder", "open_tensors", "write_tensors"]

_PROGRAM = "cnn-playground"
_METADATA = "__metadata__"
_KIND = "kind"
_VERSION = "format_version"
_TYPES: Mapping[str, str] = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "U8": "|u1"}
_NAMES: Mapping[str, str] = {np.dtype(descr).str: name for name, descr in _TYPES.items()}
_MAX_AXES = 8
_MAX_NAME = 200


@dataclass(frozen=True)
class Limits:
    """What a file of one kind may hold. what: the kind as a noun; error: raised with one sentence if it is too much.

    version: that of what is written, and the only one that is read; required: metadata that must be there beside
    "format_version" and, but for models, "kind", which are written here.
    """

    what: str
    error: type[PlaygroundError]
    version: int
    file_bytes: int
    header_bytes: int
    tensors: int
    dtypes: tuple[str, ...]
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declared:
    """An array as the header declares it: its type in the words of safetensors, its shape, where its bytes begin."""

    dtype: str
    shape: tuple[int, ...]
    begin: int

    @property
    def nbytes(self) -> int:
        """How many bytes it takes."""
        return math.prod(self.shape) * np.dtype(_TYPES[self.dtype]).itemsize


@dataclass(frozen=True, eq=False)
class TensorFile:
    """An open file whose header has been checked; the arrays are still on the disk."""

    path: Path
    limits: Limits
    metadata: Mapping[str, str]
    tensors: Mapping[str, Declared]
    _stream: BufferedReader

    def read(self, name: str) -> NDArray[Any]:
        """One of `tensors`, as a new array. Raises the error of the limits if the file ends early or cannot be read."""
        declared = self.tensors[name]
        array = np.empty(declared.shape, _TYPES[declared.dtype])
        try:
            self._stream.seek(declared.begin)
            got = self._stream.readinto(array.reshape(-1).view(np.uint8).data)
        except OSError as error:
            raise self.limits.error(f"{self.path} cannot be read ({reason_of(error)}); try again.") from error
        if got != declared.nbytes:
            raise self.limits.error(_incomplete(self.path, self.limits))
        return array


def write_tensors(path: Path, arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], limits: Limits) -> None:
    """Write a file, or leave whatever was there untouched: it appears, complete, under its name at the end.

    arrays: of the types that safetensors and this module share. Raises the error of the limits if they are exceeded,
    so that everything that is written can be read again, or if the file cannot be written.
    """
    # those of the widest numbers first, so that each array begins where its numbers may
    contiguous = {name: _plain(values) for name, values in arrays.items()}
    contiguous = dict(sorted(contiguous.items(), key=lambda item: (-item[1].itemsize, item[0])))
    about = {"program": _PROGRAM, _KIND: limits.what, _VERSION: str(limits.version), **metadata}
    table: dict[str, Any] = {_METADATA: about}
    place = 0
    for name, values in contiguous.items():
        end = place + values.nbytes
        table[name] = {"dtype": _NAMES[values.dtype.str], "shape": list(values.shape), "data_offsets": [place, end]}
        place = end
    header = json.dumps(table, separators=(",", ":"), ensure_ascii=True).encode()
    header += b" " * (-len(header) % 8)
    if len(header) > limits.header_bytes or len(arrays) > limits.tensors or place > limits.file_bytes - len(header) - 8:
        raise limits.error(
            f"{path} was not written: a {limits.what} of more than {limits.file_bytes // 2**20} MB, or with a "
            f"description of more than {limits.header_bytes // 2**10} kB, could not be opened again."
        )
    try:
        # a link stays a link: its target is what is replaced
        target = path.resolve()
        check_folder(path, target, limits.error)
        with replacing(target) as file:
            file.write(len(header).to_bytes(8, "little") + header)
            for values in contiguous.values():
                file.write(values.reshape(-1).view(np.uint8).data)
    except (OSError, ValueError, RuntimeError) as error:
        raise limits.error(
            f"{path} cannot be written ({reason_of(error)}); nothing was changed. Choose another place."
        ) from error


def _plain(values: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in one piece, little end first."""
    # a bare number would become an array with an axis
    return np.asarray(values, values.dtype.newbyteorder("<"), order="C")


@contextmanager
def open_tensors(path: Path, limits: Limits) -> Iterator[TensorFile]:
    """A file with a sound header whose size is that of the file; raises the error of the limits in words if not."""
    clear_leftovers(path)
    with _stream(path, limits) as stream:
        size = stream.seek(0, 2)
        if size > limits.file_bytes:
            raise limits.error(
                f"{path} is larger than {limits.file_bytes // 2**20} MB, which no {limits.what} of this program is."
            )
        stream.seek(0)
        length = int.from_bytes(stream.read(8), "little")
        if size <= 8 or not 2 <= length <= limits.header_bytes:
            raise limits.error(_foreign(path))
        content = stream.read(length)
        if content[:1] != b"{":
            raise limits.error(_foreign(path))
        if len(content) < length:
            raise limits.error(_incomplete(path, limits))
        try:
            header = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise limits.error(_foreign(path)) from error
        metadata = _metadata(path, limits, header.pop(_METADATA, None))
        yield TensorFile(path, limits, metadata, _tensors(path, limits, header, 8 + length, size), stream)


@contextmanager
def _stream(path: Path, limits: Limits) -> Iterator[BufferedReader]:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise limits.error(f"{path} is a folder; name a {limits.what} file in it.")
        if not stat.S_ISREG(mode):
            raise limits.error(f"{path} is not a regular file; name a {limits.what} file.")
        stream = path.open("rb")
    except FileNotFoundError as error:
        raise limits.error(f"{path} does not exist; check the name.") from error
    except (OSError, ValueError) as error:
        raise limits.error(
            f"{path} cannot be read ({reason_of(error)}); check the name and the permissions."
        ) from error
    with stream:
        yield stream


def _metadata(path: Path, limits: Limits, found: object) -> Mapping[str, str]:
    if not isinstance(found, dict) or _VERSION not in found:
        raise limits.error(f"{path} holds tensors but no settings: it was not saved by this program, or was converted.")
    if not all(isinstance(value, str) for value in found.values()):
        raise limits.error(f"{path} is damaged: its metadata must be text; save the {limits.what} again.")
    kind = found.get(_KIND, "model")
    if kind != limits.what:
        raise limits.error(
            f"{path} is a {kind[:20]}, not a {limits.what}; the File menu opens each by its own command."
        )
    version = found[_VERSION]
    if version != str(limits.version):
        raise limits.error(
            f"{path} has format version {version[:20]!r}, this program reads {limits.version}; use a newer program."
        )
    if not set(limits.required) <= found.keys():
        raise limits.error(f"{path} holds tensors but no settings: it was not saved by this program, or was converted.")
    return found


def _tensors(path: Path, limits: Limits, header: Mapping[str, Any], start: int, size: int) -> Mapping[str, Declared]:
    """What the header declares: arrays of types that we read, one after the other, up to the end of the file."""
    if len(header) > limits.tensors:
        raise limits.error(
            f"{path} holds {len(header)} tensors; a {limits.what} of this program has at most {limits.tensors}."
        )
    tensors: dict[str, Declared] = {}
    places: list[tuple[int, int]] = []
    for name, entry in header.items():
        if not isinstance(entry, dict) or entry.get("dtype") not in limits.dtypes:
            raise limits.error(
                f"{path}: tensor {name[:60]!r} is not of type {' or '.join(limits.dtypes)}; convert it first."
            )
        shape, offsets = entry.get("shape"), entry.get("data_offsets")
        if not _are_sizes(shape, _MAX_AXES) or not _are_sizes(offsets, 2) or len(offsets) != 2 or len(name) > _MAX_NAME:
            raise limits.error(_incomplete(path, limits))
        tensors[name] = Declared(entry["dtype"], tuple(shape), start + offsets[0])
        if offsets[1] - offsets[0] != tensors[name].nbytes:
            raise limits.error(_incomplete(path, limits))
        places.append((offsets[0], offsets[1]))
    end = 0
    for first, last in sorted(places):
        if first != end:
            raise limits.error(_incomplete(path, limits))
        end = last
    if start + end != size:
        raise limits.error(_incomplete(path, limits))
    return tensors


def _are_sizes(found: object, most: int) -> TypeGuard[list[int]]:
    return (
        isinstance(found, list)
        and len(found) <= most
        and all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n < 2**48 for n in found)
    )


def check_folder(path: Path, target: Path, error: type[PlaygroundError]) -> None:
    """Raise `error` if the folder of `target`, which `path` leads to, is not there."""
    if not target.parent.is_dir():
        raise error(f"{path} cannot be written: there is no folder {target.parent}; make it first.")


def _foreign(path: Path) -> str:
    return f"{path} is not a safetensors file; name one that this program saved."


def _incomplete(path: Path, limits: Limits) -> str:
    return f"{path} is damaged or incomplete; save the {limits.what} again."
