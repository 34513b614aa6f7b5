"""Looking back along a timeline while the run itself waits, and going on from there."""

from __future__ import annotations

import dataclasses
import math
import time

import numpy as np

from playground.data_order import DataOrder
from playground.edits import EditsState
from playground.errors import PlaygroundError
from playground.flaw import Flaw
from playground.history import Event
from playground.last_done import LastDone
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.session_state import SessionState
from playground.setting_changes import setting_changes
from playground.timeline.difference import Difference, difference
from playground.timeline.last_living import LastLiving, last_living
from playground.timeline.moments import Moment, Place
from playground.timeline.timeline import Timeline
from playground.timeline.view import BranchView, TimelineView, rule_in_words

__all__ = ["TimeTravel"]

_VIEW_SECONDS = 0.1
"""How often what is kept is told anew while it grows by itself."""


class TimeTravel:
    """The timeline of one run, and the moment that is looked at. The live session is handed in, never kept.

    A moment is looked at through a session of its own, so that nothing of the run changes.
    """

    def __init__(self, live: Session, timeline: Timeline | None = None, pinned: Place | None = None) -> None:
        self.timeline = timeline if timeline is not None else Timeline(live)
        self._lens: Session | None = None
        self._moment: Moment | None = None
        self._track = self.timeline.branches.live  # along which branch one looks; its early moments are its parent's
        self._pinned: tuple[Moment, Session] | None = None
        self.last_living: LastLiving | None = None
        """Where the filters of a dead run lived, once it was found."""
        self._smallest_fatal = math.inf  # η under which filters died, of all branches
        self._view: TimelineView | None = None
        self._seen: tuple[object, ...] = ()
        self._viewed_at = 0.0
        if pinned is not None and (moment := self.timeline.moments.at(pinned[1], pinned[0])) is not None:
            self._pin(live, moment)

    # --- looking ------------------------------------------------------------------------------------------------

    @property
    def track(self) -> int:
        """The branch along which one looks, the live one if one does not look back."""
        return self.timeline.branches.live if self._moment is None else self._track

    @property
    def moment(self) -> Moment | None:
        """The moment that is looked at, None if that is the newest of the run."""
        return self._moment

    def shown(self, live: Session) -> Session:
        """The session that is to be seen: the one looked at, else the live one."""
        return live if self._moment is None or self._lens is None else self._lens

    def look_at(self, live: Session, branch: int, step: float) -> bool:
        """Look at the kept moment nearest to a step on the way to a branch; False if the newest of the run is nearer.

        Raises KeyError if there is no such branch (any more).
        """
        moment = self.timeline.nearest(branch, step)
        state = _with_images_of(live, moment.state)
        is_live = branch == self.timeline.branches.live
        if is_live and abs(live.step_count - step) <= abs(moment.step - step):
            self.return_to_newest()
            return False
        if self._lens is None:
            self._lens = Session.from_state(state)
        elif moment is not self._moment or state is not moment.state:
            self._lens.go_to(state)
        self._moment, self._track = moment, branch
        self._hold(live)
        return True

    def undo_target(self, live: Session, *, growing: bool = False) -> int | None:
        """The step before, if the last one was taken by hand and is what is shown: then it can be undone.

        growing: steps come by themselves; the first of them is none by hand unless it stays the only one.
        """
        target = live.undo_target if self._moment is None and not growing else None
        return target if target == live.step_count - 1 else None

    def last_done(self, live: Session, *, growing: bool = False) -> LastDone | None:
        """What was done last by hand and can be undone, a change of a number or a step; None while one looks back."""
        if self._moment is not None:
            return None
        before, edit = self.undo_target(live, growing=growing), next(reversed(live.edits.done), None)
        step = None if before is None else LastDone(live.remembered_at(before), live.step_count)
        if edit is not None and (step is None or edit.at > step.at):
            return LastDone(edit.at, edit.step, edit)
        return step

    def return_to_newest(self) -> None:
        """Look at the run itself again."""
        self._moment = None

    def go_on(self, live: Session) -> Session:
        """The session that goes on from the moment looked at: a new branch, or one taken up where it stands."""
        if self._moment is None:
            return live
        moment = self._moment
        self._moment = self.last_living = None
        self.timeline.leave(live)
        branch = self.timeline.enter(moment)
        session = Session.from_state(_with_images_of(live, moment.state), branch.history)
        if session.dataset is not moment.state.dataset:
            session.history.mark(Event(session.step_count, "data", "with the images of now"))
        return session

    def find_last_living(self, live: Session) -> LastLiving | None:
        """Find where the filters of the live run, which are dead, lived; that moment is kept until the next call."""
        self.last_living = last_living(live, self.timeline, self._smallest_fatal)
        if self.last_living is not None:
            self._smallest_fatal = self.last_living.smallest_fatal
        self._hold(live)
        return self.last_living

    def go_to_last_living(self, live: Session) -> LastLiving:
        """Look at where the filters of the live run lived. Raises PlaygroundError if that is nowhere."""
        found = self.last_living or self.find_last_living(live)
        if found is None:
            raise PlaygroundError("There is no kept moment in which filters lived; reset with a smaller learning rate.")
        self.look_at(live, self.timeline.branches.live, found.moment.step)
        return found

    def before_step(self, live: Session, *, by_hand: bool = False) -> None:
        """Keep the moment that `live` is at, if it is its turn; steps by hand can be undone, so theirs are all kept."""
        if by_hand:
            self._hold(live)
        self.timeline.record_if_due(live, always=by_hand)

    def _hold(self, live: Session) -> None:
        number = self.timeline.branches.live
        held = {(step, number) for step in live.undo_steps}
        living = self.last_living and self.last_living.moment
        held.update(moment.place for moment in (self._moment, self._pinned and self._pinned[0], living) if moment)
        self.timeline.hold(frozenset(held))

    # --- two moments --------------------------------------------------------------------------------------------

    def pin(self, live: Session) -> None:
        """Let differences be from the moment that is shown."""
        self._pin(live, self._moment if self._moment is not None else self.timeline.record(live))

    def _pin(self, live: Session, moment: Moment) -> None:
        self._pinned = (moment, Session.from_state(_with_images_of(live, moment.state)))
        self._hold(live)

    @property
    def pinned(self) -> Place | None:
        """The place of the moment that differences are from, None if none is pinned."""
        return None if self._pinned is None else self._pinned[0].place

    def unpin(self, live: Session) -> None:
        """No differences any more."""
        self._pinned = None
        self._hold(live)

    def difference(self, live: Session, sample: SampleRef) -> Difference | None:
        """The shown moment less the pinned one, for one image; None if none is pinned."""
        if self._pinned is None:
            return None
        moment, session = self._pinned
        if session.dataset is not live.dataset:
            session.go_to(_with_images_of(live, moment.state))
        found = difference(session.trace_sample(sample), self.shown(live).trace_sample(sample))
        return Difference(found, moment.branch, moment.step)

    # --- what the window sees -----------------------------------------------------------------------------------

    def view(self, live: Session, *, growing: bool = False) -> TimelineView:
        """The timeline by now; while it is `growing` by itself, what is kept is told ten times a second."""
        pinned = None if self._pinned is None else (self._pinned[0].branch, self._pinned[0].step)
        seen = (self.timeline.version, live.step_count, live.settings, self._moment, self._track, pinned, live.flaw)
        now = time.monotonic()
        is_young = growing and now - self._viewed_at < _VIEW_SECONDS and self._seen[3:] == seen[3:]
        if self._view is None or (seen != self._seen and not is_young):
            self._seen, self._viewed_at = seen, now
            self._view = self._make_view(live, pinned)
        return self._view

    def _make_view(self, live: Session, pinned: tuple[int, int] | None) -> TimelineView:
        timeline, moments = self.timeline, self.timeline.moments
        branches = timeline.branches
        shown = branches.live if self._moment is None else self._track
        step = live.step_count if self._moment is None else self._moment.step
        way = {branch.number for branch, _ in branches.lineage(shown)}
        forks = {branch.forked_at for branch in branches if branch.parent in way}
        steps = np.array(timeline.steps(shown), np.int64)
        return TimelineView(
            branches=tuple(
                BranchView(
                    branch.number,
                    branch.parent,
                    branch.forked_at,
                    timeline.end_step(branch.number, live.step_count),
                    branch.history,
                    self._differs(branch.number, live),
                    self._flaw(branch.number, live),
                )
                for branch in branches
            ),
            live=branches.live,
            newest=live.step_count,
            shown_branch=shown,
            shown_step=step,
            looking_back=self._moment is not None,
            steps=steps,
            forks=tuple(sorted(forks)),
            moments=len(moments) + (moments.at(branches.live, live.step_count) is None),
            bytes=moments.bytes,
            rule=rule_in_words(steps),
            pinned=pinned,
        )

    def _flaw(self, number: int, live: Session) -> Flaw | None:
        if number == self.timeline.branches.live:
            return live.flaw
        end = self.timeline.moments.at(number, self.timeline.end_step(number, live.step_count))
        return None if end is None else end.state.flaw

    def _differs(self, number: int, live: Session) -> str:
        branches = self.timeline.branches
        branch = branches[number]
        if branch.parent is None:
            return ""
        settings = live.settings if number == branches.live else branch.settings
        start = self.timeline.moments.at(branch.parent, branch.forked_at)
        changes = [] if start is None else setting_changes(start.state.settings, settings)
        return ", ".join(text for _, text in changes)


def _with_images_of(live: Session, state: SessionState) -> SessionState:
    """The state as it was, but that samples which were drawn, fixed or taken away since are as they are now.

    The same state if there are none. Else a new epoch begins, edits of single images are gone with the old images, and
    nothing is known yet of how these images are judged.
    """
    if state.dataset is live.dataset:
        return state
    order = DataOrder(len(live.dataset.x_train), state.settings.seed)
    order.epoch = state.order.finished
    return dataclasses.replace(
        state,
        settings=state.settings.changed(own=live.settings.own),
        dataset=live.dataset,
        order=order.state(),
        edits=EditsState({}, tuple(edit for edit in state.edits.done if edit.sample is None)),
        evaluations=dataclasses.replace(state.evaluations, newest=None, running=None),
    )
