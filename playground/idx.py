"""The IDX files of MNIST: reading them with every number checked before memory is taken, and writing them."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.errors import DataError

__all__ = ["MAX_BYTES", "idx_bytes", "idx_header", "read_idx"]

MAX_BYTES = 64 * 2**20
"""More than this is refused; all 60,000 images of MNIST take 45 MB."""

_UINT8 = 0x08


def read_idx(path: Path, dimensions: int) -> NDArray[np.uint8]:
    """The array of bytes in a gzipped IDX file, read-only, with `dimensions` axes (3 for images, 1 for labels).

    Raises DataError naming the file if it is missing, damaged, of another type, or holds more or less than it declares.
    Format: http://yann.lecun.com/exdb/mnist (big-endian: two zero bytes, type, number of axes, a size each, values).
    """
    try:
        with gzip.open(path, "rb") as stream:
            header = stream.read(4 + 4 * dimensions)
            shape = _shape(path, header, dimensions)
            count = math.prod(shape)
            # one byte more than declared: enough to notice a longer file without reading all of it
            payload = stream.read(count + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} cannot be read as a gzipped IDX file ({error}); restore it from the repository."
        ) from error
    if len(payload) != count:
        held = "more" if len(payload) > count else grouped(len(payload))
        raise DataError(
            f"{path} declares {grouped(count)} bytes of values but holds {held}; restore it from the repository."
        )
    return np.frombuffer(payload, np.uint8).reshape(shape)


def _shape(path: Path, header: bytes, dimensions: int) -> tuple[int, ...]:
    if len(header) < 4 + 4 * dimensions or header[:4] != bytes([0, 0, _UINT8, dimensions]):
        raise DataError(f"{path} is not an IDX file of bytes with {dimensions} axes; restore it from the repository.")
    shape = struct.unpack(f">{dimensions}I", header[4:])
    if math.prod(shape) > MAX_BYTES:
        raise DataError(
            f"{path} declares {grouped(math.prod(shape))} bytes of values; at most {grouped(MAX_BYTES)} can be read."
        )
    return shape


def idx_bytes(values: NDArray[np.uint8]) -> bytes:
    """A gzipped IDX file with these values; the same values give the same bytes (no time stamp)."""
    return gzip.compress(idx_header(values.shape) + values.tobytes(), compresslevel=9, mtime=0)


def idx_header(shape: tuple[int, ...]) -> bytes:
    """How an IDX file of bytes of this shape begins."""
    return bytes([0, 0, _UINT8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape)
