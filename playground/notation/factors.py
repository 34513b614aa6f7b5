"""How factors are written: in LaTeX for the typesetter, in plain signs for cards, tooltips and screen readers."""

from __future__ import annotations

import re

from core.chain import ChainFactor
from playground.notation.names import display_name

__all__ = [
    "derivative_latex",
    "fraction_latex",
    "fraction_text",
    "in_notation",
    "joined_by",
    "name_latex",
    "value_latex",
    "value_text",
]


def name_latex(name: str) -> str:
    """'z1' → 'z_{1}', 'x' → 'X'."""
    return "X" if name == "x" else f"{name[0]}_{{{name[1:]}}}" if name[1:] else name


def fraction_latex(numerator: str, denominator: str) -> str:
    r"""'\frac{\partial A_{2}}{\partial z_{2}}' for ("A2", "z2")."""
    return rf"\frac{{\partial {name_latex(numerator)}}}{{\partial {name_latex(denominator)}}}"


def derivative_latex(name: str) -> str:
    """∂L/∂z₁ for "dz1"."""
    return fraction_latex("L", name[1:])


def fraction_text(factor: ChainFactor) -> str:
    """'∂A₂/∂z₂'."""
    return f"∂{display_name(factor.numerator)}/∂{display_name(factor.denominator)}"


def value_latex(factor: ChainFactor) -> str:
    """What the factor is equal to."""
    over, under = name_latex(factor.numerator), name_latex(factor.denominator)
    weight = name_latex(f"w{factor.numerator[1:]}")
    classes = factor.shape[-1]
    return {
        "loss": rf"\frac{{{under} - y}}{{{under}(1 - {under})}}" if classes == 1 else rf"-\frac{{1}}{{{under}[y]}}",
        "sigmoid": rf"{over}(1 - {over})",
        "softmax": rf"\mathrm{{diag}}({over}) - {over}{over}^{{T}}",
        "dense input": weight,
        "flatten": r"\mathrm{reshape}",
        "maxpool": rf"[{under} = \max]",
        "relu": rf"[{under} > 0]",
        "convolution input": weight,
        "dense weight": r"F^{T}",
        "convolution weight": rf"{name_latex(_read_by(factor))}\ \mathrm{{windows}}",
        "dense bias": "1",
        "convolution bias": "1",
    }[factor.kind]


def _of_loss(factor: ChainFactor, output: str) -> str:
    if factor.shape[-1] > 1:
        return f"−1/{output}[y]"
    if factor.values.size == 1 and factor.values.item():
        # of one sample y is known by the sign: (A−y)/(A(1−A)) is either of these
        return f"1/(1−{output})" if factor.values.item() > 0 else f"−1/{output}"
    return f"({output}−y) / ({output}(1−{output}))"


def value_text(factor: ChainFactor) -> str:
    """The same in plain signs, short enough for a card."""
    over, under = display_name(factor.numerator), display_name(factor.denominator)
    weight = display_name(f"w{factor.numerator[1:]}")
    return {
        "loss": _of_loss(factor, under),
        "sigmoid": f"{over}(1−{over})",
        "softmax": "Jacobian",
        "dense input": weight,
        "flatten": "reshape",
        "maxpool": "winner mask",
        "relu": f"[{under} > 0]",
        "convolution input": f"kernels {weight}",
        "dense weight": "features F",
        "convolution weight": f"{display_name(_read_by(factor))} windows",
        "dense bias": "sum",
        "convolution bias": "sum",
    }[factor.kind]


def joined_by(factor: ChainFactor) -> tuple[str, str]:
    """The sign between the product so far and a factor, and in words what it means; ("", "") before the first."""
    return {
        "loss": ("", ""),
        "sigmoid": ("·", "· number"),
        "softmax": ("·", "· matrix"),
        "dense input": ("·ᵀ", "·ᵀ matrix"),
        "flatten": ("→", "→ reshape"),
        "maxpool": ("⊙", "⊙ mask"),
        "relu": ("⊙", "⊙ mask"),
        "convolution input": ("∗", "∗ conv"),
        "dense weight": ("·ᵀ", "·ᵀ matrix"),
        "convolution weight": ("∗", "∗ conv"),
        "dense bias": ("Σ", "Σ samples"),
        "convolution bias": ("Σ", "Σ positions"),
    }[factor.kind]


def in_notation(sentence: str) -> str:
    """The engine's names of arrays as the field writes them: 'P1' → 'P₁', 'x' → 'X'."""
    return re.sub(r"\b(?:[zAPwb]\d|x)\b", lambda name: display_name(name[0]), sentence)


def _read_by(factor: ChainFactor) -> str:
    """The array that a convolution read: the last of what its weights' factor touches."""
    return factor.touches[-1]
