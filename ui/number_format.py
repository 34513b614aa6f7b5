"""How numbers and the names of arrays are written, everywhere in the window."""

from __future__ import annotations

import math
import re

import numpy as np

from playground.counting import grouped
from playground.notation.names import class_words, display_index, display_name
from playground.notation.numbers import (
    LARGEST_PLAIN,
    MINUS,
    SMALLEST_PLAIN,
    chosen_number,
    format_number,
    grouped_decimals,
    percent,
    scientific,
    significant_number,
    term_number,
)

__all__ = [
    "DECIMAL_CHOICES",
    "MINUS",
    "SMALLEST_PLAIN",
    "cell_number",
    "chosen_number",
    "class_words",
    "display_index",
    "display_name",
    "fit_number",
    "format_number",
    "format_scale",
    "grouped",
    "grouped_decimals",
    "percent",
    "plain_number",
    "scientific",
    "significant_number",
    "term_number",
]

DECIMAL_CHOICES = (2, 4, 6, 8)
"""Decimals that a reader may choose between."""

_ROUNDING = 4 * float(np.finfo(np.float32).eps)


def fit_number(value: float, characters: int, decimals: int = 4) -> str:
    """The most exact writing of `value` in `characters` characters and `decimals` places; "…" if there is none."""
    for places in range(decimals, 0, -1):
        text = format_number(value, places)
        if len(text) <= characters:
            return text
    value = float(value)
    if not math.isfinite(value) or value == 0.0:
        return "…"  # the loop above has already tried the short words for these
    shorter = [scientific(value, 2), scientific(value, 1)]
    if SMALLEST_PLAIN <= abs(value) < LARGEST_PLAIN:
        one_digit = _decimals(value, max(0, -math.floor(math.log10(abs(value)))))
        # ".004" beside "−1.64" is read at once, "4e−3" is not
        shorter = [one_digit, _without_leading_zero(one_digit), *shorter]
    return next((text for text in shorter if len(text) <= characters), "…")


def cell_number(value: float, characters: int, decimals: int = 4) -> str:
    """`value` as one writes it on a blackboard: "0.5", not "0.5000"; where room is scarce ".5"; "…" if all is too long.

    A number without a short exact writing is rounded to what fits, with two digits at least where that is possible.
    """
    value = float(value)
    if not math.isfinite(value) or value == 0.0:
        return fit_number(value, characters, decimals)
    short = round(value, decimals)
    # sums in float32 miss a short number by an ulp or two; it is that number nevertheless
    if short and abs(short - value) <= _ROUNDING * abs(value) and abs(value) < LARGEST_PLAIN:
        candidates = [grouped_decimals(str(np.format_float_positional(short, trim="-")).replace("-", MINUS))]
    else:
        candidates = [format_number(value, decimals)]
    candidates += [
        _decimals(value, places) for places in range(decimals - 1, -1, -1) if abs(value) >= 10.0 ** (1 - places)
    ]
    for text in candidates:
        for writing in (text, _without_leading_zero(text)):
            if len(writing) <= characters:
                return writing
    return fit_number(value, characters, decimals)


def _decimals(value: float, places: int) -> str:
    return grouped_decimals(f"{value:.{places}f}".replace("-", MINUS))


def _without_leading_zero(text: str) -> str:
    """'−0.25' as '−.25'."""
    return re.sub(rf"^({MINUS}?)0\.", r"\1.", text)


def format_scale(limit: float, signed: bool) -> str:
    """The end of a colour scale in two digits: "±0.031" for signed values, "0…0.83" for activations."""
    if limit <= 0.0 or not math.isfinite(limit):
        number = "0" if math.isfinite(limit) else format_number(limit)
    elif SMALLEST_PLAIN <= limit < 1e4:
        number = f"{limit:.{max(0, 1 - math.floor(math.log10(limit)))}f}"
    else:
        number = scientific(limit, 2)
    return f"±{number}" if signed else f"0…{number}"


def plain_number(value: float) -> str:
    """The shortest writing that reads back as the same float32, with a hyphen for minus, as one would type it."""
    single = np.float32(value)
    if single == 0 or 1e-5 <= abs(single) < LARGEST_PLAIN:
        return str(np.format_float_positional(single, unique=True, trim="-"))
    return str(single)
