"""What is kept of one run of an experiment: its curves, its kernels at many moments, how it ended."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.arrays import Array
from playground.curve import Curve
from playground.errors import DivergedError
from playground.evaluation import Evaluation
from playground.experiments.values import VARIED
from playground.history import EVALUATION_SERIES
from playground.own_data.image_set import ImageSet
from playground.session import Session
from playground.setting_changes import values_used
from playground.settings import Settings
from playground.timeline.over_time import weights_over_time
from playground.timeline.timeline import Timeline

__all__ = ["CURVES", "Recorder", "Recording", "recording_of"]

CURVES = ("batch_loss", *EVALUATION_SERIES)
"""The curves of a recording, named as in a `History`."""

_CHANGING = ("optimizer", "batch_size", "learning_rate")
_MOST_VALUES = 3
_MOST_MOMENTS = 129
"""So many kernels are kept at most, of evenly spaced steps; the first and the last are always among them."""


@dataclass(frozen=True, eq=False)
class Recording:
    """One run so far. Arrays are read-only.

    curves: by the names of CURVES; moments: w1 (filters, channels, k, k) by step, ascending; final:
    figures of the weights after `step`, None while it runs; diverged: why it ended early, or "". flaw: the bug that has
    trained it on purpose, or "". used: the values that its steps were taken with, of settings that changed on the way.
    """

    settings: Settings
    step: int
    seconds: float
    curves: Mapping[str, Curve]
    moments: Mapping[int, Array] = field(default_factory=dict)
    final: Evaluation | None = None
    diverged: str = ""
    flaw: str = ""
    used: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def shown(self, setting: str) -> str:
        """A setting of VARIED in words: "Adam", or "SGD, then Adam" if the steps were taken so."""
        used = self.used.get(setting) or (VARIED[setting].shown(getattr(self.settings, setting)),)
        told = used if len(used) <= _MOST_VALUES else (used[0], "…", used[-1])
        return ", then ".join(told).replace("then …, then", "…, then")


class Recorder:
    """Trains one run and keeps what a `Recording` holds. Raises PlaygroundError if the data cannot be used."""

    def __init__(self, settings: Settings, own: ImageSet | None = None) -> None:
        self.session = Session(settings, own=own)
        self.diverged = ""
        self._seconds = 0.0
        self._final: Evaluation | None = None
        self._spacing = 1
        self._moments: dict[int, Array] = {0: self._kernels()}

    def _kernels(self) -> Array:
        kernels: Array = self.session.network.parameters()["conv1.weight"].copy()
        kernels.flags.writeable = False
        return kernels

    def step(self) -> None:
        """Take one step; a run that has diverged stays where it is."""
        if self.diverged:
            return
        began = time.perf_counter()
        try:
            self.session.step()
        except DivergedError as error:
            self.diverged = str(error)
            return
        finally:
            self._seconds += time.perf_counter() - began
        step = self.session.step_count
        if step % self._spacing == 0:
            self._moments[step] = self._kernels()
            if len(self._moments) > _MOST_MOMENTS:
                self._spacing *= 2
                self._moments = {at: kept for at, kept in self._moments.items() if at % self._spacing == 0}

    def finish(self) -> None:
        """Evaluate the weights that the run ended with."""
        self._final = self.session.evaluate()

    def recording(self) -> Recording:
        """What there is by now, as a value of its own."""
        step = self.session.step_count
        return Recording(
            self.session.settings,
            step,
            self._seconds,
            _curves(self.session),
            {**self._moments, step: self._kernels()},
            self._final,
            self.diverged,
        )


def recording_of(timeline: Timeline, session: Session, seconds: float) -> Recording:
    """A run that keeps a timeline, as it is now; seconds: how long its steps took. Arrays are shared."""
    figures = session.evaluation if session.evaluation_is_current else None
    return Recording(
        session.settings,
        session.step_count,
        seconds,
        _curves(session),
        weights_over_time(timeline, session, "conv1.weight", _MOST_MOMENTS).by_step,
        figures,
        flaw="" if session.flaw is None else session.flaw.name,
        used=_used(session),
    )


def _used(session: Session) -> dict[str, tuple[str, ...]]:
    events, step = session.history.events, session.step_count
    # with the last good weights an η comes back that no change has told of
    known = [name for name in _CHANGING if name != "learning_rate" or all(event.kind != "restored" for event in events)]
    shown = {name: VARIED[name].shown(getattr(session.settings, name)) for name in known}
    return {name: values_used(name, events, shown[name], step) for name in known}


def _curves(session: Session) -> dict[str, Curve]:
    return {name: session.history.series[name].read() for name in CURVES}
