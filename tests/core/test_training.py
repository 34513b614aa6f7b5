"""train_step: the fast path computes what the layers compute."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.arrays import ShapeError
from core.fast_path import choice, supports_fast_path
from core.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import Network, build_network
from core.optimizers import SGD, Adam
from core.training import logits_of, train_step


@pytest.fixture(params=["NumPy", "compiled"])
def kind(request, monkeypatch):
    """The kind of part that does the work: both keep the same promises."""
    part = None
    if request.param == "compiled":
        pytest.importorskip("numba")
        part = choice.compiled_part()
        assert part is not None
    monkeypatch.setattr(choice, "compiled_part", lambda: part)


@pytest.fixture
def numpy_only(monkeypatch):
    monkeypatch.setattr(choice, "compiled_part", lambda: None)


def batch(m, shape=(1, 12, 12), classes=2, seed=0, dtype=np.float32):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((m, *shape)).astype(dtype), rng.integers(0, classes, m)


def plain_gradients(network, loss, x, y):
    twin = network.twin()
    value = loss.forward(twin.forward(x), y)
    twin.backward(loss.backward())
    return value, twin.gradients()


def assert_step_equals_layers(network, loss, x, y):
    value, expected = plain_gradients(network, loss, x, y)
    assert train_step(network, loss, SGD(1e-3), x, y) == pytest.approx(value, rel=1e-12)
    for name, gradient in network.gradients().items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-9, atol=1e-12, err_msg=name)


@given(
    geometry=st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 2)),
    sides=st.tuples(st.integers(8, 11), st.integers(8, 11)),
    m=st.integers(1, 4),
    seed=st.integers(0, 100),
)
def test_fast_path_equals_plain_forward_and_backward(geometry, sides, m, seed):
    rng = np.random.default_rng(seed)
    layers = [
        Conv2D(2, 3, *geometry, rng=rng, dtype=np.float64),
        ReLU(),
        MaxPool2D(2),
        Conv2D(3, 2, 1, padding=1, rng=rng, dtype=np.float64),
        ReLU(),
        MaxPool2D(2),
        Flatten(),
    ]
    features = Network(layers).forward(np.zeros((1, 2, *sides))).shape[1]
    network = Network([*layers, Dense(features, 3, rng=rng, dtype=np.float64)])
    network.load_state_dict({name: rng.standard_normal(w.shape) for name, w in network.parameters().items()})
    assert supports_fast_path(network)
    assert_step_equals_layers(network, SoftmaxCrossEntropy(), *batch(m, (2, *sides), 3, seed, np.float64))


@given(
    kernel=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    stride=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    padding=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    sides=st.tuples(st.integers(9, 14), st.integers(9, 14)),
    channels=st.integers(1, 3),
)
def test_kernels_of_any_size_stride_and_padding_train_alike_on_both_paths(kernel, stride, padding, sides, channels):
    rng = np.random.default_rng(1)
    block = [Conv2D(channels, 2, kernel, stride, padding, rng=rng, dtype=np.float64), ReLU(), MaxPool2D(2)]
    assume(min(block[0].output_size(*sides)) >= 2)
    _, filters, height, width = Network(block).forward(np.zeros((1, channels, *sides))).shape
    # a second block of the same kind reads what the first one made, and hands its gradient back
    deeper = [Conv2D(filters, 2, kernel, stride, (4, 4), rng=rng, dtype=np.float64), ReLU(), MaxPool2D(2), Flatten()]
    assume(min(deeper[0].output_size(height, width)) >= 2)
    features = Network([*block, *deeper]).forward(np.zeros((1, channels, *sides))).shape[1]
    network = Network([*block, *deeper, Dense(features, 1, rng=rng, dtype=np.float64)])
    assert_step_equals_layers(network, BinaryCrossEntropy(), *batch(3, (channels, *sides), dtype=np.float64))


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("filters", [(4,), (3, 4)])
@pytest.mark.parametrize("m", [1, 31, 33, 200])
def test_the_number_of_threads_changes_no_bit(filters, m):
    def train(threads):
        network = build_network((1, 14, 14), 3, filters, 3, seed=0)
        loss = SoftmaxCrossEntropy()
        values = [
            train_step(network, loss, SGD(0.1), *batch(m, (1, 14, 14), 3, step), threads=threads) for step in range(3)
        ]
        return values, network.state_dict()

    (values, state), (values_shared, state_shared) = train(1), train(3)
    assert values == values_shared
    assert all(np.array_equal(state[name], state_shared[name]) for name in state)


@pytest.mark.usefixtures("kind")
def test_an_error_on_another_thread_reaches_the_caller_and_changes_no_parameter():
    network = build_network((1, 12, 12), 3, (2,), 1, seed=0)
    before = network.state_dict()
    x, y = batch(130)
    y[-1] = 2
    with pytest.raises(ValueError, match="y holds 2"):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), x, y, threads=2)
    assert all(np.array_equal(before[name], value) for name, value in network.state_dict().items())


@pytest.mark.usefixtures("numpy_only")
def test_overflow_on_another_thread_follows_the_error_state_of_the_caller():
    network = build_network((1, 12, 12), 3, (2,), 1, seed=0)
    network.layers[-1].params["weight"][...] = 3e38
    x, y = batch(130)
    with np.errstate(all="ignore"):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), x, y, threads=2)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), x, y, threads=2)


@pytest.mark.parametrize("m", [1, 5, 100])
@pytest.mark.parametrize("filters", [(4,), (3, 4)])
def test_logits_of_images_are_those_of_the_layers(filters, m):
    network = build_network((1, 14, 14), 3, filters, 3, seed=0, dtype=np.float64)
    x, _ = batch(m, (1, 14, 14), dtype=np.float64)
    np.testing.assert_allclose(logits_of(network, x, threads=2), network.forward(x), rtol=1e-12, atol=1e-14)


@pytest.mark.usefixtures("kind")
def test_no_images_have_no_logits_and_are_no_batch_to_train_on():
    network = build_network((1, 12, 12), 3, (4,), 3, seed=0)
    x, y = batch(0)
    assert logits_of(network, x).shape == (0, 3)
    with pytest.raises(ValueError, match="0 samples"):
        train_step(network, SoftmaxCrossEntropy(), SGD(0.1), x, y)


@pytest.mark.usefixtures("kind")
def test_classifying_between_two_steps_leaves_gradients_and_the_next_step_alone():
    def run(classify):
        network, loss = build_network((1, 12, 12), 3, (4,), 1, seed=0), BinaryCrossEntropy()
        states = []
        for step in range(3):
            train_step(network, loss, SGD(0.1), *batch(8, seed=step))
            kept = {name: gradient.copy() for name, gradient in network.gradients().items()}
            if classify:
                logits_of(network, batch(8, seed=9)[0])
                logits_of(network, batch(50, seed=9)[0])
            assert all(np.array_equal(kept[name], gradient) for name, gradient in network.gradients().items())
            states.append(network.state_dict())
        return states

    for alone, between in zip(run(classify=False), run(classify=True), strict=True):
        assert all(np.array_equal(alone[name], between[name]) for name in alone)


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize("outputs", [1, 3])
def test_fast_path_of_the_lecture_network_agrees_in_float32(outputs):
    network = build_network((1, 12, 12), 3, (4,), outputs, seed=0)
    loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
    x, y = batch(8, classes=max(outputs, 2))
    _, expected = plain_gradients(network, loss, x, y)
    train_step(network, loss, SGD(0.1), x, y)
    for name, gradient in network.gradients().items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-4, atol=1e-6, err_msg=name)


@pytest.mark.parametrize("m", [64, 65, 150])
def test_large_batches_run_in_parts_have_the_gradients_of_the_whole(m):
    network = build_network((1, 12, 12), 3, (2, 3), 3, seed=0, dtype=np.float64)
    assert_step_equals_layers(network, SoftmaxCrossEntropy(), *batch(m, classes=3, dtype=np.float64))


@pytest.mark.usefixtures("kind")
def test_labels_of_another_number_are_refused_also_for_large_batches():
    network = build_network((1, 12, 12), 3, (2,), 1, seed=0)
    x, y = batch(130)
    with pytest.raises(ShapeError, match=r"\(129,\).*130 samples"):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), x, y[:-1])


def test_ties_and_dead_windows_train_alike_on_both_paths():
    network = build_network((1, 12, 12), 3, (4,), 1, seed=0, dtype=np.float64)
    x = np.zeros((3, 1, 12, 12))
    # half of the windows see nothing but zeros: every cell ties at the bias, below, at and above 0
    x[:, :, 6:] = np.random.default_rng(0).integers(0, 2, (3, 1, 6, 12))
    network.layers[0].params["bias"][...] = [-0.5, 0, 0.25, 0.5]
    assert_step_equals_layers(network, BinaryCrossEntropy(), x, np.array([0, 1, 1]))


def test_networks_of_another_structure_train_by_their_layers():
    network = Network([Conv2D(1, 2, 3), ReLU(), MaxPool2D(3, stride=2), Flatten(), Dense(32, 4), ReLU(), Dense(4, 1)])
    assert not supports_fast_path(network)
    x, y = batch(6)
    losses = [train_step(network, BinaryCrossEntropy(), SGD(0.1), x, y) for _ in range(30)]
    assert losses[-1] < losses[0] / 2


@pytest.mark.usefixtures("kind")
def test_loss_falls_to_near_zero_on_one_batch():
    network = build_network((1, 12, 12), 3, (8,), 1, seed=0)
    x, y = batch(16)
    losses = [train_step(network, BinaryCrossEntropy(), Adam(0.02), x, y) for _ in range(5)]
    optimizer = Adam(0.02)
    losses += [train_step(network, BinaryCrossEntropy(), optimizer, x, y) for _ in range(100)]
    assert losses[-1] < 0.01 < losses[0]


@pytest.mark.usefixtures("kind")
def test_batch_sizes_in_turn_give_the_bits_of_separate_runs():
    def run(sizes):
        network = build_network((1, 12, 12), 3, (4, 3), 3, seed=0)
        steps = []
        for size in sizes:
            # the other sizes leave the weights as they were, so that only reused memory could make a difference
            state = network.state_dict()
            train_step(network, SoftmaxCrossEntropy(), SGD(0.1), *batch(size, classes=3, seed=size))
            if size == 5:
                steps.append({name: value.copy() for name, value in network.parameters().items()})
            else:
                network.load_state_dict(state)
        return steps

    alone, mixed = run([5, 5, 5]), run([5, 1, 7, 2, 3, 5, 4, 5])
    for first, second in zip(alone, mixed, strict=True):
        assert all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.usefixtures("kind")
def test_training_is_deterministic_bit_for_bit():
    def run():
        network = build_network((1, 12, 12), 3, (4,), 1, seed=3)
        optimizer = SGD(0.1, momentum=0.9)
        losses = [train_step(network, BinaryCrossEntropy(), optimizer, *batch(8, seed=step)) for step in range(20)]
        return losses, network.state_dict()

    (losses, state), (losses_again, state_again) = run(), run()
    assert losses == losses_again
    assert all(np.array_equal(state[name], state_again[name]) for name in state)


@pytest.mark.usefixtures("kind")
def test_everything_in_a_float32_step_is_float32():
    network = build_network((1, 12, 12), 3, (4, 2), 3, seed=0)
    optimizer = Adam(0.01)
    train_step(network, SoftmaxCrossEntropy(), optimizer, *batch(4, classes=3))
    memory = [value for kind in ("mean", "square") for value in optimizer.state_dict()[kind].values()]
    arrays = [*network.parameters().values(), *network.gradients().values(), *memory]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


@pytest.mark.usefixtures("kind")
def test_a_step_leaves_arrays_of_an_earlier_backward_alone():
    network = build_network((1, 12, 12), 3, (4,), 1, seed=0)
    loss = BinaryCrossEntropy()
    x, y = batch(4)
    logits = network.forward(x)
    loss.forward(logits, y)
    network.backward(loss.backward())
    kept = {name: (value, value.copy()) for name, value in network.gradients().items()}
    before = logits.copy()
    train_step(network, loss, SGD(0.1), *batch(4, seed=1))
    np.testing.assert_array_equal(logits, before)
    for array, copy in kept.values():
        np.testing.assert_array_equal(array, copy)


@pytest.mark.usefixtures("kind")
def test_memory_of_other_batch_sizes_is_bounded():
    network = build_network((1, 12, 12), 3, (2,), 1, seed=0)
    for m in range(1, 12):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), *batch(m))
    assert len(network.workspace._plans) <= 4


@pytest.mark.usefixtures("kind")
@pytest.mark.parametrize(
    ("x_shape", "labels", "words"),
    [
        ((4, 2, 12, 12), 4, "takes 1 channel.*has 2"),
        ((4, 12, 12), 4, r"\(4, 12, 12\)"),
        ((4, 1, 14, 12), 4, "takes 100 features.*120"),
        ((4, 1, 12, 12), 3, r"\(3,\).*4 samples"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused_and_changes_nothing(x_shape, labels, words):
    network = build_network((1, 12, 12), 3, (4,), 1, seed=0)
    before = network.state_dict()
    with pytest.raises(ShapeError, match=words):
        train_step(network, BinaryCrossEntropy(), SGD(0.1), np.zeros(x_shape, np.float32), np.zeros(labels, int))
    assert all(np.array_equal(before[name], value) for name, value in network.state_dict().items())
