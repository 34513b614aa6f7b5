"""Arrays as expressions of a script."""

from __future__ import annotations

import base64
import textwrap
import zlib

import numpy as np

from core.arrays import Array

__all__ = ["expected", "literal", "pixels"]

_WRITTEN_OUT = 64
"""Arrays of no more numbers are written as numbers; larger ones are packed, or compared by their sums."""


def literal(array: Array, indent: int = 4) -> str:
    """An expression for an array; lines after the first are indented."""
    if not array.ndim:
        return repr(float(array))
    if array.size > _WRITTEN_OUT:
        return _packed(np.ascontiguousarray(array, np.float32), "np.float32", indent)
    lead = " " * indent
    digits = np.array2string(
        array.astype(np.float32), separator=", ", max_line_width=100, floatmode="unique", prefix=lead
    )
    if "\n" not in digits:
        return f"np.array({digits}, np.float32)"
    return f"np.array(\n{lead}{digits},\n{lead}np.float32,\n{lead[4:]})"


def pixels(images: Array) -> str:
    """An expression for images of 0 to 1: their bytes where they came as bytes, which is an eighth of the text."""
    levels = np.rint(images * 255)
    if images.size <= _WRITTEN_OUT or not np.array_equal(levels.astype(np.float32) / np.float32(255), images):
        return literal(images)
    return f"{_packed(levels.astype(np.uint8), 'np.uint8')} / np.float32(255)"


def expected(array: Array) -> str:
    """A small array as it is, of a large one its shape and the three sums of `sums` in the script."""
    if array.size <= _WRITTEN_OUT:
        return literal(array, indent=8)
    flat = array.reshape(-1).astype(np.float64)
    three = flat.sum(), np.abs(flat).sum(), flat @ np.sin(np.arange(len(flat)))
    return f"({array.shape}, {', '.join(f'{value:.9g}' for value in three)})"


def _packed(array: np.ndarray, dtype: str, indent: int = 4) -> str:
    lead = " " * indent
    packed = base64.b85encode(zlib.compress(array.tobytes(), 9)).decode()
    text = "\n".join(lead + line for line in textwrap.wrap(packed, 110))
    return f'unpack(\n{lead}r"""\n{text}\n{lead}""",\n{lead}{array.shape},\n{lead}{dtype},\n{lead[4:]})'
