"""How fast steps may come, and how fast they do."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Pace"]

_RATE_WINDOW_SECONDS = 1.0
_FIRST_GUESS = 300.0
"""Steps a second in one call, as long as there was none."""


class Pace:
    """When the next step is due, how many came a second lately, and how long all of them took."""

    def __init__(self) -> None:
        self.elapsed_seconds = 0.0
        self._limit: float | None = None
        self._ahead_a_second = _FIRST_GUESS
        self._next_step_at = 0.0
        self._marks: deque[tuple[float, int]] = deque()

    def set_limit(self, steps_per_second: float | None) -> None:
        """Limit the speed, or None for as fast as it goes; the next step is due at once."""
        self._limit = steps_per_second
        self.let_next_come()

    def let_next_come(self) -> None:
        """The next step is due at once, whatever came before."""
        self._next_step_at = time.perf_counter()

    def start_over(self) -> None:
        """Count anew, for a new run."""
        self.elapsed_seconds = 0.0
        self._ahead_a_second = _FIRST_GUESS
        self.forget_rate()
        self.let_next_come()

    def seconds_to_wait(self) -> float:
        """Until the next step is due; 0 if it is."""
        return max(0.0, self._next_step_at - time.perf_counter())

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """Around a step: says when the next one is due, and adds the time of this one if it succeeds."""
        begin = time.perf_counter()
        if self._limit is not None:
            self._next_step_at = max(self._next_step_at + 1 / self._limit, begin)
        yield
        self.elapsed_seconds += time.perf_counter() - begin

    def worked_ahead(self, steps: int, seconds: float) -> None:
        """Add the time of steps that were worked out in one call."""
        self.elapsed_seconds += seconds
        self._ahead_a_second = steps / seconds

    def steps_ahead(self, seconds: float) -> int:
        """How many steps fit in a call that is to take so long, going by the last one; 0 where speed is limited."""
        return round(seconds * self._ahead_a_second) if self._limit is None else 0

    def rate(self, step_count: int) -> float:
        """Steps a second over the last second of training, given how many there are by now."""
        marks, now = self._marks, time.perf_counter()
        marks.append((now, step_count))
        while len(marks) > 2 and now - marks[0][0] > max(_RATE_WINDOW_SECONDS, 2.5 / (self._limit or 1e9)):
            marks.popleft()
        then, steps_then = marks[0]
        return (step_count - steps_then) / (now - then) if now > then else 0.0

    def forget_rate(self) -> None:
        """Training rests: the rate is measured afresh when it goes on."""
        self._marks.clear()
