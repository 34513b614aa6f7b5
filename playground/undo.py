"""Going back: states of a session before a step, as many as fit a bounded stack."""

from __future__ import annotations

import time
from collections import deque

from playground.session_state import SessionState

__all__ = ["UNDO_LIMIT", "UndoStack"]

UNDO_LIMIT = 50


class UndoStack:
    """The newest UNDO_LIMIT states, at most one a step."""

    def __init__(self) -> None:
        self._states: deque[SessionState] = deque(maxlen=UNDO_LIMIT)
        self._times: deque[float] = deque(maxlen=UNDO_LIMIT)

    def push(self, state: SessionState) -> None:
        """Keep a state; it takes the place of one of the same step."""
        self.drop_from(state.step)
        self._states.append(state)
        self._times.append(time.monotonic())

    def drop_from(self, step: int) -> None:
        """Forget the states of `step` and later: going there would undo no step."""
        while self._states and self._states[-1].step >= step:
            self._states.pop()
            self._times.pop()

    def clear(self) -> None:
        """Forget all states, for when the images have changed that their order is about."""
        self._states.clear()
        self._times.clear()

    @property
    def steps(self) -> frozenset[int]:
        """The steps that there are states of."""
        return frozenset(state.step for state in self._states)

    def target(self, step: int) -> int | None:
        """The step that going back from `step` leads to, None if there is none."""
        return next((state.step for state in reversed(self._states) if state.step < step), None)

    def pop(self, step: int) -> SessionState | None:
        """The newest state before `step`, taken from the stack; None if there is none."""
        self.drop_from(step)
        if not self._states:
            return None
        self._times.pop()
        return self._states.pop()

    def time_of(self, step: int) -> float:
        """When the state of `step` was kept, by `time.monotonic`. Raises KeyError if it is not kept."""
        return {state.step: at for state, at in zip(self._states, self._times, strict=True)}[step]
