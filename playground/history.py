"""The figures of a run over time: they grow, or are cut short, while the window reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.loss_change import MEASURED_SERIES

__all__ = ["EVALUATION_SERIES", "OBSERVED", "Event", "History", "Series"]

EVALUATION_SERIES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")

_FIRST_CAPACITY = 1024


OBSERVED = "observed"
"""The kind of an event that a diagnosis found, as against what somebody changed."""


@dataclass(frozen=True)
class Event:
    """Something that happened at `step` and gets a marker on the curves, e.g. "learning rate 0.1 → 0.01"."""

    step: int
    kind: str
    text: str


class Series:
    """A growing curve: x (the step, float64) and y (float64). One writer, any readers; what was read never changes."""

    def __init__(self) -> None:
        # (x, y, length, generation) is replaced as a whole: a reader holds either the old state or the new one
        self._state = (np.empty(_FIRST_CAPACITY), np.empty(_FIRST_CAPACITY), 0, 0)

    def __len__(self) -> int:
        return self._state[2]

    @property
    def generation(self) -> int:
        """How often the curve was cut short; what was read in an older generation may no longer be part of it."""
        return self._state[3]

    @property
    def last(self) -> tuple[float, float] | None:
        """The newest point, None if there is none."""
        x, y, length, _ = self._state
        return (float(x[length - 1]), float(y[length - 1])) if length else None

    def append(self, step: float, value: float) -> None:
        """Add one point; steps must not decrease."""
        x, y, length, generation = self._state
        if length == len(x):
            x = np.concatenate([x, np.empty(length)])
            y = np.concatenate([y, np.empty(length)])
        x[length] = step
        y[length] = value
        self._state = (x, y, length + 1, generation)

    def truncate(self, step: float) -> None:
        """Drop the points after `step`; what was read stays as it was."""
        x, y, length, generation = self._state
        kept = int(np.searchsorted(x[:length], step, "right"))
        if kept < length:
            # later points go into new memory: readers may hold views of the old
            self._state = (x.copy(), y.copy(), kept, generation + 1)

    def since(self, seen: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Read-only views of the points from number `seen` on, x and y."""
        x, y, _ = self.read()
        return x[seen:], y[seen:]

    def read(self) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
        """Read-only views of all points, x and y, and the generation they belong to."""
        x, y, length, generation = self._state
        all_x, all_y = x[:length], y[:length]
        all_x.flags.writeable = False
        all_y.flags.writeable = False
        return all_x, all_y, generation


class History:
    """The curves of one run by name: "batch_loss", those of EVALUATION_SERIES, gradient norms "|dw1|", "|dw2|" …

    "predicted_change" and "loss_change" are those of the steps since somebody asked for them (MEASURED_SERIES).
    """

    def __init__(self, gradient_names: tuple[str, ...] = ()) -> None:
        self.gradient_names = gradient_names
        names = ("batch_loss", *EVALUATION_SERIES, *MEASURED_SERIES, *(f"|{name}|" for name in gradient_names))
        self.series: dict[str, Series] = {name: Series() for name in names}
        self._events: tuple[Event, ...] = ()
        self._generation = 0

    @property
    def generation(self) -> int:
        """How often the curves were cut short."""
        return self._generation

    @property
    def events(self) -> tuple[Event, ...]:
        """All markers so far, oldest first."""
        return self._events

    def mark(self, event: Event) -> None:
        """Add a marker."""
        self._events = (*self._events, event)

    def truncate(self, step: float) -> None:
        """Forget what came after `step`: points of every curve, and markers."""
        self._events = tuple(event for event in self._events if event.step <= step)
        for series in self.series.values():
            series.truncate(step)
        self._generation += 1
