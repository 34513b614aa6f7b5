"""The finest grain of the stepper: cell by cell through an array, each with the sum that makes it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.explain import explain
from playground.sample_ref import SampleRef
from playground.settings import Settings
from tests.ui.explain.hands import leave, mouse
from tests.ui.in_the_window import move_to, opened
from tests.ui.slow_motion.conftest import DEEP, SMALL, Desk, until
from ui.cell_ref import CellRef, cell_value
from ui.explain.pieces import line_count
from ui.explain.sentence import text_of
from ui.main_window import MainWindow
from ui.number_format import term_number
from ui.slow_motion.cells import grid_of
from ui.slow_motion.panel import SlowMotionPanel
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton


def to_cells(panel: SlowMotionPanel, shown: str, phase: str = "") -> None:
    """Choose the grain with the keyboard and a stage with the mouse."""
    box = panel.controls.grain
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_C)
    assert panel.controls.chosen_grain == "cell"
    stages = panel._walk.stages
    place = next(i for i, stage in enumerate(stages) if stage.shown == shown and phase in stage.phase)
    panel.strip.stage_chosen.emit(place)
    assert panel.stage.shown == shown


def test_next_walks_row_by_row_and_then_to_the_next_array(desk: Desk) -> None:
    panel = desk.panel
    to_cells(panel, "z2")
    assert panel.cell == CellRef("z2", (0,))
    QTest.mouseClick(panel.controls.next, LEFT)
    assert panel.cell == CellRef("A2", (0,))
    to_cells(panel, "dw1")
    walked = []
    for _ in range(7):
        walked.append(panel.cell.index)
        QTest.mouseClick(panel.controls.next, LEFT)
    assert walked == [(0, 0, *divmod(number, 5)) for number in range(7)]
    for _ in range(18):
        QTest.mouseClick(panel.controls.next, LEFT)
    assert panel.cell == CellRef("db1", (0,))


def test_previous_returns_to_the_last_cell_of_the_array_before(desk: Desk) -> None:
    to_cells(desk.panel, "db1")
    QTest.mouseClick(desk.panel.controls.previous, LEFT)
    assert desk.panel.cell == CellRef("dw1", (0, 0, 4, 4))
    assert desk.frame().step == 0


def test_the_rest_of_an_array_can_be_skipped(desk: Desk) -> None:
    panel = desk.panel
    assert not panel.controls.skip.isVisible()
    to_cells(panel, "z1")
    QTest.mouseClick(panel.controls.next, LEFT)
    QTest.mouseClick(panel.controls.skip, LEFT)
    assert panel.cell == CellRef("A1", (0, 0, 0))


def test_a_click_or_the_arrow_keys_go_to_a_cell(desk: Desk) -> None:
    panel = desk.panel
    to_cells(panel, "dw1")
    QTest.mouseClick(panel.cell_view, LEFT, pos=panel.cell_view.cell_rect(12).center())
    assert panel.cell.index == (0, 0, 2, 2)
    for key, index in (
        (Qt.Key.Key_Down, (0, 0, 3, 2)),
        (Qt.Key.Key_Left, (0, 0, 3, 1)),
        (Qt.Key.Key_End, (0, 0, 4, 4)),
        (Qt.Key.Key_Down, (0, 0, 4, 4)),
        (Qt.Key.Key_Home, (0, 0, 0, 0)),
    ):
        QTest.keyClick(panel.cell_view, key)
        assert panel.cell.index == index


def test_after_the_last_cell_of_the_update_the_step_is_taken(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.panel
    to_cells(panel, "b2", "update")
    assert panel.controls.next.text() == "Apply ▸"
    QTest.mouseClick(panel.controls.next, LEFT)
    until(qtbot, desk, lambda: desk.frame().step == 1 and panel._step.step == 2)
    assert panel.cell == CellRef("x", (0, 0, 0))
    QTest.mouseClick(panel.controls.previous, LEFT)
    until(qtbot, desk, lambda: desk.frame().step == 0 and panel._step.step == 1)
    assert panel.cell == CellRef("b2", (0,))
    assert panel.stage.phase == "update"


def test_the_chosen_filter_is_walked_and_the_flow_hears_of_the_cell(qtbot: QtBot, desk: Desk) -> None:
    panel, reached = desk.panel, []
    panel.cell_reached.connect(reached.append)
    panel.set_filters((2,))
    to_cells(panel, "dz1")
    assert reached[-1] == CellRef("dz1", (2, 0, 0))
    panel.controls.choose_grain("layer")
    assert reached[-1] is None
    assert panel.stage.shown == "dz1"


def test_a_stage_of_another_grain_holds_the_one_that_was_shown(desk: Desk) -> None:
    panel = desk.panel
    to_cells(panel, "db2")
    panel.controls.choose_grain("layer")
    assert panel.stage.names == ("dw2", "db2")
    panel.controls.choose_grain("phase")
    assert panel.stage.label == "Backward"
    panel.controls.choose_grain("cell")
    assert panel.stage.names == ("dA2",)


@pytest.mark.parametrize("settings", [SMALL, DEEP], ids=["one block", "two blocks"])
def test_the_first_and_last_cell_of_every_array_are_explained_with_the_engines_number(
    open_desk: Callable[[Settings], Desk], settings: Settings
) -> None:
    desk = open_desk(settings)
    panel = desk.panel
    panel.resize(1200, 220)
    to_cells(panel, "x")
    for place, stage in enumerate(panel._walk.stages):
        if stage.phase == "update":
            continue
        for cell in (0, panel._walk.sizes[place] - 1):
            panel._stand(panel._walk.to(place, cell))
            value = cell_value(desk.frame().trace, panel.cell)
            assert term_number(value, 4) in text_of(panel.cell_view.words.numbers), panel.cell


def test_the_update_of_a_cell_is_that_of_the_batch(desk: Desk) -> None:
    panel = desk.panel
    to_cells(panel, "w1", "update")
    step, index = panel._step, panel.cell.index
    said = text_of(panel.cell_view.words.numbers)
    for array in (step.weights, step.gradients, step.weights_after):
        assert term_number(float(array["w1"][index]), 4).strip("−") in said
    assert text_of(panel.cell_view.words.remark) == "the gradient is that of the batch of 8"


def test_a_parameters_gradient_stands_beside_the_mean_of_the_batch(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.panel
    panel.resize(1200, 220)
    desk.worker.choose_sample(panel._step.images.refs[2])
    until(qtbot, desk, lambda: desk.frame().sample == panel._step.images.refs[2])
    to_cells(panel, "dw1")
    step, index = panel._step, panel.cell.index
    alone = step.sample_gradients["w1"][(2, *index)]
    assert cell_value(desk.frame().trace, panel.cell) == pytest.approx(float(alone), rel=1e-4)
    np.testing.assert_allclose(step.sample_gradients["w1"].mean(axis=0)[index], step.gradients["w1"][index], rtol=1e-4)
    mean = term_number(float(step.gradients["w1"][index]), 4)
    assert f"the mean over the batch of 8 is {mean}" in text_of(panel.cell_view.words.remark)


def test_a_sample_outside_the_batch_is_said_to_be(desk: Desk) -> None:
    desk.panel.resize(1200, 220)
    to_cells(desk.panel, "z1")
    assert desk.frame().sample == SampleRef("test", 0)
    assert "not in this batch" in text_of(desk.panel.cell_view.words.remark)


def test_every_cell_of_a_grid_is_one_of_the_array_and_has_its_number() -> None:
    from tests.ui.slow_motion.test_stages import STEPS  # noqa: PLC0415  costs seconds

    for trace, name in ((step.trace, name) for step in STEPS.values() for name in step.trace.arrays):
        grid = grid_of(trace, name, (1, 2), 3)
        values = grid.values(trace)
        assert values.shape == (grid.rows, grid.cols)
        for number in {0, grid.count // 2, grid.count - 1}:
            ref = grid.ref(number)
            assert cell_value(trace, ref) == values.reshape(-1)[number]
            assert explain(trace, name, ref.array_index).value == values.reshape(-1)[number]


@pytest.mark.parametrize("size", [(560, 130), (780, 180), (1150, 260)])
@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_map_and_words_stay_within_the_panel(
    open_desk: Callable[[Settings], Desk], size: tuple[int, int], theme: object
) -> None:
    desk = open_desk(SMALL)
    panel, view = desk.panel, desk.panel.cell_view
    panel.set_theme(theme)
    to_cells(panel, "x")
    desk.resize(size[0] + 24, size[1] + 24)
    panel.setFixedSize(*size)
    for place in range(len(panel._walk.stages)):
        panel.go_to(place)
        panel.grab()
        room, font = view._text_rect(), view._font()
        assert view.rect().contains(view.map_rect())
        assert not view.map_rect().intersects(room)
        assert line_count(text_of(view.words.rule), font, room.width()) == 1
        lines = line_count(text_of(view.words.numbers), font, room.width())
        assert room.top() + (1 + lines) * view.fontMetrics().height() * 0.9 <= view.height() + 6


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    made = opened(qtbot, make_window(), (1100, 700))
    QTest.keyClick(made, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: made.slow_motion_panel.stage is not None)
    return made


def test_the_flow_outlines_the_sources_and_spells_the_same_sum(qtbot: QtBot, window: MainWindow) -> None:
    panel, flow = window.slow_motion_panel, window.flow_panel
    to_cells(panel, "dw1")
    QTest.mouseClick(panel.controls.next, LEFT)
    light = flow.linker.spotlight()
    assert light.ref == panel.cell == CellRef("dw1", (0, 0, 0, 1))
    assert {mark.name for mark in flow.view._overlay.marks} == {"dz1", "x"}
    assert flow.view.glowing == {"dw1"}
    value = term_number(cell_value(window._shown.trace, panel.cell), 4)
    assert flow.strip.lines()[1].endswith(value)
    assert text_of(panel.cell_view.words.numbers).endswith(value)
    flow.set_decimals(6)
    assert text_of(panel.cell_view.words.numbers).endswith(term_number(light.found.value, 6))


def test_the_mouse_goes_before_the_stepper_and_the_stepper_comes_back(window: MainWindow) -> None:
    panel, flow = window.slow_motion_panel, window.flow_panel
    to_cells(panel, "dw1")
    mouse(flow.view, "P1", (0, 2, 2))
    assert flow.linker.spotlight().ref == CellRef("P1", (0, 2, 2))
    leave(flow.view)
    assert flow.linker.spotlight().ref == panel.cell
    QTest.keyClick(window, Qt.Key.Key_1)
    assert flow.linker.spotlight() is None


def test_a_cell_of_the_map_under_the_mouse_is_explained_and_the_stepper_comes_back(window: MainWindow) -> None:
    panel, flow = window.slow_motion_panel, window.flow_panel
    to_cells(panel, "dw1")
    view = panel.cell_view
    move_to(view, view.cell_rect(13).center())
    assert flow.linker.spotlight().ref == CellRef("dw1", (0, 0, 2, 3))
    assert {mark.name for mark in flow.view._overlay.marks} == {"dz1", "x"}
    move_to(view, view.rect().bottomRight())
    assert flow.linker.spotlight().ref == panel.cell == CellRef("dw1", (0, 0, 0, 0))


def test_a_cell_of_the_update_under_the_mouse_is_outlined_in_the_flow(window: MainWindow) -> None:
    panel, flow = window.slow_motion_panel, window.flow_panel
    panel.go_to(len(panel._walk.stages) - 1)
    view = panel.update_view
    grid, rows, cols = view.cell_grid(0, 1)
    cell = QPoint(grid.width() // cols, grid.height() // rows)
    move_to(view, grid.topLeft() + QPoint(round(2.5 * cell.x()), round(1.5 * cell.y())))
    assert flow.linker.spotlight().ref == CellRef("dw1", (0, 0, 1, 2))
    grid, _, _ = view.cell_grid(0, 0)
    move_to(view, grid.topLeft() + QPoint(1, 1))
    assert flow.linker.spotlight().ref == CellRef("w1", (0, 0, 0, 0))
    assert {mark.name for mark in flow.view._overlay.marks} == {"z1"}


def test_the_map_outlines_what_makes_the_cell_that_is_pointed_at_in_the_flow(qtbot: QtBot, window: MainWindow) -> None:
    panel, flow = window.slow_motion_panel, window.flow_panel
    to_cells(panel, "z1")
    spot = CellRef("A1", (0, 3, 4))
    move_to(flow.view, flow.view.place_of(spot).center())
    qtbot.waitUntil(lambda: flow.linker.hovered == spot)
    grid = panel.cell_view._grid
    assert panel.cell_view.marked() == {grid.number(CellRef("z1", (0, 3, 4))): DARK.source}
    spot = CellRef("x", (0, 10, 10))
    move_to(flow.view, flow.view.place_of(spot).center())
    qtbot.waitUntil(lambda: flow.linker.hovered == spot)
    assert set(panel.cell_view.marked().values()) == {DARK.reader}
    assert len(panel.cell_view.marked()) == 25
