"""The worker with its real thread: commands take effect between steps, snapshots belong together, errors are words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.trace import trace
from playground.history import OBSERVED
from playground.model_file import load_model
from playground.prediction import make_loss, make_network
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import write_session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.worker import TrainingWorker

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[TrainingWorker]:
    made = TrainingWorker(SMALL)
    with qtbot.waitSignal(made.run_started):
        made.begin()
    yield made
    assert made.close(10)


def newest(qtbot: QtBot, worker: TrainingWorker, is_right=lambda _snapshot: True) -> Snapshot:
    """The first snapshot that is right, asking for new ones meanwhile."""

    def found() -> bool:
        worker.request_snapshot()
        return worker.latest is not None and is_right(worker.latest)

    qtbot.waitUntil(found)
    return worker.latest


def after_steps(qtbot: QtBot, worker: TrainingWorker, steps: int) -> Snapshot:
    return newest(qtbot, worker, lambda snapshot: snapshot.step >= steps)


def test_one_step_is_one_step(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.step()
    snapshot = after_steps(qtbot, worker, 1)
    assert (snapshot.step, snapshot.state) == (1, RunState.PAUSED)
    again = Session(SMALL)
    assert snapshot.batch_loss == again.step()
    for name, weights in again.state_dict().items():
        np.testing.assert_array_equal(snapshot.weights[name], weights)


def test_training_goes_on_until_paused(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.train()
    after_steps(qtbot, worker, 20)
    worker.pause()
    paused = newest(qtbot, worker, lambda s: s.state is RunState.PAUSED and s.evaluation.step == s.step)
    assert paused.step >= 20
    assert paused.steps_per_second == 0


def test_weights_gradients_and_trace_of_a_snapshot_belong_together(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.choose_sample(SampleRef("test", 7))
    worker.train()
    for step in (10, 20, 40):
        snapshot = newest(qtbot, worker, lambda s, step=step: s.step >= step and s.sample.index == 7)
        network = make_network(SMALL)
        network.load_state_dict(snapshot.weights)
        dataset = Session(SMALL).dataset
        again = trace(network, make_loss(SMALL), dataset.x_test[7:8], dataset.y_test[7:8])
        for name, array in again.arrays.items():
            np.testing.assert_allclose(snapshot.trace.arrays[name], array, rtol=1e-5, atol=1e-7)


def test_the_arrays_of_a_snapshot_cannot_be_written(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.step()
    snapshot = after_steps(qtbot, worker, 1)
    arrays = [*snapshot.weights.values(), *snapshot.gradients.values(), *snapshot.trace.arrays.values()]
    assert not any(array.flags.writeable for array in arrays)


def test_nothing_is_published_while_nothing_changes(qtbot: QtBot, worker: TrainingWorker) -> None:
    first = newest(qtbot, worker)
    worker.request_snapshot()
    with qtbot.waitSignal(worker.refused):  # whatever was asked before has been dealt with when this is answered
        worker.open_model(Path("missing.safetensors"))
    assert worker.latest is first


def test_reset_gives_the_same_run_again(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.step()
    first = after_steps(qtbot, worker, 1)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.reset()
    assert started.args[0].run_id == first.run_id + 1
    assert newest(qtbot, worker, lambda s: s.run_id == first.run_id + 1).step == 0
    worker.step()
    again = newest(qtbot, worker, lambda s: s.run_id == first.run_id + 1 and s.step == 1)
    assert again.batch_loss == first.batch_loss


def test_a_new_learning_rate_keeps_the_run(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.train()
    before = after_steps(qtbot, worker, 5)
    with qtbot.waitSignal(worker.settings_changed):
        worker.change_settings(SMALL.changed(learning_rate=0.02, batch_size=8))
    after = newest(qtbot, worker, lambda s: s.settings.learning_rate == 0.02)
    assert after.run_id == before.run_id
    assert after.step >= before.step
    assert after.state is RunState.TRAINING


def test_a_new_kernel_size_starts_over_and_says_why(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.train()
    after_steps(qtbot, worker, 5)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.change_settings(SMALL.changed(kernel_size=3))
    run = started.args[0]
    assert "kernel size changed" in run.reason
    snapshot = newest(qtbot, worker, lambda s: s.run_id == run.run_id)
    assert snapshot.weights["conv1.weight"].shape == (4, 1, 3, 3)


def test_speed_can_be_limited(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.set_speed(20.0)
    worker.train()
    snapshot = newest(qtbot, worker, lambda s: s.step >= 12 and s.steps_per_second > 0)
    # a step never comes early; late ones are allowed, the machine may be busy
    assert snapshot.steps_per_second <= 25


def test_divergence_pauses_and_offers_the_last_good_weights(qtbot: QtBot, qapp: object) -> None:
    worker = TrainingWorker(SMALL.changed(learning_rate=10.0, optimizer="momentum"))
    with qtbot.waitSignal(worker.run_started):
        worker.begin()
    try:
        with qtbot.waitSignal(worker.run_started):
            worker.reset()
        worker._post(lambda loop: loop.session.network.parameters()["conv1.weight"].fill(1e38))
        with qtbot.waitSignal(worker.diverged) as diverged:
            worker.train()
        assert "no longer finite" in diverged.args[0].sentence
        assert newest(qtbot, worker, lambda s: s.state is RunState.DIVERGED).diagnosis.kind == "diverged"
        with qtbot.waitSignal(worker.refused):
            worker.train()
        with qtbot.waitSignal(worker.settings_changed) as changed:
            worker.restore_last_good()
        assert changed.args[0].learning_rate == 1.0
        worker.step()
        assert newest(qtbot, worker, lambda s: s.step >= 1).state is RunState.PAUSED
    finally:
        assert worker.close(10)


def test_an_error_in_the_thread_is_told_and_the_session_goes_on(qtbot: QtBot, worker: TrainingWorker) -> None:
    def breaks(_loop: object) -> None:
        raise RuntimeError("something unforeseen")

    with qtbot.waitSignal(worker.failed) as failed:
        worker._post(breaks)
    assert "something unforeseen" in failed.args[0].sentence
    assert "RuntimeError" in failed.args[0].details
    worker.step()
    assert after_steps(qtbot, worker, 1).step == 1


def test_a_drawing_gets_probabilities_while_training(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.set_drawing(np.full((1, 28, 28), 0.5, dtype=np.float32))
    worker.train()
    snapshot = newest(qtbot, worker, lambda s: s.drawing_probabilities is not None and s.step > 3)
    assert snapshot.drawing_probabilities.shape == (2,)
    assert snapshot.drawing_probabilities.sum() == pytest.approx(1)
    worker.set_drawing(None)
    newest(qtbot, worker, lambda s: s.drawing_probabilities is None)


def test_a_drawing_of_another_shape_is_left_out(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.set_drawing(np.zeros((1, 3, 3), dtype=np.float32))
    worker.step()
    assert after_steps(qtbot, worker, 1).drawing_probabilities is None


def test_a_saved_model_opens_as_the_same_network(qtbot: QtBot, worker: TrainingWorker, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    worker.step()
    snapshot = after_steps(qtbot, worker, 1)
    with qtbot.waitSignal(worker.saved):
        worker.save(path)
    np.testing.assert_array_equal(load_model(path).network.state_dict()["fc.weight"], snapshot.weights["fc.weight"])
    worker.reset()
    with qtbot.waitSignal(worker.settings_changed):
        worker.open_model(path)
    opened = newest(qtbot, worker, lambda s: s.run_id > snapshot.run_id + 1)
    assert opened.step == 1
    np.testing.assert_array_equal(opened.weights["fc.weight"], snapshot.weights["fc.weight"])


def test_a_bad_model_file_is_refused_and_the_run_stays(qtbot: QtBot, worker: TrainingWorker, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"not a model")
    before = newest(qtbot, worker)
    with qtbot.waitSignal(worker.refused) as refused:
        worker.open_model(path)
    assert "model.safetensors" in refused.args[0]
    worker.step()
    assert after_steps(qtbot, worker, 1).run_id == before.run_id


def test_closing_while_training_ends_the_thread(qtbot: QtBot) -> None:
    worker = TrainingWorker(SMALL)
    with qtbot.waitSignal(worker.run_started):
        worker.begin()
    worker.train()
    after_steps(qtbot, worker, 3)
    assert worker.close(10)
    assert "training" not in {thread.name for thread in threading.enumerate()}


def test_a_watched_batch_step_comes_with_the_snapshot_and_belongs_to_its_weights(
    qtbot: QtBot, worker: TrainingWorker
) -> None:
    worker.watch_batch_step("batch")
    snapshot = newest(qtbot, worker, lambda s: s.batch_step is not None)
    assert snapshot.batch_step.step == snapshot.step + 1
    for shown, weights in zip(snapshot.batch_step.weights.values(), snapshot.weights.values(), strict=True):
        np.testing.assert_array_equal(shown, weights)
    worker.watch_batch_step(None)
    newest(qtbot, worker, lambda s: s.batch_step is None)


def test_applying_the_watched_step_is_one_step_and_brings_the_next(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.watch_batch_step("batch")
    prepared = newest(qtbot, worker, lambda s: s.batch_step is not None).batch_step
    worker.apply_batch_step(prepared)
    snapshot = newest(qtbot, worker, lambda s: s.step == 1 and s.batch_step is not None)
    assert snapshot.batch_step.step == 2
    again = Session(SMALL)
    assert snapshot.batch_loss == again.step()
    np.testing.assert_array_equal(snapshot.weights["fc.weight"], again.state_dict()["fc.weight"])


def test_no_step_is_taken_apart_while_training_runs(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.watch_batch_step("batch")
    worker.train()
    snapshot = newest(qtbot, worker, lambda s: s.state is RunState.TRAINING and s.step > 3)
    assert snapshot.batch_step is None
    worker.pause()
    paused = newest(qtbot, worker, lambda s: s.state is RunState.PAUSED and s.batch_step is not None)
    assert paused.batch_step.step == paused.step + 1


def test_a_watched_step_follows_the_settings_and_the_sample(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.watch_batch_step("batch")
    newest(qtbot, worker, lambda s: s.batch_step is not None)
    worker.change_settings(SMALL.changed(batch_size=8, learning_rate=0.02))
    changed = newest(qtbot, worker, lambda s: s.batch_step is not None and s.batch_step.m == 8)
    assert changed.batch_step.learning_rate == 0.02
    worker.watch_batch_step("sample")
    worker.choose_sample(SampleRef("train", 9))
    newest(qtbot, worker, lambda s: s.batch_step is not None and s.batch_step.images.refs == (SampleRef("train", 9),))


def test_a_step_that_is_no_longer_the_next_is_refused(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.watch_batch_step("batch")
    prepared = newest(qtbot, worker, lambda s: s.batch_step is not None).batch_step
    worker.step()
    with qtbot.waitSignal(worker.refused) as refused:
        worker.apply_batch_step(prepared)
    assert "look at the step anew" in refused.args[0]
    assert newest(qtbot, worker, lambda s: s.step == 1).batch_step.step == 2


def test_going_back_gives_the_run_as_it_was(qtbot: QtBot, worker: TrainingWorker) -> None:
    before = newest(qtbot, worker)
    assert before.undo_target is None
    worker.step()
    assert after_steps(qtbot, worker, 1).undo_target == 0
    worker.undo_step()
    back = newest(qtbot, worker, lambda s: s.step == 0)
    np.testing.assert_array_equal(back.weights["fc.weight"], before.weights["fc.weight"])
    assert back.evaluation == before.evaluation
    with qtbot.waitSignal(worker.refused) as refused:
        worker.undo_step()
    assert "no step to go back to" in refused.args[0]


def test_going_back_after_training_looks_at_the_moment_before_and_loses_nothing(
    qtbot: QtBot, worker: TrainingWorker
) -> None:
    worker.step()
    worker.train(20)
    newest(qtbot, worker, lambda s: s.step == 21 and s.state is RunState.PAUSED)
    for step in (20, 19):
        worker.undo_step()
        back = newest(qtbot, worker, lambda s, step=step: s.step == step)
        assert (back.timeline.looking_back, back.timeline.newest, back.undo_target) == (True, 21, None)
    worker.return_to_newest()
    assert newest(qtbot, worker, lambda s: s.step == 21).timeline.step_before == 20


def test_in_slow_motion_training_waits_for_each_step_and_goes_on_when_it_ends(
    qtbot: QtBot, worker: TrainingWorker
) -> None:
    worker.set_slow_motion(True)
    worker.watch_batch_step("batch")
    worker.train()
    waiting = newest(qtbot, worker, lambda s: s.state is RunState.TRAINING and s.batch_step is not None)
    assert waiting.step == 0
    worker.apply_batch_step(waiting.batch_step)
    second = newest(qtbot, worker, lambda s: s.step == 1 and s.batch_step is not None)
    assert (second.state, second.batch_step.step) == (RunState.TRAINING, 2)
    worker.set_slow_motion(False)
    assert newest(qtbot, worker, lambda s: s.step > 20).undo_target is None


def test_from_a_diverged_run_one_looks_back_at_the_moments_before(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.step()
    worker.train()
    after_steps(qtbot, worker, 5)
    with qtbot.waitSignal(worker.diverged):
        worker._post(lambda loop: loop.session.network.parameters()["conv1.weight"].fill(1e38))
    last = newest(qtbot, worker, lambda s: s.state is RunState.DIVERGED)
    worker.undo_step()
    back = newest(qtbot, worker, lambda s: s.step == last.timeline.step_before)
    assert back.state is RunState.PAUSED
    assert back.timeline.looking_back
    assert back.diagnosis is None or back.diagnosis.kind != "diverged"


def reopened(qtbot: QtBot, path: Path, settings: Settings = SMALL) -> tuple[TrainingWorker, str]:
    made = TrainingWorker(settings, last_time=LastTime(path))
    with qtbot.waitSignal(made.run_started) as started:
        made.begin()
    return made, started.args[0].reason


def closed(worker: TrainingWorker, path: Path) -> None:
    """Close, and keep the session as the window does."""
    assert worker.close(10)
    assert worker.final is not None
    write_session(path, worker.final)


def test_the_session_goes_on_where_it_was_when_the_window_was_closed(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "last.cnnsession"
    first, _ = reopened(qtbot, path)
    first.train(5)
    before = newest(qtbot, first, lambda s: s.step == 5 and s.state is RunState.PAUSED)
    closed(first, path)
    # the session's own settings count, not those that were remembered beside it
    second, reason = reopened(qtbot, path, SMALL.changed(kernel_size=3))
    assert reason == "The session of last time, after 5 steps; Reset starts over."
    after = newest(qtbot, second)
    assert (after.step, after.settings) == (5, SMALL)
    assert after.elapsed_seconds == before.elapsed_seconds
    np.testing.assert_array_equal(after.weights["conv1.weight"], before.weights["conv1.weight"])
    with qtbot.waitSignal(second.run_started):
        second.reset()
    closed(second, path)
    third, reason = reopened(qtbot, path)
    assert reason == "A new network."
    assert third.close(10)


def test_a_kept_session_that_is_damaged_is_said_and_put_aside(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "last.cnnsession"
    path.write_bytes(b"not a session")
    made = TrainingWorker(SMALL, last_time=LastTime(path))
    with qtbot.waitSignals([made.run_started, made.refused]):
        made.begin()
    assert newest(qtbot, made).step == 0
    assert (tmp_path / "last.cnnsession.damaged-1").read_bytes() == b"not a session"
    assert made.close(10)


def test_the_network_that_an_older_program_kept_is_taken_up_as_a_session(qtbot: QtBot, tmp_path: Path) -> None:
    network = tmp_path / "network.safetensors"
    first, _ = reopened(qtbot, tmp_path / "none")
    first.train(4)
    before = newest(qtbot, first, lambda s: s.step == 4 and s.state is RunState.PAUSED)
    with qtbot.waitSignal(first.saved):
        first.save(network)
    assert first.close(10)
    second = TrainingWorker(SMALL, last_time=LastTime(tmp_path / "none", network))
    second.begin()
    after = newest(qtbot, second)
    assert after.step == 4
    np.testing.assert_array_equal(after.weights["conv1.weight"], before.weights["conv1.weight"])
    assert second.close(10)


def test_a_captured_session_is_opened_by_another_worker_and_goes_on_with_the_same_bits(
    qtbot: QtBot, worker: TrainingWorker
) -> None:
    worker.train(6)
    newest(qtbot, worker, lambda s: s.step == 6 and s.state is RunState.PAUSED)
    with qtbot.waitSignal(worker.captured) as captured:
        worker.capture()
    worker.train(3)
    on = newest(qtbot, worker, lambda s: s.step == 9)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.open_session(captured.args[1], "Opened.")
    assert started.args[0].opened is captured.args[1]
    worker.train(3)
    again = newest(qtbot, worker, lambda s: s.step == 9 and s.run_id == started.args[0].run_id)
    np.testing.assert_array_equal(again.weights["conv1.weight"], on.weights["conv1.weight"])
    assert again.batch_loss == on.batch_loss


def test_training_for_some_steps_ends_after_exactly_those(qtbot: QtBot, worker: TrainingWorker) -> None:
    worker.train(7)
    assert newest(qtbot, worker, lambda s: s.step > 0 and s.state is RunState.PAUSED).step == 7


def test_reset_of_an_opened_model_goes_back_to_that_model(qtbot: QtBot, worker: TrainingWorker, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    worker.train(3)
    saved = newest(qtbot, worker, lambda s: s.step == 3)
    with qtbot.waitSignal(worker.saved):
        worker.save(path)
    with qtbot.waitSignal(worker.run_started):
        worker.open_model(path)
    worker.train(2)
    newest(qtbot, worker, lambda s: s.step == 5)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.reset()
    assert "the opened network again" in started.args[0].reason
    again = newest(qtbot, worker, lambda s: s.run_id == started.args[0].run_id)
    np.testing.assert_array_equal(again.weights["fc.weight"], saved.weights["fc.weight"])


def test_what_the_diagnosis_finds_is_marked_once_on_the_curves(qtbot: QtBot, worker: TrainingWorker) -> None:
    with qtbot.waitSignal(worker.run_started) as started:
        worker.reset()
    worker._post(lambda loop: loop.session.network.parameters()["conv1.bias"].fill(-100.0))
    worker.train(200)
    after = newest(qtbot, worker, lambda s: s.step == 200 and s.diagnosis is not None)
    observed = [event for event in started.args[0].history.events if event.kind == OBSERVED]
    assert [event.text for event in observed] == [after.diagnosis.sentence]
    assert "dead" in observed[0].text


def test_what_is_marked_already_is_not_marked_again_when_the_session_is_opened(
    qtbot: QtBot, worker: TrainingWorker
) -> None:
    worker._post(lambda loop: loop.session.network.parameters()["conv1.bias"].fill(-100.0))
    worker.train(200)
    newest(qtbot, worker, lambda s: s.step == 200 and s.diagnosis is not None)
    with qtbot.waitSignal(worker.captured) as captured:
        worker.capture()
    with qtbot.waitSignal(worker.run_started) as opened:
        worker.open_session(captured.args[1], "opened")
    again = newest(qtbot, worker, lambda s: s.run_id == opened.args[0].run_id and s.diagnosis is not None)
    observed = [event.text for event in opened.args[0].history.events if event.kind == OBSERVED]
    assert observed == [again.diagnosis.sentence]


def test_training_rests_after_a_snapshot_until_it_is_painted_or_a_command_comes(
    qtbot: QtBot, worker: TrainingWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.worker._LONGEST_FRAME", 60.0)
    with qtbot.waitSignal(worker.run_started) as started:
        worker.reset()
    losses = started.args[0].history.series["batch_loss"]
    worker.train()
    qtbot.waitUntil(lambda: len(losses) > 3)
    worker.wait_for_painting()

    def rests() -> int:
        with qtbot.waitSignal(worker.snapshot_ready):
            worker.request_snapshot()
        steps = len(losses)
        qtbot.wait(50)  # time enough for dozens of steps
        assert len(losses) == steps
        return steps

    steps = rests()
    worker.painted()
    qtbot.waitUntil(lambda: len(losses) > steps)
    steps = rests()
    worker.set_speed(None)
    qtbot.waitUntil(lambda: len(losses) > steps)
