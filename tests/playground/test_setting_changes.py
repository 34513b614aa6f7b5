"""With which values of a setting the steps of a run were taken."""

from __future__ import annotations

from playground.session import Session
from playground.setting_changes import values_used
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(2,), batch_size=32)


def optimizers(session: Session, now: str) -> tuple[str, ...]:
    return values_used("optimizer", session.history.events, now, session.step_count)


def test_a_choice_without_a_step_has_trained_nothing() -> None:
    session = Session(SMALL)
    session.step()
    session.change(SMALL.changed(optimizer="adam"))
    assert optimizers(session, "Adam") == ("SGD",)
    session.step()
    assert optimizers(session, "Adam") == ("SGD", "Adam")


def test_before_the_first_step_it_is_what_is_chosen() -> None:
    session = Session(SMALL)
    session.change(SMALL.changed(optimizer="adam"))
    assert optimizers(session, "Adam") == ("Adam",)


def test_a_choice_that_was_taken_back_before_a_step_is_left_out() -> None:
    session = Session(SMALL)
    session.step()
    session.change(SMALL.changed(optimizer="momentum"))
    session.change(SMALL)
    session.step()
    assert optimizers(session, "SGD") == ("SGD",)


def test_steps_that_were_undone_have_trained_nothing() -> None:
    session = Session(SMALL)
    session.step()
    session.change(SMALL.changed(optimizer="adam"))
    session.remember()
    session.step()
    session.undo_step()
    assert optimizers(session, "Adam") == ("SGD",)
