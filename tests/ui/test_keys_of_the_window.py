"""Space, → and the other keys of the window after the mouse was used: they are the window's, not the control's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QListWidget,
    QSlider,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from playground.snapshot import RunState
from tests.ui.in_the_window import opened, shown
from ui.laboratory.break_it.page import BreakPage
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def click(window: QWidget, widget: QWidget, place: QPoint | None = None) -> None:
    """As the system tells it: to the window, which looks for the widget that is there."""
    where = widget.mapTo(window, place or widget.rect().center())
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=where)


def press(window: MainWindow, key: Qt.Key) -> None:
    """A key goes to the widget with the focus."""
    QTest.keyClick(window.focusWidget() or window, key)


def trains(qtbot: QtBot, window: MainWindow) -> None:
    """Space trains, and pauses again."""
    press(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING)
    press(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.PAUSED)


def test_space_trains_after_slow_motion_was_switched_on_and_off_by_mouse(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_3)
    box = window.slow_motion_panel.controls.slow
    for is_on in (True, False):
        click(window, box, QPoint(8, box.height() // 2))
        assert box.isChecked() is is_on
    trains(qtbot, window)
    assert not box.isChecked()


def test_space_trains_and_the_arrow_steps_after_a_bug_was_chosen_by_mouse(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_7)
    window.laboratory.panel.choose("Break")
    page = window.laboratory.panel.page
    assert isinstance(page, BreakPage)
    bugs = page.chooser.list
    click(window, bugs.viewport(), bugs.visualItemRect(bugs.item(2)).center())
    assert bugs.currentRow() == 2
    trains(qtbot, window)
    step = shown(qtbot, window).step
    press(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == step + 1)
    assert bugs.currentRow() == 2


def test_a_number_that_was_typed_holds_when_train_is_clicked(qtbot: QtBot, window: MainWindow) -> None:
    field = window.training_panel.learning_rate.field
    click(window, field)
    field.selectAll()
    QTest.keyClicks(field, "0.07")
    train = next(button for button in window.toolbar.findChildren(QAbstractButton) if button.text() == "Train")
    click(window, train)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING and s.settings.learning_rate == 0.07)


@pytest.mark.parametrize("typed", ["0.07", "no number"])
def test_enter_in_a_field_that_was_clicked_gives_the_keys_back_unless_it_refuses(
    qtbot: QtBot, window: MainWindow, typed: str
) -> None:
    field = window.training_panel.learning_rate.field
    click(window, field)
    field.selectAll()
    QTest.keyClicks(field, typed)
    press(window, Qt.Key.Key_Return)
    refused = typed == "no number"
    qtbot.waitUntil(lambda: field.hasFocus() is refused)
    if refused:
        assert field.selectedText() == field.text(), "it is there to be typed anew"
    else:
        trains(qtbot, window)


def test_a_field_that_was_reached_by_tab_keeps_the_keys_after_enter(qtbot: QtBot, window: MainWindow) -> None:
    field = window.training_panel.learning_rate.field
    window.training_panel.learning_rate.slider.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Tab)
    QTest.keyClicks(field, "0.07")
    press(window, Qt.Key.Key_Return)
    shown(qtbot, window, lambda s: s.settings.learning_rate == 0.07)
    assert field.hasFocus()


def test_a_check_box_that_was_reached_by_tab_is_switched_by_space(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_3)
    controls = window.slow_motion_panel.controls
    qtbot.waitUntil(controls.play.isEnabled)
    controls.play.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Tab)
    assert controls.slow.hasFocus()
    press(window, Qt.Key.Key_Space)
    assert controls.slow.isChecked()
    press(window, Qt.Key.Key_Space)
    assert not controls.slow.isChecked()


def test_a_click_on_a_control_leaves_the_arrows_with_the_view_that_they_walk_in(
    qtbot: QtBot, window: MainWindow
) -> None:
    press(window, Qt.Key.Key_3)
    qtbot.waitUntil(lambda: window.slow_motion_panel.stage is not None)
    strip = window.slow_motion_panel.strip
    strip.setFocus()
    click(window, window.slow_motion_panel.controls.slow, QPoint(8, 12))
    assert strip.hasFocus()


PLACES = {
    **{f"tab {number}": (number, "") for number in range(1, 7)},
    **{title: (7, title) for title in ("Check", "Break", "Samples", "Other way", "Practice")},
}


@pytest.mark.parametrize("place", PLACES)
def test_no_control_keeps_the_keys_after_a_click(qtbot: QtBot, window: MainWindow, place: str) -> None:
    number, page = PLACES[place]
    window.tabs.show_number(number)
    if page:
        window.laboratory.panel.choose(page)
    QApplication.processEvents()
    kinds = (QAbstractButton, QComboBox, QListWidget, QSlider)
    controls = [w for kind in kinds for w in window.findChildren(kind) if w.isVisible() and w.window() is window]
    controls = [w for w in controls if not (isinstance(w, QToolButton) and w.menu())]  # the menu has the keys
    assert len(controls) > 20
    for control in controls:
        window.setFocus()
        middle = control.mapTo(window, control.rect().center())
        QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, pos=middle)
        kept = control.hasFocus()
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        # let go elsewhere, so that no button does what it is for
        QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, pos=QPoint(1, window.height() - 1))
        assert not kept, control.accessibleName()
        assert not control.hasFocus(), control.accessibleName()


@pytest.mark.parametrize("name", ["Optimiser", "Data set", "Colour scale", "Decimals", "First weights"])
def test_the_numbers_of_the_tabs_open_them_while_a_choice_has_the_keys(window: MainWindow, name: str) -> None:
    (box,) = (found for found in window.findChildren(QComboBox) if found.accessibleName() == name)
    chosen = box.currentText()
    for number in (1, 2, 3, 4, 6, 7):
        box.setFocus(Qt.FocusReason.TabFocusReason)
        press(window, Qt.Key.Key_0 + number)
        assert window.tabs.currentIndex() == number - 1
    assert box.currentText() == chosen
    box.setFocus(Qt.FocusReason.TabFocusReason)
    press(window, Qt.Key.Key_Up if box.currentIndex() else Qt.Key.Key_Down)
    assert box.currentText() != chosen, "the keys that choose are its own"


def draw(window: MainWindow) -> None:
    """A stroke by mouse, told to the window."""
    canvas = window.classify_panel.canvas
    middle = canvas.mapTo(window, canvas.rect().center())
    QTest.mousePress(window.windowHandle(), Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(window.windowHandle(), middle + QPoint(20, 20))
    QTest.mouseRelease(window.windowHandle(), Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 20))


def test_the_arrow_steps_after_a_stroke_by_mouse_and_undo_takes_the_step(qtbot: QtBot, window: MainWindow) -> None:
    canvas, step = window.classify_panel.canvas, shown(qtbot, window).step
    draw(window)
    drawn = canvas.gray()
    assert drawn.any()
    press(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == step + 1)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    shown(qtbot, window, lambda s: s.step == step)
    assert (canvas.gray() == drawn).all()
    trains(qtbot, window)


def test_the_arrows_draw_when_the_focus_came_by_keys_also_after_a_stroke_by_mouse(
    qtbot: QtBot, window: MainWindow
) -> None:
    canvas, step = window.classify_panel.canvas, shown(qtbot, window).step
    draw(window)
    press(window, Qt.Key.Key_Tab)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.hasFocus()
    drawn = canvas.gray()
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Space):
        press(window, key)
    assert (canvas.gray() != drawn).any()
    assert shown(qtbot, window).step == step
