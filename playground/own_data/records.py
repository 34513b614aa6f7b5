"""Images that lie behind one another in a stream, all of one shape: IDX files and the arrays in npz files."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError
from playground.own_data.source import CHUNK_BYTES, MAX_IMAGES, MAX_SIDE, Chunk, Found, saying_what_failed

__all__ = ["MAX_STREAM_BYTES", "RecordSource", "Records", "check_size", "read_values"]

MAX_STREAM_BYTES = 4 * 2**30
"""More declared bytes than this are refused: they need no memory here, but time."""


@dataclass(frozen=True, eq=False)
class Records:
    """`count` images behind one another, each of `shape` and `dtype` as it is stored.

    where: what messages call it; open: a stream at the first record; to_pixels: (k, *shape) as stored → (k, h, w) or
    (k, h, w, 3) bytes.
    """

    path: Path
    where: str
    open: Callable[[], AbstractContextManager[BufferedIOBase]]
    count: int
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]
    to_pixels: Callable[[NDArray[np.generic]], NDArray[np.uint8]]

    def chunks(self, end: int) -> Iterator[tuple[int, NDArray[np.generic]]]:
        """The first `end` records as stored, a part at a time: the number of its first record, and (k, *shape)."""
        size = math.prod(self.shape) * self.dtype.itemsize
        step = max(1, CHUNK_BYTES // max(1, size))
        with saying_what_failed(self.path), self.open() as stream:
            for start in range(0, end, step):
                count = min(step, end - start)
                content = read_exactly(stream, count * size)
                whole = len(content) // size
                if whole:
                    values = np.frombuffer(content, self.dtype, whole * math.prod(self.shape))
                    yield start, values.reshape(whole, *self.shape)
                if whole < count:
                    return
            if end == self.count:
                # the checksum of a compressed file is looked at when its end is read
                stream.read(1)


@dataclass(frozen=True, eq=False)
class RecordSource:
    """A data set in one or more streams of records; the rows of `found` go through them in order."""

    found: Found
    parts: Sequence[Records]

    def read(self, rows: NDArray[np.intp]) -> Iterator[Chunk]:
        """See `Source`. A stream that ends early gives what it holds, and a note."""
        first = 0
        for part in self.parts:
            wanted = rows[(rows >= first) & (rows < first + part.count)] - first
            if len(wanted):
                yield from self._read_part(part, wanted, first)
            first += part.count

    @staticmethod
    def _read_part(part: Records, wanted: NDArray[np.intp], first: int) -> Iterator[Chunk]:
        read = 0
        end = int(wanted[-1]) + 1
        for start, values in part.chunks(end):
            read = start + len(values)
            here = wanted[(wanted >= start) & (wanted < read)]
            if len(here):
                # all of them in order, as nearly always, need no copy
                chosen = values if len(here) == len(values) else values[here - start]
                yield Chunk(here + first, part.to_pixels(chosen))
        if read < end:
            held = f"declares {grouped(part.count)} images but holds {grouped(read)}"
            note = f"{part.where} {held}; the others are left out."
            yield Chunk(np.zeros(0, np.intp), [], (note,))


def check_size(where: str, count: int, shape: Sequence[int], itemsize: int = 1) -> None:
    """Raise DataError if so many images of such a shape are more than a data set may have, or none."""
    if count > MAX_IMAGES:
        raise DataError(f"{where} declares {grouped(count)} images; at most {grouped(MAX_IMAGES)} can be read.")
    if count == 0 or 0 in shape:
        raise DataError(f"{where} holds no images.")
    if math.prod(shape) > MAX_SIDE * MAX_SIDE or max(shape) > MAX_SIDE * MAX_SIDE:
        sides = "×".join(map(str, shape))
        raise DataError(f"{where} declares images of {sides} values; at most {MAX_SIDE}×{MAX_SIDE} can be read.")
    if count * math.prod(shape) * itemsize > MAX_STREAM_BYTES:
        raise DataError(f"{where} declares more than {MAX_STREAM_BYTES // 2**30} GB of images; take a part of them.")


def read_values(stream: BufferedIOBase, dtype: np.dtype[np.generic], count: int) -> NDArray[np.generic]:
    """`count` values from a stream; DataError is left to the caller, EOFError if there are fewer."""
    content = read_exactly(stream, count * dtype.itemsize)
    if len(content) < count * dtype.itemsize:
        raise EOFError
    return np.frombuffer(content, dtype)


def read_exactly(stream: BufferedIOBase, count: int) -> bytes:
    """`count` bytes, fewer only at the end of the stream, compressed ones that end within their data included."""
    parts: list[bytes] = []
    missing = count
    try:
        while missing and (part := stream.read1(missing)):
            parts.append(part)
            missing -= len(part)
    except EOFError:
        # a gzip file that was cut short: what came before is good
        pass
    return parts[0] if len(parts) == 1 else b"".join(parts)
