"""Writing PNG, which takes no more than zlib, and knowing it again: https://www.w3.org/TR/png-3."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["png_bytes", "png_channels"]

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPE = {1: 0, 3: 2}
_COLOUR_TYPE_AT = 25  # bytes into the file


def png_bytes(image: NDArray[np.uint8]) -> bytes:
    """A PNG file of a picture (c, h, w), c = 1 (grey) or 3 (RGB); the same picture gives the same bytes."""
    channels, height, width = image.shape
    # each row begins with the number of its filter: 0, none
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = np.moveaxis(image, 0, 2).reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPE[channels], 0, 0, 0)
    chunks = (b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")
    return _SIGNATURE + b"".join(_chunk(name, content) for name, content in chunks)


def png_channels(path: Path) -> int | None:
    """1 or 3 as `png_bytes` writes them, None of any other file, also of one that cannot be read."""
    try:
        if not path.is_file():
            # a pipe would be waited for
            return None
        with path.open("rb") as stream:
            start = stream.read(_COLOUR_TYPE_AT + 1)
    except OSError:
        return None
    if len(start) <= _COLOUR_TYPE_AT or not start.startswith(_SIGNATURE):
        return None
    return {kind: channels for channels, kind in _COLOUR_TYPE.items()}.get(start[_COLOUR_TYPE_AT])


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
