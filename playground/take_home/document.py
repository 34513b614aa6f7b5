"""A derivation as a value: headings, sentences, equations and numbers, which writers put into files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.arrays import Array
from core.chain import ChainFactor, chain
from core.derivation.wiring import Index
from core.explain import explain
from core.trace import Trace
from playground.counting import grouped
from playground.notation.color_maps import colored, is_signed
from playground.notation.factors import in_notation, value_latex, value_text
from playground.notation.latex import aligned, latex_of
from playground.notation.names import display_name
from playground.notation.numbers import chosen_number
from playground.notation.rules import is_parameter
from playground.plain_step import after_plain_step
from playground.take_home.moment import Moment
from playground.take_home.working import Working, working

__all__ = [
    "Block",
    "Document",
    "Equation",
    "Heading",
    "Numbers",
    "Paragraph",
    "Picture",
    "derivation",
    "share_of_zeros",
]

_COLORS = 3
_SCALE = 128  # steps of a colour bar
_SMALL_SIDE = 8
"""Maps of no more rows and columns are written in full; an image of no more is a blackboard's."""


@dataclass(frozen=True)
class Heading:
    """`level` 2 or 3; the title of the document is the only one of level 1."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A sentence or two in plain text."""

    text: str


@dataclass(frozen=True)
class Equation:
    """Rows of (left, right) in the window's plain writing; `latex` is the same, also in rows."""

    rows: tuple[tuple[str, str], ...]
    latex: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, left: str, right: str, latex_right: str = "") -> Equation:
        """One row, the right without its '='."""
        return cls(((left, f"= {right}"),), ((latex_of(left), f"= {latex_right or latex_of(right)}"),))

    @classmethod
    def of_working(cls, found: Working) -> Equation:
        """A cell's working."""
        return cls(found.rows, tuple((latex_of(left), latex_of(right)) for left, right in found.rows))

    def aligned(self) -> str:
        """All rows as LaTeX."""
        return aligned(self.latex)


@dataclass(frozen=True)
class Numbers:
    """A grid of numbers in the window's writing under a caption such as 'w₁, filter 2'."""

    caption: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Picture:
    """An image (3, rows, columns) of bytes under its caption, in the colours of the window; ends: of their scale.

    scale: (3, 1, n) bytes, the colours from one end to the other; None of a picture that is in its own colours.
    """

    caption: str
    pixels: NDArray[np.uint8]
    scale: NDArray[np.uint8] | None = None
    ends: tuple[str, str] = ("", "")


Block = Heading | Paragraph | Equation | Numbers | Picture


@dataclass(frozen=True)
class Document:
    """facts: what it is about, (what, which); warnings: what must not be overlooked."""

    title: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    blocks: tuple[Block, ...]


def derivation(
    moment: Moment, parameter: str, cells: Sequence[tuple[str, Index]] = (), filters: Sequence[int] = ()
) -> Document:
    """The derivation of ∂L/∂`parameter` with the numbers of a moment, and the workings of some cells.

    cells: (array, index into `trace.arrays`); without any, the largest cell of the derivative. filters: the one of each
    block whose map is written. A blackboard example is written cell by cell. Raises KeyError for no parameter.
    """
    writer = _Writer(moment, parameter, tuple(filters) or (0,) * moment.trace.blocks)
    blocks = [*writer.forward(), *writer.chain(), *writer.cells(cells), *writer.every_cell(), *writer.update()]
    name = display_name(f"d{parameter}")
    return Document(f"The derivation of {name}, step by step", moment.facts, moment.warnings, tuple(blocks))


