"""What compiled passes through a whole network work in: one run of numbers, and where each array stands in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.fast_path.compiled.blocks import BlockShapes
from core.fast_path.compiled.kernels import LANES, SIGMOID, SOFTMAX
from core.layers import Conv2D
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network

__all__ = ["PassMemory", "kind_of"]

_LOSSES: dict[type[Loss], int] = {BinaryCrossEntropy: SIGMOID, SoftmaxCrossEntropy: SOFTMAX}


def kind_of(loss: Loss, network: Network) -> int | None:
    """What the kernels call a loss; None for one that they do not know: exact types, as a subclass may differ."""
    outputs = network.layers[-1].params["bias"].size
    return _LOSSES.get(type(loss)) if outputs == 1 or type(loss) is not BinaryCrossEntropy else None


_LINE = 16
"""So many numbers make a line of the cache: lanes that lie across two of them take longer, some 7 % of a small step."""


class PassMemory:
    """Memory for a part (m, c, h, w) of a batch, or a smaller one.

    It is one run of numbers: a call that took every array by itself would spend more on that than many a step.
    for_kernels: what `take_steps` asks for. Its places, (blocks + 1, arrays, 6), say where each array of a block
    begins, and its shape as five axes: images, pooled, winners, cells, sums, bias_sums, turned, grads, all_cells; at
    last logits and their gradients, (b, outputs, 8).
    """

    def __init__(self, network: Network, x_shape: tuple[int, int, int, int]) -> None:
        m, *image_shape = x_shape
        groups = -(-m // LANES)
        layers = [layer for layer in network.layers if layer.params]
        self._size = 0
        images = self._place((groups, *image_shape, LANES))
        table: list[list[tuple[int, ...]]] = []
        for layer in layers:
            if isinstance(layer, Conv2D):
                needs = BlockShapes.of(layer, images[1:])
                every = needs.pooled, needs.pooled, needs.cells, needs.sums, needs.bias_sums
                deeper = (needs.turned, needs.grads, needs.all_cells) if table else ()
                own = [images, *map(self._place, (*every, *deeper))]
                table.append(own)
                images = own[1]
        weights = [layer.params["weight"].shape for layer in layers]
        logits = groups, weights[-1][0], LANES
        table.append([self._place(logits), self._place(logits)])
        columns = max(map(len, table))
        places = np.array([[*row, *[(0,) * 6] * (columns - len(row))] for row in table])
        shapes = np.array([(*shape, *(1,) * (4 - len(shape))) for shape in weights])
        # kernels are turned into more channels than there may be, which are 0
        room = np.zeros(self._size + _LINE, np.float32)
        start = -(room.ctypes.data // room.itemsize) % _LINE
        numbers = room[start : start + self._size]
        self.for_kernels = places, numbers, numbers.view(np.int32), shapes

    def _place(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Where the next array begins, and its shape as one of five axes."""
        place = self._size, *(1,) * (5 - len(shape)), *shape
        self._size += math.prod(shape)
        return place
