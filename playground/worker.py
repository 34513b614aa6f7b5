"""The one background thread. It owns the session; commands come in by a queue, snapshots go out by a mailbox of one.

`TrainingWorker` is a QObject that lives in the GUI thread, so its signals reach their slots there, queued. Everything
below the line "in the thread" runs in the training thread and nowhere else.
"""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.arrays import Array, ShapeError
from playground.batch_step import BatchStep
from playground.datasets import Dataset
from playground.diagnosis import diagnose
from playground.errors import DivergedError, PlaygroundError
from playground.history import OBSERVED, Event, History
from playground.model_file import Model, load_model, save_model
from playground.observations import observe
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import Diagnosis, RunState, SampleRef, Snapshot

__all__ = ["Failure", "RunStarted", "TrainingWorker"]

_RATE_WINDOW_SECONDS = 1.0
_KEEP_EVERY_SECONDS = 30.0


@dataclass(frozen=True)
class RunStarted:
    """A new run: its number, and what stays the same while it goes on. `reason` is a sentence: why it began."""

    run_id: int
    settings: Settings
    dataset: Dataset
    history: History
    reason: str


@dataclass(frozen=True)
class Failure:
    """Something went wrong in the thread: one sentence, one thing to do, and the details for a report."""

    sentence: str
    advice: str
    details: str = ""


class _StopThread(Exception):  # noqa: N818 - a signal to leave the loop, not an error
    """Ends the loop of the thread."""


