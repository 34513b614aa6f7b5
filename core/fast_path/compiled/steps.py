"""Steps of training that are compiled as a whole: from the pixels to the updated weights without the interpreter."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.fast_path.compiled.blocks import BlockShapes
from core.fast_path.compiled.kernels import ADAM, LANES, MOMENTUM, PLAIN, SIGMOID, SOFTMAX, take_steps
from core.fast_path.layout import Layout
from core.fast_path.steps_taken import StepsTaken
from core.layers import Conv2D
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network
from core.optimizers import SGD, Adam, Optimizer

__all__ = ["CompiledSteps"]

_LOSSES: dict[type[Loss], int] = {BinaryCrossEntropy: SIGMOID, SoftmaxCrossEntropy: SOFTMAX}


class CompiledSteps:
    """The memory of whole steps of a network on batches (m, c, h, w): `WholeSteps`.

    It is one run of numbers, and so are the parameters of each step: a call that took every array by itself would spend
    more on that than many a step.
    """

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int]) -> None:
        m, *image_shape = x_shape
        self._network = network
        self._layers = [layer for layer in network.layers if layer.params]
        self._names = [*dict.fromkeys(name.partition(".")[0] for name in network.parameters())]
        weights = [layer.params["weight"].shape for layer in self._layers]
        self._outputs = weights[-1][0]
        groups = -(-m // LANES)
        memory = _Memory()
        images = memory.place((groups, *image_shape, LANES))
        table: list[list[tuple[int, ...]]] = []
        for layer in self._layers:
            if isinstance(layer, Conv2D):
                needs = BlockShapes.of(layer, images[1:])
                every = needs.pooled, needs.pooled, needs.cells, needs.sums, needs.bias_sums
                deeper = (needs.turned, needs.grads, needs.all_cells) if table else ()
                own = [images, *map(memory.place, (*every, *deeper))]
                table.append(own)
                images = own[1]
        logits = self._outputs, groups, LANES
        table.append([memory.place(logits), memory.place(logits)])
        columns = max(map(len, table))
        self._places = np.array([[*row, *[(0,) * 6] * (columns - len(row))] for row in table])
        # zeros, since there is no gradient where there is no sample
        self._memory = np.zeros(memory.size, np.float32)
        self._shapes = np.array([(*shape, *(1,) * (4 - len(shape))) for shape in weights])
        self._layout = Layout(network)

    def suit(self, loss: Loss, optimizer: Optimizer) -> bool:
        """True for a loss and an optimiser that it knows; exact types, since a subclass may compute something else."""
        fits = type(loss) is not BinaryCrossEntropy or self._outputs == 1
        return fits and type(loss) in _LOSSES and type(optimizer) in {SGD, Adam}

    def take(self, loss: Loss, optimizer: Optimizer, xs: Array, ys: Labels, frozen: Collection[str]) -> StepsTaken:
        """Work out steps on batches xs (k, m, c, h, w), ys (k, m), as `WholeSteps` says."""
        trained = [name not in frozen for name in self._names]
        targets = self._targets(optimizer, frozen)
        moving = np.empty((len(xs) + 1, len(targets), self._layout.size), np.float32)
        for arrays, flat in zip(targets, moving[0], strict=True):
            for array, view in zip(arrays, self._layout.views(flat), strict=True):
                if array is not None:
                    np.copyto(view, array)
        rule, numbers = _rule(optimizer, len(xs))
        gradients = np.empty((len(xs), self._layout.size), np.float32)
        losses = np.empty(len(xs))
        taken = take_steps(
            np.ascontiguousarray(xs, np.float32),
            np.ascontiguousarray(ys, np.int64),
            _LOSSES[type(loss)],
            self._places,
            self._memory,
            self._shapes,
            moving,
            np.array(trained),
            rule,
            numbers,
            gradients,
            losses,
        )
        found = losses[:taken].tolist()
        return StepsTaken(self._layout, optimizer, losses=found, gradients=gradients, moved=moving[1:], targets=targets)

    def _targets(self, optimizer: Optimizer, frozen: Collection[str]) -> list[tuple[Array | None, ...]]:
        """The parameters, and each kind of what the optimiser keeps for them; None where one is frozen."""
        parameters = self._network.parameters()
        kept = [
            optimizer.memory_of(name, value) if name.partition(".")[0] not in frozen else None
            for name, value in parameters.items()
        ]
        targets: list[tuple[Array | None, ...]] = [(*parameters.values(),)]
        for kind in range(len(next(filter(None, kept), ()))):
            targets.append(tuple(memory[kind] if memory else None for memory in kept))
        return targets


class _Memory:
    """Counts what arrays take that stand one after the other."""

    def __init__(self) -> None:
        self.size = 0

    def place(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Where the next array begins, and its shape as one of five axes."""
        place = self.size, *(1,) * (5 - len(shape)), *shape
        self.size += math.prod(shape)
        return place


def _rule(optimizer: Optimizer, count: int) -> tuple[int, NDArray[np.float64]]:
    """Which rule it is, and the numbers (count, …) that it takes at each of the next steps."""
    rate = optimizer.learning_rate
    if isinstance(optimizer, SGD):
        return (MOMENTUM if optimizer.momentum else PLAIN), np.array([(rate, optimizer.momentum)] * count)
    assert isinstance(optimizer, Adam)
    beta1, beta2 = optimizer.betas
    kept = optimizer.eps, beta1, 1 - beta1, beta2, 1 - beta2
    steps = range(optimizer.steps + 1, optimizer.steps + count + 1)
    return ADAM, np.array([(rate / (1 - beta1**t), math.sqrt(1 - beta2**t), *kept) for t in steps])
