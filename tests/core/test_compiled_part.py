"""The compiled kernels compute what the layers compute."""

import importlib
import sys

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.fast_path import choice
from core.fast_path.part import NumpyPart
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.losses import SoftmaxCrossEntropy
from core.network import Network, build_network
from core.optimizers import SGD
from core.training import logits_of, train_step

pytest.importorskip("numba")
CompiledPart = choice.compiled_part()


def network_of(image_shape, filters, kernel, seed=0):
    """Blocks of convolution, ReLU and pooling, and a dense layer for three classes; biases are not 0."""
    channels, *sides = image_shape
    rng = np.random.default_rng(seed)
    layers = []
    for inputs, count in zip((channels, *filters), filters, strict=False):
        conv = Conv2D(inputs, count, kernel, rng=rng)
        assume(all(side > extent for side, extent in zip(sides, kernel, strict=True)))
        height, width = conv.output_size(*sides)
        sides = height // 2, width // 2
        layers += [conv, ReLU(), MaxPool2D(2)]
    network = Network([*layers, Flatten(), Dense(filters[-1] * sides[0] * sides[1], 3, rng=rng)])
    for name, values in network.parameters().items():
        if name.endswith("bias"):
            values[...] = rng.uniform(-0.2, 0.4, values.shape)
    return network


def assert_step_equals_layers(network, x, y):
    """A step in float32 gives the loss and gradients that the layers work out in float64, to rounding."""
    exact, loss = network.astype(np.float64), SoftmaxCrossEntropy()
    logits = exact.forward(x.astype(np.float64))
    value = loss.forward(logits, y)
    exact.backward(loss.backward())
    np.testing.assert_allclose(logits_of(network, x), logits, rtol=1e-4, atol=1e-5)
    assert train_step(network, SoftmaxCrossEntropy(), SGD(1e-3), x, y) == pytest.approx(value, rel=1e-4)
    for name, gradient in network.gradients().items():
        np.testing.assert_allclose(gradient, exact.gradients()[name], rtol=1e-3, atol=1e-5, err_msg=name)


@given(
    filters=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    kernel=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    image_shape=st.tuples(st.integers(1, 10), st.integers(8, 28), st.integers(8, 28)),
    m=st.integers(1, 35),
    seed=st.integers(0, 100),
)
def test_a_compiled_step_is_the_step_of_the_layers(filters, kernel, image_shape, m, seed):
    network = network_of(image_shape, filters, kernel, seed)
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((m, *image_shape)).astype(np.float32)
    assert isinstance(choice.new_part(network, x.shape), CompiledPart)
    assert_step_equals_layers(network, x, rng.integers(0, 3, m))


def test_the_first_of_equal_cells_wins_and_shut_windows_pass_nothing_back():
    network = build_network((1, 12, 12), 3, (4,), 3, seed=0)
    x = np.zeros((3, 1, 12, 12), np.float32)
    # half of the windows see nothing but zeros: every cell ties at the bias, below, at and above 0
    x[:, :, 6:] = np.random.default_rng(0).integers(0, 2, (3, 1, 6, 12))
    network.layers[0].params["bias"][...] = [-0.5, 0, 0.25, 0.5]
    assert_step_equals_layers(network, x, np.array([0, 1, 2]))


@pytest.mark.parametrize("cell", range(4))
def test_a_cell_that_is_not_a_number_reaches_the_logits_from_any_place_in_its_window(cell):
    network = build_network((1, 3, 3), 2, (1,), 2, seed=0)
    network.layers[0].params["weight"][...] = [[[[0, 0], [0, 1]]]]
    x = np.ones((1, 1, 3, 3), np.float32)
    x[0, 0, 1 + cell // 2, 1 + cell % 2] = np.nan
    with np.errstate(invalid="ignore"):
        assert np.isnan(network.forward(x)).all()
        assert np.isnan(logits_of(network, x)).all()


def test_places_without_a_sample_change_nothing():
    network = build_network((1, 12, 12), 3, (4, 3), 3, seed=0)
    rng = np.random.default_rng(0)
    x, y = rng.random((9, 1, 12, 12), np.float32), rng.integers(0, 3, 9)

    def gradients_after(*sizes):
        for size in sizes:
            train_step(network, SoftmaxCrossEntropy(), SGD(1e-9), x[:size], y[:size])
        return {name: value.copy() for name, value in network.gradients().items()}

    alone = gradients_after(9)
    # weights stay the same to their last bit but for a step of 1e-9
    for name, value in gradients_after(8, 1, 9).items():
        np.testing.assert_allclose(value, alone[name], rtol=1e-5, atol=1e-7, err_msg=name)


@pytest.mark.parametrize(
    "conv",
    [Conv2D(1, 2, 3, 2), Conv2D(1, 2, 3, 1, 1), Conv2D(1, 2, 3, dtype=np.float64)],
    ids=["stride", "padding", "float64"],
)
def test_what_the_kernels_are_not_made_for_is_left_to_numpy(conv):
    pooled = MaxPool2D(2).output_size(*conv.output_size(12, 12))
    dtype = conv.params["weight"].dtype
    network = Network([conv, ReLU(), MaxPool2D(2), Flatten(), Dense(2 * pooled[0] * pooled[1], 1, dtype=dtype)])
    assert isinstance(choice.new_part(network, (4, 1, 12, 12)), NumpyPart)


@pytest.mark.parametrize("filters", [(1,), (3,), (5, 2)])
@pytest.mark.parametrize("m", [1, 9, 32])
def test_lanes_lie_in_whole_lines_of_the_cache(filters, m):
    from core.fast_path.compiled.memory import PassMemory  # noqa: PLC0415 - it needs Numba

    network = build_network((1, 12, 12), 3, filters, 3, seed=0)
    places, numbers, whole_numbers, _ = PassMemory(network, (m, 1, 12, 12)).for_kernels
    assert numbers.ctypes.data == whole_numbers.ctypes.data
    assert numbers.ctypes.data % 64 == 0
    lanes_bytes = 32
    assert np.all(places[..., 0] * numbers.itemsize % lanes_bytes == 0)


@pytest.fixture
def undecided():
    """The choice is made anew, and forgotten afterwards."""
    choice.compiled_part.cache_clear()
    yield
    choice.compiled_part.cache_clear()


@pytest.mark.usefixtures("undecided")
def test_a_variable_of_the_environment_leaves_numba_aside(monkeypatch):
    monkeypatch.setenv(choice.NUMPY_ONLY, "1")
    assert choice.compiled_part() is None


@pytest.mark.usefixtures("undecided")
def test_while_it_is_loaded_the_seconds_are_counted(monkeypatch):
    load, counted = importlib.import_module, []

    def slowly(name):
        counted.append(choice.seconds_loading())
        return load(name)

    monkeypatch.setattr(choice.importlib, "import_module", slowly)
    assert choice.seconds_loading() == 0.0
    choice.compiled_part()
    assert counted[0] > 0.0
    assert choice.seconds_loading() == 0.0


@pytest.mark.usefixtures("undecided")
def test_an_installation_that_does_not_work_is_named_and_numpy_trains(monkeypatch, caplog):
    # as Python itself has it for a module that cannot be imported
    monkeypatch.setitem(sys.modules, "core.fast_path.compiled", None)
    network = build_network((1, 12, 12), 3, (4,), 1, seed=0)
    assert isinstance(choice.new_part(network, (4, 1, 12, 12)), NumpyPart)
    assert "Numba cannot be used" in caplog.text
