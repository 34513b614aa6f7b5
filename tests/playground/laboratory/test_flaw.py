"""A run that a bug trains says so, is never saved, and begins clean again."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.trace import trace
from playground.announcements import Announcements
from playground.errors import PlaygroundError
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.laboratory.specimen import Specimen
from playground.model_file import load_model
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.sessions.content import SessionContent
from playground.sessions.last_time import LastTime
from playground.sessions.session_file import write_session
from playground.settings import Settings
from playground.training_loop import TrainingLoop

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)
DEEP = SMALL.changed(classes=(0, 1, 2), kernel_size=3, filters=(3, 4))


class Log:
    """What a loop tells, by kind."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Any]] = []

    def announcements(self) -> Announcements:
        def teller(kind: str) -> Any:
            return lambda content: self.told.append((kind, content))

        return Announcements(**{field.name: teller(field.name) for field in fields(Announcements)})

    def of(self, kind: str) -> list[Any]:
        return [content for told, content in self.told if told == kind]


def loop_of(settings: Settings = SMALL, last_time: LastTime | None = None) -> tuple[TrainingLoop, Log]:
    log = Log()
    loop = TrainingLoop(log.announcements(), last_time)
    loop.begin(settings)
    return loop, log


def same(first: dict[str, Any], second: dict[str, Any]) -> bool:
    return all(np.array_equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_a_step_with_a_bug_goes_where_its_gradient_says(bug: Bug) -> None:
    session, other = Session(DEEP), Session(DEEP)
    session.train_with(bug)
    images = session.images_of(None)
    expected = trace(bug.network(other.network), bug.loss(other.learner.loss), images.x, images.y)
    before = session.state_dict()
    session.step()
    for name, key in (("w1", "conv1.weight"), ("b2", "conv2.bias"), ("w3", "fc.weight")):
        moved = before[key] - DEEP.learning_rate * expected.arrays[f"d{name}"]
        np.testing.assert_allclose(session.state_dict()[key], moved, rtol=1e-4, atol=1e-6)


def test_the_trace_of_a_flawed_run_is_the_one_that_it_is_trained_with() -> None:
    session = Session(SMALL)
    right = session.trace_sample(SampleRef())
    session.train_with(bug_of("no-mask"))
    wrong = session.trace_sample(SampleRef())
    np.testing.assert_array_equal(wrong.dz1, wrong.dA1)
    assert not np.array_equal(wrong.dz1, right.dz1)
    np.testing.assert_array_equal(session.prepare_batch_step().trace.dz1, session.prepare_batch_step().trace.dA1)


def test_switched_off_without_a_step_the_run_is_clean() -> None:
    session, other = Session(SMALL), Session(SMALL)
    session.train_with(bug_of("no-mean"))
    session.train_with(None)
    assert session.flaw is None
    session.step()
    other.step()
    assert same(session.state_dict(), other.state_dict())


def test_what_a_bug_has_trained_stays_marked_when_it_is_switched_off() -> None:
    session = Session(SMALL)
    session.step()
    session.train_with(bug_of("no-mask"))
    session.step()
    session.train_with(None)
    assert session.flaw is not None
    assert (session.flaw.name, session.flaw.since, session.flaw.is_on) == ("no ReLU mask", 1, False)
    assert [event.text for event in session.history.events] == ["bug on: no ReLU mask", "bug off: no ReLU mask"]


def test_going_back_to_the_clean_step_is_exact_and_goes_on_as_if_nothing_had_been() -> None:
    session, other = Session(DEEP), Session(DEEP)
    for run in (session, other):
        run.step()
    session.train_with(bug_of("wrong-cell"))
    for _ in range(3):
        session.step()
    assert session.state().last_clean.step == 1
    session.restore_clean()
    assert session.flaw is None
    assert session.step_count == 1
    assert session.history.events == other.history.events
    assert same(session.state_dict(), other.state_dict())
    session.step()
    other.step()
    assert same(session.state_dict(), other.state_dict())
    with pytest.raises(PlaygroundError, match="clean"):
        session.restore_clean()


def test_undoing_all_steps_of_a_bug_makes_the_run_clean() -> None:
    session = Session(SMALL)
    session.train_with(bug_of("no-mask"))
    session.remember()
    session.step()
    session.train_with(None)
    assert session.flaw is not None
    session.undo_step()
    assert session.flaw is None
    assert session.state().last_clean.step == 0


def test_a_flawed_network_is_not_saved_and_nothing_is_written(tmp_path: Path) -> None:
    loop, log = loop_of()
    loop.train_with(bug_of("no-mask"))
    loop.step()
    path = tmp_path / "model.safetensors"
    loop.attempt(lambda: loop.save(path))
    assert not path.exists()
    assert "trained with a bug (no ReLU mask) since step 0" in log.of("refused")[0]
    loop.restore_clean()
    loop.save(path)
    assert load_model(path).step == 0


def test_between_starts_the_last_clean_state_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "last"
    loop, _ = loop_of()
    loop.step()
    clean = loop.session.state_dict()
    loop.train_with(bug_of("no-mean"))
    loop.step()
    write_session(path, SessionContent.of(loop.session))
    again, _ = loop_of(last_time=LastTime(path))
    assert again.session.step_count == 1
    assert again.session.flaw is None
    assert same(again.session.state_dict(), clean)


def test_a_reset_begins_clean() -> None:
    loop, _ = loop_of()
    loop.train_with(bug_of("no-mask"))
    loop.step()
    assert loop.snapshot().flaw is not None
    loop.reset()
    assert loop.snapshot().flaw is None
    loop.step()
    other, _ = loop_of()
    other.step()
    assert same(loop.session.state_dict(), other.session.state_dict())


def test_a_specimen_has_the_weights_the_images_of_the_next_step_and_the_bug() -> None:
    loop, log = loop_of()
    loop.train_with(bug_of("mean-bias"))
    loop.step()
    loop.take_specimen(None)
    loop.take_specimen(SampleRef("test", 2))
    batch, single = log.of("specimen")
    assert isinstance(batch, Specimen)
    assert (batch.step, batch.m, single.m) == (1, SMALL.batch_size, 1)
    assert batch.substitute is bug_of("mean-bias")
    np.testing.assert_array_equal(batch.weights["fc.weight"], loop.session.state_dict()["fc.weight"])
    following = loop.session.images_of(None)
    np.testing.assert_array_equal(batch.images.x, following.x)
    loop.step()
    assert not np.array_equal(batch.weights["fc.weight"], loop.session.state_dict()["fc.weight"])


def test_a_moment_with_a_bug_is_looked_at_as_it_was_and_one_before_it_is_clean() -> None:
    loop, _ = loop_of()
    loop.step()
    loop.train_with(bug_of("no-mask"))
    loop.step()
    loop.step()
    loop.train_with(None)
    branch = loop.travel.timeline.branches.live
    loop.seek(branch, 1)
    before = loop.snapshot()
    assert before.step == 1
    loop.seek(branch, 2)
    during = loop.snapshot()
    assert during.step == 2
    assert during.flaw is not None
    assert during.flaw.is_on
    np.testing.assert_array_equal(during.trace.dz1, during.trace.dA1)


def test_a_state_goes_on_with_its_bug_and_what_is_kept_of_it_does_not() -> None:
    session = Session(SMALL)
    session.step()
    session.train_with(bug_of("no-mask"))
    session.step()
    state = session.state()
    copy = Session.from_state(state)
    session.step()
    copy.step()
    assert same(session.state_dict(), copy.state_dict())
    assert copy.flaw == session.flaw
    kept = Session.from_state(state.last_clean)
    assert kept.flaw is None
    assert kept.substitute is None
    assert kept.step_count == 1
