"""The loss that belongs to a run, and class probabilities from a network: one home for both."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network, build_network
from core.training import logits_of
from playground.settings import Settings

__all__ = ["class_probabilities", "judged", "make_loss", "make_network"]


def make_network(settings: Settings) -> Network:
    """The network that `settings` describe, with the first weights of their seed."""
    return build_network(
        settings.image_shape,
        settings.kernel_size,
        settings.filters,
        settings.outputs,
        settings.seed,
        initialization=settings.initialization,
    )


def make_loss(settings: Settings) -> Loss:
    """Binary cross-entropy for two classes (one sigmoid output), softmax cross-entropy for more."""
    return BinaryCrossEntropy() if settings.outputs == 1 else SoftmaxCrossEntropy()


def judged(logits: Array, y: Labels) -> tuple[NDArray[np.int64], Array, Array]:
    """For each image the predicted class (m,), its probability (m,) and the image's own loss (m,).

    logits: (m, 1) of a sigmoid or (m, classes) of a softmax; y: (m,). Worked out in float64 from the logits, so that
    neither probability nor loss of a sure answer is rounded away.
    """
    exact = logits.astype(np.float64)
    if exact.shape[1] == 1:
        # a sigmoid is the softmax of the logits 0 and z
        exact = np.concatenate([np.zeros_like(exact), exact], axis=1)
    rows = np.arange(len(exact))
    logs = exact - np.logaddexp.reduce(exact, axis=1, keepdims=True)
    # as the accuracy counts: on a tie the first class
    predicted = exact.argmax(axis=1)
    return predicted, np.exp(logs[rows, predicted]), -logs[rows, y]


def class_probabilities(network: Network, loss: Loss, x: Array) -> Array:
    """Probability of each class, (m, classes), for images (m, c, h, w); one sigmoid output p becomes [1 - p, p]."""
    logits = logits_of(network, x)
    activation = loss.activation(logits)
    if logits.shape[1] > 1:
        return activation
    # σ(-z) rather than 1 - σ(z): exact where σ(z) rounds to 1
    return np.concatenate([loss.activation(-logits), activation], axis=1)
