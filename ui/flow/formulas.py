"""How each array comes about: its formula, shorter writings of the same, and one word where no formula has room."""

from __future__ import annotations

from collections.abc import Mapping

from ui.number_format import display_name

__all__ = ["about", "formulas", "operation"]


def formulas(
    name: str, blocks: int, softmax: bool, *, of_batch: bool = False, label: int | None = None
) -> tuple[str, ...]:
    """The formula of an array, then shorter writings of it, each whole and true; () for what is given.

    of_batch: of m samples, whose loss is their mean: the 1/m is in ∂L/∂z of the output and all that follows from it,
    and sums go over the samples too. label: the y of the one sample, by which L and ∂L/∂A of a sigmoid are shorter.
    """
    letter, number = name.removeprefix("d")[0], name.removeprefix("d")[1:]
    own = int(number) if number else 0
    before = "X" if own == 1 else display_name("F" if own == blocks + 1 else f"P{own - 1}")
    s = {part: display_name(f"{part}{number}") for part in "zAPwb"}
    if name.startswith("d"):
        derivative = _output_derivative if own == blocks + 1 else _derivative
        return derivative(letter, own, s, before=before, blocks=blocks, softmax=softmax, of_batch=of_batch, label=label)
    if letter == "L":
        return _loss(display_name(f"A{blocks + 1}"), softmax, of_batch, label)
    return _value(letter, s, before=before, dense=own == blocks + 1, blocks=blocks, softmax=softmax)


def operation(name: str, blocks: int) -> tuple[str, ...]:
    """What makes an array in a word or two, longest first; of a given array what it is."""
    letter, number = name.removeprefix("d")[0], name.removeprefix("d")[1:]
    if name.startswith("d"):
        inner = ("reshape",) if number == str(blocks) else ("full conv",)
        by_weights = f"by {display_name(f'w{blocks + 1}')}ᵀ"
        return {"z": ("ReLU gate", "gate"), "A": ("to maxima", "to max"), "P": inner, "F": (by_weights,)}.get(
            letter, ()
        )
    dense = number == str(blocks + 1)
    words = {"x": "the image", "z": "conv", "A": "relu", "P": "pool", "F": "flatten"}
    given = {"w": ("weights",) if dense else ("kernels",)}
    return (words[letter],) if letter in words else given.get(letter, ())


def about(name: str, blocks: int) -> str:
    """A sentence on what is easily misunderstood about the operation that makes an array; '' for most."""
    letter, number = name.removeprefix("d")[0], name.removeprefix("d")[1:]
    own = int(number) if number else 0
    if own > blocks:
        return ""
    kernels = display_name(f"w{own + 1}" if letter == "P" else f"w{own}")
    if name[0] == "z":
        return f"conv slides {kernels} as it stands, without turning it: the field's convolution is cross-correlation."
    if name.startswith("dP") and own < blocks:
        return f"full conv turns {kernels} by 180° and reaches beyond the border, since it undoes the sliding."
    if name.startswith("dw"):
        return f"conv slides {display_name(f'dz{own}')} over what {kernels} has read, without turning it."
    return ""


def _value(
    letter: str, s: Mapping[str, str], *, before: str, dense: bool, blocks: int, softmax: bool
) -> tuple[str, ...]:
    if letter == "z" and dense:
        return f"{s['w']} {before} + {s['b']}", f"{s['w']}{before} + {s['b']}", f"{s['w']}{before}+{s['b']}"
    pooled = display_name(f"P{blocks}")
    output = "softmax" if softmax else "σ"
    texts = {
        "z": (f"conv({before}, {s['w']}) + {s['b']}", f"{before} ∗ {s['w']} + {s['b']}", f"{before}∗{s['w']}+{s['b']}"),
        "A": (f"{output if dense else 'relu'}({s['z']})",),
        "P": (f"maxpool({s['A']})", f"pool({s['A']})"),
        "F": (f"flatten({pooled})",),
    }
    return texts.get(letter, ())


def _loss(output: str, softmax: bool, of_batch: bool, label: int | None) -> tuple[str, ...]:
    whole = f"−log {output}[y]" if softmax else f"−y log {output} − (1−y) log(1−{output})"
    if of_batch:
        return (f"1/m Σ {whole}" if softmax else f"1/m Σ [{whole}]",)
    if softmax or label is None:
        return (whole,)
    return whole, f"−log {output}" if label == 1 else f"−log(1−{output})"


def _output_derivative(
    letter: str,
    _own: int,
    s: Mapping[str, str],
    *,
    before: str,
    blocks: int,
    softmax: bool,
    of_batch: bool,
    label: int | None,
) -> tuple[str, ...]:
    del blocks
    z, a, add = f"∂L/∂{s['z']}", s["A"], "Σ " if of_batch else ""
    if letter == "A":
        slope, times_m = f"{a}(1−{a})", "m·" if of_batch else ""
        if softmax:
            return (f"−1/({times_m}{a}[y])" if of_batch else f"−1/{a}[y]",)
        whole = f"({a}−y) / ({times_m}{slope})" if of_batch else f"({a}−y) / ({slope})"
        return (whole,) if label is None else (whole, f"−1/{a}" if label == 1 else f"1/(1−{a})")
    return {
        "z": (f"({a} − y)/m",) if of_batch else (f"{a} − y", f"{a}−y"),
        "w": (f"{add}{z} · {before}ᵀ", f"{add}{z} {before}ᵀ"),
        "b": (f"{add}{z}",),
    }[letter]


def _derivative(
    letter: str,
    own: int,
    s: Mapping[str, str],
    *,
    before: str,
    blocks: int,
    softmax: bool,
    of_batch: bool,
    label: int | None,
) -> tuple[str, ...]:
    del softmax, label
    z, A, P = (f"∂L/∂{s[part]}" for part in "zAP")
    add, weights, logits = "Σ " if of_batch else "", display_name(f"w{blocks + 1}"), display_name(f"dz{blocks + 1}")
    following, kernels = display_name(f"dz{own + 1}"), display_name(f"w{own + 1}")
    handed = ("reshape(∂L/∂F)",) if own == blocks else (f"full conv({following}, {kernels})",)
    over = "samples and positions" if of_batch else "positions"
    return {
        "z": (f"{A} ⊙ [{s['z']}>0]", f"{A}⊙[{s['z']}>0]"),
        "A": (f"{P} to the maxima", f"{P} → max"),
        "P": handed,
        "F": (f"{weights}ᵀ {logits}", f"{weights}ᵀ{logits}"),
        "w": (f"{add}conv({before}, {z})", f"{add}conv({before},{z})", f"{add}{before}∗{z}"),
        "b": (f"Σ {z} over {over}", f"Σ {z}"),
    }[letter]
