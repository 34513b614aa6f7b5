"""The drawing surface under real mouse, pen and key events."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QInputDevice,
    QKeyEvent,
    QPointingDevice,
    QPointingDeviceUniqueId,
    QTabletEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.hands import turn_wheel
from ui.classify.canvas import BRUSH_MAXIMUM, BRUSH_MINIMUM, Canvas
from ui.classify.ink_raster import SIDE, ink_on_black
from ui.classify.keyboard_pen import GRID

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def canvas(qtbot):
    widget = Canvas()
    qtbot.addWidget(widget)
    widget.resize(144, 144)  # the paper is 140 wide: two raster pixels a screen pixel
    widget.show()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    return widget


def at(x: float, y: float) -> QPoint:
    """The place on the widget over a raster point."""
    return QPoint(round(2 + x / 2), round(2 + y / 2))


def drag(canvas: Canvas, *points: tuple[int, int], button: Qt.MouseButton = LEFT) -> None:
    QTest.mousePress(canvas, button, pos=at(*points[0]))
    for point in points[1:]:
        QTest.mouseMove(canvas, at(*point))
    QTest.mouseRelease(canvas, button, pos=at(*points[-1]))


def ink_at(canvas: Canvas, x: int, y: int) -> int:
    return int(canvas.gray()[y, x])


def thickness(canvas: Canvas, x: int) -> int:
    return int(np.count_nonzero(canvas.gray()[:, x] > 127))


def pen(canvas, kind, point, pressure, pointer=QPointingDevice.PointerType.Pen):
    device = QPointingDevice(
        "stylus",
        1,
        QInputDevice.DeviceType.Stylus,
        pointer,
        QInputDevice.Capability.Pressure | QInputDevice.Capability.Position,
        1,
        1,
        "",
        QPointingDeviceUniqueId(),
    )
    position = QPointF(at(*point))
    held = LEFT if kind != QEvent.Type.TabletRelease else Qt.MouseButton.NoButton
    changed = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
    event = QTabletEvent(
        kind,
        device,
        position,
        QPointF(canvas.mapToGlobal(position)),
        pressure,
        0,
        0,
        0,
        0,
        0,
        Qt.KeyboardModifier.NoModifier,
        changed,
        held,
    )
    event.ignore()
    QApplication.sendEvent(canvas, event)
    return event


def pen_line(canvas, start, end, pressure, pointer=QPointingDevice.PointerType.Pen):
    middle = ((start[0] + end[0]) // 2, (start[1] + end[1]) // 2)
    pen(canvas, QEvent.Type.TabletPress, start, pressure, pointer)
    pen(canvas, QEvent.Type.TabletMove, middle, pressure, pointer)
    pen(canvas, QEvent.Type.TabletMove, end, pressure, pointer)
    pen(canvas, QEvent.Type.TabletRelease, end, 0.0, pointer)


def test_a_new_canvas_is_black_and_empty(canvas):
    assert canvas.is_empty
    assert canvas.gray().shape == (SIDE, SIDE)
    assert canvas.gray().dtype == np.uint8
    assert canvas.state() == b""


def test_a_mouse_stroke_leaves_white_ink_along_its_way(canvas):
    drag(canvas, (60, 100), (140, 100), (220, 100))
    assert [ink_at(canvas, x, 100) for x in (60, 100, 140, 180, 220)] == [255] * 5
    assert ink_at(canvas, 140, 180) == 0


def test_a_click_leaves_a_round_dot_of_the_brush_size(canvas):
    QTest.mouseClick(canvas, LEFT, pos=at(140, 140))
    area = np.count_nonzero(canvas.gray() > 127)
    assert area == pytest.approx(np.pi * (canvas.brush_size / 2) ** 2, rel=0.05)


def test_the_same_gesture_gives_the_same_ink_at_any_widget_size(canvas):
    drag(canvas, (60, 60), (140, 200), (220, 60))
    small = canvas.gray()
    canvas.clear()
    canvas.resize(284, 284)
    for act, point in ((QTest.mousePress, (60, 60)), (QTest.mouseRelease, (220, 60))):
        if act is QTest.mouseRelease:
            QTest.mouseMove(canvas, QPoint(142, 202))
            QTest.mouseMove(canvas, QPoint(222, 62))
        act(canvas, LEFT, pos=QPoint(point[0] + 2, point[1] + 2))
    large = canvas.gray()
    assert np.mean((small > 127) != (large > 127)) < 0.002


def test_a_stroke_is_rounded_at_its_corners(canvas):
    drag(canvas, (40, 240), (140, 40), (240, 240))
    # a polyline would ink the tip of the corner; the parabola through the midpoints turns halfway below it
    assert ink_at(canvas, 140, 40) == 0
    assert ink_at(canvas, 140, 90) == 255


def test_changed_is_emitted_once_for_each_mouse_event(canvas):
    heard = []
    canvas.changed.connect(lambda: heard.append(1))
    counts = []
    QTest.mousePress(canvas, LEFT, pos=at(50, 50))
    counts.append(len(heard))
    for x in (100, 150, 200):
        QTest.mouseMove(canvas, at(x, 50))
        counts.append(len(heard))
    QTest.mouseRelease(canvas, LEFT, pos=at(200, 50))
    counts.append(len(heard))
    assert counts == [1, 2, 3, 4, 5]


def test_moving_without_a_button_draws_nothing(canvas):
    QTest.mouseMove(canvas, at(50, 50))
    QTest.mouseMove(canvas, at(200, 200))
    assert canvas.is_empty
    assert canvas.undo_stack.count() == 0


def test_the_right_button_erases(canvas):
    drag(canvas, (60, 100), (140, 100), (220, 100))
    drag(canvas, (140, 60), (140, 100), (140, 140), button=RIGHT)
    assert ink_at(canvas, 140, 100) == 0
    assert ink_at(canvas, 70, 100) == 255


def test_the_eraser_takes_ink_away_with_the_left_button(canvas):
    drag(canvas, (60, 100), (220, 100))
    canvas.set_eraser(True)
    QTest.mouseClick(canvas, LEFT, pos=at(140, 100))
    assert ink_at(canvas, 140, 100) == 0


def test_erasing_blank_paper_is_no_step(canvas):
    drag(canvas, (60, 60), (200, 60), button=RIGHT)
    assert canvas.undo_stack.count() == 0


def test_each_stroke_is_one_step_back_and_forth(canvas):
    drag(canvas, (60, 60), (220, 60))
    first = canvas.gray()
    drag(canvas, (60, 200), (220, 200))
    second = canvas.gray()
    canvas.undo()
    np.testing.assert_array_equal(canvas.gray(), first)
    canvas.undo()
    assert canvas.is_empty
    canvas.redo()
    canvas.redo()
    np.testing.assert_array_equal(canvas.gray(), second)


def test_undo_in_the_middle_of_a_stroke_takes_back_that_stroke(canvas):
    drag(canvas, (60, 60), (220, 60))
    first = canvas.gray()
    QTest.mousePress(canvas, LEFT, pos=at(60, 200))
    QTest.mouseMove(canvas, at(200, 200))
    canvas.undo()
    np.testing.assert_array_equal(canvas.gray(), first)
    QTest.mouseMove(canvas, at(220, 240))
    QTest.mouseRelease(canvas, LEFT, pos=at(220, 240))
    np.testing.assert_array_equal(canvas.gray(), first)


def test_undo_on_a_fresh_canvas_changes_nothing(canvas):
    canvas.undo()
    canvas.redo()
    assert canvas.is_empty


def test_clear_can_be_undone_and_an_empty_canvas_needs_no_clearing(canvas):
    canvas.clear()
    assert canvas.undo_stack.count() == 0
    drag(canvas, (60, 60), (220, 60))
    drawn = canvas.gray()
    canvas.clear()
    assert canvas.is_empty
    canvas.undo()
    np.testing.assert_array_equal(canvas.gray(), drawn)


def test_the_undo_history_is_bounded(canvas):
    for _ in range(60):
        canvas.set_image(_picture(1))
        canvas.clear()
    assert canvas.undo_stack.count() == 100


def test_pressing_harder_with_the_pen_draws_a_wider_line(canvas):
    pen_line(canvas, (40, 80), (240, 80), 0.1)
    light = thickness(canvas, 140)
    canvas.clear()
    pen_line(canvas, (40, 80), (240, 80), 1.0)
    assert thickness(canvas, 140) > 1.5 * light > 0


def test_tablet_events_are_accepted_so_that_no_second_stroke_comes_from_the_mouse(canvas):
    events = [
        pen(canvas, QEvent.Type.TabletPress, (60, 60), 0.5),
        pen(canvas, QEvent.Type.TabletMove, (160, 60), 0.5),
        pen(canvas, QEvent.Type.TabletRelease, (160, 60), 0.0),
    ]
    assert all(event.isAccepted() for event in events)
    assert canvas.undo_stack.count() == 1


def test_the_other_end_of_the_pen_erases(canvas):
    drag(canvas, (60, 100), (220, 100))
    pen_line(canvas, (140, 60), (140, 140), 1.0, QPointingDevice.PointerType.Eraser)
    assert ink_at(canvas, 140, 100) == 0


def test_a_hovering_pen_draws_nothing(canvas):
    pen(canvas, QEvent.Type.TabletMove, (100, 100), 0.0)
    assert canvas.is_empty


def by_tab(canvas):
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)


def test_space_after_drawing_by_mouse_is_left_to_the_window(canvas):
    drag(canvas, (60, 60), (200, 60))
    drawn = canvas.gray()
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    QApplication.sendEvent(canvas, event)
    assert not event.isAccepted()
    np.testing.assert_array_equal(canvas.gray(), drawn)
    by_tab(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    assert (canvas.gray() != drawn).any()


def test_space_puts_the_pen_down_and_arrows_draw_until_space_again(canvas):
    by_tab(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    for _ in range(4):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    middle = round((GRID // 2 + 0.5) * SIDE / GRID)
    assert ink_at(canvas, middle, middle) == 255
    assert ink_at(canvas, middle + 4 * SIDE // GRID, middle) == 255
    before = canvas.gray()
    QTest.keyClick(canvas, Qt.Key.Key_Down)
    np.testing.assert_array_equal(canvas.gray(), before)
    assert canvas.undo_stack.count() == 1


def test_space_held_while_moving_lifts_the_pen_on_release(canvas):
    by_tab(canvas)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    drawn = canvas.gray()
    QTest.keyClick(canvas, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_array_equal(canvas.gray(), drawn)
    assert not canvas.is_empty


def test_shift_moves_the_pen_four_cells_and_the_edge_stops_it(canvas):
    for _ in range(20):
        QTest.keyClick(canvas, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(canvas, Qt.Key.Key_Up)
    QTest.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    ys, xs = np.nonzero(canvas.gray() > 127)
    cell = SIDE / GRID
    assert np.mean([xs.min(), xs.max()]) == pytest.approx(4.5 * cell, abs=1)
    assert ys.min() == 0


def test_letter_e_erases_delete_clears_and_brackets_change_the_brush(canvas):
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert canvas.eraser
    QTest.keyClick(canvas, Qt.Key.Key_E)
    assert not canvas.eraser
    drag(canvas, (60, 60), (200, 60))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert canvas.is_empty
    size = canvas.brush_size
    QTest.keyClick(canvas, "]")
    assert canvas.brush_size > size
    QTest.keyClick(canvas, "[")
    assert canvas.brush_size == size


@pytest.mark.parametrize("keeps", [False, True])
def test_the_arrows_are_the_windows_after_a_stroke_by_mouse_unless_it_has_no_use_for_them(canvas, keeps):
    canvas.keeps_arrows = keeps
    drag(canvas, (60, 60), (200, 60))
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted() is keeps


def test_losing_the_focus_lifts_the_pen_of_the_keys(canvas):
    by_tab(canvas)
    QTest.keyClick(canvas, Qt.Key.Key_Space)
    canvas.clearFocus()
    assert canvas.undo_stack.count() == 1


def test_ctrl_z_undoes_when_the_canvas_has_the_focus(canvas):
    drag(canvas, (60, 60), (200, 60))
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert canvas.is_empty


@pytest.mark.parametrize(
    ("key", "is_ours"),
    [(Qt.Key.Key_Space, True), (Qt.Key.Key_Right, True), (Qt.Key.Key_R, False), (Qt.Key.Key_Escape, False)],
)
def test_keys_of_the_canvas_win_over_shortcuts_of_the_window(canvas, key, is_ours):
    by_tab(canvas)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(canvas, event)
    assert event.isAccepted() == is_ours


def test_the_wheel_changes_the_brush_only_with_ctrl(canvas):
    size = canvas.brush_size
    turn_wheel(canvas, 1, modifiers=Qt.KeyboardModifier.NoModifier)
    assert canvas.brush_size == size
    turn_wheel(canvas, 1, modifiers=Qt.KeyboardModifier.ControlModifier)
    assert canvas.brush_size > size


def test_the_brush_size_stays_within_its_bounds(canvas):
    canvas.set_brush_size(10_000)
    assert canvas.brush_size == BRUSH_MAXIMUM
    canvas.set_brush_size(-5)
    assert canvas.brush_size == BRUSH_MINIMUM


def _picture(value: int) -> np.ndarray:
    gray = np.zeros((20, 40), np.uint8)
    gray[5:15, 10:30] = 100 + value
    return gray


def test_a_picture_is_fitted_with_its_aspect_kept_and_can_be_drawn_on_and_undone(canvas):
    canvas.set_image(_picture(0))
    ys, xs = np.nonzero(canvas.gray() > 127)
    assert (xs.max() - xs.min() + 1) / (ys.max() - ys.min() + 1) == pytest.approx(2, rel=0.05)
    drag(canvas, (20, 20), (260, 20))
    assert ink_at(canvas, 140, 20) == 255
    assert ink_at(canvas, 140, 140) == 255
    canvas.undo()
    assert ink_at(canvas, 140, 20) == 0
    canvas.undo()
    assert canvas.is_empty


def test_a_dark_picture_on_light_paper_is_turned_round(canvas):
    canvas.set_image(255 - _picture(0))
    assert ink_at(canvas, 140, 140) == 255
    assert ink_at(canvas, 2, 140) == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (3, 3), (1024, 700)])
def test_pictures_of_any_shape_fit(canvas, shape):
    gray = np.zeros(shape, np.uint8)
    gray[shape[0] // 2, shape[1] // 2] = 255
    canvas.set_image(gray)
    assert canvas.gray().shape == (SIDE, SIDE)


def test_a_grey_ground_becomes_black_and_the_strongest_ink_white():
    gray = np.full((30, 30), 200, np.uint8)
    gray[10:20, 10:20] = 140
    ink = ink_on_black(gray)
    assert (int(ink[0, 0]), int(ink[15, 15])) == (0, 255)


def test_a_picture_of_one_grey_has_no_ink():
    assert not ink_on_black(np.full((9, 9), 77, np.uint8)).any()


def test_the_drawing_comes_back_from_its_state_without_history(canvas, qtbot):
    drag(canvas, (60, 60), (200, 200), (60, 200))
    state = canvas.state()
    other = Canvas()
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.changed):
        assert other.restore(state)
    np.testing.assert_array_equal(other.gray(), canvas.gray())
    assert not other.undo_stack.canUndo()


@pytest.mark.parametrize("kind", ["words", "other size"])
def test_a_damaged_state_keeps_the_drawing(canvas, kind):
    drag(canvas, (60, 60), (200, 200))
    drawn = canvas.gray()
    if kind == "words":
        state = b"no picture at all"
    else:
        image = QImage(30, 30, QImage.Format.Format_Grayscale8)
        image.fill(255)
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        buffer.close()
        state = data.data()
    assert not canvas.restore(state)
    np.testing.assert_array_equal(canvas.gray(), drawn)


def test_an_empty_state_clears(canvas):
    drag(canvas, (60, 60), (200, 200))
    assert canvas.restore(b"")
    assert canvas.is_empty


def test_the_hint_is_painted_only_on_an_empty_canvas(canvas):
    canvas.clearFocus()
    middle = canvas.grab().toImage().copy(30, 55, 84, 34)
    words = {middle.pixelColor(x, y).lightness() for x in range(84) for y in range(34)}
    assert max(words) > 60
    QTest.mouseClick(canvas, LEFT, pos=at(30, 30))
    middle = canvas.grab().toImage().copy(30, 55, 84, 34)
    assert {middle.pixelColor(x, y).lightness() for x in range(84) for y in range(34)} == {0}


def test_the_focus_is_visible(canvas):
    focused = canvas.grab().toImage()
    canvas.clearFocus()
    assert canvas.grab().toImage() != focused


def test_the_description_says_the_tool_and_the_keys(canvas):
    canvas.set_eraser(True)
    assert "eraser" in canvas.accessibleDescription()
    assert "Space" in canvas.accessibleDescription()
    assert "Space" in canvas.toolTip()
