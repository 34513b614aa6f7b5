"""A part of a batch by compiled kernels: one call a pass, or block by block around a loss that they do not know."""

from __future__ import annotations

import numpy as np

from core.arrays import Array, Labels
from core.fast_path.compiled.blocks import DeeperBlock, PooledBlock
from core.fast_path.compiled.kernels import LANES, LOOK, take_steps
from core.fast_path.compiled.memory import PassMemory, kind_of
from core.fast_path.compiled.steps import CompiledSteps
from core.fast_path.layout import Gradients
from core.fast_path.part import Part
from core.layers import Conv2D
from core.losses import Loss, check_labels
from core.network import Network

__all__ = ["CompiledPart"]


class CompiledPart(Part):
    """The memory of one pass in groups of eight samples, the last of which may have empty places.

    For float32, and for convolutions of stride 1 without padding.
    """

    samples_together = LANES
    whole_steps = CompiledSteps

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int]) -> None:
        super().__init__(network, x_shape)
        self._network, self._x_shape = network, x_shape
        self._pass_memory: PassMemory | None = None

    def run(self, loss: Loss, x: Array, y: Labels, batch: int, gradients: Gradients) -> float:
        """Forward and backward on images and labels of a batch of so many; what they add to its mean loss."""
        kind = kind_of(loss, self._network)
        if kind is None:
            return super().run(loss, x, y, batch, gradients)
        check_labels(y, len(x), max(2, len(self._logits)))
        if self._pass_memory is None:
            self._pass_memory = PassMemory(self._network, self._x_shape)
        values = np.concatenate([value.reshape(-1) for value in self._network.parameters().values()])
        loss_of_part = np.empty(1)
        take_steps(
            np.ascontiguousarray(x, np.float32)[np.newaxis],
            np.ascontiguousarray(y, np.int64)[np.newaxis],
            np.array([len(x)]),
            batch,
            kind,
            *self._pass_memory.for_kernels,
            values[np.newaxis, np.newaxis],
            np.zeros(0, np.bool_),
            LOOK,
            np.empty((1, 0)),
            gradients.flat[np.newaxis],
            loss_of_part,
        )
        return float(loss_of_part[0])

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
        self._first = last = PooledBlock(first, images)
        self._deeper: list[DeeperBlock] = []
        for conv in deeper:
            last = DeeperBlock(conv, last.pooled)
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
