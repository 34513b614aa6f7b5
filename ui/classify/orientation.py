"""How a picture was held when it was taken, where Qt does not look for it: EXIF data in WebP and PNG files."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTransform

__all__ = ["orientation_of", "turned"]

_ORIENTATION, _SHORT = 0x0112, 3  # a tag of EXIF and the type of its value
_MOST_TAGS = 256

_LEFT_RIGHT, _UPSIDE_DOWN = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
_HALF = _LEFT_RIGHT | _UPSIDE_DOWN
_STEPS: dict[int, tuple[Qt.Orientation | None, bool]] = {
    2: (_LEFT_RIGHT, False),
    3: (_HALF, False),
    4: (_UPSIDE_DOWN, False),
    5: (_UPSIDE_DOWN, True),
    6: (None, True),
    7: (_LEFT_RIGHT, True),
    8: (_HALF, True),
}
"""By number: what is flipped first, and whether a quarter turn clockwise follows."""


def orientation_of(content: bytes, kind: str) -> int:
    """The EXIF orientation, 1 to 8, of a "webp" or "png" file; 1, as it is, if the file says none that can be."""
    chunks = {"webp": _webp_chunks, "png": _png_chunks}.get(kind)
    if chunks is None:
        return 1
    try:
        block = next((data for name, data in chunks(content) if name in (b"EXIF", b"eXIf")), b"")
        found = _orientation_in(block.removeprefix(b"Exif\0\0"))
    except struct.error:
        # what was cut short says nothing
        return 1
    return found if found in _STEPS else 1


def turned(image: QImage, orientation: int) -> QImage:
    """The picture as it was seen when it was taken."""
    flip, quarter = _STEPS.get(orientation, (None, False))
    if flip is not None:
        image = image.flipped(flip)
    return image.transformed(QTransform().rotate(90)) if quarter else image


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        yield name, content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 8
    while place + 8 <= len(content):
        size, name = struct.unpack_from(">I4s", content, place)
        yield name, content[place + 8 : place + 8 + size]
        place += 12 + size


def _orientation_in(block: bytes) -> int:
    """The value of the tag in the first table of an EXIF block, 1 if it is not there."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None:
        return 1
    (start,) = struct.unpack_from(f"{order}I", block, 4)
    (count,) = struct.unpack_from(f"{order}H", block, start)
    for number in range(min(count, _MOST_TAGS)):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * number)
        if (tag, kind) == (_ORIENTATION, _SHORT):
            return int(value)
    return 1
