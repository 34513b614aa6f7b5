"""Names of arrays, of places in them, and of classes, in plain signs."""

from __future__ import annotations

__all__ = ["class_words", "display_index", "display_name"]

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


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


def class_words(name: str) -> str:
    """'class 3', and 'class A' for the names that the workshop gives, which begin so; what y it has is said apart."""
    return name if name.startswith("class ") else f"class {name}"