class TrainingWorker(QObject):
    """Trains on a thread of its own. Every method returns at once; what it asks for happens between two steps.

    Signals (all delivered in the GUI thread): run_started(RunStarted), settings_changed(Settings),
    state_changed(RunState), diverged(str), refused(str) for a command that cannot be carried out, failed(Failure),
    saved(str) with the path.
    """

    run_started = Signal(object)
    settings_changed = Signal(object)
    state_changed = Signal(object)
    diverged = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    saved = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None, *, keep_in: Path | None = None) -> None:
        super().__init__(parent)
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._mailbox_lock = threading.Lock()
        self._latest: Snapshot | None = None
        self._wanted = threading.Event()
        self._closing = False
        self._keep_in = keep_in
        self._thread = threading.Thread(target=self._run, args=(settings,), name="training", daemon=True)
        # what follows belongs to the thread once it has started
        self._session: Session
        self._state = RunState.PAUSED
        self._run_id = 0
        self._sequence = 0
        self._dirty = True
        self._evaluating = False
        self._steps_per_second: float | None = None
        self._next_step_at = 0.0
        self._steps_left: int | None = None
        self._reset_to: Model | None = None
        self._kept_step = 0
        self._kept_at = time.perf_counter()
        self._elapsed = 0.0
        self._rate_marks: deque[tuple[float, int]] = deque()
        self._sample = SampleRef()
        self._drawing: Array | None = None
        self._slow_motion = False
        self._watched: Literal["batch", "sample"] | None = None
        self._prepared: BatchStep | None = None
        self._diagnosis: Diagnosis | None = None
        self._diagnosed_step = -1

    # --- from the window ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the thread; the first run is built in it and announced by run_started."""
        self._thread.start()

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, or None before the first."""
        with self._mailbox_lock:
            return self._latest

    def request_snapshot(self) -> None:
        """Ask for a snapshot after the step that is running; nothing is made if nothing has changed since the last."""
        if not self._wanted.is_set():
            self._wanted.set()
            self._post(_nothing)

    def train(self, steps: int | None = None) -> None:
        """Train until paused, or for so many steps. A diverged run is refused with a sentence."""
        self._post(lambda: self._train(steps))

    def pause(self) -> None:
        """Stop after the step that is running."""
        self._post(self._pause)

    def step(self) -> None:
        """Pause and train on one batch."""
        self._post(self._step_once)

    def watch_batch_step(self, source: Literal["batch", "sample"] | None) -> None:
        """Let the snapshots carry the next step taken apart, on the next batch or the chosen sample, or (None) not.

        They do while no steps are running: when paused or in slow motion.
        """
        self._post(lambda: self._watch(source))

    def apply_batch_step(self, step: BatchStep) -> None:
        """Take the step that a snapshot carried, pausing first; refused if it is no longer the next one."""
        self._post(lambda: self._apply(step))

    def undo_step(self) -> None:
        """Pause and go back one step, or to where training began if it ran on by itself; refused if there is none."""
        self._post(self._undo_step)

    def set_slow_motion(self, on: bool) -> None:
        """Let training wait for `apply_batch_step` before every step; off: go on at the chosen speed."""
        self._post(lambda: self._set_slow_motion(on))

    def reset(self, seed: int | None = None) -> None:
        """Start over, paused, with the same seed (the same run again) or with another one."""
        self._post(lambda: self._reset(seed))

    def change_settings(self, settings: Settings) -> None:
        """Take new settings: on the next step with the same weights where that is possible, else as a new run."""
        self._post(lambda: self._change_settings(settings))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Limit the speed, or None for as fast as it goes."""
        self._post(lambda: self._set_speed(steps_per_second))

    def choose_sample(self, sample: SampleRef) -> None:
        """Which image the trace of the snapshots shows."""
        self._post(lambda: self._set_sample(sample))

    def set_drawing(self, image: Array | None) -> None:
        """The prepared image (1, h, w) whose class probabilities the snapshots carry, or None."""
        self._post(lambda: self._set_drawing(image))

    def edit_cell(self, sample: SampleRef, name: str, index: tuple[int, ...], value: float) -> None:
        """Give a weight, a bias or ("x") a pixel of `sample` another value. Refused with a sentence while training."""
        if name == "x":
            self._post(lambda: self._edit(lambda: self._session.edit_pixel(sample, index, value)))
        else:
            self._post(lambda: self._edit(lambda: self._session.edit_parameter(name, index, value)))

    def edit_label(self, sample: SampleRef, label: int) -> None:
        """Give an image another class y in this run. Refused with a sentence while training."""
        self._post(lambda: self._edit(lambda: self._session.edit_label(sample, label)))

    def undo_edit(self) -> None:
        """Take back the newest change by hand, and show the image that it belongs to."""
        self._post(lambda: self._edit(self._undo_edit))

    def restore_last_good(self) -> None:
        """Put the last good weights back, with a tenth of the learning rate."""
        self._post(self._restore_last_good)

    def save(self, path: Path) -> None:
        """Write the present weights to a model file."""
        self._post(lambda: self._save(path))

    def open_model(self, path: Path) -> None:
        """Read a model file and make it the present run, paused."""
        self._post(lambda: self._open_model(path))

    def close(self, timeout: float = 2.0) -> bool:
        """End the thread after the step that is running; True if it ended within `timeout` seconds."""
        self._closing = True
        self._post(_leave)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _post(self, command: Callable[[], None]) -> None:
        self._commands.put(command)

    # --- in the thread ------------------------------------------------------------------------------------------

    def _run(self, settings: Settings) -> None:
        try:
            self._guard(lambda: self._first_run(settings))
            while not self._closing:
                self._guard(self._one_turn)
        except _StopThread:
            pass
        self._guard(self._keep)

    def _first_run(self, settings: Settings) -> None:
        """Go on with the network that was kept when the window was last closed, or begin a new one."""
        problem = ""
        if self._keep_in is not None and self._keep_in.exists():
            try:
                kept = load_model(self._keep_in)
            except PlaygroundError as error:
                problem = f"The network of last time cannot be used, so a new one begins. {error}"
            else:
                if kept.settings.same_architecture(settings):
                    session = Session(settings, weights=kept.network.state_dict(), step=kept.step)
                    self._kept_step = kept.step
                    self._begin_run(
                        session, f"The network of last time, after {_counted(kept.step)}; Reset starts over."
                    )
                    return
        self._begin_run(Session(settings), "A new network.")
        if problem:
            self.refused.emit(problem)

    def _keep(self) -> None:
        """Write the network to where the next start finds it; a run that has not begun leaves nothing to keep."""
        session = self._session
        self._kept_at = time.perf_counter()
        if self._keep_in is None or session.step_count == self._kept_step:
            return
        self._kept_step = session.step_count
        if session.step_count:
            save_model(self._keep_in, session.settings, session.state_dict(), step=session.step_count)
        else:
            self._keep_in.unlink(missing_ok=True)

    def _guard(self, action: Callable[[], None]) -> None:
        """Run `action`; whatever goes wrong in it reaches the user in words and leaves the session usable."""
        try:
            action()
        except DivergedError as error:
            self._set_state(RunState.DIVERGED)
            self._diagnosis = Diagnosis("diverged", str(error), "Go back to the last good weights with a smaller η.")
            self.diverged.emit(str(error))
        except (PlaygroundError, ShapeError) as error:
            self.refused.emit(str(error))
        except MemoryError:
            self._set_state(RunState.PAUSED)
            self.failed.emit(Failure("There was not enough memory.", "Choose fewer filters or a smaller batch size m."))
        except _StopThread:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of the thread: told to the user, never swallowed
            self._set_state(RunState.PAUSED)
            self.failed.emit(
                Failure(
                    f"Training stopped: {error}" if str(error) else f"Training stopped: {type(error).__name__}.",
                    "The network is as it was before that step. Press Train to go on, or Reset to start over.",
                    "".join(traceback.format_exception(error)),
                )
            )

    def _one_turn(self) -> None:
        """Carry out what is queued, then one step or one slice of an evaluation, then hand over a snapshot."""
        self._obey(self._seconds_to_wait())
        if self._runs_by_itself and time.perf_counter() >= self._next_step_at:
            self._one_step()
            self._count_down()
            if time.perf_counter() - self._kept_at > _KEEP_EVERY_SECONDS:
                self._keep()
        elif self._evaluating:
            self._evaluating = not self._session.evaluate_slice()
            self._dirty = True
        if self._wanted.is_set() and self._dirty:
            self._publish()

    def _seconds_to_wait(self) -> float | None:
        """How long the queue may be waited for: 0 if there is work, None if there is none."""
        if self._evaluating or (self._dirty and self._wanted.is_set()):
            return 0.0
        if self._runs_by_itself:
            return max(0.0, self._next_step_at - time.perf_counter())
        return None

    @property
    def _runs_by_itself(self) -> bool:
        return self._state is RunState.TRAINING and not self._slow_motion

    def _obey(self, wait: float | None) -> None:
        try:
            self._commands.get(block=wait != 0.0, timeout=wait)()
            while True:
                self._commands.get_nowait()()
        except queue.Empty:
            return

    def _one_step(self, prepared: BatchStep | None = None) -> None:
        begin = time.perf_counter()
        if self._steps_per_second is not None:
            self._next_step_at = max(self._next_step_at + 1 / self._steps_per_second, begin)
        if prepared is None:
            self._session.step()
        else:
            self._session.apply_batch_step(prepared)
        self._elapsed += time.perf_counter() - begin
        self._dirty = True

    def _publish(self) -> None:
        session = self._session
        self._wanted.clear()
        self._dirty = False
        self._sequence += 1
        self._diagnose()
        self._prepare_batch_step()
        probabilities = None
        if self._drawing is not None and self._drawing.shape == session.dataset.x_train.shape[1:]:
            probabilities = _frozen(session.predict(self._drawing[np.newaxis])[0])
        snapshot = Snapshot(
            run_id=self._run_id,
            sequence=self._sequence,
            settings=session.settings,
            class_names=session.dataset.class_names,
            state=self._state,
            step=session.step_count,
            epoch=session.epoch,
            steps_per_epoch=session.steps_per_epoch,
            batch_loss=session.batch_loss,
            steps_per_second=self._measured_rate(),
            elapsed_seconds=self._elapsed,
            weights=_frozen_copies(session.state_dict()),
            gradients=_frozen_copies(session.network.gradients()) if session.step_count else {},
            sample=self._sample,
            trace=session.trace_sample(self._sample),
            evaluation=session.evaluation,
            drawing_probabilities=probabilities,
            diagnosis=self._diagnosis,
            edits=session.edits.done,
            sample_edited=session.images.is_edited(self._sample),
            batch_step=self._prepared,
            undo_target=session.undo_target,
        )
        with self._mailbox_lock:
            self._latest = snapshot

    def _prepare_batch_step(self) -> None:
        """Bring the step taken apart up to the present weights, if somebody looks at it and no steps are running."""
        if self._watched is None or self._runs_by_itself or self._state is RunState.DIVERGED:
            self._prepared = None
            return
        source = None if self._watched == "batch" else self._sample
        known = self._prepared
        if known is not None and known.images.source == source and self._session.is_next(known):
            return
        self._prepared = None
        try:
            self._prepared = self._session.prepare_batch_step(source)
        except MemoryError:
            self._watched = None
            m = self._session.settings.batch_size
            self.failed.emit(
                Failure(f"There was not enough memory to take a batch of {m} apart.", "Choose a smaller batch size m.")
            )

    def _diagnose(self) -> None:
        evaluation = self._session.evaluation
        if self._state is RunState.DIVERGED or evaluation is None or evaluation.step == self._diagnosed_step:
            return
        self._diagnosed_step = evaluation.step
        before, self._diagnosis = self._diagnosis, diagnose(self._session.history, observe(self._session))
        found = self._diagnosis
        if found is not None and (before is None or before.kind != found.kind):
            self._session.history.mark(Event(evaluation.step, OBSERVED, found.sentence))

    def _measured_rate(self) -> float:
        """Steps a second over the last second of training; 0 when paused."""
        marks = self._rate_marks
        if self._state is not RunState.TRAINING:
            marks.clear()
            return 0.0
        now = time.perf_counter()
        marks.append((now, self._session.step_count))
        while len(marks) > 2 and now - marks[0][0] > max(_RATE_WINDOW_SECONDS, 2.5 / (self._steps_per_second or 1e9)):
            marks.popleft()
        (then, steps_then), (now, steps_now) = marks[0], marks[-1]
        return (steps_now - steps_then) / (now - then) if now > then else 0.0

    # commands

    def _set_state(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
        self._dirty = True

    def _count_down(self) -> None:
        if self._steps_left is not None:
            self._steps_left -= 1
            if self._steps_left <= 0:
                self._pause()

    def _train(self, steps: int | None) -> None:
        if self._state is RunState.DIVERGED:
            raise PlaygroundError("This run has diverged. Go back to the last good weights, or reset it.")
        self._steps_left = steps
        self._evaluating = False
        self._next_step_at = time.perf_counter()
        self._set_state(RunState.TRAINING)
        self._remember_start()

    def _remember_start(self) -> None:
        """Steps that training takes by itself are too many to keep: going back leads to where it began."""
        if self._runs_by_itself:
            self._session.remember()

    def _pause(self) -> None:
        if self._state is RunState.TRAINING:
            self._set_state(RunState.PAUSED)
            self._evaluating = self._begin_fresh_evaluation()

    def _begin_fresh_evaluation(self) -> bool:
        """Make the shown figures those of the weights that are shown; False if they are already."""
        if self._session.evaluation_is_current:
            return False
        self._session.begin_evaluation()
        return True

    def _step_once(self) -> None:
        if self._state is RunState.DIVERGED:
            raise PlaygroundError("This run has diverged. Go back to the last good weights, or reset it.")
        self._set_state(RunState.PAUSED)
        self._step_by_hand()

    def _step_by_hand(self, prepared: BatchStep | None = None) -> None:
        self._next_step_at = time.perf_counter()
        self._session.remember()
        self._one_step(prepared)
        self._evaluating = self._begin_fresh_evaluation()

    def _watch(self, source: Literal["batch", "sample"] | None) -> None:
        self._watched = source
        self._dirty = True

    def _apply(self, step: BatchStep) -> None:
        if self._state is RunState.DIVERGED:
            raise PlaygroundError("This run has diverged. Go back to the last good weights, or reset it.")
        if self._runs_by_itself:
            self._set_state(RunState.PAUSED)
        self._dirty = True
        self._step_by_hand(step)

    def _undo_step(self) -> None:
        self._session.undo_step()
        self._set_state(RunState.PAUSED)
        self._diagnosis, self._diagnosed_step = None, -1
        self._evaluating = self._begin_fresh_evaluation()

    def _set_slow_motion(self, on: bool) -> None:
        if on is not self._slow_motion:
            self._slow_motion = on
            self._next_step_at = time.perf_counter()
            self._dirty = True
            self._remember_start()

    def _begin_run(self, session: Session, reason: str) -> None:
        if self._run_id == 0 or self._session.dataset.name != session.dataset.name:
            self._sample = session.first_sample
        self._session = session
        self._prepared = None
        self._run_id += 1
        self._elapsed = 0.0
        self._rate_marks.clear()
        self._evaluating = False
        self._diagnosis = None
        self._diagnosed_step = -1
        self._next_step_at = time.perf_counter()
        self._dirty = True
        self.run_started.emit(RunStarted(self._run_id, session.settings, session.dataset, session.history, reason))

    def _reset(self, seed: int | None) -> None:
        settings = self._session.settings
        if seed is not None:
            session = Session(settings.changed(seed=seed))
            reason = f"Started over: new weights from seed {seed}"
        elif self._reset_to is not None:
            opened = self._reset_to
            session = Session(settings, weights=opened.network.state_dict(), step=opened.step)
            reason = f"Started over: the opened network again, after {_counted(opened.step)}"
        else:
            session = Session(settings)
            reason = "Started over: the same start again"
        reason += f"{self._lost_edits()}."
        if seed is not None:
            self._reset_to = None
        self._set_state(RunState.PAUSED)
        self._begin_run(session, reason)

    def _change_settings(self, settings: Settings) -> None:
        old = self._session.settings
        if settings == old:
            return
        if settings.same_architecture(old):
            self._session.change(settings)
            self._dirty = True
        else:
            session = Session(settings)
            if self._state is RunState.DIVERGED:
                self._set_state(RunState.PAUSED)
            self._reset_to = None
            self._begin_run(session, f"Started over: {_what_changed(old, settings)}{self._lost_edits()}.")
        self.settings_changed.emit(settings)

    def _lost_edits(self) -> str:
        """What a new run, which begins with the original numbers, has to say of the edits."""
        count = len(self._session.edits.done)
        return f", without the {count} edit{'s' if count > 1 else ''}" if count else ""

    def _edit(self, change: Callable[[], None]) -> None:
        if self._state is RunState.TRAINING:
            raise PlaygroundError("Pause to edit: while training, every number changes with each step.")
        if self._state is RunState.DIVERGED:
            raise PlaygroundError("This run has diverged. Go back to the last good weights, or reset it, then edit.")
        change()
        self._dirty = True
        self._evaluating = self._begin_fresh_evaluation()

    def _undo_edit(self) -> None:
        edit = self._session.undo_edit()
        if edit.sample is not None:
            self._sample = edit.sample

    def _set_speed(self, steps_per_second: float | None) -> None:
        self._steps_per_second = steps_per_second
        self._next_step_at = time.perf_counter()

    def _set_sample(self, sample: SampleRef) -> None:
        self._sample = sample
        self._dirty = True

    def _set_drawing(self, image: Array | None) -> None:
        self._drawing = image
        self._dirty = True

    def _restore_last_good(self) -> None:
        session = self._session
        smaller = max(session.settings.learning_rate / 10, 1e-5)
        session.restore_last_good(smaller)
        self._diagnosis = None
        self._set_state(RunState.PAUSED)
        self._evaluating = self._begin_fresh_evaluation()
        self.settings_changed.emit(session.settings)

    def _save(self, path: Path) -> None:
        session = self._session
        save_model(path, session.settings, session.state_dict(), step=session.step_count)
        self.saved.emit(str(path))

    def _open_model(self, path: Path) -> None:
        model = load_model(path)
        session = Session(model.settings, weights=model.network.state_dict(), step=model.step)
        self._set_state(RunState.PAUSED)
        self._reset_to = model
        self._begin_run(session, f"Opened {path.name}, after {_counted(model.step)}.")
        self.settings_changed.emit(session.settings)


def _counted(steps: int) -> str:
    return f"{steps:,} step{'s' if steps != 1 else ''}".replace(",", "\u202f")


def _nothing() -> None:
    """Wakes the thread."""


def _leave() -> None:
    raise _StopThread


def _what_changed(old: Settings, new: Settings) -> str:
    """In words, why a new network was started."""
    names = {
        "dataset": "data",
        "classes": "classes",
        "kernel_size": "kernel size",
        "filters": "filters",
        "seed": "seed",
    }
    changed = [word for name, word in names.items() if getattr(old, name) != getattr(new, name)]
    return f"{' and '.join(changed)} changed, so a new network starts from seed {new.seed}"


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _frozen_copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: _frozen(array.copy()) for name, array in arrays.items()}
