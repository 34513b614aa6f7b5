"""The moments and branches of a session in its file, within a bound of their own.

What moments share (the order of the images, figures, weights that an evaluation is about) is there once. Moments of
images that have since been replaced, and of a bug, are left out. Of the rest there are as many as the bound has room
for: the odd steps go first, then those that 4 does not divide …, early ones before late ones, as the timeline itself
thins; where branches begin and stand all are. A branch that a bug has trained ends at its last clean moment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any, TypeVar

import numpy as np

from core.arrays import Array
from playground.evaluation import EvaluationPlan
from playground.history import History
from playground.session_state import SessionState
from playground.sessions.history_part import pack_history, unpack_history
from playground.sessions.parts import MAX_STEP, DamagedError, Packing, Unpacking, whole
from playground.sessions.pool import POOL_TYPES, Pool, PooledPacking, PooledUnpacking, layout_from
from playground.sessions.state_part import pack_state, unpack_state
from playground.settings import Settings
from playground.timeline.moments import MOST_MOMENTS, Moment
from playground.timeline.record import BranchRecord, TimelineRecord

__all__ = ["pack_timeline", "unpack_timeline"]

T = TypeVar("T")

_MOST_BYTES = 64 * 2**20
_MOST_INDEX_BYTES = 8 * 2**20
_MOST_BRANCHES = 16
_FOLDER = "timeline/"


def pack_timeline(record: TimelineRecord, state: SessionState, packing: Packing) -> dict[str, Any] | None:
    """Plain values of a timeline whose session is in `state`; the rest goes to `packing`. None if nothing of it can be.

    Branches are those of the file's state: what it has no moments for, it has no branches for.
    """
    kept = _that_belong(record, state)
    if kept is None:
        return None
    moments, needed = _by_worth(kept)
    contents = _Contents()
    fitting = sum(1 for _ in takewhile(contents.add, moments))
    if fitting < needed:
        return None
    if fitting < len(moments):
        contents = _Contents()  # without the one that was too much
        for moment in moments[:fitting]:
            contents.add(moment)
    pool, index = contents.pool, contents.index()
    arrays = pool.arrays()
    packing.put(f"{_FOLDER}index", np.frombuffer(index, np.uint8))
    for kind, values in arrays.items():
        packing.put(f"{_FOLDER}{kind}", values)
    return {
        "index": len(index),
        "sizes": {kind: int(values.size) for kind, values in arrays.items()},
        "live": kept.live,
        "first_step": kept.first_step,
        "pinned": None if kept.pinned is None else list(kept.pinned),
        "rule": _rule(kept, moments[fitting:]),
        "branches": [_pack_branch(branch, packing) for branch in kept.branches],
    }


def _that_belong(record: TimelineRecord, state: SessionState) -> TimelineRecord | None:
    """What belongs to the images and the clean steps of a state; None if the way to it is not among that."""
    moments = {
        moment.place: moment
        for moment in record.moments
        if moment.state.flaw is None
        and moment.state.dataset is state.dataset
        and (moment.branch != record.live or moment.step <= state.step)
    }
    branches: dict[int, BranchRecord] = {}
    for branch in record.branches:
        begins = branch.parent is None or (branch.parent in branches and (branch.forked_at, branch.parent) in moments)
        steps = [step for step, number in moments if number == branch.number]
        if begins and (steps or branch.number == record.live):
            branches[branch.number] = branch if branch.end in (None, *steps) else _cut(branch, max(steps))
    if record.live not in branches:
        return None
    belonging = tuple(moment for moment in moments.values() if moment.branch in branches)
    pinned = record.pinned if record.pinned in {moment.place for moment in belonging} else None
    return replace(record, branches=tuple(branches.values()), moments=belonging, pinned=pinned)


def _cut(branch: BranchRecord, step: int) -> BranchRecord:
    """A branch up to its last clean step."""
    history = History.of(branch.curves, branch.events)
    history.truncate(step)
    events = tuple(event for event in history.events if event.kind != "bug")
    return replace(branch, end=step, curves=history.read(), events=events)


def _protected(record: TimelineRecord) -> set[tuple[int, int]]:
    """Places of the moments that branches need, of the first and of the pinned one."""
    places = {(record.first_step, 0)}
    if record.pinned is not None:
        places.add(record.pinned)
    for branch in record.branches:
        if branch.parent is not None:
            places.add((branch.forked_at, branch.parent))
        if branch.end is not None:
            places.add((branch.end, branch.number))
    return places


def _by_worth(record: TimelineRecord) -> tuple[list[Moment], int]:
    """The moments, those first that are thinned away last, and how many of them there must be."""
    protected = _protected(record)
    needed = [moment for moment in record.moments if moment.place in protected]
    others = [moment for moment in record.moments if moment.place not in protected]
    others.sort(key=lambda moment: (_grid(moment.step), moment.step), reverse=True)
    return needed + others, len(needed)


def _grid(step: int) -> int:
    """The widest spacing, a power of two, that has a place for a step; for step 0 wider than any."""
    return step & -step or MAX_STEP


def _rule(record: TimelineRecord, dropped: list[Moment]) -> list[int]:
    """How moments are taken from now on, as the last one that was dropped says."""
    if not dropped or _grid(dropped[0].step) < record.rule[0]:
        return list(record.rule)
    return [_grid(dropped[0].step), dropped[0].step + 1]


class _Contents:
    """Moments in a file. Settings and lists of names that many have are there once."""

    def __init__(self) -> None:
        self.pool = Pool()
        self._settings: list[dict[str, Any]] = []
        self._layouts: list[list[tuple[str, str]]] = []
        self._entries: list[tuple[tuple[int, int], str]] = []
        self._characters = self._known = self._shared = 0

    def add(self, moment: Moment) -> bool:
        """Take a moment in; False if it is more than there may be."""
        packing = PooledPacking(self.pool)
        plain = pack_state(moment.state, packing)
        place = [_place_in(self._settings, plain.pop("settings")), _place_in(self._layouts, packing.layout)]
        entry = _as_json([moment.branch, *place, packing.places, plain])
        self._entries.append((moment.place, entry))
        self._characters += len(entry.encode()) + 2
        if (known := len(self._settings) + len(self._layouts)) != self._known:
            self._known, self._shared = known, len(_as_json([self._settings, self._layouts]).encode()) + 50
        return self.pool.nbytes <= _MOST_BYTES and self._characters + self._shared <= _MOST_INDEX_BYTES

    def index(self) -> bytes:
        """What is no array of the moments, in their order, as JSON."""
        entries = ", ".join(entry for _, entry in sorted(self._entries))
        known = f'"settings": {_as_json(self._settings)}, "layouts": {_as_json(self._layouts)}'
        return f'{{{known}, "moments": [{entries}]}}'.encode()


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _place_in(known: list[T], value: T) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def _pack_branch(branch: BranchRecord, packing: Packing) -> dict[str, Any]:
    folder = f"{_FOLDER}{branch.number}/"
    return {
        "number": branch.number,
        "parent": branch.parent,
        "forked_at": branch.forked_at,
        "settings": branch.settings.to_dict(),
        "end": branch.end,
        "events": None if branch.end is None else pack_history(branch.curves, branch.events, packing, folder),
    }


# --- out of the file ------------------------------------------------------------------------------------------------


def unpack_timeline(
    plain: Mapping[str, Any],
    settings: Settings,
    plan: EvaluationPlan,
    weights: Mapping[str, Array],
    unpacking: Unpacking,
) -> TimelineRecord:
    """The timeline of a session; a ValueError, KeyError, TypeError or PlaygroundError if it cannot be."""
    pool = {
        kind: unpacking.take(f"{_FOLDER}{kind}", (whole(plain["sizes"][kind], 0, _MOST_BYTES, kind),), kind)
        for kind in POOL_TYPES
    }
    size = whole(plain["index"], 0, _MOST_INDEX_BYTES, "the list of moments")
    index = json.loads(unpacking.take(f"{_FOLDER}index", (size,), "U8").tobytes())
    if len(index["moments"]) > MOST_MOMENTS + 2 * _MOST_BRANCHES or len(plain["branches"]) > _MOST_BRANCHES:
        raise DamagedError("it has too many moments")
    known_settings = [_alike(values, settings) for values in index["settings"]]
    layouts = [layout_from(layout) for layout in index["layouts"]]
    known: dict[Any, Any] = {}
    moments = []
    for branch, number, layout, places, state in index["moments"]:
        pooled = PooledUnpacking(pool, layouts[layout], places, known)
        its_own = known_settings[whole(number, 0, len(known_settings) - 1, "the settings of a moment")]
        found = unpack_state(state, its_own, plan, weights, pooled)
        moments.append(Moment(whole(branch, 0, MAX_STEP, "a branch"), found))
    pin = plain.get("pinned")
    record = TimelineRecord(
        branches=tuple(_unpack_branch(branch, settings, unpacking) for branch in plain["branches"]),
        live=whole(plain["live"], 0, MAX_STEP, "the live branch"),
        first_step=whole(plain["first_step"], 0, MAX_STEP, "the first step"),
        moments=tuple(moments),
        rule=(whole(plain["rule"][0], 1, MAX_STEP, "a spacing"), whole(plain["rule"][1], 0, MAX_STEP, "a step")),
        pinned=None if pin is None else (whole(pin[0], 0, MAX_STEP, "a step"), whole(pin[1], 0, MAX_STEP, "a branch")),
    )
    _check(record)
    return record


def _alike(plain: Mapping[str, Any], settings: Settings) -> Settings:
    """Settings with which this run can have gone on, for its images as they are now: classes may have been renamed."""
    found = Settings.from_dict(plain)
    if not found.same_architecture(settings):
        raise DamagedError("a moment is of another network")
    return replace(found, own=settings.own)


def _unpack_branch(plain: Mapping[str, Any], settings: Settings, unpacking: Unpacking) -> BranchRecord:
    number = whole(plain["number"], 0, MAX_STEP, "the number of a branch")
    is_live = plain["end"] is None
    layers = tuple(f"dw{layer}" for layer in range(1, settings.blocks + 2))
    history = None if is_live else unpack_history(plain["events"], layers, unpacking, f"{_FOLDER}{number}/")
    return BranchRecord(
        number=number,
        parent=None if plain["parent"] is None else whole(plain["parent"], 0, MAX_STEP, "a parent"),
        forked_at=whole(plain["forked_at"], 0, MAX_STEP, "the step of a fork"),
        settings=_alike(plain["settings"], settings),
        end=None if is_live else whole(plain["end"], 0, MAX_STEP, "the end of a branch"),
        curves={} if history is None else history.read(),
        events=() if history is None else history.events,
    )


def _check(record: TimelineRecord) -> None:
    """Raise DamagedError unless the branches are a tree whose ends and forks have their moments."""
    places = {moment.place for moment in record.moments}
    numbers: list[int] = []
    for branch in record.branches:
        is_first = not numbers
        fits = (
            branch.number not in numbers
            and (branch.parent is None) is is_first
            and (branch.number == 0) is is_first
            and (branch.end is None) is (branch.number == record.live)
            and (is_first or (branch.parent in numbers and (branch.forked_at, branch.parent) in places))
            and (branch.end is None or (branch.end, branch.number) in places)
        )
        if not fits:
            raise DamagedError(f"branch {branch.number} has no place in its timeline")
        numbers.append(branch.number)
    begins = {branch.number: branch.forked_at for branch in record.branches}
    if any(step < max(record.first_step, begins.get(number, 0)) for step, number in places):
        raise DamagedError("its timeline has moments from before it began")
    if record.pinned is not None and record.pinned not in places:
        raise DamagedError("the pinned moment is not in its timeline")
    if record.live not in numbers or not {branch for _, branch in places} <= set(numbers):
        raise DamagedError("its timeline has moments of no branch")
