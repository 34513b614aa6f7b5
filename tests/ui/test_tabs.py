"""The tabs and the keys: a number brings its tab up from wherever the last one left the focus."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from ui.main_window import MainWindow
from ui.preferences import Preferences


@pytest.fixture
def window(qtbot: QtBot, tmp_path) -> Iterator[MainWindow]:
    preferences = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    preferences.settings = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), seed=5)
    made = MainWindow(preferences)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made._shown is not None and made.isActiveWindow())
    yield made
    made.close()
    made.deleteLater()
    with qtbot.waitSignal(made.destroyed):
        pass


def press(*keys: Qt.Key) -> None:
    """Press keys where a real keyboard's would arrive."""
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key)


def number_of_tab(window: MainWindow) -> int:
    return window.tabs.currentIndex() + 1


@pytest.mark.parametrize("number", [3, 6])
def test_after_a_walk_along_the_chain_each_number_brings_its_tab_up(window: MainWindow, number: int) -> None:
    press(Qt.Key.Key_2, Qt.Key.Key_Period)  # the row of factors has the focus
    press(Qt.Key.Key_0 + number)
    assert number_of_tab(window) == number
    press(Qt.Key.Key_2)
    assert number_of_tab(window) == 2


def test_all_tabs_have_room_in_a_small_window_on_a_blackboard_too(qtbot: QtBot, window: MainWindow) -> None:
    window.run.change(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,))
    tabs = window.tabs
    qtbot.waitUntil(lambda: tabs.isTabEnabled(4))
    bar = tabs.tabBar()
    qtbot.waitUntil(lambda: bar.tabRect(6).right() < tabs.cornerWidget().x())
    qtbot.waitUntil(lambda: [bar.tabText(number) for number in (1, 6)] == ["&2 Chain", "&7 Lab"])
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: bar.tabText(1) == "&2 Chain rule")
    qtbot.waitUntil(lambda: tabs.cornerWidget().text() == "Enlarge")


def test_all_tabs_have_room_in_a_small_window_in_a_larger_font(qtbot: QtBot, window: MainWindow) -> None:
    font = window.tabs.font()
    font.setPointSizeF(11)
    window.tabs.setFont(font)
    window.resize(1110, 700)
    window.resize(1100, 700)
    bar, corner = window.tabs.tabBar(), window.tabs.cornerWidget()
    qtbot.waitUntil(lambda: bar.tabRect(6).right() < corner.x())
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: bar.font().pointSizeF() == 11)


def test_no_tab_that_comes_up_puts_the_cursor_into_a_field(window: MainWindow) -> None:
    press(Qt.Key.Key_2, Qt.Key.Key_Period, Qt.Key.Key_3)
    assert not isinstance(QApplication.focusWidget(), QLineEdit)
    seconds = window.slow_motion_panel.controls.findChild(QLineEdit)
    assert seconds is not None
    before = seconds.text()
    press(Qt.Key.Key_6, Qt.Key.Key_3)
    assert (number_of_tab(window), seconds.text()) == (3, before)


def test_the_step_key_steps_after_a_change_of_tabs(qtbot: QtBot, window: MainWindow) -> None:
    press(Qt.Key.Key_2, Qt.Key.Key_Period, Qt.Key.Key_1, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown is not None and window._shown.step == 1)


def test_enlarging_takes_the_keys_over_from_the_flow(window: MainWindow) -> None:
    press(Qt.Key.Key_2)
    window.flow_panel.setFocus()
    press(Qt.Key.Key_E)
    assert not window.flow_panel.isVisible()
    press(Qt.Key.Key_3)
    assert number_of_tab(window) == 3
