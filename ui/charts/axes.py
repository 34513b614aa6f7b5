"""Axes of the charts: few, round tick values in a fixed width, and ranges that do not follow every wiggle."""

from __future__ import annotations

import math
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from ui.number_format import MINUS, chosen_number, grouped, grouped_decimals, scientific, significant_number

__all__ = [
    "SMALLEST_STEP_RANGE",
    "NumberAxis",
    "StableRange",
    "StepAxis",
    "TwoSidedRange",
    "ValueAxis",
    "format_steps",
    "format_value",
    "nice_ceiling",
    "ticks",
]

_NICE = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
SMALLEST_STEP_RANGE = 10.0
_LABEL_OVERHANG = 7
_LOG_DIGITS = ((1, 2, 5), (1, 3))
_TICK_GAP = 15  # pixels between two labels of the value axis


def nice_ceiling(value: float) -> float:
    """The least of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten that is not below a positive value."""
    scale = 10.0 ** math.floor(math.log10(value))
    return next((nice * scale for nice in _NICE if nice * scale >= value * (1 - 1e-12)), 10.0 * scale)


def ticks(low: float, high: float, count: int) -> tuple[float, list[float]]:
    """Spacing (1, 2, 2.5 or 5 times a power of ten) and about `count` multiples of it between low and high."""
    raw = (high - low) / max(1, count)
    scale = 10.0 ** math.floor(math.log10(raw))
    spacing = next(step * scale for step in (1.0, 2.0, 2.5, 5.0, 10.0) if step * scale >= 0.75 * raw)
    first, last = math.ceil(low / spacing - 1e-9), math.floor(high / spacing + 1e-9)
    return spacing, [number * spacing for number in range(first, last + 1)]


def format_steps(step: float) -> str:
    """A step count with thin spaces, 1240 → "1 240"."""
    return grouped(round(step))


def format_value(value: float) -> str:
    """Four digits at most, in scientific notation where a fixed one would hide them (never 0.0000)."""
    if not math.isfinite(value):
        return "not finite"
    size = abs(value)
    if size >= 1e4 or 0 < size < 1e-3:
        return scientific(value, 2)
    places = 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 10 else 3
    return grouped_decimals(f"{value:.{places}f}".replace("-", MINUS))


def _compact(value: float) -> str:
    """A tick: 0.5, 2 000, then 20k, 1.5M, for which there is room in every axis."""
    for size, suffix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= max(size, 1e4):
            return f"{significant_number(value / size)}{suffix}"
    return chosen_number(float(f"{value:.4g}"))


class StableRange:
    """The shown range of a quantity: grows at once when a value would leave it, shrinks only when much of it is unused.

    `anchor` is the end that never moves (0 for a loss, 100 for an accuracy in per cent); on a log axis both ends move.
    """

    _USED_AT_LEAST = 0.6

    def __init__(self, anchor: float = 0.0) -> None:
        self._anchor = anchor
        self._span = 0.0
        self._log: tuple[float, float] | None = None

    def reset(self) -> None:
        """Forget what was shown, for a new run or another kind of axis."""
        self._span = 0.0
        self._log = None

    def linear(self, low: float, high: float) -> tuple[float, float]:
        """Range for values from low to high, the anchor included."""
        farthest = high - self._anchor if self._anchor <= 0 else self._anchor - low
        wanted = nice_ceiling(max(farthest * 1.02, 1e-12))
        if self._anchor > 0:
            wanted = min(wanted, self._anchor)  # a share does not fall below 0
        if wanted > self._span or wanted < self._USED_AT_LEAST * self._span:
            self._span = wanted
        slack = 0.03 * self._span  # keeps a line on the anchor clear of the edge
        if self._anchor <= 0:
            return self._anchor - slack, self._anchor + self._span
        return self._anchor - self._span, self._anchor + slack

    def log(self, low: float, high: float) -> tuple[float, float]:
        """Range, in powers of ten, for positive values from low to high."""
        bottom, top = math.floor(2 * math.log10(low)) / 2, math.ceil(2 * math.log10(high)) / 2
        top = max(top, bottom + 1.0)
        if self._log is None:
            self._log = (bottom, top)
        shown_bottom, shown_top = self._log
        if bottom < shown_bottom or bottom >= shown_bottom + 1:
            shown_bottom = bottom
        if top > shown_top or top <= shown_top - 1:
            shown_top = top
        self._log = (shown_bottom, max(shown_top, shown_bottom + 1.0))
        return self._log


class TwoSidedRange(StableRange):
    """The shown range of a quantity of either sign: 0 is always in it, and each side holds still by itself."""

    def __init__(self) -> None:
        super().__init__()
        self._above, self._below = StableRange(), StableRange()

    def reset(self) -> None:
        """Forget what was shown."""
        super().reset()
        self._above.reset()
        self._below.reset()

    def linear(self, low: float, high: float) -> tuple[float, float]:
        """Range for values from low to high, 0 included."""
        tops = [
            side.linear(0.0, farthest)[1] if farthest > 0 else 0.0
            for side, farthest in ((self._below, -low), (self._above, high))
        ]
        slack = 0.03 * max(sum(tops), 1e-12)
        return -tops[0] - slack, tops[1] + slack


class NumberAxis(pg.AxisItem):
    """An axis whose numbers are written as all others are; in log mode positions are powers of ten."""

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale, spacing
        return [_power(value) if self.logMode else _compact(round(value, 12)) for value in values]


class StepAxis(pg.AxisItem):
    """The step axis: few round whole numbers, shortened to k and M."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        spacing, values = ticks(minVal, maxVal, max(3, int(size // 64)))
        return [(spacing, [value for value in values if value >= 0 and value == int(value)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale, spacing
        return [_compact(value) for value in values]


class ValueAxis(pg.AxisItem):
    """The value axis; in log mode positions are powers of ten and labels the values themselves."""

    def __init__(self) -> None:
        super().__init__("left")
        self.is_log = False

    def boundingRect(self) -> QRectF:
        # with a grid, pyqtgraph leaves out every label that reaches beyond the plot, so the lowest and the highest
        bounds: QRectF = super().boundingRect()
        return bounds.adjusted(0, -_LABEL_OVERHANG, 0, _LABEL_OVERHANG)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        count = max(3, int(size // 28))
        if not self.is_log:
            spacing, values = ticks(minVal, maxVal, count)
            return [(spacing, values)]
        decades = max(maxVal - minVal, 1e-9)
        if decades < 0.5:
            # within less than a decade there may be no power at all, so round values as on a linear axis
            _, values = ticks(10.0**minVal, 10.0**maxVal, count)
            return [(1.0, [math.log10(value) for value in values if value > 0])]
        stride = max(1, math.ceil(decades / count))
        digits = next((digits for digits in _LOG_DIGITS if _least_gap(digits) * size / decades >= _TICK_GAP), (1,))
        exponents = [
            exponent for exponent in range(math.floor(minVal), math.ceil(maxVal) + 1) if exponent % stride == 0
        ]
        places = [exponent + math.log10(digit) for exponent in exponents for digit in digits]
        return [(float(stride), [place for place in places if minVal - 1e-9 <= place <= maxVal + 1e-9])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale, spacing
        if not self.is_log:
            return [_compact(round(value, 12)) for value in values]
        return [_power(value) for value in values]


def _least_gap(digits: tuple[int, ...]) -> float:
    """The least distance between two ticks of a decade, in decades."""
    return min(math.log10(after / before) for before, after in pairwise((*digits, 10)))


def _power(exponent: float) -> str:
    value = 10.0**exponent
    return scientific(value, 1) if value < 1e-3 else _compact(value)
