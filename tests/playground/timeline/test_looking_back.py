"""Looking back leaves the run as it is; what goes on from a moment is a branch, and gives the same bits."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import fields

import numpy as np
import pytest

from playground.announcements import Announcements
from playground.errors import PlaygroundError
from playground.own_data.run_settings import settings_for
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.timeline.timeline import Timeline
from playground.timeline.travel import TimeTravel
from playground.training_loop import TrainingLoop
from tests.playground.own_data.files import some_set

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(2,), batch_size=64, seed=5)


class Desk:
    """A loop whose turns are taken by hand, and what it said."""

    def __init__(self, settings: Settings = SMALL) -> None:
        self.heard: list[tuple[str, object]] = []
        self.loop = TrainingLoop(
            Announcements(**{field.name: self._hear(field.name) for field in fields(Announcements)})
        )
        self.loop.begin(settings)

    def _hear(self, kind: str) -> Callable[[object], None]:
        return lambda value: self.heard.append((kind, value))

    def train(self, steps: int) -> Snapshot:
        self.loop.train(steps)
        return self.settle()

    def settle(self) -> Snapshot:
        while self.loop.seconds_to_wait() is not None:
            self.loop.advance()
        return self.loop.snapshot()

    def seek(self, step: int, branch: int = 0) -> Snapshot:
        self.loop.seek(branch, step)
        return self.settle()

    def curve(self, name: str = "batch_loss") -> list[tuple[float, float]]:
        return points(self.loop.session, name)


def points(session: Session, name: str = "batch_loss") -> list[tuple[float, float]]:
    curve = session.history.series[name].read()
    return [*zip(curve.x.tolist(), curve.y.tolist(), strict=True)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def assert_same_weights(a: Snapshot, b: Snapshot) -> None:
    for name, values in a.weights.items():
        np.testing.assert_array_equal(values, b.weights[name])


def test_a_moment_shows_everything_as_it_was_then(desk: Desk) -> None:
    then = desk.train(7)
    desk.train(10)
    now = desk.seek(7)
    assert_same_weights(then, now)
    for name, values in then.trace.arrays.items():
        np.testing.assert_array_equal(values, now.trace.arrays[name])
    for name, values in then.gradients.items():
        np.testing.assert_array_equal(values, now.gradients[name])
    assert (now.step, now.batch_loss, now.epoch) == (7, then.batch_loss, then.epoch)
    assert now.evaluation == then.evaluation
    assert now.evaluation.test.confusion(2).tolist() == then.evaluation.test.confusion(2).tolist()


def test_the_run_waits_unchanged_while_one_looks_back_and_is_there_again(desk: Desk) -> None:
    before = desk.train(12)
    curve, tests = desk.curve(), desk.curve("test_loss")
    assert desk.seek(3).timeline.looking_back
    assert (desk.curve(), desk.curve("test_loss")) == (curve, tests)
    desk.loop.return_to_newest()
    after = desk.settle()
    assert not after.timeline.looking_back
    assert (after.step, after.evaluation) == (12, before.evaluation)
    assert_same_weights(before, after)
    straight = Session(SMALL)
    for _ in range(15):
        straight.step()
    desk.train(3)
    assert desk.curve() == points(straight)


def test_the_end_of_the_way_is_the_run_itself(desk: Desk) -> None:
    desk.train(9)
    assert desk.seek(4).timeline.looking_back
    assert not desk.seek(9).timeline.looking_back
    assert not desk.seek(500).timeline.looking_back


def test_the_newest_moment_counts_among_those_that_are_kept(desk: Desk) -> None:
    assert desk.loop.snapshot().timeline.moments == 1
    assert desk.train(12).timeline.moments == 13
    desk.loop.pin_moment()  # that one is kept from now on, and is no other one
    assert desk.loop.snapshot().timeline.moments == 13
    assert desk.seek(4).timeline.moments == 13
    # the first moment of a branch has the same step as one of the run, and other settings
    desk.loop.change_settings(SMALL.changed(learning_rate=0.01))
    assert desk.settle().timeline.moments == 14
    assert desk.train(2).timeline.moments == 16


def test_looking_back_pauses(desk: Desk) -> None:
    desk.train(5)
    desk.loop.train()
    desk.loop.seek(0, 2)
    assert desk.loop.seconds_to_wait() in {0.0, None}
    snapshot = desk.settle()
    assert (snapshot.state, snapshot.step) == (RunState.PAUSED, 2)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_going_on_with_the_same_settings_gives_the_same_bits(optimizer: str) -> None:
    desk = Desk(SMALL.changed(optimizer=optimizer, learning_rate=0.01))
    first = desk.train(25)
    curve = desk.curve()
    desk.seek(8)
    again = desk.train(17)
    assert again.timeline.live == 1
    assert desk.curve() == curve
    assert_same_weights(first, again)


def test_other_settings_make_another_branch_and_the_first_one_stays(desk: Desk) -> None:
    first = desk.train(20)
    first_curve = desk.curve()
    desk.seek(10)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.01))
    second = desk.train(10)
    root, branch = second.timeline.branches
    assert (root.end, branch.end, branch.forked_at, branch.parent) == (20, 20, 10, 0)
    assert branch.differs == "η 0.1 → 0.01"
    assert points_of(root.history) == first_curve
    assert points_of(branch.history)[:10] == first_curve[:10]
    assert points_of(branch.history)[10:] != first_curve[10:]
    assert not np.array_equal(first.weights["fc.weight"], second.weights["fc.weight"])


def points_of(history: object) -> list[tuple[float, float]]:
    curve = history.series["batch_loss"].read()
    return [*zip(curve.x.tolist(), curve.y.tolist(), strict=True)]


def test_a_branch_begins_with_the_figures_of_its_own_weights(desk: Desk) -> None:
    desk.train(20)
    then = desk.seek(7)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.01))
    begun = desk.settle()
    assert (begun.step, begun.timeline.live) == (7, 1)
    assert begun.evaluation.step == 7
    assert begun.evaluation == then.evaluation


def test_a_branch_that_was_left_goes_on_where_it_stands(desk: Desk) -> None:
    first = desk.train(20)
    desk.seek(10)
    desk.train(4)
    back = desk.seek(20, branch=0)
    assert back.timeline.looking_back
    assert_same_weights(first, back)
    straight = Session(SMALL)
    for _ in range(23):
        straight.step()
    on = desk.train(3)
    assert (on.timeline.live, len(on.timeline.branches), on.step) == (0, 2, 23)
    assert desk.curve() == points(straight)


def test_a_branch_without_a_step_is_forgotten_when_it_is_left(desk: Desk) -> None:
    desk.train(20)
    desk.seek(10)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.02))
    assert len(desk.loop.snapshot().timeline.branches) == 2
    desk.seek(20, branch=0)
    on = desk.train(1)
    assert [branch.number for branch in on.timeline.branches] == [0]


def test_an_edit_while_looking_back_begins_a_branch_and_is_kept_in_it(desk: Desk) -> None:
    desk.train(10)
    desk.seek(5)
    desk.loop.edit_cell(SampleRef(), "w1", (0, 0, 0, 0), 0.75)
    edited = desk.settle()
    assert (edited.timeline.live, edited.step, len(edited.edits)) == (1, 5, 1)
    desk.seek(10, branch=0)
    desk.loop.train(1)
    desk.settle()
    again = desk.seek(5, branch=1)
    assert again.weights["conv1.weight"][0, 0, 0, 0] == 0.75


def test_the_settings_told_are_those_of_the_moment(desk: Desk) -> None:
    desk.train(5)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.02))
    desk.train(5)
    desk.heard.clear()
    desk.seek(3)
    assert [value.learning_rate for kind, value in desk.heard if kind == "settings_changed"] == [0.1]
    desk.loop.return_to_newest()
    assert [value.learning_rate for kind, value in desk.heard if kind == "settings_changed"] == [0.1, 0.02]


def test_the_moment_before_a_step_is_that_with_the_edits_made_there(desk: Desk) -> None:
    desk.train(4)
    desk.loop.edit_cell(SampleRef(), "b1", (0,), 0.5)
    edited = desk.settle()
    desk.train(4)
    assert_same_weights(desk.seek(4), edited)


def test_step_back_while_looking_back_looks_at_the_moment_before(desk: Desk) -> None:
    desk.train(6)
    snapshot = desk.seek(3)
    assert snapshot.timeline.step_before == 2
    desk.loop.undo_step()
    assert desk.settle().step == 2
    desk.seek(0)
    with pytest.raises(PlaygroundError, match="first moment"):
        desk.loop.undo_step()


def test_steps_that_are_undone_are_no_moments_any_more(desk: Desk) -> None:
    for _ in range(4):
        desk.loop.step()
    desk.loop.undo_step()
    desk.loop.undo_step()
    snapshot = desk.settle()
    assert (snapshot.timeline.newest, snapshot.timeline.steps.tolist()) == (2, [0, 1, 2])


def test_going_back_undoes_a_weight_changed_after_the_last_step_before_that_step(desk: Desk) -> None:
    desk.loop.step()
    after_step = desk.settle()
    desk.loop.edit_cell(after_step.sample, "w1", (0, 0, 0, 0), 0.5)
    desk.loop.edit_cell(after_step.sample, "x", (0, 0, 0), 0.25)
    edited = desk.settle()
    assert edited.undone_first == edited.edits[0]
    desk.loop.undo_step()
    undone = desk.settle()
    assert (undone.step, undone.undone_first) == (1, None)
    assert [edit.name for edit in undone.edits] == ["x"]  # that is no part of the run's way
    assert_same_weights(undone, after_step)
    desk.loop.undo_step()
    assert desk.settle().step == 0


def test_a_weight_changed_before_a_step_is_still_there_when_the_step_is_undone(desk: Desk) -> None:
    desk.loop.edit_cell(desk.loop.snapshot().sample, "w1", (0, 0, 0, 0), 0.5)
    desk.loop.step()
    assert desk.settle().undone_first is None
    desk.loop.undo_step()
    back = desk.settle()
    assert (back.step, back.trace.w1[0, 0, 0, 0], len(back.edits)) == (0, 0.5, 1)


def test_a_diverged_run_can_be_looked_back_at_and_gone_on_from(desk: Desk) -> None:
    desk.train(10)
    session = desk.loop.session
    weights = session.state_dict()
    weights["conv1.weight"][0] = 1e38
    session.network.load_state_dict(weights)
    desk.loop.train()
    desk.loop.attempt(desk.loop.advance)
    assert desk.loop.snapshot().state is RunState.DIVERGED
    assert desk.seek(5).state is RunState.PAUSED
    desk.loop.return_to_newest()
    assert desk.loop.snapshot().state is RunState.DIVERGED
    desk.seek(5)
    on = desk.train(3)
    assert (on.step, on.state) == (8, RunState.PAUSED)


def test_a_rate_chosen_after_divergence_goes_along_to_the_moment_one_goes_on_from(desk: Desk) -> None:
    desk.loop.change_settings(SMALL.changed(learning_rate=10.0))
    desk.train(10)
    weights = desk.loop.session.state_dict()
    weights["conv1.weight"][0] = 1e38
    desk.loop.session.network.load_state_dict(weights)
    desk.loop.attempt(desk.loop.step)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.05))
    past = desk.seek(2)
    assert past.settings.learning_rate == 10.0  # as it was
    assert ("settings_changed", past.settings) not in desk.heard[-3:]  # the control keeps what was chosen
    on = desk.train(3)
    assert (on.step, on.settings.learning_rate) == (5, 0.05)
    assert on.timeline.branch(on.timeline.live).differs == "η 10 → 0.05"
    assert [event.text for event in desk.loop.session.history.events if event.step == 2] == ["η 10 → 0.05"]


def test_a_rate_chosen_at_the_end_is_there_for_reset_and_can_be_taken_back_while_one_looks_back(desk: Desk) -> None:
    desk.train(5)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.02))
    desk.seek(2)
    desk.loop.change_settings(SMALL)  # as it was at that moment, though another one is shown
    assert desk.train(1).settings == SMALL
    desk.loop.change_settings(SMALL.changed(learning_rate=0.02))
    desk.seek(0, desk.loop.travel.timeline.branches.live)
    desk.loop.reset()
    assert desk.settle().settings.learning_rate == 0.02


def test_a_rate_that_steps_were_taken_with_stays_in_its_time(desk: Desk) -> None:
    desk.train(5)
    desk.loop.change_settings(SMALL.changed(learning_rate=0.02))
    desk.train(1)
    desk.seek(2)
    assert desk.train(1).settings.learning_rate == SMALL.learning_rate


def test_a_difference_is_the_shown_moment_less_the_pinned_one(desk: Desk) -> None:
    desk.train(10)
    a = desk.seek(2)
    desk.loop.pin_moment()
    b = desk.seek(7)
    found = b.difference
    assert (found.branch, found.step, b.timeline.pinned) == (0, 2, (0, 2))
    for name in ("w1", "b1", "z1", "A1", "w2", "z2", "dw1"):
        np.testing.assert_array_equal(found.trace.arrays[name], b.trace.arrays[name] - a.trace.arrays[name])
    np.testing.assert_array_equal(found.trace.x, b.trace.x)
    desk.loop.return_to_newest()
    newest = desk.settle()
    np.testing.assert_array_equal(newest.difference.trace.w1, newest.trace.w1 - a.trace.w1)
    desk.loop.unpin_moment()
    assert desk.loop.snapshot().difference is None


def test_a_pinned_moment_is_not_thinned() -> None:
    session = Session(SMALL)
    travel = TimeTravel(session, Timeline(session, most=20))
    travel.before_step(session)
    for _ in range(5):
        travel.before_step(session)
        session.step()
    travel.look_at(session, 0, 3)
    travel.pin(session)
    travel.return_to_newest()
    for _ in range(60):
        travel.before_step(session)
        session.step()
    steps = travel.view(session).steps.tolist()
    assert {0, 3} <= set(steps)
    assert 1 not in steps


def test_samples_that_came_since_are_there_in_earlier_moments_too(desk: Desk) -> None:
    few, more = some_set(count=30, size=12), some_set(count=42, size=12)
    settings = settings_for(few.description, filters=(2,), kernel_size=3)
    desk.loop.use_own_data(few, settings)
    desk.train(4)
    then = desk.loop.session.state_dict()
    desk.loop.use_own_data(more)
    desk.train(4)
    seen = desk.seek(2)
    assert desk.loop.shown.dataset is desk.loop.session.dataset
    assert seen.evaluation.test_images == 14
    seen = desk.seek(4)
    np.testing.assert_array_equal(seen.weights["fc.weight"], then["fc.weight"])
    desk.loop.pin_moment()
    desk.seek(2)
    on = desk.train(3)
    assert (on.step, on.timeline.live) == (5, 1)
    assert len(desk.loop.session.dataset.x_train) == 42
    assert on.difference is not None
    assert [event.text for event in desk.loop.session.history.events] == ["with the images of now"]


def test_a_new_run_has_a_new_timeline(desk: Desk) -> None:
    desk.train(5)
    desk.seek(2)
    desk.loop.reset()
    snapshot = desk.settle()
    assert (snapshot.step, snapshot.timeline.looking_back, snapshot.timeline.steps.tolist()) == (0, False, [0])


def test_a_branch_that_is_no_longer_kept_is_refused(desk: Desk) -> None:
    with pytest.raises(PlaygroundError, match="no longer kept"):
        desk.loop.seek(7, 0)


def test_many_branches_push_out_the_oldest_loose_one(desk: Desk) -> None:
    desk.train(4)
    for _ in range(14):
        desk.seek(2)
        desk.train(1)
    snapshot = desk.settle()
    numbers = [branch.number for branch in snapshot.timeline.branches]
    assert len(numbers) == 12
    assert numbers[0] == 0
    assert snapshot.timeline.live == numbers[-1]


def test_after_a_thousand_moments_they_take_a_small_share_of_the_time_of_training() -> None:
    session = Session(SMALL)
    now = [0.0]

    class Slow(Session):
        def state(self, **how):
            now[0] += 0.01
            return dataclasses.replace(session.state(**how), step=self.step_count)

    slow = Slow(SMALL)
    timeline = Timeline(slow, clock=lambda: now[0])
    for step in range(3000):
        slow.step_count = step
        timeline.record_if_due(slow)
        now[0] += 0.01
    assert len(timeline.moments) >= 1000
    assert timeline.moments.spacing >= 16
    assert timeline.steps(0)[:1000] == [*range(1000)]
