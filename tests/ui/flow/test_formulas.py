"""How arrays are said to come about: always by something true, however little room there is."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from core.losses import BinaryCrossEntropy
from core.network import build_network
from core.trace import trace
from tests.ui.flow.snapshots import SETTINGS, snapshot_of
from tests.ui.flow.views import view_of
from ui.flow.formulas import about, formulas, operation
from ui.number_format import display_name

NAME = re.compile(r"(?:∂L/∂)?[zAPwbF][₁₂₃₄]?|X")
EACH = pytest.mark.parametrize("name", SETTINGS)


def is_softmax(name: str) -> bool:
    return snapshot_of(name).trace.activation == "softmax"


@EACH
@pytest.mark.parametrize("label", [None, 0, 1])
def test_a_shorter_formula_names_all_that_the_full_one_does(name: str, label: int | None) -> None:
    trace = snapshot_of(name).trace
    for array in trace.arrays:
        full, *shorter = formulas(array, trace.blocks, is_softmax(name), label=label) or ("",)
        for text in shorter:
            assert set(NAME.findall(text)) == set(NAME.findall(full)), array
            assert len(text) <= len(full)


@EACH
def test_every_array_has_a_formula_or_is_given(name: str) -> None:
    trace = snapshot_of(name).trace
    for array in trace.arrays:
        texts = formulas(array, trace.blocks, is_softmax(name))
        assert bool(texts) != (array in ("x", *trace.parameter_names))
        assert texts or operation(array, trace.blocks) or array.startswith("b")


@pytest.mark.parametrize("label", [0, 1])
def test_the_short_formulas_of_a_label_give_the_numbers_of_the_pass(label: int) -> None:
    network = build_network((1, 12, 12), 3, (2,), 1, 4)
    x = np.random.default_rng(1).random((1, 1, 12, 12), dtype=np.float32)
    found = trace(network, BinaryCrossEntropy(), x, np.array([label]))
    known = {"A": float(found.A2[0, 0]), "log": math.log}
    for name in ("L", "dA2"):
        written = (
            formulas(name, 1, False, label=label)[-1].replace("A₂", "A").replace("−", "-").replace("log A", "log(A)")
        )
        assert eval(written, known) == pytest.approx(found.arrays[name].item(), rel=1e-5)


def test_of_a_batch_the_formulas_carry_the_1_over_m() -> None:
    network = build_network((1, 12, 12), 3, (2,), 1, 4)
    rng = np.random.default_rng(1)
    y = np.array([0, 1, 1, 0, 1])
    found = trace(network, BinaryCrossEntropy(), rng.random((5, 1, 12, 12), dtype=np.float32), y)
    written = {name: formulas(name, 1, False, of_batch=True)[0] for name in found.backward_names}
    assert (written["dA2"], written["dz2"]) == ("(A₂−y) / (m·A₂(1−A₂))", "(A₂ − y)/m")
    A, column = found.A2, y[:, np.newaxis]
    np.testing.assert_allclose(found.dA2, (A - column) / (5 * A * (1 - A)), rtol=1e-4)
    np.testing.assert_allclose(found.dz2, (A - column) / 5, rtol=1e-5, atol=1e-7)
    assert (written["dw2"], written["db2"]) == ("Σ ∂L/∂z₂ · Fᵀ", "Σ ∂L/∂z₂")
    np.testing.assert_allclose(found.db2, found.dz2.sum(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.dw2, found.dz2.T @ found.F, rtol=1e-4, atol=1e-6)
    assert (written["dw1"], written["db1"]) == ("Σ conv(X, ∂L/∂z₁)", "Σ ∂L/∂z₁ over samples and positions")
    np.testing.assert_allclose(found.db1, found.dz1.sum(axis=(0, 2, 3)), rtol=1e-4, atol=1e-6)
    assert formulas("L", 1, False, of_batch=True) == ("1/m Σ [−y log A₂ − (1−y) log(1−A₂)]",)


@EACH
@pytest.mark.parametrize("size", [(560, 420), (780, 520), (1150, 720)])
def test_the_maps_of_a_row_are_all_written_with_the_sign_of_equality_or_all_without(
    qtbot, name: str, size: tuple[int, int]
) -> None:
    view = view_of(qtbot, name, size)
    blocks = snapshot_of(name).trace.blocks
    for start in ("", "d"):
        tiles = [view.flow_layout.tiles[f"{start}{letter}{n}"] for letter in "zA" for n in range(1, blocks + 1)]
        captions = [
            next(
                (
                    text
                    for text, _, room in view.painted.texts
                    if room.y > tile.caption.y and tile.caption.contains(room.x, room.y)
                ),
                "",
            )
            for tile in tiles
        ]
        assert any(captions)
        assert len({text.startswith("=") for text in captions if text}) <= 1, captions


def test_what_is_easily_misunderstood_of_a_convolution_is_said_where_one_points() -> None:
    assert "cross-correlation" in about("z1", 1)
    assert about("dP1", 2).startswith("full conv turns w₂ by 180°")
    assert about("dP2", 2) == about("A1", 2) == about("z3", 2) == ""
    assert display_name("dz1") in about("dw1", 2)
