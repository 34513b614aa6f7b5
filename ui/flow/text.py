"""Words and formulas of the flow view: captions, what a cell is called, why a gradient is zero."""

from __future__ import annotations

from collections.abc import Mapping

from core.explain import explain
from core.trace import Trace
from ui.cell_ref import CellRef, cell_value, sample_array
from ui.number_format import display_index, display_name, format_number

__all__ = ["cell_text", "class_words", "formulas", "shape_text", "zero_reason"]


def shape_text(trace: Trace, name: str) -> str:
    """'4×24×24' for one sample, or the whole shape of a parameter."""
    return "×".join(str(side) for side in sample_array(trace, name).shape)


def class_words(name: str) -> str:
    """'class 3', and 'class 1' for the names that the workshop gives, which begin so."""
    return name if name.startswith("class ") else f"class {name}"


def formulas(name: str, blocks: int, softmax: bool) -> tuple[str, ...]:
    """How an array comes about, the full formula first, then shorter writings for little room (without the name)."""
    derivative = name.startswith("d")
    letter, number = name.removeprefix("d")[0], name.removeprefix("d")[1:]
    shown = {part: display_name(f"{part}{number}") for part in "zAPwb"}
    own = int(number) if number else 0
    before = "X" if own == 1 else display_name("F" if own == blocks + 1 else f"P{own - 1}")
    make = _derivative if derivative else _value
    return make(letter, own, shown, before=before, blocks=blocks, softmax=softmax)


def _value(letter: str, own: int, s: Mapping[str, str], *, before: str, blocks: int, softmax: bool) -> tuple[str, ...]:
    dense = own == blocks + 1
    if letter == "z":
        if dense:
            return (f"{s['w']} {before} + {s['b']}", f"{s['w']}{before} + {s['b']}", f"{s['w']}{before}+{s['b']}")
        return (f"conv({before}, {s['w']}) + {s['b']}", f"conv({before},{s['w']})+{s['b']}", "conv + b", "conv")
    if letter == "A":
        if dense:
            return (f"softmax({s['z']})", "softmax") if softmax else (f"σ({s['z']})",)
        return (f"relu({s['z']})", "relu")
    texts = {
        "x": ("the image",),
        "P": (f"maxpool({s['A']})", "maxpool", "pool"),
        "F": (f"flatten({display_name(f'P{blocks}')})", "flatten"),
        "L": _loss(blocks, softmax),
        "w": ("kernels",) if not dense else ("weights",),
    }
    return texts.get(letter, ())


def _loss(blocks: int, softmax: bool) -> tuple[str, ...]:
    output = display_name(f"A{blocks + 1}")
    if softmax:
        return (f"−log {output}[y]",)
    return (f"−y log {output} − (1−y) log(1−{output})",)


def _derivative(
    letter: str, own: int, s: Mapping[str, str], *, before: str, blocks: int, softmax: bool
) -> tuple[str, ...]:
    dense, last = own == blocks + 1, blocks + 1
    z, A, P = (f"∂L/∂{s[part]}" for part in "zAP")
    following, kernels = display_name(f"dz{own + 1}"), display_name(f"w{own + 1}")
    weights = display_name(f"w{last}")
    inner = {
        "z": (f"{A} ⊙ [{s['z']}>0]", f"⊙ [{s['z']}>0]", f"[{s['z']}>0]"),
        "A": (f"{P} to the maxima", "to the maxima", "→ max"),
        "P": (f"full conv({following}, {kernels})", f"conv({following})", "full conv"),
        "F": (f"{weights}ᵀ {display_name(f'dz{last}')}", f"{weights}ᵀ∂L/∂z"),
        "w": (f"conv({before}, {z})", f"conv({before},{z})"),
        "b": (f"sum of {z}", "sum"),
    }
    if letter == "P" and own == blocks:
        return "reshape(∂L/∂F)", "reshape"
    outer = {
        "z": (f"{s['A']} − y",),
        "A": (f"−1/{s['A']}[y]",) if softmax else (f"({s['A']}−y) / {s['A']}(1−{s['A']})",),
        "w": (f"{z} · {before}ᵀ", f"{z} {before}ᵀ"),
        "b": (z,),
    }
    return outer[letter] if dense else inner[letter]


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
