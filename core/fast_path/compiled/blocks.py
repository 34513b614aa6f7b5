"""The memory of one block of a network, in groups of eight samples, and its passes by compiled kernels."""

from __future__ import annotations

from dataclasses import dataclass

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
from core.layers import Conv2D, MaxPool2D

__all__ = ["BlockShapes", "DeeperBlock", "PooledBlock"]

# gradients that are worked on together: half of the fastest cache, so that pixels and sums have the other half
_CELLS_BYTES = 2**14


Shape = tuple[int, ...]


@dataclass(frozen=True)
class BlockShapes:
    """What a block works in, as `kernels.py` says; `turned`, `grads` and `all_cells` are for a deeper block alone."""

    images: Shape
    pooled: Shape
    cells: Shape
    sums: Shape
    bias_sums: Shape
    turned: Shape
    grads: Shape
    all_cells: Shape

    @classmethod
    def of(cls, conv: Conv2D, images: Shape) -> BlockShapes:
        """Those for images (groups, c, h, w, 8). Raises ShapeError if they do not fit the convolution."""
        groups, channels, height, width, _ = images
        if channels != conv.in_channels:
            raise ShapeError(f"{conv!r} takes {conv.in_channels} channel(s), but its input has {channels}.")
        filters, taps = conv.out_channels, channels * conv.kernel_size[0] * conv.kernel_size[1]
        rows, columns = MaxPool2D(2).output_size(*conv.output_size(height, width))
        row_bytes = FILTERS_TOGETHER * 2 * columns * LANES * np.dtype(np.float32).itemsize
        cell_rows = 2 * max(1, min(rows, _CELLS_BYTES // (2 * row_bytes)))
        together = -(-channels // CHANNELS_TOGETHER) * CHANNELS_TOGETHER
        return cls(
            images=images,
            pooled=(groups, filters, rows, columns, LANES),
            cells=(FILTERS_TOGETHER, cell_rows, 2 * columns, LANES),
            sums=(taps, FILTERS_TOGETHER, LANES),
            bias_sums=(FILTERS_TOGETHER, LANES),
            turned=(filters, *conv.kernel_size, together),
            grads=(groups, together, height, width, LANES),
            all_cells=(filters, 2 * rows, 2 * columns, LANES),
        )


class PooledBlock:
    """Convolution, ReLU and pooling of images (groups, c, h, w, 8), which are read again on the way back."""

    def __init__(self, conv: Conv2D, images: Array) -> None:
        shapes = BlockShapes.of(conv, images.shape)
        self._conv, self._images = conv, images
        self.pooled = np.empty(shapes.pooled, np.float32)
        self._winners = np.empty(shapes.pooled, np.int32)
        self._cells = np.empty(shapes.cells, np.float32)
        self._sums = np.empty(shapes.sums, np.float32)
        self._bias_sums = np.empty(shapes.bias_sums, np.float32)

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


class DeeperBlock(PooledBlock):
    """A block that hands its gradient back to the block before it."""

    def __init__(self, conv: Conv2D, images: Array) -> None:
        super().__init__(conv, images)
        shapes = BlockShapes.of(conv, images.shape)
        self._kernels = np.zeros(shapes.turned, np.float32)
        self._grads = np.empty(shapes.grads, np.float32)
        self._all_cells = np.empty(shapes.all_cells, np.float32)

    def backward_images(self, grad_pooled: Array) -> Array:
        """∂L/∂images (groups, c, h, w, 8) from ∂L/∂pooled."""
        channels = self._conv.in_channels
        np.copyto(self._kernels[..., :channels], np.moveaxis(self._conv.params["weight"], 1, -1))
        grad_images(self._kernels, grad_pooled, self._winners, self._grads, self._all_cells)
        return self._grads[:, :channels]
