"""Going back a step: the same weights, the same order, and from there the same bits again."""

from __future__ import annotations

import numpy as np
import pytest

from playground.errors import PlaygroundError
from playground.history import Event, History, Series
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.undo import UNDO_LIMIT
from tests.playground.test_session import assert_same_bits

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)
RULES = pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])


def step_by_hand(session: Session, count: int = 1) -> list[float]:
    losses = []
    for _ in range(count):
        session.remember()
        losses.append(session.step())
    return losses


@RULES
def test_after_going_back_the_same_steps_give_the_same_bits(optimizer: str) -> None:
    settings = SMALL.changed(optimizer=optimizer, learning_rate=0.01, batch_size=100)
    session, straight = Session(settings), Session(settings)
    first = step_by_hand(session, 9)  # over the end of an epoch, which is six steps
    straight_losses = [straight.step() for _ in range(12)]
    for _ in range(7):
        session.undo_step()
    assert (session.step_count, session.epoch) == (2, 0)
    again = step_by_hand(session, 10)
    assert [*first[:2], *again] == straight_losses
    assert session.epoch == straight.epoch == 2
    assert_same_bits(session, straight)


def test_weights_gradients_and_loss_are_those_of_the_step() -> None:
    session = Session(SMALL)
    step_by_hand(session, 3)
    weights, loss = session.state_dict(), session.batch_loss
    gradients = {name: gradient.copy() for name, gradient in session.network.gradients().items()}
    step_by_hand(session, 2)
    session.undo_step()
    session.undo_step()
    assert session.batch_loss == loss
    for name, value in session.state_dict().items():
        np.testing.assert_array_equal(value, weights[name])
        np.testing.assert_array_equal(session.network.gradients()[name], gradients[name])


def test_the_curves_end_where_the_run_stands() -> None:
    session = Session(SMALL)
    step_by_hand(session, 5)
    session.evaluate()
    session.undo_step()
    for name, series in session.history.series.items():
        assert all(series.read().x <= 4), name
    assert len(session.history.series["batch_loss"]) == 4
    assert session.history.generation == 1


def test_the_same_weights_are_evaluated_twice_but_drawn_once() -> None:
    session = Session(SMALL)
    step_by_hand(session)
    first = session.evaluate()
    step_by_hand(session)
    session.undo_step()
    session.evaluations.newest = None
    assert session.evaluate() == first
    assert list(session.history.series["test_loss"].read().x) == [0, 1]


def test_at_most_fifty_steps_are_kept() -> None:
    session = Session(SMALL.changed(filters=(1,), batch_size=1))
    step_by_hand(session, UNDO_LIMIT + 5)
    undone = 0
    while session.undo_target is not None:
        session.undo_step()
        undone += 1
    assert (undone, session.step_count) == (50, 5)
    with pytest.raises(PlaygroundError, match="no step to go back to"):
        session.undo_step()


def test_steps_that_training_took_by_itself_are_undone_at_once() -> None:
    session = Session(SMALL)
    step_by_hand(session, 2)
    session.remember()
    for _ in range(20):
        session.step()
    assert session.undo_target == 2
    session.undo_step()
    assert (session.step_count, session.undo_target) == (2, 1)


def test_a_step_on_one_image_can_be_undone_with_its_marker() -> None:
    session, straight = Session(SMALL), Session(SMALL)
    session.remember()
    session.apply_batch_step(session.prepare_batch_step(SampleRef("train", 3)))
    session.undo_step()
    assert session.history.events == ()
    assert session.step() == straight.step()
    assert_same_bits(session, straight)


def test_the_learning_rate_chosen_since_then_stays_and_is_marked() -> None:
    session = Session(SMALL)
    step_by_hand(session, 2)
    session.change(SMALL.changed(learning_rate=0.02))
    session.undo_step()
    assert session.learner.optimizer.learning_rate == session.settings.learning_rate == 0.02
    assert [(event.step, event.text) for event in session.history.events] == [(1, "η 0.1 → 0.02")]


def test_another_optimizer_since_then_begins_with_fresh_averages() -> None:
    session = Session(SMALL.changed(optimizer="momentum"))
    step_by_hand(session, 2)
    session.change(session.settings.changed(optimizer="adam", learning_rate=0.001))
    session.undo_step()
    assert session.learner.optimizer.steps == 0
    assert np.isfinite(session.step())


def test_edits_of_undone_steps_are_gone_and_earlier_ones_stay() -> None:
    session = Session(SMALL)
    session.edit_parameter("w1", (0, 0, 0, 0), 0.5)
    step_by_hand(session)
    session.edit_parameter("b1", (1,), 0.25)
    session.undo_step()
    assert [(edit.name, edit.step) for edit in session.edits.done] == [("w1", 0)]
    assert session.network.parameters()["conv1.weight"][0, 0, 0, 0] == 0.5
    assert session.network.parameters()["conv1.bias"][1] == 0


def test_a_curve_cut_short_grows_into_new_memory() -> None:
    series = Series()
    for step in range(10):
        series.append(step, step)
    before = series.read()
    series.truncate(4)
    assert (len(series), series.generation) == (5, before.generation + 1)
    series.append(5, 50)
    np.testing.assert_array_equal(before.y, np.arange(10))
    np.testing.assert_array_equal(before.x, np.arange(10))
    assert series.last == (5, 50)


def test_cutting_nothing_off_a_curve_leaves_its_generation() -> None:
    series = Series()
    series.append(3, 1.0)
    series.truncate(3)
    assert (len(series), series.generation) == (1, 0)


def test_a_history_forgets_the_markers_after_the_step() -> None:
    history = History()
    for step in (1, 5):
        history.mark(Event(step, "learning_rate", "η"))
    history.truncate(4)
    assert [event.step for event in history.events] == [1]
