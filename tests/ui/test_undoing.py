"""Ctrl+Z in the whole window: what was done last is undone, whichever kind of thing it was, and done again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.ui.in_the_window import opened, shown
from ui.cell_ref import CellRef
from ui.main_window import MainWindow

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), settings=SMALL)


def draw(window: MainWindow, *, row: int = 40) -> None:
    canvas = window.classify_panel.canvas
    start = QPoint(20, row)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 10))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(30, 10))


def type_bias(qtbot: QtBot, window: MainWindow, text: str) -> Snapshot:
    view = window.flow_panel.view
    view.editing.begin(CellRef("b2", (0,)))
    QTest.keyClicks(view.editing.field, text)
    QTest.keyClick(view.editing.field, Qt.Key.Key_Return)
    return shown(qtbot, window, lambda s: s.trace.b2[0] == np.float32(text))


def press(window: MainWindow, key: str) -> None:
    modifiers = Qt.KeyboardModifier.ControlModifier
    if key == "redo":
        modifiers |= Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(window, Qt.Key.Key_Z, modifiers)


def menu_text(window: MainWindow, action_id: str) -> str:
    return window.actions_by_id[action_id].text().replace("&", "")


def test_a_number_that_was_changed_after_drawing_is_undone_and_the_drawing_stays(
    qtbot: QtBot, window: MainWindow
) -> None:
    draw(window)
    drawn = window.classify_panel.canvas.gray()
    before = float(shown(qtbot, window).trace.b2[0])
    type_bias(qtbot, window, "5")
    assert menu_text(window, "undo") == "Undo change of b₂[0]"
    press(window, "undo")
    shown(qtbot, window, lambda s: s.trace.b2[0] == np.float32(before))
    np.testing.assert_array_equal(window.classify_panel.canvas.gray(), drawn)
    assert menu_text(window, "undo") == "Undo stroke"
    press(window, "undo")
    assert window.classify_panel.canvas.is_empty
    assert not window.actions_by_id["undo"].isEnabled()


def test_strokes_numbers_and_steps_are_undone_in_their_order_and_done_again(qtbot: QtBot, window: MainWindow) -> None:
    first = float(shown(qtbot, window).trace.b2[0])
    canvas = window.classify_panel.canvas
    type_bias(qtbot, window, "0.25")
    draw(window)
    one_stroke = canvas.gray()
    window.actions_by_id["step"].trigger()
    stepped = shown(qtbot, window, lambda s: s.step == 1)
    draw(window, row=60)
    two_strokes = canvas.gray()

    assert menu_text(window, "undo") == "Undo stroke"
    press(window, "undo")
    np.testing.assert_array_equal(canvas.gray(), one_stroke)
    assert menu_text(window, "undo") == "Undo step 1"
    press(window, "undo")
    assert shown(qtbot, window, lambda s: s.step == 0).trace.b2[0] == np.float32(0.25)
    press(window, "undo")
    assert canvas.is_empty
    press(window, "undo")
    shown(qtbot, window, lambda s: s.trace.b2[0] == np.float32(first))

    assert menu_text(window, "redo") == "Redo change of b₂[0]"
    press(window, "redo")
    shown(qtbot, window, lambda s: s.trace.b2[0] == np.float32(0.25))
    press(window, "redo")
    np.testing.assert_array_equal(canvas.gray(), one_stroke)
    press(window, "redo")
    again = shown(qtbot, window, lambda s: s.step == 1)
    np.testing.assert_array_equal(again.trace.w1, stepped.trace.w1)
    qtbot.waitUntil(lambda: menu_text(window, "redo") == "Redo stroke")
    press(window, "redo")
    np.testing.assert_array_equal(canvas.gray(), two_strokes)
    assert not window.actions_by_id["redo"].isEnabled()


def test_a_label_of_an_image_is_undone_by_its_name(qtbot: QtBot, window: MainWindow) -> None:
    start = shown(qtbot, window)
    label = int(start.trace.y[0])
    window.worker.edit_label(start.sample, 1 - label)
    shown(qtbot, window, lambda s: s.trace.y[0] == 1 - label)
    assert menu_text(window, "undo") == f"Undo label of {start.sample.words}"
    press(window, "undo")
    shown(qtbot, window, lambda s: s.trace.y[0] == label)


def test_what_is_new_leaves_nothing_to_do_again(qtbot: QtBot, window: MainWindow) -> None:
    type_bias(qtbot, window, "0.5")
    press(window, "undo")
    qtbot.waitUntil(window.actions_by_id["redo"].isEnabled)
    draw(window)
    assert not window.actions_by_id["redo"].isEnabled()


def test_while_it_trains_a_number_waits_and_no_stroke_is_taken_in_its_place(qtbot: QtBot, window: MainWindow) -> None:
    draw(window)
    drawn = window.classify_panel.canvas.gray()
    type_bias(qtbot, window, "0.5")
    window.worker.train()
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING)
    assert not window.actions_by_id["undo"].isEnabled()
    assert window.actions_by_id["undo"].toolTip().startswith("Pause to undo the change of b₂[0]")
    press(window, "undo")
    np.testing.assert_array_equal(window.classify_panel.canvas.gray(), drawn)
    draw(window, row=60)
    assert menu_text(window, "undo") == "Undo stroke"
    press(window, "undo")
    np.testing.assert_array_equal(window.classify_panel.canvas.gray(), drawn)


def test_a_stroke_undone_by_the_panels_own_button_can_be_drawn_again_by_the_key(
    qtbot: QtBot, window: MainWindow
) -> None:
    draw(window)
    drawn = window.classify_panel.canvas.gray()
    type_bias(qtbot, window, "0.5")
    window.classify_panel.undo()
    assert window.classify_panel.canvas.is_empty
    assert menu_text(window, "redo") == "Redo stroke"
    press(window, "redo")
    np.testing.assert_array_equal(window.classify_panel.canvas.gray(), drawn)
