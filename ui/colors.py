"""Colours as numbers, one laid over another, and many as pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

__all__ = ["READABLE", "SEEN", "blend", "contrast", "ink_on", "readable", "rgb", "screen_words", "xyz"]

READABLE = 4.5
"""Contrast to its ground that text needs, by the Web Content Accessibility Guidelines 2.2, 1.4.3 (AA)."""
SEEN = 3.0
"""The same for signs and what is no text (1.4.11)."""
_STEP = 0.01
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def rgb(color: str) -> NDArray[np.float64]:
    """Red, green and blue of a "#rrggbb", each from 0 to 255."""
    parsed = QColor(color)
    return np.array([parsed.red(), parsed.green(), parsed.blue()], dtype=np.float64)


def blend(color: str, background: str, share: float) -> str:
    """`share` of a colour over a background: looks translucent and paints as fast as an opaque one."""
    mixed = share * rgb(color) + (1 - share) * rgb(background)
    return QColor(*(round(channel) for channel in mixed.tolist())).name()


def xyz(color: str) -> NDArray[np.float64]:
    """CIE's X, Y and Z of an sRGB colour; Y, its luminance, is from 0 to 1."""
    channels = rgb(color) / 255
    return _XYZ @ np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(color: str, ground: str) -> float:
    """From 1 to 21, as the Web Content Accessibility Guidelines define it."""
    darker, lighter = sorted((float(xyz(color)[1]), float(xyz(ground)[1])))
    return (lighter + 0.05) / (darker + 0.05)


def readable(color: str, ground: str, least: float = READABLE) -> str:
    """The colour, or the nearest lighter or darker one of its hue with that contrast to the ground."""
    light = 1.0 if xyz(ground)[1] < 0.2 else 0.0
    chosen = QColor(color)
    lightness, shown = chosen.lightnessF(), chosen.name()
    while contrast(shown, ground) < least and lightness != light:
        lightness = min(1.0, lightness + _STEP) if light else max(0.0, lightness - _STEP)
        shown = QColor.fromHslF(max(chosen.hslHueF(), 0.0), chosen.hslSaturationF(), lightness).name()
    return shown


def ink_on(word: int) -> str:
    """Near black or white, whichever is read better on a colour 0xRRGGBB, whatever its opacity."""
    luminance = 0.3 * (word >> 16 & 255) + 0.59 * (word >> 8 & 255) + 0.11 * (word & 255)
    return "#0b1016" if luminance > 128 else "#ffffff"


def screen_words(channels: NDArray[np.integer]) -> NDArray[np.uint32]:
    """(…, 3) red, green and blue from 0 to 255 as (…) opaque words of a screen, 0xffRRGGBB."""
    red, green, blue = np.moveaxis(channels.astype(np.uint32), -1, 0)
    words: NDArray[np.uint32] = np.uint32(0xFF000000) | red << 16 | green << 8 | blue
    return words
