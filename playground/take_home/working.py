"""One cell's working: its rule, the numbers that make it, and what they come to; as text and as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from core.explain import Explanation, Gate, Pooling, Term, explain
from core.trace import Trace
from playground.counting import grouped
from playground.notation.factors import in_notation
from playground.notation.latex import aligned, latex_of
from playground.notation.numbers import term_number
from playground.notation.rules import cell_label, formula_text

__all__ = ["Working", "working"]

_PER_LINE = 4
_EVERY_TERM = 64

Number = Callable[[float], str]


@dataclass(frozen=True)
class Working:
    """`label` = each of `steps`, one after the other; a step is lines, of which the later begin with '+'.

    All in the plain writing of the window. remark: why the cell is 0, or what it is if nothing makes it.
    """

    label: str
    steps: tuple[tuple[str, ...], ...]
    remark: str = ""

    @property
    def rows(self) -> tuple[tuple[str, str], ...]:
        """Left and right of each line, the right beginning with '=' or '+'."""
        found = []
        for step in self.steps:
            found += [("", f"= {step[0]}"), *(("", line) for line in step[1:])]
        return ((self.label, found[0][1]), *found[1:]) if found else ((self.label, ""),)

    def text(self) -> str:
        """Lines of plain text."""
        lines = [f"{left} {right}".strip() for left, right in self.rows]
        return "\n".join([*lines, self.remark] if self.remark else lines)

    def latex(self) -> str:
        """For a LaTeX document, to stand in display mathematics."""
        rows = [(latex_of(left), latex_of(right)) for left, right in self.rows]
        if self.remark:
            rows.append(("", rf"\quad\text{{({self.remark})}}".replace("_", r"\_")))
        return aligned(rows)


def working(trace: Trace, name: str, index: Sequence[int], decimals: int, most: int = _EVERY_TERM) -> Working:
    """How a cell comes about, with up to `most` terms, the largest first if there are more.

    index: into `trace.arrays[name]`, with the batch axis. Raises KeyError or IndexError if there is no such cell.
    """
    found = explain(trace, name, index)

    def number(value: float) -> str:
        return term_number(value, decimals)

    label = cell_label(trace, name, index)
    if found.is_given:
        what = "a number of the image" if found.rule == "input" else "a parameter, which training changes"
        return Working(label, ((number(found.value),),), what)
    steps: list[tuple[str, ...]] = [(formula_text(trace, found).split("   ")[0],)]
    steps += _numbers(trace, found, number, most)
    if steps[-1] != (number(found.value),):
        steps.append((number(found.value),))
    return Working(label, tuple(steps), in_notation(found.zero_because))


def _numbers(trace: Trace, found: Explanation, number: Number, most: int) -> Iterator[tuple[str, ...]]:
    match found.rule, found.note:
        case "maxpool", Pooling() as note:
            yield (f"max({', '.join(number(value) for value in note.windows[0].values)})",)
        case "relu", Gate() as gate:
            yield (f"max({number(gate.z)}, 0)",)
        case "sigmoid", _:
            z = float(trace.arrays[f"z{trace.blocks + 1}"][found.index])
            yield (f"1/(1 + e^({number(-z)}))",)
        case (("flatten" | "flatten gradient" | "dense bias gradient"), _):
            return
        case (("loss" | "loss gradient" | "sigmoid gradient" | "softmax gradient" | "softmax"), _):
            yield from _at_the_output(trace, found, number)
        case _:
            yield from _sum(trace, found, number, most)


def _at_the_output(trace: Trace, found: Explanation, number: Number) -> Iterator[tuple[str, ...]]:
    """What the output activation and the loss make of the numbers, written as one writes it by hand."""
    label, softmax = int(trace.y[0]), trace.activation == "softmax"
    place = (0, label) if found.rule == "loss" and softmax else found.index or (0, 0)
    value = number(float(trace.arrays[f"A{trace.blocks + 1}"][place]))
    target = int(place[1] == label) if softmax else label
    if found.rule == "softmax":
        power, share = (factor.value for factor in found.term(0).factors)
        yield (f"{number(power)}/{number(1 / share)}",)
    elif found.rule == "loss":
        yield (f"−log {value}" if target else f"−log(1 − {value})",)
    elif found.rule == "loss gradient":
        if found.value != 0.0:
            yield (f"−1/{value}" if target else f"1/(1 − {value})",)
    else:
        yield (f"{value} − {target}",)


def _sum(trace: Trace, found: Explanation, number: Number, most: int) -> Iterator[tuple[str, ...]]:
    """The cells multiplied and added by name, if these are few; then their numbers."""
    largest = found.largest(most)
    terms = found.terms if found.count <= most else largest.terms
    shown = [term for term in terms if term.product != 0.0]
    if not shown:
        return
    nonzero = int(np.count_nonzero(found.products))
    rest, more, zeros = [], nonzero - len(shown), found.count - nonzero
    if more:
        rest.append(f"+ {grouped(more)} more, which come to {number(largest.more_sum)}")
    if zeros:
        rest.append(f"+ {grouped(zeros)} term{' that is' if zeros == 1 else 's that are'} 0")
    if found.count <= _PER_LINE * 4 and found.count > 1:
        yield tuple(_lines([_by_name(trace, term) for term in shown]))
    yield (*_lines([_by_number(term, number) for term in shown]), *rest)


def _lines(terms: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(terms), _PER_LINE):
        part = " + ".join(terms[start : start + _PER_LINE])
        yield f"+ {part}" if start else part


def _by_name(trace: Trace, term: Term) -> str:
    parts: list[str] = []
    for factor in term.factors:
        cell = cell_label(trace, factor.array, factor.index) if factor.array else ""
        text = factor.symbol.replace("…", cell) if factor.symbol else cell
        if text != "1/1":  # the mean over the one sample
            parts.append(f"({text})" if text.startswith("−") and parts else text)
    return "·".join(parts)


def _by_number(term: Term, number: Number) -> str:
    """A product; negative factors in brackets."""
    parts = [
        str(int(factor.value)) if factor.symbol.startswith("[") else number(factor.value)
        for factor in term.factors
        if factor.symbol != "1/1"
    ]
    if len(parts) == 1:
        return f"({parts[0]})" if parts[0].startswith("−") else parts[0]
    return "·".join(f"({part})" if part.startswith("−") else part for part in parts)
