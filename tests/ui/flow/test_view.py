from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication

from tests.ui.flow.snapshots import snapshot_of, with_array
from tests.ui.flow.views import ScaledView, move_mouse, view_of
from ui.cell_ref import CellRef
from ui.flow.heatmap import ScaleRule
from ui.flow.view import FlowView
from ui.number_batch import ALPHABET
from ui.number_format import significant_number


@pytest.mark.parametrize("kind", [FlowView, ScaledView])
@pytest.mark.parametrize(("all_filters", "index"), [(False, (0, 10, 7)), (True, (2, 10, 7))])
def test_the_mouse_tells_the_cell_under_it(qtbot, kind, all_filters, index):
    view = view_of(qtbot, kind=kind)
    view.set_all_filters(all_filters)
    with qtbot.waitSignal(view.cell_hovered) as told:
        move_mouse(view, "dz1", index)
    assert told.args == [CellRef("dz1", index)]


def test_leaving_tells_that_no_cell_is_meant(qtbot):
    view = view_of(qtbot)
    move_mouse(view, "dz1", (0, 1, 1))
    with qtbot.waitSignal(view.cell_hovered) as told:
        QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert told.args == [None]


def test_arrow_keys_walk_within_a_map_and_on_to_the_next(qtbot):
    view = view_of(qtbot)
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view, key)
    assert view.cell == CellRef("x", (0, 1, 1))
    for _ in range(27):
        qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.cell.name == "z1"
    assert view.cell.index[2] == 0


def test_page_keys_go_from_array_to_array(qtbot):
    view = view_of(qtbot)
    seen = []
    for _ in snapshot_of("four filters").trace.arrays:
        qtbot.keyClick(view, Qt.Key.Key_PageDown)
        seen.append(view.cell.name)
    assert set(seen) == set(snapshot_of("four filters").trace.arrays)


def test_a_click_on_a_kernel_shows_its_filter(qtbot):
    view = view_of(qtbot)
    with qtbot.waitSignal(view.filter_chosen) as told:
        move_mouse(view, "w1", (2, 0, 1, 1), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert told.args == [2]
    assert view.flow_layout.tiles["dA1"].maps[0].prefix == (2,)


def test_each_block_has_its_own_chosen_filter(qtbot):
    view = view_of(qtbot, "three blocks")
    view.choose_filter(1, 3)
    view.choose_filter(3, 6)
    assert view.chosen_filters == (3, 0, 6)


def test_a_click_on_a_class_shows_its_weights(qtbot):
    view = view_of(qtbot, "two blocks, ten classes")
    move_mouse(view, "dz3", (7,), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert view.flow_layout.tiles["w3"].maps[0].prefix == (7,)


def test_a_reader_hears_the_cell(qtbot):
    view = view_of(qtbot)
    move_mouse(view, "dz1", (0, 10, 7))
    heard = QAccessible.queryAccessibleInterface(view)
    assert heard.text(QAccessible.Text.Name) == "Forward and backward pass"
    assert heard.text(QAccessible.Text.Description).startswith("∂L/∂z₁[0][10,7] = ")


def test_where_the_colours_reach_further_than_the_numbers_the_tooltip_says_how_large_these_are(qtbot):
    view = view_of(qtbot)
    view.set_scale_rule(ScaleRule.LOCKED)
    view.compose()
    values = snapshot_of("four filters").trace.z1
    view.show_snapshot(with_array(snapshot_of("four filters"), "z1", values * np.float32(0.25)))
    view.compose()
    rect = view.flow_layout.tiles["z1"].rect
    now, strongest = (significant_number(scale * float(np.abs(values).max()), 3) for scale in (0.25, 1.0))
    words = f"Largest magnitude now {now}; the strongest colour stands for {strongest}."
    assert view.tooltip_at(QPointF(rect.x + 5, rect.y + 5)).endswith(words)


def test_an_array_of_zeros_is_said_to_be_one_whatever_its_scale(qtbot):
    view = view_of(qtbot)
    view.set_scale_rule(ScaleRule.LOCKED)
    view.compose()
    values = snapshot_of("four filters").trace.dw1
    view.show_snapshot(with_array(snapshot_of("four filters"), "dw1", np.zeros_like(values)))
    view.compose()
    assert view.painted._shown_texts["dw1"] == "all 0"
    assert view.painted._shown_texts["z1"].startswith("±")
    assert all(sign in ALPHABET for text in view.painted._shown_texts.values() for sign in text)


def test_an_array_without_a_finite_number_is_not_said_to_be_all_0(qtbot):
    view = view_of(qtbot)
    values = snapshot_of("four filters").trace.dw1
    view.show_snapshot(with_array(snapshot_of("four filters"), "dw1", np.full_like(values, np.nan)))
    view.compose()
    assert view.painted._shown_texts["dw1"] == "NaN/∞"
    assert all(sign in ALPHABET for text in view.painted._shown_texts.values() for sign in text)


def test_the_tooltip_is_the_whole_formula(qtbot):
    view = view_of(qtbot)
    rect = view.flow_layout.tiles["z1"].rect
    assert view.tooltip_at(QPointF(rect.x + 5, rect.y + 5)) == (
        "z₁ = conv(X, w₁) + b₁\n"
        "conv slides w₁ as it stands, without turning it: the field's convolution is cross-correlation."
    )
    assert view.tooltip_place(QPointF(rect.x + 5, rect.y + 5)).y() >= rect.bottom


LONG = ("cat or dog", "domestic short-haired cat", *(f"kind {n}" for n in range(8)))


@pytest.mark.parametrize("kind", [FlowView, ScaledView])
def test_a_name_that_is_cut_beside_the_scores_is_whole_in_the_tooltip(qtbot, kind):
    view = view_of(qtbot, "ten classes", kind=kind)
    view.show_snapshot(replace(snapshot_of("ten classes"), class_names=LONG))
    view.compose()
    tile, ratio = view.flow_layout.tiles["z2"], view.devicePixelRatioF()
    row = tile.maps[0].cell(1, 0)
    for x in (tile.names.x + 3, row.x + 3):
        said = view.tooltip_at(QPointF(x / ratio, (row.y + row.height / 2) / ratio))
        assert said.startswith("class domestic short-haired cat (y = 1)\nz₂ = ")
    written = [text for text, _, room in view.painted.texts if room.x == tile.names.x]
    assert "cat or dog" in written


def test_a_long_name_takes_two_lines_where_rows_are_high(qtbot):
    view = view_of(qtbot, "colours, two blocks", (1280, 790))
    names = ("great white shark", "hippopotamus", "kit")
    view.show_snapshot(replace(snapshot_of("colours, two blocks"), class_names=names))
    view.compose()
    written = [text for text, _, _ in view.painted.texts]
    assert {"great white", "shark", "hippopotamus", "kit"} <= set(written)
