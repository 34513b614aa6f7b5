"""A run whose filters have all died goes back to the last kept moment in which they lived, as a branch."""

from __future__ import annotations

import numpy as np
import pytest

from playground.diagnosis import DEAD
from playground.errors import PlaygroundError
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.timeline.last_living import last_living
from playground.timeline.timeline import Timeline
from playground.training_loop import TrainingLoop
from tests.playground.loops import SMALL, Listener, settle

TWO_BLOCKS = Settings(dataset="shapes", classes=(0, 1), kernel_size=3, filters=(4, 4), batch_size=32, seed=5)


def kill(session: Session, *filters: int, block: int = 1) -> None:
    """Let filters of a block have z ≤ 0 in all images, as a step that was too large does."""
    session.network.parameters()[f"conv{block}.bias"][list(filters)] = -100.0


def go_on(session: Session, timeline: Timeline, steps: int) -> None:
    for _ in range(steps):
        timeline.record_if_due(session)
        session.step()


def run_that_dies(settings: Settings, *, lived: int, dead: int) -> tuple[Session, Timeline]:
    """All filters of the last block die in the step after the moment `lived`; `dead` steps follow."""
    session = Session(settings)
    timeline = Timeline(session)
    go_on(session, timeline, lived + 1)
    kill(session, 0, 1, 2, 3, block=len(settings.filters))
    go_on(session, timeline, dead)
    return session, timeline


@pytest.mark.parametrize("settings", [SMALL, TWO_BLOCKS])
@pytest.mark.parametrize(("lived", "dead"), [(1, 40), (30, 1), (30, 40)])
def test_the_moment_is_the_last_one_before_the_filters_died(settings: Settings, lived: int, dead: int) -> None:
    session, timeline = run_that_dies(settings, lived=lived, dead=dead)
    found = last_living(session, timeline)
    assert found is not None
    assert (found.moment.step, found.filters) == (lived, sum(settings.filters))
    assert found.living >= sum(settings.filters) - 1  # one of them never lived


def test_a_filter_that_died_long_before_does_not_lead_back_to_the_start() -> None:
    session = Session(SMALL)
    timeline = Timeline(session)
    go_on(session, timeline, 3)
    kill(session, 2)
    go_on(session, timeline, 40)
    kill(session, 0, 1, 3)
    go_on(session, timeline, 5)
    found = last_living(session, timeline)
    assert found is not None
    assert (found.moment.step, found.living, found.filters) == (42, 3, 4)


def test_moments_in_which_most_filters_were_dead_already_are_left_out() -> None:
    session = Session(SMALL)
    timeline = Timeline(session)
    go_on(session, timeline, 10)
    kill(session, 0, 1, 2)
    go_on(session, timeline, 30)
    kill(session, 3)
    go_on(session, timeline, 5)
    found = last_living(session, timeline)
    assert found is not None
    assert (found.moment.step, found.living) == (9, 4)


def test_a_run_that_began_dead_has_nowhere_to_go_back_to() -> None:
    session = Session(SMALL)
    kill(session, 0, 1, 2, 3)
    timeline = Timeline(session)
    go_on(session, timeline, 5)
    assert last_living(session, timeline) is None


def test_a_run_in_which_no_more_filters_ever_lived_has_nowhere_to_go_back_to() -> None:
    session = Session(SMALL)
    kill(session, 0, 1, 2)
    timeline = Timeline(session)
    go_on(session, timeline, 5)
    assert last_living(session, timeline) is None


# --- in the loop ---------------------------------------------------------------------------------------------------


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def loop(listener: Listener) -> TrainingLoop:
    """A run of 50 steps whose filters died after 30."""
    loop = TrainingLoop(listener.tell)
    loop.begin(SMALL)
    train(loop, 30)
    kill(loop.session, 0, 1, 2, 3)
    train(loop, 20)
    return loop


def train(loop: TrainingLoop, steps: int) -> None:
    loop.train(steps)
    settle(loop)


def dead_snapshot(loop: TrainingLoop) -> Snapshot:
    snapshot = loop.snapshot()
    assert snapshot.diagnosis is not None
    assert snapshot.diagnosis.kind == DEAD
    return snapshot


def test_the_diagnosis_offers_the_step_and_a_tenth_of_the_learning_rate(loop: TrainingLoop) -> None:
    found = dead_snapshot(loop).diagnosis
    assert found is not None
    assert found.way_back == "Back to step 29 with η 0.01"
    assert "At step 29 all 4 filters lived" in found.suggestion
    assert "η 0.01 instead of 0.1" in found.suggestion


def test_a_learning_rate_that_was_chosen_since_is_the_one_that_is_offered(loop: TrainingLoop) -> None:
    dead_snapshot(loop)
    loop.change_settings(loop.session.settings.changed(learning_rate=0.03))
    found = dead_snapshot(loop).diagnosis
    assert found is not None
    assert found.way_back == "Back to step 29 with η 0.03"
    loop.restore_last_good()
    assert loop.session.settings.learning_rate == 0.03


def way_back(loop: TrainingLoop) -> str:
    found = dead_snapshot(loop).diagnosis
    assert found is not None
    return found.way_back


