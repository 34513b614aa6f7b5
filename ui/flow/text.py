"""Words of the flow view: shapes, what a cell is called, why a gradient is zero."""

from __future__ import annotations

from core.explain import explain
from core.trace import Trace
from ui.cell_ref import CellRef, cell_value, sample_array
from ui.number_format import display_index, display_name, format_number

__all__ = ["cell_text", "shape_text", "zero_reason"]


def shape_text(trace: Trace, name: str) -> str:
    """'4×24×24' for one sample, or the whole shape of a parameter."""
    return "×".join(str(side) for side in sample_array(trace, name).shape)


def zero_reason(trace: Trace, ref: CellRef) -> str:
    """Why a gradient is exactly zero, in a few words; '' if it is not zero or no gate is the cause."""
    if not ref.name.startswith("d") or cell_value(trace, ref) != 0.0:
        return ""
    letter, number = ref.name[1], ref.name[2:]
    if letter not in "zA" or len(ref.index) != 3:
        return ""
    found = explain(trace, ref.name, ref.array_index)
    if letter == "z":
        if found.zero_because:
            return f"{display_name(f'z{number}')} ≤ 0, so ReLU lets nothing through"
        found = explain(trace, f"dA{number}", ref.array_index)
    if found.zero_because:
        return found.zero_because
    handed = found.term(0).factors[1]
    return f"{display_name(handed.array)}{display_index(handed.index[1:])} is 0"


def cell_text(trace: Trace, ref: CellRef, decimals: int) -> str:
    """'∂L/∂z₁[2, 10, 7] = −0.000312' and, for a zero gradient, the reason."""
    value = cell_value(trace, ref)
    reason = zero_reason(trace, ref)
    return f"{ref} = {format_number(value, decimals)}" + (f"   ({reason})" if reason else "")
