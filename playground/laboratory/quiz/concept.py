"""A question of concept: answers to choose from, and why one of them is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.trace import Trace
from playground.laboratory.quiz.excerpts import Excerpt

__all__ = ["Concept", "concept_of"]


@dataclass(frozen=True, eq=False)
class Concept:
    """A question in words with answers to choose from.

    asked: the question; options: the answers; answer: the number of the right one; because: why, with the numbers of
    the run; rule: a hint; excerpts: what is drawn, if anything is.
    """

    trace: Trace
    asked: str
    options: tuple[str, ...]
    answer: float
    rule: str
    because: str
    excerpts: tuple[Excerpt, ...] = ()
    kind: Literal["concept"] = "concept"

    @property
    def choices(self) -> int:
        """How many answers there are to choose from."""
        return len(self.options)

    def is_right(self, answer: float) -> bool:
        """Whether it is the right one."""
        return answer == self.answer


def concept_of(
    rng: np.random.Generator,
    trace: Trace,
    asked: str,
    options: tuple[str, ...],
    *,
    rule: str,
    because: str,
    shown: tuple[Excerpt, ...] = (),
) -> Concept:
    """A question whose first option is the right one; they are asked in drawn order."""
    order = rng.permutation(len(options)).tolist()
    drawn = tuple(options[place] for place in order)
    return Concept(trace, asked, drawn, float(order.index(0)), rule, because, shown)
