"""Does pretraining help? The same few images, from pretrained filters and from scratch, in lockstep, over seeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from playground.errors import DivergedError
from playground.model_file import Model
from playground.notation.numbers import percent
from playground.own_data.image_set import ImageSet
from playground.pretrained.few_images import few_of
from playground.pretrained.new_head import task_settings, with_new_head
from playground.ranges import Range
from playground.session import Session
from playground.settings import Settings

__all__ = ["ARMS", "PER_CLASS", "SEEDS", "STEPS", "Arm", "Comparison", "Outcome", "evaluated_steps", "run_comparison"]

ARMS = ("pretrained", "from scratch")
PER_CLASS = Range(1, 100)
SEEDS = Range(1, 30)
STEPS = Range(10, 2000, log=True)

_POINTS = 18


def evaluated_steps(steps: int) -> tuple[int, ...]:
    """The steps at which all test images are looked at: 0, then ever further apart, and the last."""
    spaced = np.unique(np.rint(np.geomspace(1, steps, _POINTS)).astype(int))
    return (0, *spaced.tolist())


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is compared. Raises SettingsError or DataError if it cannot be.

    model: the pretrained network; task: all images of the new task; per_class: training images of each class, drawn by
    each seed; seeds: how many times it is repeated, with seeds 1, 2 …; steps: of training, of both networks; frozen:
    conv blocks of the pretrained network that get no update.
    """

    model: Model
    task: ImageSet
    per_class: int = 5
    seeds: int = 5
    steps: int = 200
    frozen: int = 0
    learning_rate: float = 0.05

    def __post_init__(self) -> None:
        PER_CLASS.check("images a class", self.per_class)
        SEEDS.check("seeds", self.seeds)
        STEPS.check("steps", self.steps)
        Range(0, len(self.model.settings.filters)).check("the number of frozen conv blocks", self.frozen)
        # what cannot be is said now, of the task as it is called
        task_settings(self.model, self.task, seed=1, learning_rate=self.learning_rate)
        few_of(self.task, self.per_class, 1)

    def session(self, arm: str, seed: int) -> Session:
        """A run of one of ARMS: the same images in the same order and the same dense layer as the other's."""
        few, settings = self.start(arm, seed)
        return Session(settings, weights=with_new_head(self.model, settings) if arm == ARMS[0] else None, own=few)

    def start(self, arm: str, seed: int) -> tuple[ImageSet, Settings]:
        """The few images and the settings of a run of one of ARMS."""
        few = few_of(self.task, self.per_class, seed)
        pretrained = arm == ARMS[0]
        settings = task_settings(
            self.model,
            few,
            seed=seed,
            frozen=self.frozen if pretrained else 0,
            learning_rate=self.learning_rate,
            batch_size=min(16, len(few.class_names) * self.per_class),
        )
        return few, settings


@dataclass(frozen=True, eq=False)
class Arm:
    """What is known of one of ARMS. Arrays are read-only.

    accuracy: (seeds so far, evaluated steps) share of test images that are right, NaN where a run is not yet or has
    diverged; kernels: w1 of the first seed's run at the start and now, (filters, channels, k, k) each.
    """

    accuracy: NDArray[np.float64]
    kernels: tuple[Array, Array]
    diverged: int

    @property
    def final(self) -> NDArray[np.float64]:
        """Accuracy at the last step of each seed, NaN where there is none."""
        return self.accuracy[:, -1]


@dataclass(frozen=True, eq=False)
class Outcome:
    """How far a comparison is: seeds that are done, at which steps was looked, and both arms in the order of ARMS."""

    comparison: Comparison
    done: int
    at: tuple[int, ...]
    arms: tuple[Arm, Arm]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which seeds have a figure of both arms at the last step."""
        return np.isfinite(self.arms[0].final) & np.isfinite(self.arms[1].final)

    @property
    def sentence(self) -> str:
        """What came out, whatever it is; empty while no seed is done."""
        both = self.complete
        count = int(both.sum())
        if not count:
            return ""
        told = [
            f"{name} {percent(final.mean())} ({percent(final.min())} to {percent(final.max())})"
            for name, final in ((name, arm.final[both]) for name, arm in zip(ARMS, self.arms, strict=True))
        ]
        gains = self.arms[0].final[both] - self.arms[1].final[both]
        better = int((gains > 0).sum())
        per_class, steps = self.comparison.per_class, self.comparison.steps
        sentence = (
            f"{per_class} images a class, {steps} steps: {told[0]}, {told[1]}. "
            f"Pretrained is better for {better} of {count} seed{'s' if count > 1 else ''}, "
            f"by {100 * gains.mean():+.1f} points on average."
        )
        gone = sum(arm.diverged for arm in self.arms)
        return sentence + (
            {0: "", 1: " 1 run diverged and is left out."}.get(gone, f" {gone} runs diverged and are left out.")
        )


class _Running:
    """One arm while it runs."""

    def __init__(self, seeds: int, points: int) -> None:
        self.accuracy = np.full((seeds, points), np.nan)
        self.kernels: tuple[Array, Array] | None = None
        self.diverged = 0

    def arm(self, seeds: int) -> Arm:
        assert self.kernels is not None
        accuracy = self.accuracy[: max(seeds, 1)].copy()
        accuracy.flags.writeable = False
        return Arm(accuracy, self.kernels, self.diverged)


def run_comparison(comparison: Comparison, tell: Callable[[int, int, Callable[[], Outcome]], None]) -> Outcome:
    """Run it all and return what came out.

    tell: called after every few steps with how many steps of how many are done, and a function that makes an `Outcome`
    if it is wanted; it may raise Cancelled to end the comparison.
    """
    at = evaluated_steps(comparison.steps)
    running = (_Running(comparison.seeds, len(at)), _Running(comparison.seeds, len(at)))
    total = comparison.seeds * comparison.steps
    for number in range(comparison.seeds):
        sessions = [comparison.session(arm, number + 1) for arm in ARMS]
        alive = [True, True]
        for place, step in enumerate(at):
            for index, (session, arm) in enumerate(zip(sessions, running, strict=True)):
                alive[index] = alive[index] and _advance(session, step)
                if alive[index]:
                    arm.accuracy[number, place] = session.evaluate().test_accuracy
                _keep_kernels(arm, session, number, step)
            done = number * comparison.steps + step

            def outcome(started: int = number + 1, ended: int = number + (place == len(at) - 1)) -> Outcome:
                return Outcome(comparison, ended, at, (running[0].arm(started), running[1].arm(started)))

            tell(done, total, outcome)
        for arm, goes_on in zip(running, alive, strict=True):
            arm.diverged += not goes_on
    return Outcome(
        comparison, comparison.seeds, at, (running[0].arm(comparison.seeds), running[1].arm(comparison.seeds))
    )


def _advance(session: Session, step: int) -> bool:
    """Train up to a step; False if the run diverged on the way."""
    try:
        while session.step_count < step:
            session.step()
    except DivergedError:
        return False
    return True


def _keep_kernels(arm: _Running, session: Session, number: int, step: int) -> None:
    if number:
        return
    now: Array = session.network.parameters()["conv1.weight"].copy()
    now.flags.writeable = False
    arm.kernels = (now if step == 0 or arm.kernels is None else arm.kernels[0], now)
