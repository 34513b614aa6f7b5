"""What the window sees of a run: immutable values, taken between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from core.arrays import Array
from core.trace import Trace
from playground.batch_step import BatchStep
from playground.diagnosis import Diagnosis
from playground.edits import Edit
from playground.evaluation import Evaluation
from playground.flaw import Flaw
from playground.last_done import LastDone
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.timeline.difference import Difference
from playground.timeline.view import TimelineView

__all__ = ["RunState", "Snapshot"]


class RunState(Enum):
    """What the worker is doing."""

    PAUSED = "paused"
    TRAINING = "training"
    DIVERGED = "diverged"


@dataclass(frozen=True)
class Snapshot:
    """The state of a run between two steps. Arrays are read-only copies; weights, gradients and trace belong together.

    run_id counts rebuilds and resets (a snapshot of an older run is to be ignored), sequence counts snapshots.
    weights: state dict of `step`; gradients: ∂L/∂w of the last training batch under the same names (empty at step 0).
    trace: every value and derivative of `sample` alone (m = 1) under `weights`.
    batch_step: the next step taken apart, under `weights`, if the worker was asked to and no steps are running.
    undo_target: the step before, if the last step was taken by hand and can be undone, else None.
    last_done: what was done last by hand in the run and can be undone, a step or a change of a number.
    drawing_probabilities: one number a class for the image given to the worker, or None if there is none.
    flaw: the mistake that the run is trained with on purpose, or was; such numbers never leave the window unmarked.
    timeline: the moments that are kept and which of them this is: while one looks back, all of the above is that
    moment's, and the run waits. difference: this moment less the pinned one, None if none is pinned.
    edits: what was changed by hand in this run and can be undone, oldest first; sample_edited: the shown image was.
    """

    run_id: int
    sequence: int
    settings: Settings
    class_names: tuple[str, ...]
    state: RunState
    step: int
    epoch: int
    steps_per_epoch: int
    batch_loss: float | None
    steps_per_second: float
    elapsed_seconds: float
    weights: Mapping[str, Array]
    gradients: Mapping[str, Array]
    sample: SampleRef
    trace: Trace
    evaluation: Evaluation | None
    drawing_probabilities: Array | None
    diagnosis: Diagnosis | None
    edits: tuple[Edit, ...] = ()
    sample_edited: bool = False
    batch_step: BatchStep | None = None
    undo_target: int | None = None
    last_done: LastDone | None = None
    flaw: Flaw | None = None
    timeline: TimelineView | None = None
    difference: Difference | None = None

    @property
    def undone_first(self) -> Edit | None:
        """The newest change of a weight since the last step, if going back undoes it, before the step; else None."""
        if self.undo_target is None:
            return None
        return next((edit for edit in reversed(self.edits) if edit.is_of_weights_since(self.step)), None)

    @property
    def bug_on(self) -> str:
        """The name of the bug that its passes are computed with, or ""."""
        return self.flaw.name if self.flaw is not None and self.flaw.is_on else ""

    @property
    def flaw_elsewhere(self) -> Flaw | None:
        """The mistake of a branch whose curves and moments are there to be seen, though these numbers are clean."""
        if self.flaw is not None or self.timeline is None:
            return None
        return next((branch.flaw for branch in self.timeline.branches if branch.flaw is not None), None)

    @property
    def has_board(self) -> bool:
        """True for the examples of the blackboard, whose every number can be written down."""
        return self.settings.dataset.startswith("blackboard") and self.trace.blocks == 1
