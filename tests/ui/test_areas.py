"""The keys in the whole window: areas, the order of Tab in them, and alike controls that are one stop."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.in_the_window import opened, shown
from ui.main_window import MainWindow

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def press(window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QWidget:
    """Where the keys are afterwards."""
    QTest.keyClick(window.focusWidget() or window, key, modifiers)
    focused = window.focusWidget()
    assert focused is not None
    return focused


def button(window: MainWindow, name: str) -> QWidget:
    return next(child for child in window.toolbar.findChildren(QWidget) if child.accessibleName() == name)


def test_one_key_goes_from_the_buttons_of_the_run_to_the_flow(window: MainWindow) -> None:
    button(window, "Train").setFocus()
    assert press(window, Qt.Key.Key_F6) is window.flow_panel.view


def test_from_nowhere_tab_and_f6_go_to_the_flow(window: MainWindow) -> None:
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_F6):
        window.setFocus()
        assert press(window, key) is window.flow_panel.view


def test_f6_goes_round_all_areas_and_shift_f6_back(window: MainWindow) -> None:
    button(window, "Train").setFocus()
    parts: tuple[QWidget, ...] = (
        window.flow_panel,
        window.tabs,
        window.late.charts[0],
        window.timeline.bar,
        window.data_panel,
        window.network_panel,
        window.training_panel,
        window.classify_panel,
        window.toolbar,
    )
    for part in parts:
        assert part.isAncestorOf(press(window, Qt.Key.Key_F6)), part.accessibleName()
    for part in (*reversed(parts[:-1]), window.toolbar):
        assert part.isAncestorOf(press(window, Qt.Key.Key_F6, SHIFT)), part.accessibleName()


def test_an_area_is_entered_where_it_was_left(window: MainWindow) -> None:
    window.training_panel.batch_size.field.setFocus()
    press(window, Qt.Key.Key_F6)
    assert press(window, Qt.Key.Key_F6, SHIFT) is window.training_panel.batch_size.field


def test_the_flow_is_no_area_while_the_tabs_have_its_room(qtbot: QtBot, window: MainWindow) -> None:
    window.actions_by_id["enlarge"].trigger()
    qtbot.waitUntil(lambda: not window.flow_panel.view.isVisible())
    button(window, "Train").setFocus()
    assert window.tabs.isAncestorOf(press(window, Qt.Key.Key_F6))


def test_tab_reaches_the_flow_from_the_run_in_few_presses_and_goes_round_the_window(window: MainWindow) -> None:
    first = button(window, "Train")
    first.setFocus()
    seen: list[QWidget] = [first]
    while (focused := press(window, Qt.Key.Key_Tab)) is not first:
        assert focused not in seen, f"round without {first.accessibleName()}"
        seen.append(focused)
    assert next(place for place, widget in enumerate(seen) if window.flow_panel.isAncestorOf(widget)) <= 7
    assert seen.index(window.flow_panel.view) <= 10
    assert len(seen) <= 40
    back = [press(window, Qt.Key.Key_Backtab, SHIFT) for _ in seen]
    assert back == [*reversed(seen[1:]), first]


def test_tab_goes_through_one_area_after_the_other(window: MainWindow) -> None:
    everywhere = [widget for area in range(9) for widget in window.areas.stops(area)]
    everywhere[0].setFocus()
    assert [press(window, Qt.Key.Key_Tab) for _ in everywhere] == [*everywhere[1:], everywhere[0]]


@pytest.mark.parametrize("number", [2, 3, 4, 6, 7])
def test_a_view_that_is_made_late_comes_where_its_tab_is(window: MainWindow, number: int) -> None:
    window.tabs.show_number(number)
    stops = window.areas.stops(2)
    assert all(window.tabs.isAncestorOf(stop) for stop in stops)
    stops[-1].setFocus()
    assert window.late.charts[0].isAncestorOf(press(window, Qt.Key.Key_Tab))


def test_the_classes_are_one_stop_and_the_arrows_go_along_them(qtbot: QtBot, window: MainWindow) -> None:
    chips = window.data_panel.chips
    stops = [stop for stop in window.areas.stops(5) if chips.isAncestorOf(stop)]
    assert stops == [chips.chip(0)]
    chips.chip(0).setFocus(Qt.FocusReason.TabFocusReason)
    step = shown(qtbot, window).step
    for number in range(1, 10):
        assert press(window, Qt.Key.Key_Right) is chips.chip(number)
    assert press(window, Qt.Key.Key_Right) is chips.all_button
    assert press(window, Qt.Key.Key_Home) is chips.chip(0)
    assert press(window, Qt.Key.Key_End) is chips.all_button
    assert press(window, Qt.Key.Key_Left) is chips.chip(9)
    press(window, Qt.Key.Key_Tab)
    assert press(window, Qt.Key.Key_Backtab, SHIFT) is chips.chip(9)
    press(window, Qt.Key.Key_Space)
    assert shown(qtbot, window, lambda s: 9 in s.settings.classes).step == step


def test_the_tools_of_the_drawing_are_one_stop_that_skips_what_has_nothing_to_do(window: MainWindow) -> None:
    classify = window.classify_panel
    stops = [stop.accessibleName() for stop in window.areas.stops(8)]
    assert [name for name in stops if name in ("Brush size", "Eraser", "Clear drawing", "Open a picture")] == [
        "Brush size"
    ]
    next(stop for stop in window.areas.stops(8) if stop.accessibleName() == "Brush size").setFocus()
    names = [press(window, Qt.Key.Key_Right).accessibleName() for _ in range(3)]
    assert names == ["Eraser", "Clear drawing", "Open a picture"]
    assert classify.canvas.accessibleName() == "Drawing canvas"


def test_a_number_is_one_stop_whose_keys_move_its_slider(window: MainWindow) -> None:
    control = window.network_panel.filters[0]
    stops = [stop for stop in window.areas.stops(6) if control.isAncestorOf(stop)]
    assert stops == [control.field]
    control.field.setFocus()
    before = control.slider.value()
    press(window, Qt.Key.Key_Up)
    assert control.slider.value() > before


def test_what_tab_goes_to_is_scrolled_into_view(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> None:
    window = opened(qtbot, make_window(), (1100, 520))
    canvas = window.classify_panel.canvas
    window.training_panel.learning_rate.field.setFocus()
    assert press(window, Qt.Key.Key_F6) is canvas
    assert window.left.viewport().rect().contains(canvas.mapTo(window.left.viewport(), canvas.rect().center()))


def test_a_card_that_lies_over_the_window_is_an_area_too(window: MainWindow) -> None:
    window.actions_by_id["first_steps"].trigger()
    window.classify_panel.canvas.setFocus()
    skip = press(window, Qt.Key.Key_F6)
    assert skip.parentWidget().accessibleName() == "First steps"
    assert press(window, Qt.Key.Key_F6) is button(window, "Train")
    assert press(window, Qt.Key.Key_F6, SHIFT) is skip
