r"""The plain writing of the window in LaTeX: '∂L/∂w₁[2][1,3]' → '\frac{\partial L}{\partial w_{1}[2][1,3]}'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

__all__ = ["aligned", "latex_of", "matrix_latex"]

_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_CELL = r"[A-Za-z][₀-₉]*(?:\[[^\]\s>]*\])*"
_SIGNS = {
    "Σ": r"\sum ", "·": r" \cdot ", "−": "-", "…": r"\ldots ", "σ": r"\sigma", "η": r"\eta ", "×": r" \times ",
    "∞": r"\infty ", "≤": r"\le ", "←": r"\leftarrow ", "→": r"\to ", "⊙": r" \odot ", "⋯": r"\cdots ", "ᵀ": "^{T}",
    "½": r"\tfrac{1}{2}", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_", "\u202f": r"\,",
}  # fmt: skip
_FUNCTIONS = {"max": r"\max ", "log": r"\log ", "diag": r"\mathrm{diag}", "NaN": r"\mathrm{NaN}"}


def _power_of_ten(number: str, sign: str, power: str) -> str:
    return rf"{number}\cdot 10^{{{'-' if sign in ('−', '-') else ''}{power}}}"


_TOKENS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        rf"∂({_CELL})/∂({_CELL})",
        lambda found: rf"\frac{{\partial {latex_of(found[1])}}}{{\partial {latex_of(found[2])}}}",
    ),
    (rf"e\^([−-]?{_CELL}|\([^)]*\))", lambda found: f"e^{{{latex_of(found[1])}}}"),
    (r"(\d(?:\.\d+)?)e([+−-]?)0*(\d+)", lambda found: _power_of_ten(found[1], found[2], found[3])),
    (r"([A-Za-z])([₀-₉]+)", lambda found: f"{found[1]}_{{{found[2].translate(_DIGITS)}}}"),
    (r" {3,}", lambda _found: r"\quad "),
    (r"[A-Za-z]{2,}(?: [A-Za-z]{2,})*", lambda found: _FUNCTIONS.get(found[0], rf"\text{{ {found[0]} }}")),
    ("|".join(map(re.escape, _SIGNS)), lambda found: _SIGNS[found[0]]),
)  # fmt: skip
_TOKEN = re.compile("|".join(f"(?P<t{place}>{pattern})" for place, (pattern, _) in enumerate(_TOKENS)))


def latex_of(text: str) -> str:
    """A formula, a cell or a number in the window's writing, as LaTeX for mathematics."""
    return re.sub(r"  +", " ", _TOKEN.sub(_written, text)).strip()


def _written(found: re.Match[str]) -> str:
    kind = found.lastgroup
    for place, (pattern, write) in enumerate(_TOKENS):
        if kind == f"t{place}" or found[f"t{place}"] is not None:
            inner = re.fullmatch(pattern, found[0])
            assert inner is not None
            return write(inner)
    raise AssertionError("one of the kinds matched")


def aligned(rows: Iterable[tuple[str, str]]) -> str:
    """Rows of (left, right), both LaTeX, one under the other at the sign between them."""
    return "\\begin{aligned}\n" + " \\\\\n".join(f"{left} &{right}" for left, right in rows) + "\n\\end{aligned}"


def matrix_latex(rows: Sequence[Sequence[str]]) -> str:
    """Numbers in the window's writing as a matrix."""
    lines = r" \\ ".join(" & ".join(latex_of(number) for number in row) for row in rows)
    return rf"\begin{{bmatrix}} {lines} \end{{bmatrix}}"
