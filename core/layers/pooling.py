"""The max-pooling layer."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, ShapeError, Size, pair
from core.layers.base import Layer, batch_first, batch_last, require_axes

__all__ = ["MaxPool2D"]


class MaxPool2D(Layer):
    """Keep the largest number of each window.

    forward    y[n,c,i,j] = max over the window of x at (i·stride, j·stride)
    backward   ∂L/∂x: each window hands ∂L/∂y[n,c,i,j] to its maximum, all other cells get 0

    On a tie the first maximum in row-major order wins, as in PyTorch. Rows and columns at the end that do not fill a
    window are dropped. `stride` defaults to `kernel_size`; a smaller one makes windows overlap, and gradients add up.
    """

    def __init__(self, kernel_size: Size, stride: Size | None = None) -> None:
        super().__init__()
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = self.kernel_size if stride is None else pair(stride, "stride")
        self._forget()

    def __repr__(self) -> str:
        return f"MaxPool2D(kernel_size={self.kernel_size}, stride={self.stride})"

    def _forget(self) -> None:
        self._winners: NDArray[np.uint16] | None = None
        self._x_shape: tuple[int, ...] = ()

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """(h', w') with h' = (h - kh) // stride + 1; raises ShapeError if the window does not fit."""
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        if kh > height or kw > width:
            raise ShapeError(
                f"the window of {self!r} is {kh}×{kw}, but the image is only {height}×{width}; "
                f"use a smaller window, or a smaller kernel in the layers before."
            )
        return (height - kh) // sh + 1, (width - kw) // sw + 1

    def forward(self, x: Array) -> Array:
        """Return the maxima: (m, c, h, w) → (m, c, h', w') with h' = (h - kh) // stride + 1."""
        require_axes(x, 4, self, "(m, channels, height, width)")
        images = batch_last(x)
        views = self._window_cells(images)
        best = views[0].copy()
        winners = np.zeros(best.shape, np.uint16)
        better = np.empty(best.shape, np.bool_)
        for index, cell in enumerate(views[1:], start=1):
            # strictly greater, so that the first of equal cells keeps the window
            np.greater(cell, best, out=better)
            np.putmask(winners, better, index)
            np.maximum(best, cell, out=best)
        self._winners, self._x_shape = winners, x.shape
        return batch_first(best)

    def backward(self, grad_y: Array) -> Array:
        """Return ∂L/∂x (m, c, h, w) for ∂L/∂y (m, c, h', w')."""
        winners, (kh, kw) = self.winners(), self.kernel_size
        return self.hand_back(grad_y, (winners == place for place in range(kh * kw)))

    def hand_back(self, grad_y: Array, takes: Iterable[NDArray[np.bool_]]) -> Array:
        """∂L/∂x (m, c, h, w) if of each window those places get ∂L/∂y (m, c, h', w') that take it.

        takes: for each place in the window, row-major, in which windows it does: (m, c, h', w').
        """
        if self._winners is None:
            raise self._not_forwarded()
        m, channels, height, width = self._x_shape
        self._check_gradient(grad_y, (m, channels, *self.output_size(height, width)))
        grad = batch_last(grad_y)
        grad_x = np.zeros((channels, height, width, m), grad.dtype)
        for cell, taken in zip(self._window_cells(grad_x), takes, strict=True):
            np.add(cell, grad * taken.transpose(1, 2, 3, 0), out=cell)
        return batch_first(grad_x)

    def window_cells(self, x: Array) -> list[Array]:
        """For each place in the window, row-major, that cell of all windows of x (m, c, h, w): (m, c, h', w')."""
        return [batch_first(cell) for cell in self._window_cells(batch_last(x))]

    def winners(self) -> NDArray[np.uint16]:
        """Which place of each window won in the latest forward, row-major in the window: (m, c, h', w')."""
        if self._winners is None:
            raise self._not_forwarded()
        return self._winners.transpose(3, 0, 1, 2)

    def _window_cells(self, images: Array) -> list[Array]:
        """For each place in the window, row-major, the view (c, h', w', m) of that cell in all windows."""
        (kh, kw), (sh, sw) = self.kernel_size, self.stride
        height, width = self.output_size(images.shape[1], images.shape[2])
        return [
            images[:, u : u + sh * (height - 1) + 1 : sh, v : v + sw * (width - 1) + 1 : sw]
            for u in range(kh)
            for v in range(kw)
        ]
