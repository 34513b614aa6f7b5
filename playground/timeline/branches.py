"""The branches of a run: where each began, its curves, and where it stands while another one goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.history import History
from playground.session_state import SessionState
from playground.settings import Settings

__all__ = ["Branch", "Branches"]


@dataclass(eq=False)
class Branch:
    """A stretch of training from one moment on. Number 0 is the run as it began; it has no parent.

    forked_at: the step of its first moment, which is the parent's; history: the curves, those before the fork included;
    settings: with which it goes on or went on last; end: where it stands, None for the one that trains now.
    """

    number: int
    parent: int | None
    forked_at: int
    history: History
    settings: Settings
    end: SessionState | None = None


class Branches:
    """The tree of branches; `live` is the number of the one that trains."""

    def __init__(self, history: History, settings: Settings, first_step: int) -> None:
        self._branches = {0: Branch(0, None, first_step, history, settings)}
        self._next = 1
        self.live = 0

    @classmethod
    def of(cls, branches: Sequence[Branch], live: int) -> Branches:
        """These branches, the first being the run as it began."""
        made = cls(branches[0].history, branches[0].settings, branches[0].forked_at)
        made._branches = {branch.number: branch for branch in branches}
        made._next = max(made._branches) + 1
        made.live = live
        return made

    def __iter__(self) -> Iterator[Branch]:
        return iter(self._branches.values())

    def __getitem__(self, number: int) -> Branch:
        return self._branches[number]

    def __contains__(self, number: int) -> bool:
        return number in self._branches

    def __len__(self) -> int:
        return len(self._branches)

    def fork(self, parent: int, step: int, history: History, settings: Settings) -> Branch:
        """A new branch from a moment of another."""
        branch = Branch(self._next, parent, step, history, settings)
        self._branches[self._next] = branch
        self._next += 1
        return branch

    def remove(self, number: int) -> None:
        """Forget a branch that no other one began from."""
        del self._branches[number]

    def children(self, number: int) -> list[Branch]:
        """The branches that began from this one, oldest first."""
        return [branch for branch in self if branch.parent == number]

    def lineage(self, number: int) -> list[tuple[Branch, int | None]]:
        """The way to a branch from the start: each branch on it, and the last step that the way goes along it."""
        way: list[tuple[Branch, int | None]] = [(self[number], None)]
        while (parent := way[0][0].parent) is not None:
            way.insert(0, (self[parent], way[0][0].forked_at))
        return way
