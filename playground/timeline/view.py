"""What the window shows of a timeline: immutable values, and the rule of thinning in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.history import History

__all__ = ["BranchView", "TimelineView", "rule_in_words"]


@dataclass(frozen=True, eq=False)
class BranchView:
    """One branch: where it began and stands, its curves, and in what its settings differ from its parent's."""

    number: int
    parent: int | None
    forked_at: int
    end: int
    history: History
    differs: str


@dataclass(frozen=True, eq=False)
class TimelineView:
    """The kept moments on the way to the shown branch, ascending `steps`, and where on it one stands.

    live: the branch that trains; newest: its step. shown_branch, shown_step: what the views show; they are the live
    ones unless `looking_back`. forks: steps on the way at which branches began. moments: how many are kept in all
    branches, taking `bytes`; rule: which, in words. pinned: (branch, step) of the moment that differences are from.
    """

    branches: tuple[BranchView, ...]
    live: int
    newest: int
    shown_branch: int
    shown_step: int
    looking_back: bool
    steps: NDArray[np.int64]
    forks: tuple[int, ...]
    moments: int
    bytes: int
    rule: str
    pinned: tuple[int, int] | None

    def branch(self, number: int) -> BranchView:
        """The branch of a number."""
        return next(branch for branch in self.branches if branch.number == number)

    @property
    def end(self) -> int:
        """The last step on the way to the shown branch."""
        return self.branch(self.shown_branch).end


def rule_in_words(spacing: int, thinned_before: int) -> str:
    """Which steps are kept: every `spacing`-th, and of those before `thinned_before` every second."""
    since = _every(spacing)
    if not thinned_before:
        return since
    return f"{_every(2 * spacing)} before {grouped(thinned_before)}, {since} after"


def _every(spacing: int) -> str:
    if spacing == 1:
        return "every step"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(spacing % 10 if spacing // 10 % 10 != 1 else 0, "th")
    return f"every {grouped(spacing)}{ending} step"
