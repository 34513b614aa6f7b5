"""Whatever a session file says of its moments and branches, it is refused in one sentence or can be travelled."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.errors import DivergedError, PlaygroundError, SessionFileError
from playground.sessions.session_file import read_session, write_session
from tests.playground.own_data.fuzz import mutated
from tests.playground.sessions.bounds import assert_one_sentence, within
from tests.playground.sessions.contents import rewritten, rewritten_index
from tests.playground.sessions.test_fuzz import HOSTILE_VALUES, places_in
from tests.playground.sessions.test_timeline_part import branched
from tests.playground.timeline.test_looking_back import Desk

Plain = dict[str, Any]
Change = Callable[[Plain, Plain], object]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with three branches and some fifty moments."""
    path = tmp_path_factory.mktemp("seed") / "s"
    write_session(path, branched().loop.capture())
    return path.read_bytes()


def opened_and_travelled(path: Path) -> bool:
    """Open a file in a program that trains, and go to all its moments; False if it was refused, changing nothing."""
    desk = Desk()
    desk.train(2)
    before = desk.loop.session
    with within(seconds=4.0, megabytes=64):
        try:
            content = read_session(path)
            desk.loop.open_session(content, "Opened.")
            travel(desk)
        except SessionFileError as error:
            assert_one_sentence(error, path)
            assert desk.loop.session is before
            assert before.step_count == 2
            return False
    return True


def travel(desk: Desk) -> None:
    """To the first and the last moment of each branch and one between, and on from the last one."""
    timeline = desk.loop.travel.timeline
    for number in [branch.number for branch in timeline.branches]:
        steps = timeline.steps(number)
        for step in {0, *steps[:1], *steps[len(steps) // 2 :][:1], *steps[-1:]}:
            desk.loop.seek(number, step)
            assert desk.loop.snapshot().timeline is not None
    # weights may be anything that is finite
    with contextlib.suppress(DivergedError, PlaygroundError):
        desk.train(2)


def fresh(seed: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.getbasetemp() / "timeline.cnnsession"
    path.write_bytes(seed)
    return path


def test_an_untouched_file_can_be_travelled(seed: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert opened_and_travelled(rewritten_index(fresh(seed, tmp_path_factory), lambda _timeline, _index: None))


@hypothesis_settings(max_examples=60)
@given(chance=st.integers(0, 2**32))
def test_a_file_with_bytes_changed_cut_or_doubled_is_refused_or_can_be_travelled(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, chance: int
) -> None:
    path = fresh(seed, tmp_path_factory)
    path.write_bytes(mutated(seed, random.Random(chance)))
    opened_and_travelled(path)


@hypothesis_settings(max_examples=120)
@given(data=st.data())
def test_a_file_with_hostile_values_in_its_moments_is_refused_or_can_be_travelled(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, data: st.DataObject
) -> None:
    def spoil(timeline: Plain, index: Plain) -> None:
        for tree in (timeline, index) if data.draw(st.booleans()) else (index,):
            places = places_in(tree)
            container, key = places[data.draw(st.integers(0, len(places) - 1))]
            container[key] = copy.deepcopy(HOSTILE_VALUES[data.draw(st.integers(0, len(HOSTILE_VALUES) - 1))])

    try:
        path = rewritten_index(fresh(seed, tmp_path_factory), spoil)
    except (UnicodeError, AttributeError):
        # such a description cannot be written at all
        return
    opened_and_travelled(path)


@hypothesis_settings(max_examples=120)
@given(data=st.data())
def test_a_file_with_branches_and_moments_in_wrong_places_is_refused_or_can_be_travelled(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, data: st.DataObject
) -> None:
    """Numbers that could each be right: loops of branches, forks after ends, steps out of order, others' moments."""
    branch_numbers, steps = st.integers(0, 3), st.integers(0, 31)

    def misplace(timeline: Plain, index: Plain) -> None:
        for _ in range(data.draw(st.integers(1, 3))):
            branch = data.draw(st.sampled_from(range(len(timeline["branches"]))))
            moment = data.draw(st.sampled_from(range(len(index["moments"]))))
            what = data.draw(
                st.sampled_from(["number", "parent", "forked_at", "end", "branch", "step", "live", "gone"])
            )
            if what in ("number", "parent"):
                timeline["branches"][branch][what] = data.draw(branch_numbers | st.none())
            elif what in ("forked_at", "end"):
                timeline["branches"][branch][what] = data.draw(steps | st.none())
            elif what == "branch":
                index["moments"][moment][0] = data.draw(branch_numbers)
            elif what == "step":
                index["moments"][moment][-1]["step"] = data.draw(steps)
            elif what == "live":
                timeline["live"] = data.draw(branch_numbers)
            else:
                del index["moments"][moment]

    opened_and_travelled(rewritten_index(fresh(seed, tmp_path_factory), misplace))


TWISTED: list[Change] = [
    lambda timeline, _: [branch.update(parent=3 - branch["number"]) for branch in timeline["branches"][1:]],
    lambda timeline, _: timeline["branches"][1].update(parent=1),
    lambda timeline, _: timeline["branches"][2].update(parent=2),
    lambda timeline, _: timeline["branches"].reverse(),
    lambda timeline, _: timeline["branches"].extend(timeline["branches"]),
    lambda timeline, _: timeline.update(live=0),
    lambda timeline, _: timeline.update(first_step=10**9),
    lambda timeline, _: timeline["branches"][0].update(end=2**40),
    lambda _, index: index["moments"].clear(),
    lambda _, index: index["moments"].extend(index["moments"] * 100),
    lambda _, index: index["settings"].clear(),
    lambda _, index: index["layouts"].clear(),
    lambda _, index: [moment[-1].update(step=10**9) for moment in index["moments"]],
    lambda _, index: [moment.__setitem__(3, [2**40] * len(moment[3])) for moment in index["moments"]],
    lambda _, index: [layout.__setitem__(0, ["conv1.weight", "I64"]) for layout in index["layouts"]],
    lambda _, index: index["settings"][0].update(filters=[64, 64]),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(TWISTED)))
def test_a_timeline_that_no_run_can_have_is_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, number: int
) -> None:
    assert not opened_and_travelled(rewritten_index(fresh(seed, tmp_path_factory), TWISTED[number]))


@pytest.mark.parametrize("dtype", ["F64", "I64", "U8", "BF16"])
def test_moments_of_another_type_of_numbers_are_refused(
    tmp_path_factory: pytest.TempPathFactory, seed: bytes, dtype: str
) -> None:
    def convert(header: Plain) -> None:
        header["timeline/F32"]["dtype"] = dtype
        if dtype == "U8":
            header["timeline/F32"]["shape"][0] *= 4

    assert not opened_and_travelled(rewritten(fresh(seed, tmp_path_factory), header=convert))
