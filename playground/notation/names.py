"""Names of arrays, places in them, and numbers, in plain signs."""

from __future__ import annotations

import math

__all__ = ["LARGEST_PLAIN", "MINUS", "display_index", "display_name", "format_number"]

MINUS = "−"
LARGEST_PLAIN = 1e6
"""From here on numbers are written in scientific notation."""
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def format_number(value: float, decimals: int = 4) -> str:
    """A number with `decimals` places, or in scientific notation if fewer than two of its digits would survive.

    Exact zero is "0"; a value that is not zero never reads as zero. Every minus, also of an exponent, is "−";
    infinity is ∞ and a missing number NaN.
    """
    value = float(value)
    # two digits must survive the rounding: 0.0012 has them at four decimals, 0.0003 does not
    if 10.0 ** (1 - decimals) <= abs(value) < LARGEST_PLAIN:
        return f"{value:.{decimals}f}".replace("-", MINUS)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else MINUS + "∞"
    if value == 0.0:
        return "0"
    return f"{value:.{max(1, decimals - 4)}e}".replace("-", MINUS)


def display_name(name: str) -> str:
    """The field's notation for the name of an array: 'dz1' → '∂L/∂z₁', 'w2' → 'w₂', 'x' → 'X'."""
    derivative = len(name) > 1 and name[0] == "d"
    plain = name[1:] if derivative else name
    shown = "X" if plain == "x" else plain.translate(_SUBSCRIPTS)
    return f"∂L/∂{shown}" if derivative else shown


def display_index(index: tuple[int, ...]) -> str:
    """'[2][10,7]' for an index: which plane, then where in it; '[3,5]' in a matrix, nothing for a scalar."""
    groups = (index[:-2], index[-2:]) if len(index) > 2 else (index,)
    return "".join(f"[{','.join(map(str, group))}]" for group in groups if group)
