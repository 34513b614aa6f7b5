"""A trace holds everything, is immutable and disturbs nothing."""

import dataclasses

import numpy as np
import pytest

from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import Network, build_network
from core.optimizers import SGD
from core.trace import BlockGeometry, trace
from core.training import train_step


def binary(m=3, side=9, filters=(2,), dtype=np.float32):
    network = build_network((1, side, side), 3, filters, 1, seed=0, dtype=dtype)
    rng = np.random.default_rng(1)
    return network, BinaryCrossEntropy(), rng.standard_normal((m, 1, side, side)).astype(dtype), rng.integers(0, 2, m)


def test_names_of_one_block_follow_the_lecture():
    record = trace(*binary())
    assert record.forward_names == ("x", "z1", "A1", "P1", "F", "z2", "A2", "L")
    assert record.backward_names == ("dA2", "dz2", "dw2", "db2", "dF", "dP1", "dA1", "dz1", "dw1", "db1")
    assert record.parameter_names == ("w1", "b1", "w2", "b2")
    assert tuple(record.arrays) == record.forward_names + record.backward_names + record.parameter_names
    assert record.blocks == 1


def test_names_count_on_with_the_blocks():
    record = trace(*binary(side=14, filters=(2, 3)))
    assert record.forward_names == ("x", "z1", "A1", "P1", "z2", "A2", "P2", "F", "z3", "A3", "L")
    assert " ".join(record.backward_names) == "dA3 dz3 dw3 db3 dF dP2 dA2 dz2 dw2 db2 dP1 dA1 dz1 dw1 db1"
    assert record.blocks == 2


def test_a_derivative_has_the_shape_of_its_value():
    record = trace(*binary(m=3))
    for name in record.backward_names:
        assert record.arrays[name].shape == record.arrays[name[1:]].shape
    assert record.z1.shape == (3, 2, 7, 7)
    assert record.P1.shape == (3, 2, 3, 3)
    assert record.F.shape == (3, 18)
    assert record.A2.shape == (3, 1)
    assert record.L.shape == ()


def test_values_chain_as_the_lecture_writes_them():
    record = trace(*binary(dtype=np.float64))
    np.testing.assert_array_equal(record.A1, np.maximum(record.z1, 0))
    np.testing.assert_array_equal(record.F, record.P1.reshape(3, -1))
    np.testing.assert_allclose(record.z2, record.F @ record.w2.T + record.b2, rtol=1e-12)
    np.testing.assert_allclose(record.A2, 1 / (1 + np.exp(-record.z2)), rtol=1e-12)
    np.testing.assert_allclose(record.dz2, (record.A2 - record.y[:, None]) / 3, rtol=1e-12)
    np.testing.assert_allclose(record.dA2 * record.A2 * (1 - record.A2), record.dz2, rtol=1e-12)
    np.testing.assert_array_equal(record.dP1, record.dF.reshape(record.P1.shape))
    np.testing.assert_array_equal(record.dz1, record.dA1 * (record.z1 > 0))
    np.testing.assert_allclose(record.db1, record.dz1.sum(axis=(0, 2, 3)), rtol=1e-12, atol=1e-15)


def test_softmax_derivatives_chain_through_the_jacobian():
    network = build_network((1, 9, 9), 3, (2,), 4, seed=0, dtype=np.float64)
    rng = np.random.default_rng(0)
    record = trace(network, SoftmaxCrossEntropy(), rng.standard_normal((3, 1, 9, 9)), np.array([3, 0, 2]))
    for n in range(3):
        a = record.A2[n]
        np.testing.assert_allclose((np.diag(a) - np.outer(a, a)) @ record.dA2[n], record.dz2[n], rtol=1e-12, atol=1e-15)
    assert record.activation == "softmax"


def test_every_array_is_read_only():
    record = trace(*binary())
    for array in (*record.arrays.values(), record.y):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(TypeError):
        record.arrays["z1"] = np.zeros(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        record.y = np.zeros(1)


def test_later_training_and_the_callers_arrays_do_not_reach_into_a_trace():
    network, loss, x, y = binary()
    record = trace(network, loss, x, y)
    kept = {name: array.copy() for name, array in record.arrays.items()}
    for _ in range(3):
        train_step(network, loss, SGD(1.0), x, y)
        network.backward(np.ones_like(network.forward(x)))
    x[...] = 0
    y[...] = 0
    for name, array in record.arrays.items():
        np.testing.assert_array_equal(array, kept[name], err_msg=name)
    assert x.flags.writeable
    assert record.y.any()


def test_a_trace_between_forward_and_backward_disturbs_neither_network_nor_loss():
    network, loss, x, y = binary()
    logits = network.forward(x)
    loss.forward(logits, y)
    network.backward(loss.backward())
    expected = {name: value.copy() for name, value in network.gradients().items()}
    trace(network, loss, x[:1] + 1, 1 - y[:1])
    network.backward(loss.backward())
    for name, value in network.gradients().items():
        np.testing.assert_array_equal(value, expected[name], err_msg=name)


def test_gradients_equal_those_of_a_training_step():
    network, loss, x, y = binary(dtype=np.float64)
    record = trace(network, loss, x, y)
    train_step(network, loss, SGD(0.1), x, y)
    gradients = network.gradients()
    for name, key in (("dw1", "conv1.weight"), ("db1", "conv1.bias"), ("dw2", "fc.weight"), ("db2", "fc.bias")):
        np.testing.assert_allclose(record.arrays[name], gradients[key], rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("outputs", [1, 3])
def test_everything_stays_finite_for_a_confident_wrong_answer(outputs):
    network = build_network((1, 9, 9), 3, (2,), outputs, seed=0)
    network.parameters()["fc.bias"][0] = 1e4
    loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
    wrong = np.array([0 if outputs == 1 else 2])
    record = trace(network, loss, np.zeros((1, 1, 9, 9), np.float32), wrong)
    assert all(np.isfinite(array).all() for array in record.arrays.values())
    assert np.abs(record.arrays["dA2"]).max() == np.finfo(np.float32).max
    assert np.abs(record.dz2).max() == 1
    assert record.L == 1e4


def test_everything_is_of_the_dtype_of_the_network():
    for dtype in (np.float32, np.float64):
        assert {array.dtype for array in trace(*binary(dtype=dtype)).arrays.values()} == {np.dtype(dtype)}


def test_geometry_of_each_block_is_recorded():
    layers = [Conv2D(1, 2, (3, 2), stride=2, padding=1), ReLU(), MaxPool2D(2, stride=1), Flatten(), Dense(2 * 4 * 4, 1)]
    record = trace(Network(layers), BinaryCrossEntropy(), np.zeros((1, 1, 9, 8), np.float32), np.array([1]))
    assert record.geometry == (BlockGeometry((3, 2), (2, 2), (1, 1), (2, 2), (1, 1)),)


@pytest.mark.parametrize(
    "layers",
    [[], [Flatten(), Dense(4, 1)], [Conv2D(1, 1, 2), ReLU(), Flatten(), Dense(4, 1)]],
    ids=["none", "dense only", "no pooling"],
)
def test_networks_of_another_structure_are_refused_in_words(layers):
    with pytest.raises(ValueError, match="needs one or more blocks of Conv2D, ReLU, MaxPool2D, then Flatten"):
        trace(Network(layers), BinaryCrossEntropy(), np.zeros((1, 1, 3, 3), np.float32), np.array([0]))


def test_an_unknown_name_is_an_attribute_error_that_lists_the_names():
    with pytest.raises(AttributeError, match=r"no array 'z7'.*z1"):
        _ = trace(*binary()).z7
