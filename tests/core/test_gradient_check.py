"""Every derivative against central differences, and the check itself against wrong gradients."""

import numpy as np
import pytest

from core.gradient_check import CellState, check_gradients
from core.gradient_probe import GradientProbe, Kink
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU, Sigmoid
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import Network, build_network


def block_network(conv, pool, x_shape, outputs):
    layers = [conv, ReLU(), pool, Flatten()]
    features = Network(layers).forward(np.zeros((1, *x_shape))).shape[1]
    return Network([*layers, Dense(features, outputs)])


NETWORKS = {
    "lecture": (lambda: build_network((1, 8, 8), 3, (3,), 1, seed=0), (1, 8, 8), 1),
    "odd sizes, 2×3 kernel": (lambda: block_network(Conv2D(1, 2, (2, 3)), MaxPool2D(2), (1, 8, 7), 1), (1, 8, 7), 1),
    "stride 2, padding 1": (lambda: block_network(Conv2D(2, 2, 3, 2, 1), MaxPool2D(2), (2, 11, 9), 3), (2, 11, 9), 3),
    "overlapping pooling": (lambda: block_network(Conv2D(1, 2, 2), MaxPool2D(3, 2), (1, 8, 8), 1), (1, 8, 8), 1),
    "two blocks, softmax": (lambda: build_network((2, 11, 12), 2, (2, 3), 3, seed=0), (2, 11, 12), 3),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_every_derivative_agrees_with_central_differences(name):
    make, shape, outputs = NETWORKS[name]
    rng = np.random.default_rng(0)
    loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
    x, y = rng.standard_normal((2, *shape)), rng.integers(0, max(outputs, 2), 2)
    checks = check_gradients(make(), loss, x, y)
    assert [check.name for check in checks if not check.max_relative_error <= 1e-6] == []
    assert all(check.passed and check.cells > 0 for check in checks)
    assert all(check.cells + check.skipped == check.total == np.prod(check.shape) for check in checks)


@pytest.mark.parametrize("layer", [Sigmoid(), Conv2D(2, 3, 2, padding=1, dtype=np.float64), Flatten()], ids=repr)
def test_input_gradient_of_a_layer_agrees_with_central_differences(layer):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 2, 3, 4))
    weights = rng.standard_normal(layer.forward(x).shape)
    grad = layer.backward(weights)
    for index in np.ndindex(*x.shape):
        moved = [x.copy(), x.copy()]
        moved[0][index] += 1e-6
        moved[1][index] -= 1e-6
        above, below = ((layer.forward(values) * weights).sum() for values in moved)
        assert grad[index] == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-8)


class BiasForgetsTheBatch(Conv2D):
    def backward_params(self, grad_y):
        super().backward_params(grad_y)
        self.grads["bias"] = grad_y[0].sum(axis=(1, 2))


class LeakyBackward(ReLU):
    def backward(self, grad_y):
        return super().backward(grad_y) + 1e-4 * grad_y


@pytest.mark.parametrize(
    ("position", "layer", "caught"),
    [(0, BiasForgetsTheBatch(1, 2, 3), {"db1"}), (1, LeakyBackward(), {"dz1", "dw1", "db1"})],
    ids=["bias without the batch", "leaky relu"],
)
def test_a_wrong_gradient_is_caught_where_it_is(position, layer, caught):
    network = build_network((1, 8, 8), 3, (2,), 1, seed=0)
    layers = list(network.layers)
    layers[position] = layer
    x = np.random.default_rng(0).standard_normal((2, 1, 8, 8))
    checks = check_gradients(Network(layers), BinaryCrossEntropy(), x, np.array([0, 1]))
    assert {check.name for check in checks if not check.passed} == caught


def test_cells_on_a_kink_are_skipped_and_counted():
    network = build_network((1, 5, 5), 2, (1,), 1, seed=0)
    # an empty image and no bias: every z1 is 0, on the kink of ReLU
    checks = {c.name: c for c in check_gradients(network, BinaryCrossEntropy(), np.zeros((1, 1, 5, 5)), np.array([1]))}
    assert checks["dz1"].skipped == checks["dz1"].total == 16
    assert checks["dz1"].cells == 0
    assert checks["dw2"].skipped == 0
    assert all(check.passed for check in checks.values())


def test_a_limit_draws_the_same_cells_for_the_same_seed():
    network = build_network((1, 8, 8), 3, (2,), 1, seed=0)
    x, y = np.random.default_rng(0).standard_normal((2, 1, 8, 8)), np.array([0, 1])
    first = check_gradients(network, BinaryCrossEntropy(), x, y, cells=5, seed=1)
    again = check_gradients(network, BinaryCrossEntropy(), x, y, cells=5, seed=1)
    assert all(np.array_equal(one.states, other.states) for one, other in zip(first, again, strict=True))
    assert all(check.cells + check.skipped == min(5, check.total) for check in first)
    assert any(check.total > 5 for check in first)


