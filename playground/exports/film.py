"""The filters of a run as they formed: those of moments that its timeline keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.arrays import Array
from playground.counting import grouped
from playground.session import Session
from playground.timeline.over_time import weights_over_time
from playground.timeline.timeline import Timeline
from playground.timeline.view import rule_in_words

__all__ = ["MOST_FRAMES", "Film", "film_of"]

MOST_FRAMES = 150
"""Of more moments so many are shown, evenly spaced among them, the first and the last always."""


@dataclass(frozen=True, eq=False)
class Film:
    """Kernels of a conv block, (filters, channels, k, k), each of the run at one of `steps`, ascending.

    kept: how many moments there were on the way; rule: which steps these were, in words; block: from 1 on.
    """

    steps: tuple[int, ...]
    kernels: tuple[Array, ...]
    kept: int
    rule: str
    block: int = 1

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


def film_of(timeline: Timeline, session: Session, block: int = 1) -> Film:
    """The kept moments of the branch that trains, and its present weights; arrays are shared and read-only."""
    found = weights_over_time(timeline, session, f"conv{block}.weight", MOST_FRAMES)
    kept = len(np.union1d(found.kept, [session.step_count]))
    return Film(tuple(found.by_step), tuple(found.by_step.values()), kept, rule_in_words(found.kept), block)
