"""Colours as numbers, one laid over another, and many as pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

__all__ = ["blend", "ink_on", "rgb", "screen_words"]


def rgb(color: str) -> NDArray[np.float64]:
    """Red, green and blue of a "#rrggbb", each from 0 to 255."""
    parsed = QColor(color)
    return np.array([parsed.red(), parsed.green(), parsed.blue()], dtype=np.float64)


def blend(color: str, background: str, share: float) -> str:
    """`share` of a colour over a background: looks translucent and paints as fast as an opaque one."""
    mixed = share * rgb(color) + (1 - share) * rgb(background)
    return QColor(*(round(channel) for channel in mixed.tolist())).name()


def ink_on(word: int) -> str:
    """Near black or white, whichever is read better on a colour 0xRRGGBB, whatever its opacity."""
    luminance = 0.3 * (word >> 16 & 255) + 0.59 * (word >> 8 & 255) + 0.11 * (word & 255)
    return "#0b1016" if luminance > 128 else "#ffffff"


def screen_words(channels: NDArray[np.integer]) -> NDArray[np.uint32]:
    """(…, 3) red, green and blue from 0 to 255 as (…) opaque words of a screen, 0xffRRGGBB."""
    red, green, blue = np.moveaxis(channels.astype(np.uint32), -1, 0)
    words: NDArray[np.uint32] = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
    return words
