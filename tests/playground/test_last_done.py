"""What was done last by hand in a run, and undoing it."""

from __future__ import annotations

from playground.last_done import LastDone
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.timeline.travel import TimeTravel

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


def last_done(session: Session) -> LastDone | None:
    return TimeTravel(session).last_done(session)


def test_it_is_a_step_by_hand_or_the_number_changed_since() -> None:
    session = Session(SMALL)
    assert last_done(session) is None
    session.edit_pixel(SampleRef("train", 2), (0, 1, 1), 0.5)
    assert last_done(session).words == "change of X[0][1,1] of train 2"
    session.remember()
    session.step()
    assert last_done(session).words == "step 1"
    session.edit_parameter("b2", (0,), 5.0)
    assert last_done(session).words == "change of b₂[0]"
    session.undo_edit()
    assert last_done(session).words == "step 1"
    session.undo_step()
    assert last_done(session).words == "change of X[0][1,1] of train 2"


def test_steps_that_were_trained_are_none_of_it() -> None:
    session = Session(SMALL)
    session.step()
    assert last_done(session) is None
    session.edit_label(SampleRef("train", 0), 1 - int(session.sample(SampleRef("train", 0))[1][0]))
    session.step()
    assert last_done(session).words == "label of train 0"
