"""What is said of both ways: the sum of a cell, what the present output hands out, how far both ways are apart."""

from __future__ import annotations

import numpy as np

from playground.laboratory.input_gradient import Contribution, InputGradient
from ui.number_format import display_name, format_number

__all__ = ["difference_sentences", "patch_sentence", "place", "sum_sentences", "terms_sentence"]

_MOST_TERMS = 6
_ROUNDING = 1e-4  # share of the largest value, generous for sums in float32


def place(ways: InputGradient, row: int, column: int) -> str:
    """'∂L/∂P₁[2][3,4]', without the channel where there is one."""
    return f"{_name(ways)}[{row},{column}]"


def _name(ways: InputGradient) -> str:
    channels = ways.trace.arrays[f"w{ways.number}"].shape[1]
    return display_name(f"d{ways.source}") + (f"[{ways.channel}]" if channels > 1 else "")


def _factor(value: float, decimals: int) -> str:
    text = format_number(value, decimals)
    return f"({text})" if text.startswith("−") else text


def _terms(parts: list[Contribution], decimals: int) -> str:
    """The largest products, and how many more there are."""
    parts = sorted(parts, key=lambda part: -abs(part.product))
    shown = [part for part in parts[:_MOST_TERMS] if part.product]
    written = [f"{_factor(part.gradient, decimals)}·{_factor(part.weight, decimals)}" for part in shown]
    rest = parts[len(shown) :]
    if rest and any(part.product for part in rest):
        written.append(f"{len(rest)} more ({format_number(sum(part.product for part in rest), decimals)})")
    return " + ".join(written) or "0"


def sum_sentences(ways: InputGradient, row: int, column: int, decimals: int) -> tuple[str, str]:
    """The rule that makes a cell, and what it comes to; the same in fewer words."""
    parts = ways.contributions(row, column)
    if not parts:
        unread = f"{place(ways, row, column)} = 0: no window has read it."
        return unread, unread
    filters = len(ways.gradient)
    over = f" over the {filters} filters and" if filters > 1 else ""
    cell, total = place(ways, row, column), format_number(sum(part.product for part in parts), decimals)
    product = f"{display_name(f'dz{ways.number}')}[{row}−u,{column}−v]·{display_name(f'w{ways.number}')}[u,v]"
    return (
        f"{cell} = Σ{over} the taps u,v that read it: {product} = {total}",
        f"{cell} = Σ {product} = {total}",
    )


def terms_sentence(ways: InputGradient, row: int, column: int, shown_filter: int, decimals: int) -> str:
    """The products of a cell: those of the filter in the pictures, and what the others come to."""
    parts = ways.contributions(row, column)
    own = [part for part in parts if part.filter == shown_filter]
    filters = len(ways.gradient)
    if filters == 1:
        return f"= {_terms(own, decimals)}" if parts else ""
    others = format_number(sum(part.product for part in parts if part.filter != shown_filter), decimals)
    return f"filter {shown_filter}: {_terms(own, decimals)}   ·   the other {filters - 1} filters: {others}"


def patch_sentence(ways: InputGradient, row: int, column: int, shown_filter: int, decimals: int) -> str:
    """What an output position hands out on the left."""
    gradient = format_number(float(ways.gradient[shown_filter, row, column]), decimals)
    filters = len(ways.gradient)
    kh, kw = ways.windows.kernel_size
    of = f" of filter {shown_filter}, and those of the other {filters - 1}," if filters > 1 else ""
    name = display_name(f"dz{ways.number}")
    return f"Left: {name}[{row},{column}] = {gradient}{of} times the {kh}×{kw} kernel is added where its window lay."


def difference_sentences(ways: InputGradient) -> tuple[str, str]:
    """How far both ways and the engine are apart, over all cells, and the same in fewer words."""
    apart, off = ways.largest_difference()
    engine = "the engine's own" if ways.number > 1 else "what the engine's layer hands back"
    if apart == off == 0:
        return f"Over all cells both ways and {engine} are equal, bit for bit.", "Both ways and the engine are equal."
    scale = float(np.abs(ways.engine).max())
    is_rounding = max(apart, off) <= _ROUNDING * scale
    why = f"the rounding of {ways.gradient.dtype.name}" if is_rounding else "far more than rounding"
    differ, from_engine = format_number(apart, 4), format_number(off, 4)
    return (
        f"Over all cells both ways differ by at most {differ}, and from {engine} by {from_engine}: {why}.",
        f"Both ways are {differ} apart at most, {from_engine} from the engine: {why}.",
    )
