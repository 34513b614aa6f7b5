"""How far both ways have come: one count for the two, since a step on the left and one on the right belong together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from playground.laboratory.input_gradient import InputGradient

__all__ = ["BothWalks"]


@dataclass(frozen=True)
class BothWalks:
    """`count` steps of `cells`: the right has collected that many cells, the left spread as many of its `outputs`.

    across: columns of the outputs and of the cells.
    """

    outputs: int
    cells: int
    across: tuple[int, int]
    count: int

    @classmethod
    def through(cls, ways: InputGradient, count: int | None = None) -> BothWalks:
        """The walk through a gradient, at its end or at `count`."""
        (rows, columns), (height, width) = ways.windows.positions, ways.windows.plane
        cells = height * width
        return cls(rows * columns, cells, (columns, width), cells if count is None else min(max(count, 0), cells))

    def to(self, count: int) -> BothWalks:
        """Another place, the nearest there is."""
        return replace(self, count=min(max(count, 0), self.cells))

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""
        return self.count == self.cells

    @property
    def spread(self) -> int:
        """Outputs that the left has spread."""
        return min(self.count, self.outputs)

    @property
    def output(self) -> tuple[int, int] | None:
        """The output that the left has just spread; None before the first and after the last."""
        return divmod(self.count - 1, self.across[0]) if 0 < self.count <= self.outputs else None

    @property
    def cell(self) -> tuple[int, int] | None:
        """The cell that the right has just collected; None before the first."""
        return divmod(self.count - 1, self.across[1]) if self.count else None
