"""The filters of a run as they formed: those of moments that its timeline keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from playground.counting import grouped
from playground.session import Session
from playground.timeline.timeline import Timeline
from playground.timeline.view import rule_in_words

__all__ = ["MOST_FRAMES", "Film", "film_of"]

MOST_FRAMES = 150
"""Of more moments so many are shown, evenly spaced among them, the first and the last always."""


@dataclass(frozen=True, eq=False)
class Film:
    """Kernels of the first block, (filters, channels, k, k), each of the run at one of `steps`, ascending.

    kept: how many moments there were on the way; rule: which steps these were, in words.
    """

    steps: tuple[int, ...]
    kernels: tuple[Array, ...]
    kept: int
    rule: str

    @property
    def scale(self) -> float:
        """The weight that has the full colour in every frame."""
        return max(float(np.abs(kernels).max()) for kernels in self.kernels)

    @property
    def sentence(self) -> str:
        """Which moments are shown."""
        shown = len(self.steps)
        part = f"{shown} of {grouped(self.kept)}" if shown < self.kept else f"all {shown}"
        return f"{part} kept moments: {self.rule}"


def film_of(timeline: Timeline, session: Session) -> Film:
    """The kept moments of the branch that trains, and its present weights; arrays are shared and read-only."""
    branch = timeline.branches.live
    by_step: dict[int, Array] = {}
    for step in timeline.steps(branch):
        by_step[step] = timeline.nearest(branch, step).state.weights["conv1.weight"]
    kept = np.array([*by_step], np.int64)
    now: Array = session.network.parameters()["conv1.weight"].copy()
    now.flags.writeable = False
    by_step[session.step_count] = now
    steps = sorted(by_step)
    chosen = np.unique(np.rint(np.linspace(0, len(steps) - 1, min(len(steps), MOST_FRAMES))).astype(int))
    shown = tuple(steps[place] for place in chosen.tolist())
    return Film(shown, tuple(by_step[step] for step in shown), len(steps), rule_in_words(kept))
