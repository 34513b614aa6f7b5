"""Which cells of the trace the pictures in the chain show."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.chain import ChainFactor, chain
from core.trace import Trace
from ui.cell_ref import CellRef, sample_array
from ui.chain.picture import Picture, array_picture, factor_picture

__all__ = ["Numbers", "cell_at_number", "numbered_array", "numbered_factor"]

Numbers = tuple[str, NDArray[np.intp]]
"""Name of an array, and for each cell (tiles, h, w) of a picture which cell of it is shown, counted; -1 for none."""


def numbered_array(trace: Trace, name: str, filters: tuple[int, ...]) -> Numbers:
    """Of `array_picture`: what is pictured if each cell of the array holds its own place in it."""
    numbered = replace(trace, arrays={**trace.arrays, name: _numbered(trace.arrays[name])})
    return name, _whole(array_picture(numbered, name, filters))


def numbered_factor(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Numbers | None:
    """Of `factor_picture`; None if the factor shows no cells of the trace."""
    values, kind = factor.values, factor.kind
    if kind.endswith("bias"):
        return None
    name = {
        "loss": f"d{factor.denominator}",
        "sigmoid": factor.numerator,
        "softmax": factor.numerator,
        "maxpool": factor.denominator,
        "relu": factor.denominator,
        "flatten": "F",
    }.get(kind) or factor.touches[-1]  # the array that the factor reads
    if kind == "softmax":
        rows = np.arange(values.shape[1], dtype=np.float64)
        numbers = np.broadcast_to(rows[:, None], values.shape[1:])[None]
    elif kind == "flatten":
        numbers = values.astype(np.float64)  # they are places in F
    elif kind == "convolution weight":
        numbers = _numbered_patches(factor, trace, name) - 1
    else:
        numbers = _numbered(values)
    return name, _whole(factor_picture(replace(factor, values=numbers), trace, filters))


def cell_at_number(trace: Trace, name: str, number: int) -> CellRef | None:
    """The cell of an array with a number, None for -1."""
    shape = sample_array(trace, name).shape
    return CellRef(name, tuple(int(axis) for axis in np.unravel_index(number, shape))) if number >= 0 else None


def _numbered_patches(factor: ChainFactor, trace: Trace, name: str) -> NDArray[np.float64]:
    """The patches of an input whose cells hold their own places, counted from 1: 0 is the padding."""
    numbered = replace(trace, arrays={**trace.arrays, name: _numbered(trace.arrays[name]) + 1})
    return chain(numbered, factor.denominator)[-1].values.astype(np.float64)


def _numbered(array: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.arange(array.size, dtype=np.float64).reshape(array.shape)


def _whole(picture: Picture) -> NDArray[np.intp]:
    if picture.cells is None:  # a single number: the only cell there is
        return np.zeros((1, 1, 1), np.intp)
    return np.asarray(picture.cells).astype(np.intp)
