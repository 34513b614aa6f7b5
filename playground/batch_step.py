"""One step of training, taken apart: every value, derivative and update of a batch, worked out beside the session."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array, Labels
from core.losses import Loss
from core.network import Network
from core.optimizers import SGD, Optimizer
from core.trace import Trace, trace
from core.training import train_step
from playground.loss_change import predicted_change
from playground.sample_ref import SampleRef

__all__ = ["LARGEST_SAMPLE_COUNT", "BatchOfImages", "BatchStep", "take_apart"]

LARGEST_SAMPLE_COUNT = 64
"""Samples of a batch whose gradients are worked out one by one; for each, the network runs forward and backward."""
_LOSS_SLICE = 64


@dataclass(frozen=True, eq=False)
class BatchOfImages:
    """What a step trains on, augmented if the run does so; `source` is None for the next batch in order.

    `refs` says where each image comes from.

    x: (m, c, h, w); y: (m,).
    """

    source: SampleRef | None
    split: str
    rows: NDArray[np.intp]
    x: Array
    y: Labels

    @cached_property
    def refs(self) -> tuple[SampleRef, ...]:
        """Each image's place in the data set, or the drawing."""
        if self.source is not None:
            return (self.source,)
        return tuple(SampleRef(self.split, int(row)) for row in self.rows)


@dataclass(frozen=True, eq=False)
class BatchStep:
    """Step number `step` on one batch, before it is taken. All mappings go by the names of the trace: w1, b1, w2 …

    trace: the whole batch (m samples) under `weights`; gradients: ∂L/∂w as the step has it; updates: what the optimiser
    adds, weights_after − weights, in the precision of the weights.
    loss: mean over the batch as training reports it; loss_after: the same batch under `weights_after`; loss_change:
    their difference, predicted_change: Σ ∂L/∂w · Δw (for plain SGD −η‖∂L/∂w‖²), both in float64.
    sample_losses: (m,); sample_gradients: (n, *shape of the parameter) of the first n = min(m, LARGEST_SAMPLE_COUNT)
    samples, each run alone; with all m of them their mean is the batch's gradient.
    frozen: names of the layers that get no update, "conv1" …; their gradients are there, their updates are 0.
    rule: the optimiser as it is before the step; memory: what it remembers of each parameter, by kind ("velocity", …).
    plain_sgd: True if w ← w − η·∂L/∂w is all that it does.
    """

    step: int
    images: BatchOfImages
    optimizer: str
    plain_sgd: bool
    rule: Optimizer
    memory: Mapping[str, Mapping[str, Array]]
    frozen: tuple[str, ...]
    trace: Trace
    weights: Mapping[str, Array]
    gradients: Mapping[str, Array]
    updates: Mapping[str, Array]
    weights_after: Mapping[str, Array]
    loss: float
    loss_after: float
    loss_change: float
    predicted_change: float
    sample_losses: Array
    sample_gradients: Mapping[str, Array]

    @property
    def m(self) -> int:
        """Samples in the batch."""
        return len(self.images.y)

    @property
    def learning_rate(self) -> float:
        """η of the step."""
        return self.rule.learning_rate

    def ratio(self, name: str) -> float:
        """Update-to-weight ratio ‖Δw‖ / ‖w‖ of a parameter; infinity if it is all zeros, 0 if it stays so."""
        size = float(np.linalg.norm(self.weights[name].astype(np.float64)))
        moved = float(np.linalg.norm(self.updates[name].astype(np.float64)))
        return moved / size if size else (np.inf if moved else 0.0)


def take_apart(
    network: Network,
    loss: Loss,
    optimizer: Optimizer,
    images: BatchOfImages,
    *,
    step: int,
    optimizer_name: str,
    frozen: tuple[str, ...] = (),
) -> BatchStep:
    """Work a step out on copies of the network and the optimiser; those given are left as they are.

    Numbers that overflow stay in the record as infinity or NaN.
    """
    names = _parameter_names(network)
    after = _copy(network)
    own_loss, own_optimizer = type(loss)(), copy.deepcopy(optimizer)
    x, y = images.x, images.y
    with np.errstate(all="ignore"):
        value = train_step(after, own_loss, own_optimizer, x, y, frozen=frozen)
        whole = trace(network, loss, x, y)
        weights = _named(names, network.parameters())
        weights_after = _named(names, after.parameters())
        gradients = _named(names, after.gradients())
        updates = {name: weights_after[name] - weights[name] for name in names}
        before = _exact_loss(network, loss, x, y)
        exact_after = _exact_loss(after, loss, x, y)
        predicted = predicted_change(gradients, weights, weights_after)
        logits = whole.arrays[f"z{whole.blocks + 1}"]
        sample_losses = np.array([type(loss)().forward(logits[i : i + 1], y[i : i + 1]) for i in range(len(y))])
        sample_gradients = _sample_gradients(network, loss, x, y)
    return BatchStep(
        step=step,
        images=images,
        optimizer=optimizer_name,
        plain_sgd=isinstance(optimizer, SGD) and optimizer.momentum == 0.0 and not frozen,
        rule=copy.deepcopy(optimizer),
        memory=_memory(optimizer, names, network),
        frozen=frozen,
        trace=whole,
        weights=_frozen(weights),
        gradients=_frozen(gradients),
        updates=_frozen(updates),
        weights_after=_frozen(weights_after),
        loss=value,
        loss_after=exact_after,
        loss_change=exact_after - before,
        predicted_change=predicted,
        sample_losses=sample_losses,
        sample_gradients=_frozen(sample_gradients),
    )


def _parameter_names(network: Network) -> tuple[str, ...]:
    """w1, b1, w2 … in the order of the network's own names."""
    return tuple(f"{letter}{layer}" for layer in range(1, len(network.parameters()) // 2 + 1) for letter in "wb")


def _named(names: tuple[str, ...], arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array.copy() for name, array in zip(names, arrays.values(), strict=True)}


def _memory(optimizer: Optimizer, names: tuple[str, ...], network: Network) -> Mapping[str, Mapping[str, Array]]:
    own = dict(zip(network.parameters(), names, strict=True))
    state = optimizer.state_dict()
    kinds = [kind for kind in state if kind not in ("steps", "learning_rate")]
    return MappingProxyType({kind: _frozen({own[name]: kept for name, kept in state[kind].items()}) for kind in kinds})


def _frozen(arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    for array in arrays.values():
        array.flags.writeable = False
    return MappingProxyType(arrays)


def _copy(network: Network) -> Network:
    return network.astype(next(iter(network.parameters().values())).dtype)


def _exact(array: Array) -> Array:
    return array.astype(np.float64)


def _exact_loss(network: Network, loss: Loss, x: Array, y: Labels) -> float:
    """Mean loss in float64: the change of a small step drowns in the rounding of float32."""
    exact = network.astype(np.float64)
    total = 0.0
    for start in range(0, len(x), _LOSS_SLICE):
        part = slice(start, start + _LOSS_SLICE)
        total += len(y[part]) * type(loss)().forward(exact.forward(_exact(x[part])), y[part])
    return total / len(x)


def _sample_gradients(network: Network, loss: Loss, x: Array, y: Labels) -> dict[str, Array]:
    names = _parameter_names(network)
    count = min(len(x), LARGEST_SAMPLE_COUNT)
    alone = [trace(network, loss, x[i : i + 1], y[i : i + 1]) for i in range(count)]
    return {name: np.stack([record.arrays[f"d{name}"] for record in alone]) for name in names}
