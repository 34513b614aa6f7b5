"""One cell's working, as text and as LaTeX."""

from __future__ import annotations

import re

import numpy as np
import pytest
from latex2mathml.converter import convert

from core.explain import explain
from playground.notation.latex import latex_of
from playground.notation.numbers import term_number
from playground.take_home.working import working
from tests.ui.flow.snapshots import SETTINGS, snapshot_of

NETWORKS = ["four filters", "two blocks, ten classes", "blackboard 5x5"]


def cells(name: str, count: int = 6):
    """Some cells of every array of a network: (array, index with the batch axis)."""
    trace = snapshot_of(name).trace
    random = np.random.default_rng(1)
    for array, values in trace.arrays.items():
        flat = random.choice(max(1, values.size), min(count, values.size), replace=False)
        for place in flat:
            yield array, tuple(int(axis) for axis in np.unravel_index(place, values.shape)) if values.ndim else ()


@pytest.mark.parametrize("name", NETWORKS)
def test_a_working_ends_in_the_engine_s_number(name: str) -> None:
    trace = snapshot_of(name).trace
    for array, index in cells(name):
        lines = working(trace, array, index, 4).text().splitlines()
        results = [line for line in lines if "= " in line]
        assert results[-1].endswith(f"= {term_number(float(trace.arrays[array][index]), 4)}")


def test_the_terms_of_a_small_cell_sum_to_it() -> None:
    trace = snapshot_of("blackboard 3x3").trace
    text = working(trace, "dw1", (0, 0, 1, 0), 8).text().replace("−", "-").replace("·", "*")
    numbers = [line.removeprefix("=") for line in text.splitlines()[1:] if not re.search("[A-Za-z]{2}|∂|Σ", line)]
    first, last = eval(numbers[0]), float(numbers[-1])
    assert first == pytest.approx(last, abs=1e-6)
    assert last == pytest.approx(float(trace.dw1[0, 0, 1, 0]), abs=1e-6)


def test_many_terms_are_counted_and_their_sum_is_written() -> None:
    trace = snapshot_of("four filters").trace
    found = explain(trace, "dw1", (2, 0, 1, 3))
    text = working(trace, "dw1", (2, 0, 1, 3), 4, most=3).text()
    rest = found.largest(3)
    nonzero = int(np.count_nonzero(found.products))
    assert f"+ {nonzero - 3} more, which come to {term_number(rest.more_sum)}" in text
    assert f"+ {found.count - nonzero} terms that are 0" in text
    assert text.startswith("∂L/∂w₁[2][1,3] = Σ ∂L/∂z₁[2][i,j]·X[i+1,j+3]")


def test_pooling_shows_its_candidates_and_a_closed_gate_its_reason() -> None:
    trace = snapshot_of("four filters").trace
    assert "= max(" in working(trace, "P1", (0, 1, 2, 3), 4).text()
    shut = tuple(int(place) for place in np.argwhere(trace.z1 <= 0)[0])
    assert "≤ 0" in working(trace, "dz1", shut, 4).text()


@pytest.mark.parametrize("name", SETTINGS)
def test_the_latex_of_every_array_is_mathematics(name: str) -> None:
    trace = snapshot_of(name).trace
    for array, index in cells(name, 2):
        for left, right in working(trace, array, index, 4, most=6).rows:
            for part in (left, right):
                latex = latex_of(part)
                assert latex.isascii(), latex
                assert latex.count("{") == latex.count("}")
                assert not part or convert(latex).startswith("<math")


@pytest.mark.parametrize(
    ("plain", "latex"),
    [
        ("∂L/∂w₁[2][1,3]", r"\frac{\partial L}{\partial w_{1}[2][1,3]}"),
        ("∂P₁/∂A₁", r"\frac{\partial P_{1}}{\partial A_{1}}"),
        ("(−0.25)·1.2e−5", r"(-0.25) \cdot 1.2\cdot 10^{-5}"),
        ("1/(1 + e^−z₂)", "1/(1 + e^{-z_{2}})"),
        ("NaN + ∞", r"\mathrm{NaN} + \infty"),
    ],
)
def test_the_window_s_writing_in_latex(plain: str, latex: str) -> None:
    assert latex_of(plain) == latex
