"""The two worked examples of the lecture, every number computed by hand."""

import numpy as np
import pytest

from core.layers import Conv2D
from core.losses import BinaryCrossEntropy
from core.network import build_network
from core.trace import Trace, trace

LN2 = 0.6931471805599453


def assert_values(record: Trace, expected: dict[str, object]) -> None:
    for name, values in expected.items():
        actual = record.arrays[name]
        np.testing.assert_allclose(actual, np.reshape(values, actual.shape), rtol=1e-15, atol=1e-15, err_msg=name)


@pytest.fixture
def three() -> Trace:
    """X 3×3, w1 2×2: one pooling window."""
    network = build_network((1, 3, 3), 2, (1,), 1, seed=0, dtype=np.float64)
    weight, bias = np.array([[[[1.0, 0], [0, -1]]]]), np.array([0.5])
    state = {"conv1.weight": weight, "conv1.bias": bias, "fc.weight": np.array([[2.0]]), "fc.bias": np.array([-3.0])}
    network.load_state_dict(state)
    return trace(network, BinaryCrossEntropy(), np.array([[[[1.0, 2, 0], [0, 1, 3], [2, 1, 0]]]]), np.array([1]))


@pytest.fixture
def five() -> Trace:
    """X 5×5, w1 2×2: z1 4×4, P1 2×2; the window on the top right holds no positive number."""
    network = build_network((1, 5, 5), 2, (1,), 1, seed=0, dtype=np.float64)
    network.load_state_dict(
        {
            "conv1.weight": np.array([[[[1.0, 0], [0, 1]]]]),
            "conv1.bias": np.array([-3.0]),
            "fc.weight": np.array([[1.0, 2, -3, 2]]),
            "fc.bias": np.array([0.0]),
        }
    )
    image = [[1.0, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [0, 2, 1, 3, 0], [1, 0, 1, 2, 1]]
    return trace(network, BinaryCrossEntropy(), np.array([[image]]), np.array([0]))


def test_forward_pass_of_the_3x3_example(three):
    # z12 = 2·1 + 0·0 + 1·0 - 3·1 + 0.5
    assert_values(
        three,
        {
            "z1": [[0.5, -0.5], [-0.5, 1.5]],
            "A1": [[0.5, 0], [0, 1.5]],
            "P1": 1.5,
            "F": 1.5,
            "z2": 0,
            "A2": 0.5,
            "L": LN2,
        },
    )


def test_backward_pass_of_the_3x3_example(three):
    # y = 1: ∂L/∂A2 = -1/0.5; only z22 reaches the maximum, so ∂L/∂w1 = -1 times the lower right 2×2 of X
    assert_values(
        three,
        {
            "dA2": -2, "dz2": -0.5, "dw2": -0.75, "db2": -0.5, "dF": -1, "dP1": -1,
            "dA1": [[0, 0], [0, -1]], "dz1": [[0, 0], [0, -1]], "dw1": [[-1, -3], [-1, 0]], "db1": -1,
        },
    )  # fmt: skip


def test_each_kernel_weight_gathers_four_products():
    layer = Conv2D(1, 1, 2, dtype=np.float64)
    layer.forward(np.array([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]]))
    layer.backward(np.array([[[[10.0, 20], [30, 40]]]]))
    # ∂L/∂w11 = z11·x11 + z12·x12 + z21·x21 + z22·x22, the others with the window moved by one
    expected = [
        [10 * 1 + 20 * 2 + 30 * 4 + 40 * 5, 10 * 2 + 20 * 3 + 30 * 5 + 40 * 6],
        [10 * 4 + 20 * 5 + 30 * 7 + 40 * 8, 10 * 5 + 20 * 6 + 30 * 8 + 40 * 9],
    ]
    np.testing.assert_array_equal(layer.grads["weight"], [[expected]])
    np.testing.assert_array_equal(layer.grads["bias"], [100])


def test_forward_pass_of_the_5x5_example(five):
    assert_values(
        five,
        {
            "z1": [[1, -2, -1, 0], [-2, 0, -1, -2], [1, -1, 0, -2], [-3, 0, 0, 1]],
            "A1": [[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]],
            "P1": [[1, 0], [1, 1]], "F": [1, 0, 1, 1], "z2": 0, "A2": 0.5, "L": LN2,
        },
    )  # fmt: skip


def test_pooling_opens_up_in_the_5x5_example(five):
    # the window without a positive number hands its 1 to its first cell, and ReLU stops it there
    assert_values(
        five,
        {
            "dP1": [[0.5, 1], [-1.5, 1]],
            "dA1": [[0.5, 0, 1, 0], [0, 0, 0, 0], [-1.5, 0, 0, 0], [0, 0, 0, 1]],
            "dz1": [[0.5, 0, 0, 0], [0, 0, 0, 0], [-1.5, 0, 0, 0], [0, 0, 0, 1]],
        },
    )


def test_parameter_gradients_of_the_5x5_example(five):
    # ∂L/∂w1 = 0.5·X[0:2, 0:2] - 1.5·X[2:4, 0:2] + 1·X[3:5, 3:5]
    assert_values(
        five,
        {"dA2": 2, "dz2": 0.5, "dw2": [0.5, 0, 0.5, 0.5], "db2": 0.5, "dF": [0.5, 1, -1.5, 1],
         "dw1": [[0.5, -1.5], [2, -0.5]], "db1": 0},
    )  # fmt: skip
