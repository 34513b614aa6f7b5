from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from playground.sample_ref import SampleRef
from tests.ui.explain.hands import panel_of
from tests.ui.flow.snapshots import snapshot_of
from tests.ui.flow.views import move_mouse
from ui.cell_ref import CellRef
from ui.flow.panel import FlowPanel


def test_the_panel_reads_the_cell_and_names_the_sample(qtbot):
    panel = panel_of(qtbot, "four filters", (780, 560))
    move_mouse(panel.view, "dA1", (0, 2, 2))
    assert panel.strip.lines()[0].startswith("∂L/∂A₁[0][2,2] = ")
    assert panel.sample_label.full_text() == "of one image alone: test image 0, kept out of training · class 8 (y = 1)"


def test_the_panel_fits_into_520_by_430_without_scrolling(qtbot):
    panel = panel_of(qtbot, "four filters", (520, 430))
    qtbot.waitUntil(lambda: panel.view.width() == panel.scroll_area.viewport().width())
    assert panel.width() == 520
    assert panel.view.height() == panel.scroll_area.viewport().height()


def test_a_link_brings_the_part_of_the_passes_that_is_out_of_view(qtbot):
    panel = panel_of(qtbot, "three blocks", (560, 430))
    qtbot.waitUntil(lambda: len(panel.links.buttons) == 2)
    down, up = panel.links.buttons

    def in_view(name):
        shown = panel.scroll_area.viewport()
        place = panel.view.place_of(CellRef(name, (0, 0, 0)))
        return shown.rect().contains(panel.view.mapTo(shown, place.center()))

    assert (down.text(), up.text()) == ("z₃ … L ↓", "↑ X … P₂")
    assert [in_view(name) for name in ("z1", "dz1", "z3", "dz3")] == [True, True, False, False]
    qtbot.mouseClick(down, Qt.MouseButton.LeftButton)
    assert [in_view(name) for name in ("z1", "dz1", "z3", "dz3")] == [False, False, True, True]
    qtbot.mouseClick(up, Qt.MouseButton.LeftButton)
    assert in_view("z1")
    panel.resize(1200, 700)
    qtbot.waitUntil(lambda: panel.links.buttons == [])


def test_the_links_are_those_of_the_room_that_there_is(qtbot):
    panel = panel_of(qtbot, "two blocks, ten classes", (800, 560))
    folded = ["z₂ … L ↓", "↑ X … P₁"]
    for size, texts in (((560, 430), folded), ((1200, 700), []), ((560, 430), folded)):
        panel.resize(*size)
        qtbot.waitUntil(lambda texts=texts: [button.text() for button in panel.links.buttons] == texts)


def test_what_lights_up_is_brought_into_view(qtbot):
    panel = panel_of(qtbot, "three blocks", (560, 430))
    bar = panel.scroll_area.verticalScrollBar()
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


@pytest.mark.parametrize(("split", "says"), [("test", "kept out of training"), ("train", "training image 3")])
def test_the_header_says_whether_the_image_is_one_to_train_on(qtbot, split: str, says: str) -> None:
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(1200, 700)
    panel.show_snapshot(replace(snapshot_of("four filters"), sample=SampleRef(split, 3)))
    words = panel.sample_label.full_text()
    assert says in words
    assert ("out of training" in words) is (split == "test")
