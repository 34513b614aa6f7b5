"""The one background thread: commands go in by a queue, snapshots come out by a mailbox of one.

`TrainingWorker` is a QObject that lives in the GUI thread, so its signals reach their slots there, queued. What the
thread does is `TrainingLoop`'s, which is made in the thread and never leaves it.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from core.arrays import Array
from playground.announcements import Announcements, Failure, RunStarted
from playground.batch_step import BatchStep
from playground.errors import Cancelled
from playground.flaw import Substitute
from playground.last_done import LastDone
from playground.model_file import Model
from playground.own_data.image_set import ImageSet
from playground.own_data.source import Progress
from playground.sample_ref import SampleRef
from playground.sessions.content import SessionContent
from playground.sessions.last_time import LastTime
from playground.settings import Settings
from playground.snapshot import Snapshot
from playground.snapshot_maker import Watched
from playground.training_loop import TrainingLoop

__all__ = ["Failure", "RunStarted", "TrainingWorker"]

_LONGEST_FRAME = 0.1
"""Seconds that training waits for a frame at most."""
_MORE_THAN_A_FRAME = 1.25
"""Steps are taken for the time that the last frame took, and a bit: one that ends sooner would wait for painting."""


class TrainingWorker(QObject):
    """Trains on a thread of its own. Every method returns at once; what it asks for happens between two steps.

    Signals (all delivered in the GUI thread): run_started(RunStarted), data_changed(DataChanged),
    settings_changed(Settings), state_changed(RunState), diverged(Diagnosis), refused(str) for a command that cannot be
    carried out, failed(Failure), saved(str) with the path, snapshot_ready() when `latest` is what was asked for,
    captured(token, SessionContent), specimen_taken(Specimen), film_taken(Film),
    recording_taken(Recording or None), taken_apart(Snapshot), reading((done, total)) while the images of the first run
    are read.
    """

    run_started = Signal(object)
    data_changed = Signal(object)
    settings_changed = Signal(object)
    state_changed = Signal(object)
    diverged = Signal(object)
    refused = Signal(object)
    failed = Signal(object)
    saved = Signal(object)
    captured = Signal(object, object)
    specimen_taken = Signal(object)
    film_taken = Signal(object)
    recording_taken = Signal(object)
    taken_apart = Signal(object)
    snapshot_ready = Signal()
    reading = Signal(object)

    def __init__(
        self,
        settings: Settings,
        parent: QObject | None = None,
        *,
        last_time: LastTime | None = None,
        own: Callable[[Progress], ImageSet] | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands: queue.SimpleQueue[Callable[[TrainingLoop], object]] = queue.SimpleQueue()
        self._mailbox_lock = threading.Lock()
        self._latest: Snapshot | None = None
        self.final: SessionContent | None = None
        self.final_before: SessionContent | None = None
        self.before_is_unread = True
        """The session as the thread left it, once it has ended."""
        self._wanted = threading.Event()
        self._painted = threading.Event()
        self._painted_at = 0.0
        self._seconds_a_frame = 0.0
        self._waits_for_painting = False
        self._closing = False
        self._thread = threading.Thread(target=self._run, args=(settings, last_time, own), name="training", daemon=True)

    # --- from the window ----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start the thread; the first run is built in it and announced by run_started."""
        self._thread.start()

    @property
    def is_running(self) -> bool:
        """True from `begin` until the thread has ended."""
        return self._thread.is_alive()

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

    def wait_for_painting(self) -> None:
        """Let training leave the interpreter to the window after each snapshot, until `painted` is called or a command.

        Painting from Python holds the interpreter. A thread that trains meanwhile has to ask for it dozens of times a
        frame, and both spend more on taking turns than training gains: measured, a frame takes a sixth longer so, and
        training is no faster. So it takes as many steps in one call without the interpreter as painting takes time
        for, where that can be done, and rests otherwise, for three frames at most.
        """
        self._waits_for_painting = True

    def painted(self) -> None:
        """What was asked for last is on screen."""
        self._painted_at = time.perf_counter()
        self._painted.set()

    def train(self, steps: int | None = None) -> None:
        """Train until paused, or for so many steps. A diverged run is refused with a sentence."""
        self._post(lambda loop: loop.train(steps))

    def pause(self) -> None:
        """Stop after the step that is running."""
        self._post(TrainingLoop.pause)

    def use_own_data(self, images: ImageSet, settings: Settings | None = None, *, afresh: bool = False) -> None:
        """Train on the user's own data from the next step on; `data_changed` or `run_started` says how it goes on."""
        self._post(lambda loop: loop.use_own_data(images, settings, afresh=afresh))

    def step(self) -> None:
        """Pause and train on one batch."""
        self._post(TrainingLoop.step)

    def watch_batch_step(self, source: Watched) -> None:
        """Let the snapshots carry the next step taken apart, on the next batch or the chosen sample, or (None) not.

        They do while no steps are running: when paused or in slow motion.
        """
        self._post(lambda loop: loop.watch_batch_step(source))

    def measure_change(self, on: bool) -> None:
        """Let the history carry, from the next step on, what each step was to do to its loss and what it did."""
        self._post(lambda loop: loop.measure_change(on))

    def apply_batch_step(self, step: BatchStep) -> None:
        """Take the step that a snapshot carried, pausing first; refused if it is no longer the next one."""
        self._post(lambda loop: loop.apply_batch_step(step))

    def undo_step(self) -> None:
        """Pause and go back one step, or to where training began if it ran on by itself; refused if there is none."""
        self._post(TrainingLoop.undo_step)

    def seek(self, branch: int, step: float) -> None:
        """Pause and show the kept moment nearest to a step on the way to a branch; training goes on from there."""
        self._post(lambda loop: loop.seek(branch, step))

    def return_to_newest(self) -> None:
        """Show the run itself again, where it stands."""
        self._post(TrainingLoop.return_to_newest)

    def pin_moment(self) -> None:
        """Let the snapshots carry their differences from the moment that is shown now."""
        self._post(TrainingLoop.pin_moment)

    def unpin_moment(self) -> None:
        """No differences any more."""
        self._post(TrainingLoop.unpin_moment)

    def set_slow_motion(self, on: bool) -> None:
        """Let training wait for `apply_batch_step` before every step; off: go on at the chosen speed."""
        self._post(lambda loop: loop.set_slow_motion(on))

    def reset(self, seed: int | None = None) -> None:
        """Start over, paused, with the same seed (the same run again) or with another one."""
        self._post(lambda loop: loop.reset(seed))

    def bring_back(self) -> None:
        """Make the run that was replaced the present one again, paused, and keep that one instead."""
        self._post(TrainingLoop.bring_back)

    def change_settings(self, settings: Settings) -> None:
        """Take new settings: on the next step with the same weights where that is possible, else as a new run."""
        self._post(lambda loop: loop.change_settings(settings))

    def set_speed(self, steps_per_second: float | None) -> None:
        """Limit the speed, or None for as fast as it goes."""
        self._post(lambda loop: loop.set_speed(steps_per_second))

    def choose_sample(self, sample: SampleRef) -> None:
        """Which image the trace of the snapshots shows."""
        self._post(lambda loop: loop.choose_sample(sample))

    def set_drawing(self, image: Array | None) -> None:
        """The prepared image (c, h, w) whose class probabilities the snapshots carry, or None."""
        self._post(lambda loop: loop.set_drawing(image))

    def follow_drawing(self, on: bool = True) -> None:
        """Let the drawing be the image that the trace shows, or (off) the image of before again."""
        self._post(lambda loop: loop.follow_drawing(on))

    def edit_cell(self, sample: SampleRef, name: str, index: tuple[int, ...], value: float) -> None:
        """Give a weight, a bias or ("x") a pixel of `sample` another value. Refused with a sentence while training."""
        self._post(lambda loop: loop.edit_cell(sample, name, index, value))

    def edit_label(self, sample: SampleRef, label: int) -> None:
        """Give an image another class y in this run. Refused with a sentence while training, unless it is drawn."""
        self._post(lambda loop: loop.edit_label(sample, label))

    def undo_edit(self) -> None:
        """Take back the newest change by hand, and show the image that it belongs to."""
        self._post(TrainingLoop.undo_edit)

    def undo_last(self, done: LastDone) -> None:
        """Undo what was done last by hand in the run, if that is still `done`."""
        self._post(lambda loop: loop.undo_last(done))

    def restore_last_good(self) -> None:
        """Go back to the last good weights, or to where filters lived, with a smaller learning rate."""
        self._post(TrainingLoop.restore_last_good)

    def save(self, path: Path) -> None:
        """Write the present weights to a model file."""
        self._post(lambda loop: loop.save(path))

    def open_model(self, path: Path) -> None:
        """Read a model file and make it the present run, paused."""
        self._post(lambda loop: loop.open_model(path))

    def take_film(self, block: int) -> None:
        """Have film_taken told: the filters of a conv block (from 1) of the present run as they formed."""
        self._post(lambda loop: loop.take_film(block))

    def take_recording(self) -> None:
        """Have recording_taken told: the present run as experiments keep theirs."""
        self._post(TrainingLoop.take_recording)

    def start_from(self, model: Model, images: ImageSet) -> None:
        """Begin a run on images with the weights of a model, paused."""
        self._post(lambda loop: loop.start_from(model, images))

    def train_with(self, substitute: Substitute | None) -> None:
        """Let a substitute with a mistake compute from the next step on, or (None) the engine again."""
        self._post(lambda loop: loop.train_with(substitute))

    def restore_clean(self) -> None:
        """Go back to the step before a mistake was switched on."""
        self._post(TrainingLoop.restore_clean)

    def take_specimen(self, source: SampleRef | None, asked_by: str = "") -> None:
        """Have specimen_taken told: the weights, with the images of the next step (None) or one image alone."""
        self._post(lambda loop: loop.take_specimen(source, asked_by))

    def take_apart(self) -> None:
        """Have taken_apart told: the present moment, its step on the next batch taken apart, also while training."""
        self._post(TrainingLoop.take_apart)

    def capture(self, token: object = None) -> None:
        """Ask for the whole session as it is after the step that is running; `captured` brings it with the token."""
        self._post(lambda loop: self.captured.emit(token, loop.capture()))

    def open_session(self, content: SessionContent, reason: str) -> None:
        """Make a session from a file the present run, paused."""
        self._post(lambda loop: loop.open_session(content, reason))

    def close(self, timeout: float = 2.0) -> bool:
        """End the thread after the step that is running; True if it ended within `timeout` seconds."""
        self._closing = True
        self._post(_nothing)
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _post(self, command: Callable[[TrainingLoop], object]) -> None:
        self._commands.put(command)
        self._painted.set()  # a command waits for no frame

    # --- in the thread ------------------------------------------------------------------------------------------

    def _run(self, settings: Settings, last_time: LastTime | None, own: Callable[[Progress], ImageSet] | None) -> None:
        tell = Announcements(
            run_started=self.run_started.emit,
            data_changed=self.data_changed.emit,
            settings_changed=self.settings_changed.emit,
            state_changed=self.state_changed.emit,
            diverged=self.diverged.emit,
            refused=self.refused.emit,
            failed=self.failed.emit,
            saved=self.saved.emit,
            specimen=self.specimen_taken.emit,
            film=self.film_taken.emit,
            recording=self.recording_taken.emit,
            taken_apart=self.taken_apart.emit,
        )
        loop = TrainingLoop(tell, last_time)
        # images of a large set take a second to read: the window is on screen by then
        read_own = None if own is None else partial(own, self._tell_reading)
        loop.attempt(lambda: loop.begin(settings, read_own))
        while not self._closing:
            loop.attempt(lambda: self._one_turn(loop))
        loop.attempt(lambda: self._take_home(loop))

    def _take_home(self, loop: TrainingLoop) -> None:
        """What the next start goes on with."""
        self.final = loop.capture() if loop.has_run else None
        self.final_before = loop.capture_before()
        self.before_is_unread = loop.before_is_unread

    def _tell_reading(self, done: int, total: int) -> None:
        if self._closing:
            raise Cancelled("The window closes.")
        self.reading.emit((done, total))

    def _one_turn(self, loop: TrainingLoop) -> None:
        """Carry out what is queued, then one step or one slice of an evaluation, then hand over a snapshot."""
        self._obey(loop, 0.0 if self._wanted.is_set() and loop.has_news else loop.seconds_to_wait())
        if self._closing:
            return
        loop.advance()
        if self._wanted.is_set() and loop.has_news:
            self._wanted.clear()
            snapshot = loop.snapshot()
            with self._mailbox_lock:
                self._latest = snapshot
            if self._waits_for_painting and not self._closing:
                self._show_and_go_on(loop)
            else:
                self.snapshot_ready.emit()

    def _show_and_go_on(self, loop: TrainingLoop) -> None:
        """Let the window paint, and meanwhile take steps that need no interpreter."""
        ahead = loop.steps_ahead(_MORE_THAN_A_FRAME * self._seconds_a_frame)
        self._painted.clear()
        begin = time.perf_counter()
        # the picture is only as old as the way to the window; one signal a request, so none can pile up
        self.snapshot_ready.emit()
        if ahead is not None:
            ahead.work_out()
        if self._painted.wait(_LONGEST_FRAME):
            self._seconds_a_frame = min(_LONGEST_FRAME, max(0.0, self._painted_at - begin))
        if ahead is not None:
            loop.take_steps(ahead)

    def _obey(self, loop: TrainingLoop, wait: float | None) -> None:
        """Carry out what is queued, waiting `wait` seconds for the first command; None: until there is one."""
        try:
            self._commands.get(block=wait != 0.0, timeout=wait)(loop)
            while True:
                self._commands.get_nowait()(loop)
        except queue.Empty:
            return


def _nothing(_loop: TrainingLoop) -> None:
    """Wakes the thread."""
