"""The arithmetic of a training step without the copies: same layers, same numbers, reused memory.

Three things make it faster than calling the layers one by one:

- The columns of the convolution are ordered by their place in the pooling window, so that the four candidates of every
  window lie in four contiguous runs, and pooling is a few comparisons of long runs.
- ReLU commutes with the maximum, so pooling comes first and ReLU sees a quarter of the numbers. ∂L/∂z is the same, bit
  for bit: where a window's maximum is positive, its first maximum is the same cell before and after ReLU; where it is
  not, the layers pass the gradient to the first zero of A, and ReLU then stops it there.
- ∂L/∂x of the first block is never computed, and every array is written into memory that the last step used.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import as_strided

from core.arrays import Array, Labels, ShapeError
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.layers.base import batch_last
from core.losses import Loss
from core.network import Network

__all__ = ["FastPath", "supports_fast_path"]


def supports_fast_path(network: Network) -> bool:
    """True for (Conv2D, ReLU, MaxPool2D of 2×2, stride 2) × n, Flatten, Dense with parameters of one dtype."""
    blocks, rest = divmod(len(network.layers) - 2, 3)
    if rest or blocks < 1:
        return False
    # exact types: a subclass may compute something else
    kinds = [type(layer) for layer in network.layers]
    pools = [layer for layer in network.layers if isinstance(layer, MaxPool2D)]
    return (
        kinds == [Conv2D, ReLU, MaxPool2D] * blocks + [Flatten, Dense]
        and all(pool.kernel_size == pool.stride == (2, 2) for pool in pools)
        and len({parameter.dtype for parameter in network.parameters().values()}) == 1
    )


class FastPath:
    """The memory of training steps of one network on batches of one shape.

    Reads the layers' parameters at every step and leaves the gradients in the layers' `grads`; these arrays are written
    again by the next step. Raises ShapeError if the batch does not fit the network.
    """

    def __init__(self, network: Network, x_shape: tuple[int, ...]) -> None:
        convolutions = [layer for layer in network.layers if isinstance(layer, Conv2D)]
        if len(x_shape) != 4:
            raise ShapeError(f"a batch of images is (m, channels, height, width), but x has shape {x_shape}.")
        m, channels, height, width = x_shape
        self._input = np.empty((channels, height, width, m), convolutions[0].params["weight"].dtype)
        self._blocks: list[_Block] = []
        images = self._input
        for conv in convolutions:
            block = _Block(conv, images, first=not self._blocks)
            self._blocks.append(block)
            images = block.output
        # (features, m): row-major flattening is free when the batch is the last axis
        self._features = images.reshape(-1, m)
        dense = network.layers[-1]
        assert isinstance(dense, Dense)
        if dense.in_features != len(self._features):
            raise ShapeError(
                f"{dense!r} takes {dense.in_features} features, but images of {height}×{width} give "
                f"{len(self._features)} after the last pooling layer."
            )
        self._dense = dense
        self._logits = np.empty((dense.out_features, m), images.dtype)
        self._grad_features = np.empty_like(self._features)
        self._grad_weight = np.empty_like(dense.params["weight"])
        self._grad_bias = np.empty_like(dense.params["bias"])

    def run(self, loss: Loss, x: Array, y: Labels) -> float:
        """Forward and backward on a batch; returns the mean loss."""
        np.copyto(self._input, batch_last(x), casting="same_kind")
        for block in self._blocks:
            block.forward()
        weight, bias = self._dense.params["weight"], self._dense.params["bias"]
        np.matmul(weight, self._features, out=self._logits)
        self._logits += bias[:, np.newaxis]
        value = loss.forward(self._logits.T, y)

        grad_logits = loss.backward().T
        np.matmul(grad_logits, self._features.T, out=self._grad_weight)
        np.add.reduce(grad_logits, axis=1, out=self._grad_bias)
        self._dense.grads["weight"], self._dense.grads["bias"] = self._grad_weight, self._grad_bias
        if len(grad_logits) == 1:
            # NumPy's matmul is slow at an outer product
            np.multiply(weight.T, grad_logits, out=self._grad_features)
        else:
            np.matmul(weight.T, grad_logits, out=self._grad_features)
        grad = self._grad_features
        for block in reversed(self._blocks):
            grad = block.backward(grad)
        return value


class _Block:
    """Memory and arithmetic of one conv, ReLU and 2×2 max pool; pixels ordered (place in window, window, sample)."""

    def __init__(self, conv: Conv2D, images: Array, first: bool) -> None:
        channels, height, width, m = images.shape
        if channels != conv.in_channels:
            raise ShapeError(f"{conv!r} takes {conv.in_channels} channel(s), but its input has {channels}.")
        pooled_height, pooled_width = MaxPool2D(2).output_size(*conv.output_size(height, width))
        filters, dtype = conv.out_channels, images.dtype
        (kh, kw), (sh, sw), (ph, pw) = conv.kernel_size, conv.stride, conv.padding
        taps, windows = channels * kh * kw, pooled_height * pooled_width * m
        self._conv, self._images = conv, images
        self._padded = np.zeros((channels, height + 2 * ph, width + 2 * pw, m), dtype) if ph or pw else images
        self._inside = self._padded[:, ph : ph + height, pw : pw + width]
        # one more tap that always reads 1 carries the bias, forward and backward
        self._columns = np.ones((taps + 1, 4 * windows), dtype)
        self._kernels = np.empty((filters, taps + 1), dtype)
        tap_shape = (channels, kh, kw, 2, 2, pooled_height, pooled_width, m)
        self._column_taps = self._columns[:-1].reshape(tap_shape)
        self._image_taps = _taps(self._padded, tap_shape, (sh, sw))
        self._z = np.empty((filters, 2, 2, windows), dtype)
        self._row_maxima = np.empty((filters, 2, windows), dtype)
        self._right_wins = np.empty((filters, 2, windows), np.bool_)
        self._bottom_wins = np.empty((filters, windows), np.bool_)
        self._positive = np.empty((filters, windows), np.bool_)
        self._zeros = np.zeros(windows, dtype)
        self.output = np.empty((filters, pooled_height, pooled_width, m), dtype)
        self._maxima = self.output.reshape(filters, windows)
        self._grads = np.empty((filters, taps + 1), dtype)
        self._grad_padded = None if first else np.empty_like(self._padded)
        self._grad_columns = None if first else np.empty((taps, 4 * windows), dtype)
        self._scattering = [] if first else self._pair_taps(tap_shape)

    def forward(self) -> None:
        """Fill `output` (f, h', w', m) from the images."""
        if self._padded is not self._images:
            np.copyto(self._inside, self._images)
        np.copyto(self._column_taps, self._image_taps)
        filters = len(self._kernels)
        self._kernels[:, :-1] = self._conv.params["weight"].reshape(filters, -1)
        self._kernels[:, -1] = self._conv.params["bias"]
        z, rows = self._z, self._row_maxima
        np.matmul(self._kernels, self._columns, out=z.reshape(filters, -1))
        left, right = z[:, :, 0], z[:, :, 1]
        # strictly greater at both levels, so that the first of equal cells in row-major order wins
        np.greater(right, left, out=self._right_wins)
        np.maximum(left, right, out=rows)
        np.greater(rows[:, 1], rows[:, 0], out=self._bottom_wins)
        np.maximum(rows[:, 0], rows[:, 1], out=self._maxima)
        # an array of zeros: NumPy's maximum with a scalar takes four times as long
        np.maximum(self._maxima, self._zeros, out=self._maxima)

    def backward(self, grad_output: Array) -> Array:
        """Leave ∂L/∂weight and ∂L/∂bias in the layer; returns ∂L/∂images, or its argument at the first block."""
        grad = grad_output.reshape(self._maxima.shape)
        np.greater(self._maxima, self._zeros, out=self._positive)
        # z is no longer needed, and its memory has the shape of its gradient; 0 or 1 times a number is exact,
        # and so is the number minus itself or minus 0
        grad_z, rows = self._z, self._row_maxima
        grad = np.multiply(grad, self._positive, out=self._maxima)
        np.multiply(grad, self._bottom_wins, out=rows[:, 1])
        np.subtract(grad, rows[:, 1], out=rows[:, 0])
        np.multiply(rows, self._right_wins, out=grad_z[:, :, 1])
        np.subtract(rows, grad_z[:, :, 1], out=grad_z[:, :, 0])

        filters = len(self._kernels)
        grad_pixels = grad_z.reshape(filters, -1)
        np.matmul(grad_pixels, self._columns.T, out=self._grads)
        weight = self._conv.params["weight"]
        self._conv.grads["weight"] = self._grads[:, :-1].reshape(weight.shape)
        self._conv.grads["bias"] = self._grads[:, -1]
        if self._grad_padded is None or self._grad_columns is None:
            return grad_output
        np.matmul(self._kernels[:, :-1].T, grad_pixels, out=self._grad_columns)
        self._grad_padded.fill(0)
        for place, grad_tap in self._scattering:
            # within one tap no pixel is read twice, so adding in place is safe
            np.add(place, grad_tap, out=place)
        (ph, pw), (_, height, width, _) = self._conv.padding, self._images.shape
        return np.ascontiguousarray(self._grad_padded[:, ph : ph + height, pw : pw + width])

    def _pair_taps(self, shape: tuple[int, ...]) -> list[tuple[Array, Array]]:
        """For each tap, the pixels that it reads as a view of ∂L/∂images, and its own gradients."""
        assert self._grad_padded is not None
        assert self._grad_columns is not None
        places = _taps(self._grad_padded, shape, self._conv.stride, writeable=True)
        grad_taps = self._grad_columns.reshape(shape)
        return [(places[:, u, v], grad_taps[:, u, v]) for u, v in np.ndindex(*self._conv.kernel_size)]


def _taps(images: Array, shape: tuple[int, ...], stride: tuple[int, int], writeable: bool = False) -> Array:
    """View of (c, h, w, m) as (c, kh, kw, 2, 2, h', w', m): what a tap reads for each place of each pooling window."""
    dc, dh, dw, dn = images.strides
    rows, columns = dh * stride[0], dw * stride[1]
    strides = (dc, dh, dw, rows, columns, 2 * rows, 2 * columns, dn)
    return as_strided(images, shape, strides, writeable=writeable)
