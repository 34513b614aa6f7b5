"""The same run twice from its first weights, with the right backward pass and with a bug: what the loss tells of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from core.training import train_step
from playground.data_order import order_of_run
from playground.datasets import Dataset
from playground.flaw import Substitute
from playground.learner import make_optimizer
from playground.prediction import make_loss, make_network
from playground.settings import Settings

__all__ = ["RACE_STEPS", "Race", "race"]

RACE_STEPS = 200
_BEGINNING, _END = 10, 20
"""Steps over which the loss at either end is taken: that of one batch says little."""


@dataclass(frozen=True, eq=False)
class Race:
    """The loss of each batch before its step, (steps,) each; broken is all NaN if there is no bug.

    A run that diverges has NaN from there on.
    """

    clean: Array
    broken: Array

    def falls(self, classes: int) -> tuple[bool, bool]:
        """Whether the loss of the clean and of the broken run ends below its start and that of guessing, by 5 %."""
        return _falls(self.clean, classes), _falls(self.broken, classes)


def _falls(losses: Array, classes: int) -> bool:
    start, end = losses[:_BEGINNING].mean(), losses[-_END:].mean()  # NaN of a run that diverged: it does not fall
    return bool(end < 0.95 * min(start, math.log(classes)))


def race(
    settings: Settings,
    dataset: Dataset,
    bug: Substitute | None,
    progress: Callable[[int, int], object] = lambda _done, _total: None,
    *,
    steps: int = RACE_STEPS,
) -> Race:
    """Train `steps` steps of a run from its seed, once or twice, on the same batches, without augmentation.

    progress(done, total) is told before each pair of steps and may raise to give it up.
    """
    runners = [_Runner(settings, dataset, substitute) for substitute in ((None,) if bug is None else (None, bug))]
    losses = np.full((2, steps), np.nan)
    order = order_of_run(settings, len(dataset.x_train))
    for step in range(steps):
        progress(step, steps)
        rows = order.take(settings.batch_size)
        x, y = dataset.x_train[rows], dataset.y_train[rows]
        for place, runner in enumerate(runners):
            losses[place, step] = runner.step(x, y)
    return Race(*losses)


class _Runner:
    """One of the two runs: a network, its loss and its optimiser."""

    def __init__(self, settings: Settings, dataset: Dataset, substitute: Substitute | None) -> None:
        network, loss = make_network(settings), make_loss(settings)
        fixed, own = dataset.initial_state, network.state_dict()
        if fixed is not None and own.keys() == fixed.keys() and all(own[n].shape == fixed[n].shape for n in own):
            network.load_state_dict(fixed)
        self._network = network if substitute is None else substitute.network(network)
        self._loss = loss if substitute is None else substitute.loss(loss)
        self._optimizer = make_optimizer(settings)
        self._is_over = False

    def step(self, x: Array, y: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
        """The loss of the batch before the step; NaN once the run has diverged."""
        if self._is_over:
            return np.nan
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value = train_step(self._network, self._loss, self._optimizer, x, y)
        self._is_over = not np.isfinite(value)
        return value if not self._is_over else np.nan
