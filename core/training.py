"""One step of training."""

from __future__ import annotations

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.fast_path import FastPath, supports_fast_path
from core.losses import Loss
from core.network import Network
from core.optimizers import Optimizer

__all__ = ["train_step"]

# larger batches are run in parts, so that memory does not grow with the batch and the columns stay nearer the cache
_LARGEST_PART = 64
# full batch and last of an epoch, each in parts of up to two sizes
_KEPT_SHAPES = 4


def train_step(network: Network, loss: Loss, optimizer: Optimizer, x: Array, y: Labels) -> float:
    """Forward, backward and update on one batch; returns the mean loss before the update.

    x: (m, channels, height, width); y: (m,) integers. Each layer's `grads` then hold the gradients of this batch; the
    next step may overwrite these arrays. Raises ShapeError or ValueError, changing no parameter, if x or y do not fit.
    """
    if network.workspaces or supports_fast_path(network):
        value = _run(network, loss, x, y)
    else:
        value = loss.forward(network.forward(x), y)
        network.backward_params(loss.backward())
    optimizer.step(network.parameters(), network.gradients())
    return value


def _run(network: Network, loss: Loss, x: Array, y: Labels) -> float:
    """Leave the gradients of the batch in the layers; returns its mean loss."""
    if len(x) <= _LARGEST_PART:
        return _fast_path(network, x.shape).run(loss, x, y)
    if y.shape != (len(x),):
        raise ShapeError(f"y has shape {y.shape}, but the batch has {len(x)} samples; give one integer a sample.")
    parts = -(-len(x) // _LARGEST_PART)
    value = 0.0
    totals: dict[str, Array] = {}
    for images, labels in zip(np.array_split(x, parts), np.array_split(y, parts), strict=True):
        # means over the parts, weighted by their sizes, are the mean over the batch
        share = len(images) / len(x)
        value += share * _fast_path(network, images.shape).run(loss, images, labels)
        for name, gradient in network.gradients().items():
            totals[name] = share * gradient + totals.get(name, 0)
    for name, gradient in network.gradients().items():
        np.copyto(gradient, totals[name])
    return value


def _fast_path(network: Network, shape: tuple[int, ...]) -> FastPath:
    path = network.workspaces.get(shape)
    if not isinstance(path, FastPath):
        path = FastPath(network, shape)
        while len(network.workspaces) >= _KEPT_SHAPES:
            network.workspaces.pop(next(iter(network.workspaces)))
        network.workspaces[shape] = path
    return path
