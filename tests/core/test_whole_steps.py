"""Steps that are compiled as a whole: one call takes many, and every bit is that of steps taken one by one."""

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import build_network
from core.optimizers import SGD, Adam
from core.training import steps_ahead, train_step, works_ahead

pytest.importorskip("numba")

OPTIMIZERS = {"SGD": lambda: SGD(0.05), "momentum": lambda: SGD(0.02, momentum=0.9), "Adam": lambda: Adam(0.003)}


class Learner:
    """A network of 12×12 images with its loss and optimiser."""

    def __init__(self, filters=(4,), kernel=3, outputs=1, optimizer="SGD"):
        self.network = build_network((1, 12, 12), kernel, filters, outputs, seed=0)
        self.loss = BinaryCrossEntropy() if outputs == 1 else SoftmaxCrossEntropy()
        self.optimizer = OPTIMIZERS[optimizer]()

    def one_by_one(self, xs, ys, **options):
        return [
            train_step(self.network, self.loss, self.optimizer, x, y, **options) for x, y in zip(xs, ys, strict=True)
        ]

    def ahead(self, xs, ys, **options):
        return steps_ahead(self.network, self.loss, self.optimizer, xs, ys, **options)

    def at_once(self, xs, ys, **options):
        """Take the steps; their losses."""
        taken = self.ahead(xs, ys, **options)
        if taken:
            taken.go_to(len(taken) - 1)
        return taken.losses

    def state(self):
        """Everything that later steps depend on."""
        return {**self.network.state_dict(), "optimizer": self.optimizer.state_dict()}


def batches(steps, m=9, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    return rng.random((steps, m, 1, 12, 12), np.float32), rng.integers(0, classes, (steps, m))


def assert_same(found, expected):
    """The same values to the last bit, at every depth."""
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, dict):
            assert_same(found[name], value)
        else:
            np.testing.assert_array_equal(found[name], value, err_msg=name)


@given(
    layers=st.tuples(st.sampled_from([(1,), (4,), (5,), (3, 4), (2, 3, 2)]), st.sampled_from([1, 2, 3, 10])),
    optimizer=st.sampled_from([*OPTIMIZERS]),
    m=st.integers(1, 80),
    parts=st.lists(st.integers(1, 5), min_size=1, max_size=3),
    frozen=st.sampled_from([(), ("conv1",), ("fc",)]),
)
def test_how_many_steps_a_call_takes_changes_no_bit(layers, optimizer, m, parts, frozen):
    filters, outputs = layers
    kernel = 1 if len(filters) > 2 else 3
    alone, together = (Learner(filters, kernel, outputs, optimizer) for _ in range(2))
    xs, ys = batches(sum(parts), m, max(2, outputs))
    losses = alone.one_by_one(xs, ys, frozen=frozen)
    found, begin = [], 0
    for count in parts:
        taken = together.at_once(xs[begin : begin + count], ys[begin : begin + count], frozen=frozen)
        assert len(taken) == count
        found += taken
        begin += count
    assert found == losses
    assert_same(together.state(), alone.state())
    assert_same(together.network.gradients(), alone.network.gradients())


@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_moves_the_weights_exactly_as_the_optimiser_moves_them_by_its_gradients(optimizer, outputs):
    learner, by_hand = Learner((3, 2), outputs=outputs, optimizer=optimizer), OPTIMIZERS[optimizer]()
    expected = learner.network.state_dict()
    for x, y in zip(*batches(6, classes=max(2, outputs)), strict=True):
        learner.one_by_one(x[np.newaxis], y[np.newaxis])
        by_hand.step(expected, learner.network.gradients())
        assert_same(learner.network.state_dict(), expected)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_nothing_changes_until_one_goes_to_a_step_and_then_all_is_as_after_it(optimizer):
    alone, together = Learner(optimizer=optimizer), Learner(optimizer=optimizer)
    xs, ys = batches(4)
    for learner in (alone, together):
        learner.one_by_one(xs[:1], ys[:1])
    taken = together.ahead(xs, ys)
    assert_same(together.state(), alone.state())
    assert_same(together.network.gradients(), alone.network.gradients())
    for number in range(4):
        alone.one_by_one(xs[number : number + 1], ys[number : number + 1])
        taken.go_to(number)
        assert_same(together.state(), alone.state())
        assert_same(together.network.gradients(), alone.network.gradients())


def test_it_stops_before_a_step_that_is_for_one_at_a_time():
    xs, ys = batches(5)
    for spoil in ("label", "pixel", "size"):
        x, y = xs.copy(), ys.copy()
        if spoil == "label":
            y[3, 2] = 2
        else:
            # the same picture as either class: one of them is wrong
            x[3, 2:4, 0, 5], y[3, 2:4] = np.nan if spoil == "pixel" else 1e20, [0, 1]
        alone, together = Learner(optimizer="Adam"), Learner(optimizer="Adam")
        alone.one_by_one(x[:3], y[:3])
        taken = together.at_once(x, y)
        assert len(taken) == 3, spoil
        assert_same(together.state(), alone.state())


def test_a_batch_that_nobody_may_write_to_is_trained_on():
    alone, together, (xs, ys) = Learner(), Learner(), batches(2)
    alone.one_by_one(xs, ys)
    xs.flags.writeable = ys.flags.writeable = False
    assert len(together.at_once(xs, ys)) == 2
    assert_same(together.state(), alone.state())


def test_no_step_is_taken_where_steps_are_not_compiled_as_a_whole():
    class Halved(BinaryCrossEntropy):
        def value_and_gradient(self, logits, y):
            value, gradient = super().value_and_gradient(logits, y)
            return value / 2, gradient / 2

    learner, xs, ys = Learner(), *batches(2)
    assert works_ahead(learner.network, learner.loss, learner.optimizer, xs.shape[1:])
    learner_in_float64 = Learner()
    learner_in_float64.network = learner.network.astype(np.float64)
    learner_with_other_loss = Learner()
    learner_with_other_loss.loss = Halved()
    for other in (learner_in_float64, learner_with_other_loss):
        before = other.state()
        assert not works_ahead(other.network, other.loss, other.optimizer, xs.shape[1:])
        assert other.ahead(xs, ys) is None
        assert_same(other.state(), before)


def test_other_threads_run_while_steps_are_taken():
    learner, (xs, ys) = Learner((8, 8)), batches(400, 32)
    learner.at_once(xs[:1], ys[:1])
    begun, ended = threading.Event(), threading.Event()

    def take():
        begun.set()
        learner.at_once(xs, ys)
        ended.set()

    thread = threading.Thread(target=take)
    thread.start()
    begun.wait()
    turns = 0
    while not ended.is_set():
        turns += 1
    thread.join()
    # with the lock held there would be a turn or two: before the call and after it
    assert turns > 100
