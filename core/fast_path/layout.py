"""How the numbers of all trainable layers stand in one run of memory: weight and bias of each layer in turn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from core.arrays import Array
from core.network import Network

__all__ = ["Gradients", "Layout"]


class Layout:
    """Where each parameter of a network stands among `size` numbers of `dtype`: the order of `network.parameters()`."""

    def __init__(self, network: Network) -> None:
        self._layers = [layer for layer in network.layers if layer.params]
        self._shapes = [layer.params[name].shape for layer in self._layers for name in ("weight", "bias")]
        ends = list(itertools.accumulate(map(math.prod, self._shapes), initial=0))
        self._places = [slice(start, end) for start, end in itertools.pairwise(ends)]
        self.size, self.dtype = ends[-1], self._layers[0].params["weight"].dtype

    def views(self, flat: Array) -> list[Array]:
        """A view of each parameter's numbers among all (size,), in its shape."""
        return [flat[place].reshape(shape) for place, shape in zip(self._places, self._shapes, strict=True)]

    def hand_over(self, gradients: Array) -> None:
        """Let the layers' `grads` show these numbers (size,)."""
        views = self.views(gradients)
        for layer, weight, bias in zip(self._layers, views[::2], views[1::2], strict=True):
            layer.grads["weight"], layer.grads["bias"] = weight, bias


class Gradients:
    """Gradients in memory of their own; `by_layer` are views, (∂L/∂weight, ∂L/∂bias) each."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.flat = np.empty(layout.size, layout.dtype)
        views = layout.views(self.flat)
        self.by_layer = [*zip(views[::2], views[1::2], strict=True)]

    def become_sum(self, rows: Sequence[Gradients]) -> Gradients:
        """Take the values of the sum of two or more others."""
        np.add(rows[0].flat, rows[1].flat, out=self.flat)
        for row in rows[2:]:
            self.flat += row.flat
        return self

    def hand_over(self) -> None:
        """Be what the layers' `grads` show."""
        self._layout.hand_over(self.flat)
