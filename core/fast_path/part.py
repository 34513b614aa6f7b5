"""Forward and backward through the whole network on so many samples at a time, in memory that is used again."""

from __future__ import annotations

import numpy as np

from core.arrays import Array, ShapeError
from core.fast_path.block import PooledBlock
from core.fast_path.convolution import ColumnConvolution, FramedConvolution
from core.layers import Conv2D, Dense
from core.layers.base import batch_last
from core.network import Network

__all__ = ["Part"]


class Part:
    """The memory of one pass over (m, c, h, w). Raises ShapeError if such images do not fit the network."""

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int]) -> None:
        m, channels, height, width = x_shape
        first, *deeper = (layer for layer in network.layers if isinstance(layer, Conv2D))
        dtype = first.params["weight"].dtype
        framed = FramedConvolution(first, (channels, height, width, m), dtype)
        self._first = PooledBlock(framed, dtype)
        self.copied_bytes = framed.copied_bytes
        """The most pixels that are copied for one product, in bytes."""
        self._deeper: list[tuple[ColumnConvolution, PooledBlock]] = []
        images = self._first.output
        for conv in deeper:
            convolution = ColumnConvolution(conv, images.shape, dtype)
            block = PooledBlock(convolution, dtype)
            self.copied_bytes = max(self.copied_bytes, convolution.copied_bytes)
            self._deeper.append((convolution, block))
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
        self._logits = np.empty((dense.out_features, m), dtype)

    def forward(self, x: Array) -> Array:
        """Logits (m, outputs) of x (m, c, h, w), in memory that the next forward overwrites."""
        images = self._first.forward(batch_last(x))
        for _, block in self._deeper:
            images = block.forward(images)
        # dot, since matmul is slow at the thin products that one output makes
        np.dot(self._dense.params["weight"], self._features, out=self._logits)
        self._logits += self._dense.params["bias"][:, np.newaxis]
        return self._logits.T

    def backward(self, grad_logits: Array, grads: list[tuple[Array, Array]]) -> None:
        """Fill (∂L/∂weight, ∂L/∂bias) of every trainable layer from ∂L/∂logits (m, outputs) of the last forward."""
        *conv_grads, (grad_weight, grad_bias) = grads
        grad = np.ascontiguousarray(grad_logits.T)
        np.dot(grad, self._features.T, out=grad_weight)
        np.add.reduce(grad, axis=1, out=grad_bias)
        # the features are no longer needed, and their memory has the shape of their gradient
        grad = np.dot(self._dense.params["weight"].T, grad, out=self._features)
        for convolution, block in reversed(self._deeper):
            block.backward(grad, *conv_grads.pop())
            grad = convolution.backward_images()
        self._first.backward(grad, *conv_grads.pop())
