"""The list of all terms: its numbers, its order, copying, following a factor back to the loss."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont, QFontMetrics, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.explain import explain
from playground.laboratory.self_check import is_close
from playground.snapshot import RunState
from tests.ui.explain.hands import click, keep, later, mouse, panel_of
from tests.ui.flow.snapshots import snapshot_of
from ui.cell_ref import CellRef
from ui.explain.terms_panel import TermsPanel, check_texts
from ui.flow.panel import FlowPanel
from ui.theme import DARK, LIGHT, Theme, name_color, number_font


def both(qtbot: QtBot, name: str = "four filters", size: tuple[int, int] = (800, 200)) -> tuple[FlowPanel, TermsPanel]:
    flow = panel_of(qtbot, name)
    panel = TermsPanel(flow.linker)
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show()
    return flow, panel


def text_at(panel: TermsPanel, row: int, column: int) -> str:
    return panel.terms.data(panel.terms.index(row, column))


def click_cell(panel: TermsPanel, row: int, column: int) -> None:
    place = panel.table.visualRect(panel.terms.index(row, column)).center()
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_every_term_of_the_engine_is_listed_largest_first(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    found = explain(flow.view.snapshot.trace, "dw1", (0, 0, 1, 2))
    assert panel.terms.rowCount() == 576
    products = [panel.terms.term(row).product for row in range(576)]
    assert sorted(products) == sorted(found.products.tolist())
    assert all(abs(a) >= abs(b) for a, b in pairwise(products))


def test_the_heading_sorts_by_place(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    heading = panel.table.horizontalHeader()
    QTest.mouseClick(heading.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(heading.sectionPosition(0) + 8, 8))
    places = [int(text_at(panel, row, 0)) for row in range(576)]
    assert places in (list(range(1, 577)), list(range(576, 0, -1)))


def test_hovering_lists_the_cell_until_one_is_pinned(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    mouse(flow.view, "z1", (0, 3, 3))
    assert panel.terms.found.name == "z1"
    click(flow.view, "dw1", (0, 0, 1, 2))
    mouse(flow.view, "z1", (0, 3, 3))
    assert panel.terms.found.name == "dw1"
    assert flow.strip.lines()[0].startswith("z₁[0][3,3]")


def test_new_numbers_keep_the_scrolled_place_and_the_selected_term(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    panel.table.selectRow(40)
    panel.table.verticalScrollBar().setValue(37)
    place, before = text_at(panel, 40, 0), panel.terms.term(40).product
    flow.show_snapshot(replace(later(snapshot_of("four filters")), state=RunState.TRAINING))
    qtbot.waitUntil(lambda: panel.terms.term(40).product != before)
    assert panel.table.verticalScrollBar().value() == 37
    assert panel.table.selected_rows() == [40]
    assert text_at(panel, 40, 0) == place


def test_while_paused_the_order_is_made_anew_and_the_selected_term_moves_with_it(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    panel.table.selectRow(5)
    place = text_at(panel, 5, 0)
    following = later(snapshot_of("four filters"))
    flow.show_snapshot(following)
    qtbot.waitUntil(lambda: panel._step == following.step)
    sizes = [abs(panel.terms.term(row).product) for row in range(576)]
    assert sizes == sorted(sizes, reverse=True)
    assert [text_at(panel, row, 0) for row in panel.table.selected_rows()] == [place]


def test_ctrl_c_copies_the_selected_terms_with_tabs(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    panel.table.selectRow(0)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    heading, row = QGuiApplication.clipboard().text().splitlines()
    assert heading.split("\t") == ["#", "factor", "number", "factor", "number", "product"]
    parts = row.split("\t")
    assert float(parts[5]) == pytest.approx(float(parts[2]) * float(parts[4]), rel=1e-6)


def test_copy_all_copies_every_term_and_they_sum_to_the_value(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "z2", (0,))
    QTest.mouseClick(panel.copy_all, Qt.MouseButton.LeftButton)
    rows = QGuiApplication.clipboard().text().splitlines()[1:]
    assert len(rows) == 577
    total = sum(float(row.split("\t")[-1]) for row in rows)
    assert total == pytest.approx(float(flow.view.snapshot.trace.z2[0, 0]), rel=1e-5, abs=1e-6)


def test_factors_lead_back_to_the_loss_and_back_again(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))
    chain = ["dw1"]
    for column in (1, 3, 3, 1, 3):
        click_cell(panel, 0, column)
        chain.append(panel.terms.found.name)
    assert chain == ["dw1", "dz1", "dA1", "dP1", "dF", "dz2"]
    assert len(flow.linker.pins) == 1
    QTest.mouseClick(panel.back, Qt.MouseButton.LeftButton)
    assert panel.terms.found.name == chain[-2]
    panel.activateWindow()
    panel.table.setFocus()
    qtbot.waitUntil(panel.table.hasFocus)
    QTest.keyClick(panel.table, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert panel.terms.found.name == chain[-1]
    for _ in chain[1:]:
        panel.back.click()
    assert panel.terms.found.name == "dw1"
    assert not panel.back.isEnabled()


def test_following_a_factor_of_a_filter_that_is_not_shown_shows_it(qtbot: QtBot) -> None:
    flow, _ = both(qtbot)
    flow.linker.follow(CellRef("dz1", (2, 4, 4)))
    assert flow.view.chosen_filters == (2,)
    assert not flow.view.place_of(CellRef("dz1", (2, 4, 4))).isEmpty()


@pytest.mark.parametrize("name", ["four filters", "two blocks, ten classes", "blackboard 5x5"])
def test_the_check_holds_for_a_cell_of_every_array(name: str) -> None:
    record = snapshot_of(name).trace
    for array, values in record.arrays.items():
        found = explain(record, array, tuple(side // 2 for side in values.shape))
        assert is_close(found), array


def test_the_check_finds_a_sum_that_is_not_the_value() -> None:
    found = explain(snapshot_of("four filters").trace, "dw1", (0, 0, 1, 2))
    wrong = replace(found, value=found.value + 0.01)
    assert not is_close(wrong)
    assert "0.01000 apart" in check_texts(wrong)[0]
    assert "rounding" not in check_texts(wrong)[0]


def test_a_pin_is_chosen_and_taken_away_with_the_mouse_and_with_keys(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    for index in ((0, 0, 0, 0), (0, 0, 1, 1), (0, 0, 2, 2)):
        keep(flow.view, "dw1", index)
    first, second, third = flow.linker.pins
    QTest.mouseClick(panel.pins, Qt.MouseButton.LeftButton, pos=panel.pins.row_rect(0).center())
    assert flow.linker.active is first
    QTest.keyClick(panel.pins, Qt.Key.Key_Down)
    assert flow.linker.active is second
    QTest.mouseClick(panel.pins, Qt.MouseButton.LeftButton, pos=panel.pins.cross_rect(2).center())
    assert third not in flow.linker.pins
    QTest.keyClick(panel.pins, Qt.Key.Key_Delete)
    assert flow.linker.pins == (first,)


@pytest.mark.parametrize("size", [(546, 120), (790, 150), (1150, 240)])
def test_nothing_is_cut_at_the_sizes_of_the_window(qtbot: QtBot, size: tuple[int, int]) -> None:
    flow, panel = both(qtbot, size=size)
    click(flow.view, "dw1", (0, 0, 1, 2))
    panel.grab()
    advance = panel.title.fontMetrics().horizontalAdvance
    for line in (panel.title, panel.check):
        assert line.fontMetrics().horizontalAdvance("".join(piece.text for piece in line.fitting())) <= line.width()
    for column in range(1, panel.terms.columnCount()):
        assert advance(text_at(panel, 0, column)) + 8 <= panel.table.columnWidth(column)


def test_in_a_narrow_window_the_product_stands_first_and_the_factors_keep_their_order(qtbot: QtBot) -> None:
    flow, panel = both(qtbot, size=(546, 120))
    for name, index in (
        ("dw1", (0, 0, 1, 2)),
        ("db1", (0,)),
        ("z1", (0, 5, 5)),
        ("dz1", (0, 5, 5)),
        ("dP1", (0, 2, 2)),
    ):
        click(flow.view, name, index)
        header, last = panel.table.horizontalHeader(), panel.terms.columnCount() - 1
        assert [header.logicalIndex(place) for place in range(last + 1)] == [last, *range(last)]
        place = panel.table.visualRect(panel.terms.index(0, last))
        assert panel.table.viewport().rect().contains(place)
        assert [panel.table.isColumnHidden(column) for column in range(last + 1)] == [True] + [False] * last


def test_a_window_of_1100_pixels_shows_all_of_a_term_without_scrolling_sideways(qtbot: QtBot) -> None:
    flow, panel = both(qtbot, size=(546, 120))
    for name, index in (("dw1", (0, 0, 1, 2)), ("z1", (0, 5, 5)), ("dP1", (0, 2, 2))):
        click(flow.view, name, index)
        qtbot.waitUntil(lambda: panel.table.horizontalScrollBar().maximum() == 0)
        for column in range(1, panel.terms.columnCount()):
            wanted = QFontMetrics(number_font(9)).horizontalAdvance(text_at(panel, 0, column))
            assert wanted <= panel.table.columnWidth(column), (name, column)


@pytest.mark.parametrize("width", [700, 790, 1150])
def test_the_product_is_in_view_however_long_the_names_of_the_factors_are(qtbot: QtBot, width: int) -> None:
    flow, panel = both(qtbot, size=(width, 150))
    for name, index in (("dz1", (0, 5, 5)), ("db1", (0,)), ("dw1", (0, 0, 1, 2))):
        click(flow.view, name, index)
        place = panel.table.visualRect(panel.terms.index(0, panel.terms.columnCount() - 1))
        assert panel.table.viewport().rect().contains(place), name


def test_in_a_wide_window_the_product_stands_beside_its_factors(qtbot: QtBot) -> None:
    flow, panel = both(qtbot, size=(1900, 200))
    click(flow.view, "dw1", (0, 0, 1, 2))
    last = panel.terms.columnCount() - 1
    number, product = (panel.table.visualRect(panel.terms.index(0, column)) for column in (last - 1, last))
    assert product.left() - number.right() <= 1
    assert product.width() < 160


def test_a_parameter_waits_for_the_step_that_changes_it(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "w1", (0, 0, 1, 1))
    assert panel.hint.isVisible()
    assert panel.hint.text() == "Working the next step out …"
    assert not panel.table.isVisible()


@pytest.mark.parametrize("points", [9, 11, 13])
def test_no_head_of_the_table_is_cut_whatever_the_font_of_the_desktop(qtbot: QtBot, qapp, points: int) -> None:
    before = qapp.font()
    font = QFont(before)
    font.setPointSize(points)
    qapp.setFont(font)
    try:
        flow, panel = both(qtbot, size=(546, 120))
        click(flow.view, "dw1", (0, 0, 1, 2))
        head = panel.table.horizontalHeader()
        assert head.font().pointSizeF() == number_font(9).pointSizeF()
        for column in range(1, panel.terms.columnCount()):
            words = panel.terms.headerData(column, Qt.Orientation.Horizontal)
            assert head.fontMetrics().horizontalAdvance(words) + 8 <= head.sectionSize(column)
        qtbot.waitUntil(lambda: panel.table.horizontalScrollBar().maximum() == 0)
    finally:
        qapp.setFont(before)


def test_names_have_the_colours_of_the_flow_and_numbers_none(qtbot: QtBot) -> None:
    flow, panel = both(qtbot)
    click(flow.view, "dw1", (0, 0, 1, 2))

    for row in range(panel.terms.rowCount()):
        for column in range(panel.terms.columnCount()):
            text, role = panel.terms.shown(row, column)
            if column % 2 == 0 or column == panel.terms.columnCount() - 1:
                assert role in ("text", "muted"), "a number in orange or blue would tell a sign"
            else:
                assert role == ("derivative" if text.startswith("∂L/∂") else "text")


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_the_name_of_a_derivative_is_written_as_what_goes_backward_and_no_other_is(theme: Theme) -> None:
    assert [name_color(theme, name) for name in ("dz1", "∂L/∂w₁")] == [theme.backward] * 2
    assert [name_color(theme, name) for name in ("z1", "X", "w₂", "F", "L")] == [theme.text] * 5
