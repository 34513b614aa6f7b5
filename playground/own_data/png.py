"""Writing PNG, which takes no more than zlib: https://www.w3.org/TR/png-3."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["png_bytes"]

_COLOUR_TYPE = {1: 0, 3: 2}


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """A PNG file of a picture (c, h, w), c = 1 (grey) or 3 (RGB); the same picture gives the same bytes."""
    channels, height, width = image.shape
    # each row begins with the number of its filter: 0, none
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = np.moveaxis(image, 0, 2).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPE[channels], 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
