"""The predicted and the real change of a batch's loss, step by step."""

from __future__ import annotations

import numpy as np
import pytest

from playground.loss_change import MEASURED_SERIES, verdict_on
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=16, seed=5)


def measured(session: Session) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Steps, predicted changes, real changes."""
    predicted = session.history.series["predicted_change"].read()
    real = session.history.series["loss_change"].read()
    np.testing.assert_array_equal(predicted.x, real.x)
    return predicted.x, predicted.y, real.y


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_each_step_is_measured_as_the_step_taken_apart_predicts_it(optimizer):
    session = Session(SMALL.changed(optimizer=optimizer, learning_rate=0.01))
    session.measure_change(True)
    apart = []
    for _ in range(5):
        apart.append(session.prepare_batch_step())
        session.step()
    steps, predicted, real = measured(session)
    assert steps.tolist() == [1, 2, 3, 4, 5]
    np.testing.assert_allclose(predicted, [step.predicted_change for step in apart], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(real, [step.loss_change for step in apart], atol=1e-6)


def test_measuring_changes_no_bit_of_the_run():
    watched, alone = Session(SMALL), Session(SMALL)
    watched.measure_change(True)
    for _ in range(12):
        assert watched.step() == alone.step()
    for name, weights in watched.state_dict().items():
        np.testing.assert_array_equal(weights, alone.state_dict()[name])
    assert not len(alone.history.series["loss_change"])


def test_nothing_is_measured_once_nobody_looks_and_the_curve_begins_anew_after_a_gap():
    session = Session(SMALL)
    session.measure_change(True)
    session.step()
    session.measure_change(False)
    session.measure_change(True)
    session.step()
    assert measured(session)[0].tolist() == [1, 2]  # no step was missed
    session.measure_change(False)
    session.step()
    session.measure_change(True)
    session.step()
    assert measured(session)[0].tolist() == [4]


def test_going_back_a_step_takes_its_measurement_away():
    session = Session(SMALL)
    session.measure_change(True)
    session.remember()
    session.step()
    session.undo_step()
    assert all(not len(session.history.series[name]) for name in MEASURED_SERIES)


@pytest.mark.parametrize(("learning_rate", "kind"), [(1e-3, "fine"), (10.0, "too large")])
def test_a_learning_rate_that_is_too_large_is_told_apart_from_one_that_is_not(learning_rate, kind):
    session = Session(SMALL.changed(learning_rate=learning_rate))
    session.measure_change(True)
    session.step()
    _, predicted, real = measured(session)
    assert verdict_on(predicted, real, session.batch_loss).kind == kind


@pytest.mark.parametrize(
    ("predicted", "real", "kind", "words"),
    [
        ([], [], "none", "No step has been measured"),
        ([-0.1], [-0.1], "fine", "as the derivative said: 100 % of it"),
        ([-0.1], [-0.06], "fine", "less than the derivative said, 60 % of it"),
        ([-0.1], [-0.02], "far off", "20 % of it"),
        ([-0.1], [-0.2], "far off", "more than the derivative said, 200 %"),
        ([-0.1], [0.05], "too large", "rose where the derivative said it falls"),
        ([-0.1], [np.nan], "too large", "no longer finite"),
        ([-1e-9], [2e-8], "too small to tell", "float32's rounding"),
        ([0.02], [0.03], "fine", "averages went against"),
        ([-0.1] * 4, [-0.1, 0.2, 0.2, -0.1], "too large", "rose in 2 of the last 4 steps"),
        ([-0.1] * 50, [0.1] * 3 + [-0.1] * 47, "fine", "rose in 3 of the last 50 steps"),
    ],
)
def test_the_verdict_names_what_is_wrong(predicted, real, kind, words):
    verdict = verdict_on(np.array(predicted), np.array(real), 0.5)
    assert verdict.kind == kind
    assert words in verdict.sentence
