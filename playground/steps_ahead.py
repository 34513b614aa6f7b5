"""Steps that are worked out in one call while other threads have the interpreter."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from core.training import StepsTaken
from playground.learner import Learner, Trained

__all__ = ["StepsAhead"]


class StepsAhead:
    """The next steps of a session, which stays where it is until it takes them.

    x: (k, m, c, h, w), y: (k, m) their batches. seconds: how long it took to work them out.
    """

    def __init__(self, learner: Learner, x: Array, y: NDArray[np.int64], frozen: tuple[str, ...]) -> None:
        self.seconds = 0.0
        self._learner, self._x, self._y, self._frozen = learner, x, y, frozen
        self._found: StepsTaken | None = None

    def work_out(self) -> None:
        """Work them out; the session must not change meanwhile."""
        begin = time.perf_counter()
        self._found = self._learner.work_ahead(self._x, self._y, self._frozen)
        self.seconds = time.perf_counter() - begin

    def __len__(self) -> int:
        """How many were worked out: fewer than there are batches where the next one is for `Session.step`."""
        return len(self._found) if self._found else 0

    def __iter__(self) -> Iterator[Trained]:
        """Take one after the other; what each of them found."""
        return self._learner.take(self._found) if self._found else iter(())
