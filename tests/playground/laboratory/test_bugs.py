"""Each bug turns the check red at its own array and downstream, and nowhere else; the engine is left as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.gradient_check import CellState, check_array
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.laboratory.checking import check_travel
from playground.laboratory.specimen import Specimen
from playground.laboratory.travel import downstream
from playground.notation.factors import in_notation
from tests.playground.laboratory.specimens import specimen_of

NETWORKS = [(1, 2), (1, 3), (2, 2), (2, 3)]
IDS = ["one block, sigmoid", "one block, softmax", "two blocks, sigmoid", "two blocks, softmax"]


@pytest.mark.parametrize(("blocks", "classes"), NETWORKS, ids=IDS)
def test_without_a_bug_the_whole_way_is_green(blocks: int, classes: int) -> None:
    stations = check_travel(specimen_of(blocks, classes), cells=60)
    assert all(station.check.passed and station.check.cells and station.rule_holds for station in stations)


@pytest.mark.parametrize(("blocks", "classes"), NETWORKS, ids=IDS)
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_the_check_turns_red_at_the_guilty_array_and_downstream(bug: Bug, blocks: int, classes: int) -> None:
    specimen = specimen_of(blocks, classes, substitute=bug)
    stations = check_travel(specimen, cells=200)
    names = tuple(station.name for station in stations)
    guilty = bug.guilty(names)
    red = {station.name for station in stations if not station.check.passed}
    reached = downstream(guilty, names)
    if bug.id == "every-tie" and blocks == 2:
        # each cell of ∂L/∂P1 that it spoils feeds a tied window of the second block: there the loss has a kink
        (hidden,) = reached - red
        assert hidden == "dP1"
        assert_wrong_only_beside_kinks(specimen, hidden)
        reached -= {hidden}
    assert red == reached
    # where it goes wrong, as against where wrong numbers only arrive
    assert tuple(station.name for station in stations if not station.rule_holds) == guilty


def assert_wrong_only_beside_kinks(specimen: Specimen, name: str) -> None:
    clean = replace(specimen, substitute=None).probe().trace.arrays[name]
    check = check_array(specimen.probe(), name.removeprefix("d"))
    wrong = np.abs(check.backprop - clean) > 1e-9
    assert wrong.any()
    assert (check.states[wrong] == CellState.KINK).all()


def test_the_kernel_that_is_not_turned_needs_two_blocks_to_show() -> None:
    assert bug_of("not-turned").guilty(("dA2", "dz2", "dw2", "db2", "dF", "dP1", "dA1", "dz1", "dw1", "db1")) == ()


def test_a_forgotten_mean_does_not_show_with_one_sample() -> None:
    assert all(s.check.passed for s in check_travel(specimen_of(m=1, substitute=bug_of("no-mean")), cells=20))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_a_bug_changes_nothing_of_the_forward_pass(bug: Bug) -> None:
    clean, broken = specimen_of(2, 3), specimen_of(2, 3, substitute=bug)
    found, expected = broken.probe().trace, clean.probe().trace
    for name in expected.forward_names:
        np.testing.assert_array_equal(found.arrays[name], expected.arrays[name])


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_a_bug_works_on_the_same_parameters_and_leaves_the_network_clean(bug: Bug) -> None:
    network = specimen_of(2, 3).network()
    broken = bug.network(network)
    for name, array in network.parameters().items():
        assert broken.parameters()[name] is array
    assert not any(type(layer).__module__.startswith("playground") for layer in network.layers)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_what_is_said_of_a_bug_writes_arrays_as_the_field_does_and_only_its_code_as_python_does(bug: Bug) -> None:
    said = (bug.name, bug.mistake, bug.shows, bug.shows_when)
    assert [in_notation(sentence) for sentence in said] == [*said]
    assert "₁" not in bug.right + bug.wrong


def test_the_way_of_the_gradient_has_side_roads() -> None:
    names = ("dA2", "dz2", "dw2", "db2", "dF", "dP1", "dA1", "dz1", "dw1", "db1")
    assert downstream(("dw1",), names) == {"dw1"}
    assert downstream(("dA1",), names) == {"dA1", "dz1", "dw1", "db1"}
    assert downstream(("dz2",), names) == set(names) - {"dA2"}
    assert downstream((), names) == frozenset()
