"""The blocks of a network by compiled kernels; the dense layer stays with NumPy, whose products suit it."""

from __future__ import annotations

import numpy as np

from core.arrays import Array, ShapeError
from core.fast_path.compiled.kernels import (
    CHANNELS_TOGETHER,
    FILTERS_TOGETHER,
    LANES,
    grad_images,
    grad_weights,
    pool_convolution,
)
from core.fast_path.part import Part
from core.layers import Conv2D, MaxPool2D

__all__ = ["CompiledPart"]

# gradients that are worked on together: half of the fastest cache, so that pixels and sums have the other half
_CELLS_BYTES = 2**14


class CompiledPart(Part):
    """The memory of one pass in groups of eight samples, the last of which may have empty places.

    For float32, and for convolutions of stride 1 without padding.
    """

    samples_together = LANES

    def _prepare(self, convs: list[Conv2D], x_shape: tuple[int, int, int, int]) -> Array:
        """Make the memory of the blocks; returns that of what the last one pools, (features, groups · 8)."""
        m, *image_shape = x_shape
        whole_groups, left = divmod(m, LANES)
        images = np.zeros((whole_groups + bool(left), *image_shape, LANES), np.float32)
        self.copied_bytes = images[0].nbytes
        # (groups, 8, c, h, w)
        by_sample = np.moveaxis(images, -1, 1)
        self._whole_groups, self._left = by_sample[:whole_groups], by_sample[-1, :left]
        first, *deeper = convs
        self._first = last = _Block(first, images)
        self._deeper: list[_DeeperBlock] = []
        for conv in deeper:
            last = _DeeperBlock(conv, last.pooled)
            self._deeper.append(last)
        self._last = last
        return last.pool_as_columns()

    def _forward_blocks(self, x: Array) -> None:
        """Fill the features for x (m, c, h, w)."""
        in_whole_groups = len(x) - len(self._left)
        np.copyto(self._whole_groups, x[:in_whole_groups].reshape(self._whole_groups.shape), casting="same_kind")
        np.copyto(self._left, x[in_whole_groups:], casting="same_kind")
        for block in (self._first, *self._deeper):
            block.forward()

    def _backward_blocks(self, grads: list[tuple[Array, Array]]) -> None:
        """Fill (∂L/∂weight, ∂L/∂bias) of every block; the memory of the features holds their gradient."""
        grad = self._last.pooled
        for block in reversed(self._deeper):
            block.backward(grad, *grads.pop())
            grad = block.backward_images(grad)
        self._first.backward(grad, *grads.pop())


class _Block:
    """Convolution, ReLU and pooling of images (groups, c, h, w, 8), which are read again on the way back."""

    def __init__(self, conv: Conv2D, images: Array) -> None:
        groups, channels, height, width, _ = images.shape
        if channels != conv.in_channels:
            raise ShapeError(f"{conv!r} takes {conv.in_channels} channel(s), but its input has {channels}.")
        filters, taps = conv.out_channels, channels * conv.kernel_size[0] * conv.kernel_size[1]
        rows, columns = MaxPool2D(2).output_size(*conv.output_size(height, width))
        self._conv, self._images = conv, images
        self.pooled = np.empty((groups, filters, rows, columns, LANES), np.float32)
        self._winners = np.empty(self.pooled.shape, np.int32)
        row_bytes = FILTERS_TOGETHER * 2 * columns * LANES * self.pooled.itemsize
        cell_rows = 2 * max(1, min(rows, _CELLS_BYTES // (2 * row_bytes)))
        self._cells = np.empty((FILTERS_TOGETHER, cell_rows, 2 * columns, LANES), np.float32)
        self._sums = np.empty((taps, FILTERS_TOGETHER, LANES), np.float32)
        self._bias_sums = np.empty((FILTERS_TOGETHER, LANES), np.float32)

    def pool_as_columns(self) -> Array:
        """From now on leave what is pooled in the memory that this returns, (features, groups · 8)."""
        groups, *shape, _ = self.pooled.shape
        columns: Array = np.empty((*shape, groups, LANES), np.float32)
        self.pooled = np.moveaxis(columns, 3, 0)
        return columns.reshape(-1, groups * LANES)

    def forward(self) -> None:
        """Fill `pooled`."""
        params = self._conv.params
        weight = np.ascontiguousarray(params["weight"])
        pool_convolution(self._images, weight, np.ascontiguousarray(params["bias"]), self.pooled, self._winners)

    def backward(self, grad_pooled: Array, grad_weight: Array, grad_bias: Array) -> None:
        """Fill ∂L/∂weight (f, c, kh, kw) and ∂L/∂bias (f,) from ∂L/∂pooled."""
        work = self._cells, self._sums, self._bias_sums
        grad_weights(self._images, grad_pooled, self._winners, grad_weight, grad_bias, *work)


class _DeeperBlock(_Block):
    """A block that hands its gradient back to the block before it."""

    def __init__(self, conv: Conv2D, images: Array) -> None:
        super().__init__(conv, images)
        groups, channels, height, width, _ = images.shape
        together = -(-channels // CHANNELS_TOGETHER) * CHANNELS_TOGETHER
        self._kernels = np.zeros((conv.out_channels, *conv.kernel_size, together), np.float32)
        self._grads = np.empty((groups, together, height, width, LANES), np.float32)
        rows, columns = self.pooled.shape[2:4]
        self._all_cells = np.empty((conv.out_channels, 2 * rows, 2 * columns, LANES), np.float32)

    def backward_images(self, grad_pooled: Array) -> Array:
        """∂L/∂images (groups, c, h, w, 8) from ∂L/∂pooled."""
        channels = self._conv.in_channels
        np.copyto(self._kernels[..., :channels], np.moveaxis(self._conv.params["weight"], 1, -1))
        grad_images(self._kernels, grad_pooled, self._winners, self._grads, self._all_cells)
        return self._grads[:, :channels]
