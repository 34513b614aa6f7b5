"""Everything that a session is at one moment, as a value: from it the run goes on bit for bit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.arrays import Array
from playground.data_order import OrderState
from playground.datasets import Dataset
from playground.edits import EditsState
from playground.evaluation_schedule import EvaluationState
from playground.flaw import Flaw, Substitute
from playground.settings import Settings

__all__ = ["SessionState", "frozen", "frozen_copies"]


@dataclass(frozen=True, eq=False, slots=True)
class SessionState:
    """What `Session.state` gives, and `Session.go_to` and `Session.from_state` take.

    All arrays are read-only: copies of what the next step writes to, else shared with the session and other states.

    dataset: the images, for which a file need only keep `settings` and the user's own data (`load_dataset`).
    weights, gradients: by PyTorch's names; gradients are those of the last step, empty before the first.
    optimizer_state: as `Optimizer.state_dict` gives it: "steps", "learning_rate" and the averages by kind and name.
    substitute: what computes in the engine's place, with a bug on purpose; None: the engine.
    flaw: the bug that the weights were trained with on purpose, and clean: the state before it; None of a clean run.
    Augmentation has no state: it is drawn by seed and step.
    """

    settings: Settings
    dataset: Dataset
    step: int
    weights: Mapping[str, Array]
    gradients: Mapping[str, Array]
    optimizer_state: Mapping[str, Any]
    order: OrderState
    batch_loss: float | None
    edits: EditsState
    evaluations: EvaluationState
    substitute: Substitute | None = None
    flaw: Flaw | None = None
    clean: SessionState | None = None

    @property
    def last_clean(self) -> SessionState:
        """What may be kept in a file: this state, or the one before a bug was switched on."""
        return self.clean or dataclasses.replace(self, substitute=None)


def frozen_copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Read-only copies by name."""
    copies = {}
    for name, array in arrays.items():
        copy = copies[name] = array.copy()
        copy.setflags(write=False)
    return copies


def frozen(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same mapping, its arrays, and those of mappings in it, now read-only."""
    for value in values.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
        elif isinstance(value, Mapping):
            frozen(value)
    return values
