"""Steps that are worked out in one call beside other threads: the run is the one that takes them one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from playground.augmentation import SUGGESTED_AUGMENTATION
from playground.errors import DivergedError
from playground.history import History
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.snapshot import RunState
from playground.steps_ahead import StepsAhead
from playground.training_loop import TrainingLoop
from playground.worker import TrainingWorker
from tests.playground.loops import SMALL, Listener, settle

pytest.importorskip("numba")


def go_ahead(session: Session, steps: int) -> None:
    """Take so many steps, as many at once as there may be."""
    end = session.step_count + steps
    while session.step_count < end:
        ahead = session.steps_ahead(end - session.step_count)
        if ahead is None:
            session.step()
        else:
            ahead.work_out()
            assert len([*session.take_steps(ahead)]) == len(ahead) > 0


def assert_same_run(found: Session, expected: Session) -> None:
    """The same weights, place in the data, evaluations and curves, to the last bit."""
    for name, weights in expected.state_dict().items():
        np.testing.assert_array_equal(found.state_dict()[name], weights, err_msg=name)
    assert (found.step_count, found.epoch, found.batch_loss) == (
        expected.step_count,
        expected.epoch,
        expected.batch_loss,
    )
    for name, gradient in expected.network.gradients().items():
        np.testing.assert_array_equal(found.network.gradients()[name], gradient, err_msg=name)
    assert_same_curves(found.history, expected.history)
    assert found.step() == expected.step()


def assert_same_curves(found: History, expected: History) -> None:
    for name, series in expected.series.items():
        mine, its = found.series[name].read(), series.read()
        np.testing.assert_array_equal(mine.x, its.x, err_msg=name)
        np.testing.assert_array_equal(mine.y, its.y, err_msg=name)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"optimizer": "momentum"},
        {"optimizer": "adam", "learning_rate": 0.01},
        {"classes": (0, 1, 2), "batch_size": 7},
        {"filters": (3, 4), "kernel_size": 3, "frozen": 1},
        {"augmentation": SUGGESTED_AUGMENTATION},
    ],
    ids=["sgd", "momentum", "adam", "ten classes", "frozen", "augmented"],
)
def test_a_run_that_works_ahead_is_the_run_that_does_not(changed: dict[str, object]) -> None:
    settings = SMALL.changed(**changed)
    ahead, alone = Session(settings), Session(settings)
    steps = 2 * alone.steps_per_epoch + 3  # past the ends of epochs, and the beginnings of evaluations
    for _ in range(steps):
        alone.step()
    go_ahead(ahead, steps)
    assert ahead.evaluation is not None
    assert alone.evaluation is not None
    assert ahead.evaluation.step == alone.evaluation.step > 0
    assert_same_run(ahead, alone)


def test_what_is_worked_out_changes_nothing_until_it_is_taken() -> None:
    looked_ahead, alone = Session(SMALL), Session(SMALL)
    ahead = looked_ahead.steps_ahead(5)
    assert ahead is not None
    ahead.work_out()
    assert_same_run(looked_ahead, alone)


def test_a_step_that_diverges_is_left_to_be_taken_alone() -> None:
    session, other = Session(SMALL), Session(SMALL)
    for _ in range(3):
        other.step()
    spoiled = SampleRef("train", int(other.images_of(None).rows[0]))
    image, label = session.images.one(spoiled)
    session.images.replace(spoiled, np.full_like(image, np.nan), label)
    ahead = session.steps_ahead(20)
    assert ahead is not None
    ahead.work_out()
    assert len([*session.take_steps(ahead)]) == session.step_count == 3
    with pytest.raises(DivergedError, match="step 4"):
        session.step()
    for name, weights in other.state_dict().items():
        np.testing.assert_array_equal(session.state_dict()[name], weights)


def test_each_step_is_taken_alone_where_more_is_asked_of_it_than_its_numbers() -> None:
    session = Session(SMALL)
    session.measure_change(True)
    assert session.steps_ahead(5) is None


def turn_ahead(loop: TrainingLoop, seconds: float) -> int:
    """How many steps the loop takes at once in the time of a frame."""
    ahead = loop.steps_ahead(seconds)
    if ahead is None:
        return 0
    ahead.work_out()
    loop.take_steps(ahead)
    return len(ahead)


def test_every_moment_is_kept_that_steps_taken_alone_would_keep(loop: TrainingLoop) -> None:
    other = TrainingLoop(Listener().tell)
    other.begin(SMALL)
    other.train(30)
    settle(other)
    loop.train(30)
    taken = []
    while loop.seconds_to_wait() is not None:
        taken.append(turn_ahead(loop, 0.02))
        if not taken[-1]:
            loop.advance()
    assert max(taken) > 1
    assert loop.snapshot().state is RunState.PAUSED
    assert loop.session.step_count == 30
    mine, its = ({moment.step: moment.state for moment in each.travel.timeline.moments} for each in (loop, other))
    assert mine.keys() == its.keys() >= set(range(30))
    for step, state in its.items():
        for name, weights in state.weights.items():
            np.testing.assert_array_equal(mine[step].weights[name], weights)
        for name, gradient in state.gradients.items():
            np.testing.assert_array_equal(mine[step].gradients[name], gradient)


def test_no_step_is_taken_ahead_while_resting_or_at_a_chosen_speed(loop: TrainingLoop) -> None:
    assert turn_ahead(loop, 1.0) == 0
    loop.train()
    assert turn_ahead(loop, 1.0) > 1
    loop.set_speed(30)
    assert turn_ahead(loop, 1.0) == 0
    loop.set_speed(None)
    loop.set_slow_motion(True)
    assert turn_ahead(loop, 1.0) == 0


def test_steps_are_worked_out_while_the_window_paints(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.worker._LONGEST_FRAME", 60.0)
    worked: list[int] = []

    def work_out(ahead: StepsAhead, really: Callable[[StepsAhead], None] = StepsAhead.work_out) -> None:
        really(ahead)
        worked.append(len(ahead))

    monkeypatch.setattr(StepsAhead, "work_out", work_out)
    worker = TrainingWorker(SMALL)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.begin()
    steps = started.args[0].history.series["batch_loss"]
    worker.wait_for_painting()
    worker.train()
    for _ in range(20):  # the first frame says how long painting takes, and at the end of an epoch there is one step
        with qtbot.waitSignal(worker.snapshot_ready):
            worker.request_snapshot()
        shown = worker.latest.step
        qtbot.wait(30)  # painting
        assert len(steps) == shown, "the run stands where the picture was taken until it is painted"
        worker.painted()
        qtbot.waitUntil(lambda shown=shown: len(steps) > shown)
        if max(worked, default=0) > 1:
            break
    assert max(worked) > 1
    assert worker.close(10)
