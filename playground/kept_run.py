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


@dataclass(frozen=True)
class RunBefore:
    """What the window is told of the run that can be brought back.

    words: which one it is; is_offered: it was replaced just now, and is worth a message.
    """

    run_id: int
    words: str
    is_offered: bool = False


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
    def steps(self) -> int:
        """Steps that it has taken on its newest branch."""
        return self.session.step_count - self.source.began_at

    @property
    def branches(self) -> int:
        """How many there are in its timeline."""
        return len(self.travel.timeline.branches)

    @property
    def is_begun(self) -> bool:
        """False of a network as its seed or its file gave it, with nothing done to it."""
        return self.steps != 0 or self.branches > 1 or bool(self.session.edits.done)

    def view(self, *, replaced_now: bool) -> RunBefore:
        """For the window."""
        words = [data_in_words(self.session.settings), counted(self.session.step_count, "step")]
        if self.branches > 1:
            words.append(f"{grouped(self.branches)} branches")
        is_much = self.steps >= _FEW_STEPS or self.branches > 1 or bool(self.session.edits.done)
        return RunBefore(self.run_id, ", ".join(words), replaced_now and is_much)
