"""How much memory the state of a session takes, and which of it other states share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from playground.session_state import SessionState
from playground.snapshot import Evaluation

__all__ = ["own_bytes", "shared_parts"]

_ARRAY_OVERHEAD = 200
"""Bytes of an array's object and its place in a dictionary, beside its numbers."""
_STATE_OVERHEAD = 2500
"""Bytes of the objects of one state beside its arrays."""


def own_bytes(state: SessionState) -> int:
    """What this state alone takes: weights, gradients and the optimiser's averages."""
    return _STATE_OVERHEAD + sum(map(_bytes_of, (state.weights, state.gradients, state.optimizer_state)))


def shared_parts(state: SessionState) -> Iterator[tuple[object, int]]:
    """What states near each other have in common, as (object, bytes): the same object is there once."""
    figures = _figures_bytes(state.evaluations.newest)
    yield state.evaluations.newest, figures
    yield state.evaluations.last_good, _bytes_of(state.evaluations.last_good.weights)
    yield state.evaluations.began_at, _bytes_of(state.evaluations.began_at.weights)
    if state.evaluations.running is not None and state.evaluations.running[0].parts:
        # states share what they have of one evaluation, and it comes to as many figures as the last one
        yield state.evaluations.running[0].parts[0], figures
    yield state.order.order, state.order.order.nbytes
    yield state.edits.images, sum(image.nbytes for image, _ in state.edits.images.values())
    if state.clean is not None:
        yield state.clean, own_bytes(state.clean)
    if state.settings.own is not None:
        yield state.dataset.x_train.store, state.dataset.x_train.store.nbytes


def _bytes_of(values: Mapping[str, Any]) -> int:
    total = 0
    for value in values.values():
        if isinstance(value, np.ndarray):
            total += value.nbytes + _ARRAY_OVERHEAD
        elif isinstance(value, Mapping):
            total += _bytes_of(value)
    return total


def _figures_bytes(evaluation: Evaluation | None) -> int:
    if evaluation is None:
        return 0
    found = (results for results in (evaluation.train, evaluation.test) if results is not None)
    return sum(
        array.nbytes
        for results in found
        for array in (results.labels, results.predicted, results.confidence, results.losses)
    )
