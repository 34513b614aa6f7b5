"""The figures of a run over time: they grow, or are cut short, while the window reads them.

`series.py` is one curve and says how it is thinned; `curve.py` is what is read of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.curve import Curve
from playground.loss_change import MEASURED_SERIES
from playground.series import Series

__all__ = ["EVALUATION_SERIES", "OBSERVED", "Event", "History", "Series"]

EVALUATION_SERIES = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")

OBSERVED = "observed"
"""The kind of an event that a diagnosis found, as against what somebody changed."""


@dataclass(frozen=True)
class Event:
    """Something that happened at `step` and gets a marker on the curves, e.g. "learning rate 0.1 → 0.01"."""

    step: int
    kind: str
    text: str


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
        """Forget what came after `step`: points of every curve, and markers; see `Series.truncate` for old steps."""
        self._events = tuple(event for event in self._events if event.step <= step)
        for series in self.series.values():
            series.truncate(step)
        self._generation += 1

    def unmark(self, kind: str, step: int) -> None:
        """Take the markers of a kind at a step away."""
        self._events = tuple(event for event in self._events if (event.kind, event.step) != (kind, step))

    def read(self) -> dict[str, Curve]:
        """All curves as they are now, without a copy; they stay as they are."""
        return {name: series.read() for name, series in self.series.items()}

    @classmethod
    def of(cls, curves: Mapping[str, Curve], events: tuple[Event, ...]) -> History:
        """The figures that were read, which go on by themselves; curves: all that a history has."""
        made = cls(tuple(name.strip("|") for name in curves if name.startswith("|")))
        made.series = {name: Series.of(curve) for name, curve in curves.items()}
        made._events = events
        return made

    def copy(self) -> History:
        """The same figures, which go on by themselves."""
        return History.of(self.read(), self._events)
