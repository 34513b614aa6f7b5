"""One step of training, and the logits of many images, on the fast path where the network allows it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.fast_path import FastPath, StepsTaken, supports_fast_path
from core.losses import Loss
from core.network import Network
from core.optimizers import SGD, Optimizer

__all__ = ["StepsTaken", "logits_of", "step_difference", "steps_ahead", "train_step", "works_ahead"]


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
    path = _fast_path(network, x.shape)
    if path is not None:
        is_shared = path.is_shared(len(x), threads)
        taken = None if is_shared else path.take_steps(loss, optimizer, x[np.newaxis], y[np.newaxis], frozen)
        if taken:
            taken.go_to(0)
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


def steps_ahead(
    network: Network, loss: Loss, optimizer: Optimizer, xs: Array, ys: Labels, *, frozen: Collection[str] = ()
) -> StepsTaken | None:
    """Work out the steps on batches xs (k, m, c, h, w), ys (k, m) in one call that holds no lock of the interpreter.

    Nothing changes until `StepsTaken.go_to`, which gives the bits of `train_step`. There are fewer than k where the
    next one is for `train_step`, which would raise, or find a number that is not finite or near it. Returns None where
    `works_ahead` is false.
    """
    path = _fast_path(network, xs.shape[1:])
    return None if path is None else path.take_steps(loss, optimizer, xs, ys, frozen)


def works_ahead(network: Network, loss: Loss, optimizer: Optimizer, x_shape: tuple[int, ...]) -> bool:
    """True if `steps_ahead` can: steps of this kind on batches (m, c, h, w) are compiled as a whole."""
    path = _fast_path(network, x_shape)
    return path is not None and path.whole_steps(loss, optimizer, x_shape[0]) is not None


def logits_of(network: Network, x: Array, *, threads: int = 1) -> Array:
    """Logits (m, outputs) of images (m, channels, height, width): `network.forward` without what a backward needs.

    Leaves the layers' `grads` alone. Raises ShapeError if the images do not fit.
    """
    path = _fast_path(network, x.shape)
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


def _fast_path(network: Network, x_shape: tuple[int, ...]) -> FastPath | None:
    """The memory of the network's last step, or new one; None if it has to go layer by layer."""
    path = network.workspace
    if x_shape[0] == 0:
        return None
    if isinstance(path, FastPath) and path.image_shape == x_shape[1:]:
        return path
    if not supports_fast_path(network):
        return None
    if len(x_shape) != 4:
        raise ShapeError(f"a batch of images is (m, channels, height, width), but x has shape {x_shape}.")
    path = FastPath(network, x_shape[1:])
    network.workspace = path
    return path
