"""Scaling by area: each new pixel is the mean over the exact, fractional area that it covers in the old picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["area_average"]


def area_average(pixels: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Pictures (…, rows, columns) → (…, height, width); where a picture grows, its pixels become rectangles."""
    rows, columns = pixels.shape[-2:]
    return np.asarray(_weights(height, rows) @ pixels @ _weights(width, columns).T)


def _weights(new: int, old: int) -> NDArray[np.float32]:
    """(new, old) weights of a one-dimensional box filter; every row sums to 1."""
    edges = np.linspace(0, old, new + 1)
    pixel = np.arange(old)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.asarray(np.maximum(overlap, 0) * (new / old), np.float32)
