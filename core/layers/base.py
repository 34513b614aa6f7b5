"""What every layer can do, and the memory layout that they share.

Inputs and outputs are (m, channels, height, width) or (m, features). Inside, images are held with the batch as the
last axis, (channels, height, width, m): windows are then copied in runs of m numbers, pooling compares contiguous
memory, and flattening costs nothing. The arrays that a layer returns are views of that memory in the outer axis order.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array, ShapeError

__all__ = ["Layer", "batch_first", "batch_last", "float_dtype", "require_axes"]


class Layer(ABC):
    """One step of the network: `forward` computes y from x, `backward` turns ∂L/∂y into ∂L/∂x.

    params, grads: arrays by name ("weight", "bias"); grads holds ∂L/∂params of the last `backward`.
    `backward` belongs to the latest `forward`; calling it before any forward raises RuntimeError.
    """

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}

    @abstractmethod
    def forward(self, x: Array) -> Array:
        """Return y for x and remember what `backward` needs."""

    @abstractmethod
    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x for ∂L/∂y, and fill `grads`."""

    def backward_params(self, grad_y: Array) -> None:
        """Fill `grads` without computing ∂L/∂x, which nobody needs at the first layer."""
        if self.params:
            self.backward(grad_y)

    @abstractmethod
    def _forget(self) -> None:
        """Drop what the last forward remembered."""

    def twin(self, kind: type[Layer] | None = None) -> Self:
        """A layer with the same parameters (the same arrays) but its own memory and gradients.

        kind: a subclass of this layer's class that the twin is to be of; raises TypeError if it is none.
        """
        if kind is not None and not issubclass(kind, type(self)):
            raise TypeError(f"{kind.__name__} is no kind of {type(self).__name__}, so it cannot take its place.")
        # not by copy.copy, which takes a tenth of the time of a whole trace
        other: Self = object.__new__(kind or type(self))
        other.__dict__.update(self.__dict__)
        other.params = dict(self.params)
        other.grads = {}
        other._forget()
        return other

    def __call__(self, x: Array) -> Array:
        return self.forward(x)

    def _not_forwarded(self) -> RuntimeError:
        return RuntimeError(f"{type(self).__name__}.backward was called before forward; call forward(x) first.")

    def _check_gradient(self, grad_y: Array, shape: tuple[int, ...]) -> None:
        if grad_y.shape != shape:
            raise ShapeError(f"{self!r} returned an array of shape {shape}, but its gradient has shape {grad_y.shape}.")


def float_dtype(dtype: DTypeLike) -> np.dtype[np.floating]:
    """`dtype` as a NumPy dtype; raises ValueError unless it is float32 or float64."""
    resolved: np.dtype[Any] = np.dtype(dtype)
    if resolved not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise ValueError(f"dtype is {resolved}; layers compute in float32 or float64.")
    return resolved


def require_axes(x: Array, axes: int, layer: Layer, meaning: str) -> None:
    """Raise ShapeError unless x has the number of axes that `layer` works on."""
    if x.ndim != axes:
        raise ShapeError(f"{layer!r} needs an array with {axes} axes, {meaning}, but got {x.ndim}: shape {x.shape}.")


def batch_last(x: Array) -> Array:
    """View of (m, c, h, w) as (c, h, w, m)."""
    return x.transpose(1, 2, 3, 0)


def batch_first(x: Array) -> Array:
    """View of (c, h, w, m) as (m, c, h, w)."""
    return x.transpose(3, 0, 1, 2)
