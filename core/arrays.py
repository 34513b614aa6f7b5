"""The array types of the engine, the error for shapes that do not fit, and pairs such as kernel sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Labels", "ShapeError", "Size", "pair"]

Array = NDArray[np.floating]
Labels = NDArray[np.integer]
Size = int | tuple[int, int]


class ShapeError(ValueError):
    """An array, or a combination of sizes, does not fit; the message names both numbers that disagree."""


def pair(value: Size, name: str, minimum: int = 1) -> tuple[int, int]:
    """(height, width) from a number or a pair; raises ShapeError unless both are whole numbers from `minimum` on."""
    height, width = value if isinstance(value, tuple) else (value, value)
    for side in (height, width):
        if isinstance(side, bool) or not isinstance(side, int) or side < minimum:
            raise ShapeError(
                f"{name} is {value!r}; it must be a whole number of at least {minimum}, or a pair of them."
            )
    return height, width
