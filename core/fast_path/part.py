"""Forward and backward through the whole network on so many samples at a time, in memory that is used again."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import ClassVar, Protocol

import numpy as np

from core.arrays import Array, Labels, ShapeError
from core.fast_path.block import PooledBlock
from core.fast_path.convolution import ColumnConvolution, FramedConvolution
from core.fast_path.layout import Gradients
from core.fast_path.steps_taken import StepsTaken
from core.layers import Conv2D, Dense
from core.layers.base import batch_last
from core.losses import Loss
from core.network import Network
from core.optimizers import Optimizer

__all__ = ["NumpyPart", "Part", "WholeSteps"]


class WholeSteps(Protocol):
    """Works out steps from the pixels to the updated weights in one call, which does not hold the interpreter."""

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int], ends: Sequence[int]) -> None:
        """Memory for steps on batches (m, c, h, w), which fit the network, in parts that end after so many samples."""

    def suit(self, loss: Loss, optimizer: Optimizer) -> bool:
        """True for a loss and an optimiser that it knows."""

    def take(self, loss: Loss, optimizer: Optimizer, xs: Array, ys: Labels, frozen: Collection[str]) -> StepsTaken:
        """Work out steps on batches xs (k, m, c, h, w), ys (k, m); how many there are changes no bit of them.

        There are fewer than k where the next one needs care: a label is no class, or a number is not finite or far too
        large.
        """


class Part(ABC):
    """The memory of one pass over (m, c, h, w): the dense layer, and the blocks before it as each kind does them.

    Raises ShapeError if such images do not fit the network.
    """

    samples_together: ClassVar[int] = 1
    """So many samples are worked on together: fewer take as long."""

    whole_steps: ClassVar[type[WholeSteps] | None] = None
    """What takes whole steps, where there is such a thing."""

    copied_bytes: int
    """The most pixels that are copied for one convolution, in bytes."""

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int]) -> None:
        m, _, height, width = x_shape
        convs = [layer for layer in network.layers if isinstance(layer, Conv2D)]
        # (features, m or a few more): row-major flattening is free when the batch is the last axis
        self._features = self._prepare(convs, x_shape)
        features, columns = self._features.shape
        dense = network.layers[-1]
        assert isinstance(dense, Dense)
        if dense.in_features != features:
            raise ShapeError(
                f"{dense!r} takes {dense.in_features} features, but images of {height}×{width} give "
                f"{features} after the last pooling layer."
            )
        self._dense = dense
        self._logits = np.empty((dense.out_features, columns), self._features.dtype)
        # no gradient where there is no sample
        self._grad_logits = np.zeros_like(self._logits)
        self._samples = slice(m)

    def run(self, loss: Loss, x: Array, y: Labels, batch: int, gradients: Gradients) -> float:
        """Forward and backward on images and labels of a batch of so many; what they add to its mean loss.

        Fills the gradients with what they add to those of the batch.
        """
        # means over the parts, weighted by their sizes, are the mean over the batch
        share = len(x) / batch
        value, grad_logits = loss.value_and_gradient(self.forward(x), y)
        if share < 1:
            grad_logits *= share
        self.backward(grad_logits, gradients.by_layer)
        return value * share

    @abstractmethod
    def _prepare(self, convs: list[Conv2D], x_shape: tuple[int, int, int, int]) -> Array:
        """Make the memory of the blocks; returns that of what the last one pools, (features, columns ≥ m)."""

    @abstractmethod
    def _forward_blocks(self, x: Array) -> None:
        """Fill the features for x (m, c, h, w)."""

    @abstractmethod
    def _backward_blocks(self, grads: list[tuple[Array, Array]]) -> None:
        """Fill (∂L/∂weight, ∂L/∂bias) of every block; the memory of the features holds their gradient."""

    def forward(self, x: Array) -> Array:
        """Logits (m, outputs) of x (m, c, h, w), in memory that the next forward overwrites."""
        self._forward_blocks(x)
        # dot, since matmul is slow at the thin products that one output makes
        np.dot(self._dense.params["weight"], self._features, out=self._logits)
        self._logits += self._dense.params["bias"][:, np.newaxis]
        return self._logits[:, self._samples].T

    def backward(self, grad_logits: Array, grads: list[tuple[Array, Array]]) -> None:
        """Fill (∂L/∂weight, ∂L/∂bias) of every trainable layer from ∂L/∂logits (m, outputs) of the last forward."""
        *block_grads, (grad_weight, grad_bias) = grads
        grad = self._grad_logits
        grad[:, self._samples] = grad_logits.T
        np.dot(grad, self._features.T, out=grad_weight)
        np.add.reduce(grad, axis=1, out=grad_bias)
        # the features are no longer needed, and their memory has the shape of their gradient
        np.dot(self._dense.params["weight"].T, grad, out=self._features)
        self._backward_blocks(block_grads)


class NumpyPart(Part):
    """Blocks as matrix products of copied pixels."""

    def _prepare(self, convs: list[Conv2D], x_shape: tuple[int, int, int, int]) -> Array:
        """Make the memory of the blocks; returns that of what the last one pools, (features, m)."""
        m, channels, height, width = x_shape
        first, *deeper = convs
        dtype = first.params["weight"].dtype
        framed = FramedConvolution(first, (channels, height, width, m), dtype)
        self._first = PooledBlock(framed, dtype)
        self.copied_bytes = framed.copied_bytes
        self._deeper: list[tuple[ColumnConvolution, PooledBlock]] = []
        images = self._first.output
        for conv in deeper:
            convolution = ColumnConvolution(conv, images.shape, dtype)
            block = PooledBlock(convolution, dtype)
            self.copied_bytes = max(self.copied_bytes, convolution.copied_bytes)
            self._deeper.append((convolution, block))
            images = block.output
        return images.reshape(-1, m)

    def _forward_blocks(self, x: Array) -> None:
        """Fill the features for x (m, c, h, w)."""
        images = self._first.forward(batch_last(x))
        for _, block in self._deeper:
            images = block.forward(images)

    def _backward_blocks(self, grads: list[tuple[Array, Array]]) -> None:
        """Fill (∂L/∂weight, ∂L/∂bias) of every block; the memory of the features holds their gradient."""
        grad = self._features
        for convolution, block in reversed(self._deeper):
            block.backward(grad, *grads.pop())
            grad = convolution.backward_images()
        self._first.backward(grad, *grads.pop())
