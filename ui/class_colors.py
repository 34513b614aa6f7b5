"""The colours of the classes of a run: those that the user chose for them, as far as the theme can show them apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from ui.colors import SEEN, readable, xyz
from ui.theme import Theme, palette_color

__all__ = ["chosen_for", "with_class_colors"]

_APART = 18.0
"""Distance in CIELAB; the nearest two of the palettes are 19.7 apart."""


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
        readable(color, theme.panel, SEEN) if isinstance(color, str) else palette_color(theme, y)
        for y, color in enumerate(chosen)
    )
    alike = any(np.linalg.norm(_lab(one) - _lab(other)) < _APART for one, other in combinations(colors, 2))
    return theme.with_classes(() if alike else colors)


def _lab(color: str) -> NDArray[np.float64]:
    shares = xyz(color) / xyz("#ffffff")
    x, y, z = np.where(shares > 0.008856, np.cbrt(shares), 7.787 * shares + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
