"""The commands on the present run: what is put back and kept, looked at, checked, and changed by hand.

Single-threaded and free of Qt; the worker runs it on its thread.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.arrays import Array
from playground.errors import PlaygroundError
from playground.flaw import Substitute
from playground.laboratory.specimen import Specimen
from playground.last_done import LastDone
from playground.model_file import save_model
from playground.run_loop import RunLoop
from playground.sample_ref import DrawnSample, SampleRef
from playground.session import Session
from playground.snapshot import RunState
from playground.snapshot_maker import Watched

__all__ = ["TrainingLoop"]


class TrainingLoop(RunLoop):
    """Carries out what is asked of the run that there is."""

    def restore_last_good(self) -> None:
        """Go back to where all was well, with a smaller learning rate, and pause.

        A run that diverged gets its last good weights; one whose filters are dead goes on, as a branch, from the last
        kept moment in which they lived.
        """
        if self._maker.is_dead:
            self._go_on_where_filters_lived()
            return
        self.return_to_newest()
        session = self.session
        session.restore_last_good()
        self._maker.forget_diagnosis()
        self._set_state(RunState.PAUSED)
        self._evaluate_afresh()
        self._say_settings(session.settings)

    def _go_on_where_filters_lived(self) -> None:
        self._set_state(RunState.PAUSED)
        living = self.travel.go_to_last_living(self.session)
        self._go_on(living.rate_to_go_on_with(self.session))
        self._say_settings(self.session.settings)

    def save(self, path: Path) -> None:
        """Write the present weights to a model file; refused for weights that a bug has trained, on purpose."""
        session = self.shown
        if session.flaw is not None:
            raise PlaygroundError(session.flaw.why_not_saved)
        save_model(path, session.settings, session.state_dict(), step=session.step_count)
        self._tell.saved(str(path))

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

    def take_film(self, block: int) -> None:
        """Tell the filters of a conv block (from 1) as they formed; refused if a bug has trained them on purpose."""
        from playground.exports.film import film_of  # noqa: PLC0415 - the program starts without it

        if self.session.flaw is not None:
            raise PlaygroundError(self.session.flaw.why_not_saved)
        self._tell.film(film_of(self.travel.timeline, self.session, block))

    def take_recording(self) -> None:
        """Tell the present run, or that there is none that has begun, to be compared with others."""
        from playground.experiments.recording import recording_of  # noqa: PLC0415 - the program starts without it

        session = self.session
        has_begun = len(session.history.series["batch_loss"]) > 0
        seconds = self._pace.elapsed_seconds
        self._tell.recording(recording_of(self.travel.timeline, session, seconds) if has_begun else None)

    # --- what is looked at, what is changed by hand -------------------------------------------------------------

    def choose_sample(self, sample: SampleRef) -> None:
        """Which image the trace of the snapshots shows."""
        self._maker.looked_at.choose(sample)
        self._changed = True

    def set_drawing(self, image: Array | None) -> None:
        """The prepared image (c, h, w) whose class probabilities the snapshots carry, or None."""
        self._maker.looked_at.draw(image)
        self._changed = True

    def follow_drawing(self, on: bool = True) -> None:
        """Let the drawing be the image that the trace shows, or (off) the image of before again."""
        if on:
            self._maker.looked_at.follow_drawing(self.shown)
        else:
            self._maker.looked_at.leave_drawing()
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
        """Give an image another class in this run, unless training; the label of a drawing may change at any time."""
        if isinstance(sample, DrawnSample):
            self._maker.looked_at.label_drawing(label)
            self._changed = True
            return
        self._editable_session().edit_label(sample, label)
        self._after_edit()

    def undo_edit(self) -> None:
        """Take back the newest change by hand, and show the image that it belongs to."""
        edit = self._editable_session().undo_edit()
        if edit.sample is not None:
            self._maker.looked_at.choose(edit.sample)
        self._after_edit()

    def undo_last(self, done: LastDone) -> None:
        """Undo what was done last by hand, if that is still `done`: keys may be faster than the picture."""
        if self.travel.last_done(self.session) != done:
            return
        if done.edit is None:
            self.undo_step()
        else:
            self.undo_edit()

    def _editable_session(self) -> Session:
        if self._state is RunState.TRAINING:
            raise PlaygroundError("Pause to edit: while training, every number changes with each step.")
        return self._usable_session(", then edit")
