"""Which cell of the trace a cell of a picture in the chain shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.chain import ChainFactor, chain
from core.trace import Trace
from ui.chain.picture import Picture, array_picture, factor_picture
from ui.flow.text import CellRef, sample_array

__all__ = ["cell_of_array", "cell_of_factor"]

Place = tuple[int, int, int]
"""Tile, row and column in a picture."""


def cell_of_array(trace: Trace, name: str, filters: tuple[int, ...], place: Place) -> CellRef | None:
    """The cell at a place of `array_picture`: what is pictured there if each cell holds its own place in the array."""
    array = trace.arrays[name]
    numbered = replace(trace, arrays={**trace.arrays, name: _numbered(array)})
    return _ref(trace, name, array_picture(numbered, name, filters), place)


def cell_of_factor(factor: ChainFactor, trace: Trace, filters: tuple[int, ...], place: Place) -> CellRef | None:
    """The cell at a place of `factor_picture`; None where a factor shows no cell of the trace, as in the padding."""
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
    return _ref(trace, name, factor_picture(replace(factor, values=numbers), trace, filters), place)


def _numbered_patches(factor: ChainFactor, trace: Trace, name: str) -> NDArray[np.float64]:
    """The patches of an input whose cells hold their own places, counted from 1: 0 is the padding."""
    numbered = replace(trace, arrays={**trace.arrays, name: _numbered(trace.arrays[name]) + 1})
    return chain(numbered, factor.denominator)[-1].values.astype(np.float64)


def _numbered(array: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.arange(array.size, dtype=np.float64).reshape(array.shape)


def _ref(trace: Trace, name: str, numbers: Picture, place: Place) -> CellRef | None:
    found = numbers.number if numbers.cells is None else numbers.cells[place]
    shape = sample_array(trace, name).shape
    if found is None or found < 0:
        return None
    number = 0 if numbers.cells is None else int(found)
    return CellRef(name, tuple(int(axis) for axis in np.unravel_index(number, shape))) if shape else CellRef(name, ())
