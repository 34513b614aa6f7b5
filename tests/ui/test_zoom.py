"""Zoom: everything in all windows is drawn larger or smaller, at once, and what is in them stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.in_the_window import opened, shown
from ui import zoom as zoom_module
from ui.cell_ref import CellRef
from ui.main_window import MainWindow
from ui.qt_scale import scale_now, set_scale
from ui.window_state import WindowState

pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support")

CTRL = Qt.KeyboardModifier.ControlModifier
SCREEN = QSize(1920, 1080)


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, make_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    def on_a_large_screen(wanted: QRect, _screen: QRect, _frame: object) -> QRect:
        return wanted  # the offscreen one has 800 pixels

    monkeypatch.setattr(zoom_module, "fitted", on_a_large_screen)
    monkeypatch.setattr(WindowState, "_room", lambda _self: SCREEN * (100 / scale_now(qapp)))
    made = opened(qtbot, make_window())
    yield made
    made.zoom.normal()
    assert scale_now(qapp) == 100


def press(qtbot: QtBot, window: MainWindow, key: Qt.Key) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, key, CTRL)


def test_larger_fills_as_much_of_the_screen_with_fewer_and_larger_pixels(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Plus)
    press(qtbot, window, Qt.Key.Key_Equal)
    qtbot.waitUntil(lambda: window.devicePixelRatioF() == 1.25)
    assert window.size() == QSize(1152, 720)  # 1440 by 900 pixels of the screen
    assert window.grab().size() == QSize(1440, 900)
    assert window.isVisible()
    assert window.statusBar().currentMessage() == "Zoom 125 %"
    window.flow_panel.grab()
    assert window.flow_panel.view.flow_layout.metrics.unit == 1.25


def test_the_keys_lead_back_and_the_window_has_its_size_again(qtbot: QtBot, window: MainWindow) -> None:
    for key, ratio in ((Qt.Key.Key_Plus, 1.1), (Qt.Key.Key_Minus, 1.0), (Qt.Key.Key_Minus, 0.9), (Qt.Key.Key_0, 1.0)):
        press(qtbot, window, key)
        qtbot.waitUntil(lambda ratio=ratio: window.devicePixelRatioF() == pytest.approx(ratio))
    assert window.size() == QSize(1440, 900)


def test_a_window_that_could_not_become_smaller_is_as_large_as_before_once_it_can(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(1120, 700)
    for _ in range(3):
        press(qtbot, window, Qt.Key.Key_Plus)
    assert window.size() == window.minimumSize()
    press(qtbot, window, Qt.Key.Key_0)
    assert window.size() == QSize(1120, 700)


def test_training_pins_tab_and_focus_stay(qtbot: QtBot, window: MainWindow) -> None:
    window.flow_panel.linker.toggle_pin(CellRef("w1", (0, 0, 1, 1)))
    window.tabs.show_number(4)
    window.flow_panel.view.setFocus()
    window.worker.train()
    shown(qtbot, window, lambda snapshot: snapshot.step > 5)
    press(qtbot, window, Qt.Key.Key_Plus)
    before = window._shown.step
    shown(qtbot, window, lambda snapshot: snapshot.step > before + 5)
    assert [pin.ref for pin in window.flow_panel.linker.pins] == [CellRef("w1", (0, 0, 1, 1))]
    assert window.tabs.currentIndex() == 3
    assert window.focusWidget() is window.flow_panel.view


def test_a_window_beside_is_drawn_larger_too(qtbot: QtBot, window: MainWindow) -> None:
    window.workshop.open()
    bench = window.workshop.window
    bench.resize(1240, 1000)
    window.zoom.larger()
    qtbot.waitUntil(lambda: bench.devicePixelRatioF() == pytest.approx(1.1))
    assert bench.isVisible()
    assert bench.size() == QSize(1127, 909)


def test_no_zoom_is_so_large_that_the_window_would_not_fit_the_screen(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(6):
        press(qtbot, window, Qt.Key.Key_Plus)
    assert window.zoom.percent == 150
    assert "at 175 % the window would not fit this screen" in window.statusBar().currentMessage()


def test_the_smallest_zoom_says_that_it_is(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(4):
        press(qtbot, window, Qt.Key.Key_Minus)
    assert window.zoom.percent == zoom_module.PERCENTS[0]
    assert "the smallest there is" in window.statusBar().currentMessage()


def test_where_qt_cannot_change_while_it_runs_the_zoom_is_that_of_the_next_start(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zoom_module, "can_set_scale", lambda: False)
    press(qtbot, window, Qt.Key.Key_Plus)
    assert window.statusBar().currentMessage() == "Zoom 110 % from the next start on."
    assert window.preferences.zoom == 110
    assert window.zoom.percent == 100


def test_the_zoom_is_remembered_and_a_damaged_one_is_normal(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Plus)
    assert window.preferences.zoom == 110
    window.preferences._store.setValue("window/zoom", "huge")
    assert window.preferences.zoom == 100


def _started(code: str, **variables: str) -> list[str]:
    """What a program prints that begins with these lines."""
    begin = "import os; from ui.qt_scale import *; from ui.zoom import fit_scale\n"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **variables}
    command = [sys.executable, "-c", begin + code]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return done.stdout.split()


def test_a_start_has_the_remembered_zoom_times_what_the_environment_asks_for() -> None:
    code = "app = begin_scaled([], 125); print(app.devicePixelRatio(), os.environ.get('QT_SCALE_FACTOR'))"
    assert _started(code) == ["1.25", "None"]
    assert _started(code, QT_SCALE_FACTOR="2") == ["2.5", "2"]


def test_a_start_on_a_screen_that_is_too_small_for_the_remembered_zoom_is_at_a_smaller_one() -> None:
    code = "app = begin_scaled([], 150); fit_scale(app); print(app.devicePixelRatio(), scale_now(app))"
    assert _started(code) == ["1.0", "100"]  # the screen has 800 pixels


def test_qt_changes_its_scale_while_it_runs(qapp: QApplication) -> None:
    set_scale(qapp, 150)
    assert qapp.primaryScreen().geometry().width() == 533
    set_scale(qapp, 100)
    assert qapp.primaryScreen().geometry().width() == 800
