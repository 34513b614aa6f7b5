"""One cell's sum in words and numbers, as long as the room allows and never cut within a number."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.explain import Explanation, Gate, Output, Pooling, Term, Travel
from core.trace import Trace
from playground.notation.rules import cell_label, formula_text, label
from ui.number_format import display_name, grouped, term_number

__all__ = ["Piece", "formula_line", "sum_line", "text_of"]

_FEW_TERMS, _MOST_TERMS = 8, 24  # a line that holds so many is rare

Fits = Callable[[str], bool]


@dataclass(frozen=True)
class Piece:
    """A part of a line and its role, which has a colour: text, muted, derivative, total or winner."""

    text: str
    role: str = "text"


def text_of(pieces: Sequence[Piece]) -> str:
    """The line without its colours."""
    return "".join(piece.text for piece in pieces)


def formula_line(trace: Trace, found: Explanation, fits: Fits) -> tuple[Piece, ...]:
    """'∂L/∂w₁[2][1,2] = Σ ∂L/∂z₁[2][i,j]·X[i+1,j+2]'; names of arrays without places if that does not fit."""
    name = Piece(cell_label(trace, found.name, found.index), _role(found.name))
    formula = formula_text(trace, found)
    if not formula:
        kind = "a number of the image" if found.rule == "input" else "a parameter, changed by training"
        line: tuple[Piece, ...] = (name, Piece(f"   {kind}", "muted"))
        return line if fits(text_of(line)) else (name,)
    line = (name, Piece(" = "), Piece(formula))
    if fits(text_of(line)):
        return line
    short = tuple(_named(found.formula))
    return short if fits(text_of(short)) else (name,)


def sum_line(trace: Trace, found: Explanation, decimals: int, fits: Fits) -> tuple[Piece, ...]:
    """The numbers behind the formula, beginning and ending with '='."""
    return _Line(trace, found, decimals, fits).pieces()


def _role(name: str) -> str:
    return "derivative" if name.startswith("d") else "text"


def _named(formula: str) -> list[Piece]:
    """The rule in the names of the network, 'dz1' written as '∂L/∂z₁' already, digits lowered."""
    lowered, previous = "", ""
    for character in formula:
        lowered += display_name(f"w{character}")[1:] if character.isdigit() and previous in "zAPwb" else character
        previous = character
    return [Piece(lowered)]


class _Line:
    """One explanation's numbers; every method returns the pieces between the two '='."""

    def __init__(self, trace: Trace, found: Explanation, decimals: int, fits: Fits) -> None:
        self.trace, self.found, self.decimals, self.fits = trace, found, decimals, fits
        self.tail = [Piece(" = "), Piece(self.number(found.value), "total")]

    def number(self, value: float) -> str:
        return term_number(value, self.decimals)

    def factor(self, value: float) -> str:
        """A number within a product: negative ones in brackets."""
        text = self.number(value)
        return f"({text})" if text.startswith("−") else text

    def pieces(self) -> tuple[Piece, ...]:
        found = self.found
        if math.isnan(found.value) and not found.is_given:
            return (Piece("= "), Piece("NaN", "total"), Piece("   a factor is NaN or infinite", "muted"))
        note = found.note
        line: list[Piece]
        match note:
            case Gate():
                line = self._gate(note)
            case Pooling():
                line = self._pooling(note)
            case Travel():
                line = self._travel(note)
            case Output(samples=1):
                line = getattr(self, "_" + found.rule.replace(" ", "_"))(note)
            case _:
                line = self._given() if found.is_given else self._sigmoid() if found.rule == "sigmoid" else self._sum()
        return tuple(line)

    def _given(self) -> list[Piece]:
        line = [Piece("= "), Piece(self.number(self.found.value), "total")]
        gradient = f"d{self.found.name}"
        if gradient in self.trace.arrays:
            value = float(self.trace.arrays[gradient][self.found.index])
            name = cell_label(self.trace, gradient, self.found.index)
            told = [Piece(name, "derivative"), Piece(" = "), Piece(self.number(value), "derivative")]
            for lead in ("   its derivative ", "   "):
                if self.fits(text_of([*line, Piece(lead), *told])):
                    return [*line, Piece(lead, "muted"), *told]
        return line

    def _sum(self) -> list[Piece]:
        """The largest terms first, as many as fit, then how many more and their sum."""
        found = self.found
        if found.zero_because:
            return self._with_remark(self._zero(), (f"   {found.zero_because}",))
        nonzero = int(np.count_nonzero(found.products))
        if not nonzero and found.count > 1:
            return self._with_remark(self._zero(), (f"   each of the {grouped(found.count)} products is 0",))
        if found.count == 1 and len(found.term(0).factors) == 1:
            return self._with_remark(self._zero(), ("   the same number",))
        # to write terms that will not fit would cost more than all else here
        line, shown = self._longest_sum(nonzero, _FEW_TERMS)
        return line if shown < _FEW_TERMS else self._longest_sum(nonzero, _MOST_TERMS)[0]

    def _longest_sum(self, nonzero: int, most: int) -> tuple[list[Piece], int]:
        """The line with as many of the `most` largest terms as fit, and how many those are."""
        found = self.found
        terms = found.largest(min(found.count, most))
        written = [self._product(term) for term in terms.terms]
        rest = [terms.more_sum]
        for term in reversed(terms.terms):
            rest.append(rest[-1] + term.product)
        rest.reverse()  # rest[n] is the sum of all but the n largest
        best, shown = [Piece("= "), Piece(self.number(found.value), "total")], 0
        for count in range(min(len(written), max(1, nonzero)) + 1):  # a term that is 0 says nothing
            line = [Piece("= ")]
            for position, product in enumerate(written[:count]):
                line += [Piece(" + "), *product] if position else product
            more = found.count - count
            if more:
                line.append(Piece((" + … + " if nonzero > count else " + ") if count else ""))
                line.append(Piece(self._remaining(more, rest[count], all_zero=nonzero <= count), "muted"))
            line += self.tail
            if self.fits(text_of(line)):
                best, shown = line, count
            elif more:
                break
        return best, shown

    def _remaining(self, more: int, total: float, all_zero: bool) -> str:
        if more == self.found.count:
            return f"{grouped(more)} terms"
        return f"{grouped(more)} more " + ("that are 0" if all_zero else f"({self.number(total)})")

    def _product(self, term: Term) -> list[Piece]:
        pieces: list[Piece] = []
        for position, factor in enumerate(term.factors):
            if position:
                pieces.append(Piece("·"))
            pieces.append(Piece(self.factor(factor.value), _role(factor.array)))
        return pieces

    def _zero(self) -> list[Piece]:
        return [Piece("= "), Piece(self.number(self.found.value), "total")]

    def _gate(self, note: Gate) -> list[Piece]:
        name = label(self.trace, f"z{self.found.name[-1]}", [str(place) for place in self.found.index[1:]])
        z = f"{name} = {self.number(note.z)}"
        if not note.open:
            compared = "≤ 0" if note.z <= 0 else "is not above 0"
            return self._with_remark(
                self._zero(), (f"   {z} {compared}: the gate is closed, nothing passes", f"   {z} {compared}")
            )
        if self.found.rule == "relu":
            line = [Piece(f"= max({self.number(note.z)}, 0)"), *self.tail]
            return self._with_remark(line, ("   the gate is open",))
        passing = self.found.term(0).factors[1]
        product = [Piece("= 1·"), Piece(self.factor(passing.value), "derivative"), *self.tail]
        if passing.value == 0:
            nothing = cell_label(self.trace, passing.array, passing.index)
            return self._with_remark(product, (f"   the gate is open, but {nothing} is 0", f"   {nothing} is 0"))
        return self._with_remark(product, (f"   {z} > 0: the gate is open", "   the gate is open"))

    def _contest(self, note: Pooling) -> list[list[Piece]]:
        """The candidates of each window, the winner marked."""
        contests = []
        for window in note.windows:
            pieces = [Piece("max(")]
            for position, value in enumerate(window.values):
                pieces += [Piece(", ")] if position else []
                pieces.append(Piece(self.number(value), "winner" if position == window.winner else "text"))
            contests.append([*pieces, Piece(")")])
        return contests

    def _pooling(self, note: Pooling) -> list[Piece]:
        if self.found.rule == "maxpool":
            window = note.windows[0]
            winner = cell_label(self.trace, f"A{self.found.name[1:]}", window.candidates[window.winner])
            equal = window.equal
            why = f"   the maximum is {winner}" + (
                f", the first of {equal} equal in row-major order" if equal > 1 else ""
            )
            short = f"   first of {equal} equal" if equal > 1 else ""
            line = [Piece("= "), *self._contest(note)[0], *self.tail]
            return self._with_remark(line, (why, short))
        if not note.windows:
            return self._with_remark(self._zero(), ("   outside of every window: pooling drops it",))
        if len(note.windows) > 1:
            return self._handed_by_several(note)
        return self._handed(note, won=note.place[0] == note.windows[0].winner)

    def _handed_by_several(self, note: Pooling) -> list[Piece]:
        """What windows that overlap hand to a cell that all of them cover."""
        if self.found.zero_because:
            return self._with_remark(self._zero(), (f"   {self.found.zero_because}",))
        won = [place == window.winner for window, place in zip(note.windows, note.place, strict=True)]
        tie = any(window.equal > 1 for window, is_own in zip(note.windows, won, strict=True) if is_own)
        why = f"   the maximum of {sum(won)} of the {len(won)} windows that cover it"
        first = ", on a tie as the first in row-major order" if tie else ""
        return self._with_remark(self._sum(), (why + first, why, f"   wins {sum(won)} of {len(won)} windows"))

    def _handed(self, note: Pooling, won: bool) -> list[Piece]:
        """What a window hands to one of its candidates."""
        if won:
            handed = self.found.term(0).factors[1]
            line = [Piece("= 1·"), Piece(self.factor(handed.value), "derivative"), *self.tail]
        else:
            line = self._zero()
        window, place = note.windows[0], note.place[0]
        winner = cell_label(self.trace, f"A{self.found.name[2:]}", window.candidates[window.winner])
        tie = window.equal
        if won:
            why = (
                "it is the maximum of" if tie == 1 else f"it is the first of {tie} equal maxima, in row-major order, of"
            )
        elif window.is_tied(place):
            why = f"a tie: {winner} is the first maximum, in row-major order, of"
        else:
            why = f"not the maximum, {winner} is, of"
        contest = [Piece(f"   {why} ", "muted"), *self._contest(note)[0][1:-1]]
        if self.fits(text_of([*line, *contest])):
            return [*line, *contest]
        return self._with_remark(line, (f"   {why.removesuffix(' of').removesuffix(', of')}",))

    def _travel(self, note: Travel) -> list[Piece]:
        maps = note.source if note.source[0].startswith("P") else note.target
        f, row, col = maps[1][1:]
        _, _, height, width = self.trace.arrays[maps[0]].shape
        place = f"{row}·{width} + {col} = {note.row}"
        if self.trace.arrays[maps[0]].shape[1] > 1:
            place = f"{f}·{height * width} + {place}"
        remarks = (f"   only the index travels, row by row: {place}", f"   index {place}", f"   row {note.row}")
        return self._with_remark(self._zero(), remarks)

    def _with_remark(self, line: list[Piece], remarks: Sequence[str]) -> list[Piece]:
        """The line with the longest remark that fits."""
        for remark in remarks:
            if remark and self.fits(text_of(line) + remark):
                return [*line, Piece(remark, "muted")]
        return line

    def _softmax(self, note: Output) -> list[Piece]:
        powers = note.exponentials
        own, rest = powers[self.found.index[1]], sum(powers)
        z = self.trace.arrays[f"z{self.found.name[1:]}"][0]
        shift = f"   every z less the largest, {self.number(float(z.max()))}, so that no power overflows"
        exponent = self.number(float(z[self.found.index[1]] - z.max()))
        long = [Piece(f"= e^({exponent}) / ({' + '.join(self.number(power) for power in powers)})"), *self.tail]
        middle = [Piece(f"= e^({exponent}) / Σ e^(z − max) = {self.number(own)} / {self.number(rest)}"), *self.tail]
        if self.fits(text_of(long)):
            return self._with_remark(long, (shift, "   less the largest z"))
        if self.fits(text_of(middle)):
            return self._with_remark(middle, (shift, "   less the largest z"))
        return [Piece(f"= {self.number(own)} / {self.number(rest)}"), *self.tail]

    def _loss(self, _note: Output) -> list[Piece]:
        target = int(self.trace.y[0])
        output = self.trace.arrays[f"A{self.trace.blocks + 1}"][0]
        if self.trace.activation == "softmax":
            inside = self.number(float(output[target]))
        else:
            inside = self.number(float(output[0])) if target else f"1 − {self.number(float(output[0]))}"
        line = [Piece(f"= −log {inside}" if target or " " not in inside else f"= −log({inside})"), *self.tail]
        return self._with_remark(line, ("   computed from z, so that it never overflows",))

    def _loss_gradient(self, note: Output) -> list[Piece]:
        if self.found.zero_because:
            true = label(self.trace, self.found.name[1:], (str(note.label),))
            return self._with_remark(self._zero(), (f"   L reads only {true}, the output of the true class",))
        sign, inverse = self.found.term(0).factors[1:]
        top = "−1" if sign.value < 0 else "1"
        probability = float(self.trace.arrays[self.found.name[1:]][self.found.index])
        bottom = self.number(probability) if sign.value < 0 else f"(1 − {self.number(probability)})"
        line = [Piece(f"= {top}/{bottom}"), *self.tail]
        if note.saturated or math.isinf(inverse.value):
            return self._with_remark(line, ("   held at the largest number of float32",))
        return line

    def _sigmoid_gradient(self, _note: Output) -> list[Piece]:
        output = self.trace.arrays[f"A{self.found.name[2:]}"]
        target = int(self.trace.y[0] == self.found.index[1]) if output.shape[1] > 1 else int(self.trace.y[0])
        line = [Piece(f"= {self.number(float(output[self.found.index]))} − {target}"), *self.tail]
        name = display_name(self.found.name[1:])
        output_name = display_name(f"A{self.found.name[2:]}")
        long = f"   ∂L/∂{output_name} · ∂{output_name}/∂{name}, in which {output_name}(1 − {output_name}) cancels"
        return self._with_remark(line, (long,) if output.shape[1] == 1 else ())

    _softmax_gradient = _sigmoid_gradient

    def _sigmoid(self) -> list[Piece]:
        z = float(self.trace.arrays[f"z{self.found.name[1:]}"][self.found.index])
        return [Piece(f"= 1/(1 + e^{self.factor(-z)})"), *self.tail]
