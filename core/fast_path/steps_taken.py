"""Steps that were worked out in one call, and how a network takes them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.arrays import Array
from core.fast_path.layout import Layout
from core.optimizers import Optimizer

__all__ = ["StepsTaken"]


class StepsTaken:
    """What some steps find and leave, worked out one after the other. The network is where it was until `go_to`.

    losses: of each step, before it. gradients: (steps, parameters) of each. moved: (steps, kinds, parameters) the
    parameters after each, and what the optimiser then keeps for them. targets: the network's and the optimiser's own
    arrays, each kind in the order of the parameters; None for what does not move.
    """

    def __init__(
        self,
        layout: Layout,
        optimizer: Optimizer,
        *,
        losses: list[float],
        gradients: Array,
        moved: Array,
        targets: Sequence[Sequence[Array | None]],
    ) -> None:
        self.losses = losses
        self._layout, self._optimizer, self._first = layout, optimizer, optimizer.steps + 1
        self._gradients, self._moved, self._targets = gradients, moved, targets

    def __len__(self) -> int:
        return len(self.losses)

    def go_to(self, number: int) -> None:
        """Let the network, its gradients and the optimiser be what they are after a step, counted from 0."""
        for targets, flat in zip(self._targets, self._moved[number], strict=True):
            for target, values in zip(targets, self._layout.views(flat), strict=True):
                if target is not None:
                    np.copyto(target, values)
        self._layout.hand_over(self._gradients[number])
        self._optimizer.steps = self._first + number
