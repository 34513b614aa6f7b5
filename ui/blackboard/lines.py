"""The lines of the board: each derivative as a sum in letters, and under every letter the number it stands for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.arrays import Array
from core.explain import Explanation, Factor, Pooling, Term, explain
from playground.batch_step import BatchStep
from playground.plain_step import after_plain_step
from playground.snapshot import Snapshot
from playground.take_home.moment import OPTIMIZERS
from ui.blackboard.notation import cell_latex, cell_text
from ui.cell_ref import CellRef, cell_value, sample_array
from ui.explain.notation import ref_of
from ui.number_format import cell_number, chosen_number

__all__ = ["SECTIONS", "BoardLine", "Matrix", "Section", "Token", "board"]

_CHARACTERS = 14


@dataclass(frozen=True)
class Token:
    """One sign of a line and what stands under it; `ref` is the cell it names, `quiet` if its product is 0.

    slot: so many characters are kept free for the number, so that nothing moves while it changes; a sign between
    numbers ("+", "·") has none. apart: it stands further right, as it is no part of the sum.
    """

    latex: str
    text: str
    number: str
    ref: CellRef | None = None
    quiet: bool = False
    slot: int = 0
    apart: bool = False


@dataclass(frozen=True)
class BoardLine:
    """`head` = rows of tokens; every row but the first begins with "+". `aside` is what else is to be known of it."""

    head: Token
    rows: tuple[tuple[Token, ...], ...]
    equals: Token
    aside: Token | None = None

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All signs from left to right."""
        return (self.head, self.equals, *chain.from_iterable(self.rows), *filter(None, (self.aside,)))

    @property
    def text(self) -> str:
        """The line as one reads it aloud, its letters and then its numbers."""
        tokens = (self.head, self.equals, *chain.from_iterable(self.rows))
        line = " ".join(token.text for token in tokens) + "; " + " ".join(token.number for token in tokens)
        return line if self.aside is None else f"{line}; {self.aside.text}: {self.aside.number}"


