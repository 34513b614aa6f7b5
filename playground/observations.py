"""A look at the network of a running session, for the diagnosis: part of the training images, forward only."""

from __future__ import annotations

import numpy as np

from core.layers import Conv2D
from core.network import Network
from playground.diagnosis import Observations
from playground.prediction import make_network
from playground.session import Session

__all__ = ["observe"]

_IMAGES = 128
"""Classes take turns in the training images, so the first ones hold all classes alike."""
_SURE = 1e-3


def _unmoved(session: Session, network: Network, dead: list[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Those of the dead filters whose kernel and bias are the first ones of the run's seed."""
    if not dead:
        return frozenset()
    first = session.dataset.initial_state or make_network(session.settings).parameters()
    now = network.parameters()

    def is_first(block: int, number: int) -> bool:
        names = (f"conv{block}.weight", f"conv{block}.bias")
        return all(np.array_equal(first[name][number - 1], now[name][number - 1]) for name in names)

    return frozenset(found for found in dead if is_first(*found))


def observe(session: Session, network: Network | None = None) -> Observations:
    """Dead filters, saturation and arrays that are not finite, with the present weights; the session is left alone.

    network: one like the session's, whose weights are looked at instead.
    """
    # a twin shares the weights but has memory of its own: the next backward pass of the session is not touched
    network = network or session.network.twin()
    values, y = session.images.rows("train", np.arange(min(_IMAGES, len(session.dataset.x_train))))
    non_finite = next((name for name, w in network.parameters().items() if not np.isfinite(w).all()), None)
    dead: list[tuple[int, int]] = []
    block = 0
    with np.errstate(all="ignore"):
        for layer in network.layers:
            values = layer.forward(values)
            if isinstance(layer, Conv2D):
                block += 1
                strongest = values.max(axis=(0, 2, 3))
                # not (> 0) would count nan as dead
                dead += [(block, int(number) + 1) for number in np.flatnonzero(strongest <= 0)]
        activation = session.learner.loss.activation(values)
    if non_finite is None and not np.isfinite(values).all():
        non_finite = f"z{block + 1}"
    if activation.shape[1] == 1:
        true_class = np.where(y == 1, activation[:, 0], 1 - activation[:, 0])
    else:
        true_class = activation[np.arange(len(y)), y]
    return Observations(
        classes=len(session.settings.classes),
        filters=session.settings.filters,
        non_finite=non_finite,
        dead_filters=tuple(dead),
        unmoved=_unmoved(session, network, dead),
        saturated_share=float(np.mean(true_class < _SURE)),
    )
