"""Where a run whose filters have died can go back to: the last kept moment in which they lived."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from playground.counting import grouped
from playground.notation.numbers import chosen_number
from playground.observations import observe
from playground.prediction import make_network
from playground.rate_hint import usual_rate
from playground.session import Session, smaller_rate
from playground.timeline.moments import Moment
from playground.timeline.timeline import Timeline

__all__ = ["LastLiving", "last_living"]

_LIVED_LONG = 20
"""Steps after which an η with which filters lived counts as one that they live with."""


@dataclass(frozen=True, eq=False)
class LastLiving:
    """The moment, how many of how many filters lived in it, and the η with which they died afterwards.

    smallest_fatal: the smallest η under which filters of this run died, in any branch; lived_with: the η of the steps
    before the moment, None if they were few.
    """

    moment: Moment
    living: int
    filters: int
    rate: float
    smallest_fatal: float
    lived_with: float | None = None

    def rate_to_go_on_with(self, live: Session) -> float:
        """An η below all under which filters of this run died.

        It is the one that was chosen since the last step, else the one with which they lived, else a tenth of the
        smallest that was too large, or what is usual for the optimiser if that is less.
        """
        chosen = live.settings.learning_rate if live.is_rate_untried else None
        for rate in (chosen, self.lived_with):
            if rate is not None and rate < self.smallest_fatal:
                return rate
        return min(smaller_rate(self.smallest_fatal), usual_rate(live.settings.optimizer))

    def in_words(self, live: Session) -> str:
        """What going back means."""
        lived = f"all {self.filters}" if self.living == self.filters else f"{self.living} of {self.filters}"
        rate = chosen_number(self.rate_to_go_on_with(live))
        return (
            f"At step {grouped(self.moment.step)} {lived} filters lived: go on from there with η {rate} instead of "
            f"{chosen_number(self.rate)}. This branch is kept."
        )


def last_living(live: Session, timeline: Timeline, smallest_fatal: float = math.inf) -> LastLiving | None:
    """The last kept moment before the filters of the live run died; None if no more of them ever lived than do now.

    They die within a few steps, and where the first ones are dead the weights are far off already. So as many have to
    live as in the middle of the time in which there were living ones, and at least half of each block, if there is such
    a moment. A dead filter stays dead as a rule, so that few moments have to be looked at.

    smallest_fatal: the smallest η under which filters of this run died before.
    """
    branch = timeline.branches.live
    moments = [timeline.nearest(branch, step) for step in timeline.steps(branch) if step < live.step_count]
    network, counts = make_network(live.settings), live.settings.filters

    @cache
    def living(place: int) -> tuple[int, ...]:
        network.load_state_dict(moments[place].state.weights)
        dead = [block for block, _ in observe(live, network).dead_filters]
        return tuple(count - dead.count(block) for block, count in enumerate(counts, start=1))

    last = _last_place(len(moments), lambda place: all(living(place)))
    if last is None:
        return None
    least = tuple(max(usual, -(-count // 2)) for usual, count in zip(living(last // 2), counts, strict=True))
    whole = _last_place(last + 1, lambda place: all(n >= m for n, m in zip(living(place), least, strict=True)))
    found = last if whole is None else whole
    if sum(living(found)) <= sum(counts) - len(observe(live).dead_filters):
        return None
    after = moments[found + 1].state.settings if found + 1 < len(moments) else live.settings
    fatal = after.learning_rate
    return LastLiving(
        moments[found],
        sum(living(found)),
        sum(counts),
        fatal,
        min(fatal, smallest_fatal),
        _lived_with(moments[: found + 1]),
    )


def _lived_with(moments: Sequence[Moment]) -> float | None:
    """The η of the steps to the last of these moments; None if it was another one `_LIVED_LONG` steps before."""
    newest = moments[-1].step
    before = [moment for moment in moments if moment.step < newest]
    first = next((place for place, moment in enumerate(before) if moment.step > newest - _LIVED_LONG), len(before)) - 1
    rates = {moment.state.settings.learning_rate for moment in before[max(first, 0) :]}
    return rates.pop() if first >= 0 and len(rates) == 1 else None


def _last_place(count: int, holds: Callable[[int], bool]) -> int | None:
    """The last of 0 … count − 1 for which `holds`, found by halving; None if it does not hold for the first."""
    if not count or not holds(0):
        return None
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
