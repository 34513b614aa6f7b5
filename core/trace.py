"""Every value and every derivative of one pass through the network, as one immutable record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from core.arrays import Array, Labels
from core.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU
from core.layers.activation import sigmoid
from core.losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from core.network import Network

__all__ = ["BlockGeometry", "Trace", "activation_gradient", "count_blocks", "trace"]

_BLOCK: tuple[type[Layer], ...] = (Conv2D, ReLU, MaxPool2D)


@dataclass(frozen=True)
class BlockGeometry:
    """Sizes of one conv block, each (height, width)."""

    kernel_size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    pool_size: tuple[int, int]
    pool_stride: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Trace:
    """All values of a forward pass and all derivatives of the backward pass; every array is read-only.

    arrays: by name, in the order of `forward_names`, `backward_names`, `parameter_names`; each is an attribute too
    (`trace.z1`, `trace.dw1`). The batch axis is kept: z1 (m, f, h, w), F (m, features), z2 and A2 (m, outputs), L ().
    blocks: number of conv blocks; geometry: their sizes; activation: "sigmoid" or "softmax"; y: labels (m,).
    """

    arrays: Mapping[str, Array]
    forward_names: tuple[str, ...]
    backward_names: tuple[str, ...]
    parameter_names: tuple[str, ...]
    geometry: tuple[BlockGeometry, ...]
    activation: str
    y: Labels

    @property
    def blocks(self) -> int:
        """Number of conv blocks."""
        return len(self.geometry)

    def __getattr__(self, name: str) -> Array:
        arrays = self.__dict__.get("arrays", {})
        if name in arrays:
            array: Array = arrays[name]
            return array
        raise AttributeError(f"a trace of this network has no array {name!r}; it has {', '.join(arrays)}.")


def count_blocks(network: Network) -> int:
    """Number of conv blocks; raises ValueError unless the layers are (Conv2D, ReLU, MaxPool2D) × n, Flatten, Dense."""
    blocks, rest = divmod(len(network.layers) - 2, 3)
    expected: list[type[Layer]] = [*_BLOCK * max(blocks, 0), Flatten, Dense]
    fits = len(expected) == len(network.layers) and all(map(isinstance, network.layers, expected))
    if rest or blocks < 1 or not fits:
        found = ", ".join(type(layer).__name__ for layer in network.layers) or "no layers"
        raise ValueError(
            "a trace needs one or more blocks of Conv2D, ReLU, MaxPool2D, then Flatten and one Dense layer; "
            f"this network has {found}."
        )
    return blocks


def trace(network: Network, loss: Loss, x: Array, y: Labels) -> Trace:
    """Run the batch forward and backward and keep everything; the network and the loss are left as they were.

    x: (m, channels, height, width); y: (m,) integers. Raises ValueError if the network is not (Conv2D, ReLU, MaxPool2D)
    × n, Flatten, Dense, or the loss is neither BinaryCrossEntropy nor SoftmaxCrossEntropy.
    """
    blocks = count_blocks(network)
    own_loss = _fresh_loss(loss)
    layers = [layer.twin() for layer in network.layers]
    value_names = [f"{letter}{block}" for block in range(1, blocks + 1) for letter in "zAP"]
    logits_name, output_name = f"z{blocks + 1}", f"A{blocks + 1}"

    values: dict[str, Array] = {"x": np.array(x, layers[0].params["weight"].dtype)}
    flowing = values["x"]
    for name, layer in zip([*value_names, "F", logits_name], layers, strict=True):
        flowing = values[name] = layer.forward(flowing)
    values[output_name] = own_loss.activation(flowing)
    values["L"] = np.asarray(own_loss.forward(flowing, y), flowing.dtype)

    # ∂L/∂z of the output comes from the logits, never through ∂L/∂A, which may be huge
    grads: dict[str, Array] = {f"d{output_name}": activation_gradient(loss, flowing, y)}
    grads[f"d{logits_name}"] = flowing = own_loss.backward()
    # what each layer's backward returns belongs to the value before it; nobody shows ∂L/∂x
    receivers = ["x", *value_names, "F"]
    weights: dict[str, Array] = {}
    number = blocks + 1
    for receiver, layer in zip(reversed(receivers), reversed(layers), strict=True):
        if receiver == "x":
            layer.backward_params(flowing)
        else:
            flowing = layer.backward(flowing)
        if layer.params:
            grads[f"dw{number}"], grads[f"db{number}"] = layer.grads["weight"], layer.grads["bias"]
            # the parameters keep changing while the trace is looked at
            weights[f"w{number}"], weights[f"b{number}"] = (layer.params[key].copy() for key in ("weight", "bias"))
            number -= 1
        if receiver != "x":
            grads[f"d{receiver}"] = flowing

    parameter_names = tuple(f"{letter}{index}" for index in range(1, blocks + 2) for letter in "wb")
    ordered = {**values, **grads, **{name: weights[name] for name in parameter_names}}
    return Trace(
        arrays=MappingProxyType({name: _frozen(array) for name, array in ordered.items()}),
        forward_names=tuple(values),
        backward_names=tuple(grads),
        parameter_names=parameter_names,
        geometry=_geometry(network),
        activation="sigmoid" if isinstance(loss, BinaryCrossEntropy) else "softmax",
        y=_frozen_labels(y),
    )


def activation_gradient(loss: Loss, logits: Array, y: Labels) -> Array:
    """∂L/∂A of the output activation A, (m, outputs), saturated at the largest finite number of the dtype.

    Sigmoid: -1 / (m·A) where y = 1, 1 / (m·(1 - A)) where y = 0. Softmax: -1 / (m·A) at the true class, 0 elsewhere.
    A confident wrong answer has A = 0 in floating point; the derivative then stays at ±finfo.max instead of infinity.
    """
    m = len(logits)
    if isinstance(loss, BinaryCrossEntropy):
        column = y.reshape(logits.shape)
        # 1 - A is sigmoid(-z), which keeps its digits where A has rounded to 1
        sign = np.where(column == 1, -1, 1).astype(logits.dtype)
        probability, numerator = sigmoid(-sign * logits), sign
    else:
        probability = loss.activation(logits)
        numerator = np.zeros_like(logits)
        numerator[np.arange(m), y] = -1
        # a class that is not the true one has derivative 0, also where its probability is 0
        probability[numerator == 0] = 1
    with np.errstate(divide="ignore", over="ignore"):
        grad: Array = numerator / probability / m
    limit = np.finfo(logits.dtype).max
    # what np.clip does, without its checks: they take longer than the numbers of one sample
    held: Array = np.minimum(np.maximum(grad, -limit), limit)
    return held


def _fresh_loss(loss: Loss) -> Loss:
    if not isinstance(loss, BinaryCrossEntropy | SoftmaxCrossEntropy):
        raise ValueError(f"a trace needs BinaryCrossEntropy or SoftmaxCrossEntropy; this loss is {loss!r}.")
    return type(loss)()


def _geometry(network: Network) -> tuple[BlockGeometry, ...]:
    convolutions = [layer for layer in network.layers if isinstance(layer, Conv2D)]
    pools = [layer for layer in network.layers if isinstance(layer, MaxPool2D)]
    return tuple(
        BlockGeometry(conv.kernel_size, conv.stride, conv.padding, pool.kernel_size, pool.stride)
        for conv, pool in zip(convolutions, pools, strict=True)
    )


def _frozen(array: Array) -> Array:
    """The array in plain row-major order, read-only."""
    contiguous = array if array.flags.c_contiguous else np.ascontiguousarray(array)
    contiguous.setflags(write=False)
    return contiguous


def _frozen_labels(y: Labels) -> Labels:
    labels: Labels = np.array(y)
    labels.setflags(write=False)
    return labels
