"""One step of training, and the logits of many images, on the fast path where the network allows it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.fast_path import FastPath, StepsTaken, supports_fast_path
from core.losses import Loss
from core.network import Network
from core.optimizers import SGD, Optimizer

__all__ = ["StepsTaken", "logits_of", "step_difference", "takes_steps_at_once", "train_step", "train_steps"]


def train_step(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    x: Array,
    y: Labels,
    *,
    threads: int = 1,
    frozen: Collection[str] = (),
) -> float:
    """Forward, backward and update on one batch; returns the mean loss before the update.

    x: (m, channels, height, width); y: (m,) integers. Each layer's `grads` then hold the gradients of this batch; the
    next step may overwrite these arrays. threads: how many may share a large batch; their number changes no bit.
    frozen: names of layers ("conv1") that get no update; their gradients are worked out all the same.
    Raises ShapeError or ValueError, changing no parameter, if x or y do not fit.
    """
    path = _fast_path(network, x)
    if path is not None:
        taken = path.take_steps(loss, optimizer, x[np.newaxis], y[np.newaxis], frozen)
        if taken:
            return taken.losses[0]
        value = path.run(loss, x, y, threads)
    else:
        value = loss.forward(network.forward(x), y)
        network.backward_params(loss.backward())
    parameters = network.parameters()
    if frozen:
        parameters = {name: value for name, value in parameters.items() if name.partition(".")[0] not in frozen}
    optimizer.step(parameters, network.gradients())
    return value


def train_steps(
    network: Network, loss: Loss, optimizer: Optimizer, xs: Array, ys: Labels, *, frozen: Collection[str] = ()
) -> StepsTaken:
    """Steps on batches xs (k, m, c, h, w), ys (k, m), in one call that leaves the interpreter to other threads.

    The bits are those of `train_step`, one after the other. It takes fewer than k where the next one is for
    `train_step`, which would raise, or find a number that is not finite or near it; and none at all unless
    `takes_steps_at_once`.
    """
    path = _fast_path(network, xs[0])
    return StepsTaken() if path is None else path.take_steps(loss, optimizer, xs, ys, frozen)


def takes_steps_at_once(network: Network, loss: Loss, optimizer: Optimizer, x: Array) -> bool:
    """True if `train_steps` takes steps on batches like x (m, c, h, w): they are compiled, and the cache holds one."""
    path = _fast_path(network, x)
    return path is not None and path.whole_steps(loss, optimizer, len(x)) is not None


def logits_of(network: Network, x: Array, *, threads: int = 1) -> Array:
    """Logits (m, outputs) of images (m, channels, height, width): `network.forward` without what a backward needs.

    Leaves the layers' `grads` alone. Raises ShapeError if the images do not fit.
    """
    path = _fast_path(network, x)
    return path.forward(x, threads) if path is not None else network.forward(x)


def step_difference(network: Network, loss: Loss, x: Array, y: Labels) -> float:
    """How far the gradients of a training step are from those of the layers in float64.

    The largest difference in any parameter, as a share of that parameter's largest gradient; in float32 some 1e-7 to
    1e-6. Leaves the network alone. Raises as `train_step` does.
    """
    stepped = network.astype(next(iter(network.parameters().values())).dtype)
    train_step(stepped, loss, SGD(1.0), x, y)
    exact = network.astype(np.float64)
    loss.forward(exact.forward(x.astype(np.float64)), y)
    exact.backward_params(loss.backward())
    found = stepped.gradients()
    differences = (
        (np.abs(found[name] - gradient).max(), np.abs(gradient).max()) for name, gradient in exact.gradients().items()
    )
    return max(float(difference / (largest or 1.0)) for difference, largest in differences)


def _fast_path(network: Network, x: Array) -> FastPath | None:
    """The memory of the network's last step, or new one; None if it has to go layer by layer."""
    path = network.workspace
    if len(x) == 0:
        return None
    if isinstance(path, FastPath) and path.image_shape == x.shape[1:]:
        return path
    if not supports_fast_path(network):
        return None
    if x.ndim != 4:
        raise ShapeError(f"a batch of images is (m, channels, height, width), but x has shape {x.shape}.")
    path = FastPath(network, x.shape[1:])
    network.workspace = path
    return path
