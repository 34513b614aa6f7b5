"""Moving single cells of a pass by ±ε and seeing what the loss does: the difference quotients of a gradient check."""

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

__all__ = ["GradientProbe", "Kink", "Quotient"]

Pattern = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Kink:
    """A decision that flips within ±ε, so that the loss has a kink there and no derivative.

    array: "z1" if a ReLU opens or closes, "P1" if another cell wins a pooling window; index: the first such cell, with
    the batch axis; count: how many flip.
    """

    array: str
    index: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class Quotient:
    """(L(v + ε) − L(v − ε)) / 2ε for one cell, or for several that are moved together.

    high, low: where it was moved to; above, below: the loss there; loss: the loss in between.
    movable: False if float64 has no neighbours of the value that are fine enough for ε.
    """

    high: float
    low: float
    above: float
    below: float
    loss: float
    kinks: tuple[Kink, ...]
    movable: bool

    @property
    def numeric(self) -> float:
        """The difference quotient; NaN if the cell did not move."""
        return (self.above - self.below) / (self.high - self.low) if self.high > self.low else math.nan

    @property
    def is_smooth(self) -> bool:
        """True if the quotient may be compared with a derivative."""
        return not self.kinks and self.movable and math.isfinite(self.above) and math.isfinite(self.below)


