"""A question about one cell: what is asked, what is shown for it, and what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from core.derivation.wiring import Cells, Index
from core.explain import Explanation, Gate, Pooling, explain
from core.trace import Trace
from playground.laboratory.quiz import excerpts
from playground.laboratory.quiz.answers import is_near
from playground.laboratory.quiz.excerpts import Excerpt

__all__ = ["MOST_PARTS", "Kind", "Part", "Question", "gate_question", "value_question", "winner_question"]

Kind = Literal["gate", "winner", "value"]

MOST_PARTS = 6
_MOST_EXCERPTS, _MOST_TERMS, _MOST_PRODUCTS = 5, 64, 12
_CANCELLATION = 10.0


@dataclass(frozen=True)
class Part:
    """Terms taken together because there are too many to write: those of one `what` ("sample"), the `number`-th.

    The smallest of many are one part, "rest", and `number` is how many there are; "bias" has no number.
    """

    what: str
    number: int
    total: float


@dataclass(frozen=True, eq=False)
class Question:
    """Which number stands in cell `index` of array `name` (value), or which of the choices is right.

    gate: does the gradient pass this cell of ∂L/∂z? choices 0 open, 1 closed. winner: which candidate of the window of
    this cell of P gets its gradient? choices in row-major order. found: the explanation that answers; excerpts: what is
    drawn; parts: instead of terms, where those are many; answer: the value, or the number of the right choice.
    """

    kind: Kind
    trace: Trace
    found: Explanation
    answer: float
    excerpts: tuple[Excerpt, ...]
    parts: tuple[Part, ...] = ()

    @property
    def name(self) -> str:
        """The array that is asked about."""
        return self.found.name

    @property
    def index(self) -> Index:
        """The cell that is asked about."""
        return self.found.index

    @property
    def samples(self) -> int:
        """m of the trace: 1 for the shown image, else the batch."""
        return len(self.trace.y)

    @property
    def choices(self) -> int:
        """How many choices there are, 0 for a typed number."""
        note = self.found.note
        if self.kind == "winner" and isinstance(note, Pooling):
            return len(note.windows[0].candidates)
        return 2 if self.kind == "gate" else 0

    @property
    def is_tied(self) -> bool:
        """Whether several candidates of the window are as large as its winner."""
        return self.equal > 1

    @property
    def equal(self) -> int:
        """How many candidates of the window are as large as its winner; 1 where there is no window."""
        note = self.found.note
        return max(window.equal for window in note.windows) if isinstance(note, Pooling) else 1

    def is_right(self, answer: float) -> bool:
        """Whether an answer is right: the very choice, or a number that comes near enough."""
        return answer == self.answer if self.choices else is_near(answer, self.answer)

    @property
    def is_answerable(self) -> bool:
        """Whether one can reckon it from what is shown: few numbers, which do not all but cancel each other."""
        if self.kind != "value":
            return True
        shown = np.array([part.total for part in self.parts]) if self.parts else self.found.products
        if not (np.isfinite(shown).all() and np.isfinite(self.answer)):
            return False
        if self.answer == 0.0:
            return bool(self.found.zero_because)
        # a convolution of which only the bias is left is that of its neighbours, too
        if np.count_nonzero(shown) < (2 if self.found.rule == "convolution" else 1):
            return False
        return bool(np.abs(shown).sum() <= _CANCELLATION * abs(self.answer))


def gate_question(trace: Trace, number: int, index: Index) -> Question:
    """Is the gate of the ReLU of block `number` open at a cell?"""
    found = explain(trace, f"dz{number}", index)
    assert isinstance(found.note, Gate)
    shown = excerpts.around(trace, f"z{number}", index, hidden=False)
    return Question("gate", trace, found, float(not found.note.open), (shown,))


def winner_question(trace: Trace, number: int, index: Index) -> Question:
    """Which candidate of a pooling window of block `number` gets the gradient of its cell of P?"""
    found = explain(trace, f"P{number}", index)
    assert isinstance(found.note, Pooling)
    window = found.note.windows[0]
    candidates = excerpts.of_cells(trace, f"A{number}", np.array(window.candidates))
    handed = excerpts.of_cells(trace, f"dP{number}", np.array([index]))
    return Question("winner", trace, found, float(window.winner), (*candidates, *handed))


def value_question(trace: Trace, name: str, index: Index) -> Question:
    """Which number stands in a cell?"""
    found = explain(trace, name, index)
    asked = excerpts.around(trace, name, index, hidden=True)
    if found.count <= _MOST_TERMS and np.count_nonzero(found.products) <= _MOST_PRODUCTS:
        read = excerpts.sources(trace, found.sources_by_array)
        if len(read) <= _MOST_EXCERPTS and all(excerpt.values.size <= _MOST_TERMS for excerpt in read):
            return Question("value", trace, found, found.value, (asked, *read))
    return Question("value", trace, found, found.value, (asked,), _parts(found, trace))


def _parts(found: Explanation, trace: Trace) -> tuple[Part, ...]:
    """The terms taken together by sample, channel, filter or row; where those are many, the smallest in one part."""
    what, axis = _axis(found, trace)
    totals: dict[int, float] = {}
    alone: list[Part] = []
    for group in found.groups:
        cells = next((column.cells for column in group.columns if _has_samples(column.cells)), None)
        if cells is None:
            alone.append(Part("bias", 0, float(group.products.sum())))
            continue
        places, inverse = np.unique(cells.indices[:, axis], return_inverse=True)
        for place, total in zip(places.tolist(), np.bincount(inverse, group.products).tolist(), strict=True):
            totals[place] = totals.get(place, 0.0) + total
    largest = sorted(totals, key=lambda place: -abs(totals[place]))
    told = largest if len(largest) <= MOST_PARTS else largest[: MOST_PARTS - 1]
    parts = [Part(what, place, totals[place]) for place in sorted(told)]
    if rest := largest[len(told) :]:
        parts.append(Part("rest", len(rest), sum(totals[place] for place in rest)))
    return (*parts, *alone)


def _has_samples(cells: Cells | None) -> bool:
    """Whether the cells have a batch axis, which parameters have not."""
    return cells is not None and cells.array.removeprefix("d")[0] not in "wb"


def _axis(found: Explanation, trace: Trace) -> tuple[str, int]:
    """What the terms are told apart by, and the axis of the cells that have a batch axis which says so."""
    number = int(found.name.removeprefix("d")[1:] or 0)
    if found.rule == "convolution":
        return ("channel", 1) if trace.arrays[f"w{number}"].shape[1] > 1 else ("row", 2)
    if found.rule == "convolution input gradient":
        return ("filter", 1) if len(trace.arrays[f"w{number + 1}"]) > 1 else ("row", 2)
    if found.rule.startswith("dense"):
        return ("sample", 0) if len(trace.y) > 1 else ("place", 1)
    return ("sample", 0) if len(trace.y) > 1 else ("row", 2)
