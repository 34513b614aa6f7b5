"""One step of training."""

from __future__ import annotations

from core.arrays import Array, Labels
from core.losses import Loss
from core.network import Network
from core.optimizers import Optimizer

__all__ = ["train_step"]


def train_step(network: Network, loss: Loss, optimizer: Optimizer, x: Array, y: Labels) -> float:
    """Forward, backward and update on one batch; returns the mean loss before the update.

    x: (m, channels, height, width); y: (m,) integers. Each layer's `grads` then hold the gradients of this batch.
    """
    value = loss.forward(network.forward(x), y)
    network.backward_params(loss.backward())
    optimizer.step(network.parameters(), network.gradients())
    return value
