"""Checking every derivative of a trace against finite differences of the loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.layers import Layer, MaxPool2D, ReLU
from core.losses import BinaryCrossEntropy, Loss
from core.network import Network
from core.trace import Trace, trace

__all__ = ["GradientCheck", "check_gradients"]

TOLERANCE = 1e-6
"""Largest relative error that passes; central differences in float64 reach about 1e-9 on a right gradient."""

_Pattern = list[NDArray[np.generic]]


@dataclass(frozen=True)
class GradientCheck:
    """How one derivative of a trace compares with central differences.

    name, shape: the derivative, such as "dw1". max_relative_error: largest |a - n| / max(|a|, |n|, floor) over the
    compared cells. floor is 1e-3 of the largest |a| of the array, and never below what the rounding of L hides (about
    1e-4 for an L near 1). cells: compared; skipped: left out because the loss has a kink or is infinite within
    ±epsilon, or because an output is so near 1 that float64 cannot move it as finely;
    total: all cells, more than cells + skipped if only some were drawn.
    """

    name: str
    shape: tuple[int, ...]
    max_relative_error: float
    cells: int
    skipped: int
    total: int

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

    Runs on a float64 copy of the network. Parameters are moved by ±epsilon and all layers are run; an intermediate
    value is moved and the layers after it are run; an output A by ±epsilon·min(A, 1 - A), so that it stays a
    probability. cells: at most so many of each array, drawn by `seed` (None: all). A cell is skipped if moving it
    changes which ReLUs are on or which cells win their pooling windows: there the loss has a kink, and no derivative is
    right. Raises what `trace` raises, and ValueError unless epsilon and cells are above 0.
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon is {epsilon}; it must be above 0.")
    if cells is not None and cells < 1:
        raise ValueError(f"cells is {cells}; it must be at least 1, or None for all.")
    exact = network.astype(np.float64)
    reference = trace(exact, loss, x, y)
    rng = np.random.default_rng(seed)
    probes = _Probes(exact, loss, reference)
    checks = []
    for name in reference.backward_names:
        analytic = reference.arrays[name]
        chosen = np.arange(analytic.size) if cells is None else rng.permutation(analytic.size)[:cells]
        checks.append(_check(name, analytic, probes, epsilon, chosen))
    return tuple(checks)


class _Probes:
    """For each name of a trace, the array to move and the function that computes the loss from it."""

    def __init__(self, network: Network, loss: Loss, reference: Trace) -> None:
        self._loss, self._y = loss, reference.y
        self._x = np.array(reference.x)
        self._layers = [layer.twin() for layer in network.layers]
        # position of a value in the chain: the layers from there on turn it into the logits
        self._values = {name: start for start, name in enumerate(reference.forward_names[:-2])}
        self.output_name = reference.forward_names[-2]
        self._parameters: dict[str, Array] = {}
        trainable = [layer for layer in self._layers if layer.params]
        for number, layer in enumerate(trainable, start=1):
            self._parameters[f"w{number}"] = layer.params["weight"]
            self._parameters[f"b{number}"] = layer.params["bias"]
        self._reference = reference

    def probe(self, name: str) -> tuple[Array, Callable[[], tuple[float, _Pattern]]]:
        """(array that may be moved in place, function giving the loss and the pattern of ReLUs and pooling winners)."""
        if name in self._parameters:
            return self._parameters[name], lambda: self._run(self._layers, self._x)
        value = np.array(self._reference.arrays[name])
        if name == self.output_name:
            return value, lambda: (_loss_of_activation(self._loss, value, self._y), [])
        rest = self._layers[self._values[name] :]
        return value, lambda: self._run(rest, value)

    def _run(self, layers: list[Layer], value: Array) -> tuple[float, _Pattern]:
        pattern: _Pattern = []
        for layer in layers:
            result = layer.forward(value)
            if isinstance(layer, ReLU):
                pattern.append(value > 0)
            elif isinstance(layer, MaxPool2D):
                pattern.append(layer.winners())
            value = result
        # a fresh object: the caller's loss keeps the gradient of its own last batch
        return type(self._loss)().forward(value, self._y), pattern


def _check(name: str, analytic: Array, probes: _Probes, epsilon: float, chosen: NDArray[np.intp]) -> GradientCheck:
    array, evaluate = probes.probe(name[1:])
    flat = array.reshape(-1)
    loss, _ = evaluate()
    scale = 1e-3 * float(np.abs(analytic).max())
    worst, skipped = 0.0, 0
    for index in chosen:
        kept = float(flat[index])
        step = epsilon * min(kept, 1 - kept) if name[1:] == probes.output_name else epsilon
        flat[index] = high = kept + step
        above, pattern_above = evaluate()
        flat[index] = low = kept - step
        below, pattern_below = evaluate()
        flat[index] = kept
        same_side = all(map(np.array_equal, pattern_above, pattern_below))
        # an output A next to 1 has no neighbours in float64 fine enough for its distance to 1
        movable = step > 100 * float(np.spacing(abs(kept)))
        if not (same_side and movable and math.isfinite(above) and math.isfinite(below)):
            skipped += 1
            continue
        numeric = (above - below) / (high - low)
        value = float(analytic.flat[index])
        rounding = 4 * np.finfo(np.float64).eps * max(1.0, abs(loss)) / step
        error = abs(value - numeric) / max(abs(value), abs(numeric), scale, rounding / TOLERANCE)
        # a comparison with nan is false; written this way round, nan stays and fails
        worst = error if not error <= worst else worst
    return GradientCheck(name, analytic.shape, worst, len(chosen) - skipped, skipped, analytic.size)


def _loss_of_activation(loss: Loss, activation: Array, y: Labels) -> float:
    """L as a function of the output activation A, for ∂L/∂A."""
    if isinstance(loss, BinaryCrossEntropy):
        column = activation.reshape(-1)
        chosen = np.where(y == 1, column, 1 - column)
    else:
        chosen = activation[np.arange(len(y)), y]
    # a saturated output gives infinity, which the caller skips
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(chosen)))
