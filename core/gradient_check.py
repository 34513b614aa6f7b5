"""Checking every derivative of a trace against finite differences of the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.gradient_probe import GradientProbe, Kink, Quotient
from core.losses import Loss
from core.network import Network

__all__ = ["TOLERANCE", "CellState", "GradientCheck", "check_array", "check_gradients", "relative_error"]

TOLERANCE = 1e-6
"""Largest relative error that passes; central differences in float64 reach about 1e-9 on a right gradient."""


class CellState(IntEnum):
    """What became of a cell: not looked at, compared, beside a kink, or not movable by ±ε in float64."""

    NOT_LOOKED_AT = 0
    COMPARED = 1
    KINK = 2
    IMMOVABLE = 3


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """How one derivative of a trace compares with central differences, cell by cell.

    name: the derivative, such as "dw1". backprop, numeric, errors: float64 in its shape; numeric and errors are NaN
    where nothing was compared. states: `CellState` of each cell. kinks: by row-major number of the cell, what flips.
    Where cells of a tied pooling window were moved together, each shows the sum over them in `numeric` and its error.
    """

    name: str
    backprop: Array
    numeric: Array
    errors: Array
    states: NDArray[np.uint8]
    kinks: Mapping[int, tuple[Kink, ...]]

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the derivative."""
        return self.backprop.shape

    @property
    def max_relative_error(self) -> float:
        """The worst of the compared cells, see `relative_error`; NaN if one of them is, 0 if there are none."""
        compared = self.errors[self.states == CellState.COMPARED]
        return float(compared.max()) if compared.size else 0.0

    @property
    def worst(self) -> tuple[int, ...] | None:
        """The compared cell with the worst error; None if there are none."""
        if not self.cells:
            return None
        errors = np.where(self.states == CellState.COMPARED, self.errors, -1.0)
        return tuple(int(axis) for axis in np.unravel_index(int(errors.argmax()), self.shape))

    @property
    def cells(self) -> int:
        """How many were compared."""
        return int(np.count_nonzero(self.states == CellState.COMPARED))

    @property
    def skipped(self) -> int:
        """How many were left out: beside a kink, or not movable."""
        return int(np.count_nonzero(self.states > CellState.COMPARED))

    @property
    def total(self) -> int:
        """All cells, more than cells + skipped if only some were looked at."""
        return self.backprop.size

    @property
    def passed(self) -> bool:
        """True if no compared cell is off by more than the tolerance."""
        return self.max_relative_error <= TOLERANCE


def check_gradients(
    network: Network,
    loss: Loss,
    x: Array,
    y: Labels,
    epsilon: float = 1e-5,
    *,
    cells: int | None = None,
    seed: int = 0,
) -> tuple[GradientCheck, ...]:
    """Compare every derivative of `trace(network, loss, x, y)` with central differences, in the order of the trace.

    Runs on a float64 copy of the network, by `check_array`; see there for epsilon, cells and seed. Raises what `trace`
    raises.
    """
    _validate(epsilon, cells)
    probe = GradientProbe(network, loss, x, y)
    return tuple(
        check_array(probe, name.removeprefix("d"), epsilon, cells=cells, seed=seed)
        for name in probe.trace.backward_names
    )


def check_array(
    probe: GradientProbe,
    name: str,
    epsilon: float = 1e-5,
    *,
    cells: int | None = None,
    seed: int = 0,
    before_each: Callable[[], object] = lambda: None,
) -> GradientCheck:
    """Compare ∂L/∂name, of a parameter or an intermediate value, with central differences.

    cells: at most so many, half of them those with the largest derivative, the others drawn by `seed` (None: all).
    before_each is called before every cell and may raise to give the check up. A cell is left out if moving it changes
    which ReLUs are on or which cells win their pooling windows: there the loss has a kink, and no derivative is right.
    Cells that tie for a pooling window are moved together. Raises ValueError unless epsilon and cells are above 0.
    """
    _validate(epsilon, cells)
    backprop = probe.derivative(name)
    numeric, errors = np.full(backprop.shape, np.nan), np.full(backprop.shape, np.nan)
    states = np.zeros(backprop.shape, np.uint8)
    kinks: dict[int, tuple[Kink, ...]] = {}
    floor = 1e-3 * float(np.abs(backprop).max())
    for cell in _chosen(backprop, cells, seed):
        if states.flat[cell]:
            continue  # moved already, together with another
        before_each()
        moved = probe.together(name, int(cell))
        found = probe.measure(name, moved, epsilon)
        where = list(moved)
        if found.is_smooth:
            states.flat[where] = CellState.COMPARED
            numeric.flat[where] = found.numeric
            errors.flat[where] = relative_error(float(backprop.flat[where].sum()), found, floor)
        else:
            states.flat[where] = CellState.KINK if found.kinks else CellState.IMMOVABLE
            kinks.update(dict.fromkeys(moved, found.kinks) if found.kinks else {})
    return GradientCheck(f"d{name}", backprop, numeric, errors, states, kinks)


def relative_error(backprop: float, found: Quotient, floor: float = 0.0) -> float:
    """|backprop − numeric| / max(|backprop|, |numeric|, floor, what rounding hides).

    floor: 1e-3 of the largest derivative of the array, since a tiny cell among large ones cannot be known as exactly.
    Rounding of L in float64 hides a relative error of `TOLERANCE` below about 1e-4 for an L near 1 and ε = 1e-5.
    """
    rounding = 8 * np.finfo(np.float64).eps * max(1.0, abs(found.loss)) / (found.high - found.low)
    return abs(backprop - found.numeric) / max(abs(backprop), abs(found.numeric), floor, rounding / TOLERANCE)


def _validate(epsilon: float, cells: int | None) -> None:
    if not epsilon > 0:
        raise ValueError(f"epsilon is {epsilon}; it must be above 0.")
    if cells is not None and cells < 1:
        raise ValueError(f"cells is {cells}; it must be at least 1, or None for all.")


def _chosen(backprop: Array, cells: int | None, seed: int) -> Iterable[int]:
    if cells is None or cells >= backprop.size:
        return range(backprop.size)
    # a wrong derivative that is large is looked at first, one that is missing is found among those drawn
    large = np.argsort(-np.abs(backprop), axis=None, kind="stable")[: cells // 2]
    others = np.setdiff1d(np.arange(backprop.size), large)
    drawn = np.random.default_rng(seed).permutation(others)[: cells - len(large)]
    return [int(cell) for cell in (*large, *drawn)]
