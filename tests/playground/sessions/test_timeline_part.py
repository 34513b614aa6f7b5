"""The timeline comes back with its session: the same moments and branches, from which the same bits go on."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.errors import SessionFileError
from playground.session import Session
from playground.sessions import timeline_part
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session, write_session
from playground.settings import Settings
from playground.timeline.record import record_of
from playground.timeline.timeline import Timeline
from playground.timeline.view import TimelineView
from tests.playground.sessions.contents import reopened, rewritten
from tests.playground.test_session_state import OWN, figures_of, own_session
from tests.playground.timeline.test_looking_back import Desk


def branched() -> Desk:
    """A run of 30 steps, one that left it at step 12 with another learning rate, and one that left that at step 15."""
    desk = Desk()
    desk.train(30)
    desk.seek(12)
    desk.loop.change_settings(desk.loop.shown.settings.changed(learning_rate=0.03, optimizer="adam"))
    desk.train(10)
    desk.seek(15, branch=1)
    desk.train(4)
    return desk


def through_a_file(desk: Desk, path: Path) -> Desk:
    other = Desk()
    other.loop.open_session(reopened(desk.loop.capture(), path), "Opened.")
    return other


def view_of(desk: Desk) -> TimelineView:
    view = desk.settle().timeline
    assert view is not None
    return view


def test_branches_and_moments_are_there_again(tmp_path: Path) -> None:
    desk = branched()
    again = through_a_file(desk, tmp_path / "s")
    was, now = view_of(desk), view_of(again)
    assert [(b.number, b.parent, b.forked_at, b.end, b.differs) for b in now.branches] == [
        (b.number, b.parent, b.forked_at, b.end, b.differs) for b in was.branches
    ]
    assert (now.live, now.newest, now.rule, now.forks) == (2, 19, "every step", (12, 15))
    assert (was.rule, was.forks) == (now.rule, now.forks)
    np.testing.assert_array_equal(now.steps, was.steps)
    for old, new in zip(was.branches, now.branches, strict=True):
        np.testing.assert_array_equal(new.history.read()["batch_loss"].y, old.history.read()["batch_loss"].y)


@pytest.mark.parametrize("branch", [0, 1, 2])
def test_a_moment_of_any_branch_goes_on_with_the_same_bits(tmp_path: Path, branch: int) -> None:
    desk = branched()
    again = through_a_file(desk, tmp_path / "s")
    for one in (desk, again):
        one.seek(14, branch)
        assert one.loop.shown.step_count == 14
        one.train(9)
    assert again.curve() == desk.curve()
    assert figures_of(again.loop.session) == figures_of(desk.loop.session)


def test_moments_of_a_large_network_which_are_without_gradients_go_on_with_the_same_bits(tmp_path: Path) -> None:
    desk = Desk(Settings(classes=tuple(range(10)), filters=(32,), optimizer="adam", learning_rate=0.003))
    desk.train(8)
    again = through_a_file(desk, tmp_path / "s")
    for one in (desk, again):
        assert one.seek(4).gradients == {}
        one.train(3)
    assert again.curve() == desk.curve()
    assert figures_of(again.loop.session) == figures_of(desk.loop.session)


def test_a_branch_that_stands_at_its_end_is_taken_up_there(tmp_path: Path) -> None:
    again = through_a_file(branched(), tmp_path / "s")
    again.seek(30, 0)
    again.train(2)
    assert view_of(again).live == 0
    assert len(view_of(again).branches) == 3


def test_moments_share_what_they_shared(tmp_path: Path) -> None:
    desk = branched()
    again = through_a_file(desk, tmp_path / "s")

    def different(one: Desk, part: str) -> int:
        moments = one.loop.travel.timeline.moments
        return len({id(operator.attrgetter(part)(moment.state)) for moment in moments})

    for part in ("order.order", "evaluations.newest", "evaluations.last_good", "evaluations.began_at"):
        assert 0 < different(again, part) <= different(desk, part) < len(desk.loop.travel.timeline.moments)


def test_more_than_the_bound_is_thinned_and_branches_keep_their_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = branched()
    monkeypatch.setattr(timeline_part, "_MOST_BYTES", 90_000)
    again = through_a_file(desk, tmp_path / "s")
    view = view_of(again)
    assert view.rule == "every 4th step"
    assert list(view.steps) == [0, 4, 8, 12, 15, 16]
    assert [branch.number for branch in view.branches] == [0, 1, 2]


@pytest.mark.parametrize("bound", ["_MOST_BYTES", "_MOST_INDEX_BYTES"])
def test_a_file_holds_as_many_moments_as_fit_the_bound_and_the_early_odd_steps_go_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    desk = Desk()
    desk.train(40)
    whole = reopened(desk.loop.capture(), tmp_path / "whole").timeline
    assert [moment.step for moment in whole.moments] == [*range(40)]
    of_all = timeline_part._Contents()
    assert all(map(of_all.add, desk.loop.travel.timeline.moments))
    size = of_all.pool.nbytes if bound == "_MOST_BYTES" else len(of_all.index())
    monkeypatch.setattr(timeline_part, bound, int(size * 0.9))
    again = through_a_file(desk, tmp_path / "s")
    steps = [moment.step for moment in again.loop.travel.timeline.moments]
    dropped = sorted({*range(40)} - {*steps})
    assert 0 < len(dropped) < 10
    assert dropped == [*range(1, 40, 2)][: len(dropped)]
    again.train(6)  # and goes on with as many
    assert [moment.step for moment in again.loop.travel.timeline.moments][-6:] == [*range(40, 46)]


def test_pinned_moment_is_pinned_again_and_outlasts_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = branched()
    desk.seek(7, branch=0)
    desk.loop.pin_moment()
    desk.loop.return_to_newest()
    was = desk.settle()
    monkeypatch.setattr(timeline_part, "_MOST_BYTES", 90_000)
    now = through_a_file(desk, tmp_path / "s").settle()
    assert now.timeline.pinned == was.timeline.pinned == (0, 7)
    np.testing.assert_array_equal(now.difference.trace.w1, was.difference.trace.w1)


def test_pin_on_a_moment_that_is_not_there_is_damage(tmp_path: Path) -> None:
    content = branched().loop.capture()
    write_session(tmp_path / "s", content)

    def pin(about: dict[str, Any]) -> None:
        about["timeline"]["pinned"] = [999, 0]

    rewritten(tmp_path / "s", pin)
    with pytest.raises(SessionFileError, match="pinned moment"):
        read_session(tmp_path / "s")


def test_moments_of_older_images_are_left_out(tmp_path: Path) -> None:
    session = own_session()
    timeline = Timeline(session)
    for _ in range(3):
        timeline.record_if_due(session)
        session.step()
    session.use_images(session.settings, OWN)
    timeline.record(session)
    content = SessionContent.of(session, own=OWN, timeline=record_of(timeline))
    again = reopened(content, tmp_path / "s").timeline
    assert again is not None
    assert [moment.step for moment in again.moments] == [3]


def test_a_run_whose_classes_were_renamed_comes_back(tmp_path: Path) -> None:
    session = own_session()
    timeline = Timeline(session)
    timeline.record(session)
    session.step()
    renamed = replace(OWN, class_names=tuple(f"{name} anew" for name in OWN.class_names))
    session.use_images(session.settings.changed(own=renamed.description), renamed)
    content = SessionContent.of(session, own=renamed, timeline=record_of(timeline))
    again = reopened(content, tmp_path / "s")
    assert again.state.settings == session.settings
    assert again.timeline is not None
    assert [branch.settings.own for branch in again.timeline.branches] == [renamed.description]


def test_a_file_without_a_timeline_begins_one(tmp_path: Path) -> None:
    session = Session(Desk().loop.session.settings)
    session.step()
    desk = Desk()
    desk.loop.open_session(reopened(SessionContent.of(session), tmp_path / "s"), "Opened.")
    desk.train(2)
    assert list(view_of(desk).steps) == [1, 2]


HOSTILE: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("no place in its timeline", lambda plain: plain["branches"][1].update(parent=7)),
    ("no place in its timeline", lambda plain: plain["branches"][1].update(forked_at=29.0)),
    ("no place in its timeline", lambda plain: plain["branches"][0].update(end=None)),
    ("moments of no branch", lambda plain: plain["branches"].pop(1)),
    ("the live branch", lambda plain: plain.update(live=-1)),
    ("a spacing", lambda plain: plain.update(rule=[0, 0])),
    ("not there as F32", lambda plain: plain["sizes"].update(F32=5)),
    ("the list of moments", lambda plain: plain.update(index=2**40)),
    ("of another network", lambda plain: plain["branches"][1]["settings"].update(filters=[3])),
]


@pytest.mark.parametrize(("message", "change"), HOSTILE)
def test_a_timeline_that_cannot_be_is_refused_in_words(
    tmp_path: Path, message: str, change: Callable[[dict[str, Any]], object]
) -> None:
    write_session(tmp_path / "s", branched().loop.capture())
    rewritten(tmp_path / "s", lambda plain: change(plain["timeline"]))
    with pytest.raises(SessionFileError) as caught:
        read_session(tmp_path / "s")
    assert message in str(caught.value) or "was not opened" in str(caught.value)
