"""Many runs, one for each value of a setting or two and each seed, on any `concurrent.futures.Executor`."""

from __future__ import annotations

import itertools
import math
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from playground.errors import Cancelled, PlaygroundError, SettingsError
from playground.experiments.recording import Recorder, Recording
from playground.experiments.values import Variation
from playground.own_data.image_set import ImageSet
from playground.settings import Settings

__all__ = ["Sweep", "Trial", "processes", "run_sweep", "run_trial"]

_MOST_TRIALS = 500
_LOOK_EVERY_STEPS = 50
_WAIT_SECONDS = 0.1


@dataclass(frozen=True)
class Trial:
    """One run of a sweep: its place in it, its settings, and the values that it was given, seed last."""

    number: int
    settings: Settings
    values: tuple[Any, ...]
    epochs: int


@dataclass(frozen=True)
class Sweep:
    """All combinations of the values of one or two settings, each from every seed, for so many epochs.

    Raises SettingsError if a setting is varied twice, the combinations are too many, or one of them does not fit.
    """

    base: Settings
    variations: tuple[Variation, ...]
    seeds: tuple[int, ...]
    epochs: int

    def __post_init__(self) -> None:
        fields = [variation.field for variation in self.variations]
        if not 1 <= len(fields) <= 2 or len(set(fields)) < len(fields):
            raise SettingsError("Vary one setting, or two different ones.")
        if "seed" in fields:
            raise SettingsError("Every value is repeated over the seeds anyway; vary another setting.")
        if not self.seeds:
            raise SettingsError("There is no seed; write one or more, like 1..3.")
        if self.epochs < 1:
            raise SettingsError(f"epochs is {self.epochs}; it must be 1 or more.")
        count = math.prod(len(variation.values) for variation in self.variations) * len(self.seeds)
        if count > _MOST_TRIALS:
            raise SettingsError(f"These are {count} runs; at most {_MOST_TRIALS} make one sweep.")
        self.trials()

    def trials(self) -> tuple[Trial, ...]:
        """Every run, the values of the last setting changing fastest and seeds faster still."""
        fields = [variation.field for variation in self.variations]
        combinations = itertools.product(*(variation.values for variation in self.variations), self.seeds)
        return tuple(
            Trial(
                number,
                self.base.changed(**dict(zip(fields, values, strict=False)), seed=values[-1]),
                values,
                self.epochs,
            )
            for number, values in enumerate(combinations)
        )


def processes(count: int) -> Executor:
    """So many processes of this machine. Ctrl-C in a terminal is left to the process that waits for them."""
    # each is started afresh: a fork of this process would hold locks of its threads
    return ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_leave_interrupts_alone)


def _leave_interrupts_alone() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def run_trial(trial: Trial, own: ImageSet | None = None, stop_file: str = "") -> Recording:
    """Train one run of a sweep to its end. Raises Cancelled soon after a file named `stop_file` has appeared.

    Needs nothing of this process but its arguments, so that any executor can call it anywhere.
    """
    _end_if(stop_file)  # before anything is read: an executor begins some that have been taken back
    with threadpool_limits(limits=1, user_api="blas"):  # one process a core is enough
        recorder = Recorder(trial.settings, own)
        for step in range(trial.epochs * recorder.session.steps_per_epoch):
            if step % _LOOK_EVERY_STEPS == 0:
                _end_if(stop_file)
            recorder.step()
            if recorder.diverged:
                break
        recorder.finish()
        return recorder.recording()


def _end_if(stop_file: str) -> None:
    if stop_file and Path(stop_file).exists():
        raise Cancelled("The sweep was cancelled.")


def run_sweep(
    sweep: Sweep, executor: Executor, *, own: ImageSet | None = None, check: Callable[[], None] = lambda: None
) -> Iterator[tuple[Trial, Recording]]:
    """Each run with what came of it, as they are done.

    check: called several times a second; it may raise Cancelled, which ends the runs that are under way too, where
    they share this machine's files. Raises PlaygroundError if a process of the executor has ended before its run did,
    and whatever a run raises.
    """
    with tempfile.TemporaryDirectory(prefix="cnn-playground-sweep-") as folder:
        stop_file = Path(folder) / "stop"
        waiting: dict[Future[Recording], Trial] = {
            executor.submit(run_trial, trial, own, str(stop_file)): trial for trial in sweep.trials()
        }
        try:
            while waiting:
                check()
                done, _ = wait(waiting, timeout=_WAIT_SECONDS, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), _result(future)
        finally:
            _stop(stop_file, tuple(waiting))


def _result(future: Future[Recording]) -> Recording:
    try:
        return future.result()
    except BrokenExecutor as error:
        raise PlaygroundError(
            "A process of the sweep ended before its run did: it was killed, or there was not enough memory. The runs "
            "that were done are kept; sweep again, with fewer processes if memory is short."
        ) from error


def _stop(stop_file: Path, waiting: Sequence[Future[Recording]]) -> None:
    stop_file.touch()
    for future in waiting:
        future.cancel()
    wait(waiting)  # those under way see the file; it must be there until they have
