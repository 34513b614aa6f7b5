"""A run that another one replaced comes back as it was left."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from playground.errors import PlaygroundError
from playground.own_data.run_settings import settings_for
from playground.sample_ref import SampleRef
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import write_session
from playground.snapshot import RunState
from playground.training_loop import TrainingLoop
from tests.playground.loops import SMALL, Listener, settle
from tests.playground.own_data.files import some_set


def test_run_that_was_replaced_comes_back_as_it_was_left_and_the_other_one_too(
    loop: TrainingLoop, listener: Listener
) -> None:
    for _ in range(12):
        loop.step()
    loop.change_settings(SMALL.changed(learning_rate=0.02))
    loop.seek(0, 4)
    loop.step()
    loop.return_to_newest()
    settle(loop)
    sample = SampleRef("test", 3)
    loop.choose_sample(sample)
    left = loop.snapshot()
    loop.change_settings(SMALL.changed(kernel_size=3))
    before = listener.values("run_started")[-1].before
    assert before.is_offered
    assert before.words.endswith("5 steps, 2 branches")
    loop.step()
    other = loop.snapshot()

    loop.bring_back()
    settle(loop)

    back, told = loop.snapshot(), listener.values("run_started")[-1]
    assert (back.run_id, back.step, back.settings, back.sample) == (left.run_id, 5, left.settings, sample)
    assert all(np.array_equal(back.weights[name], left.weights[name]) for name in left.weights)
    assert back.timeline is not None
    assert len(back.timeline.branches) == 2
    assert (told.run_id, told.settings, told.step, told.before.run_id) == (left.run_id, left.settings, 5, other.run_id)
    assert not told.before.is_offered

    loop.bring_back()
    settle(loop)
    again = loop.snapshot()
    assert (again.run_id, again.step, again.settings) == (other.run_id, 1, other.settings)


def test_run_that_is_brought_back_goes_on_bit_for_bit(loop: TrainingLoop, listener: Listener) -> None:
    straight = TrainingLoop(listener.tell)
    straight.begin(SMALL)
    for _ in range(6):
        straight.step()
    for _ in range(3):
        loop.step()
    loop.reset()
    loop.bring_back()
    for _ in range(3):
        loop.step()
    weights = straight.session.state_dict()
    assert all(np.array_equal(value, weights[name]) for name, value in loop.session.state_dict().items())


def test_only_a_run_that_had_begun_takes_the_place_of_the_one_that_is_kept(
    loop: TrainingLoop, listener: Listener
) -> None:
    with pytest.raises(PlaygroundError, match="no run to bring back"):
        loop.bring_back()
    loop.step()
    loop.reset(6)
    loop.reset(7)  # that of seed 6 took no step
    assert not listener.values("run_started")[-1].before.is_offered
    loop.bring_back()
    assert loop.session.settings.seed == SMALL.seed
    assert loop.session.step_count == 1


def test_run_on_own_images_comes_back_with_its_images(loop: TrainingLoop) -> None:
    letters, others = some_set(classes=2), dataclasses.replace(some_set(), name="others")
    loop.use_own_data(letters, settings_for(letters.description), afresh=True)
    loop.step()
    loop.use_own_data(others, settings_for(others.description), afresh=True)
    assert loop.capture().own is others
    loop.bring_back()
    assert loop.session.dataset.class_names == ("a", "b")
    assert loop.capture().own is letters
    loop.step()


def test_diverged_run_that_is_brought_back_is_diverged_still(loop: TrainingLoop, listener: Listener) -> None:
    for _ in range(3):
        loop.step()
    settle(loop)
    weights = loop.session.state_dict()
    weights["conv1.weight"][0] = 1e38
    loop.session.network.load_state_dict(weights)
    loop.attempt(loop.step)
    assert listener.values("diverged")
    diagnosis = loop.snapshot().diagnosis
    loop.reset()
    assert loop.snapshot().state is RunState.PAUSED
    loop.bring_back()
    back = loop.snapshot()
    assert (back.state, back.diagnosis) == (RunState.DIVERGED, diagnosis)
    loop.restore_last_good()
    loop.step()


def test_run_that_was_only_passed_through_takes_no_long_run_s_place(loop: TrainingLoop, listener: Listener) -> None:
    for _ in range(30):
        loop.step()
    for kernel in (3, 5, 3):  # as the slider of the kernel size goes there while steps run
        loop.change_settings(SMALL.changed(kernel_size=kernel, seed=kernel))
        loop.step()
        assert listener.values("run_started")[-1].before.is_offered
    loop.bring_back()
    assert (loop.session.step_count, loop.session.settings) == (30, SMALL)


@pytest.fixture
def kept(loop: TrainingLoop, tmp_path: Path) -> LastTime:
    """What a program leaves whose run of 12 steps was replaced by one of other filters, which has taken 3."""
    for _ in range(12):
        loop.step()
    loop.change_settings(SMALL.changed(kernel_size=3))
    for _ in range(3):
        loop.step()
    before = loop.capture_before()
    assert before is not None
    files = LastTime(tmp_path / "last.cnnsession", None, tmp_path / "before.cnnsession")
    write_session(files.path, loop.capture())
    assert files.before is not None
    write_session(files.before, before)
    return files


def test_the_run_that_was_replaced_can_be_brought_back_after_the_next_start_bit_for_bit(
    kept: LastTime, loop: TrainingLoop, listener: Listener
) -> None:
    loop.bring_back()
    settle(loop)
    left = loop.snapshot()
    loop.step()
    gone_on = loop.snapshot()

    second = TrainingLoop(listener.tell, kept)
    second.begin(SMALL)
    told = listener.values("run_started")[-1]
    assert (told.step, told.settings.kernel_size, told.before is not None) == (3, 3, True)
    assert not told.before.is_offered
    assert second.before_is_unread  # it takes its time when it is asked for, not when the program starts
    second.bring_back()
    settle(second)
    back = second.snapshot()
    assert (back.step, back.settings, back.sample) == (12, left.settings, left.sample)
    assert back.timeline is not None
    assert back.timeline.end == 12
    for name, weights in left.weights.items():
        np.testing.assert_array_equal(back.weights[name], weights)
    second.step()
    for name, weights in gone_on.weights.items():
        np.testing.assert_array_equal(second.snapshot().weights[name], weights)
    second.bring_back()
    settle(second)
    assert second.snapshot().step == 3


def test_a_run_that_was_only_passed_through_does_not_replace_the_one_of_last_time(
    kept: LastTime, listener: Listener
) -> None:
    second = TrainingLoop(listener.tell, kept)
    second.begin(SMALL)
    second.change_settings(SMALL.changed(kernel_size=4))
    assert not second.before_is_unread
    content = second.capture_before()
    assert content is not None
    assert content.state.step == 3, "three steps beside twelve are work, too"
    third = TrainingLoop(listener.tell, kept)
    third.begin(SMALL)
    third.reset()
    third.reset()
    assert third.capture_before() is not None


def test_a_damaged_file_of_the_run_before_is_put_aside_and_said(kept: LastTime, listener: Listener) -> None:
    assert kept.before is not None
    kept.before.write_bytes(b"no session")
    second = TrainingLoop(listener.tell, kept)
    second.begin(SMALL)
    second.attempt(second.bring_back)
    assert "before" in listener.values("refused")[-1]
    assert not kept.before.exists()
    assert second.snapshot().step == 3