@pytest.mark.parametrize("bias", [-30.0, 12.0, 30.0, 1e3])
@pytest.mark.parametrize("outputs", [1, 3])
def test_confident_answers_still_pass(outputs, bias):
    network = build_network((1, 6, 6), 3, (2,), outputs, seed=0)
    network.parameters()["fc.bias"][0] = bias
    loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
    x = np.random.default_rng(0).standard_normal((2, 1, 6, 6))
    assert all(check.passed for check in check_gradients(network, loss, x, np.array([0, 1])))


def test_the_network_is_left_as_it_was():
    network = build_network((1, 6, 6), 3, (2,), 1, seed=0)
    before = network.state_dict()
    check_gradients(network, BinaryCrossEntropy(), np.ones((1, 1, 6, 6), np.float32), np.array([0]), cells=3)
    assert all(np.array_equal(before[name], value) for name, value in network.state_dict().items())
    assert network.gradients() == {}


@pytest.mark.parametrize(("options", "words"), [({"epsilon": 0}, "epsilon is 0"), ({"cells": 0}, "cells is 0")])
def test_wrong_options_are_refused(options, words):
    network = build_network((1, 6, 6), 3, (2,), 1, seed=0)
    with pytest.raises(ValueError, match=words):
        check_gradients(network, BinaryCrossEntropy(), np.zeros((1, 1, 6, 6)), np.array([0]), **options)


def small_probe(image, bias=0.0, kernel=((1.0, 0.0), (0.0, 0.0))):
    """One filter of 2×2 on an image (1, h, w), weights of the dense layer all 1."""
    network = build_network((1, *image.shape), 2, (1,), 1, seed=0)
    network.parameters()["conv1.weight"][0, 0] = kernel
    network.parameters()["conv1.bias"][0] = bias
    network.parameters()["fc.weight"][...] = 1.0
    return GradientProbe(network, BinaryCrossEntropy(), image[np.newaxis, np.newaxis], np.array([1]))


def test_a_relu_that_opens_within_epsilon_is_named():
    image = np.array([[0.5, -3, 0], [-3, -3, 0], [0, 0, 0]])
    probe = small_probe(image, bias=-0.5)
    found = probe.measure("b1", (0,), 1e-5)
    assert found.kinks == (Kink("z1", (0, 0, 0, 0), 1),)
    assert not found.is_smooth
    assert small_probe(image, bias=-0.4).measure("b1", (0,), 1e-5).is_smooth


def test_a_pooling_window_that_changes_hands_is_named():
    probe = small_probe(np.array([[2.0, 2.0, 0], [1.0, 1.0, 0], [0, 0, 0]]))
    found = probe.measure("z1", (0,), 1e-5)
    assert [kink.array for kink in found.kinks] == ["P1"]


def test_cells_that_share_a_maximum_are_moved_together_and_checked():
    image = np.array([[2.0, 2.0, 0], [1.0, 2.0, 0], [0, 0, 0]])
    probe = small_probe(image)
    assert probe.together("A1", 1) == (0, 1, 3)
    assert probe.together("A1", 2) == (2,)
    network = build_network((1, 3, 3), 2, (1,), 1, seed=0)
    network.load_state_dict({"conv1.weight": np.array([[[[1.0, 0], [0, 0]]]]), "conv1.bias": np.zeros(1),
                             "fc.weight": np.ones((1, 1)), "fc.bias": np.zeros(1)})  # fmt: skip
    checks = check_gradients(network, BinaryCrossEntropy(), image[np.newaxis, np.newaxis], np.array([1]))
    for name in ("dA1", "dz1"):
        check = next(check for check in checks if check.name == name)
        assert (check.states == CellState.COMPARED).all()
        assert check.passed


def test_a_limit_looks_at_the_largest_derivatives_first():
    network = build_network((1, 8, 8), 3, (2,), 1, seed=0)
    x, y = np.random.default_rng(0).standard_normal((2, 1, 8, 8)), np.array([0, 1])
    check = next(c for c in check_gradients(network, BinaryCrossEntropy(), x, y, cells=6) if c.name == "dw2")
    largest = np.argsort(-np.abs(check.backprop), axis=None)[:3]
    assert (check.states.flat[largest] == CellState.COMPARED).all()


def test_the_worst_cell_is_where_the_error_is():
    network = build_network((1, 8, 8), 3, (2,), 1, seed=0)
    layers = list(network.layers)
    layers[0] = BiasForgetsTheBatch(1, 2, 3)
    x = np.random.default_rng(0).standard_normal((2, 1, 8, 8))
    checks = check_gradients(Network(layers), BinaryCrossEntropy(), x, np.array([0, 1]))
    check = next(check for check in checks if check.name == "db1")
    assert check.errors[check.worst] == check.max_relative_error > 1e-6
