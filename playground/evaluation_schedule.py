"""When a session is evaluated: a slice after so many trained images, all figures for the weights of one step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from core.network import Network
from playground.evaluation import Evaluation, EvaluationPlan, RunningEvaluation, Tally
from playground.history import EVALUATION_SERIES, History
from playground.prediction import make_loss, make_network
from playground.run_images import RunImages
from playground.settings import Settings

__all__ = ["SLICE", "Checkpoint", "EvaluationSchedule", "EvaluationState"]

_EVALUATED_SHARE = 0.3
"""Images evaluated for each image trained on: with the shipped data about one evaluation an epoch, at some 10 % of the
time, since a forward pass is about a third of a step."""
_EARLY_SHARE = 1.0
"""In the first epoch, where the figures change fastest, three times as many."""
SLICE = 64


@dataclass(frozen=True)
class Checkpoint:
    """Copies of the weights after `step`."""

    step: int
    weights: Mapping[str, Array]


@dataclass(frozen=True, eq=False, slots=True)
class EvaluationState:
    """Where the evaluations of a run stand; shared with the schedule, which replaces and never changes these values.

    running: the (train, test) part of the evaluation that began at `began_at`, None if none is going on. edited: a
    number was changed by hand since the newest figures. first_loss: mean loss on the training images at the start.
    """

    newest: Evaluation | None
    credit: float
    edited: bool
    first_loss: float
    last_good: Checkpoint
    began_at: Checkpoint
    running: tuple[Tally, Tally] | None


class EvaluationSchedule:
    """The newest figures, the evaluation in progress, and the newest weights that were no worse than the first.

    An evaluation works on a copy of the weights at which it began, so training is never held up and every figure still
    belongs to one step. `begin` makes the first evaluation; `go_to` takes up those of a run that goes on.
    """

    def __init__(self, network: Network, images: RunImages, settings: Settings, history: History) -> None:
        self.newest: Evaluation | None = None
        self.credit = 0.0  # images that may be evaluated for those trained on since
        self._network = network
        self._images = images
        self._settings = settings
        self._history = history
        self._twin = make_network(settings)
        self._edited = False
        self._running: RunningEvaluation | None = None
        self._began_at = self.last_good = Checkpoint(0, network.state_dict())
        self._first_loss = math.inf
        self.images_changed()

    def begin(self, step: int) -> None:
        """Make the first evaluation, of the weights with which the run begins at `step`."""
        self._began_at = self.last_good = Checkpoint(step, self._network.state_dict())
        self._first_loss = self.complete(step).train_loss

    def is_current(self, step: int) -> bool:
        """True if the newest figures are those of the present weights, after `step` steps."""
        return self.newest is not None and self.newest.step == step and not self._edited

    def trained_on(self, images: int, *, step: int, epoch: int) -> None:
        """Evaluate as many slices as the images trained on since the last one are worth."""
        self.credit += (_EVALUATED_SHARE if epoch else _EARLY_SHARE) * images
        while self.credit >= SLICE:
            self.credit -= SLICE
            self.advance(step)

    def advance(self, step: int) -> bool:
        """Evaluate a slice; True when the evaluation is complete. The next one begins with the weights of then."""
        if self._running is None:
            self._began_at = Checkpoint(step, self._network.state_dict())
            self._edited = False
            self._twin.load_state_dict(self._began_at.weights)
            self._running = RunningEvaluation(self._plan, self._twin, make_loss(self._settings))
        with np.errstate(over="ignore", invalid="ignore"):
            complete = self._running.advance(SLICE)
        if complete:
            self._finish(self._running.result(self._began_at.step))
        return complete

    def complete(self, step: int) -> Evaluation:
        """The figures of the present weights, worked out now if need be."""
        if self.newest is None or not self.is_current(step):
            self.drop_older(step)
            while not self.advance(step):
                pass
        assert self.newest is not None
        return self.newest

    def drop_older(self, step: int) -> None:
        """Drop an unfinished evaluation of older weights; the next slice begins with the present ones."""
        if self._began_at.step != step:
            self._running = None

    def edited(self) -> None:
        """A number was changed by hand: no figures belong to what is there now."""
        self._running = None
        self._edited = True

    def images_changed(self) -> None:
        """Evaluate the images as they are now."""
        self._plan = EvaluationPlan.for_images(self._images, self._settings.seed)

    def weights_replaced(self) -> None:
        """Other weights have taken the place of the present ones: no figures are known of them."""
        self.newest = self._running = None
        self._edited = False

    def state(self) -> EvaluationState:
        """Where the evaluations stand."""
        running = None if self._running is None else (self._running.train, self._running.test)
        return EvaluationState(
            self.newest, self.credit, self._edited, self._first_loss, self.last_good, self._began_at, running
        )

    def go_to(self, state: EvaluationState) -> None:
        """Stand where the evaluations stood, with the same images: they go on as they would have then."""
        self.newest, self.credit, self._edited = state.newest, state.credit, state.edited
        self._first_loss, self.last_good, self._began_at = state.first_loss, state.last_good, state.began_at
        self._running = None
        if state.running is not None:
            self._twin.load_state_dict(state.began_at.weights)
            self._running = RunningEvaluation(self._plan, self._twin, make_loss(self._settings), *state.running)

    def _finish(self, found: Evaluation) -> None:
        self._running = None
        self.newest = found
        for name in EVALUATION_SERIES:
            point = (found.step, getattr(found, name))
            if self._history.series[name].last != point:  # after going back, these weights are evaluated a second time
                self._history.series[name].append(*point)
        if found.train_loss <= self._first_loss:
            self.last_good = self._began_at
