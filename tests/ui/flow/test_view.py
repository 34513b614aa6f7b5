from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QFontMetrics, QMouseEvent
from PySide6.QtWidgets import QApplication

from playground.snapshot import SampleRef
from tests.ui.flow.snapshots import SETTINGS, snapshot_of, with_array
from ui.flow.heatmap import NOT_FINITE, ScaleRule, color_indices, color_table, is_signed, peak
from ui.flow.panel import FlowPanel, FlowView
from ui.flow.text import CellRef, cell_text, cell_value, sample_array
from ui.theme import DARK, LIGHT


class ScaledView(FlowView):
    """A view on a screen with 1.5 device pixels a logical pixel."""

    def devicePixelRatioF(self):
        return 1.5


def view_of(qtbot, name="four filters", size=(780, 520), kind=FlowView):
    view = kind()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show_snapshot(snapshot_of(name))
    view.compose()
    return view


def expected_color(view, name, index, theme=DARK):
    values = sample_array(view.snapshot.trace, name)
    largest, finite = peak(values)
    cell = color_indices(values[index].reshape(1), largest, is_signed(name), finite)[0]
    return int(color_table(theme, is_signed(name))[cell])


def shown_color(view, name, index):
    x, y, width, height = view.flow_layout.cell_rect(name, index)
    return view.painted.frame.pixel(x + width // 2, y + height // 2)


def move_mouse(view, name, index, kind=QEvent.Type.MouseMove, button=Qt.MouseButton.NoButton):
    x, y, width, height = view.flow_layout.cell_rect(name, index)
    ratio = view.devicePixelRatioF()
    point = QPointF((x + width / 2) / ratio, (y + height / 2) / ratio)
    QApplication.sendEvent(
        view, QMouseEvent(kind, point, view.mapToGlobal(point), button, button, Qt.KeyboardModifier.NoModifier)
    )


@pytest.mark.parametrize("kind", [FlowView, ScaledView])
@pytest.mark.parametrize("all_filters", [False, True])
def test_a_cell_has_the_colour_of_its_value(qtbot, kind, all_filters):
    view = view_of(qtbot, "two blocks, ten classes", (900, 640), kind)
    view.set_all_filters(all_filters)
    view.compose()
    filters = 3 if all_filters else 0
    cells = [
        ("x", (0, 3, 9)),
        ("z1", (filters, 12, 5)),
        ("dA1", (filters, 2, 3)),
        ("P2", (filters, 4, 1)),
        ("F", (37,)),
    ]
    assert [shown_color(view, *cell) for cell in cells] == [expected_color(view, *cell) for cell in cells]


def test_what_reaches_the_screen_is_the_composed_picture(qtbot):
    view = view_of(qtbot)
    view.show()
    picture = view.grab().toImage()
    x, y, width, height = view.flow_layout.cell_rect("z1", (0, 7, 8))
    assert picture.pixel(x + width // 2, y + height // 2) == expected_color(view, "z1", (0, 7, 8))


def test_another_theme_gives_other_colours_to_the_same_values(qtbot):
    view = view_of(qtbot)
    view.set_theme(LIGHT)
    view.compose()
    assert shown_color(view, "dz1", (0, 4, 4)) == expected_color(view, "dz1", (0, 4, 4), LIGHT)


def test_a_cell_that_is_not_a_number_has_a_colour_of_its_own(qtbot):
    view = view_of(qtbot, size=(1300, 850))
    values = snapshot_of("four filters").trace.arrays["z1"].copy()
    values[0, 0, 5, 5] = np.nan
    view.show_snapshot(with_array(snapshot_of("four filters"), "z1", values))
    view.compose()
    x, y, *_ = view.flow_layout.cell_rect("z1", (0, 5, 5))
    assert view.painted.frame.pixel(x + 1, y + 1) == color_table(DARK, True)[NOT_FINITE]


def test_a_new_snapshot_replaces_the_numbers_and_cells(qtbot):
    view = view_of(qtbot)
    before = view.painted.frame.copy()
    loss = view.flow_layout.tiles["L"].rect
    view.show_snapshot(with_array(snapshot_of("four filters"), "L", np.array(123.456)))
    view.compose()
    area = (loss.x, loss.y, loss.width, loss.height)
    assert before.copy(*area) != view.painted.frame.copy(*area)


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


def test_a_smaller_network_takes_back_a_choice_that_it_does_not_have(qtbot):
    view = view_of(qtbot, "thirty-two filters")
    view.choose_filter(1, 31)
    view.show_snapshot(snapshot_of("four filters"))
    assert view.chosen_filters == (3,)
    view.compose()


def test_a_click_on_a_class_shows_its_weights(qtbot):
    view = view_of(qtbot, "two blocks, ten classes")
    move_mouse(view, "dz3", (7,), QEvent.Type.MouseButtonPress, Qt.MouseButton.LeftButton)
    assert view.flow_layout.tiles["w3"].maps[0].prefix == (7,)


@pytest.mark.parametrize("decimals", [2, 4, 6, 8])
@pytest.mark.parametrize("size", [(498, 367), (760, 500), (1280, 790)])
@pytest.mark.parametrize("name", SETTINGS)
def test_no_text_is_cut(qtbot, name, size, decimals):
    view = view_of(qtbot, name, size)
    view.set_decimals(decimals)
    cut = [
        text
        for text, font, room in view.painted.texts
        if QFontMetrics(font).horizontalAdvance(text) > room.width or room.x < 0 or room.right > view.flow_layout.width
    ]
    assert cut == []


def test_highlights_outline_the_named_cells(qtbot):
    view = view_of(qtbot)
    view.show()
    view.set_highlights({"x": [(0, 4, 4)]}, "#ff0000")
    x, y, width, _ = view.flow_layout.cell_rect("x", (0, 4, 4))
    picture = view.grab().toImage()
    assert picture.pixelColor(x + width // 2, y - 1).name() == "#ff0000"
    view.set_highlights({})
    assert view.grab().toImage().pixelColor(x + width // 2, y - 1).name() != "#ff0000"


def test_a_reader_hears_the_cell(qtbot):
    view = view_of(qtbot)
    move_mouse(view, "dz1", (0, 10, 7))
    heard = QAccessible.queryAccessibleInterface(view)
    assert heard.text(QAccessible.Text.Name) == "Forward and backward pass"
    assert heard.text(QAccessible.Text.Description).startswith("∂L/∂z₁[0][10,7] = ")


def test_a_zero_gradient_says_why(qtbot):
    trace = snapshot_of("four filters").trace
    closed = tuple(int(place) for place in np.argwhere(trace.z1[0] <= 0)[0])
    assert "z₁ ≤ 0" in cell_text(trace, CellRef("dz1", closed), 4)
    A1, dA1 = trace.A1[0], trace.dA1[0]
    windows = A1.reshape(4, 12, 2, 12, 2).max(axis=(2, 4)).repeat(2, 1).repeat(2, 2)
    losers = tuple(int(place) for place in np.argwhere((windows > A1) & (dA1 == 0))[0])
    assert "not the maximum" in cell_text(trace, CellRef("dA1", losers), 4)


def test_a_tie_names_the_first_maximum():
    trace = snapshot_of("four filters").trace
    A1 = trace.A1.copy()
    A1[0, 0, :2, :2] = 5.0
    gradient = trace.dA1.copy()
    gradient[0, 0, :2, :2] = [[1.0, 0.0], [0.0, 0.0]]
    tied = with_array(with_array(snapshot_of("four filters"), "A1", A1), "dA1", gradient).trace
    assert "a tie: not the first maximum" in cell_text(tied, CellRef("dA1", (0, 0, 1)), 4)


def test_a_cell_reference_finds_its_number_in_the_trace():
    trace = snapshot_of("four filters").trace
    for ref in (CellRef("dz1", (2, 10, 7)), CellRef("w1", (1, 0, 2, 2)), CellRef("L", ()), CellRef("F", (5,))):
        assert cell_value(trace, ref) == trace.arrays[ref.name][ref.array_index]


def test_the_tooltip_is_the_whole_formula(qtbot):
    view = view_of(qtbot)
    rect = view.flow_layout.tiles["z1"].rect
    assert view.tooltip_at(QPointF(rect.x + 5, rect.y + 5)) == "z₁ = conv(X, w₁) + b₁"


def test_the_panel_reads_the_cell_and_names_the_sample(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(780, 560)
    panel.show_snapshot(snapshot_of("four filters"))
    panel.show()
    move_mouse(panel.view, "dA1", (0, 2, 2))
    assert panel.strip.lines()[0].startswith("∂L/∂A₁[0][2,2] = ")
    assert panel.sample_label.full_text() == "test 0 · class 8 (y = 1)"


def test_the_panel_fits_into_520_by_430_without_scrolling(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.show_snapshot(snapshot_of("four filters"))
    panel.resize(520, 430)
    panel.show()
    qtbot.waitUntil(lambda: panel.view.width() == panel.scroll.viewport().width())
    assert panel.width() == 520
    assert panel.view.height() == panel.scroll.viewport().height()


def test_a_link_brings_the_part_of_the_passes_that_is_out_of_view(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(560, 430)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_snapshot(snapshot_of("three blocks"))
    qtbot.waitUntil(lambda: len(panel.links.buttons) == 2)
    down, up = panel.links.buttons

    def in_view(name):
        place = panel.view.place_of(CellRef(name, (0, 0, 0)))
        return panel.scroll.viewport().rect().contains(panel.view.mapTo(panel.scroll.viewport(), place.center()))

    assert (down.text(), up.text()) == ("z₃ … L ↓", "↑ X … P₂")
    assert [in_view(name) for name in ("z1", "dz1", "z3", "dz3")] == [True, True, False, False]
    qtbot.mouseClick(down, Qt.MouseButton.LeftButton)
    assert [in_view(name) for name in ("z1", "dz1", "z3", "dz3")] == [False, False, True, True]
    qtbot.mouseClick(up, Qt.MouseButton.LeftButton)
    assert in_view("z1")
    panel.resize(1200, 700)
    qtbot.waitUntil(lambda: panel.links.buttons == [])


def test_the_links_are_those_of_the_room_that_there_is(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.show_snapshot(snapshot_of("two blocks, ten classes"))
    panel.resize(800, 560)
    panel.show()
    qtbot.waitExposed(panel)
    folded = ["z₂ … L ↓", "↑ X … P₁"]
    for size, texts in (((560, 430), folded), ((1200, 700), []), ((560, 430), folded)):
        panel.resize(*size)
        qtbot.waitUntil(lambda texts=texts: [button.text() for button in panel.links.buttons] == texts)


def test_what_lights_up_is_brought_into_view(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(560, 430)
    panel.show()
    qtbot.waitExposed(panel)
    panel.show_snapshot(snapshot_of("three blocks"))
    bar = panel.scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)

    def in_view(name):
        return panel.view.visibleRegion().boundingRect().contains(panel.view.place_of_array(name).center())

    panel.light_up({"x", "z1"}, ["z1"])
    assert bar.value() == 0
    panel.light_up(["P3", "A3", "dP3", "dA3"])
    assert [in_view(name) for name in ("A3", "dA3", "z1")] == [True, True, False]
    panel.light_up(["A1", "z1", "dA1", "dz1"])
    assert [in_view(name) for name in ("z1", "dz1", "A3")] == [True, True, False]
    panel.light_up(None)
    assert in_view("z1")


def test_a_locked_scale_survives_another_sample(qtbot):
    view = view_of(qtbot)
    view.set_scale_rule(ScaleRule.LOCKED)
    values = snapshot_of("four filters").trace.z1
    smaller = with_array(snapshot_of("four filters"), "z1", values * np.float32(0.25))
    view.show_snapshot(replace(smaller, sample=SampleRef("test", 9)))
    view.compose()
    kept = color_indices(values[0, 0, 7, 8:9] * np.float32(0.25), peak(values)[0], signed=True)[0]
    assert shown_color(view, "z1", (0, 7, 8)) == color_table(DARK, True)[kept]


def test_another_sample_starts_its_own_scale(qtbot):
    view = view_of(qtbot)
    values = snapshot_of("four filters").trace.z1
    smaller = with_array(snapshot_of("four filters"), "z1", values * np.float32(0.25))
    view.show_snapshot(replace(smaller, sample=SampleRef("test", 9)))
    view.compose()
    assert shown_color(view, "z1", (0, 7, 8)) == expected_color(view, "z1", (0, 7, 8))


def test_an_empty_view_paints(qtbot):
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    assert not view.grab().isNull()
    assert view.cell is None
    qtbot.mouseMove(view, QPoint(20, 20))


def test_scrolling_shows_current_values_of_what_was_out_of_view(qtbot):
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(520, 430)
    panel.show_snapshot(snapshot_of("three blocks"))
    panel.show()
    panel.grab()
    doubled = snapshot_of("three blocks").trace.z3 * np.float32(2)
    doubled[0, 0, 0, 0] = 0.0
    panel.view.show_snapshot(with_array(snapshot_of("three blocks"), "z3", doubled))
    bar = panel.scroll.verticalScrollBar()
    bar.setValue(bar.maximum())
    panel.grab()
    assert shown_color(panel.view, "z3", (0, 0, 0)) == expected_color(panel.view, "z3", (0, 0, 0))
