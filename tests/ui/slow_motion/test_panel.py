"""The panel with a real worker behind it, by real events."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QComboBox, QWidget
from pytestqt.qtbot import QtBot

from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.slow_motion.conftest import DEEP, SMALL, Desk, until
from ui.number_format import term_number
from ui.slow_motion.controls import StageControls
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton


def go_to_update(desk: Desk) -> None:
    QTest.keyClick(desk.panel.strip, Qt.Key.Key_End)
    assert desk.panel.stage.phase == "update"


def apply(qtbot: QtBot, desk: Desk) -> None:
    step = desk.frame().step
    go_to_update(desk)
    QTest.mouseClick(desk.panel.controls.next, LEFT)
    until(qtbot, desk, lambda: desk.frame().step == step + 1 and desk.panel._step.step == step + 2)


def test_next_and_previous_go_from_stage_to_stage(desk: Desk) -> None:
    panel = desk.panel
    assert panel.stage.names == ("x",)
    assert not panel.controls.previous.isEnabled()
    for _ in range(3):
        QTest.mouseClick(panel.controls.next, LEFT)
    assert panel.stage.names == ("P1",)
    QTest.mouseClick(panel.controls.previous, LEFT)
    assert panel.stage.names == ("A1",)
    assert desk.frame().step == 0


def test_the_present_stage_glows_and_the_future_is_not_lit(desk: Desk) -> None:
    QTest.mouseClick(desk.panel.controls.next, LEFT)
    lit, glowing = desk.lit[-1]
    assert glowing == ("z1",)
    assert lit == {"x", "z1", "w1", "b1"}
    desk.panel.hide()
    assert desk.lit[-1] == (None, ())


def test_next_after_the_update_takes_the_step(qtbot: QtBot, desk: Desk) -> None:
    go_to_update(desk)
    assert desk.panel.controls.next.text() == "Apply ▸"
    after = desk.panel._step.weights_after
    apply(qtbot, desk)
    assert desk.panel.stage.names == ("x",)
    for shown, expected in zip(desk.panel._step.weights.values(), after.values(), strict=True):
        np.testing.assert_array_equal(shown, expected)
    again = Session(SMALL)
    again.step()
    np.testing.assert_array_equal(desk.frame().weights["fc.weight"], again.state_dict()["fc.weight"])


def test_previous_before_the_first_stage_undoes_the_step_and_shows_its_update(qtbot: QtBot, desk: Desk) -> None:
    first = desk.panel._step
    apply(qtbot, desk)
    QTest.mouseClick(desk.panel.controls.previous, LEFT)
    until(qtbot, desk, lambda: desk.panel._step.step == 1)
    assert desk.frame().step == 0
    assert desk.panel.stage.phase == "update"
    for name, weights in desk.panel._step.weights_after.items():
        np.testing.assert_array_equal(weights, first.weights_after[name])


def test_previous_undoes_a_weight_changed_after_the_step_first_and_stays_at_the_beginning(
    qtbot: QtBot, desk: Desk
) -> None:
    apply(qtbot, desk)
    before = desk.frame().weights["fc.bias"][0]
    desk.worker.edit_cell(desk.frame().sample, "b2", (0,), 0.5)
    until(qtbot, desk, lambda: desk.frame().weights["fc.bias"][0] == 0.5 and desk.panel._step.weights["b2"][0] == 0.5)
    QTest.mouseClick(desk.panel.controls.previous, LEFT)
    until(qtbot, desk, lambda: desk.frame().weights["fc.bias"][0] == before)
    assert desk.frame().step == 1
    until(qtbot, desk, lambda: desk.panel._step.weights["b2"][0] == before)
    assert desk.panel.stage.names == ("x",)
    QTest.mouseClick(desk.panel.controls.previous, LEFT)
    until(qtbot, desk, lambda: desk.frame().step == 0)


def test_a_click_on_a_stage_goes_there(desk: Desk) -> None:
    strip = desk.panel.strip
    place = next(i for i, stage in enumerate(desk.panel._walk.stages) if stage.names == ("dF",))
    QTest.mouseClick(strip, LEFT, pos=strip.chips()[place].center())
    assert desk.panel.stage.names == ("dF",)
    QTest.keyClick(strip, Qt.Key.Key_Left)
    assert desk.panel.stage.names == ("dw2", "db2")


def test_phases_are_four_larger_stages(desk: Desk) -> None:
    panel = desk.panel
    QTest.keyClick(panel.strip, Qt.Key.Key_End)
    panel.controls.choose_grain("phase")
    assert len(panel._walk.stages) == 4
    assert panel.stage.phase == "update"
    QTest.mouseClick(panel.controls.previous, LEFT)
    assert panel.stage.label == "Backward"


def test_play_ends_at_the_update_and_takes_no_step(qtbot: QtBot, desk: Desk) -> None:
    desk.panel.controls.seconds.setValue(0.1)
    desk.panel.controls.choose_grain("phase")
    QTest.mouseClick(desk.panel.controls.play, LEFT)
    until(qtbot, desk, lambda: not desk.panel.controls.play.isChecked())
    assert desk.panel.stage.phase == "update"
    assert desk.frame().step == 0


def test_slow_motion_trains_stage_by_stage_and_full_speed_comes_back(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.panel
    panel.controls.seconds.setValue(0.1)
    panel.controls.choose_grain("phase")
    desk.worker.train()
    until(qtbot, desk, lambda: desk.frame().step > 5)
    assert panel.stage is None
    assert "full speed" in panel.message.text()
    QTest.mouseClick(panel.controls.slow, LEFT, pos=QPoint(8, panel.controls.slow.height() // 2))
    until(qtbot, desk, lambda: panel.stage is not None)
    start = desk.frame().step
    until(qtbot, desk, lambda: desk.frame().step == start + 2)
    assert desk.frame().state is RunState.TRAINING
    QTest.mouseClick(panel.controls.slow, LEFT, pos=QPoint(8, panel.controls.slow.height() // 2))
    until(qtbot, desk, lambda: desk.frame().step > start + 20)
    assert panel.stage is None


def test_pausing_in_slow_motion_stands_still_at_the_stage(qtbot: QtBot, desk: Desk) -> None:
    panel = desk.panel
    panel.controls.seconds.setValue(0.5)  # long enough for a busy machine to pause before the pass has ended
    panel.controls.slow.setChecked(True)
    desk.worker.train()
    until(qtbot, desk, lambda: panel.stage.names == ("A1",))
    desk.worker.pause()
    until(qtbot, desk, lambda: desk.frame().state is RunState.PAUSED)
    assert not panel._timer.isActive()
    assert panel.stage.phase == "forward"


def test_a_click_on_a_sample_shows_it_in_the_flow(qtbot: QtBot, desk: Desk) -> None:
    grid, ref = desk.panel.grid, desk.panel._step.images.refs[3]
    QTest.mouseClick(grid, LEFT, pos=grid.cell(3).center())
    until(qtbot, desk, lambda: desk.frame().sample == ref)
    QTest.keyClick(grid, Qt.Key.Key_Right)
    until(qtbot, desk, lambda: desk.frame().sample == desk.panel._step.images.refs[4])
    assert "class" in grid.accessibleDescription()


def test_the_chosen_sample_alone_can_be_stepped_on_and_a_test_image_is_named(qtbot: QtBot, desk: Desk) -> None:
    desk.panel.controls.source.setCurrentIndex(1)
    until(qtbot, desk, lambda: desk.panel._step.m == 1)
    assert "test 0 alone, though it is a test image" in desk.panel.detail.full_text()
    apply(qtbot, desk)
    assert desk.panel._step.images.refs == (SampleRef("test", 0),)


def test_other_settings_are_worked_out_anew_at_the_same_stage(qtbot: QtBot, desk: Desk) -> None:
    QTest.mouseClick(desk.panel.controls.next, LEFT)
    desk.worker.change_settings(SMALL.changed(batch_size=3))
    until(qtbot, desk, lambda: desk.panel._step.m == 3)
    assert desk.panel.stage.names == ("z1",)


def test_nothing_is_worked_out_while_nobody_looks(qtbot: QtBot, desk: Desk) -> None:
    desk.panel.hide()
    until(qtbot, desk, lambda: desk.frame().batch_step is None)
    desk.panel.show()
    until(qtbot, desk, lambda: desk.frame().batch_step is not None)


def test_the_update_shows_the_numbers_under_the_mouse(desk: Desk) -> None:
    go_to_update(desk)
    view = desk.panel.update_view
    grid, _, _ = view.cell_grid(0, 1)
    reading = view.reading_at(grid.topLeft() + QPoint(1, 1))
    step = desk.panel._step
    assert reading.startswith("w₁[0][0,0] ← ")
    assert term_number(float(step.weights_after["w1"][0, 0, 0, 0])) in reading
    assert "− 0.1 ·" in reading


@pytest.mark.parametrize("height", [116, 160, 250])
def test_the_pictures_of_an_update_and_of_a_batch_are_whole_however_low_the_tab_is(desk: Desk, height: int) -> None:
    desk.panel.resize(546, height)
    go_to_update(desk)
    room = desk.panel.views._update_scroll.viewport().rect()
    for part in range(4):
        grid, _, _ = desk.panel.update_view.cell_grid(0, part)
        assert room.contains(grid)
    desk.panel.go_to(0)
    assert desk.panel.views._grid_scroll.viewport().rect().contains(desk.panel.grid.cell(0))


def test_four_pictures_of_a_parameter_share_a_scale_unless_asked_otherwise(desk: Desk) -> None:
    go_to_update(desk)
    view, block = desk.panel.update_view, desk.panel.update_view._blocks[0]
    assert len(set(view.limits(block))) == 1
    desk.panel.own_scales.setChecked(True)
    before, gradient, update, after = view.limits(block)
    assert before == after
    assert gradient == pytest.approx(np.abs(block.arrays[1]).max())
    assert update == pytest.approx(np.abs(block.arrays[2]).max())


@pytest.mark.parametrize("settings", [SMALL, DEEP], ids=["one block", "two blocks"])
@pytest.mark.parametrize("size", [(560, 130), (780, 160), (1150, 250)])
def test_every_stage_paints_in_both_themes_and_the_present_chip_is_in_sight(
    open_desk: Callable[[Settings], Desk], settings: Settings, size: tuple[int, int]
) -> None:
    desk = open_desk(settings)
    desk.panel.setFixedSize(*size)
    for theme in (DARK, LIGHT):
        desk.panel.set_theme(theme)
        for place in range(len(desk.panel._walk.stages)):
            desk.panel.go_to(place)
            assert not desk.panel.grab().isNull()
            assert desk.panel.strip.rect().contains(desk.panel.strip.chips()[place])


def test_no_control_is_cut_in_a_small_window(desk: Desk) -> None:
    desk.panel.setFixedWidth(560)
    go_to_update(desk)
    assert desk.panel.minimumSizeHint().width() <= 560
    kinds = (QAbstractButton, QComboBox)
    for control in [w for w in desk.panel.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]:
        text = control.currentText() if isinstance(control, QComboBox) else control.text().replace("&", "")
        beside = 24 if isinstance(control, (QComboBox, QCheckBox)) else 8
        assert control.width() >= control.fontMetrics().horizontalAdvance(text) + beside, text
        assert control.accessibleName() or control.text()
        assert control.toolTip()


def test_a_refused_step_leaves_the_panel_usable(qtbot: QtBot, desk: Desk) -> None:
    go_to_update(desk)
    desk.worker.edit_cell(SampleRef(), "w1", (0, 0, 0, 0), 0.25)
    QTest.mouseClick(desk.panel.controls.next, LEFT)
    until(
        qtbot, desk, lambda: desk.panel._step.weights["w1"][0, 0, 0, 0] == 0.25 and desk.panel.controls.next.isEnabled()
    )
    apply(qtbot, desk)


def test_while_one_looks_back_nothing_in_the_flow_is_dimmed(qtbot: QtBot, desk: Desk) -> None:
    apply(qtbot, desk)
    assert desk.lit[-1][0] == {"x"}
    desk.worker.seek(0, 0)
    until(qtbot, desk, lambda: desk.frame().timeline.looking_back)
    assert desk.lit[-1] == (None, ())
    desk.worker.return_to_newest()
    until(qtbot, desk, lambda: not desk.frame().timeline.looking_back and desk.lit[-1][0] is not None)


def test_it_is_said_that_the_image_in_the_flow_is_none_of_the_batch(qtbot: QtBot, desk: Desk) -> None:
    assert "(test 0 in the flow is not in it)" in desk.panel.detail.full_text()
    inside = desk.panel._step.images.refs[2]
    desk.worker.choose_sample(inside)
    until(qtbot, desk, lambda: desk.frame().sample == inside)
    assert "in the flow" not in desk.panel.detail.full_text()
    assert "beneath: class, loss L" in desk.panel.detail.full_text()


def test_the_way_back_has_a_word_unless_there_is_no_room_for_it(qtbot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    controls = StageControls(around)
    around.show()
    for grain in ("layer", "cell"):
        controls.choose_grain(grain)
        controls.allow(back=True, on=True, play=True, at_end=False)
        controls.resize(900, 24)
        assert controls.previous.text() == "◂ Back"
        controls.resize(controls.minimumSizeHint())
        assert controls.previous.text() == "◂"
        assert controls.layout().minimumSize().width() <= controls.width()
