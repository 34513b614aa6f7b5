"""The other direction of an explanation: which cells read a cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from core.derivation.wiring import (
    Cells,
    Index,
    Indices,
    checked_index,
    conv_input,
    conv_windows,
    pool_windows,
    role,
)
from core.trace import Trace

__all__ = ["dependents"]


def dependents(trace: Trace, name: str, index: Sequence[int]) -> tuple[tuple[str, Indices], ...]:
    """The cells that have this cell among the sources of their explanation: (array, (n, axes)), each array once.

    name, index: as for `explain`, with its errors. Arrays in the order of the trace's passes, cells row-major.
    """
    cell = checked_index(trace, name, index)
    kind, number = role(trace, name)
    reader = _Readers(trace, name, cell, number)
    if kind in _RULES:
        _RULES[kind](reader)
    found = [Cells(array, trace.arrays[array].shape, np.sort(flat)) for array, flat in reader.found.items()]
    return tuple((cells.array, cells.indices) for cells in found if len(cells.flat))


class _Readers:
    """One question: which cells read cell `index` of array `name`; `found` holds row-major numbers by array."""

    def __init__(self, trace: Trace, name: str, index: Index, number: int) -> None:
        self.trace, self.name, self.index, self.number = trace, name, index, number
        self.last = trace.blocks + 1
        self.samples = np.arange(len(trace.y))
        self.found: dict[str, Indices] = {}

    def of_input(self) -> None:
        self.of_conv_input(1)

    def of_pooled(self) -> None:
        self.of_conv_input(self.number + 1)

    def of_flattened(self) -> None:
        self._add("F", self._own())

    def of_row_gradient(self) -> None:
        self._add(f"dP{self.trace.blocks}", self._own())

    def of_maps(self) -> None:
        self._same(f"A{self.number}", f"dz{self.number}")

    def of_activations_gradient(self) -> None:
        self._same(f"dz{self.number}")

    def of_conv_input(self, number: int) -> None:
        n, c, row, column = self.index
        windows = conv_windows(self.trace, number)
        positions, taps = windows.of_cell(row * windows.plane[1] + column)
        filters, channels, kh, kw = self._shape(f"w{number}")
        f, (rows, columns) = np.arange(filters)[:, None], windows.positions
        self._add(f"z{number}", (n * filters + f) * rows * columns + positions)
        self._add(f"dw{number}", (f * channels + c) * kh * kw + taps)

    def of_features(self) -> None:
        n, k = self.index
        outputs, features = self._shape(f"w{self.last}")
        o = np.arange(outputs)
        self._add(f"z{self.last}", n * outputs + o)
        self._add(f"dw{self.last}", o * features + k)

    def of_logits(self) -> None:
        if self.trace.activation == "sigmoid":
            self._same(f"A{self.last}")
        else:
            classes = self._shape()[1]
            self._add(f"A{self.last}", self.index[0] * classes + np.arange(classes))

    def of_output(self) -> None:
        n, output = self.index
        if self.trace.activation == "sigmoid" or self.trace.y[n] == output:
            self._add("L", 0)
        self._same(f"d{self.name}", f"dz{self.number}")

    def of_activations(self) -> None:
        n, c, row, column = self.index
        windows, pooled = pool_windows(self.trace, self.number), f"P{self.number}"
        positions, _ = windows.of_cell(row * windows.plane[1] + column)
        channels, (rows, columns) = self._shape(pooled)[1], windows.positions
        self._add(pooled, (n * channels + c) * rows * columns + positions)
        if len(positions):
            self._same(f"d{self.name}")

    def of_logits_gradient(self) -> None:
        n, output = self.index
        features = np.arange(self._shape("F")[1])
        self._add(f"dw{self.last}", output * len(features) + features)
        self._add(f"db{self.last}", output)
        self._add("dF", n * len(features) + features)

    def of_maps_gradient(self) -> None:
        n, f, i, j = self.index
        windows, source = conv_windows(self.trace, self.number), conv_input(self.number)
        taps, cells = windows.of_position(i * windows.positions[1] + j)
        _, channels, height, width = self._shape(source)
        c = np.arange(channels)[:, None]
        self._add(f"dw{self.number}", (f * channels + c) * windows.table.shape[1] + taps)
        self._add(f"db{self.number}", f)
        if self.number > 1:
            self._add(f"d{source}", (n * channels + c) * height * width + cells)

    def of_pooled_gradient(self) -> None:
        n, c, i, j = self.index
        windows, receiver = pool_windows(self.trace, self.number), f"dA{self.number}"
        _, cells = windows.of_position(i * windows.positions[1] + j)
        _, channels, height, width = self._shape(receiver)
        self._add(receiver, (n * channels + c) * height * width + cells)

    def of_dense_weight(self) -> None:
        output, k = self.index
        outputs, features = self._shape()
        self._add(f"z{self.last}", self.samples * outputs + output)
        self._add("dF", self.samples * features + k)

    def of_kernel(self) -> None:
        f, c, u, v = self.index
        windows, source = conv_windows(self.trace, self.number), conv_input(self.number)
        positions, cells = windows.of_tap(u * windows.kernel_size[1] + v)
        (_, filters, rows, columns), (_, channels, height, width) = self._shape(f"z{self.number}"), self._shape(source)
        n = self.samples[:, None]
        self._add(f"z{self.number}", (n * filters + f) * rows * columns + positions)
        if self.number > 1:
            self._add(f"d{source}", (n * channels + c) * height * width + cells)

    def of_bias(self) -> None:
        _, width, *plane = self._shape(f"z{self.number}")
        size = int(np.prod(plane))
        self._add(f"z{self.number}", (self.samples[:, None] * width + self.index[0]) * size + np.arange(size))

    def _shape(self, name: str = "") -> tuple[int, ...]:
        return self.trace.arrays[name or self.name].shape

    def _own(self) -> int:
        return int(np.ravel_multi_index(self.index, self._shape()))

    def _same(self, *names: str) -> None:
        """The cells at the same index of arrays of the same shape."""
        for name in names:
            self._add(name, self._own())

    def _add(self, name: str, flat: ArrayLike) -> None:
        self.found[name] = np.asarray(flat, np.intp).reshape(-1)


# what is not here (L, ∂L/∂A of the output, ∂L/∂w, ∂L/∂b) is where a pass ends: no cell reads it
_RULES: Mapping[str, Callable[[_Readers], None]] = {
    "x": _Readers.of_input,
    "conv P": _Readers.of_pooled,
    "last P": _Readers.of_flattened,
    "F": _Readers.of_features,
    "conv z": _Readers.of_maps,
    "dense z": _Readers.of_logits,
    "conv A": _Readers.of_activations,
    "dense A": _Readers.of_output,
    "dense dz": _Readers.of_logits_gradient,
    "conv dz": _Readers.of_maps_gradient,
    "dF": _Readers.of_row_gradient,
    "conv dP": _Readers.of_pooled_gradient,
    "last dP": _Readers.of_pooled_gradient,
    "conv dA": _Readers.of_activations_gradient,
    "conv w": _Readers.of_kernel,
    "dense w": _Readers.of_dense_weight,
    "conv b": _Readers.of_bias,
    "dense b": _Readers.of_bias,
}
