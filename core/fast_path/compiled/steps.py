"""Steps of training that are compiled as a whole: from the pixels to the updated weights without the interpreter."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.fast_path.compiled.kernels import ADAM, MOMENTUM, PLAIN, take_steps
from core.fast_path.compiled.memory import PassMemory, kind_of
from core.fast_path.layout import Layout
from core.fast_path.steps_taken import StepsTaken
from core.losses import Loss
from core.network import Network
from core.optimizers import SGD, Adam, Optimizer

__all__ = ["CompiledSteps"]


class CompiledSteps:
    """Whole steps of a network on batches (m, c, h, w), in parts that end after `ends` samples: `WholeSteps`."""

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int], ends: Sequence[int]) -> None:
        largest = max(end - start for start, end in itertools.pairwise((0, *ends)))
        self._memory = PassMemory(network, (largest, *x_shape[1:]))
        self._ends = np.array(ends)
        self._network, self._layout = network, Layout(network)
        self._names = [*dict.fromkeys(name.partition(".")[0] for name in network.parameters())]

    def suit(self, loss: Loss, optimizer: Optimizer) -> bool:
        """True for a loss and an optimiser that it knows; exact types, since a subclass may compute something else."""
        return kind_of(loss, self._network) is not None and type(optimizer) in {SGD, Adam}

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
        gradients = np.empty((len(xs) + 1, self._layout.size), np.float32)
        losses = np.empty(len(xs))
        taken = take_steps(
            np.ascontiguousarray(xs, np.float32),
            np.ascontiguousarray(ys, np.int64),
            self._ends,
            xs.shape[1],
            kind_of(loss, self._network),
            *self._memory.for_kernels,
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
