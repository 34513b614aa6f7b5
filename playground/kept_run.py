"""A run that another one has replaced, with all that belongs to it, so that it can be brought back."""

from __future__ import annotations

from dataclasses import dataclass

from playground.counting import counted, grouped
from playground.datasets import data_in_words
from playground.diagnosis import Diagnosis
from playground.run_source import RunSource
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.timeline.travel import TimeTravel

__all__ = ["KeptRun", "RunBefore"]

_FEW_STEPS = 10
"""A run of fewer can be brought back as well, but nobody needs be told of it."""
_PASSING = 10
"""A run of so many times fewer steps than the kept one was only passed through, on the way to other settings."""


@dataclass(frozen=True)
class RunBefore:
    """What the window is told of the run that can be brought back.

    words: which one it is; is_offered: another run has begun, and this one is worth a message.
    """

    run_id: int
    words: str
    is_offered: bool


@dataclass(frozen=True, eq=False)
class KeptRun:
    """A run as it was left. diverged: its newest weights have; diagnosis: what was found about them."""

    run_id: int
    session: Session
    travel: TimeTravel
    source: RunSource
    elapsed_seconds: float
    sample: SampleRef
    diverged: bool
    diagnosis: Diagnosis | None

    @property
    def work(self) -> int:
        """Steps taken, on all branches, and changes by hand; 0 of a network as its seed or its file gave it."""
        live, timeline = self.session, self.travel.timeline
        ends = (timeline.end_step(branch.number, live.step_count) - branch.forked_at for branch in timeline.branches)
        return sum(ends) + timeline.first_step - self.source.began_at + len(live.edits.done)

    def is_worth_more_than(self, kept: KeptRun | None) -> bool:
        """Whether to keep this one, which is left now, rather than the one that is kept, which is left longer."""
        return self.work > 0 and (kept is None or _PASSING * self.work >= kept.work)

    def view(self, *, is_new: bool) -> RunBefore:
        """For the window; is_new: another run has begun now."""
        words = [data_in_words(self.session.settings), counted(self.session.step_count, "step")]
        branches = len(self.travel.timeline.branches)
        if branches > 1:
            words.append(f"{grouped(branches)} branches")
        is_much = self.work >= _FEW_STEPS or branches > 1 or bool(self.session.edits.done)
        return RunBefore(self.run_id, ", ".join(words), is_new and is_much)
