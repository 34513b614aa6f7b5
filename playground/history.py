"""The figures of a run over time, append-only, so that the window can read them while the worker writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVALUATION_SERIES", "Event", "History", "Series"]

EVALUATION_SERIES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")

_FIRST_CAPACITY = 1024


@dataclass(frozen=True)
class Event:
    """Something that happened at `step` and gets a marker on the curves, e.g. "learning rate 0.1 → 0.01"."""

    step: int
    kind: str
    text: str


class Series:
    """A growing curve: x (the step, float64) and y (float64). One writer, any readers; what was read never changes."""

    def __init__(self) -> None:
        # (x, y, length) is replaced as a whole: a reader holds either the old state or the new one, never a mixture
        self._state = (np.empty(_FIRST_CAPACITY), np.empty(_FIRST_CAPACITY), 0)

    def __len__(self) -> int:
        return self._state[2]

    def append(self, step: float, value: float) -> None:
        """Add one point; steps must not decrease."""
        x, y, length = self._state
        if length == len(x):
            x = np.concatenate([x, np.empty(length)])
            y = np.concatenate([y, np.empty(length)])
        x[length] = step
        y[length] = value
        self._state = (x, y, length + 1)

    def since(self, seen: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Read-only views of the points from number `seen` on, x and y."""
        x, y, length = self._state
        new_x, new_y = x[seen:length], y[seen:length]
        new_x.flags.writeable = False
        new_y.flags.writeable = False
        return new_x, new_y


class History:
    """The curves of one run by name: "batch_loss", those of EVALUATION_SERIES, and gradient norms "|dw1|", "|dw2|" …"""

    def __init__(self, gradient_names: tuple[str, ...] = ()) -> None:
        self.gradient_names = gradient_names
        names = ("batch_loss", *EVALUATION_SERIES, *(f"|{name}|" for name in gradient_names))
        self.series: dict[str, Series] = {name: Series() for name in names}
        self._events: tuple[Event, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """All markers so far, oldest first."""
        return self._events

    def mark(self, event: Event) -> None:
        """Add a marker."""
        self._events = (*self._events, event)
