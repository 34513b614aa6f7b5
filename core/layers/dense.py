"""Flattening and the fully connected layer."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array, ShapeError, pair
from core.initialization import glorot_uniform
from core.layers.base import Layer, float_dtype, require_axes

__all__ = ["Dense", "Flatten"]


class Flatten(Layer):
    """Lay the feature maps of each sample out in one row, row-major.

    forward    y[n] = x[n] as one row
    backward   ∂L/∂x[n] = ∂L/∂y[n] in the shape of x[n]
    """

    def __init__(self) -> None:
        super().__init__()
        self._forget()

    def __repr__(self) -> str:
        return "Flatten()"

    def _forget(self) -> None:
        self._x_shape: tuple[int, ...] | None = None

    def forward(self, x: Array) -> Array:
        """(m, c, h, w) → (m, c·h·w)."""
        if x.ndim < 2:
            raise ShapeError(f"{self!r} needs a batch of at least 2 axes, but got {x.ndim}: shape {x.shape}.")
        self._x_shape = x.shape
        # batch-last memory stays as it is: only the axes before the batch are joined
        return x.transpose(*range(1, x.ndim), 0).reshape(math.prod(x.shape[1:]), len(x)).T

    def backward(self, grad_y: Array) -> Array:
        """(m, c·h·w) → (m, c, h, w)."""
        if self._x_shape is None:
            raise self._not_forwarded()
        m, *sample_shape = self._x_shape
        self._check_gradient(grad_y, (m, math.prod(sample_shape)))
        return grad_y.T.reshape(*sample_shape, m).transpose(-1, *range(len(sample_shape)))


class Dense(Layer):
    """Connect every input to every output.

    forward    y = x · weightᵀ + bias
    backward   ∂L/∂weight = (∂L/∂y)ᵀ · x,   ∂L/∂bias = Σ_samples ∂L/∂y,   ∂L/∂x = ∂L/∂y · weight

    weight: (out_features, in_features), Glorot-uniform from `rng` (seed 0 if none); bias: (out_features,), zeros.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.in_features, _ = pair(in_features, "in_features")
        self.out_features, _ = pair(out_features, "out_features")
        rng = np.random.default_rng(0) if rng is None else rng
        shape = (self.out_features, self.in_features)
        self.params["weight"] = glorot_uniform(shape, self.in_features, self.out_features, rng, float_dtype(dtype))
        self.params["bias"] = np.zeros(self.out_features, dtype)
        self._forget()

    def __repr__(self) -> str:
        return f"Dense({self.in_features}, {self.out_features})"

    def _forget(self) -> None:
        self._x: Array | None = None

    def forward(self, x: Array) -> Array:
        """(m, in_features) → (m, out_features); raises ShapeError if the number of features differs."""
        require_axes(x, 2, self, "(m, features)")
        if x.shape[1] != self.in_features:
            raise ShapeError(f"{self!r} takes {self.in_features} features, but the input has {x.shape[1]}.")
        weight = self.params["weight"]
        self._x = np.asarray(x, weight.dtype)
        y: Array = (weight @ self._x.T).T
        y += self.params["bias"]
        return y

    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x (m, in_features) for ∂L/∂y (m, out_features), and fill grads "weight" and "bias"."""
        self.backward_params(grad_y)
        weight = self.params["weight"]
        grad_x: Array = (weight.T @ grad_y.astype(weight.dtype, copy=False).T).T
        return grad_x

    def backward_params(self, grad_y: Array) -> None:
        """Fill grads "weight" and "bias" without computing ∂L/∂x."""
        if self._x is None:
            raise self._not_forwarded()
        self._check_gradient(grad_y, (len(self._x), self.out_features))
        grad = grad_y.astype(self._x.dtype, copy=False)
        self.grads["weight"] = grad.T @ self._x
        self.grads["bias"] = grad.sum(axis=0)
