"""Cells and rules in the field's notation: '∂L/∂w₁[2][1,2] = Σ ∂L/∂z₁[2][i,j]·X[i+1,j+2]'."""

from __future__ import annotations

from collections.abc import Sequence

from core.explain import Explanation, Pooling, Travel
from core.trace import Trace
from playground.notation.names import display_name

__all__ = ["cell_label", "formula_text", "is_parameter", "label"]


def is_parameter(name: str) -> bool:
    """Whether an array is a weight or a bias, or a derivative of one; those have no batch axis."""
    return name.removeprefix("d")[0] in "wb"


def _without_batch(name: str, index: Sequence[int]) -> tuple[int, ...]:
    places = tuple(int(place) for place in index)
    return places if is_parameter(name) or not places else places[1:]


def cell_label(trace: Trace, name: str, index: Sequence[int]) -> str:
    """'w₁[2][1,2]' for an index with its batch axis; an axis with a single place is left out: 'z₂', not 'z₂[0]'."""
    return label(trace, name, [str(place) for place in _without_batch(name, index)])


def label(trace: Trace, name: str, places: Sequence[str]) -> str:
    """As `cell_label` for places that may be expressions: ('2', 'i', 'j+1') → 'z₁[2][i,j+1]'. Without the batch."""
    shape = trace.arrays[name].shape
    sides = shape if is_parameter(name) or not shape else shape[1:]
    plane = 2 if len(sides) > 2 else 0
    lead = list(zip(sides, places, strict=True))[: len(sides) - plane]
    if all(side == 1 for side, _ in lead):
        lead = []
    elif len(lead) == 2 and (lead[1][0] == 1 or (not plane and lead[0][0] == 1)):
        # a kernel of one channel is named by its filter, a weight of the only output by its feature
        lead = [lead[0]] if plane else [lead[1]]
    text = display_name(name)
    for group in ([place for _, place in lead], list(places[len(sides) - plane :]) if plane else []):
        text += f"[{','.join(group)}]" if group else ""
    return text


def formula_text(trace: Trace, found: Explanation) -> str:
    """The rule that makes a cell with its own indices: what stands right of '=', '' for an input or a parameter."""
    return _Writer(trace, found).text()


