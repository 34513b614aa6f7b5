"""Every cell of every picture in the chain is a cell of the trace, with its number; pointed at, it is explained."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.chain import chain
from tests.ui.explain.hands import click, leave, mouse
from tests.ui.flow.snapshots import snapshot_of
from tests.ui.in_the_window import move_to, opened
from ui.cell_ref import CellRef, cell_value
from ui.chain.picture import array_picture, factor_picture
from ui.chain.pointing import cell_at_number, numbered_array, numbered_factor
from ui.main_window import MainWindow

NETWORKS = ["four filters", "two blocks, ten classes", "three blocks", "lecture 5x5", "colours, two blocks"]
FILTERS = (1, 2, 0)
ROUTES = ("maxpool", "relu")
"""Kinds whose pictures are masks over an array, not its numbers."""


@pytest.mark.parametrize("name", NETWORKS)
def test_each_cell_of_a_factor_is_the_cell_of_the_trace_with_its_number(name: str) -> None:
    trace = snapshot_of(name).trace
    for parameter in trace.parameter_names:
        for factor in chain(trace, parameter):
            picture = factor_picture(factor, trace, FILTERS)
            if picture.cells is None or factor.kind == "softmax":
                continue
            array, numbers = numbered_factor(factor, trace, FILTERS)
            for place in np.ndindex(picture.cells.shape):
                ref = cell_at_number(trace, array, int(numbers[place]))
                assert ref is not None
                shown = float(picture.cells[place])
                if factor.kind == "relu":
                    assert shown == float(cell_value(trace, ref) > 0)
                elif factor.kind == "flatten":
                    assert ref == CellRef("F", (int(shown),))
                elif factor.kind not in ROUTES:
                    assert shown == cell_value(trace, ref), (factor.kind, ref)


@pytest.mark.parametrize("name", NETWORKS)
def test_each_cell_of_a_product_is_the_cell_of_the_trace_with_its_number(name: str) -> None:
    trace = snapshot_of(name).trace
    for array in trace.backward_names:
        picture = array_picture(trace, array, FILTERS)
        for place in np.ndindex((1, 1, 1) if picture.cells is None else picture.cells.shape):
            shown = picture.number if picture.cells is None else float(picture.cells[place])
            _, numbers = numbered_array(trace, array, FILTERS)
            assert shown == cell_value(trace, cell_at_number(trace, array, int(numbers[place]))), array


def test_what_is_no_cell_of_the_trace_is_none() -> None:
    trace = snapshot_of("four filters").trace
    bias = chain(trace, "b1")[-1]
    assert numbered_factor(bias, trace, FILTERS) is None
    assert cell_at_number(trace, "x", -1) is None


# --- in the window ---------------------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    made = opened(qtbot, make_window(), (1440, 900))
    QTest.keyClick(made, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: len(made.chain_panel.factors) == 7)
    return made


def test_a_cell_of_a_factor_under_the_mouse_is_outlined_in_the_flow_with_what_makes_it(window: MainWindow) -> None:
    flow = window.flow_panel
    card = next(card for card in window.chain_panel.row.cards if card.text().endswith("∂z₁"))
    card.grab()  # places its picture
    move_to(card, card.cell_place(0, 7, 9).toPoint())
    light = flow.linker.spotlight()
    assert light.ref == CellRef("z1", (0, 7, 9))
    assert {mark.name for mark in flow.view._overlay.marks} == {"x", "w1", "b1", "A1", "dz1"}
    assert flow.strip.lines()[0].startswith("z₁[0][7,9]")
    move_to(card, QPoint(2, 2))
    assert flow.linker.spotlight() is None
    assert not flow.view._overlay.marks


def test_a_cell_of_the_product_under_the_mouse_is_explained_until_the_mouse_leaves(window: MainWindow) -> None:
    flow, picture = window.flow_panel, window.chain_panel.detail.picture
    move_to(picture, picture.rect().center())
    ref = flow.linker.spotlight().ref
    assert ref.name == "dw1"
    assert ref.index[:2] == (0, 0)
    assert flow.strip.lines()[0].startswith("∂L/∂w₁[0]")
    picture.leaveEvent(QEvent(QEvent.Type.Leave))
    assert flow.linker.spotlight() is None


def test_a_cell_that_is_pointed_at_in_the_flow_is_outlined_in_the_pictures_with_what_makes_it(
    window: MainWindow,
) -> None:
    flow, panel = window.flow_panel, window.chain_panel
    mouse(flow.view, "z1", (0, 7, 9))
    marked = {card.text(): card.marks for card in panel.row.cards}
    gate = next(marks for text, marks in marked.items() if text.endswith("∂z₁"))
    assert [np.argwhere(mark.cells).tolist() for mark in gate] == [[[0, 7, 9]]]
    windows = next(marks for text, marks in marked.items() if text.endswith("∂w₁"))
    # each tap of the kernel has seen the window's pixels somewhere; tap (0, 0) at the place of the cell itself
    assert windows[0].cells[0][7, 9]
    assert {mark.color for mark in windows} == {window.theme_choice.theme.source}
    leave(flow.view)
    assert all(card.marks == () for card in panel.row.cards)


def test_a_pinned_cell_stays_outlined_in_the_product_while_training(qtbot: QtBot, window: MainWindow) -> None:
    click(window.flow_panel.view, "dw1", (0, 0, 1, 3))
    picture = window.chain_panel.detail.picture
    before = window._shown.step
    window.worker.train(20)
    qtbot.waitUntil(lambda: window._shown.step >= before + 20)
    leave(window.flow_panel.view)
    assert [np.argwhere(mark.cells).tolist() for mark in picture.marks] == [[[0, 1, 3]]]
    picture.grab()