def die(loop: TrainingLoop, learning_rate: float) -> None:
    """Go on with this η, and let all filters die of it."""
    loop.change_settings(loop.session.settings.changed(learning_rate=learning_rate))
    train(loop, 3)
    kill(loop.session, 0, 1, 2, 3)
    train(loop, 5)


def test_a_chosen_learning_rate_under_which_filters_died_is_not_offered(loop: TrainingLoop) -> None:
    dead_snapshot(loop)
    loop.change_settings(loop.session.settings.changed(learning_rate=0.3))
    assert way_back(loop) == "Back to step 29 with η 0.01"


def test_the_learning_rate_is_below_all_under_which_filters_of_the_run_died(loop: TrainingLoop) -> None:
    dead_snapshot(loop)
    loop.restore_last_good()
    die(loop, 0.01)
    assert way_back(loop).endswith("with η 0.001")
    loop.restore_last_good()
    die(loop, 0.05)
    assert way_back(loop).endswith("with η 0.001")


def test_the_learning_rate_with_which_filters_lived_is_offered_again(listener: Listener) -> None:
    loop = TrainingLoop(listener.tell)
    loop.begin(SMALL.changed(learning_rate=0.03))
    train(loop, 30)
    loop.change_settings(SMALL.changed(learning_rate=10.0))
    kill(loop.session, 0, 1, 2, 3)
    train(loop, 10)
    assert way_back(loop) == "Back to step 29 with η 0.03"


@pytest.mark.parametrize(("optimizer", "usual"), [("sgd", 0.1), ("adam", 0.01)])
def test_after_the_largest_learning_rate_the_usual_one_is_offered(
    listener: Listener, optimizer: str, usual: float
) -> None:
    loop = TrainingLoop(listener.tell)
    loop.begin(SMALL.changed(learning_rate=10.0, optimizer=optimizer))
    train(loop, 1)
    kill(loop.session, 0, 1, 2, 3)
    train(loop, 10)
    assert way_back(loop).endswith(f" with η {usual:g}")


def test_going_back_is_a_branch_with_the_weights_of_then_and_the_dead_one_is_kept(
    loop: TrainingLoop, listener: Listener
) -> None:
    dead = dead_snapshot(loop)
    moment = loop.travel.timeline.nearest(0, 29)
    loop.restore_last_good()
    after = loop.snapshot()
    assert (after.step, after.state) == (29, RunState.PAUSED)
    assert after.settings.learning_rate == pytest.approx(SMALL.learning_rate / 10)
    assert listener.values("settings_changed")[-1] == after.settings
    for name, weights in moment.state.weights.items():
        np.testing.assert_array_equal(after.weights[name], weights)
    assert after.timeline is not None
    assert [(branch.parent, branch.end) for branch in after.timeline.branches] == [(None, dead.step), (0, 29)]
    settle(loop)
    healthy = loop.snapshot().diagnosis
    assert healthy is None or healthy.kind != DEAD


def test_while_the_dead_run_goes_on_its_way_back_is_never_thinned_away(loop: TrainingLoop) -> None:
    found = dead_snapshot(loop).diagnosis
    loop.travel.timeline.moments._most = 20
    train(loop, 100)
    assert dead_snapshot(loop).diagnosis == found
    loop.restore_last_good()
    assert loop.session.step_count == 29


def test_from_a_moment_that_is_looked_at_one_goes_back_too(loop: TrainingLoop) -> None:
    dead_snapshot(loop)
    loop.seek(0, 45)
    loop.restore_last_good()
    assert (loop.session.step_count, loop.travel.moment) == (29, None)


def test_where_no_filter_ever_lived_that_is_said(listener: Listener) -> None:
    loop = TrainingLoop(listener.tell)
    loop.begin(SMALL)
    kill(loop.session, 0, 1, 2, 3)
    loop.travel.timeline.record(loop.session)
    train(loop, 5)
    found = dead_snapshot(loop).diagnosis
    assert found is not None
    assert found.way_back == ""
    with pytest.raises(PlaygroundError, match="no kept moment in which filters lived"):
        loop.restore_last_good()


@pytest.mark.parametrize("learning_rate", [1.0, 10.0])
def test_digits_whose_filters_died_of_a_large_learning_rate_learn_after_going_back(
    listener: Listener, learning_rate: float
) -> None:
    loop = TrainingLoop(listener.tell)
    loop.begin(Settings(seed=5, learning_rate=learning_rate))
    train(loop, 30)
    dead_snapshot(loop)
    loop.restore_last_good()
    train(loop, 200)
    assert loop.session.evaluate().test_accuracy > 0.9


def test_digits_with_one_filter_left_that_gets_no_gradient_have_the_same_way_back(listener: Listener) -> None:
    loop = TrainingLoop(listener.tell)
    loop.begin(Settings(seed=6, learning_rate=1.0))
    train(loop, 300)
    found = dead_snapshot(loop).diagnosis
    assert found is not None
    assert "7 of 8 filters are dead" in found.sentence
    assert found.way_back.endswith("with η 0.1")
    loop.restore_last_good()
    train(loop, 200)
    assert loop.session.evaluate().test_accuracy > 0.9
