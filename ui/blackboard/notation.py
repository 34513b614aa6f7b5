"""The lecture's names of cells: places from 1 on and without commas, w₁₁ and z₂₁, as on the board."""

from __future__ import annotations

from core.trace import Trace
from ui.cell_ref import CellRef

__all__ = ["cell_latex", "cell_text"]


def cell_latex(trace: Trace, ref: CellRef) -> str:
    r"""'\frac{\partial L}{\partial w_{12}}' for the cell (0, 0, 0, 1) of dw1."""
    letter, subscript, filter_number = _parts(trace, ref)
    plain = letter + (f"_{{{subscript}}}" if subscript else "") + (f"^{{({filter_number})}}" if filter_number else "")
    return rf"\frac{{\partial L}}{{\partial {plain}}}" if _is_derivative(ref) else plain


def cell_text(trace: Trace, ref: CellRef) -> str:
    """'∂L/∂w12': the same in plain signs."""
    letter, subscript, filter_number = _parts(trace, ref)
    plain = letter + subscript + (f"({filter_number})" if filter_number else "")
    return f"∂L/∂{plain}" if _is_derivative(ref) else plain


def _is_derivative(ref: CellRef) -> bool:
    return ref.name.startswith("d")


def _parts(trace: Trace, ref: CellRef) -> tuple[str, str, str]:
    """Letter, subscript, and the number of the filter where there are several."""
    plain, index = ref.name.removeprefix("d"), ref.index
    letter, number = plain[0], plain[1:]
    filters = trace.arrays["z1"].shape[1]
    outputs = trace.arrays[f"z{trace.blocks + 1}"].shape[1]
    of_block = bool(number) and int(number) <= trace.blocks
    if letter == "L":
        return "L", "", ""
    if letter == "x":
        return "x", _places(index[1:]), ""
    if letter == "F":
        return "F", str(index[0] + 1) if trace.arrays["F"].shape[1] > 1 else "", ""
    if letter == "b" and of_block:
        return "b", number, str(index[0] + 1) if filters > 1 else ""
    if of_block:
        return letter, _places(index[-2:]), str(index[0] + 1) if filters > 1 else ""
    # the dense layer is named by its number: w_{2,3}, with one feature and one output w_2
    places = [str(index[0] + 1)] if outputs > 1 else []
    if letter == "w" and trace.arrays["F"].shape[1] > 1:
        places.append(str(index[1] + 1))
    return letter, ",".join([number, *places]), ""


def _places(index: tuple[int, ...]) -> str:
    """'12' for (0, 1); with a place above 9, '1,12'."""
    return ("," if max(index) > 8 else "").join(str(place + 1) for place in index)
