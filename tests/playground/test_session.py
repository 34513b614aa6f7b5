"""What a session promises: the same run from the same seed, every sample once an epoch, figures of one step."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.optimizers import SGD
from playground.errors import DivergedError
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


def run(settings: Settings, steps: int) -> Session:
    session = Session(settings)
    for _ in range(steps):
        session.step()
    return session


def assert_same_bits(a: Session, b: Session) -> None:
    for name, weights in a.state_dict().items():
        np.testing.assert_array_equal(weights, b.state_dict()[name])


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_the_same_seed_gives_the_same_bits(optimizer: str) -> None:
    settings = SMALL.changed(optimizer=optimizer, learning_rate=0.01)
    assert_same_bits(run(settings, 30), run(settings, 30))


def test_another_seed_gives_other_weights() -> None:
    first, second = Session(SMALL), Session(SMALL.changed(seed=6))
    assert not np.array_equal(first.state_dict()["conv1.weight"], second.state_dict()["conv1.weight"])


def test_an_evaluation_changes_nothing_in_the_training() -> None:
    watched = Session(SMALL)
    for _ in range(30):
        watched.step()
        watched.evaluate_slice()
        watched.trace_sample(SampleRef("test", 3))
        watched.predict(watched.dataset.x_test[:1])
    assert_same_bits(watched, run(SMALL, 30))


def rows_of_an_epoch(session: Session) -> np.ndarray:
    """The training images of as many steps as make an epoch, in their order; the steps are taken."""
    seen = []
    for _ in range(session.steps_per_epoch):
        seen.append(session.images_of(None).rows)
        session.step()
    return np.concatenate(seen)


def test_an_epoch_visits_every_training_image_once() -> None:
    session = Session(SMALL.changed(batch_size=37))
    visited = rows_of_an_epoch(session)
    np.testing.assert_array_equal(np.sort(visited), np.arange(len(session.dataset.x_train)))


def test_an_epoch_counts_once_its_last_batch_was_trained_on() -> None:
    session = Session(SMALL.changed(batch_size=37))
    steps, counted = session.steps_per_epoch, []
    for _ in range(2 * steps + 1):
        session.step()
        counted.append(session.epoch)
    assert counted == [0] * (steps - 1) + [1] * steps + [2, 2]


def test_epochs_are_shuffled_differently() -> None:
    session = Session(SMALL)
    assert not np.array_equal(rows_of_an_epoch(session), rows_of_an_epoch(session))


def test_a_new_batch_size_counts_from_the_next_step_and_keeps_the_weights() -> None:
    session = run(SMALL, 3)
    before = session.state_dict()
    session.change(SMALL.changed(batch_size=7))
    np.testing.assert_array_equal(session.state_dict()["fc.weight"], before["fc.weight"])
    assert len(session.images_of(None).rows) == 7
    assert session.history.events[-1].text == "m 32 → 7"


def test_a_new_learning_rate_scales_the_next_update() -> None:
    slow, fast = run(SMALL.changed(learning_rate=0.01), 0), run(SMALL.changed(learning_rate=0.01), 0)
    fast.change(fast.settings.changed(learning_rate=0.02))
    start = slow.state_dict()["fc.weight"]
    slow.step()
    fast.step()
    np.testing.assert_allclose(
        fast.state_dict()["fc.weight"] - start, 2 * (slow.state_dict()["fc.weight"] - start), rtol=1e-3, atol=1e-7
    )


def test_a_new_optimizer_keeps_the_weights() -> None:
    session = run(SMALL.changed(optimizer="adam", learning_rate=0.001), 3)
    before = session.state_dict()
    session.change(session.settings.changed(optimizer="sgd"))
    assert isinstance(session.learner.optimizer, SGD)
    np.testing.assert_array_equal(session.state_dict()["fc.weight"], before["fc.weight"])


def test_an_architecture_cannot_change_within_a_session() -> None:
    session = Session(SMALL)
    with pytest.raises(ValueError, match="start a new one"):
        session.change(SMALL.changed(kernel_size=3))


def test_the_figures_of_an_evaluation_belong_to_the_weights_of_its_step() -> None:
    session = Session(SMALL)
    while session.evaluation is None or session.evaluation.step == 0:
        session.step()
    found = session.evaluation
    assert found.step < session.step_count
    again = run(SMALL, found.step)
    again.evaluations.newest = None
    assert again.evaluate().test_loss == pytest.approx(found.test_loss, rel=1e-6)
    assert again.evaluate().test_accuracy == found.test_accuracy


def test_an_evaluation_of_all_at_once_equals_one_forward_pass() -> None:
    session = run(SMALL, 10)
    found = session.evaluate()
    logits = session.network.forward(session.dataset.x_test[:])
    assert found.test_loss == pytest.approx(session.learner.loss.forward(logits, session.dataset.y_test), rel=1e-5)
    assert found.test_accuracy == np.mean((logits[:, 0] > 0) == session.dataset.y_test)


def test_gradient_norms_are_those_of_the_last_batch() -> None:
    session = run(SMALL, 4)
    norms = session.history.series["|dw1|"].read().y
    assert norms[-1] == pytest.approx(np.linalg.norm(session.network.gradients()["conv1.weight"]), rel=1e-5)


def test_divergence_names_the_first_array_and_keeps_the_weights_before_the_step() -> None:
    session = run(SMALL, 2)
    weights = session.state_dict()
    weights["conv1.weight"][0] = 1e38
    session.network.load_state_dict(weights)
    with pytest.raises(DivergedError, match=r"step 3: z₁ is no longer finite"):
        session.step()
    np.testing.assert_array_equal(session.state_dict()["conv1.weight"], weights["conv1.weight"])
    assert session.history.events[-1].kind == "diverged"
    assert all(np.isfinite(series.read().y).all() for series in session.history.series.values())


def test_after_divergence_the_last_good_weights_train_on_with_a_smaller_learning_rate() -> None:
    session = run(SMALL, 60)
    good = session.evaluations.last_good
    weights = session.state_dict()
    weights["conv1.weight"][0] = 1e38
    session.network.load_state_dict(weights)
    with pytest.raises(DivergedError):
        session.step()
    assert session.way_back == f"Back to step {good.step} with η {session.settings.learning_rate / 10:g}"
    session.change(session.settings.changed(learning_rate=0.01))  # chosen by hand, it is not divided
    assert session.way_back == f"Back to step {good.step} with η 0.01"
    session.restore_last_good()
    np.testing.assert_array_equal(session.state_dict()["fc.weight"], good.weights["fc.weight"])
    assert session.settings.learning_rate == 0.01
    assert np.isfinite([session.step() for _ in range(5)]).all()


def test_a_sample_beyond_the_end_is_the_last_one() -> None:
    session = Session(SMALL)
    x, y = session.sample(SampleRef("test", 10**6))
    np.testing.assert_array_equal(x, session.dataset.x_test[-1:])
    assert y == session.dataset.y_test[-1]


def test_a_blackboard_run_begins_with_the_weights_of_the_worked_example() -> None:
    session = Session(Settings(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,), batch_size=1))
    for name, weights in session.dataset.initial_state.items():
        np.testing.assert_array_equal(session.state_dict()[name], weights)


def test_three_against_eight_reaches_97_percent_in_three_epochs_with_the_defaults() -> None:
    session = Session(Settings())
    for _ in range(3 * session.steps_per_epoch):
        session.step()
    assert session.evaluate().test_accuracy >= 0.97


def test_as_many_training_images_as_test_images_are_evaluated_and_the_total_is_told() -> None:
    session = Session(SMALL)
    assert session.evaluation.train_images == session.evaluation.test_images
    assert session.evaluation.train_total == len(session.dataset.x_train)


def test_settings_and_steps_give_every_prefix_of_a_run() -> None:
    short, long = run(SMALL, 10), run(SMALL, 20)
    first = short.history.series["batch_loss"].read().y
    second = long.history.series["batch_loss"].read().y
    assert list(first) == list(itertools.islice(second, 10))
