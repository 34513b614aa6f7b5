"""What follows a convolution: pooling first, then bias and ReLU, which see a quarter of the numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array
from core.fast_path.convolution import Convolution

__all__ = ["PooledBlock"]


class PooledBlock:
    """Memory and arithmetic of bias, ReLU and 2×2 max pool on the four planes that a convolution leaves.

    Adding a bias and ReLU keep the order of numbers, so they commute with the maximum. ∂L/∂z is the same: where the
    maximum of a window is positive, its first maximum is the same cell before and after ReLU; where it is not, the
    layers pass the gradient to the first zero of A, and ReLU then stops it there.
    """

    def __init__(self, convolution: Convolution, dtype: DTypeLike) -> None:
        filters, windows = convolution.conv.out_channels, convolution.windows
        self._convolution = convolution
        self._z = np.empty((2, 2, filters, windows), dtype)
        self._right_wins = np.empty((2, filters, windows), np.bool_)
        self._row_wins = np.empty((2, filters, windows), np.bool_)
        self._open = np.empty((filters, windows), np.bool_)
        # arrays, since NumPy's maximum with a scalar takes three times as long
        self._ones, self._zeros = np.ones(windows, dtype), np.zeros(windows, dtype)
        self.output = np.empty((filters, *convolution.pooled), dtype)
        self._maxima = self.output.reshape(filters, windows)

    def forward(self, images: Array) -> Array:
        """Fill and return `output` (f, h', w', m) for images (c, h, w, m)."""
        z, maxima = self._z, self._maxima
        self._convolution.forward(images, z)
        left, right = z[:, 0], z[:, 1]
        # strictly greater at both levels, so that the first of equal cells in row-major order wins
        np.greater(right, left, out=self._right_wins)
        # in place: the less memory a step touches, the more of it stays in the cache
        rows = np.maximum(left, right, out=left)
        np.greater(rows[1], rows[0], out=self._row_wins[1])
        np.maximum(rows[0], rows[1], out=maxima)
        maxima += self._convolution.conv.params["bias"][:, np.newaxis]
        np.maximum(maxima, self._zeros, out=maxima)
        np.greater(maxima, self._zeros, out=self._open)
        return self.output

    def backward(self, grad_output: Array, grad_weight: Array, grad_bias: Array) -> None:
        """Fill ∂L/∂weight (f, c, kh, kw) and ∂L/∂bias (f,) from ∂L/∂output, which it may overwrite."""
        rows, right = self._row_wins, self._right_wins
        grad = grad_output.reshape(self._open.shape)
        np.multiply(grad, self._open, out=grad)
        # an open window hands its gradient to one cell, so the sum over the windows is the sum over the cells
        np.dot(grad, self._ones, out=grad_bias)
        np.logical_not(rows[1], out=rows[0])
        np.logical_and(rows, right, out=right)
        # of truths, "greater" is "and not"
        np.greater(rows, right, out=rows)
        # z is no longer needed, and its memory has the shape of its gradient; 0 or 1 times a number is exact
        np.multiply(grad, rows, out=self._z[:, 0])
        np.multiply(grad, right, out=self._z[:, 1])
        self._convolution.backward(self._z, grad_weight)
