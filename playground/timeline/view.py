"""What the window shows of a timeline: immutable values, and what is kept in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playground.counting import grouped
from playground.flaw import Flaw
from playground.history import History

__all__ = ["BranchView", "TimelineView", "rule_in_words"]

_STRETCH = 4
"""Equal gaps in a row that make a rule."""


@dataclass(frozen=True, eq=False)
class BranchView:
    """One branch: where it began and stands, its curves, and in what its settings differ from its parent's.

    flaw: the mistake that its newest steps were trained with on purpose.
    """

    number: int
    parent: int | None
    forked_at: int
    end: int
    history: History
    differs: str
    flaw: Flaw | None = None


@dataclass(frozen=True, eq=False)
class TimelineView:
    """The kept moments on the way to the shown branch, ascending `steps`, and where on it one stands.

    live: the branch that trains; newest: its step. shown_branch, shown_step: what the views show; they are the live
    ones unless `looking_back`. forks: steps on the way at which branches began. moments: how many are kept in all
    branches, the newest one of the run included, taking `bytes`; rule: which of the steps on the way, in words. pinned:
    (branch, step) of the moment that differences are from.
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
    def way(self) -> frozenset[int]:
        """The branches that one comes along from the start to the shown branch."""
        numbers, number = set(), int(self.shown_branch)
        while (parent := self.branch(number).parent) is not None:
            numbers.add(number)
            number = parent
        return frozenset({*numbers, number})

    def branch_at(self, step: float) -> int:
        """The branch that the way to the shown one goes along at a step."""
        branch = self.branch(self.shown_branch)
        while branch.parent is not None and step < branch.forked_at:
            branch = self.branch(branch.parent)
        return branch.number

    @property
    def step_before(self) -> int | None:
        """The step of the kept moment before what is shown, None if there is none."""
        earlier = int(np.searchsorted(self.steps, self.shown_step))
        return int(self.steps[earlier - 1]) if earlier else None

    @property
    def end(self) -> int:
        """The last step on the way to the shown branch."""
        return self.branch(self.shown_branch).end


def rule_in_words(steps: NDArray[np.int64]) -> str:
    """Which steps are kept, told from them, ascending: "every 4th step before 1 000, every 2nd step after".

    Of more than two spacings the widest is said, "at least every 8th": closer moments, such as those of steps taken by
    hand, are there beside it. A few moments beside the rule, such as the first or a pinned one, are left out: it then
    begins "from 18 on".
    """
    gaps = np.diff(steps)
    if not len(gaps):
        return "every step"
    starts = np.flatnonzero(np.diff(gaps, prepend=-1))
    lengths = np.diff(starts, append=len(gaps))
    parts: list[tuple[int, int]] = []  # where a stretch begins, and its spacing
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        spacing = int(gaps[start])
        if length >= _STRETCH and (not parts or parts[-1][1] != spacing):
            parts.append((int(steps[start]), spacing))
    if not parts:
        widest = int(gaps.max())
        return _every(widest) if gaps[0] == widest else f"at least {_every(widest)}"
    (begin, first), others = parts[0], [spacing for _, spacing in parts[1:]]
    is_whole = begin == int(steps[0])
    onward = "" if is_whole else f" from {grouped(begin)} on"
    if not others:
        return f"{_every(first)}{onward}"
    widest = max(others)
    if len(others) > 1 and widest <= first:
        return f"at least {_every(first)}{onward}"
    until = f"before {grouped(parts[1][0])}" if is_whole else f"from {grouped(begin)} to {grouped(parts[1][0])}"
    beyond = f"at least {_every(widest)}" if len(others) > 1 else _every(widest)
    return f"{_every(first)} {until}, {beyond} after"


def _every(spacing: int) -> str:
    """In words, every so many-th step."""
    if spacing == 1:
        return "every step"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(spacing % 10 if spacing // 10 % 10 != 1 else 0, "th")
    return f"every {grouped(spacing)}{ending} step"
