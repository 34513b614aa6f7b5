"""What is read of the curves at a step."""

from __future__ import annotations

from collections.abc import Iterable

from playground.curve import Reading
from ui.charts.axes import format_steps, format_value
from ui.charts.curve_line import CurveLine

__all__ = ["values_at"]


def values_at(
    lines: Iterable[CurveLine], x: float, scale: float, unit: str
) -> tuple[str, list[tuple[CurveLine, str]]] | None:
    """The step nearest to `x` in words, and the value of each curve there; None where there is no curve."""
    there = [line for line in lines if len(line.curve) and line.span[0] <= x <= line.span[1]]
    if not there:
        return None
    finest = max(there, key=lambda line: len(line.curve)).curve.reading(x)
    assert finest is not None  # a line with points
    readings = ((line, line.curve.reading(finest.first_step)) for line in there)
    return _steps_text(finest), [(line, _value_text(reading, scale) + unit) for line, reading in readings if reading]


def _value_text(reading: Reading, scale: float) -> str:
    low, high = (format_value(value * scale) for value in (reading.low, reading.high))
    return low if low == high else f"{low}–{high}"


def _steps_text(reading: Reading) -> str:
    """The step, or the steps that are kept as one bucket."""
    if reading.is_exact:
        return f"step {format_steps(reading.first_step)}"
    return f"steps {format_steps(reading.first_step)}–{format_steps(reading.last_step)}, least and greatest"
