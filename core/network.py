"""A network is a list of layers; `build_network` makes the one of the lecture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from core.arrays import Array, ShapeError
from core.initialization import drawn_weights
from core.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU

__all__ = ["Network", "build_network"]


class Network:
    """Layers in the order of the forward pass, with their parameters under PyTorch's names.

    Names count the layers of a kind: conv1.weight, conv1.bias, conv2.weight …, fc.weight, fc.bias (or fc1, fc2 …).
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = tuple(layers)
        self._named = self._name_layers()
        self._keys = [(f"{name}.{key}", layer, key) for name, layer in self._named for key in layer.params]
        # memory that core.training reuses between steps
        self.workspace: object = None

    def __repr__(self) -> str:
        return f"Network([{', '.join(map(repr, self.layers))}])"

    def _name_layers(self) -> tuple[tuple[str, Layer], ...]:
        trainable = [layer for layer in self.layers if layer.params]
        dense = [layer for layer in trainable if isinstance(layer, Dense)]
        others = [layer for layer in trainable if not isinstance(layer, Dense)]
        names = {id(layer): f"conv{number}" for number, layer in enumerate(others, start=1)}
        for number, layer in enumerate(dense, start=1):
            names[id(layer)] = "fc" if len(dense) == 1 else f"fc{number}"
        return tuple((names[id(layer)], layer) for layer in trainable)

    def layer(self, name: str) -> Layer:
        """The trainable layer of a name such as "conv1"; raises KeyError if there is none."""
        return dict(self._named)[name]

    def forward(self, x: Array) -> Array:
        """Logits of a batch: (m, channels, height, width) → (m, outputs)."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def __call__(self, x: Array) -> Array:
        return self.forward(x)

    def backward(self, grad: Array) -> Array:
        """∂L/∂x for ∂L/∂logits of the latest forward; fills the `grads` of every layer."""
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def backward_params(self, grad: Array) -> None:
        """Fill the `grads` of every layer for ∂L/∂logits, without ∂L/∂x of the first layer."""
        for layer in self.layers[:0:-1]:
            grad = layer.backward(grad)
        self.layers[0].backward_params(grad)

    def parameters(self) -> dict[str, Array]:
        """The live parameter arrays by name; writing into them changes the network."""
        return {name: layer.params[key] for name, layer, key in self._keys}

    def gradients(self) -> dict[str, Array]:
        """The live gradient arrays of the last backward pass or training step by name; copy them to keep them."""
        return {name: layer.grads[key] for name, layer, key in self._keys if layer.grads}

    def state_dict(self) -> dict[str, Array]:
        """Copies of all parameters by name."""
        return {name: value.copy() for name, value in self.parameters().items()}

    def load_state_dict(self, state: Mapping[str, Array]) -> None:
        """Copy parameters in; raises ShapeError, changing nothing, unless names and shapes are this network's."""
        own = self.parameters()
        missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
        if missing or unknown:
            raise ShapeError(
                f"the parameters do not fit this network: missing {', '.join(missing) or 'none'}; "
                f"unknown {', '.join(unknown) or 'none'}."
            )
        for name, value in own.items():
            if np.shape(state[name]) != value.shape:
                raise ShapeError(f"{name} has shape {np.shape(state[name])}, but this network needs {value.shape}.")
        for name, value in own.items():
            value[...] = state[name]

    def astype(self, dtype: DTypeLike) -> Network:
        """A network of its own with the same layers and copies of the parameters in `dtype`."""
        layers = []
        for layer in self.layers:
            copied = layer.twin()
            copied.params = {name: value.astype(dtype) for name, value in layer.params.items()}
            layers.append(copied)
        return Network(layers)

    def twin(self) -> Self:
        """A network with the same parameter arrays but its own memory and gradients: using it disturbs nothing."""
        return type(self)([layer.twin() for layer in self.layers])


def build_network(
    image_shape: tuple[int, int, int],
    kernel_size: int,
    filters: Sequence[int],
    outputs: int,
    seed: int,
    *,
    dtype: DTypeLike = np.float32,
    initialization: str = "he",
) -> Network:
    """The network of the lecture: each block conv (no padding), ReLU, 2×2 max pool; then flatten and one dense layer.

    image_shape: (channels, height, width); filters: one number a block; outputs: logits. Weights from `seed`, as
    `initialization` (a word of INITIALIZATIONS) says, zero biases. Raises ShapeError naming the block that does not
    fit, ValueError for another word.
    """
    if not filters:
        raise ShapeError("filters is empty; give one number a conv block, for example (8,).")
    rng = np.random.default_rng(seed)
    channels, height, width = image_shape
    layers: list[Layer] = []
    for block, count in enumerate(filters, start=1):
        conv = Conv2D(channels, count, kernel_size, rng=rng, dtype=dtype)
        pool = MaxPool2D(2)
        try:
            height, width = pool.output_size(*conv.output_size(height, width))
        except ShapeError as error:
            raise ShapeError(
                f"block {block} does not fit images of {image_shape[1]}×{image_shape[2]}: {error}"
            ) from error
        channels = count
        layers += [conv, ReLU(), pool]
    layers += [Flatten(), Dense(channels * height * width, outputs, rng=rng, dtype=dtype)]
    if initialization != "he":
        rng = np.random.default_rng(seed)
        for layer in layers:
            if layer.params:
                layer.params["weight"] = drawn_weights(initialization, layer.params["weight"].shape, rng, dtype)
    return Network(layers)
