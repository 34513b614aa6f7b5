"""The moments that are kept of a run: as many as fit, thinned by one rule that can be said in a sentence."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from playground.session_state import SessionState
from playground.timeline.size import own_bytes, shared_parts

__all__ = ["MOST_BYTES", "MOST_MOMENTS", "Moment", "Moments", "Place"]

MOST_BYTES = 200 * 2**20
"""The most memory that all moments of a run may take together."""
MOST_MOMENTS = 1999
"""With the newest one of the run 2000: a slider has no more places; memory allows as many of the usual networks."""

Place = tuple[int, int]
"""A moment's step and the number of its branch; moments are in this order."""


@dataclass(frozen=True, eq=False, slots=True)
class Moment:
    """The state of a run at one step of one of its branches."""

    branch: int
    state: SessionState
    bytes: int = field(init=False)
    """What it takes beside what it shares with others."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "bytes", own_bytes(self.state))

    @property
    def step(self) -> int:
        """Steps since the start."""
        return self.state.step

    @property
    def place(self) -> Place:
        """Where it is among the others."""
        return self.state.step, self.branch


@dataclass(eq=False, slots=True)
class _Use:
    """An object that moments share, which is kept so that its identity stays its own."""

    part: object
    bytes: int
    moments: int = 0


class Moments:
    """Moments of all branches. Every `spacing`-th step is kept, before `thinned_before` only every second of these.

    When there are too many, or they are too large, the next one in order that the coarser spacing has no place for is
    dropped; when none is left, the coarser spacing becomes the spacing. So the moments are always about as many as
    there may be, and never closer at one place than twice as close as at another. What is `protected` stays.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, most: int = MOST_MOMENTS) -> None:
        self.spacing = 1
        self.thinned_before = 0
        self.protected: Collection[Place] = ()
        """Places that are never thinned; looked at whenever a moment is to be dropped."""
        self.bytes = 0
        self._most_bytes = most_bytes
        self._most = most
        self._moments: dict[Place, Moment] = {}
        self._places: list[Place] = []
        self._steps: dict[int, list[int]] = {}
        self._uses: dict[int, _Use] = {}  # by the identity of what is shared

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Moment]:
        return (self._moments[place] for place in self._places)

    def steps(self, branch: int) -> list[int]:
        """The kept steps of a branch, ascending; not to be changed."""
        return self._steps.get(branch, [])

    def at(self, branch: int, step: int) -> Moment | None:
        """The moment of exactly that step, None if it is not kept."""
        return self._moments.get((step, branch))

    def is_due(self, step: int) -> bool:
        """True if the moment of that step is to be kept."""
        return step % (2 * self.spacing if step < self.thinned_before else self.spacing) == 0

    def coarsen(self) -> None:
        """Take half as many moments from now on; those that there are stay while there is room."""
        self.spacing *= 2
        self.thinned_before = 0

    def add(self, moment: Moment) -> None:
        """Keep a moment, in the place of one of the same branch and step; then thin if need be."""
        if moment.place in self._moments:
            self._remove(moment.place)
        insort(self._places, moment.place)
        insort(self._steps.setdefault(moment.branch, []), moment.step)
        self._moments[moment.place] = moment
        self.bytes += moment.bytes
        for part, bytes_of_it in shared_parts(moment.state):
            use = self._uses.get(id(part))
            if use is None:
                use = self._uses[id(part)] = _Use(part, bytes_of_it())
                self.bytes += use.bytes
            use.moments += 1
        while self.is_over and self._thin():
            pass

    @property
    def is_over(self) -> bool:
        """True while there are too many moments and what is protected leaves nothing to thin."""
        return self.bytes > self._most_bytes or len(self._places) > self._most

    def drop(self, branch: int, after: int = -1) -> None:
        """Forget the moments of a branch with steps beyond `after`."""
        steps = self.steps(branch)
        for step in steps[bisect_left(steps, after + 1) :]:
            self._remove((step, branch))

    def _thin(self) -> bool:
        """Drop the next moment that the coarser spacing has no place for; False if every one left is protected."""
        start = (self.spacing, self.thinned_before)
        while True:
            here = bisect_left(self._places, (self.thinned_before, -1))
            places = self._places
            while here < len(places) and not self._has_no_place(places[here]):
                here += 1
            if here < len(places):
                step = places[here][0]
                self.thinned_before = step + 1
                # that of every branch, so that the rule is true of each
                for place in places[here : bisect_left(places, (step + 1, -1))]:
                    if self._has_no_place(place):
                        self._remove(place)
                return True
            if not any(place not in self.protected for place in self._places):
                self.spacing, self.thinned_before = start
                return False
            if self._places and self.spacing > self._places[-1][0]:
                return self._remove_any()
            self.coarsen()

    def _has_no_place(self, place: Place) -> bool:
        return place[0] % (2 * self.spacing) != 0 and place not in self.protected

    def _remove_any(self) -> bool:
        """No spacing leaves more than step 0: then that one goes, too."""
        place = next(place for place in self._places if place not in self.protected)
        self._remove(place)
        return True

    def _remove(self, place: Place) -> None:
        moment = self._moments.pop(place)
        del self._places[bisect_left(self._places, place)]
        steps = self._steps[moment.branch]
        del steps[bisect_left(steps, moment.step)]
        self.bytes -= moment.bytes
        for part, _ in shared_parts(moment.state):
            use = self._uses[id(part)]
            use.moments -= 1
            if not use.moments:
                self.bytes -= use.bytes
                del self._uses[id(part)]
