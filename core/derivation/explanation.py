"""What `explain` answers: a cell as a sum of products, kept as columns of numbers until somebody reads the terms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.derivation.wiring import Cells, Index, Indices

__all__ = [
    "Explanation",
    "Factor",
    "FactorColumn",
    "Gate",
    "Largest",
    "Note",
    "Output",
    "Pooling",
    "Term",
    "TermGroup",
    "Travel",
    "Window",
]

Column = NDArray[np.float64]


@dataclass(frozen=True)
class Factor:
    """One number of a product.

    array, index: the cell that it stands in; "" and () for a constant. symbol: "" where the factor is the cell itself;
    how a constant is written ("1/m", "y"), or a function of the cell, which stands at the dots ("−log …", "[… > 0]").
    """

    array: str
    index: Index
    value: float
    symbol: str = ""


@dataclass(frozen=True)
class Term:
    """One product of the sum. A factor that switches a term off makes the product 0, whatever the others are."""

    factors: tuple[Factor, ...]
    product: float


@dataclass(frozen=True)
class Largest:
    """The largest terms by magnitude, largest first; how many more there are, and the sum of those."""

    terms: tuple[Term, ...]
    more: int
    more_sum: float


@dataclass(frozen=True)
class Gate:
    """The gate of a ReLU: open where z > 0."""

    z: float
    open: bool


@dataclass(frozen=True)
class Window:
    """One pooling window: its cell in P, its candidates in A (row-major) with their values, and which one won."""

    position: Index
    candidates: tuple[Index, ...]
    values: tuple[float, ...]
    winner: int

    @property
    def equal(self) -> int:
        """How many candidates are as large as the winner, itself too; the winner is the first of them, row-major."""
        return self.values.count(self.values[self.winner])

    def is_tied(self, place: int) -> bool:
        """Whether a candidate is as large as the winner and yet has lost, because it comes later."""
        return place != self.winner and self.values[place] == self.values[self.winner]


@dataclass(frozen=True)
class Pooling:
    """The windows that a cell of P (one) or a cell of ∂L/∂A (none, one, or several that overlap) belongs to.

    place: where a cell of ∂L/∂A stands among the candidates of each window; empty for a cell of P.
    """

    windows: tuple[Window, ...]
    place: tuple[int, ...] = ()


@dataclass(frozen=True)
class Travel:
    """A number that only changes its index between a feature map and the row F: `row` is its place in F."""

    source: tuple[str, Index]
    target: tuple[str, Index]
    row: int


@dataclass(frozen=True)
class Output:
    """At the output: the label and the number of samples m.

    saturated: 1/A exceeds the largest number of the trace's type, and ∂L/∂A stays there. exponentials: of a softmax,
    e^(z − max z) for each class.
    """

    samples: int
    label: int | None = None
    saturated: bool = False
    exponentials: tuple[float, ...] = ()


Note = Gate | Pooling | Travel | Output | None


@dataclass(frozen=True, eq=False)
class FactorColumn:
    """The same factor of n terms: its values (n,), and its cells (n of them, or None for constants)."""

    values: Column
    cells: Cells | None = None
    symbol: str = ""

    def factor(self, row: int) -> Factor:
        """The factor of one term."""
        if self.cells is None:
            return Factor("", (), float(self.values[row]), self.symbol)
        cells = self.cells
        place = np.unravel_index(cells.flat[row], cells.shape) if cells.shape else ()
        return Factor(cells.array, tuple(int(axis) for axis in place), float(self.values[row]), self.symbol)


@dataclass(frozen=True, eq=False)
class TermGroup:
    """n terms of one form: a column a factor, and the products (n,)."""

    columns: tuple[FactorColumn, ...]
    products: Column


@dataclass(frozen=True, eq=False)
class Explanation:
    """Where one number of a trace comes from: `value` is the engine's own, the terms sum to it.

    rule: input, parameter, convolution, relu, maxpool, flatten, dense, sigmoid, softmax, loss, or what the derivative
    goes back through: loss gradient, sigmoid gradient, softmax gradient, dense input gradient, dense weight gradient,
    dense bias gradient, flatten gradient, maxpool gradient, relu gradient, convolution input gradient,
    convolution weight gradient, convolution bias gradient.
    formula: the rule in the names of this network. zero_because: "" or the reason why the number is 0 whatever the
    others are. also_reads: cells that the number depends on inside of a factor.
    """

    name: str
    index: Index
    value: float
    rule: str
    formula: str = ""
    groups: tuple[TermGroup, ...] = ()
    note: Note = None
    zero_because: str = ""
    also_reads: tuple[Cells, ...] = ()

    @cached_property
    def products(self) -> Column:
        """The products of all terms, (count,) float64."""
        return np.concatenate([group.products for group in self.groups]) if self.groups else np.empty(0)

    @property
    def count(self) -> int:
        """Number of terms."""
        return len(self.products)

    @property
    def is_given(self) -> bool:
        """Whether the number is an input or a parameter, which nothing explains."""
        return self.rule in ("input", "parameter")

    @cached_property
    def total(self) -> float:
        """The sum of the terms, in float64; the value itself for an input or a parameter."""
        with np.errstate(all="ignore"):
            return self.value if self.is_given else float(self.products.sum())

    def term(self, position: int) -> Term:
        """The term at one place of the sum; raises IndexError outside of 0 … count - 1."""
        if 0 <= position < self.count:
            row = position
            for group in self.groups:
                if row < len(group.products):
                    factors = tuple(column.factor(row) for column in group.columns)
                    return Term(factors, float(group.products[row]))
                row -= len(group.products)
        raise IndexError(f"{self.name} has {self.count} terms here; {position} is none of them.")

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All terms in the order of the sum. There may be many: to show some, call `term` or `largest`."""
        return tuple(self.term(position) for position in range(self.count))

    def largest(self, count: int) -> Largest:
        """The `count` largest terms by magnitude, and what is left."""
        magnitudes = -np.abs(self.products)
        rows = np.arange(self.count)
        if count < self.count:
            rows = np.argpartition(magnitudes, count)[:count]
        rows = rows[np.lexsort((rows, magnitudes[rows]))]
        with np.errstate(all="ignore"):
            more_sum = float(np.delete(self.products, rows).sum())
        return Largest(tuple(self.term(int(row)) for row in rows), self.count - len(rows), more_sum)

    @cached_property
    def sources_by_array(self) -> tuple[tuple[str, Indices], ...]:
        """The cells that this one reads: (array, (n, axes)) each array once, every cell once, row-major."""
        found: dict[str, list[Cells]] = {}
        columns = [column.cells for group in self.groups for column in group.columns if column.cells is not None]
        for cells in (*columns, *self.also_reads):
            found.setdefault(cells.array, []).append(cells)
        unique = [Cells(name, parts[0].shape, _unique(parts)) for name, parts in found.items()]
        return tuple((cells.array, cells.indices) for cells in unique if len(cells.flat))

    @property
    def sources(self) -> list[tuple[str, Index]]:
        """The cells that this one reads, one by one."""
        return [(name, tuple(row)) for name, indices in self.sources_by_array for row in indices.tolist()]


def _unique(parts: list[Cells]) -> Indices:
    flat = parts[0].flat if len(parts) == 1 else np.concatenate([part.flat for part in parts])
    # most rules list their cells in order, and sorting is what costs
    return flat if bool((flat[1:] > flat[:-1]).all()) else np.unique(flat)