class _Writer:
    """Writes the parts of one derivation; each method gives the blocks of a section."""

    def __init__(self, moment: Moment, parameter: str, filters: tuple[int, ...]) -> None:
        self.moment, self.parameter, self.filters = moment, parameter, filters
        self.trace: Trace = moment.trace

    def forward(self) -> Iterator[Block]:
        """Every value from the image to the loss."""
        yield Heading("Forward pass")
        image = self.trace.arrays["x"][0]
        if len(image) == _COLORS:
            yield Picture("X", np.rint(np.clip(image, 0.0, 1.0) * 255).astype(np.uint8))
        else:
            yield self._picture("X", image[0], image, signed=False)
        for name in self.trace.forward_names:
            blocks = self._array(name)
            yield from blocks if name != "x" else (block for block in blocks if not isinstance(block, Picture))

    def chain(self) -> Iterator[Block]:
        """Back from the loss, one factor at a time, with the product so far."""
        factors = chain(self.trace, self.parameter)
        derivative = f"d{self.parameter}"
        yield Heading("Backward pass: the chain rule, one factor at a time")
        yield Equation.of(display_name(derivative), " · ".join(_fraction(factor) for factor in factors))
        for factor in factors:
            yield Heading(_fraction(factor), 3)
            yield Equation.of(_fraction(factor), value_text(factor), value_latex(factor))
            yield Paragraph(in_notation(factor.sentence))
            if factor.kind not in ("flatten", "convolution weight"):
                of_weights = factor.kind in ("dense input", "convolution input")
                values = factor.values if of_weights else factor.values[0]
                signed = bool((values < 0).any())
                yield from self._plane(_fraction(factor), values, self._number_of(factor.touches[-1]), signed=signed)
            if factor is not factors[0]:
                yield from self._array(factor.running, lead="The product so far is")

    def cells(self, cells: Sequence[tuple[str, Index]]) -> Iterator[Block]:
        """The workings of the cells that the reader chose."""
        chosen = list(cells) or [(f"d{self.parameter}", self._largest(f"d{self.parameter}"))]
        yield Heading("Cells, with their numbers")
        yield from self._workings(chosen)

    def every_cell(self) -> Iterator[Block]:
        """On a blackboard, every number is worked out."""
        if max(self.trace.arrays["x"].shape[2:]) > _SMALL_SIDE:
            return
        yield Heading("Every cell")
        for name in (*self.trace.forward_names, *self.trace.backward_names):
            if name != "x":
                yield Heading(display_name(name), 3)
                yield from self._workings((name, index) for index in np.ndindex(self.trace.arrays[name].shape))

    def update(self) -> Iterator[Block]:
        """Plain gradient descent on the one image."""
        rate, name = self.moment.settings.learning_rate, display_name(self.parameter)
        yield Heading("The update, on this image alone")
        yield Equation.of(
            f"{name} after", f"{name} − η·{display_name('d' + self.parameter)}   (η = {chosen_number(rate)})"
        )
        if self.moment.settings.optimizer != "sgd":
            yield Paragraph("This is plain gradient descent; the run itself uses another optimiser.")
        after = after_plain_step(self.trace, rate)[self.parameter]
        for caption, values in (
            (name, self.trace.arrays[self.parameter]),
            (display_name("d" + self.parameter), self.trace.arrays["d" + self.parameter]),
            (f"{name} after", after),
        ):
            yield from self._plane(caption, values, int(self.parameter[1:]))

    # --- parts -----------------------------------------------------------------------------------------------------

    def _workings(self, cells: Iterator[tuple[str, Index]] | Sequence[tuple[str, Index]]) -> Iterator[Block]:
        for name, index in cells:
            found = working(self.trace, name, index, self.moment.decimals)
            yield Equation.of_working(found)
            if found.remark:
                yield Paragraph(f"({found.remark})")

    def _largest(self, name: str) -> Index:
        array = self.trace.arrays[name]
        return tuple(int(place) for place in np.unravel_index(int(np.abs(array).argmax()), array.shape))

    def _array(self, name: str, lead: str = "") -> Iterator[Block]:
        """The rule of an array and its numbers, or what can be said of them in a line."""
        array = self.trace.arrays[name]
        formula = in_notation(explain(self.trace, name, (0,) * array.ndim).formula).split(" = ", 1)
        if lead:
            yield Paragraph(f"{lead} {display_name(name)}.")
        if len(formula) == 2:
            yield Equation.of(display_name(name), formula[1])
        values = array if is_parameter(name) or not array.ndim else array[0]
        yield from self._plane(display_name(name), values, self._number_of(name), signed=is_signed(name))

    def _number_of(self, name: str) -> int:
        """The block, or the dense layer, that an array belongs to; 0 for the image, F and L."""
        digits = name.removeprefix("d")[1:]
        return int(digits) if digits.isdigit() else 0

    def _picture(self, caption: str, shown: Array, values: Array, *, signed: bool) -> Picture:
        """A map, on the scale of its whole array as in the window."""
        finite = values[np.isfinite(values)]
        limit = float(np.abs(finite).max()) if finite.size else 0.0
        low = -limit if signed else 0.0
        scale = colored(np.linspace(low, limit, _SCALE)[np.newaxis], limit, signed=signed)
        ends = (self.moment.number(low), self.moment.number(limit))
        return Picture(caption, colored(shown, limit, signed=signed), scale, ends)

    def _plane(self, caption: str, values: Array, number: int, *, signed: bool = True) -> Iterator[Block]:
        """The numbers of the chosen filter, if they are few enough for a page; else its picture and their range."""
        shape, shown = values.shape, values
        if values.size == 1:
            yield Equation.of(caption, self.moment.number(float(values.reshape(-1)[0])))
            return
        if values.ndim > 2 and number:
            chosen = self.filters[number - 1] if number <= len(self.filters) else 0
            shown = values[min(chosen, len(values) - 1)]
            if len(values) > 1:
                caption = f"{caption}, filter {chosen}"
        while shown.ndim > 2:
            if len(shown) > 1:
                caption = f"{caption}, channel 0 of {len(shown)}"
            shown = shown[0]
        grid = shown.reshape(1, -1) if shown.ndim < 2 else shown
        is_map = values.ndim > 2 and min(grid.shape) > 1 and grid.size > (_SMALL_SIDE + 2) ** 2
        if is_map:
            yield self._picture(caption, grid, values, signed=signed)
        if grid.shape[0] <= _SMALL_SIDE + 2 and grid.shape[1] <= _SMALL_SIDE + 2:
            rows = tuple(tuple(self.moment.number(value) for value in row) for row in grid.tolist())
            yield Numbers(caption, rows)
        if shown.size < values.size or grid.shape[0] > _SMALL_SIDE + 2 or grid.shape[1] > _SMALL_SIDE + 2:
            yield Paragraph(self._range(shape, values))

    def _range(self, shape: tuple[int, ...], values: Array) -> str:
        number = self.moment.number
        size = "×".join(grouped(side) for side in shape)
        low, high, mean = float(values.min()), float(values.max()), float(values.mean(dtype=np.float64))
        spread = f"from {number(low)} to {number(high)}, mean {number(mean)}"
        return f"{size} numbers {spread}, {share_of_zeros(values)} zero."


def share_of_zeros(values: Array) -> str:
    """How many are exactly zero: "42 % of them", "none of them"; only those are said to be none, and only all all."""
    others = np.count_nonzero(values)
    if others in (0, values.size):
        return "none of them" if others else "all of them"
    share = round(100 * (1 - others / values.size))
    return {0: "less than 1 % of them", 100: "more than 99 % of them"}.get(share, f"{share} % of them")


def _fraction(factor: ChainFactor) -> str:
    return f"∂{display_name(factor.numerator)}/∂{display_name(factor.denominator)}"
