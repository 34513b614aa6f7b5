"""A question about one cell, with the lookups that the rules share."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.arrays import Array
from core.derivation.explanation import Column, Explanation, FactorColumn, Note, Output, TermGroup, Window
from core.derivation.wiring import Cells, Index, Indices, Windows, pool_windows
from core.trace import Trace

__all__ = ["Contest", "Question", "constant", "first", "group", "hold_contest"]

_DERIVATIVE = re.compile(r"\bd(?=[A-Z]|[zwb]\d)")


@dataclass(frozen=True, eq=False)
class Question:
    """Which terms make cell `index` of array `name`? number: of the block, as in the name (0 for x, F, L)."""

    trace: Trace
    name: str
    index: Index
    number: int

    @property
    def samples(self) -> int:
        """m, the size of the batch."""
        return len(self.trace.y)

    @property
    def output(self) -> str:
        """Name of the network's output."""
        return f"A{self.trace.blocks + 1}"

    @property
    def logits(self) -> str:
        """Name of what the output activation reads."""
        return f"z{self.trace.blocks + 1}"

    def shape(self, name: str = "") -> tuple[int, ...]:
        """Shape of an array of the trace, of the asked one if none is named."""
        return self.trace.arrays[name or self.name].shape

    def cells(self, name: str, flat: Indices | int) -> Cells:
        """Cells of an array by their row-major numbers."""
        return Cells.of(self.trace, name, flat)

    def same(self, name: str) -> Cells:
        """The cell of an array at the index of the question."""
        return self.cells(name, int(np.ravel_multi_index(self.index, self.shape(name))))

    def values(self, cells: Cells) -> Column:
        """What stands in the cells, (n,) float64."""
        return self.trace.arrays[cells.array].reshape(-1)[cells.flat].astype(np.float64)

    def column(self, cells: Cells, symbol: str = "", values: Array | None = None) -> FactorColumn:
        """The cells as factors; with `symbol`, a function of them with these values."""
        return FactorColumn(self.values(cells) if values is None else values.astype(np.float64), cells, symbol)

    def gate(self, source: str) -> FactorColumn:
        """1 where the cell of `source` is above 0, else 0."""
        cells = self.same(source)
        return self.column(cells, "[… > 0]", (self.values(cells) > 0).astype(float))

    def share(self) -> FactorColumn:
        """1/m."""
        return constant(1 / self.samples, f"1/{self.samples}")

    def output_note(self, n: int, saturated: bool = False, exponentials: tuple[float, ...] = ()) -> Output:
        """The facts about sample n at the output."""
        return Output(self.samples, int(self.trace.y[n]), saturated, exponentials)

    def answer(
        self,
        rule: str,
        formula: str = "",
        groups: tuple[TermGroup, ...] = (),
        *,
        note: Note = None,
        zero_because: str = "",
        also_reads: tuple[Cells, ...] = (),
    ) -> Explanation:
        """The explanation of the asked cell; in the formula, dA2 is written ∂L/∂A2."""
        formula = _DERIVATIVE.sub("∂L/∂", formula)
        value = float(self.trace.arrays[self.name][self.index])
        return Explanation(self.name, self.index, value, rule, formula, groups, note, zero_because, also_reads)


def constant(value: float, symbol: str, count: int = 1) -> FactorColumn:
    """The same number in `count` terms."""
    return FactorColumn(np.full(count, value), None, symbol)


def group(*columns: FactorColumn, switch: ArrayLike = True) -> TermGroup:
    """The terms of these factors; where the switch is off the product is 0, even beside an infinite factor."""
    products = columns[0].values
    for column in columns[1:]:
        products = products * column.values
    return TermGroup(columns, np.where(switch, products, 0.0))


def first(cells: Cells) -> Index:
    """Index of the first of the cells."""
    return tuple(cells.indices[0].tolist())


@dataclass(frozen=True, eq=False)
class Contest:
    """Pooling windows of one map (n, c) of block `number`: `candidates` in A and who `won`, both (windows, taps)."""

    question: Question
    map: tuple[int, int]
    windows: Windows
    positions: Indices
    candidates: Indices
    won: NDArray[np.bool_]

    def described(self) -> tuple[Window, ...]:
        """The contests as indices and numbers."""
        found = []
        for position, row, won in zip(self.positions.tolist(), self.candidates, self.won, strict=True):
            cells = self.question.cells(f"A{self.question.number}", row)
            place = (*self.map, *divmod(position, self.windows.positions[1]))
            indices = tuple(map(tuple, cells.indices.tolist()))
            found.append(Window(place, indices, tuple(self.question.values(cells).tolist()), int(won.argmax())))
        return tuple(found)


def hold_contest(question: Question, positions: Indices) -> Contest:
    """Who wins the pooling windows at these positions of the map that the question is about."""
    n, c = question.index[:2]
    windows = pool_windows(question.trace, question.number)
    _, channels, height, width = question.shape(f"A{question.number}")
    candidates = (n * channels + c) * height * width + windows.table[positions]
    values = question.trace.arrays[f"A{question.number}"].reshape(-1)[candidates]
    # argmax takes the first of equal candidates, as the engine does
    won = np.arange(values.shape[1]) == values.argmax(axis=1)[:, None]
    return Contest(question, (n, c), windows, positions, candidates, won)
