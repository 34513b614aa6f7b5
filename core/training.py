"""One step of training."""

from __future__ import annotations

from core.arrays import Array, Labels
from core.fast_path import FastPath, supports_fast_path
from core.losses import Loss
from core.network import Network
from core.optimizers import Optimizer

__all__ = ["train_step"]

# a run needs two shapes, the full batch and the last of an epoch; a third one pays for a changed batch size
_KEPT_SHAPES = 3


def train_step(network: Network, loss: Loss, optimizer: Optimizer, x: Array, y: Labels) -> float:
    """Forward, backward and update on one batch; returns the mean loss before the update.

    x: (m, channels, height, width); y: (m,) integers. Each layer's `grads` then hold the gradients of this batch; the
    next step may overwrite these arrays. Raises ShapeError or ValueError, changing no parameter, if x or y do not fit.
    """
    path = _fast_path(network, x)
    if path is not None:
        value = path.run(loss, x, y)
    else:
        value = loss.forward(network.forward(x), y)
        network.backward_params(loss.backward())
    optimizer.step(network.parameters(), network.gradients())
    return value


def _fast_path(network: Network, x: Array) -> FastPath | None:
    path = network.workspaces.get(x.shape)
    if isinstance(path, FastPath):
        return path
    if not supports_fast_path(network):
        return None
    path = FastPath(network, x.shape)
    while len(network.workspaces) >= _KEPT_SHAPES:
        network.workspaces.pop(next(iter(network.workspaces)))
    network.workspaces[x.shape] = path
    return path