@dataclass(frozen=True)
class Matrix:
    """How a pooled map opens up: `small` → `large`, rows of cells; `window` is the (rows, columns) of one window."""

    small: tuple[tuple[Token, ...], ...]
    large: tuple[tuple[Token, ...], ...]
    window: tuple[int, int]
    text: str

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All cells, first of the small matrix."""
        return tuple(chain.from_iterable((*self.small, *self.large)))


@dataclass(frozen=True)
class Section:
    """One page of the board; `remark` is one sentence under it."""

    key: str
    blocks: tuple[BoardLine | Matrix, ...]
    remark: str = ""


SECTIONS: Mapping[str, str] = {
    "forward": "forward",
    "dz2": "∂L/∂z₂",
    "dw2": "∂L/∂w₂",
    "dP1": "∂L/∂P₁",
    "dA1": "∂L/∂A₁",
    "dz1": "∂L/∂z₁",
    "dw1": "∂L/∂w₁",
    "update": "w ← w − η∂L/∂w",
}
"""Keys of the pages in the order of the lecture, and what their buttons say."""


def board(snapshot: Snapshot, key: str, chosen: int, decimals: int) -> Section:
    """The page `key` for a network of one block; chosen: the filter that is shown, from 0."""
    return _Writer(snapshot, chosen, decimals).section(key)


def _mark(latex: str, text: str, number: str | None = None) -> Token:
    return Token(latex, text, text if number is None else number)


_EQUALS = _mark("=", "=")
_PLUS = _mark("+", "+")
_TIMES = _mark(r"\cdot", "·")
_MINUS = _mark("-", "−")
_COMMA = _mark(",", ",")
_CLOSE = _mark(")", ")")


class _Writer:
    """Writes the pages of one snapshot."""

    def __init__(self, snapshot: Snapshot, chosen: int, decimals: int) -> None:
        self.snapshot, self.trace, self.chosen, self.decimals = snapshot, snapshot.trace, chosen, decimals

    def section(self, key: str) -> Section:
        names: Mapping[str, tuple[str, ...]] = {
            "forward": ("z1", "A1", "P1", "F", "z2", "A2", "L"),
            "dz2": ("dA2", "dz2"),
            "dw2": ("dw2", "db2"),
            "dP1": ("dF", "dP1"),
            "dz1": ("dz1",),
            "dw1": ("dw1", "db1"),
        }
        if key == "dA1":
            return Section(key, (self._opening(),), self._pooling_words())
        if key == "update":
            return Section(key, tuple(self._updates()), self._update_words())
        lines = (self._line(ref) for name in names[key] for ref in self._cells(name))
        return Section(key, tuple(lines))

    def _cells(self, name: str) -> Iterator[CellRef]:
        """The cells of an array, of the chosen filter where there are several."""
        for index in np.ndindex(sample_array(self.trace, name).shape):
            of_block = name[-1:] == "1" and name != "L"
            if not of_block or index[0] == self.chosen:
                yield CellRef(name, index)

    # --- tokens ----------------------------------------------------------------------------------------------------

    def _number(self, value: float, *, factor: bool = False) -> str:
        text = cell_number(value, _CHARACTERS, self.decimals)
        return f"({text})" if factor and text.startswith("−") else text

    def _token(self, ref: CellRef, value: float | None = None, *, factor: bool = False, quiet: bool = False) -> Token:
        number = self._number(cell_value(self.trace, ref) if value is None else value, factor=factor)
        # pixels stay as they are while training, everything else may need all of its digits at the next step
        slot = len(number) if ref.name == "x" else self.decimals + (5 if factor else 3)
        return Token(
            cell_latex(self.trace, ref), cell_text(self.trace, ref), number, ref, quiet, max(slot, len(number))
        )

    def _value(self, latex: str, text: str, value: float, *, quiet: bool = False) -> Token:
        number = self._number(value)
        return Token(latex, text, number, None, quiet, len(number))

    def _factor(self, factor: Factor, quiet: bool) -> Token | None:
        """A factor as a token; None for the 1/m of a single sample."""
        if not factor.array:
            return None if factor.value == 1 else self._value(factor.symbol, factor.symbol, factor.value, quiet=quiet)
        ref = ref_of(factor.array, factor.index)
        if not factor.symbol:
            return self._token(ref, factor.value, factor=True, quiet=quiet)
        latex, text = cell_latex(self.trace, ref), cell_text(self.trace, ref)
        sign = (rf"[{latex}>0]", f"[{text} > 0]")
        return Token(*sign, self._number(factor.value), ref, quiet, 1)

    # --- lines -----------------------------------------------------------------------------------------------------

    def _line(self, ref: CellRef) -> BoardLine:
        found = explain(self.trace, ref.name, ref.array_index)
        special: Mapping[str, Callable[[Explanation], list[Token]]] = {
            "relu": self._relu,
            "maxpool": self._maxpool,
            "sigmoid": self._sigmoid,
            "loss": self._loss,
            "loss gradient": self._loss_gradient,
            "sigmoid gradient": self._logits_gradient,
        }
        head = self._token(ref, found.value)
        if found.rule in special:
            return BoardLine(head, (tuple(special[found.rule](found)),), _EQUALS)
        terms = [self._product(term) for term in found.terms]
        per_row = self._terms_in_a_row(found, len(terms))
        rows = []
        for start in range(0, len(terms), per_row):
            row: list[Token] = []
            for position, term in enumerate(terms[start : start + per_row]):
                row += [*([_PLUS] if start + position else []), *term]
            rows.append(tuple(row))
        return BoardLine(head, tuple(rows), _EQUALS)

    def _terms_in_a_row(self, found: Explanation, count: int) -> int:
        """A row of the sum for each row of z₁ where that is what is summed over, so that the eye finds its place."""
        if found.rule in ("convolution weight gradient", "convolution bias gradient"):
            columns = self.trace.arrays["dz1"].shape[3]
            return max(columns, 4) if count > 4 else count
        return count if count <= 5 else 4

    def _product(self, term: Term) -> list[Token]:
        written = [self._factor(factor, term.product == 0) for factor in term.factors]
        tokens = [token for token in written if token is not None]
        return [part for token in tokens for part in (_TIMES, token)][1:]

    def _relu(self, found: Explanation) -> list[Token]:
        source = CellRef("z" + found.name[1:], found.index[1:])
        zero = Token("0", "0", "0")
        return [_mark(r"\max(", "max("), self._token(source), _COMMA, zero, _CLOSE]

    def _maxpool(self, found: Explanation) -> list[Token]:
        note = found.note
        assert isinstance(note, Pooling)
        tokens: list[Token] = []
        for position, candidate in enumerate(note.windows[0].candidates):
            won = position == note.windows[0].winner
            tokens += [_COMMA, self._token(CellRef("A" + found.name[1:], candidate[1:]), quiet=not won)]
        return [_mark(r"\max(", "max("), *tokens[1:], _CLOSE]

    def _sigmoid(self, found: Explanation) -> list[Token]:
        logit = CellRef("z" + found.name[1:], found.index[1:])
        return [_mark(r"\sigma(", "σ("), self._token(logit), _CLOSE]

    def _output(self) -> CellRef:
        return CellRef(f"A{self.trace.blocks + 1}", (0,))

    def _label(self) -> Token:
        return self._value("y", "y", float(self.trace.y[0]))

    def _loss(self, _found: Explanation) -> list[Token]:
        y, output, one = self._label(), self._token(self._output()), Token("1", "1", "1")
        first = [_MINUS, y, _TIMES, _mark(r"\log(", "log("), output, _CLOSE]
        second = [_MINUS, _mark("(", "("), one, _MINUS, y, _CLOSE, _TIMES]
        return [*first, *second, _mark(r"\log(", "log("), one, _MINUS, output, _CLOSE]

    def _loss_gradient(self, _found: Explanation) -> list[Token]:
        y, output, one = self._label(), self._token(self._output()), Token("1", "1", "1")
        over = [_mark("(", "("), output, _MINUS, y, _CLOSE, _mark("/", "/")]
        return [*over, _mark("(", "("), output, _TIMES, _mark("(", "("), one, _MINUS, output, _CLOSE, _CLOSE]

    def _logits_gradient(self, found: Explanation) -> list[Token]:
        output, one = self._token(self._output()), Token("1", "1", "1")
        handed = self._token(CellRef(f"dA{found.name[2:]}", found.index[1:]), factor=True)
        local = [output, _TIMES, _mark("(", "("), one, _MINUS, output, _CLOSE]
        return [handed, _TIMES, *local, _EQUALS, output, _MINUS, self._label()]

    # --- pooling ---------------------------------------------------------------------------------------------------

    def _opening(self) -> Matrix:
        """∂L/∂P₁ opens into ∂L/∂A₁: each window's gradient at its maximum, 0 elsewhere."""
        trace, f = self.trace, self.chosen
        rows, cols = trace.arrays["dP1"].shape[2:]
        small = tuple(tuple(self._token(CellRef("dP1", (f, i, j))) for j in range(cols)) for i in range(rows))
        high, wide = trace.arrays["dA1"].shape[2:]
        large = tuple(tuple(self._opened(CellRef("dA1", (f, i, j))) for j in range(wide)) for i in range(high))
        return Matrix(small, large, trace.geometry[0].pool_size, f"({rows},{cols}) → ({high},{wide})")

    def _opened(self, ref: CellRef) -> Token:
        found = explain(self.trace, ref.name, ref.array_index)
        if found.zero_because:
            return Token("0", "0", "0", ref, True, self.decimals + 3)
        handed = ref_of("dP1", found.term(0).factors[1].index)
        source = self._token(handed, found.value)
        return Token(source.latex, source.text, source.number, ref, False, source.slot)

    def _pooling_words(self) -> str:
        high, wide = self.trace.geometry[0].pool_size
        words = (
            f"Each {high}×{wide} window hands its gradient to its maximum, the others get 0; on a tie the first in "
            "row-major order gets it."
        )
        tied = [ref for ref in self._cells("P1") if _is_tie(explain(self.trace, "P1", ref.array_index))]
        if tied:
            words += f" Here a tie decides {', '.join(cell_text(self.trace, ref) for ref in tied)}."
        return words

    # --- update ----------------------------------------------------------------------------------------------------

    def _updates(self) -> Iterator[BoardLine]:
        rate = self.snapshot.settings.learning_rate
        after: Mapping[str, Array] = after_plain_step(self.trace, rate)
        for name in self.trace.parameter_names:
            for ref in self._cells(name):
                eta = Token(r"\eta", "η", chosen_number(rate), None, False, len(chosen_number(rate)))
                right: Sequence[Token] = (
                    self._token(ref),
                    _MINUS,
                    eta,
                    _TIMES,
                    self._token(CellRef(f"d{name}", ref.index), factor=True),
                )
                head = self._token(ref, float(after[name][ref.index]))
                yield BoardLine(head, (tuple(right),), _mark(r"\leftarrow", "←", "="), self._by_step(name, ref))

    def _next_step(self) -> BatchStep | None:
        """The step that Step takes, None while it is not worked out."""
        step = self.snapshot.batch_step
        return step if step is not None and step.images.source is None else None

    @property
    def _batch_size(self) -> int:
        step = self._next_step()
        return self.snapshot.settings.batch_size if step is None else step.m

    def _is_the_step(self) -> bool:
        """Whether what stands on the board is what Step does."""
        step, trace = self._next_step(), self.trace
        if step is None or not step.plain_sgd:
            return False
        return np.array_equal(step.images.x, trace.arrays["x"]) and np.array_equal(step.images.y, trace.y)

    def _by_step(self, name: str, ref: CellRef) -> Token | None:
        """What Step makes of a cell, where that is not what the board says."""
        if self._is_the_step():
            return None
        settings, step = self.snapshot.settings, self._next_step()
        rule = "" if settings.optimizer == "sgd" else f" ({OPTIMIZERS[settings.optimizer]})"
        of = f"mean of {self._batch_size}" if self._batch_size > 1 else "next image"
        text = f"Step{rule}: {of}"
        number = "…" if step is None else self._number(float(step.weights_after[name][ref.index]))
        slot = max(self.decimals + 3, len(number))
        return Token(rf"\text{{{text}}}", text, number, slot=slot, apart=True)

    def _update_words(self) -> str:
        settings, step = self.snapshot.settings, self._next_step()
        eta = "Change η on the left: the line follows."
        if self._is_the_step():
            return f"For this sample, m = 1: just what Step does. {eta}"
        rule = "" if settings.optimizer == "sgd" else f" by {OPTIMIZERS[settings.optimizer]}"
        if self._batch_size > 1:
            takes = f"the mean of ∂L/∂w over the next {self._batch_size} images"
        else:
            takes = "the next image" + ("" if step is None else f", {step.images.refs[0].words}")
        return f"For this sample alone (m = 1), by plain gradient descent; Step takes {takes}{rule}. {eta}"


def _is_tie(found: Explanation) -> bool:
    note = found.note
    assert isinstance(note, Pooling)
    return note.windows[0].equal > 1
