"""Names, states and construction of networks."""

import numpy as np
import pytest

from core.arrays import ShapeError
from core.layers import Conv2D, Dense, Flatten, ReLU
from core.network import Network, build_network


def test_parameters_bear_pytorch_names():
    network = build_network((1, 28, 28), 3, (8, 16), 10, seed=0)
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    assert shapes == {
        "conv1.weight": (8, 1, 3, 3),
        "conv1.bias": (8,),
        "conv2.weight": (16, 8, 3, 3),
        "conv2.bias": (16,),
        "fc.weight": (10, 400),
        "fc.bias": (10,),
    }


def test_several_dense_layers_are_counted():
    network = Network([Flatten(), Dense(4, 3), ReLU(), Dense(3, 1)])
    assert list(network.parameters()) == ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"]


def test_same_seed_same_bits_and_another_seed_others():
    first, again, other = (build_network((1, 9, 9), 3, (2,), 1, seed).state_dict() for seed in (5, 5, 6))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["conv1.weight"], other["conv1.weight"])


def test_glorot_bounds_hold_for_kernels_too():
    state = build_network((2, 28, 28), 5, (16,), 1, seed=0, initialization="glorot").state_dict()
    bound = np.sqrt(6 / (2 * 25 + 16 * 25))
    assert 0.95 * bound < np.abs(state["conv1.weight"]).max() <= bound


def test_narrow_normal_weights_have_a_deviation_of_a_hundredth():
    state = build_network((1, 28, 28), 11, (32,), 1, seed=0, initialization="normal").state_dict()
    assert state["conv1.weight"].std() == pytest.approx(0.01, rel=0.05)
    assert not state["conv1.bias"].any()


def test_zeros_are_all_zero_and_an_unknown_start_is_refused():
    state = build_network((1, 9, 9), 3, (2,), 1, seed=0, initialization="zeros").state_dict()
    assert not any(value.any() for value in state.values())
    with pytest.raises(ValueError, match="he, glorot, normal, zeros"):
        build_network((1, 9, 9), 3, (2,), 1, seed=0, initialization="lucky")


def test_kernels_start_he_normal_and_biases_at_zero():
    state = build_network((1, 28, 28), 11, (32,), 1, seed=0).state_dict()
    assert state["conv1.weight"].std() == pytest.approx(np.sqrt(2 / 121), rel=0.05)
    assert np.abs(state["fc.weight"]).max() <= np.sqrt(6 / (32 * 81 + 1))
    assert not state["conv1.bias"].any()
    assert not state["fc.bias"].any()


def test_state_dict_is_a_copy_and_parameters_are_live():
    network = build_network((1, 6, 6), 3, (2,), 1, seed=0)
    network.state_dict()["fc.bias"][...] = 7
    assert network.parameters()["fc.bias"] == 0
    network.parameters()["fc.bias"][...] = 7
    assert network.state_dict()["fc.bias"] == 7


def test_loading_a_state_gives_the_same_outputs():
    source, target = (build_network((1, 6, 6), 3, (2,), 1, seed) for seed in (0, 1))
    x = np.random.default_rng(0).random((3, 1, 6, 6), dtype=np.float32)
    target.load_state_dict(source.state_dict())
    np.testing.assert_array_equal(target.forward(x), source.forward(x))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("fc.bias"), r"missing fc\.bias"),
        (lambda state: state.update({"fc2.bias": np.zeros(1)}), r"unknown fc2\.bias"),
        (lambda state: state.update({"fc.bias": np.zeros(2)}), r"fc\.bias has shape \(2,\).*needs \(1,\)"),
    ],
)
def test_a_state_that_does_not_fit_is_refused_and_changes_nothing(change, words):
    network = build_network((1, 6, 6), 3, (2,), 1, seed=0)
    before = network.state_dict()
    state = {name: value + 1 for name, value in before.items()}
    change(state)
    with pytest.raises(ShapeError, match=words):
        network.load_state_dict(state)
    assert all(np.array_equal(before[name], value) for name, value in network.state_dict().items())


def test_a_kernel_that_does_not_fit_names_the_block():
    with pytest.raises(ShapeError, match=r"block 2 .* 8×8.* is 5 .* only 2"):
        build_network((1, 8, 8), 5, (2, 2), 1, seed=0)


def test_no_blocks_are_refused():
    with pytest.raises(ShapeError, match="filters is empty"):
        build_network((1, 8, 8), 5, (), 1, seed=0)


def test_float64_network_computes_in_float64():
    network = build_network((1, 6, 6), 3, (2,), 1, seed=0, dtype=np.float64)
    assert network.forward(np.zeros((1, 1, 6, 6))).dtype == np.float64
    assert network.astype(np.float32).forward(np.zeros((1, 1, 6, 6))).dtype == np.float32


def test_other_dtypes_are_refused():
    with pytest.raises(ValueError, match="float16"):
        Conv2D(1, 1, 2, dtype=np.float16)


def test_a_network_reads_as_its_layers():
    text = repr(build_network((1, 6, 6), 3, (2,), 1, seed=0))
    assert "Conv2D(1, 2, kernel_size=(3, 3)" in text
    assert text.endswith("Flatten(), Dense(8, 1)])")
