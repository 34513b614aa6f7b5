"""What happens between two steps and in them: steps come at their pace, moments are looked at, snapshots are made.

Single-threaded and free of Qt.
"""

from __future__ import annotations

from collections.abc import Callable

from core.arrays import ShapeError
from playground.announcements import Announcements, Failure
from playground.batch_step import BatchStep
from playground.errors import DivergedError, PlaygroundError
from playground.pace import Pace
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.snapshot_maker import SnapshotMaker
from playground.steps_ahead import StepsAhead
from playground.timeline.travel import TimeTravel

__all__ = ["StepLoop"]

_MOST_AHEAD = 64
"""So many steps are taken in one call at most: their batches take memory."""


class StepLoop:
    """Owns the session and moves it through its steps and its time; which runs there are is decided elsewhere.

    `advance` does the next piece of work; the other methods are the commands in between. A command that cannot be
    carried out raises PlaygroundError; run through `attempt`, it is told instead.
    """

    def __init__(self, tell: Announcements) -> None:
        self._changed = False
        self._tell = tell
        self._session: Session | None = None
        self._travel: TimeTravel | None = None
        self._told_settings: Settings | None = None
        self._diverged = False
        self._state = RunState.PAUSED
        self._run_id = self._runs = 0
        self._evaluating = False
        self._slow_motion = False
        self._measures_change = False
        self._steps_left: int | None = None
        self._pace = Pace()
        self._maker = SnapshotMaker(tell.failed)

    @property
    def session(self) -> Session:
        """The present run; raises PlaygroundError while there is none, since the first one could not begin."""
        if self._session is None:
            raise PlaygroundError("There is no network yet; choose other data.")
        return self._session

    @property
    def travel(self) -> TimeTravel:
        """The timeline of the present run; raises PlaygroundError while there is no run."""
        if self._travel is None:
            raise PlaygroundError("There is no network yet; choose other data.")
        return self._travel

    @property
    def shown(self) -> Session:
        """What is to be seen: the present run, or the moment of it that is looked at."""
        return self.travel.shown(self.session)

    @property
    def settings_to_go_on_with(self) -> Settings:
        """Those of what is shown, but an η that was chosen at the end of the run and not tried yet goes along."""
        shown, travel = self.shown.settings, self.travel
        is_on_the_way = travel.moment is not None and travel.track == travel.timeline.branches.live
        if is_on_the_way and self.session.is_rate_untried:
            return shown.changed(learning_rate=self.session.settings.learning_rate)
        return shown

    @property
    def has_run(self) -> bool:
        """False while there is no run, since the first one could not begin."""
        return self._session is not None

    @property
    def has_news(self) -> bool:
        """True if `snapshot` would show something that the last one did not."""
        return self._changed and self._session is not None

    # --- work ---------------------------------------------------------------------------------------------------

    def attempt(self, action: Callable[[], object]) -> None:
        """Run `action`; whatever goes wrong in it reaches the user in words and leaves the session usable."""
        try:
            action()
        except DivergedError as error:
            self._set_state(RunState.DIVERGED)
            self._tell.diverged(self._maker.note_divergence(str(error), self.session.way_back))
        except (PlaygroundError, ShapeError) as error:
            self._tell.refused(str(error))
        except Exception as error:  # noqa: BLE001 - the boundary of the thread: told to the user, never swallowed
            self._set_state(RunState.PAUSED)
            self._tell.failed(Failure.of(error))

    def seconds_to_wait(self) -> float | None:
        """Until there is work: 0 if there is some, None if only a command can bring some."""
        if self._evaluating:
            return 0.0
        return self._pace.seconds_to_wait() if self._runs_by_itself else None

    def advance(self) -> None:
        """Take the next step if it is due, else evaluate a slice if figures are missing."""
        if self._runs_by_itself and self._pace.seconds_to_wait() == 0.0:
            self._take_step()
            self._count_down()
        elif self._evaluating and self.shown.evaluate_slice():
            # figures are shown when they are complete: a snapshot of each slice would be the same picture again
            self._evaluating = False
            self._changed = True

    def steps_ahead(self, seconds: float) -> StepsAhead | None:
        """The next steps, about as many as take so long, to be worked out in one call; None where they go one by one.

        They are to be handed to `take_steps` before anything else is asked of the loop.
        """
        if not self._runs_by_itself or self._pace.seconds_to_wait():
            return None
        session, most = self.session, min(_MOST_AHEAD, self._pace.steps_ahead(seconds))
        if self._steps_left is not None:
            most = min(most, self._steps_left)
        return session.steps_ahead(most) if most > 1 else None

    def take_steps(self, ahead: StepsAhead) -> None:
        """Take the steps that were worked out."""
        if not ahead:
            return
        self._pace.worked_ahead(len(ahead), ahead.seconds)
        steps = self.session.take_steps(ahead)
        for _ in range(len(ahead)):
            self.travel.before_step(self.session)
            next(steps)
        self._changed = True
        self._count_down(len(ahead))

    def snapshot(self) -> Snapshot:
        """The state of the run by now."""
        self._changed = False
        training = self._state is RunState.TRAINING
        if not training:
            self._pace.forget_rate()
        return self._maker.make(
            self.session,
            self._state,
            run_id=self._run_id,
            steps_per_second=self._pace.rate(self.session.step_count) if training else 0.0,
            elapsed_seconds=self._pace.elapsed_seconds,
            resting=not self._runs_by_itself,
            travel=self.travel,
        )

    @property
    def _runs_by_itself(self) -> bool:
        return self._state is RunState.TRAINING and not self._slow_motion

    def _take_step(self, prepared: BatchStep | None = None) -> None:
        self.travel.before_step(self.session, by_hand=not self._runs_by_itself)
        with self._pace.one_step():
            if prepared is None:
                self.session.step()
            else:
                self.session.apply_batch_step(prepared)
        self._changed = True

    def _count_down(self, steps: int = 1) -> None:
        if self._steps_left is not None:
            self._steps_left -= steps
            if self._steps_left <= 0:
                self.pause()

    def _set_state(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self._tell.state_changed(state)
        self._changed = True

    def _usable_session(self, then: str = "") -> Session:
        """The present run, going on from the moment that is looked at; raises PlaygroundError if it has diverged."""
        if self._state is RunState.DIVERGED:
            raise PlaygroundError(f"This run has diverged. Go back to the last good weights, or reset it{then}.")
        self._go_on()
        return self.session

    def _evaluate_afresh(self) -> None:
        """Make the shown figures those of the weights that are shown, unless they are already."""
        self._evaluating = not self.shown.evaluation_is_current
        if self._evaluating:
            self.shown.begin_evaluation()

    def _take_up(self, session: Session, travel: TimeTravel, run_id: int | None = None) -> None:
        """Let this be the run from now on; run_id: its number, if it was the run before."""
        self._session, self._travel = session, travel
        self._diverged = False
        self._told_settings = self.settings_to_go_on_with
        session.measure_change(self._measures_change)
        if run_id is None:
            self._runs += 1
        self._run_id = self._runs if run_id is None else run_id
        self._evaluating = False
        self._pace.start_over()
        self._maker.begin_run()
        self._changed = True

    # --- steps --------------------------------------------------------------------------------------------------

    def train(self, steps: int | None = None) -> None:
        """Train until paused, or for so many steps."""
        self._usable_session()
        self._steps_left = steps
        self._evaluating = False
        self._pace.let_next_come()
        self._set_state(RunState.TRAINING)
        self._remember_start()

    def pause(self) -> None:
        """Rest, and evaluate the present weights."""
        if self._state is RunState.TRAINING:
            self._set_state(RunState.PAUSED)
            self._evaluate_afresh()

    def step(self) -> None:
        """Pause and train on one batch."""
        self._usable_session()
        self._set_state(RunState.PAUSED)
        self._step_by_hand()

    def apply_batch_step(self, step: BatchStep) -> None:
        """Take a step that was taken apart; training in slow motion goes on, else it pauses first."""
        self._usable_session()
        if self._runs_by_itself:
            self._set_state(RunState.PAUSED)
        self._changed = True
        self._step_by_hand(step)

    def undo_step(self) -> None:
        """Undo what came last: a weight changed after a step that was taken by hand, else that step; and pause.

        Of other steps look at the kept moment before, where nothing is lost.
        """
        if self.travel.undo_target(self.session) is None:
            self._look_one_back()
            return
        session = self.session
        for edit in reversed(session.edits.done):
            if edit.is_of_weights_since(session.step_count):
                session.undo_edit(edit)
                self._after_edit()
                return
        session.undo_step()
        self.travel.timeline.rewound(self.session)
        self._set_state(RunState.PAUSED)
        self._maker.forget_diagnosis()
        self._evaluate_afresh()

    def _after_edit(self) -> None:
        self._changed = True
        self._evaluate_afresh()

    def set_slow_motion(self, on: bool) -> None:
        """Let training wait for `apply_batch_step` before every step, or go on at the chosen speed."""
        if on is not self._slow_motion:
            self._slow_motion = on
            self._pace.let_next_come()
            self._changed = True
            self._remember_start()

    def set_speed(self, steps_per_second: float | None) -> None:
        """Limit the speed, or None for as fast as it goes."""
        self._pace.set_limit(steps_per_second)

    def _step_by_hand(self, prepared: BatchStep | None = None) -> None:
        self._pace.let_next_come()
        self.session.remember()
        self._take_step(prepared)
        self._evaluate_afresh()

    def _remember_start(self) -> None:
        """Keep where training begins: as a moment that is never thinned away, and to be undone if it takes one step."""
        if self._runs_by_itself:
            self.session.remember()
            self.travel.before_step(self.session, by_hand=True)

    # --- the time axis ------------------------------------------------------------------------------------------

    def seek(self, branch: int, step: float) -> None:
        """Pause and look at the kept moment nearest to a step on the way to a branch; the run itself waits."""
        session = self.session
        if branch not in self.travel.timeline.branches:
            raise PlaygroundError("That branch is no longer kept; choose another one.")
        if self._state is RunState.TRAINING:
            self._set_state(RunState.PAUSED)
        if self.travel.look_at(session, branch, step) and self._state is RunState.DIVERGED:
            self._diverged = True
            self._set_state(RunState.PAUSED)
        self._show_what_is_looked_at()

    def return_to_newest(self) -> None:
        """Look at the run itself again."""
        self.travel.return_to_newest()
        self._show_what_is_looked_at()

    def pin_moment(self) -> None:
        """Let the snapshots carry what is shown less this moment."""
        self.travel.pin(self.session)
        self._changed = True

    def unpin_moment(self) -> None:
        """No differences any more."""
        self.travel.unpin(self.session)
        self._changed = True

    def _look_one_back(self) -> None:
        view = self.travel.view(self.session)
        if view.step_before is None:
            raise PlaygroundError("There is no step to go back to: this is the first moment that is kept.")
        self.seek(view.shown_branch, view.step_before)

    def _show_what_is_looked_at(self) -> None:
        self._changed = True
        if self.travel.moment is None and self._diverged:
            self._diverged = False
            self._set_state(RunState.DIVERGED)
        if self.settings_to_go_on_with != self._told_settings:
            self._say_settings(self.settings_to_go_on_with)
        self._evaluate_afresh()

    def _go_on(self, learning_rate: float | None = None) -> None:
        """Let the run be one that goes on from the moment looked at: a branch, or one taken up where it stands.

        learning_rate: the η it goes on with; None for the one that is shown to the user.
        """
        if self.travel.moment is not None:
            if learning_rate is None:
                learning_rate = self.settings_to_go_on_with.learning_rate
            self._session = self.travel.go_on(self.session)
            self._session.change(self._session.settings.changed(learning_rate=learning_rate))
            self._session.measure_change(self._measures_change)
            self._diverged = False
            self._maker.begin_run()
            self._changed = True
            self._evaluate_afresh()

    def _say_settings(self, settings: Settings) -> None:
        self._told_settings = settings
        self._tell.settings_changed(settings)
