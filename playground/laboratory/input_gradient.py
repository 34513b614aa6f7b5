"""The gradient that a convolution hands to its input, by two ways that give the same numbers.

By scatter every output's gradient is spread by the kernel over the window that the output has read, and what lands on
one cell is added up: this is how the engine does it. By full convolution every cell of the input collects, with the
kernel turned by 180°, the gradients of all outputs that have read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.arrays import Array
from core.derivation.wiring import Windows, conv_input, conv_windows
from core.layers import Conv2D
from core.trace import Trace

__all__ = ["Contribution", "InputGradient", "by_full_convolution", "by_scatter", "opened", "turned"]

Pair = tuple[int, int]


def by_scatter(gradient: Array, kernels: Array, windows: Windows, count: int | None = None) -> Array:
    """∂L/∂input (c, h, w): each output position adds its gradient times the kernel where its window lay.

    gradient: ∂L/∂z (f, h', w'); kernels: (f, c, kh, kw); count: only that many positions, row-major.
    """
    (height, width), (ph, pw), (_, channels, kh, kw) = windows.plane, windows.padding, kernels.shape
    found: Array = np.zeros((channels, height + 2 * ph, width + 2 * pw), kernels.dtype)
    for i, j in list(np.ndindex(*windows.positions))[:count]:
        top, left = i * windows.stride[0], j * windows.stride[1]
        found[:, top : top + kh, left : left + kw] += np.tensordot(gradient[:, i, j], kernels, 1)
    return found[:, ph : ph + height, pw : pw + width]


def by_full_convolution(gradient: Array, kernels: Array, windows: Windows, count: int | None = None) -> Array:
    """∂L/∂input (c, h, w): each cell is the turned kernel laid over the opened gradient; parameters as `by_scatter`.

    count: only that many cells of the input, row-major; the others are 0.
    """
    (_, channels, kh, kw), ground, half_turned = kernels.shape, opened(gradient, windows), turned(kernels)
    found: Array = np.zeros((channels, *windows.plane), kernels.dtype)
    for row, column in list(np.ndindex(*windows.plane))[:count]:
        window = ground[:, row : row + kh, column : column + kw]
        found[:, row, column] = np.tensordot(window, half_turned, ((0, 1, 2), (0, 2, 3)))
    return found


def turned(kernels: Array) -> Array:
    """The kernels (…, kh, kw) turned by 180°: last row first, last column first."""
    return kernels[..., ::-1, ::-1]


def opened(gradient: Array, windows: Windows) -> Array:
    """The gradient (f, h', w') as the turned kernel walks over it: (f, h + kh − 1, w + kw − 1).

    Its cells stand the stride apart with zeros between them, in a frame of kh − 1 and kw − 1 zeros less the padding.
    """
    (height, width), (ph, pw), (kh, kw) = windows.plane, windows.padding, windows.kernel_size
    (down, right), (rows, columns) = windows.stride, windows.positions
    whole: Array = np.zeros((len(gradient), height + 2 * ph + kh - 1, width + 2 * pw + kw - 1), gradient.dtype)
    last_row, last_column = kh - 1 + down * (rows - 1), kw - 1 + right * (columns - 1)
    whole[:, kh - 1 : last_row + 1 : down, kw - 1 : last_column + 1 : right] = gradient
    return whole[:, ph : whole.shape[1] - ph, pw : whole.shape[2] - pw]


@dataclass(frozen=True)
class Contribution:
    """What one output adds to one cell of the input: its gradient times the weight at the tap that read the cell."""

    filter: int
    position: Pair
    tap: Pair
    gradient: float
    weight: float

    @property
    def product(self) -> float:
        """gradient · weight."""
        return self.gradient * self.weight


@dataclass(frozen=True, eq=False)
class InputGradient:
    """Convolution `number` (from 1) of a trace, its first sample, seen from one channel of what it reads."""

    trace: Trace
    number: int
    channel: int = 0

    @property
    def source(self) -> str:
        """Name of what the convolution reads: x, or P of the block before."""
        return conv_input(self.number)

    @cached_property
    def windows(self) -> Windows:
        """Where the outputs read."""
        return conv_windows(self.trace, self.number)

    @property
    def gradient(self) -> Array:
        """∂L/∂z of the convolution, (f, h', w')."""
        gradient: Array = self.trace.arrays[f"dz{self.number}"][0]
        return gradient

    @property
    def kernels(self) -> Array:
        """The kernels' part for the channel, (f, 1, kh, kw)."""
        return self.trace.arrays[f"w{self.number}"][:, self.channel : self.channel + 1]

    @property
    def opened(self) -> Array:
        """The ground of the full convolution, (f, h + kh − 1, w + kw − 1)."""
        return opened(self.gradient, self.windows)

    def scattered(self, count: int | None = None) -> Array:
        """(h, w) after the first `count` outputs have been spread, after all of them by default."""
        plane: Array = self._whole[0] if count is None else by_scatter(*self._parts, count)[0]
        return plane

    def collected(self, count: int | None = None) -> Array:
        """(h, w) when the first `count` cells have collected, all of them by default; the others are 0."""
        plane: Array = self._whole[1] if count is None else by_full_convolution(*self._parts, count)[0]
        return plane

    @property
    def _parts(self) -> tuple[Array, Array, Windows]:
        return self.gradient, self.kernels, self.windows

    @cached_property
    def _whole(self) -> tuple[Array, Array]:
        """(h, w) by both ways, to the end."""
        return by_scatter(*self._parts)[0], by_full_convolution(*self._parts)[0]

    @cached_property
    def engine(self) -> Array:
        """The engine's own ∂L/∂input of the channel, (h, w): in the trace for P, worked out by its layer for x."""
        plane: Array
        if self.number > 1:
            plane = self.trace.arrays[f"dP{self.number - 1}"][0, self.channel]
            return plane
        weight = self.trace.arrays[f"w{self.number}"]
        filters, channels, *_ = weight.shape
        windows = self.windows
        layer = Conv2D(channels, filters, windows.kernel_size, windows.stride, windows.padding, dtype=weight.dtype)
        layer.params = {"weight": weight, "bias": self.trace.arrays[f"b{self.number}"]}
        layer.forward(self.trace.x[:1])
        plane = layer.backward(self.trace.arrays[f"dz{self.number}"][:1])[0, self.channel]
        return plane

    def contributions(self, row: int, column: int) -> tuple[Contribution, ...]:
        """What makes one cell of the input's gradient, filter by filter."""
        positions, taps = self.windows.of_cell(row * self.windows.plane[1] + column)
        across, kernel_across = self.windows.positions[1], self.windows.kernel_size[1]
        found = []
        for number, (map_, kernel) in enumerate(zip(self.gradient, self.kernels[:, 0], strict=True)):
            for position, tap in zip(positions.tolist(), taps.tolist(), strict=True):
                at, through = divmod(position, across), divmod(tap, kernel_across)
                found.append(Contribution(number, at, through, float(map_[at]), float(kernel[through])))
        return tuple(found)

    def largest_difference(self) -> tuple[float, float]:
        """Between both ways, and of the two from the engine's own numbers; rounding only."""
        scattered, collected = self._whole
        with np.errstate(invalid="ignore"):
            apart = float(np.abs(scattered - collected).max())
            off = max(float(np.abs(way - self.engine).max()) for way in (scattered, collected))
        return apart, off
