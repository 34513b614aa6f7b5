"""Where the stepper stands: at which stage, and at the grain of cells at which cell of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ui.slow_motion.stages import Stage

__all__ = ["Walk"]


@dataclass(frozen=True)
class Walk:
    """Stage `place` of `stages`, cell `cell` of it; `sizes` are the cells of each stage, 1 where it is one beat."""

    stages: tuple[Stage, ...] = ()
    sizes: tuple[int, ...] = ()
    place: int = 0
    cell: int = 0

    @property
    def stage(self) -> Stage | None:
        """The present stage, None without stages."""
        return self.stages[self.place] if self.stages else None

    @property
    def is_at_start(self) -> bool:
        """True if nothing is before."""
        return self.place == 0 and self.cell == 0

    @property
    def is_in_last_stage(self) -> bool:
        """True in the last stage, whichever its cell."""
        return bool(self.stages) and self.place + 1 == len(self.stages)

    @property
    def is_at_end(self) -> bool:
        """True if nothing is left to come."""
        return self.is_in_last_stage and self.cell + 1 >= self.sizes[self.place]

    def on(self) -> Walk:
        """One beat on: the next cell, or the first of the next stage; the same at the end."""
        if self.stages and self.cell + 1 < self.sizes[self.place]:
            return replace(self, cell=self.cell + 1)
        return self.skip()

    def back(self) -> Walk:
        """One beat back: the cell before, or the last of the stage before; the same at the start."""
        if self.cell:
            return replace(self, cell=self.cell - 1)
        return self.to(self.place - 1, self.sizes[self.place - 1] - 1) if self.place else self

    def skip(self) -> Walk:
        """The first cell of the next stage; in the last stage its last cell."""
        if self.is_in_last_stage:
            return replace(self, cell=self.sizes[self.place] - 1)
        return self.to(self.place + 1) if self.stages else self

    def to(self, place: int, cell: int = 0) -> Walk:
        """A cell of a stage; outside either, the nearest there is."""
        if not self.stages:
            return self
        place = min(max(place, 0), len(self.stages) - 1)
        return replace(self, place=place, cell=min(max(cell, 0), self.sizes[place] - 1))

    def to_end(self) -> Walk:
        """The last beat of all."""
        return self.to(len(self.stages) - 1, self.sizes[-1] - 1) if self.stages else self

    def over(self, stages: tuple[Stage, ...], size_of: Callable[[Stage], int]) -> Walk:
        """The same place in other stages, or the nearest there is."""
        return Walk(stages, tuple(map(size_of, stages))).to(self.place, self.cell)

    def over_grain(self, stages: tuple[Stage, ...], size_of: Callable[[Stage], int]) -> Walk:
        """The stage of another grain in which the present one is, its first cell."""
        now, walk = self.stage, Walk(stages, tuple(map(size_of, stages)))
        if now is None:
            return walk
        holding = [place for place, stage in enumerate(stages) if now.shown in stage.names and stage.phase == now.phase]
        of_phase = [place for place, stage in enumerate(stages) if stage.phase == now.phase]
        # a whole phase stands for its first beat, not for the array that pictures it
        found = of_phase if len(now.names) > 2 and now.phase != "update" else holding or of_phase
        return walk.to(found[0])
