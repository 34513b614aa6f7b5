"""What an array holds, in a few numbers: of one, or of many in one pass."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array

__all__ = ["BINS", "ArrayStatistics", "array_statistics", "statistics_of_all"]

BINS = 25
_SMALLEST = 1e-30  # a largest magnitude below the normal numbers would overflow the division by it


@dataclass(frozen=True)
class ArrayStatistics:
    """Means over the finite values of an array. `histogram`: counts in BINS equal bins from −largest to +largest."""

    mean: float
    largest: float
    zero_share: float
    histogram: NDArray[np.intp]
    finite: bool = True


def array_statistics(values: Array) -> ArrayStatistics:
    """Statistics of an array of any shape; NaN and infinity are left out and noted in `finite`."""
    flat = values.reshape(-1)
    magnitudes = np.abs(flat)
    total = float(magnitudes.sum(dtype=np.float64))
    finite = bool(np.isfinite(total))
    if not finite:
        flat = flat[np.isfinite(flat)]
        magnitudes = np.abs(flat)
        total = float(magnitudes.sum(dtype=np.float64))
    if not flat.size:
        nothing = 0.0 if finite else math.nan  # of no numbers at all there is neither a mean nor a share
        return ArrayStatistics(nothing, nothing, nothing, np.zeros(BINS, dtype=np.intp), finite)
    largest = float(magnitudes.max())
    zeros = flat.size - int(np.count_nonzero(flat))
    # the middle bin is centred on zero
    scaled = flat * ((BINS / 2) / largest) if largest > _SMALLEST else np.zeros_like(flat)
    scaled += BINS / 2
    histogram = np.bincount(np.minimum(scaled, BINS - 1).astype(np.intp), minlength=BINS)
    return ArrayStatistics(total / flat.size, largest, zeros / flat.size, histogram, finite)


def statistics_of_all(arrays: Sequence[Array]) -> list[ArrayStatistics]:
    """The statistics of several arrays, each as `array_statistics` gives them (means to rounding), in one pass.

    A dozen short calls of NumPy for each array would cost more than the work in them.
    """
    lengths = tuple(array.size for array in arrays)
    if not arrays or not all(lengths):
        return [array_statistics(array) for array in arrays]
    sizes, starts, bins_before = _places(lengths)
    row = np.concatenate(arrays, axis=None)
    magnitudes = np.abs(row)
    totals = np.add.reduceat(magnitudes, starts, dtype=np.float64)
    finite = np.isfinite(totals)
    if not finite.all():
        return [array_statistics(array) for array in arrays]
    largest = np.maximum.reduceat(magnitudes, starts)
    zeros = np.add.reduceat(row == 0, starts, dtype=np.intp)
    with np.errstate(divide="ignore"):
        steps = np.where(largest > _SMALLEST, (BINS / 2) / largest.astype(np.float64), 0.0).astype(row.dtype)
    row *= steps.repeat(sizes)
    row += BINS / 2
    np.minimum(row, BINS - 1, out=row)
    bins = row.astype(np.intp)
    bins += bins_before
    histograms = np.bincount(bins, minlength=BINS * len(arrays)).reshape(-1, BINS)
    numbers = zip((totals / sizes).tolist(), largest.tolist(), (zeros / sizes).tolist(), histograms, strict=True)
    return [ArrayStatistics(*each) for each in numbers]


@lru_cache(maxsize=4)
def _places(lengths: tuple[int, ...]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Of arrays in a row: their sizes, where each begins, and for each value how many bins there are before its own."""
    sizes = np.array(lengths)
    return sizes, np.cumsum([0, *lengths[:-1]]), (BINS * np.arange(len(lengths))).repeat(sizes)
