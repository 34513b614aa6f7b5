"""The self-check finds what does not add up, and looks at every cell once."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from core.trace import Trace, trace
from playground.laboratory.bugs import bug_of
from playground.laboratory.self_check import SelfCheck
from tests.playground.laboratory.specimens import specimen_of


def single_trace(bug: str = "") -> Trace:
    """As a snapshot has it: float32, one sample."""
    specimen = specimen_of(2, 3, m=1, substitute=bug_of(bug) if bug else None)
    return trace(specimen.network(), specimen.loss(), specimen.images.x, specimen.images.y)


def doctored(record: Trace, name: str, index: tuple[int, ...]) -> Trace:
    """The trace with one number that nobody computed."""
    wrong = record.arrays[name].copy()
    wrong[index] += 0.01 * np.abs(wrong).max() + 1e-3
    wrong.setflags(write=False)
    return replace(record, arrays=MappingProxyType({**record.arrays, name: wrong}))


def walk(check: SelfCheck) -> None:
    while check.advance(60.0, 100):
        pass


def test_every_cell_of_a_trace_is_looked_at_once_and_adds_up() -> None:
    record, check = single_trace(), SelfCheck()
    check.look_at(record, 3)
    walk(check)
    names = [name for name in (*record.forward_names, *record.backward_names) if name != "x"]
    assert check.cells == sum(record.arrays[name].size for name in names)
    assert check.mismatches == 0


@pytest.mark.parametrize(("name", "index"), [("dw1", (1, 0, 2, 2)), ("z2", (0, 1, 0, 1)), ("dF", (0, 3))])
def test_a_doctored_trace_is_found_out(name: str, index: tuple[int, ...]) -> None:
    check = SelfCheck()
    check.look_at(doctored(single_trace(), name, index), 3)
    walk(check)
    assert (3, name, index) in [(found.step, found.name, found.index) for found in check.first]
    assert check.mismatches >= 1


def test_a_bug_in_the_backward_pass_is_a_mismatch() -> None:
    check = SelfCheck()
    check.look_at(single_trace("no-mask"), 0)
    walk(check)
    assert check.mismatches > 0
    assert {found.name for found in check.first} <= {"dz1", "dz2"}


def test_it_keeps_to_its_budget_of_cells_and_of_time() -> None:
    check = SelfCheck()
    check.look_at(single_trace(), 0)
    assert check.advance(60.0, 7) == 7
    ticks = iter(range(100))
    check._now = lambda: float(next(ticks))
    assert check.advance(3.0, 1000) == 3
    assert check.cells == 10


def test_a_newer_trace_takes_the_place_of_an_older_one_and_the_count_goes_on() -> None:
    check = SelfCheck()
    check.look_at(single_trace(), 0)
    check.advance(60.0, 5)
    check.look_at(doctored(single_trace(), "L", ()), 1)
    walk(check)
    assert check.cells > 5
    assert [found.name for found in check.first] == ["L"]
    check.begin()
    assert (check.cells, check.mismatches, check.first) == (0, 0, ())


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("certainty", [3.0, 7.0, 9.0, 12.0])
def test_a_confident_answer_is_no_mismatch(outputs: int, certainty: float) -> None:
    specimen = specimen_of(1, max(2, outputs), m=1)
    network, loss = specimen.network(), specimen.loss()
    bias = network.parameters()["fc.bias"]
    for nudge in np.linspace(0, 1, 20):
        bias[...] = 0
        bias[0] = (certainty + nudge) * (1 if outputs > 1 else -1)
        check = SelfCheck()
        check.look_at(trace(network, loss, specimen.images.x, specimen.images.y), 0)
        check.advance(60.0, 60)
        assert check.first == ()


def test_a_run_that_has_diverged_is_not_called_wrong() -> None:
    specimen = specimen_of(2, 3, m=1)
    network, check = specimen.network(), SelfCheck()
    weights = network.state_dict()
    weights["conv1.weight"][0] = 1e38
    network.load_state_dict(weights)
    with np.errstate(all="ignore"):
        record = trace(network, specimen.loss(), specimen.images.x, specimen.images.y)
        assert not all(np.isfinite(array).all() for array in record.arrays.values())
        check.look_at(record, 3)
        walk(check)
    assert check.mismatches == 0
    assert check.cells > 0
