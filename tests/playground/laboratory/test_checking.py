"""One weight, all parameters, and the sweep over ε, against finite differences worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.gradient_check import CellState
from playground.errors import Cancelled, PlaygroundError
from playground.laboratory.checking import SWEEP, check_parameters, check_weight
from tests.playground.laboratory.specimens import specimen_of


@pytest.mark.parametrize(("blocks", "classes"), [(1, 2), (2, 3)])
def test_one_weight_is_the_difference_quotient_of_the_loss(blocks: int, classes: int) -> None:
    specimen = specimen_of(blocks, classes)
    network, loss = specimen.network().astype(np.float64), specimen.loss()
    weight = network.parameters()["conv1.weight"]
    found = check_weight(specimen, "w1", (1, 0, 2, 1), 1e-5)
    losses = []
    for step in (1e-5, -1e-5):
        kept = weight[1, 0, 2, 1]
        weight[1, 0, 2, 1] = kept + step
        losses.append(loss.forward(network.forward(specimen.images.x), specimen.images.y))
        weight[1, 0, 2, 1] = kept
    assert [found.quotient.above, found.quotient.below] == pytest.approx(losses, rel=1e-14)
    assert found.quotient.numeric == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=1e-9)
    assert found.backprop == pytest.approx(found.quotient.numeric, rel=1e-6)
    assert found.passed


def test_the_error_over_epsilon_is_a_valley() -> None:
    sweep = check_weight(specimen_of(), "b2", (0,)).sweep
    assert [point.epsilon for point in sweep] == list(SWEEP)
    errors = np.array([point.error for point in sweep])
    best = int(errors.argmin())
    # truncation falls as ε², rounding grows as 1/ε
    assert errors[0] > 100 * errors[best]
    assert errors[-1] > 100 * errors[best]
    assert 1e-8 < sweep[best].epsilon < 1e-2


def test_a_weight_beside_a_kink_gets_no_verdict_but_its_name() -> None:
    specimen = specimen_of()
    weights = {name: array.copy() for name, array in specimen.weights.items()}
    weights["conv1.bias"][:] = 0
    x = np.zeros_like(specimen.images.x)
    dark = replace(specimen, weights=weights, images=replace(specimen.images, x=x))
    found = check_weight(dark, "b1", (0,))
    assert found.passed is None
    assert found.quotient.kinks[0].array == "z1"
    assert found.quotient.kinks[0].count == 3 * 14 * 14


@pytest.mark.parametrize(("blocks", "classes"), [(1, 2), (1, 3), (2, 2), (2, 3)])
def test_all_parameters_agree_to_a_millionth_at_the_usual_epsilon(blocks: int, classes: int) -> None:
    found = check_parameters(specimen_of(blocks, classes))
    letters = [f"d{letter}{number}" for number in range(1, blocks + 2) for letter in "wb"]
    assert [check.name for check in found.arrays] == letters
    for check in found.arrays:
        assert check.passed
        assert check.cells + check.skipped == check.total
        compared = check.states == CellState.COMPARED
        np.testing.assert_allclose(check.numeric[compared], check.backprop[compared], rtol=1e-5, atol=1e-8)
    assert found.worst.max_relative_error == max(check.max_relative_error for check in found.arrays) <= 1e-6


def test_a_check_tells_how_far_it_is_and_can_be_given_up() -> None:
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        if done == 5:
            raise Cancelled("Given up.")

    with pytest.raises(Cancelled):
        check_parameters(specimen_of(), progress=progress)
    assert told == [(done, told[0][1]) for done in range(6)]


def test_a_cell_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(PlaygroundError, match="w1 of this network has no cell"):
        check_weight(specimen_of(), "w1", (9, 0, 0, 0))