class GradientProbe:
    """A float64 copy of a network on one batch, any cell of which can be moved. Raises what `trace` raises.

    `trace` holds the values and the derivatives that backpropagation has for them; the layers of the network may be
    substitutes with another backward pass, since moving a cell runs forward only.
    """

    def __init__(self, network: Network, loss: Loss, x: Array, y: Labels) -> None:
        exact = network.astype(np.float64)
        self.trace: Trace = trace(exact, loss, x, y)
        self._loss, self._y = loss, self.trace.y
        self._layers = [layer.twin() for layer in exact.layers]
        # every value is the input of the layer at its place in the chain
        self._place = {name: place for place, name in enumerate(self.trace.forward_names[:-2])}
        self._logits, self.output_name = self.trace.forward_names[-3:-1]
        self._parameters: dict[str, tuple[Array, int]] = {}
        trainable = [place for place, layer in enumerate(self._layers) if layer.params]
        for number, place in enumerate(trainable, start=1):
            params = self._layers[place].params
            self._parameters[f"w{number}"] = params["weight"], place
            self._parameters[f"b{number}"] = params["bias"], place
        self._decisions = {
            place: f"z{self.trace.forward_names[place][1:]}" if isinstance(layer, ReLU) else self._pooled(place)
            for place, layer in enumerate(self._layers)
            if isinstance(layer, ReLU | MaxPool2D)
        }
        self._name = ""
        # by sample, of the array moved last: what moves and how, the loss and the decisions as they are
        self._prepared: dict[int, tuple[Array, Callable[[], tuple[float, Pattern]], float, Pattern]] = {}

    def _pooled(self, place: int) -> str:
        return f"P{self.trace.forward_names[place][1:]}"

    def derivative(self, name: str) -> Array:
        """What backpropagation has for ∂L/∂name, in the shape of the array."""
        return self.trace.arrays[f"d{name}"]

    def together(self, name: str, cell: int) -> tuple[int, ...]:
        """The cells to move along with `cell` (row-major numbers), itself too, so that no pooling window changes hands.

        Cells of A, or open cells of z, that share the maximum of a pooling window: moved alone, each would make or lose
        a maximum, which is a kink; moved together they hand on what the window gets, once.
        """
        if name[0] not in "Az" or name in (self._logits, self.output_name):
            return (cell,)
        values = self.trace.arrays[name]
        size = self.trace.geometry[int(name[1:]) - 1]
        # windows that overlap would tie in chains
        if size.pool_size != size.pool_stride:
            return (cell,)
        (kh, kw), (height, width) = size.pool_size, values.shape[2:]
        n, channel, row, column = (int(axis) for axis in np.unravel_index(cell, values.shape))
        top, left = row // kh * kh, column // kw * kw
        if top + kh > height or left + kw > width:
            return (cell,)
        window = values[n, channel, top : top + kh, left : left + kw]
        largest = window.max()
        if values[n, channel, row, column] != largest or (name[0] == "z" and largest <= 0):
            return (cell,)
        rows, columns = np.nonzero(window == largest)
        start = (n * values.shape[1] + channel) * height
        return tuple(int((start + top + u) * width + left + v) for u, v in zip(rows, columns, strict=True))

    def measure(self, name: str, cells: tuple[int, ...], epsilon: float) -> Quotient:
        """The difference quotient for the cells (row-major numbers in the array `name`), all moved by the same ±ε.

        An output A is moved by ±ε·min(A, 1 − A), so that it stays a probability.
        """
        # a value of one sample reaches the loss through that sample alone: the others need not be run
        size = 0 if name in self._parameters else self.trace.arrays[name][0].size
        sample = cells[0] // size if size else 0
        array, evaluate, loss, pattern = self._prepare(name, sample)
        flat = array.reshape(-1)
        places = [cell - sample * size for cell in cells]
        kept = flat[places].copy()
        first = float(kept[0])
        step = epsilon * min(first, 1 - first) if name == self.output_name else epsilon
        try:
            flat[places] = kept + step
            high = float(flat[places[0]])
            above, pattern_above = evaluate()
            flat[places] = kept - step
            low = float(flat[places[0]])
            below, pattern_below = evaluate()
        finally:
            flat[places] = kept
        kinks = _kinks(pattern, pattern_above, pattern_below, first_sample=sample)
        movable = step > 100 * float(np.spacing(np.abs(kept).max()))
        return Quotient(high, low, above, below, loss, kinks, movable)

    def _prepare(self, name: str, sample: int) -> tuple[Array, Callable[[], tuple[float, Pattern]], float, Pattern]:
        if name != self._name:
            self._name = name
            self._prepared.clear()
        if sample not in self._prepared:
            array, evaluate = self._movable(name, sample)
            self._prepared[sample] = (array, evaluate, *evaluate())
        return self._prepared[sample]

    def _movable(self, name: str, sample: int) -> tuple[Array, Callable[[], tuple[float, Pattern]]]:
        """(array that may be moved in place, function giving the loss and the decisions made on the way to it).

        The array is a parameter, or the part (1, …) of a value that belongs to the sample.
        """
        if name in self._parameters:
            array, place = self._parameters[name]
            # what comes before the layer does not depend on its parameters
            before = np.array(self.trace.arrays[self.trace.forward_names[place]])
            return array, lambda: self._run(place, before, self._y)
        only = slice(sample, sample + 1)
        value, y = np.array(self.trace.arrays[name][only]), self._y[only]

        def run() -> tuple[float, Pattern]:
            if name == self.output_name:
                return _loss_of_activation(self._loss, value, y), {}
            return self._run(self._place[name], value, y)

        m = len(self._y)
        others = float(self.trace.arrays["L"]) - run()[0] / m

        def evaluate() -> tuple[float, Pattern]:
            own, pattern = run()
            return others + own / m, pattern

        return value, evaluate

    def _run(self, place: int, value: Array, y: Labels) -> tuple[float, Pattern]:
        pattern: Pattern = {}
        for number, layer in enumerate(self._layers[place:], start=place):
            result = layer.forward(value)
            if number in self._decisions:
                pattern[self._decisions[number]] = _decision(layer, value)
            value = result
        # a fresh object: the caller's loss keeps the gradient of its own last batch
        return type(self._loss)().forward(value, y), pattern


def _decision(layer: Layer, value: Array) -> NDArray[np.generic]:
    return layer.winners() if isinstance(layer, MaxPool2D) else value > 0


def _kinks(base: Pattern, above: Pattern, below: Pattern, *, first_sample: int) -> tuple[Kink, ...]:
    found = []
    for name, decision in base.items():
        if np.array_equal(decision, above[name]) and np.array_equal(decision, below[name]):
            continue
        flipped = (decision != above[name]) | (decision != below[name])
        n, *rest = (int(axis) for axis in np.unravel_index(int(flipped.argmax()), flipped.shape))
        found.append(Kink(name, (first_sample + n, *rest), int(np.count_nonzero(flipped))))
    return tuple(found)


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
