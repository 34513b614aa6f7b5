"""How the pass and a tall view share the window: both where both have room, else the one that is in front."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from tests.ui.test_editing_in_the_window import shown
from ui.laboratory.break_it.page import BreakPage
from ui.main_window import MainWindow

pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support")

LEFT = Qt.MouseButton.LeftButton
LOW, COMMON, MIDDLE, LARGE = (1100, 700), (1366, 768), (1440, 900), (1920, 1080)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    made = make_window()
    made.resize(*MIDDLE)
    with qtbot.waitExposed(made):
        made.show()
    shown(qtbot, made)
    made.activateWindow()
    return made


def resize(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.waitUntil(lambda: (window.width(), window.height()) == size and not window.layout().isEmpty())
    qtbot.wait(0)  # what the layout has posted


def test_in_a_low_window_the_laboratory_has_all_the_height_and_gives_it_back(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, LOW)
    before = window.columns.centre.sizes()
    QTest.keyClick(window, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: not window.flow_panel.isVisible())
    assert window.actions_by_id["enlarge"].isChecked()
    QTest.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(window.flow_panel.isVisible)
    assert window.columns.centre.sizes() == before
    assert not window.actions_by_id["enlarge"].isChecked()


def test_who_gives_the_pass_its_room_back_is_not_overruled(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, LOW)
    QTest.keyClick(window, Qt.Key.Key_7)
    qtbot.waitUntil(lambda: not window.flow_panel.isVisible())
    button = window.tabs.cornerWidget()
    assert isinstance(button, QToolButton)
    QTest.mouseClick(button, LEFT)
    qtbot.waitUntil(window.flow_panel.isVisible)
    for key in (Qt.Key.Key_1, Qt.Key.Key_7):
        QTest.keyClick(window, key)
        assert window.flow_panel.isVisible()


def test_tabs_that_the_user_has_enlarged_stay_so_when_the_laboratory_is_left(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, LOW)
    QTest.keyClick(window, Qt.Key.Key_E)
    for key in (Qt.Key.Key_7, Qt.Key.Key_1):
        QTest.keyClick(window, key)
        assert not window.flow_panel.isVisible()


@pytest.mark.parametrize("size", [MIDDLE, LARGE])
def test_with_room_for_both_the_pass_is_seen_whole_beside_the_laboratory(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int]
) -> None:
    QTest.keyClick(window, Qt.Key.Key_7)
    resize(qtbot, window, size)
    qtbot.waitUntil(lambda: window.flow_panel.scroll_area.verticalScrollBar().maximum() == 0)
    assert window.tabs.height() > 300


@pytest.mark.parametrize("key", [Qt.Key.Key_6, Qt.Key.Key_7])
def test_on_a_common_laptop_both_passes_are_seen_above_a_tall_tab(
    qtbot: QtBot, window: MainWindow, key: Qt.Key
) -> None:
    resize(qtbot, window, COMMON)
    QTest.keyClick(window, key)
    qtbot.waitUntil(lambda: window.flow_panel.scroll_area.verticalScrollBar().maximum() == 0)
    assert window.flow_panel.isVisible()
    assert window.tabs.height() > 220


def test_the_images_scroll_by_themselves_not_all_of_their_tab(qtbot: QtBot, window: MainWindow) -> None:
    resize(qtbot, window, COMMON)
    QTest.keyClick(window, Qt.Key.Key_6)
    qtbot.waitUntil(lambda: window.see_data_panel.gallery.verticalScrollBar().maximum() > 0)
    area = window.tabs.currentWidget()
    assert isinstance(area, QScrollArea)
    assert area.verticalScrollBar().maximum() == 0


def test_a_window_that_grows_shows_both_and_one_that_shrinks_the_laboratory(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_7)
    resize(qtbot, window, LOW)
    qtbot.waitUntil(lambda: not window.flow_panel.isVisible())
    resize(qtbot, window, LARGE)
    qtbot.waitUntil(window.flow_panel.isVisible)


def test_the_handle_stays_where_the_user_has_put_it(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_7)
    handle = window.columns.centre.handle(1)
    place = handle.rect().center()
    QTest.mousePress(handle, LEFT, pos=place)
    QTest.mouseMove(handle, place - place.__class__(0, 60))
    QTest.mouseRelease(handle, LEFT, pos=place)
    chosen = window.columns.centre.sizes()
    for key in (Qt.Key.Key_1, Qt.Key.Key_7):
        QTest.keyClick(window, key)
    assert window.columns.centre.sizes() == chosen


@pytest.mark.parametrize("size", [LOW, MIDDLE, LARGE])
def test_no_page_of_the_laboratory_needs_a_scroll_bar(qtbot: QtBot, window: MainWindow, size: tuple[int, int]) -> None:
    resize(qtbot, window, size)
    QTest.keyClick(window, Qt.Key.Key_7)
    panel = window.laboratory.panel
    for title in panel.titles:
        QTest.mouseClick(panel.buttons[title], LEFT)
        area = panel.stack.currentWidget()
        qtbot.waitUntil(lambda area=area: area.verticalScrollBar().maximum() == 0)
        assert area.horizontalScrollBar().maximum() == 0
        page = panel.page
        if isinstance(page, BreakPage):
            for row in range(page.chooser.list.count()):
                page.chooser.list.setCurrentRow(row)
                qtbot.waitUntil(
                    lambda page=page: page.findings is not None and page.findings.bug is page.chooser.bug,
                )
                qtbot.waitUntil(lambda area=area: area.verticalScrollBar().maximum() == 0)
