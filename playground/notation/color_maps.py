"""The colours of values in pictures on light ground: signed ones about zero, activations and images from black."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array

__all__ = ["NEGATIVE", "POSITIVE", "ZERO", "color_map", "colored", "is_signed", "signed_map", "unsigned_map"]

NEGATIVE, ZERO, POSITIVE = "#0b5cb5", "#f6f7f9", "#b85c00"
_RISING = ("#050510", "#2c1a50", "#6b2a7f", "#b5406f", "#ea6f55", "#fcb26b", "#fcfdd9")
_NOT_FINITE = (196, 0, 156)
_COUNT, _MIDDLE = 255, 127


def is_signed(name: str) -> bool:
    """True for arrays pictured about zero (z, weights, gradients), False for images and activations."""
    return name[0] not in "xAPF"


def color_map(stops: Sequence[str]) -> NDArray[np.uint8]:
    """(255, 3) RGB through "#rrggbb" at equal distances.

    The count is odd so that the middle, zero, has a colour of its own and tiny values of either sign do not flicker.
    """
    colors = np.array([[int(stop[place : place + 2], 16) for place in (1, 3, 5)] for stop in stops], np.float64)
    places = np.linspace(0.0, len(stops) - 1.0, _COUNT)
    channels = [np.interp(places, np.arange(len(stops)), colors[:, channel]) for channel in range(3)]
    return np.asarray(np.rint(np.stack(channels, axis=1)), np.uint8)


@cache
def signed_map() -> NDArray[np.uint8]:
    """(255, 3) RGB: index 0 the most negative, 127 exactly zero, 254 the most positive."""
    return color_map((NEGATIVE, ZERO, POSITIVE))


@cache
def unsigned_map() -> NDArray[np.uint8]:
    """(255, 3) RGB of rising lightness (magma-like): index 0 is zero, 254 the largest activation."""
    return color_map(_RISING)


def colored(values: Array, limit: float, *, signed: bool) -> NDArray[np.uint8]:
    """(3, rows, columns) RGB of (rows, columns) values, −limit or 0 to limit; what is not finite is purple."""
    finite = np.isfinite(values)
    share = np.where(finite, values, 0.0) / limit if limit > 0.0 else np.zeros(values.shape)
    places = _MIDDLE * (1.0 + share) if signed else (_COUNT - 1) * share
    indices = np.clip(np.rint(places), 0, _COUNT - 1).astype(np.intp)
    pixels = (signed_map() if signed else unsigned_map())[indices]
    pixels[~finite] = _NOT_FINITE
    return np.moveaxis(pixels, 2, 0)
