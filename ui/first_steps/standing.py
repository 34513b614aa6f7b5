"""What the tour's steps ask about: the window as it is now, and what was done since the step began."""

from __future__ import annotations

from playground.snapshot import Snapshot
from ui.cell_ref import CellRef
from ui.first_steps.scene import Scene

__all__ = ["Standing"]


class Standing:
    """Made when a step begins; `look` whenever something may have happened.

    begun, now: the snapshots of then and now. pointed: the cell of z₁ that was pointed at last. way: the arrays that
    the gradient goes along, from L to ∂L/∂w₁; reached: how many of them were pointed at, in this order. before_rate:
    the last snapshot before η was changed, rate_since: the step of the first after. drawn: something was drawn.
    """

    def __init__(self, scene: Scene, snapshot: Snapshot) -> None:
        self.scene = scene
        self.begun = self.now = snapshot
        self.pointed: CellRef | None = None
        self.reached = 0
        self.before_rate: Snapshot | None = None
        self.rate_since = 0
        self.drawn = False
        self.way = self._way()

    def look(self) -> None:
        """Take in what is shown and pointed at now."""
        linker = self.scene.flow.linker
        snapshot = linker.snapshot or self.now
        if snapshot.run_id != self.begun.run_id:
            self.begun = self.now = snapshot
            self.reached, self.before_rate = 0, None
        elif snapshot.settings.learning_rate != self.now.settings.learning_rate:
            self.before_rate, self.rate_since = self.now, snapshot.step
        self.now = snapshot
        self.way = self._way()
        cell = linker.hovered
        if cell is None:
            return
        if cell.name == "z1":
            self.pointed = cell
        if self.station == cell.name:
            self.reached += 1

    @property
    def station(self) -> str:
        """The array that the gradient comes to next; "" at the end of its way."""
        return self.way[self.reached] if self.reached < len(self.way) else ""

    @property
    def first_loss(self) -> float | None:
        """The train loss at the first evaluation of the run, along the branch that is shown."""
        timeline = self.now.timeline
        if timeline is None:
            return None
        values = timeline.branch(timeline.shown_branch).history.series["train_loss"].read().first_values
        return float(values[0]) if len(values) else None

    @property
    def loss(self) -> float | None:
        """The train loss at the newest evaluation."""
        return self.now.evaluation.train_loss if self.now.evaluation else None

    def value(self, cell: CellRef | None) -> float | None:
        """The number in a cell now; None without a cell."""
        return self.scene.flow.linker.value_of(cell) if cell else None

    @property
    def pinned(self) -> CellRef | None:
        """The pin that is looked at, if it is one of z₁."""
        active = self.scene.flow.linker.active
        return active.ref if active and active.ref.name == "z1" else None

    def _way(self) -> tuple[str, ...]:
        layout = self.scene.flow.view.flow_layout
        trace = self.now.trace
        names = ["L", *(name for name in trace.backward_names if name[1] not in "wb"), "dw1"]
        return tuple(name for name in names if layout is not None and name in layout.tiles)
