from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QFontMetrics

from playground.sample_ref import SampleRef
from tests.ui.flow.snapshots import SETTINGS, snapshot_of, with_array
from tests.ui.flow.views import ScaledView, expected_color, shown_color, view_of
from ui.flow.heatmap import NOT_FINITE, ScaleRule, color_indices, color_table, peak
from ui.flow.panel import FlowPanel
from ui.flow.view import FlowView
from ui.theme import DARK, LIGHT


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


def test_a_smaller_network_takes_back_a_choice_that_it_does_not_have(qtbot):
    view = view_of(qtbot, "thirty-two filters")
    view.choose_filter(1, 31)
    view.show_snapshot(snapshot_of("four filters"))
    assert view.chosen_filters == (3,)
    view.compose()


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
    bar = panel.scroll_area.verticalScrollBar()
    bar.setValue(bar.maximum())
    panel.grab()
    assert shown_color(panel.view, "z3", (0, 0, 0)) == expected_color(panel.view, "z3", (0, 0, 0))
