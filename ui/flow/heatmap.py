"""From values to colours: colour tables, scale rules, and one small image an array that is painted enlarged.

Values become indices into a table of 256 colours (0 to 254 the map of the theme, 255 "not a number"), so that another
theme swaps the table only. The picture itself is kept in 32 bits: Qt enlarges those thirteen times faster than indexed
ones (16 µs against 210 µs for 24×24 cells on 120×120 pixels, measured with Qt 6.11).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from core.arrays import Array
from playground.notation import color_maps
from ui.colors import screen_words
from ui.theme import Theme, diverging_map, sequential_map

__all__ = [
    "NOT_FINITE",
    "SMALLEST_LIMIT",
    "ZERO",
    "HeatImage",
    "ScaleRule",
    "Scales",
    "color_indices",
    "color_table",
    "color_tables",
    "is_signed",
    "peak",
]

ZERO = 127
NOT_FINITE = 255
SMALLEST_LIMIT = 1e-36
"""A limit under the smallest normal float32 would overflow its reciprocal."""
_DECAY, _MOST = 0.05, 4.0


class ScaleRule(Enum):
    """Which value gets the strongest colour of the map."""

    SMOOTH = "smooth"
    FRAME = "this frame"
    LAYER = "per layer"
    LOCKED = "locked"


def is_signed(name: str, difference: bool = False) -> bool:
    """True for arrays on the diverging map (z, weights, gradients), False for images and activations.

    difference: of two moments, which gives activations a sign, too.
    """
    return color_maps.is_signed(name) or (difference and name != "x")


@cache
def color_tables(theme: Theme) -> NDArray[np.uint32]:
    """(512,) both tables in one, for colours found in one pass: the unsigned one, then the signed one."""
    tables = np.concatenate([color_table(theme, False), color_table(theme, True)])
    tables.flags.writeable = False
    return tables


@cache
def color_table(theme: Theme, signed: bool) -> NDArray[np.uint32]:
    """(256,) 0xffRRGGBB: the 255 colours of the theme's map, then the one that marks NaN and infinity."""
    table = np.empty(256, dtype=np.uint32)
    table[:255] = screen_words((diverging_map if signed else sequential_map)(theme))
    table[NOT_FINITE] = QColor("#ff2fd6" if theme.is_dark else "#c4009c").rgb()
    table.flags.writeable = False
    return table


def peak(values: Array) -> tuple[float, bool]:
    """Largest finite magnitude (0.0 if there is none) and whether every value is finite."""
    if not values.size:
        return 0.0, True
    # max and −min need no copy of the array, abs does; both pass a NaN or an infinity on
    largest = max(float(values.max()), -float(values.min()))
    if math.isfinite(largest):
        return largest, True
    finite = values[np.isfinite(values)]
    return (float(np.abs(finite).max()) if finite.size else 0.0), False


def color_indices(values: Array, limit: float, signed: bool, finite: bool = True) -> NDArray[np.uint8]:
    """Indices into `color_table`, same shape: −limit…limit → 0…254 with 0 → 127 if signed, else 0…limit → 0…254.

    Values beyond the limit get the end colour; with `finite` False each NaN and infinity gets NOT_FINITE.
    """
    if limit <= 0.0:
        indices = np.full(values.shape, ZERO if signed else 0, dtype=np.uint8)
    else:
        steps = (ZERO if signed else 254) / max(limit, SMALLEST_LIMIT)
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = values * steps
            scaled += ZERO + 0.5 if signed else 0.5
            np.clip(scaled, 0.0, 254.0, out=scaled)
            indices = scaled.astype(np.uint8)
    if not finite:
        indices[~np.isfinite(values)] = NOT_FINITE
    return indices


class HeatImage:
    """The enlarged picture's source: one pixel a cell, `rows` × `cols`, rewritten in place for every frame."""

    def __init__(self, rows: int, cols: int) -> None:
        self.image = QImage(cols, rows, QImage.Format.Format_RGB32)
        stride = self.image.bytesPerLine() // 4
        self._pixels = np.frombuffer(self.image.bits(), dtype=np.uint32).reshape(rows, stride)[:, :cols]

    def fill(self, indices: NDArray[np.uint8], table: NDArray[np.uint32]) -> None:
        """Write the colours of `indices` (any shape of rows·cols cells, row-major)."""
        np.take(table, indices.reshape(self._pixels.shape), out=self._pixels, mode="clip")


def _layer(name: str) -> str:
    """Arrays that share a scale 'per layer': a layer's values, its gradients, its parameters, their gradients."""
    gradient = name[0] == "d" and len(name) > 1
    plain = name[1:] if gradient else name
    kind = "parameter" if plain[0] in "wb" else "value"
    return f"{'d' if gradient else ''}{kind}{plain[1:] or plain}"


class Scales:
    """The value at the end of each array's colour map, by the chosen rule.

    SMOOTH rises at once to a new largest magnitude and, while training, falls back slowly (5 % of the way a snapshot),
    so that a picture does not pump, but never stays above four times of what there is, which would look as if it had
    vanished; at rest it is that of the snapshot. FRAME takes each snapshot by itself; LAYER one
    value for a layer; LOCKED keeps what was.
    """

    def __init__(self) -> None:
        self.rule = ScaleRule.SMOOTH
        self._limits: dict[str, float] = {}
        self._peaks: Mapping[str, float] = {}

    def forget(self) -> None:
        """Start anew: another run or another sample has nothing to do with the magnitudes seen so far."""
        self._limits.clear()

    def update(self, peaks: dict[str, float], *, at_rest: bool = False) -> None:
        """Take in the largest magnitudes of one snapshot; at_rest: the next one will not follow at once."""
        self._peaks = peaks
        if self.rule is ScaleRule.LOCKED:
            for name, value in peaks.items():
                self._limits.setdefault(name, value)
        elif self.rule is ScaleRule.LAYER:
            shared: dict[str, float] = {}
            for name, value in peaks.items():
                shared[_layer(name)] = max(shared.get(_layer(name), 0.0), value)
            self._limits = {name: shared[_layer(name)] for name in peaks}
        elif self.rule is ScaleRule.FRAME or at_rest:
            self._limits = dict(peaks)
        else:
            for name, value in peaks.items():
                held = self._limits.get(name, 0.0)
                self._limits[name] = value if value >= held else min(held + (value - held) * _DECAY, _MOST * value)

    def limit(self, name: str) -> float:
        """The magnitude at the end of the map of array `name`; 0.0 if nothing was seen yet."""
        return self._limits.get(name, 0.0)

    def peak(self, name: str) -> float:
        """The largest magnitude of array `name` in the newest snapshot; 0.0 if nothing was seen yet."""
        return self._peaks.get(name, 0.0)

    def limits(self, names: Iterable[str]) -> NDArray[np.float64]:
        """The limits of several arrays."""
        return np.array([self._limits.get(name, 0.0) for name in names])
