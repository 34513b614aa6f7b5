"""What happens between two steps and in them: commands are carried out, steps come at their pace, snapshots are made.

Single-threaded and free of Qt; the worker runs it on its thread.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from core.arrays import Array, ShapeError
from playground.announcements import Announcements, DataChanged, Failure, RunStarted
from playground.batch_step import BatchStep
from playground.counting import counted
from playground.datasets import load_dataset
from playground.errors import DataError, DivergedError, PlaygroundError
from playground.exports.film import film_of
from playground.flaw import Substitute
from playground.laboratory.specimen import Specimen
from playground.model_file import Model, load_model, save_model
from playground.own_data.image_set import ImageSet, same_images
from playground.own_data.run_settings import settings_for_newer
from playground.pace import Pace
from playground.session import Session
from playground.sessions.content import SessionContent, Start
from playground.sessions.last_time import LastTime
from playground.settings import Settings
from playground.snapshot import RunState, SampleRef, Snapshot
from playground.snapshot_maker import SnapshotMaker, Watched
from playground.timeline.record import record_of, timeline_from
from playground.timeline.travel import TimeTravel

__all__ = ["TrainingLoop"]

_SMALLEST_RESTORED_RATE = 1e-5


class TrainingLoop:
    """Owns the session. `advance` does the next piece of work; the other methods are the commands in between.

    A command that cannot be carried out raises PlaygroundError; run through `attempt`, it is told instead.
    """

    def __init__(self, tell: Announcements, last_time: LastTime | None = None) -> None:
        self._changed = False
        self._tell = tell
        self._session: Session | None = None
        self._travel: TimeTravel | None = None
        self._told_settings: Settings | None = None
        self._diverged = False
        self._own: ImageSet | None = None
        self._state = RunState.PAUSED
        self._run_id = 0
        self._evaluating = False
        self._slow_motion = False
        self._measures_change = False
        self._steps_left: int | None = None
        self._reset_to: Model | None = None
        self._pace = Pace()
        self._maker = SnapshotMaker(tell.failed)
        self._last_time = last_time

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
            self._maker.note_divergence(str(error))
            self._tell.diverged(str(error))
        except (PlaygroundError, ShapeError) as error:
            self._tell.refused(str(error))
        except MemoryError:
            self._set_state(RunState.PAUSED)
            self._tell.failed(
                Failure("There was not enough memory.", "Choose fewer filters or a smaller batch size m.")
            )
        except Exception as error:  # noqa: BLE001 - the boundary of the thread: told to the user, never swallowed
            self._set_state(RunState.PAUSED)
            self._tell.failed(
                Failure(
                    f"Training stopped: {error}" if str(error) else f"Training stopped: {type(error).__name__}.",
                    "The network is as it was before that step. Press Train to go on, or Reset to start over.",
                    "".join(traceback.format_exception(error)),
                )
            )

    def begin(self, settings: Settings, read_own: Callable[[], ImageSet] | None = None) -> None:
        """Go on with the session of last time, or begin a new one.

        read_own: reads the images of the user's own data set, if the settings name one. If there are no images for
        these settings, the first run is that of the defaults.
        """
        problem = ""
        if self._last_time is not None:
            try:
                content = self._last_time.read(read_own)
            except PlaygroundError as error:
                problem = f"The session of last time cannot be used, so a new one begins. {error}"
            else:
                if content is not None:
                    self._go_on_with(content, read_own)
                    return
        try:
            if settings.own is not None:
                self._own = None if read_own is None else read_own()
                settings = self._with_present_data(settings)
                load_dataset(settings, self._own)
        except DataError as error:
            problem = problem or f"Built-in digits are shown instead. {error}"
            settings = Settings()
        self._begin_run(self._new_session(settings), "A new network.")
        if problem:
            self._tell.refused(problem)

    def _go_on_with(self, content: SessionContent, read_own: Callable[[], ImageSet] | None) -> None:
        """Take up a session that was kept; what was changed since in the user's own data is learnt, too."""
        steps = counted(content.state.step, "step")
        reason = f"The session of last time, after {steps}; Reset starts over."
        self.open_session(content, reason if content.is_worth_keeping else "A new network.")
        if content.own is not None and read_own is not None:
            self.attempt(lambda: self._use_newer(read_own()))

    def _use_newer(self, images: ImageSet) -> None:
        if self._own is not None and images.name == self._own.name and not same_images(images, self._own):
            self.use_own_data(images)

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

    def _count_down(self) -> None:
        if self._steps_left is not None:
            self._steps_left -= 1
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
        """Go back a step, or to where training began if it ran on by itself, and pause.

        While one looks back, it is the kept moment before that is looked at.
        """
        if self.travel.moment is not None:
            self._look_one_back()
            return
        self.session.undo_step()
        self.travel.timeline.rewound(self.session)
        self._set_state(RunState.PAUSED)
        self._maker.forget_diagnosis()
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
        """Steps that training takes by itself are too many to keep: going back leads to where it began."""
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
        step = self.travel.previous_step()
        if step is None:
            raise PlaygroundError("This is the first moment that is kept.")
        self.seek(self.travel.track, step)

    def _show_what_is_looked_at(self) -> None:
        self._changed = True
        if self.travel.moment is None and self._diverged:
            self._diverged = False
            self._set_state(RunState.DIVERGED)
        if self.shown.settings != self._told_settings:
            self._say_settings(self.shown.settings)
        self._evaluate_afresh()

    def _go_on(self) -> None:
        """Let the run be one that goes on from the moment looked at: a branch, or one taken up where it stands."""
        if self.travel.moment is not None:
            self._session = self.travel.go_on(self.session)
            self._session.measure_change(self._measures_change)
            self._diverged = False
            self._maker.begin_run()
            self._changed = True

    def _say_settings(self, settings: Settings) -> None:
        self._told_settings = settings
        self._tell.settings_changed(settings)

    # --- runs ---------------------------------------------------------------------------------------------------

    def reset(self, seed: int | None = None) -> None:
        """Start over, paused, with the same start (that of the file, if the network was opened) or another seed."""
        settings, opened = self.shown.settings, self._reset_to if seed is None else None
        if seed is not None:
            session, reason = self._new_session(settings.changed(seed=seed)), f"new weights from seed {seed}"
        elif opened is not None:
            session = self._new_session(settings, weights=opened.network.state_dict(), step=opened.step)
            reason = f"the opened network again, after {counted(opened.step, 'step')}"
        else:
            session, reason = self._new_session(settings), "the same start again"
        reason = f"Started over: {reason}{self._lost_edits()}."
        self._reset_to = opened
        self._set_state(RunState.PAUSED)
        self._begin_run(session, reason)

    def change_settings(self, settings: Settings) -> None:
        """Take new settings: on the next step with the same weights where that is possible, else as a new run."""
        old = self.shown.settings if self._session is not None else None
        settings = self._with_present_data(settings)
        if settings == old:
            return
        if old is None:
            self._begin_run(self._new_session(settings), "A new network.")
        elif settings.same_architecture(old):
            self._go_on()
            self.session.change(settings)
            self._changed = True
        else:
            # new filters are random: there is nothing in them to keep
            settings = settings.changed(frozen=0)
            self._begin_run_with(settings, f"Started over: {_what_changed(old, settings)}{self._lost_edits()}.")
        self._say_settings(settings)

    def use_own_data(self, images: ImageSet, settings: Settings | None = None, *, afresh: bool = False) -> None:
        """Train on the user's own data: go on with the same weights if shape and classes are still those, else anew.

        settings: for this data; None keeps the present ones where they fit, else takes those that suit it. afresh: it
        is another data set, whatever its shape and classes. Raises PlaygroundError, changing nothing, if there is
        nothing to train on or to test with.
        """
        present = self._session.settings if self._session is not None else Settings()
        if settings is None:
            settings = settings_for_newer(images.description, present)
        load_dataset(settings, images)
        if self._session is not None:
            self.return_to_newest()
        self._own = images
        if self._session is not None and not afresh and settings.same_architecture(present):
            self._session.use_images(settings, images)
            self._changed = True
            self._tell.data_changed(DataChanged(self._run_id, settings, self._session.dataset, images))
            if self._state is not RunState.TRAINING:
                self._evaluate_afresh()
        else:
            self._begin_run_with(settings, f"Started over with {images.name}{self._lost_edits()}.")
        self._say_settings(settings)

    def _begin_run_with(self, settings: Settings, reason: str) -> None:
        session = self._new_session(settings)
        if self._state is RunState.DIVERGED:
            self._set_state(RunState.PAUSED)
        self._reset_to = None
        self._begin_run(session, reason)

    def _new_session(self, settings: Settings, *, weights: Mapping[str, Array] | None = None, step: int = 0) -> Session:
        return Session(settings, weights=weights, step=step, own=self._own)

    def _with_present_data(self, settings: Settings) -> Settings:
        """Settings made before the newest change of the user's own data, brought up to it."""
        if self._own is None or settings.own is None or settings.own.name != self._own.name:
            return settings
        return settings.changed(own=self._own.description)

    def restore_last_good(self) -> None:
        """Put the last good weights back, with a tenth of the learning rate, and pause."""
        self.return_to_newest()
        session = self.session
        session.restore_last_good(max(session.settings.learning_rate / 10, _SMALLEST_RESTORED_RATE))
        self._maker.forget_diagnosis()
        self._set_state(RunState.PAUSED)
        self._evaluate_afresh()
        self._say_settings(session.settings)

    def save(self, path: Path) -> None:
        """Write the present weights to a model file; refused for weights that a bug has trained, on purpose."""
        session = self.shown
        if session.flaw is not None:
            raise PlaygroundError(session.flaw.why_not_saved)
        save_model(path, session.settings, session.state_dict(), step=session.step_count)
        self._tell.saved(str(path))

    def open_model(self, path: Path) -> None:
        """Read a model file and make it the present run, paused."""
        model = load_model(path)
        session = self._new_session(model.settings, weights=model.network.state_dict(), step=model.step)
        self._set_state(RunState.PAUSED)
        self._reset_to = model
        self._begin_run(session, f"Opened {path.name}, after {counted(model.step, 'step')}.")
        self._say_settings(session.settings)

    def start_from(self, model: Model, images: ImageSet) -> None:
        """Begin a run, paused, on the user's own data with the weights of a model; Reset comes back to them."""
        load_dataset(model.settings, images)
        if self._session is not None:
            self.return_to_newest()
        self._own = images
        session = self._new_session(model.settings, weights=model.network.state_dict(), step=model.step)
        self._set_state(RunState.PAUSED)
        self._reset_to = model
        self._begin_run(session, f"Pretrained filters and a new dense layer, for {images.name}.")
        self._say_settings(session.settings)

    def capture(self) -> SessionContent:
        """All of the present session, for a file; costs copies of the weights.

        While one looks back it is the run itself. Weights trained with a bug go into no file: those before it do.
        """
        session, opened = self.session, self._reset_to
        return SessionContent.of(
            session,
            timeline=record_of(self.travel.timeline),
            own=self._own if session.settings.own is not None else None,
            start=None if opened is None else Start(opened.step, opened.network.state_dict()),
            elapsed_seconds=self._pace.elapsed_seconds,
            sample=self._maker.sample,
        )

    def open_session(self, content: SessionContent, reason: str) -> None:
        """Make a session from a file the present run, paused: it goes on bit for bit."""
        session = Session.from_state(content.state, content.history())
        self._set_state(RunState.PAUSED)
        if content.own is not None:
            self._own = content.own
        self._reset_to = None if content.start is None else content.start.model(content.state)
        travel = None
        if content.timeline is not None:
            travel = TimeTravel(session, timeline_from(content.timeline, session))
        self._begin_run(session, reason, content, travel)
        self._pace.elapsed_seconds = content.elapsed_seconds
        self._maker.sample = content.sample
        self._say_settings(session.settings)

    def _begin_run(
        self,
        session: Session,
        reason: str,
        opened: SessionContent | None = None,
        travel: TimeTravel | None = None,
    ) -> None:
        if self._session is None or self._session.dataset.name != session.dataset.name:
            self._maker.sample = session.first_sample
        self._session = session
        self._travel = travel if travel is not None else TimeTravel(session)
        self._diverged = False
        self._told_settings = session.settings
        session.measure_change(self._measures_change)
        self._run_id += 1
        self._evaluating = False
        self._pace.start_over()
        self._maker.begin_run()
        self._changed = True
        own = self._own if session.settings.own is not None else None
        self._tell.run_started(
            RunStarted(self._run_id, session.settings, session.dataset, session.history, reason, own, opened)
        )

    def _lost_edits(self) -> str:
        """What a new run, which begins with the original numbers, has to say of the edits."""
        count = len(self._session.edits.done) if self._session is not None else 0
        return f", without the {count} edit{'s' if count > 1 else ''}" if count else ""

    # --- the laboratory -----------------------------------------------------------------------------------------

    def train_with(self, substitute: Substitute | None) -> None:
        """Let a substitute with a mistake compute from the next step on, or (None) the engine again."""
        self._usable_session().train_with(substitute)
        self._maker.forget_batch_step()
        self._changed = True

    def restore_clean(self) -> None:
        """Go back to the step before a mistake was switched on, and pause."""
        self.return_to_newest()
        self.session.restore_clean()
        self.travel.timeline.rewound(self.session)
        self._set_state(RunState.PAUSED)
        self._maker.forget_batch_step()
        self._maker.forget_diagnosis()
        self._changed = True
        self._evaluate_afresh()

    def take_specimen(self, source: SampleRef | None, asked_by: str = "") -> None:
        """Tell the present weights with the images of the next step, or one image, to be checked elsewhere."""
        session = self.shown
        self._tell.specimen(
            Specimen(
                run_id=self._run_id,
                step=session.step_count,
                settings=session.settings,
                images=session.images_of(source),
                weights=session.state_dict(),
                substitute=session.substitute,
                asked_by=asked_by,
            )
        )

    def take_apart(self) -> None:
        """Tell the moment that is shown, its step on the next batch taken apart, also while steps are running."""
        moment = self.snapshot()
        self._changed = True  # the window has not seen this one
        self._tell.taken_apart(replace(moment, batch_step=self.shown.prepare_batch_step()))

    def take_film(self) -> None:
        """Tell the filters of the present run as they formed; refused for weights that a bug has trained on purpose."""
        if self.session.flaw is not None:
            raise PlaygroundError(self.session.flaw.why_not_saved)
        self._tell.film(film_of(self.travel.timeline, self.session))

    # --- what is looked at, what is changed by hand -------------------------------------------------------------

    def choose_sample(self, sample: SampleRef) -> None:
        """Which image the trace of the snapshots shows."""
        self._maker.sample = sample
        self._changed = True

    def set_drawing(self, image: Array | None) -> None:
        """The prepared image (1, h, w) whose class probabilities the snapshots carry, or None."""
        self._maker.drawing = image
        self._changed = True

    def watch_batch_step(self, source: Watched) -> None:
        """Which step the snapshots carry taken apart."""
        self._maker.watched = source
        self._changed = True

    def measure_change(self, on: bool) -> None:
        """Whether each step's predicted change of its loss is compared with the real one, in this run and the next."""
        self._measures_change = on
        if self._session is not None:
            self._session.measure_change(on)

    def edit_cell(self, sample: SampleRef, name: str, index: tuple[int, ...], value: float) -> None:
        """Give a weight, a bias or ("x") a pixel of `sample` another value, unless training."""
        session = self._editable_session()
        if name == "x":
            session.edit_pixel(sample, index, value)
        else:
            session.edit_parameter(name, index, value)
        self._after_edit()

    def edit_label(self, sample: SampleRef, label: int) -> None:
        """Give an image another class in this run, unless training."""
        self._editable_session().edit_label(sample, label)
        self._after_edit()

    def undo_edit(self) -> None:
        """Take back the newest change by hand, and show the image that it belongs to."""
        edit = self._editable_session().undo_edit()
        if edit.sample is not None:
            self._maker.sample = edit.sample
        self._after_edit()

    def _editable_session(self) -> Session:
        if self._state is RunState.TRAINING:
            raise PlaygroundError("Pause to edit: while training, every number changes with each step.")
        return self._usable_session(", then edit")

    def _after_edit(self) -> None:
        self._changed = True
        self._evaluate_afresh()


def _what_changed(old: Settings, new: Settings) -> str:
    """In words, why a new network was started."""
    names = {
        "dataset": "data",
        "classes": "classes",
        "kernel_size": "kernel size",
        "filters": "filters",
        "seed": "seed",
        "initialization": "first weights",
    }
    changed = [word for name, word in names.items() if getattr(old, name) != getattr(new, name)]
    listed = " and ".join(filter(None, (", ".join(changed[:-1]), *changed[-1:])))
    return f"{listed} changed, so a new network starts from seed {new.seed}"
