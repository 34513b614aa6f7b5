"""A small synthetic data set: circles, squares, triangles and crosses, the same in every run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array

__all__ = ["CLASS_NAMES", "draw_shapes"]

CLASS_NAMES = ("circle", "square", "triangle", "cross")

_SIZE = 28
_SEED = 5
_LARGEST_TILT = np.pi / 12

Numbers = NDArray[np.float64]


def _circle(x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    return np.asarray(np.hypot(x, y) - radius)


def _square(x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    return np.asarray(np.maximum(np.abs(x), np.abs(y)) - 0.85 * radius)


def _triangle(x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    # the largest of the distances to the three sides of an equilateral triangle, point up (y grows downwards)
    slanted = np.abs(x) * np.sqrt(3) / 2 - y / 2
    return np.asarray(np.maximum(slanted, y) - 0.55 * radius)


def _cross(x: Numbers, y: Numbers, radius: Numbers) -> Numbers:
    arm = 0.3 * radius
    upright = np.maximum(np.abs(x) - arm, np.abs(y) - radius)
    level = np.maximum(np.abs(y) - arm, np.abs(x) - radius)
    return np.asarray(np.minimum(upright, level))


_DISTANCES = (_circle, _square, _triangle, _cross)


def draw_shapes(train: int = 300, test: int = 60) -> tuple[Array, Array]:
    """Bright shapes on black: train (4, train, 28, 28) and test (4, test, 28, 28), float32 0 to 1, one row a class.

    Size, place, tilt, brightness and fill (solid, or an outline of varied width) vary. The coverage of a pixel is taken
    from the signed distance of its centre to the edge, which gives smooth edges.
    """
    rng = np.random.default_rng(_SEED)
    images = np.stack([_draw(kind, train + test, rng) for kind in range(len(CLASS_NAMES))])
    return images[:, :train], images[:, train:]


def _draw(kind: int, count: int, rng: np.random.Generator) -> Array:
    column = (count, 1, 1)
    radius = rng.uniform(5.5, 10.0, column)
    # the farthest point of a shape, a corner of the square, is 1.2 radii from its middle: keep it off the border
    reach = _SIZE / 2 - 1.5 - 1.21 * radius
    centre_x, centre_y = (_SIZE / 2 - 0.5 + reach * rng.uniform(-1, 1, column) for _ in range(2))
    tilt = rng.uniform(-_LARGEST_TILT, _LARGEST_TILT, column)
    brightness = rng.uniform(0.75, 1.0, column)
    outline_width = rng.uniform(1.5, 3.0, column)
    outlined = rng.random(column) < 0.5

    rows, columns = np.mgrid[:_SIZE, :_SIZE].astype(np.float64)
    x, y = columns - centre_x, rows - centre_y
    x, y = x * np.cos(tilt) + y * np.sin(tilt), y * np.cos(tilt) - x * np.sin(tilt)
    distance = _DISTANCES[kind](x, y, radius)
    distance = np.where(outlined, np.abs(distance + outline_width / 2) - outline_width / 2, distance)
    return np.asarray(brightness * np.clip(0.5 - distance, 0, 1), np.float32)
