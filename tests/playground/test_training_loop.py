"""The loop without its thread: every turn is taken by hand, every word is heard."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from playground.errors import DataError, PlaygroundError
from playground.observations import observe
from playground.sample_ref import SampleRef
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import read_session, write_session
from playground.settings import Settings
from playground.snapshot import RunState
from playground.training_loop import TrainingLoop
from tests.playground.loops import SMALL, Listener, settle


def test_what_started_a_new_network_is_listed_as_a_sentence_lists_it(loop: TrainingLoop, listener: Listener) -> None:
    loop.change_settings(SMALL.changed(kernel_size=3))
    loop.change_settings(SMALL.changed(kernel_size=5, filters=(2,), seed=6))
    told = [run.reason for run in listener.values("run_started")]
    assert [reason.partition(" changed")[0].rpartition(": ")[2] for reason in told[-2:]] == [
        "kernel size",
        "kernel size, filters and seed",
    ]


def test_training_for_some_steps_takes_as_many_and_rests_with_their_figures(loop: TrainingLoop) -> None:
    loop.train(7)
    settle(loop)
    snapshot = loop.snapshot()
    assert (snapshot.step, snapshot.state, snapshot.evaluation.step) == (7, RunState.PAUSED, 7)


def test_the_first_step_of_training_was_taken_by_hand_only_if_it_stays_the_only_one(loop: TrainingLoop) -> None:
    loop.train()
    loop.advance()
    running = loop.snapshot()
    assert (running.step, running.undo_target, running.last_done) == (1, None, None)
    loop.pause()
    assert loop.snapshot().undo_target == 0


def test_a_step_waits_until_the_speed_lets_it_come(loop: TrainingLoop) -> None:
    loop.set_speed(0.01)
    loop.train()
    loop.advance()
    loop.advance()
    assert loop.session.step_count == 1
    assert 50 < loop.seconds_to_wait() <= 100
    loop.set_speed(None)
    assert loop.seconds_to_wait() == 0


def test_a_snapshot_leaves_no_news_until_something_changes(loop: TrainingLoop) -> None:
    assert loop.has_news
    loop.snapshot()
    assert not loop.has_news
    loop.choose_sample(SampleRef("test", 3))
    assert loop.has_news


def test_a_refused_command_raises_and_is_told_by_an_attempt(loop: TrainingLoop, listener: Listener) -> None:
    with pytest.raises(PlaygroundError, match="no step to go back to"):
        loop.undo_step()
    loop.attempt(loop.undo_step)
    assert [sentence for sentence in listener.values("refused") if "no step to go back to" in str(sentence)]


def test_every_new_run_has_the_next_number(loop: TrainingLoop, listener: Listener) -> None:
    loop.reset()
    loop.reset(seed=6)
    loop.change_settings(SMALL.changed(kernel_size=3))
    assert [run.run_id for run in listener.values("run_started")] == [1, 2, 3, 4]


def test_where_the_first_data_cannot_be_loaded_other_data_can_still_be_chosen(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(_settings: Settings, _own: object) -> None:
        raise DataError("The data are damaged.")

    loop = TrainingLoop(listener.tell)
    with monkeypatch.context() as patch:
        patch.setattr("playground.session.load_dataset", damaged)
        loop.attempt(lambda: loop.begin(SMALL))
    loop.set_drawing(None)
    loop.attempt(loop.train)
    assert listener.values("refused") == ["The data are damaged.", "There is no network yet; choose other data."]
    assert not loop.has_news
    assert loop.seconds_to_wait() is None
    loop.change_settings(SMALL)
    loop.train(1)
    settle(loop)
    assert loop.snapshot().step == 1


def test_the_session_of_last_time_is_taken_up(listener: Listener, loop: TrainingLoop, tmp_path: Path) -> None:
    loop.step()
    write_session(tmp_path / "last", loop.capture())
    second = TrainingLoop(listener.tell, LastTime(tmp_path / "last"))
    second.begin(SMALL)
    assert second.session.step_count == 1


def test_reset_of_a_session_leads_to_the_model_that_it_began_with(loop: TrainingLoop, tmp_path: Path) -> None:
    loop.step()
    loop.save(tmp_path / "model")
    loop.open_model(tmp_path / "model")
    start = loop.session.state_dict()
    loop.step()
    write_session(tmp_path / "session", loop.capture())
    loop.reset(seed=9)
    loop.open_session(read_session(tmp_path / "session"), "Opened.")
    assert loop.session.step_count == 2
    loop.reset()
    assert loop.session.step_count == 1
    np.testing.assert_equal(loop.session.state_dict(), start)


def test_a_run_that_begins_while_somebody_looks_measures_its_steps_too(loop: TrainingLoop) -> None:
    loop.measure_change(True)
    loop.step()
    loop.reset()
    loop.step()
    loop.step()
    assert loop.session.history.series["loss_change"].read().x.tolist() == [1, 2]
    loop.measure_change(False)
    loop.step()
    assert len(loop.session.history.series["loss_change"]) == 2


def test_running_steps_are_diagnosed_now_and_then_and_a_run_at_rest_at_once(
    loop: TrainingLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, looked_at = [100.0], []
    monkeypatch.setattr("playground.snapshot_maker.time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(
        "playground.snapshot_maker.observe", lambda session: looked_at.append(session) or observe(session)
    )

    def evaluated_again() -> None:
        before = loop.session.evaluation
        while loop.session.evaluation is before:
            loop.advance()
        loop.snapshot()

    loop.train()
    for _ in range(3):
        evaluated_again()
    assert len(looked_at) == 1
    now[0] += 2.1
    evaluated_again()
    assert len(looked_at) == 2
    evaluated_again()
    loop.pause()
    settle(loop)
    loop.snapshot()
    assert len(looked_at) == 3
