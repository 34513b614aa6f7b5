"""The colours of the classes of a run: those that the user chose for them, as far as the theme can show them apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from ui.theme import Theme, palette_color

__all__ = ["chosen_for", "readable", "with_class_colors"]

_READABLE = 3.0
"""Contrast to the ground that signs need, by the Web Content Accessibility Guidelines 2.2, 1.4.11."""
_APART = 18.0
"""Distance in CIELAB; the nearest two of the palettes are 19.7 apart."""
_STEP = 0.02
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)


def chosen_for(settings: Settings, own: ImageSet | None) -> tuple[int | str, ...]:
    """What the user's own data set says of the colours of a run's classes, y = 0 first; of other data nothing."""
    return () if own is None or settings.own is None else tuple(own.colors[label] for label in settings.classes)


def with_class_colors(theme: Theme, chosen: Sequence[int | str]) -> Theme:
    """The theme with the chosen colours ("#rrggbb"; numbers: none was chosen) for the classes of a run, y = 0 first.

    Those that could hardly be read become lighter or darker. The theme's own stay if two would look alike.
    """
    if not any(isinstance(color, str) for color in chosen):
        return theme.with_classes(())
    colors = tuple(
        readable(color, theme.panel) if isinstance(color, str) else palette_color(theme, y)
        for y, color in enumerate(chosen)
    )
    alike = any(np.linalg.norm(_lab(one) - _lab(other)) < _APART for one, other in combinations(colors, 2))
    return theme.with_classes(() if alike else colors)


def readable(color: str, ground: str) -> str:
    """The colour, or the nearest lighter or darker one of its hue that stands out from the ground."""
    light = 1.0 if _luminance(ground) < 0.2 else 0.0
    chosen = QColor(color)
    lightness, shown = chosen.lightnessF(), chosen.name()
    while _contrast(shown, ground) < _READABLE and lightness != light:
        lightness = min(1.0, lightness + _STEP) if light else max(0.0, lightness - _STEP)
        shown = QColor.fromHslF(max(chosen.hslHueF(), 0.0), chosen.hslSaturationF(), lightness).name()
    return shown


def _xyz(color: str) -> NDArray[np.float64]:
    parsed = QColor(color)
    channels = np.array([parsed.redF(), parsed.greenF(), parsed.blueF()])
    return _XYZ @ np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _luminance(color: str) -> float:
    return float(_xyz(color)[1])


def _contrast(color: str, ground: str) -> float:
    darker, lighter = sorted((_luminance(color), _luminance(ground)))
    return (lighter + 0.05) / (darker + 0.05)


def _lab(color: str) -> NDArray[np.float64]:
    shares = _xyz(color) / _WHITE
    x, y, z = np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
