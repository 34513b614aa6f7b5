"""Activation layers: functions of each number alone."""

from __future__ import annotations

import numpy as np

from core.arrays import Array
from core.layers.base import Layer

__all__ = ["ReLU", "Sigmoid", "sigmoid"]


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), from e^-|z| so that it neither overflows nor loses the small values of a very negative z."""
    e = np.exp(-np.abs(z))
    y: Array = np.where(z >= 0, 1, e) / (1 + e)
    return y


class ReLU(Layer):
    """Cut off below zero.

    forward    y = max(x, 0)
    backward   ∂L/∂x = ∂L/∂y where x > 0, else 0 (also at x = 0, as in PyTorch)
    """

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def __repr__(self) -> str:
        return "ReLU()"

    def _forget(self) -> None:
        self._positive: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None = None

    def forward(self, x: Array) -> Array:
        """Return max(x, 0), the shape of x."""
        self._positive = np.asarray(x) > 0
        return np.maximum(x, 0)

    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x for ∂L/∂y, both of the shape of x."""
        if self._positive is None:
            raise self._not_forwarded()
        self._check_gradient(grad_y, self._positive.shape)
        return grad_y * self._positive


class Sigmoid(Layer):
    """Squeeze every number into 0 … 1.

    forward    y = 1 / (1 + e^-x)
    backward   ∂L/∂x = ∂L/∂y · y · (1 - y)
    """

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def __repr__(self) -> str:
        return "Sigmoid()"

    def _forget(self) -> None:
        self._slope: Array | None = None

    def forward(self, x: Array) -> Array:
        """Return the sigmoid of x, the shape of x."""
        y = sigmoid(x)
        # 1 - y is sigmoid(-x), which keeps its digits where y has rounded to 1
        self._slope = y * sigmoid(-x)
        return y

    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x for ∂L/∂y, both of the shape of x."""
        if self._slope is None:
            raise self._not_forwarded()
        self._check_gradient(grad_y, self._slope.shape)
        return grad_y * self._slope
