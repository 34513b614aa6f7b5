"""Checks of a specimen's gradients: one weight with its sweep over ε, all parameters, the whole way of the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.gradient_check import TOLERANCE, CellState, check_array, relative_error
from core.gradient_check import GradientCheck as ArrayCheck
from core.gradient_probe import GradientProbe, Kink, Quotient
from core.trace import Trace
from playground.errors import PlaygroundError
from playground.laboratory.self_check import holds
from playground.laboratory.specimen import Specimen

__all__ = [
    "EPSILON",
    "EPSILONS",
    "SWEEP",
    "ArrayCheck",
    "CellState",
    "Kink",
    "ParameterCheck",
    "Station",
    "SweepPoint",
    "WeightCheck",
    "check_parameters",
    "check_travel",
    "check_weight",
]

EPSILON = 1e-5
"""Where truncation (∝ ε²) and rounding (∝ 1/ε) of a central difference are both far below the tolerance."""
EPSILONS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)
SWEEP = tuple(10.0 ** (-half / 2) for half in range(27))
"""From 1 to 1e-13, two a decade."""
TRAVEL_CELLS = 48

Progress = Callable[[int, int], object]


def _silent(_done: int, _total: int) -> None:
    """Nobody wants to know how far a check is."""


@dataclass(frozen=True)
class SweepPoint:
    """One ε: |backprop − quotient| / max(|backprop|, |quotient|), NaN if both are 0; kinks: what flips within ±ε."""

    epsilon: float
    numeric: float
    error: float
    kinks: tuple[Kink, ...]


@dataclass(frozen=True, eq=False)
class WeightCheck:
    """One weight of a specimen: where the loss goes when it is moved by ±epsilon, beside what backpropagation says.

    error: as in `core.gradient_check.relative_error`. trace: the float64 pass that it belongs to.
    """

    specimen: Specimen
    name: str
    index: tuple[int, ...]
    value: float
    epsilon: float
    quotient: Quotient
    backprop: float
    error: float
    sweep: tuple[SweepPoint, ...]
    trace: Trace

    @property
    def passed(self) -> bool | None:
        """Whether they agree; None beside a kink, where no derivative is right."""
        return self.error <= TOLERANCE if self.quotient.is_smooth else None


@dataclass(frozen=True, eq=False)
class ParameterCheck:
    """The derivatives of all parameters of a specimen, every cell."""

    specimen: Specimen
    epsilon: float
    arrays: tuple[ArrayCheck, ...]
    trace: Trace

    @property
    def worst(self) -> ArrayCheck:
        """The array with the worst error."""
        return max(self.arrays, key=lambda check: math.inf if math.isnan(check.max_relative_error)
                   else check.max_relative_error)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Station:
    """One derivative on the way of the gradient.

    check: against central differences, of some cells: wrong ones are red. rule_holds: whether the looked-at cells are
    the sums that they should be, of what stands before them; if not, this array is where it goes wrong.
    """

    check: ArrayCheck
    rule_holds: bool

    @property
    def name(self) -> str:
        """Of the derivative."""
        return self.check.name


def check_weight(
    specimen: Specimen, name: str, index: tuple[int, ...], epsilon: float = EPSILON, progress: Progress = _silent
) -> WeightCheck:
    """Move one weight or bias ("w1", "b2" …) by ±epsilon, and by every ε of SWEEP; `progress` may raise to end it."""
    probe = specimen.probe()
    values = probe.trace.arrays[name]
    if len(index) != values.ndim or any(not 0 <= at < side for at, side in zip(index, values.shape, strict=True)):
        raise PlaygroundError(f"{name} of this network has no cell {list(index)}; it is {values.shape}.")
    cell = 0
    for at, side in zip(index, values.shape, strict=True):
        cell = cell * side + at
    gradient = probe.derivative(name)
    backprop = float(gradient[index])
    sweep = []
    for place, wide in enumerate(SWEEP):
        progress(place, len(SWEEP))
        found = probe.measure(name, (cell,), wide)
        largest = max(abs(backprop), abs(found.numeric))
        error = abs(backprop - found.numeric) / largest if largest else math.nan
        sweep.append(SweepPoint(wide, found.numeric, error, found.kinks))
    quotient = probe.measure(name, (cell,), epsilon)
    error = relative_error(backprop, quotient, 1e-3 * float(abs(gradient).max()))
    return WeightCheck(
        specimen, name, index, float(values[index]), epsilon, quotient, backprop, error, tuple(sweep), probe.trace
    )


def check_parameters(specimen: Specimen, epsilon: float = EPSILON, progress: Progress = _silent) -> ParameterCheck:
    """Every cell of every parameter. `progress(done, total)` is told before each, and may raise to give it up."""
    probe = specimen.probe()
    names = probe.trace.parameter_names
    count = _Count(sum(probe.trace.arrays[name].size for name in names), progress)
    arrays = tuple(check_array(probe, name, epsilon, before_each=count) for name in names)
    return ParameterCheck(specimen, epsilon, arrays, probe.trace)


def check_travel(
    specimen: Specimen, epsilon: float = EPSILON, progress: Progress = _silent, *, cells: int = TRAVEL_CELLS
) -> tuple[Station, ...]:
    """Some cells of every derivative, in the order in which the gradient travels: half the largest, half drawn."""
    probe = specimen.probe()
    names = probe.trace.backward_names
    count = _Count(sum(min(cells, probe.trace.arrays[name].size) for name in names), progress)
    stations = []
    for name in names:
        check = check_array(
            probe, name.removeprefix("d"), epsilon, cells=cells, seed=specimen.settings.seed, before_each=count
        )
        stations.append(Station(check, _rule_holds(probe, check)))
    return tuple(stations)


def _rule_holds(probe: GradientProbe, check: ArrayCheck) -> bool:
    """Whether cells that were looked at are the sums that `core.explain` makes of what stands before them."""
    looked_at = check.states.reshape(-1).nonzero()[0]
    return all(holds(probe.trace, check.name, int(cell)) for cell in looked_at)


class _Count:
    def __init__(self, total: int, progress: Progress) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def __call__(self) -> None:
        self._progress(self._done, self._total)
        self._done += 1
