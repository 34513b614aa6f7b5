"""How much memory the state of a session takes, and which of it other states share."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.arrays import Array
from playground.evaluation import Evaluation
from playground.session_state import SessionState
from playground.settings import Settings, parameter_counts

__all__ = ["bytes_with_gradients", "own_bytes", "shared_parts"]

_AVERAGES: Mapping[str, int] = {"sgd": 0, "momentum": 1, "adam": 2}
"""How many arrays of its size an optimiser keeps for each parameter."""

_ARRAY_OVERHEAD = 200
"""Bytes of an array's object and its place in a dictionary, beside its numbers."""
_STATE_OVERHEAD = 2500
"""Bytes of the objects of one state beside its arrays."""


def own_bytes(state: SessionState) -> int:
    """What this state alone takes: weights, gradients and the optimiser's averages."""
    averages = (values for values in state.optimizer_state.values() if isinstance(values, dict))
    return _STATE_OVERHEAD + sum(map(_bytes_of, (state.weights, state.gradients, *averages)))


def bytes_with_gradients(settings: Settings) -> int:
    """About what a state of a run with these settings takes by itself, once its optimiser has averages."""
    return 4 * sum(parameter_counts(settings)) * (2 + _AVERAGES[settings.optimizer])


def shared_parts(state: SessionState) -> list[tuple[object, Callable[[], int]]]:
    """What states near each other have in common, as (object, how to find its bytes): the same object is there once."""
    found, newest = state.evaluations, state.evaluations.newest
    parts: list[tuple[object, Callable[[], int]]] = [
        (newest, lambda: _figures_bytes(newest)),
        (found.last_good, lambda: _bytes_of(found.last_good.weights)),
        (found.began_at, lambda: _bytes_of(found.began_at.weights)),
        (state.order.order, lambda: state.order.order.nbytes),
        (state.edits.images, lambda: sum(image.nbytes for image, _ in state.edits.images.values())),
    ]
    if found.running is not None and found.running[0].parts:
        # states share what they have of one evaluation, and it comes to as many figures as the last one
        parts.append((found.running[0].parts[0], lambda: _figures_bytes(newest)))
    if (clean := state.clean) is not None:
        parts.append((clean, lambda: own_bytes(clean)))
    if state.settings.own is not None:
        store = state.dataset.x_train.store
        parts.append((store, lambda: store.nbytes))
    return parts


def _bytes_of(arrays: Mapping[str, Array]) -> int:
    return sum(array.nbytes + _ARRAY_OVERHEAD for array in arrays.values())


def _figures_bytes(evaluation: Evaluation | None) -> int:
    if evaluation is None:
        return 0
    found = (results for results in (evaluation.train, evaluation.test) if results is not None)
    return sum(
        array.nbytes
        for results in found
        for array in (results.labels, results.predicted, results.confidence, results.losses)
    )
