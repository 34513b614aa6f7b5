"""What was done last by hand in a run, of all that can be undone: a number that was changed, or a step."""

from __future__ import annotations

from dataclasses import dataclass

from playground.counting import grouped
from playground.edits import Edit
from playground.notation.names import display_index, display_name

__all__ = ["LastDone"]


@dataclass(frozen=True)
class LastDone:
    """The change of a number, or without one the step that led to `step`; at: when, by `time.monotonic`."""

    at: float
    step: int
    edit: Edit | None = None

    @property
    def words(self) -> str:
        """What would be undone: "change of b₂[0]", "step 7"."""
        if self.edit is None:
            return f"step {grouped(self.step)}"
        of = f" of {self.edit.sample.words}" if self.edit.sample else ""
        if self.edit.name == "y":
            return f"label{of}"
        return f"change of {display_name(self.edit.name)}{display_index(self.edit.index)}{of}"
