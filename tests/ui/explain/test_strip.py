"""The two lines beneath the flow view say what the engine computed, in whatever room there is."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from core.explain import explain
from tests.ui.explain.hands import leave, mouse, panel_of
from tests.ui.flow.snapshots import SETTINGS, snapshot_of, with_array
from ui.cell_ref import CellRef
from ui.explain.notation import ref_of
from ui.flow.panel import FlowPanel
from ui.number_format import display_name, term_number

_NUMBER = r"−?\d+(?:\.\d+)?(?:e[−+]\d+)?"


def number(text: str) -> float:
    return float(text.replace("−", "-").replace("\u202f", ""))


@pytest.mark.parametrize("name", ["four filters", "two blocks, ten classes", "blackboard 5x5"])
def test_every_array_ends_with_the_value_of_the_engine(qtbot: QtBot, name: str) -> None:
    panel = panel_of(qtbot, name)
    record = panel.view.snapshot.trace
    for array, values in record.arrays.items():
        index = tuple(side // 2 for side in values.shape)
        panel.linker.hover(ref_of(array, index))
        said = panel.strip.lines()[1]
        shown = term_number(float(values[index]), 4)
        assert f"= {shown}" in said, (array, said)


def test_each_tile_answers_the_mouse(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    for name, part in list(panel.view.flow_layout.cells()):
        mouse(panel.view, name, part.index(part.rows - 1, 0))
        assert panel.linker.hovered.name == name
        assert panel.strip.lines()[0].split("[")[0].split(" ")[0]


def test_the_shown_terms_and_the_rest_sum_to_the_value(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, size=(1100, 700))
    panel.set_decimals(8)
    mouse(panel.view, "dw1", (0, 0, 1, 2))
    head, value = panel.strip.lines()[1].removeprefix("= ").rsplit(" = ", 1)
    *products, rest = head.split(" + ")
    products = [product for product in products if product != "…"]
    total = sum(float(np.prod([number(part.strip("()")) for part in product.split("·")])) for product in products)
    left = number(re.search(rf"\(({_NUMBER})\)", rest)[1])
    assert total + left == pytest.approx(number(value), abs=2e-7)
    found = explain(panel.view.snapshot.trace, "dw1", (0, 0, 1, 2))
    assert number(value) == pytest.approx(found.value, abs=1e-8)
    assert int(re.match(r"[\d\u202f]+", rest)[0].replace("\u202f", "")) == found.count - len(products)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("width", [360, 540, 780, 1150])
def test_nothing_is_cut_and_no_number_is_shortened(qtbot: QtBot, name: str, width: int) -> None:
    panel = panel_of(qtbot, name)
    panel.strip.resize(width, panel.strip.height())
    advance = QFontMetricsF(panel.strip.font()).horizontalAdvance
    for array, values in panel.view.snapshot.trace.arrays.items():
        panel.linker.hover(ref_of(array, tuple(side - 1 for side in values.shape)))
        first, second, legend = panel.strip.lines()
        room = panel.strip.width() - 18
        assert advance(first) + (advance("   " + legend) if legend else 0) <= room, first
        assert advance(second) <= room, second


def test_a_wider_strip_shows_more_terms(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "dw1", (0, 0, 1, 2))
    counts = []
    for width in (300, 600, 1200):
        panel.strip.resize(width, panel.strip.height())
        counts.append(panel.strip.lines()[1].count("·"))
    assert counts == sorted(set(counts))


def test_pooling_shows_its_candidates_and_the_winner(qtbot: QtBot) -> None:
    snapshot = snapshot_of("four filters")
    values = snapshot.trace.A1.copy()
    values[0, 0, 4:6, 6:8] = [[0.25, 0.5], [2.0, 0.125]]
    panel = panel_of(qtbot)
    panel.show_snapshot(with_array(snapshot, "A1", values))
    mouse(panel.view, "P1", (0, 2, 3))
    first, second, _ = panel.strip.lines()
    assert first == "P₁[0][2,3] = max A₁[0][4…5,6…7]"
    assert second.startswith("= max(0.2500, 0.5000, 2.0000, 0.1250) = ")
    assert second.endswith("the maximum is A₁[0][5,6]")


def test_a_closed_gate_says_why_the_derivative_is_zero(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    closed = tuple(int(place) for place in np.argwhere(panel.view.snapshot.trace.z1[0, :1] <= 0)[0])
    mouse(panel.view, "dz1", closed)
    assert re.match(r"= 0   z₁\S+ = −\S+ ≤ 0: the gate is closed", panel.strip.lines()[1])


def test_flatten_shows_the_index_travelling(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    mouse(panel.view, "F", (2 * 144 + 3 * 12 + 5,))
    first, second, _ = panel.strip.lines()
    assert first == "F[329] = P₁[2][3,5]"
    assert second.endswith("2·144 + 3·12 + 5 = 329")


def test_the_lecture_line_of_the_kernel_has_its_four_products(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, "blackboard 3x3", (1100, 560))
    mouse(panel.view, "dw1", (0, 0, 0, 1))
    assert panel.strip.lines()[0] == "∂L/∂w₁[0,1] = Σ ∂L/∂z₁[i,j]·X[i,j+1]"
    assert explain(panel.view.snapshot.trace, "dw1", (0, 0, 0, 1)).count == 4


def test_the_legend_counts_the_cells_and_those_in_maps_that_are_not_shown(qtbot: QtBot) -> None:
    panel = panel_of(qtbot, size=(1100, 600))
    mouse(panel.view, "x", (0, 10, 10))
    # 25 positions of each of four maps, and as many taps of each kernel; three of the maps are not on screen
    assert panel.strip.lines()[2] == "□ made from no cell  □ goes into 200 (75 not shown)"
    panel.all_filters.click()
    assert panel.strip.lines()[2] == "□ made from no cell  □ goes into 200"


@pytest.mark.parametrize(("name", "output"), [("four filters", 2), ("two blocks, ten classes", 3)])
def test_why_nothing_is_made_from_the_derivative_by_the_output_is_said(qtbot: QtBot, name: str, output: int) -> None:
    panel = panel_of(qtbot, name, (1100, 600))
    panel.linker.hover(CellRef(f"dA{output}", (0,)))
    z, A = display_name(f"dz{output}"), display_name(f"A{output}")
    assert panel.strip.lines()[2] == f"□ made from 1 cell   {z} = {A} − y skips it: {A}'s derivative cancels"


def test_without_a_cell_the_strip_says_how_to_choose_one(qtbot: QtBot) -> None:
    panel = panel_of(qtbot)
    hint = panel.strip.lines()[0]
    mouse(panel.view, "x", (0, 1, 1))
    leave(panel.view)
    assert panel.strip.lines()[0] == hint
    assert "Point at a cell" in hint


def test_the_strip_keeps_its_height(qtbot: QtBot) -> None:
    panel: FlowPanel = panel_of(qtbot)
    height = panel.strip.height()
    for name, index in (("L", ()), ("dw1", (0, 0, 0, 0)), ("P1", (0, 1, 1))):
        mouse(panel.view, name, index)
        assert panel.strip.sizeHint().height() == height
