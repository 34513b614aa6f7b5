"""The moments and branches of a session in its file, within a bound of their own.

What moments share (the order of the images, figures, weights that an evaluation is about) is there once. Moments of
images that have since been replaced, and of a bug, are left out. If the rest is more than the bound, only every second
moment, every fourth … is kept, as the timeline itself thins; where branches begin and stand all are. A branch that a
bug has trained ends at its last clean moment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
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
    protected = _protected(kept)
    times = 1
    while True:
        moments = _thinned(kept, times, protected)
        # a guess, since what they share is not part of it; packing them all to find out takes long
        if times > 1 or sum(moment.bytes for moment in moments) <= _MOST_BYTES:
            pool = Pool()
            index = json.dumps(_index(moments, pool), ensure_ascii=False).encode()
            if pool.nbytes <= _MOST_BYTES and len(index) <= _MOST_INDEX_BYTES:
                break
        if all(moment.place in protected for moment in moments):
            return None
        times *= 2
    arrays = pool.arrays()
    packing.put(f"{_FOLDER}index", np.frombuffer(index, np.uint8))
    for kind, values in arrays.items():
        packing.put(f"{_FOLDER}{kind}", values)
    return {
        "index": len(index),
        "sizes": {kind: int(values.size) for kind, values in arrays.items()},
        "live": kept.live,
        "first_step": kept.first_step,
        "rule": list(kept.rule) if times == 1 else [kept.rule[0] * times, 0],
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
    return replace(record, branches=tuple(branches.values()), moments=belonging)


def _cut(branch: BranchRecord, step: int) -> BranchRecord:
    """A branch up to its last clean step."""
    history = History.of(branch.curves, branch.events)
    history.truncate(step)
    events = tuple(event for event in history.events if event.kind != "bug")
    return replace(branch, end=step, curves=history.read(), events=events)


def _protected(record: TimelineRecord) -> set[tuple[int, int]]:
    """Places of the moments that branches need, and of the first."""
    places = {(record.first_step, 0)}
    for branch in record.branches:
        if branch.parent is not None:
            places.add((branch.forked_at, branch.parent))
        if branch.end is not None:
            places.add((branch.end, branch.number))
    return places


def _thinned(record: TimelineRecord, times: int, protected: set[tuple[int, int]]) -> list[Moment]:
    spacing = record.rule[0] * times
    return [m for m in record.moments if times == 1 or m.step % spacing == 0 or m.place in protected]


def _index(moments: list[Moment], pool: Pool) -> dict[str, Any]:
    """What is no array of the moments; settings and lists of names that many have are there once."""
    settings: list[dict[str, Any]] = []
    layouts: list[list[tuple[str, str]]] = []
    entries = []
    for moment in moments:
        packing = PooledPacking(pool)
        plain = pack_state(moment.state, packing)
        place = [_place_in(settings, plain.pop("settings")), _place_in(layouts, packing.layout)]
        entries.append([moment.branch, *place, packing.places, plain])
    return {"settings": settings, "layouts": layouts, "moments": entries}


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
    record = TimelineRecord(
        branches=tuple(_unpack_branch(branch, settings, unpacking) for branch in plain["branches"]),
        live=whole(plain["live"], 0, MAX_STEP, "the live branch"),
        first_step=whole(plain["first_step"], 0, MAX_STEP, "the first step"),
        moments=tuple(moments),
        rule=(whole(plain["rule"][0], 1, MAX_STEP, "a spacing"), whole(plain["rule"][1], 0, MAX_STEP, "a step")),
    )
    _check(record)
    return record


def _alike(plain: Mapping[str, Any], settings: Settings) -> Settings:
    """Settings with which this run can have gone on."""
    found = Settings.from_dict(plain)
    if not found.same_architecture(settings) or found.own != settings.own:
        raise DamagedError("a moment is of another network")
    return found


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
    if record.live not in numbers or not {branch for _, branch in places} <= set(numbers):
        raise DamagedError("its timeline has moments of no branch")
