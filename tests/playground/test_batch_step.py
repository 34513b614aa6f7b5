"""One step taken apart: it is the step that training would take, and its parts add up."""

from __future__ import annotations

import numpy as np
import pytest

from playground.batch_step import LARGEST_SAMPLE_COUNT
from playground.data_order import DataOrder
from playground.errors import PlaygroundError
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=16, seed=5)
DEEP = SMALL.changed(classes=(0, 1, 2, 3), kernel_size=3, filters=(3, 4), batch_size=8)
ONE_BY_ONE = Settings(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,), batch_size=1)
ALL = pytest.mark.parametrize("settings", [SMALL, DEEP, ONE_BY_ONE], ids=["one block", "two blocks", "blackboard"])
RULES = pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])


def trained(settings: Settings, steps: int = 3) -> Session:
    session = Session(settings)
    for _ in range(steps):
        session.step()
    return session


def named_parameters(session: Session) -> dict[str, np.ndarray]:
    names = [f"{letter}{layer}" for layer in range(1, session.settings.blocks + 2) for letter in "wb"]
    return dict(zip(names, session.state_dict().values(), strict=True))


@ALL
@RULES
def test_a_step_taken_apart_is_the_step_that_training_takes(settings: Settings, optimizer: str) -> None:
    settings = settings.changed(optimizer=optimizer, learning_rate=0.01)
    session = trained(settings)
    prepared = session.prepare_batch_step()
    assert session.step() == prepared.loss
    assert session.step_count == prepared.step
    for name, weights in named_parameters(session).items():
        np.testing.assert_array_equal(weights, prepared.weights_after[name], err_msg=name)


@RULES
def test_applying_gives_the_same_bits_as_step_over_a_whole_epoch(optimizer: str) -> None:
    settings = SMALL.changed(optimizer=optimizer, learning_rate=0.01)
    by_hand, by_itself = Session(settings), Session(settings)
    for _ in range(by_hand.steps_per_epoch + 2):
        assert by_hand.apply_batch_step(by_hand.prepare_batch_step()) == by_itself.step()
    for name, weights in by_hand.state_dict().items():
        np.testing.assert_array_equal(weights, by_itself.state_dict()[name])
    assert by_hand.epoch == by_itself.epoch == 1


def test_preparing_changes_nothing() -> None:
    watched, left_alone = trained(SMALL), trained(SMALL)
    gradients = {name: gradient.copy() for name, gradient in watched.network.gradients().items()}
    for source in (None, SampleRef("test", 4), None):
        watched.prepare_batch_step(source)
    for name, gradient in watched.network.gradients().items():
        np.testing.assert_array_equal(gradient, gradients[name])
    assert watched.step() == left_alone.step()
    for name, weights in watched.state_dict().items():
        np.testing.assert_array_equal(weights, left_alone.state_dict()[name])


def test_peeking_over_the_end_of_an_epoch_moves_nothing() -> None:
    order, other = DataOrder(10, 3), DataOrder(10, 3)
    for _ in range(12):
        np.testing.assert_array_equal(order.peek(4), order.peek(4))
        np.testing.assert_array_equal(order.take(4), other.take(4))
    assert order.epoch == other.epoch == 3


@ALL
def test_update_is_what_lies_between_the_weights(settings: Settings) -> None:
    prepared = trained(settings).prepare_batch_step()
    for name, update in prepared.updates.items():
        np.testing.assert_array_equal(update, prepared.weights_after[name] - prepared.weights[name])
        np.testing.assert_allclose(update, -prepared.learning_rate * prepared.gradients[name], rtol=1e-3, atol=1e-7)


@ALL
def test_gradients_of_the_samples_average_to_that_of_the_batch(settings: Settings) -> None:
    prepared = trained(settings).prepare_batch_step()
    for name, alone in prepared.sample_gradients.items():
        assert alone.shape == (prepared.m, *prepared.weights[name].shape)
        scale = np.abs(alone).max()
        np.testing.assert_allclose(alone.mean(axis=0), prepared.gradients[name], rtol=1e-4, atol=1e-6 * scale)


def test_gradients_of_the_step_are_those_of_the_traced_batch() -> None:
    prepared = trained(DEEP).prepare_batch_step()
    for name, gradient in prepared.gradients.items():
        np.testing.assert_allclose(prepared.trace.arrays[f"d{name}"], gradient, rtol=1e-4, atol=1e-7)


def test_losses_of_the_samples_average_to_that_of_the_batch() -> None:
    prepared = trained(DEEP).prepare_batch_step()
    assert prepared.sample_losses.shape == (8,)
    assert prepared.sample_losses.mean() == pytest.approx(prepared.loss, rel=1e-6)