class _Writer:
    """Writes one explanation's rule; methods are named after the rules."""

    def __init__(self, trace: Trace, found: Explanation) -> None:
        self.trace, self.found = trace, found
        self.number = int(found.name.removeprefix("d")[1:] or 0)
        self.places = [str(place) for place in _without_batch(found.name, found.index)]
        self.last = trace.blocks + 1

    def text(self) -> str:
        rule = self.found.rule.replace(" ", "_")
        if self.found.is_given:
            return ""
        written: str = getattr(self, rule)()
        return written

    def _label(self, name: str, *places: str) -> str:
        return label(self.trace, name, places)

    def _same(self, name: str) -> str:
        return label(self.trace, name, self.places)

    def _reads(self, number: int, row: str, col: str, rows: int, cols: int) -> tuple[str, str]:
        """Where window (row, col) of a convolution reads at a tap (letters or numbers shifted by `rows`, `cols`)."""
        geometry = self.trace.geometry[number - 1]
        (down, right), (above, left) = geometry.stride, geometry.padding
        return _shifted(row, down, rows - above), _shifted(col, right, cols - left)

    def convolution(self) -> str:
        n, (f, i, j) = self.number, self.places
        source, geometry = ("x" if n == 1 else f"P{n - 1}"), self.trace.geometry[n - 1]
        rows = int(i) * geometry.stride[0] - geometry.padding[0]
        cols = int(j) * geometry.stride[1] - geometry.padding[1]
        window = self._label(source, "c", _before("u", rows), _before("v", cols))
        return f"Σ {self._label(f'w{n}', f, 'c', 'u', 'v')}·{window} + {self._label(f'b{n}', f)}"

    def relu(self) -> str:
        return f"max({self._same(f'z{self.number}')}, 0)"

    def maxpool(self) -> str:
        note = self.found.note
        assert isinstance(note, Pooling)
        first, last = note.windows[0].candidates[0], note.windows[0].candidates[-1]
        rows, cols = f"{first[2]}…{last[2]}", f"{first[3]}…{last[3]}"
        return f"max {self._label(f'A{self.number}', self.places[0], rows, cols)}"

    def flatten(self) -> str:
        return self._travel()

    def flatten_gradient(self) -> str:
        return self._travel()

    def _travel(self) -> str:
        note = self.found.note
        assert isinstance(note, Travel)
        return cell_label(self.trace, *note.source)

    def dense(self) -> str:
        n, o = self.number, self.places[0]
        return f"Σ {self._label(f'w{n}', o, 'k')}·F[k] + {self._label(f'b{n}', o)}"

    def sigmoid(self) -> str:
        logit = self._same(f"z{self.number}")
        return f"σ({logit}) = 1/(1 + e^−{logit})"

    def softmax(self) -> str:
        z = f"z{self.number}"
        return f"e^{self._same(z)} / Σ e^{self._label(z, 'k')}"

    def _target(self) -> int:
        return int(self.trace.y[self.found.index[0] if self.found.index else 0])

    def loss(self) -> str:
        output = f"A{self.last}"
        if self.trace.activation == "softmax":
            return f"−log {self._label(output, str(self._target()))}"
        name = self._label(output, "0")
        return f"−log {name}   (y = 1)" if self._target() == 1 else f"−log(1 − {name})   (y = 0)"

    def loss_gradient(self) -> str:
        output = self._same(f"A{self.number}")
        if self.trace.activation == "softmax":
            return f"−1/{output}" if int(self.places[0]) == self._target() else "0"
        return f"−1/{output}   (y = 1)" if self._target() == 1 else f"1/(1 − {output})   (y = 0)"

    def sigmoid_gradient(self) -> str:
        return f"{self._same(f'A{self.number}')} − y"

    def softmax_gradient(self) -> str:
        return f"{self._same(f'A{self.number}')} − {int(int(self.places[0]) == self._target())}"

    def dense_weight_gradient(self) -> str:
        o, k = self.places
        return f"{self._label(f'dz{self.number}', o)}·F[{k}]"

    def dense_bias_gradient(self) -> str:
        return self._same(f"dz{self.number}")

    def dense_input_gradient(self) -> str:
        k = self.places[0]
        product = f"{self._label(f'w{self.last}', 'o', k)}·{self._label(f'dz{self.last}', 'o')}"
        return product if self.found.count == 1 else f"Σ {product}"

    def maxpool_gradient(self) -> str:
        note = self.found.note
        assert isinstance(note, Pooling)
        if not note.windows:
            return "0"
        source = cell_label(self.trace, f"dP{self.number}", note.windows[0].position)
        return f"{'' if len(note.windows) == 1 else 'Σ '}[{self._same(f'A{self.number}')} is the maximum]·{source}"

    def relu_gradient(self) -> str:
        return f"[{self._same(f'z{self.number}')} > 0]·{self._same(f'dA{self.number}')}"

    def convolution_weight_gradient(self) -> str:
        n, (f, c, u, v) = self.number, self.places
        source = "x" if n == 1 else f"P{n - 1}"
        window = self._label(source, c, *self._reads(n, "i", "j", int(u), int(v)))
        return f"Σ {self._label(f'dz{n}', f, 'i', 'j')}·{window}"

    def convolution_bias_gradient(self) -> str:
        return f"Σ {self._label(f'dz{self.number}', self.places[0], 'i', 'j')}"

    def convolution_input_gradient(self) -> str:
        n, (c, row, col) = self.number + 1, self.places
        geometry = self.trace.geometry[n - 1]
        weights = self._label(f"w{n}", "f", c, "u", "v")
        if geometry.stride != (1, 1):
            return f"Σ {weights}·{self._label(f'dz{n}', 'f', 'i', 'j')}"
        above, left = geometry.padding
        position = f"{int(row) + above}−u", f"{int(col) + left}−v"
        return f"Σ {weights}·{self._label(f'dz{n}', 'f', *position)}"


def _before(letter: str, shift: int) -> str:
    """'10+u', 'u' for no shift."""
    return f"{shift}+{letter}".replace("-", "−") if shift else letter


def _shifted(letter: str, factor: int, shift: int) -> str:
    """'i+1', '2i−1'."""
    text = letter if factor == 1 else f"{factor}{letter}"
    return text if not shift else f"{text}{'+' if shift > 0 else '−'}{abs(shift)}"
