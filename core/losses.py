"""Losses with their activations, computed from the logits so that they never overflow."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.layers.activation import sigmoid

__all__ = ["BinaryCrossEntropy", "Loss", "SoftmaxCrossEntropy"]


class Loss(ABC):
    """A mean loss over a batch; `backward` gives the gradient of the logits of the latest `forward`."""

    def __init__(self) -> None:
        self._grad: Array | None = None

    def forward(self, logits: Array, y: Labels) -> float:
        """Mean loss of a batch; keeps what `backward` returns. Raises as `value_and_gradient`."""
        value, self._grad = self.value_and_gradient(logits, y)
        return value

    @abstractmethod
    def value_and_gradient(self, logits: Array, y: Labels) -> tuple[float, Array]:
        """Mean loss of a batch and ∂L/∂logits in the shape of `logits`; keeps nothing, so threads may share a loss."""

    @abstractmethod
    def activation(self, logits: Array) -> Array:
        """What the logits mean as probabilities."""

    def backward(self) -> Array:
        """∂L/∂logits of the latest forward, in the shape of its logits; already divided by m."""
        if self._grad is None:
            raise RuntimeError(f"{type(self).__name__}.backward was called before forward; call forward first.")
        return self._grad

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class BinaryCrossEntropy(Loss):
    """Cross-entropy of one sigmoid output, for two classes.

    forward    A = sigmoid(z),  L = 1/m Σ [-y log A - (1 - y) log(1 - A)] = 1/m Σ [max(z, 0) - y·z + log(1 + e^-|z|)]
    backward   ∂L/∂z = (A - y) / m
    """

    def value_and_gradient(self, logits: Array, y: Labels) -> tuple[float, Array]:
        """Mean loss and its gradient. logits: (m, 1) or (m,); y: (m,) integers 0 or 1.

        Raises ShapeError or ValueError if not so.
        """
        if logits.ndim not in (1, 2) or (logits.ndim == 2 and logits.shape[1] != 1):
            raise ShapeError(f"binary cross-entropy needs logits of shape (m, 1) or (m,), but got {logits.shape}.")
        check_labels(y, len(logits), 2)
        z = logits.reshape(-1)
        target = y.astype(z.dtype)
        m = len(z)
        e = np.exp(-np.abs(z))
        loss = np.maximum(z, 0) - target * z + np.log1p(e)
        # e is at most 1: the larger of e and [z ≥ 0] is 1 where z ≥ 0, and e elsewhere
        grad = np.maximum(e, z >= 0) / (1 + e)
        grad -= target
        grad /= m
        return float(np.add.reduce(loss)) / m, grad.reshape(logits.shape)

    def activation(self, logits: Array) -> Array:
        """sigmoid(logits), the same shape: the probability of class 1."""
        return sigmoid(logits)


class SoftmaxCrossEntropy(Loss):
    """Cross-entropy of a softmax over the classes.

    forward    A = softmax(z),  L = -1/m Σ log A[n, y_n] = 1/m Σ [log Σ_c e^z_c - z_y]
    backward   ∂L/∂z = (A - onehot(y)) / m
    """

    def value_and_gradient(self, logits: Array, y: Labels) -> tuple[float, Array]:
        """Mean loss and its gradient. logits: (m, classes); y: (m,) integers below `classes`.

        Raises ShapeError or ValueError if not so.
        """
        if logits.ndim != 2:
            raise ShapeError(f"softmax cross-entropy needs logits of shape (m, classes), but got {logits.shape}.")
        m, classes = logits.shape
        check_labels(y, m, classes)
        rows = np.arange(m)
        shifted = logits - logits.max(axis=1, keepdims=True)
        grad = np.exp(shifted)
        total = grad.sum(axis=1, keepdims=True)
        loss = np.log(total[:, 0]) - shifted[rows, y]
        grad /= total
        grad[rows, y] -= 1
        grad /= m
        return float(np.add.reduce(loss)) / m, grad

    def activation(self, logits: Array) -> Array:
        """softmax(logits) along the classes, (m, classes): one probability a class."""
        e: Array = np.exp(logits - logits.max(axis=1, keepdims=True))
        e /= e.sum(axis=1, keepdims=True)
        return e


def check_labels(y: Labels, m: int, classes: int) -> None:
    """Raise ShapeError unless y is (m,), ValueError unless it holds integers of 0 … classes - 1."""
    if y.shape != (m,):
        raise ShapeError(f"y has shape {y.shape}, but the batch has {m} samples; give one integer a sample, ({m},).")
    if y.dtype.kind not in "iub":
        raise ValueError(f"y holds {y.dtype}; labels are integers of 0 to {classes - 1}.")
    if m == 0:
        raise ShapeError("the batch has 0 samples; a mean loss needs at least 1.")
    # as an unsigned number a negative one is huge
    if np.maximum.reduce(y.astype(np.uint64, copy=False)) >= classes:
        low, high = int(y.min()), int(y.max())
        raise ValueError(f"y holds {low if low < 0 else high}; labels of {classes} classes are 0 to {classes - 1}.")
