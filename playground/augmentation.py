"""Small changes that keep what an image shows, made anew each time it is trained on: more samples from few."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from core.arrays import Array
from playground.errors import SettingsError
from playground.ranges import Range

__all__ = ["AUGMENTATION_RANGES", "NO_AUGMENTATION", "SUGGESTED_AUGMENTATION", "Augmentation", "augment"]

AUGMENTATION_RANGES: Mapping[str, Range] = {
    "shift": Range(0, 0.3, integer=False),
    "rotation": Range(0, 45, integer=False),
    "scale": Range(0, 0.5, integer=False),
    "noise": Range(0, 0.3, integer=False),
}
"""Allowed values; 0 turns a change off."""


@dataclass(frozen=True)
class Augmentation:
    """The largest change of each kind, drawn evenly for every image. Raises SettingsError if out of range.

    shift: to each side, as a share of the image's side; rotation: degrees either way; scale: 0.1 is 0.9 to 1.1 times
    as large; noise: standard deviation of what is added to each value, of 0 to 1.
    """

    shift: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    noise: float = 0.0

    def __post_init__(self) -> None:
        for name, allowed in AUGMENTATION_RANGES.items():
            allowed.check(name, getattr(self, name))
            object.__setattr__(self, name, float(getattr(self, name)))

    @property
    def is_on(self) -> bool:
        """True if images are changed at all."""
        return any(getattr(self, name) for name in AUGMENTATION_RANGES)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a file; `from_dict` reads them back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: object) -> Augmentation:
        """An augmentation from plain values; raises SettingsError naming what is unknown or invalid."""
        known = {field.name for field in fields(cls)}
        if not isinstance(values, Mapping) or not set(values) <= known:
            raise SettingsError(f"augmentation is a table of {', '.join(sorted(known))}.")
        return cls(**values)


NO_AUGMENTATION = Augmentation()
SUGGESTED_AUGMENTATION = Augmentation(shift=0.08, rotation=10.0, scale=0.1, noise=0.03)
"""Changes that a person hardly notices in a digit."""


def augment(x: Array, how: Augmentation, generator: np.random.Generator) -> Array:
    """Images (m, c, h, w) from 0 to 1 → such images, each changed in its own way; `x` itself if nothing is on.

    Sampled between pixels (bilinear); where an image ends, its outermost pixels go on.
    """
    if not how.is_on:
        return x
    if how.shift or how.rotation or how.scale:
        x = _moved(x, how, generator)
    if how.noise:
        noise = generator.standard_normal(x.shape, np.float32) * np.float32(how.noise)
        x = np.clip(x + noise, 0, 1).astype(x.dtype)
    return x


def _moved(x: Array, how: Augmentation, generator: np.random.Generator) -> Array:
    count, channels, height, width = x.shape
    angle, scale, down, right = (
        generator.uniform(-largest, largest, (count, 1, 1)).astype(np.float32)
        for largest in (np.deg2rad(how.rotation), how.scale, how.shift * height, how.shift * width)
    )
    # for each new pixel the place that it comes from
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis] - np.float32((height - 1) / 2) - down
    columns = np.arange(width, dtype=np.float32) - np.float32((width - 1) / 2) - right
    cosine, sine = np.cos(angle) / (1 + scale), np.sin(angle) / (1 + scale)
    from_row = np.clip(cosine * rows - sine * columns + np.float32((height - 1) / 2), 0, height - 1)
    from_column = np.clip(sine * rows + cosine * columns + np.float32((width - 1) / 2), 0, width - 1)
    # the last row and column have none after them: from there the pixel before is taken with weight 0 or 1
    top = np.minimum(from_row.astype(np.int32), max(height - 2, 0))
    left = np.minimum(from_column.astype(np.int32), max(width - 2, 0))
    lower = (from_row - top.astype(np.float32))[:, np.newaxis]
    righter = (from_column - left.astype(np.float32))[:, np.newaxis]
    first = np.arange(count * channels).reshape(count, channels, 1, 1) * (height * width)
    corner = first + (top * width + left)[:, np.newaxis]
    flat = np.ascontiguousarray(x).reshape(-1)
    down_one, right_one = (width if height > 1 else 0), (1 if width > 1 else 0)
    above = flat[corner]
    above += righter * (flat[corner + right_one] - above)
    corner += down_one
    beneath = flat[corner]
    beneath += righter * (flat[corner + right_one] - beneath)
    return np.asarray(above + lower * (beneath - above))
