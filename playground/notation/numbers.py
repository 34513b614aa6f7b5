"""How numbers are written: one minus, one exponent, one per cent sign, on screen, in files and in a terminal."""

from __future__ import annotations

import math
import re

import numpy as np

from playground.counting import grouped

__all__ = [
    "LARGEST_PLAIN",
    "MINUS",
    "SMALLEST_PLAIN",
    "chosen_number",
    "format_number",
    "grouped_decimals",
    "percent",
    "scientific",
    "significant_number",
    "term_number",
]

MINUS = "−"
SMALLEST_PLAIN, LARGEST_PLAIN = 1e-3, 1e6
"""Magnitudes between these are decimals, all others have an exponent."""
_LARGEST_WHOLE = 1e15
_TOGETHER = 4
"""Digits of a decimal that stand together: in small cells, room is scarce."""


def format_number(value: float, decimals: int = 4) -> str:
    """A number with `decimals` places, or as many as two of its digits need; below 0.001 with an exponent: 3.1e−5.

    Exact zero is "0"; a value that is not zero never reads as zero. Every minus, also of an exponent, is "−";
    infinity is ∞ and a missing number NaN.
    """
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value == 0.0:
        return "0"
    size = abs(value)
    # two digits must survive the rounding: 0.0012 has them at four decimals, 0.0003 does not
    enough = 10.0 ** (1 - decimals) <= size
    if size >= LARGEST_PLAIN or not (enough or size >= SMALLEST_PLAIN):
        return scientific(value, max(2, decimals - 3))
    places = decimals if enough else 1 - math.floor(math.log10(size))
    return grouped_decimals(f"{value:.{places}f}".replace("-", MINUS))


def grouped_decimals(text: str) -> str:
    """The thousands of a number in plain decimals apart where it has five digits or more: "1234.5", "12 345.68"."""
    whole, point, rest = text.removeprefix(MINUS).partition(".")
    shown = grouped(int(whole)) if len(whole) > _TOGETHER else whole
    return f"{MINUS if text.startswith(MINUS) else ''}{shown}{point}{rest}"


def term_number(value: float, decimals: int = 4) -> str:
    """A number that is multiplied or added by hand: as `format_number`, below 1 with `decimals` digits that count.

    So a product of a large and a small one comes out as it is shown: 2827.5676 · 3.535e−4 = 0.9996.
    """
    size = abs(float(value))
    if not 0.0 < size < 1.0:
        return format_number(value, decimals)
    if size < SMALLEST_PLAIN:
        return scientific(value, decimals)
    return f"{value:.{decimals - 1 - math.floor(math.log10(size))}f}".replace("-", MINUS)


def scientific(value: float, digits: int) -> str:
    """With so many digits and an exponent without zeros and plus signs: "3.1e−5", "2.5e7"."""
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{mantissa}e{int(exponent)}".replace("-", MINUS) if exponent else mantissa.replace("-", MINUS)


def significant_number(value: float, digits: int = 4) -> str:
    """A number with so many digits that count, without zeros that do not: "0.01235", "−1.235e−5", "2"."""
    value = float(value)
    if not math.isfinite(value) or value == 0.0:
        return format_number(value)
    rounded = float(f"{value:.{digits - 1}e}")
    if SMALLEST_PLAIN <= abs(rounded) < LARGEST_PLAIN:
        return grouped_decimals(str(np.format_float_positional(rounded, trim="-")).replace("-", MINUS))
    return re.sub(r"\.?0*e", "e", scientific(value, digits)) if digits > 1 else scientific(value, 1)


def chosen_number(value: float) -> str:
    """A number that somebody chose, such as η, with all its digits: "0.1", "1e−5", "60 000"."""
    whole = float(value).is_integer() and abs(value) < _LARGEST_WHOLE
    return grouped(int(value)).replace("-", MINUS) if whole else significant_number(value, 6)


def percent(share: float, decimals: int = 1) -> str:
    """A part of 1 in per cent: "98.8 %"; a part of nothing is "–"."""
    return "–" if math.isnan(share) else f"{100 * share:.{decimals}f} %"
