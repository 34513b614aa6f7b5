"""A timeline at one moment as a value, for a file, and a timeline that goes on from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from playground.curve import Curve
from playground.history import Event, History
from playground.session import Session
from playground.settings import Settings
from playground.timeline.branches import Branch, Branches
from playground.timeline.moments import Moment, Place
from playground.timeline.timeline import Timeline

__all__ = ["BranchRecord", "TimelineRecord", "record_of", "timeline_from"]


@dataclass(frozen=True, eq=False)
class BranchRecord:
    """One branch. end: the step of the moment where it stands; None for the live one, whose curves the session has."""

    number: int
    parent: int | None
    forked_at: int
    settings: Settings
    end: int | None
    curves: Mapping[str, Curve]
    events: tuple[Event, ...]


@dataclass(frozen=True, eq=False)
class TimelineRecord:
    """All branches, parents before their children, and all moments. rule: spacing and thinned_before of `Moments`.

    pinned: the place of the moment that differences are from, None if there is none.
    """

    branches: tuple[BranchRecord, ...]
    live: int
    first_step: int
    moments: tuple[Moment, ...]
    rule: tuple[int, int]
    pinned: Place | None = None


def record_of(timeline: Timeline, pinned: Place | None = None) -> TimelineRecord:
    """What there is by now; costs as many references as there are moments."""
    return TimelineRecord(
        branches=tuple(
            BranchRecord(
                branch.number,
                branch.parent,
                branch.forked_at,
                branch.settings,
                None if branch.end is None else branch.end.step,
                {} if branch.end is None else branch.history.read(),
                () if branch.end is None else branch.history.events,
            )
            for branch in sorted(timeline.branches, key=lambda branch: branch.number)
        ),
        live=timeline.branches.live,
        first_step=timeline.first_step,
        moments=tuple(timeline.moments),
        rule=(timeline.moments.spacing, timeline.moments.thinned_before),
        pinned=pinned,
    )


def timeline_from(record: TimelineRecord, session: Session) -> Timeline:
    """A timeline that goes on where the record ends; session: the one that trains, at the end of the live branch."""
    kept = {moment.place: moment for moment in record.moments}
    branches = Branches.of(
        [
            Branch(
                branch.number,
                branch.parent,
                branch.forked_at,
                session.history if branch.end is None else History.of(branch.curves, branch.events),
                branch.settings,
                None if branch.end is None else kept[branch.end, branch.number].state,
            )
            for branch in record.branches
        ],
        record.live,
    )
    return Timeline.restored(session, branches, record.moments, record.first_step, record.rule)
