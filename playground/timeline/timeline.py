"""The time axis of a run: moments are kept as it goes, branches begin at them, and both stay within a bound."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from playground.session import Session
from playground.session_state import SessionState
from playground.settings import Settings
from playground.timeline.branches import Branch, Branches
from playground.timeline.moments import MOST_BYTES, MOST_MOMENTS, Moment, Moments, Place
from playground.timeline.size import bytes_with_gradients

__all__ = ["Timeline"]

_MOST_BRANCHES = 12
_FREE = 1000
"""Moments that are taken whatever time they need: so many there are to be of every run that is long enough."""
_SHARE = 0.04
"""Of the time of training that those after them may take."""
_JUDGED = 64
"""Moments over which that share is measured."""
_LONGEST_STEP = 0.5
"""Seconds between two moments that count as training: a pause does not."""


class Timeline:
    """Keeps moments of a session before its steps. `branches` are its branches, `moments` what is kept.

    Always kept: the first moment, the newest one and those at which a branch begins, the ends of branches, and the
    moments that `hold` names, as long as it does.
    """

    def __init__(
        self,
        session: Session,
        most_bytes: int = MOST_BYTES,
        most: int = MOST_MOMENTS,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._spent = self._trained = 0.0  # seconds in which moments were taken, and in all
        self._taken = -_FREE
        self._last = clock()
        self._changes = 0
        self._held: frozenset[Place] = frozenset()
        self._most_bytes = most_bytes
        self._weighed: tuple[Settings | None, bool] = None, True
        self.first_step = session.step_count
        self.branches = Branches(session.history, session.settings, session.step_count)
        self.moments = Moments(most_bytes, most)
        self._protect()
        self.record(session)

    @classmethod
    def restored(
        cls, session: Session, branches: Branches, moments: Iterable[Moment], first_step: int, rule: tuple[int, int]
    ) -> Timeline:
        """One that goes on from branches and moments that were kept; rule: spacing and thinned_before of `Moments`."""
        timeline = cls(session)
        timeline.first_step = first_step
        timeline.branches = branches
        timeline.moments.drop(0)
        timeline.moments.spacing, timeline.moments.thinned_before = rule
        timeline._protect()
        for moment in moments:
            timeline._add(moment)
        if not timeline.steps(branches.live):
            timeline.record(session)
        return timeline

    @property
    def version(self) -> int:
        """Changes whenever moments or branches come or go."""
        return self._changes

    def hold(self, places: frozenset[Place]) -> None:
        """Keep these moments until the next call: those that one looks at, and those that a step back leads to."""
        if places != self._held:
            self._held = places
            self._protect()

    # --- as the run goes ----------------------------------------------------------------------------------------

    def record_if_due(self, session: Session, *, always: bool = False) -> None:
        """Before a step: keep this moment if it is its turn, or `always`, within the time that keeping may take."""
        now = self._clock()
        self._trained += min(now - self._last, _LONGEST_STEP)
        self._last = now
        begins = session.step_count == self.branches[self.branches.live].forked_at
        if not (always or begins or self.moments.is_due(session.step_count)):
            return
        self._keep(session, session.state(with_gradients=always or self._has_room_for_gradients(session.settings)))
        self._last = self._clock()
        self._spent += self._last - now
        self._taken += 1
        if self._taken == _JUDGED and self._spent > _SHARE * self._trained:
            self.moments.coarsen()
        if self._taken in {0, _JUDGED}:
            # what comes is judged by itself
            self._spent, self._trained, self._taken = 0.0, 0.0, 0

    def record(self, session: Session) -> Moment:
        """Keep this moment of the live branch."""
        return self._keep(session, session.state())

    def _keep(self, session: Session, state: SessionState) -> Moment:
        live = self.branches[self.branches.live]
        live.settings = session.settings
        moment = Moment(live.number, state)
        self._add(moment)
        return moment

    def _has_room_for_gradients(self, settings: Settings) -> bool:
        """False of a large network, whose moments would be fewer for gradients that no step needs."""
        if settings is not self._weighed[0]:
            self._weighed = settings, bytes_with_gradients(settings) * _FREE <= self._most_bytes
        return self._weighed[1]

    def rewound(self, session: Session) -> None:
        """The live branch has gone back to an earlier step; what came after is no part of it."""
        live = self.branches[self.branches.live]
        self.moments.drop(live.number, after=session.step_count)
        live.settings = session.settings
        self._changes += 1

    # --- finding ------------------------------------------------------------------------------------------------

    def steps(self, branch: int) -> list[int]:
        """The kept steps on the way to a branch from the start, ascending; without the live session's own."""
        found: list[int] = []
        for part, until in self.branches.lineage(branch):
            steps = self.moments.steps(part.number)
            if found and steps and found[-1] == steps[0]:
                found.pop()  # a branch that begins with a change has the moment of its fork twice, before and after
            found += steps if until is None else steps[: bisect_right(steps, until)]
        return found

    def end_step(self, branch: int, live_step: int) -> int:
        """The step where a branch stands."""
        end = self.branches[branch].end
        return live_step if end is None else end.step

    def nearest(self, branch: int, step: float) -> Moment:
        """The kept moment on the way to a branch that is nearest to a step."""
        # of two at the same step, before and after a change at a fork, the one after
        candidates = reversed([*self._candidates(branch, step)])
        return min(candidates, key=lambda moment: abs(moment.step - step))

    def _candidates(self, branch: int, step: float) -> Iterator[Moment]:
        for part, until in self.branches.lineage(branch):
            steps = self.moments.steps(part.number)
            count = len(steps) if until is None else bisect_right(steps, until)
            place = bisect_right(steps, step, 0, count)
            for near in steps[max(0, place - 1) : min(count, place + 1)]:
                moment = self.moments.at(part.number, near)
                assert moment is not None
                yield moment

    # --- branches -----------------------------------------------------------------------------------------------

    def leave(self, session: Session) -> None:
        """The live branch stops here for now; one without a step of its own is forgotten."""
        live = self.branches[self.branches.live]
        state = session.state()
        if self._is_empty(live, state):
            self.moments.drop(live.number)
            self.branches.remove(live.number)
        else:
            live.end = state
            live.settings = session.settings
            self._add(Moment(live.number, state))
        self._protect()

    def _is_empty(self, branch: Branch, state: SessionState) -> bool:
        if branch.parent is None or state.step != branch.forked_at or self.branches.children(branch.number):
            return False
        start = self.moments.at(branch.parent, branch.forked_at)
        return start is not None and start.state.edits.done == state.edits.done

    def enter(self, moment: Moment) -> Branch:
        """The branch that goes on from a moment, live from now on: its own if it stands there, else a new one."""
        branch = self.branches[moment.branch]
        if branch.end is not None and branch.end is moment.state:
            branch.end = None
        else:
            history = branch.history.copy()
            branch = self.branches.fork(branch.number, moment.step, history, moment.state.settings)
        self.branches.live = branch.number
        self._changes += 1
        self._protect()
        self._keep_few_branches()
        return branch

    def _add(self, moment: Moment) -> None:
        self._changes += 1
        self.moments.add(moment)
        while self.moments.is_over and self._drop_a_branch():
            pass

    def _keep_few_branches(self) -> None:
        while len(self.branches) > _MOST_BRANCHES and self._drop_a_branch():
            pass

    def _drop_a_branch(self) -> bool:
        """Forget the oldest branch that the live one does not come from and no other began from."""
        way = {branch.number for branch, _ in self.branches.lineage(self.branches.live)}
        parents = {branch.parent for branch in self.branches}
        held = {number for _, number in self._held}
        loose = [b.number for b in self.branches if b.number not in way | parents | held]
        if not loose:
            return False
        self.moments.drop(loose[0])
        self.branches.remove(loose[0])
        self._protect()
        return True

    def _protect(self) -> None:
        places = {(self.first_step, 0), *self._held}
        places.update((branch.forked_at, branch.parent) for branch in self.branches if branch.parent is not None)
        places.update((branch.end.step, branch.number) for branch in self.branches if branch.end is not None)
        self.moments.protected = places
