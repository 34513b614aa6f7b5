"""Runs that take their steps together, so that their curves and filters can be compared step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from playground.experiments.recording import Recorder, Recording
from playground.experiments.values import VARIED
from playground.settings import Settings

__all__ = ["Progress", "names_of", "run_in_lockstep", "what_differs"]

_STEPS_A_REPORT = 16


@dataclass(frozen=True)
class Progress:
    """How far the runs are: steps done of `total`, and what is kept of each, in their order."""

    step: int
    total: int
    recordings: tuple[Recording, ...]


def run_in_lockstep(
    recorders: Sequence[Recorder], steps: int, tell: Callable[[int, Callable[[], Progress]], None]
) -> Progress:
    """Train every run for so many steps, each taking a step in turn, and return how they ended.

    tell: called after every few steps with how many are done and a function that makes a `Progress` if it is wanted; it
    may raise Cancelled to end the runs.
    """

    def progress(step: int) -> Progress:
        return Progress(step, steps, tuple(recorder.recording() for recorder in recorders))

    for step in range(steps):
        if step % _STEPS_A_REPORT == 0:
            tell(step, partial(progress, step))
        for recorder in recorders:
            recorder.step()
        if all(recorder.diverged for recorder in recorders):
            break
    for recorder in recorders:
        recorder.finish()
    return progress(steps)


def what_differs(runs: Sequence[Settings]) -> tuple[str, ...]:
    """A name for each run, of what is not the same in all: "η 0.1", "k 3, seed 4"; "run 1" if none is."""
    return _names([{name: varied.shown(getattr(run, name)) for name, varied in VARIED.items()} for run in runs])


def names_of(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """As `what_differs`, of what the steps of each run were taken with."""
    return _names([{name: recording.shown(name) for name in VARIED} for recording in recordings])


def _names(runs: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    fields = [name for name in VARIED if len({run[name] for run in runs}) > 1]
    if not fields:
        return tuple(f"run {number}" for number in range(1, len(runs) + 1))
    return tuple(", ".join(f"{VARIED[name].label} {run[name]}" for name in fields) for run in runs)