def test_a_large_batch_works_out_the_gradients_of_its_first_samples() -> None:
    session = Session(SMALL.changed(batch_size=100, filters=(1,)))
    prepared = session.prepare_batch_step()
    assert prepared.sample_gradients["w1"].shape == (LARGEST_SAMPLE_COUNT, 1, 1, 5, 5)
    assert prepared.sample_losses.shape == (100,)
    again = session.prepare_batch_step(prepared.images.refs[63]).gradients["w1"]
    np.testing.assert_allclose(prepared.sample_gradients["w1"][63], again, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("learning_rate", [1e-4, 1e-5])
def test_predicted_change_of_plain_sgd_is_minus_eta_times_the_squared_gradient(learning_rate: float) -> None:
    prepared = trained(SMALL.changed(learning_rate=learning_rate)).prepare_batch_step()
    squared = sum(float((gradient.astype(np.float64) ** 2).sum()) for gradient in prepared.gradients.values())
    assert prepared.plain_sgd
    assert prepared.predicted_change == pytest.approx(-learning_rate * squared, rel=1e-2)
    # so small a step changes the loss as its derivative says, and in float64 the difference is seen
    assert prepared.loss_change == pytest.approx(prepared.predicted_change, rel=0.02)


def test_only_sgd_without_momentum_is_plain() -> None:
    assert not Session(SMALL.changed(optimizer="momentum")).prepare_batch_step().plain_sgd
    assert not Session(SMALL.changed(optimizer="adam")).prepare_batch_step().plain_sgd


def test_loss_after_is_that_of_the_same_batch_with_the_new_weights() -> None:
    session = trained(SMALL)
    prepared = session.prepare_batch_step()
    session.apply_batch_step(prepared)
    x, y = prepared.images.x, prepared.images.y
    assert session.learner.loss.forward(session.network.forward(x), y) == pytest.approx(prepared.loss_after, rel=1e-5)


def test_the_ratio_compares_the_lengths_of_update_and_weights() -> None:
    prepared = trained(SMALL).prepare_batch_step()
    expected = np.linalg.norm(prepared.updates["w1"]) / np.linalg.norm(prepared.weights["w1"])
    assert prepared.ratio("w1") == pytest.approx(float(expected), rel=1e-5)
    assert Session(SMALL).prepare_batch_step().ratio("b1") == np.inf  # biases begin at zero


def test_a_step_on_one_image_is_counted_marked_and_leaves_the_order_alone() -> None:
    session, other = trained(SMALL), trained(SMALL)
    prepared = session.prepare_batch_step(SampleRef("train", 7))
    assert prepared.m == 1
    np.testing.assert_array_equal(prepared.trace.x[0], session.dataset.x_train[7])
    session.apply_batch_step(prepared)
    assert session.step_count == 4
    assert session.history.events[-1].text == "a step on train 7 alone"
    np.testing.assert_array_equal(session.images_of(None).rows, other.images_of(None).rows)


@pytest.mark.parametrize("change", ["step", "learning_rate", "batch_size", "optimizer", "weight", "pixel"])
def test_a_step_worked_out_for_something_else_is_refused_and_nothing_changes(change: str) -> None:
    session = trained(SMALL)
    prepared = session.prepare_batch_step()
    changes = {"learning_rate": 0.5, "batch_size": 4, "optimizer": "adam"}
    if change == "step":
        session.step()
    elif change == "weight":
        session.edit_parameter("w1", (0, 0, 0, 0), 0.25)
    elif change == "pixel":
        session.edit_pixel(prepared.images.refs[2], (0, 3, 3), 0.3)
    else:
        session.change(SMALL.changed(**{change: changes[change]}))
    steps, weights = session.step_count, session.state_dict()
    with pytest.raises(PlaygroundError, match="Step 4 was worked out"):
        session.apply_batch_step(prepared)
    assert session.step_count == steps
    for name, value in session.state_dict().items():
        np.testing.assert_array_equal(value, weights[name])


def test_the_parts_of_a_step_cannot_be_written() -> None:
    prepared = Session(SMALL).prepare_batch_step()
    parts = (prepared.weights, prepared.gradients, prepared.updates, prepared.weights_after, prepared.sample_gradients)
    assert not any(array.flags.writeable for part in parts for array in part.values())


def test_a_step_that_overflows_is_shown_as_it_is() -> None:
    session = Session(SMALL)
    session.network.parameters()["conv1.weight"].fill(1e38)
    assert not np.isfinite(session.prepare_batch_step().trace.z1).all()
