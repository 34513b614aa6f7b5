"""The two worked examples give the numbers that a person gets with a pencil."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.losses import BinaryCrossEntropy
from core.trace import Trace, trace
from playground.blackboard import WORKED_EXAMPLES
from playground.datasets import suggested_settings
from playground.prediction import make_network
from playground.settings import Settings


def traced(name: str) -> Trace:
    example = WORKED_EXAMPLES[name]
    network = make_network(Settings(**suggested_settings(name)))
    network.load_state_dict(example.state)
    return trace(network, BinaryCrossEntropy(), example.image[np.newaxis, np.newaxis], np.array([1]))


def test_the_3x3_example_by_hand() -> None:
    found = traced("blackboard-3x3")
    by_hand = {
        "z1": [[2, -0.75], [-0.5, 1.75]],
        "A1": [[2, 0], [0, 1.75]],
        "P1": [[2]],
        "z2": [0],
        "A2": [0.5],
        "dz2": [-0.5],
        "dw2": [-1],
        "db2": [-0.5],
        "dF": [-0.25],
        "dz1": [[-0.25, 0], [0, 0]],
        "dw1": [[-0.25, 0], [0, -0.25]],
        "db1": [-0.25],
    }
    for name, expected in by_hand.items():
        np.testing.assert_array_equal(np.squeeze(found.arrays[name]), np.squeeze(expected), err_msg=name)
    assert float(found.L) == pytest.approx(math.log(2))


def test_the_5x5_example_by_hand() -> None:
    found = traced("blackboard-5x5")
    z1 = [[1.25, -0.5, -0.5, 0.75], [0.25, 1.5, -0.25, 0.25], [0.25, -0.25, 1.75, -0.75], [0.5, -0.25, -0.25, 1.5]]
    dz1 = [[0, 0, 0, 0.5], [0, -0.25, 0, 0], [0, 0, -0.5, 0], [0.25, 0, 0, 0]]
    np.testing.assert_array_equal(found.z1[0, 0], z1)
    np.testing.assert_array_equal(found.P1[0, 0], [[1.5, 0.75], [0.5, 1.75]])
    assert found.z2.item() == 0
    np.testing.assert_array_equal(found.dz1[0, 0], dz1)


@pytest.mark.parametrize("name", list(WORKED_EXAMPLES))
def test_z1_has_both_signs_is_never_zero_and_no_window_has_a_tie(name: str) -> None:
    z1 = traced(name).z1[0, 0]
    assert z1.min() < 0 < z1.max()
    assert (z1 != 0).all()
    for row in range(0, len(z1), 2):
        for column in range(0, len(z1), 2):
            first, second = np.sort(z1[row : row + 2, column : column + 2].ravel())[:-3:-1]
            assert first > max(second, 0)


def test_the_winners_of_the_5x5_example_sit_in_four_different_corners() -> None:
    z1 = traced("blackboard-5x5").z1[0, 0]
    corners = {int(z1[r : r + 2, c : c + 2].argmax()) for r in (0, 2) for c in (0, 2)}
    assert corners == {0, 1, 2, 3}
