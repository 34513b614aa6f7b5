"""Makes the snapshots of a session: copies of its numbers, and what is worked out for those who look at them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from core.arrays import Array
from core.trace import Trace
from playground.announcements import Failure
from playground.batch_step import BatchStep
from playground.diagnosis import DEAD, Diagnosis, diagnose
from playground.history import OBSERVED, Event, History
from playground.looked_at import LookedAt
from playground.observations import observe
from playground.session import Session, back_in_words
from playground.snapshot import RunState, Snapshot
from playground.timeline.travel import TimeTravel

__all__ = ["SnapshotMaker", "Watched"]

Watched = Literal["batch", "sample"] | None
"""Which step the snapshots carry taken apart: on the next batch, on the chosen sample, or none."""

_DIAGNOSED_EVERY = 2.0
"""Seconds while steps run: a look at the network takes as long as five snapshots, and judges hundreds of steps."""


class SnapshotMaker:
    """Knows what is looked at: `looked_at` is told of samples and drawings; `watched` may be assigned.

    `diagnosis` is what was found about the newest weights.
    """

    def __init__(self, failed: Callable[[Failure], object]) -> None:
        self.looked_at = LookedAt()
        self.watched: Watched = None
        self._failed = failed
        self._sequence = 0
        self._prepared: BatchStep | None = None
        self.diagnosis: Diagnosis | None = None
        self._diagnosed_step = -1
        self._diagnosed_at = -math.inf

    def begin_run(self) -> None:
        """Another session comes; what was worked out for the last one is dropped."""
        self._prepared = None
        self.forget_diagnosis()

    def forget_batch_step(self) -> None:
        """Steps are worked out otherwise from now on."""
        self._prepared = None

    def forget_diagnosis(self) -> None:
        """Other weights have taken the place of those that the diagnosis is about."""
        self.diagnosis, self._diagnosed_step, self._diagnosed_at = None, -1, -math.inf

    def note_divergence(self, sentence: str, way_back: str) -> Diagnosis:
        """The run has diverged; that is its diagnosis until there are other weights."""
        suggestion = "Go back to the last good weights with a smaller η."
        self.diagnosis = Diagnosis("diverged", sentence, suggestion, way_back)
        return self.diagnosis

    def make(
        self,
        session: Session,
        state: RunState,
        *,
        run_id: int,
        steps_per_second: float,
        elapsed_seconds: float,
        resting: bool,
        travel: TimeTravel,
    ) -> Snapshot:
        """The next snapshot; `resting` if no steps come by themselves, so that there is time to take one apart.

        session: the live one; what is shown is the moment that `travel` looks at.
        """
        self._sequence += 1
        live, session = session, travel.shown(session)
        sample = self.looked_at.sample
        if session is live:
            self._diagnose(session, state, resting, travel)
        self._prepare_batch_step(session, resting and state is not RunState.DIVERGED)
        trace = session.trace_sample(sample)
        return Snapshot(
            run_id=run_id,
            sequence=self._sequence,
            settings=session.settings,
            class_names=session.dataset.class_names,
            state=state,
            step=session.step_count,
            epoch=session.epoch,
            steps_per_epoch=session.steps_per_epoch,
            batch_loss=session.batch_loss,
            steps_per_second=steps_per_second,
            elapsed_seconds=elapsed_seconds,
            weights=_by_name_of_state(session, trace),
            gradients=_frozen_copies(session.network.gradients()) if session.step_count else {},
            sample=sample,
            trace=trace,
            evaluation=session.evaluation,
            drawing_probabilities=self._drawing_probabilities(session),
            diagnosis=self._diagnosis_now(session, travel) if session is live else None,
            edits=session.edits.done,
            sample_edited=session.images.is_edited(sample),
            batch_step=self._prepared,
            undo_target=travel.undo_target(live, growing=not resting),
            last_done=travel.last_done(live, growing=not resting),
            timeline=travel.view(live, growing=not resting),
            difference=travel.difference(live, sample),
            flaw=session.flaw,
        )

    @property
    def is_dead(self) -> bool:
        """Whether every filter of a block was found dead, so that nothing before it can learn."""
        return self.diagnosis is not None and self.diagnosis.kind == DEAD

    def _diagnosis_now(self, session: Session, travel: TimeTravel) -> Diagnosis | None:
        """What was found, with the way back as it would be now: the learning rate may have been changed since."""
        found, living = self.diagnosis, travel.last_living
        if found is not None and found.way_back:
            return replace(found, way_back=session.way_back)
        if found is None or not self.is_dead or living is None:
            return found
        words = back_in_words(living.moment.step, living.rate_to_go_on_with(session))
        return replace(found, suggestion=living.in_words(session), way_back=words)

    def _diagnose(self, session: Session, state: RunState, resting: bool, travel: TimeTravel) -> None:
        evaluation = session.evaluation
        if state is RunState.DIVERGED or evaluation is None or evaluation.step == self._diagnosed_step:
            return
        now = time.monotonic()
        if not resting and now - self._diagnosed_at < _DIAGNOSED_EVERY:
            return
        is_first = self._diagnosed_step < 0
        self._diagnosed_step, self._diagnosed_at = evaluation.step, now
        before, found = self.diagnosis, diagnose(session.history, observe(session))
        was_dead, self.diagnosis = self.is_dead, found
        if self.is_dead and not was_dead:
            travel.find_last_living(session)
        is_known = is_first and found is not None and _is_marked(session.history, found)  # as in a session opened again
        if found is not None and not is_known and (before is None or before.kind != found.kind):
            session.history.mark(Event(evaluation.step, OBSERVED, found.sentence))

    def _prepare_batch_step(self, session: Session, may: bool) -> None:
        """Bring the step taken apart up to the present weights, if it is watched."""
        if self.watched is None or not may:
            self._prepared = None
            return
        source = None if self.watched == "batch" else self.looked_at.sample
        known = self._prepared
        if known is not None and known.images.source == source and session.is_next(known):
            return
        self._prepared = None
        try:
            self._prepared = session.prepare_batch_step(source)
        except MemoryError:
            self.watched = None
            m = session.settings.batch_size
            self._failed(
                Failure(f"There was not enough memory to take a batch of {m} apart.", "Choose a smaller batch size m.")
            )

    def _drawing_probabilities(self, session: Session) -> Array | None:
        drawing = self.looked_at.drawing
        if drawing is None or drawing.shape != session.dataset.x_train.shape[1:]:
            return None
        return _frozen(session.predict(drawing[np.newaxis])[0])


def _is_marked(history: History, found: Diagnosis) -> bool:
    """Whether the newest marker of a diagnosis says the same, but perhaps for its numbers."""
    marked = [event.text for event in history.events if event.kind == OBSERVED]
    return bool(marked) and marked[-1].partition(":")[0] == found.sentence.partition(":")[0]


def _frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array


def _by_name_of_state(session: Session, trace: Trace) -> dict[str, Array]:
    """The copies of the parameters that a trace has, by the names of a state dict, in which they come in that order."""
    return dict(zip(session.network.parameters(), map(trace.arrays.__getitem__, trace.parameter_names), strict=True))


def _frozen_copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    return {name: _frozen(array.copy()) for name, array in arrays.items()}
