"""Where the window begins. The screen of these tests is 800×800, smaller than any window of the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMargins, QRect, QSettings, QSize
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from ui.preferences import Preferences
from ui.window_state import WindowState, fitted

LAPTOP = QRect(0, 27, 1366, 741)  # a bar on top takes 27 lines
FRAME = QMargins(1, 22, 1, 5)


@pytest.fixture
def preferences(tmp_path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


def begun(qtbot: QtBot, preferences: Preferences) -> tuple[QMainWindow, WindowState]:
    window = QMainWindow()
    qtbot.addWidget(window)
    state = WindowState(window, {}, preferences)
    state.restore()
    return window, state


def test_a_window_that_is_too_large_fills_the_screen_with_its_frame() -> None:
    window = fitted(QRect(0, 0, 1440, 900), LAPTOP, FRAME)
    assert window.marginsAdded(FRAME) == LAPTOP


@pytest.mark.parametrize("at", [(-300, -80), (900, 500)])
def test_a_window_that_hangs_over_an_edge_is_moved_and_keeps_its_size(at) -> None:
    window = fitted(QRect(*at, 1100, 700), LAPTOP, FRAME)
    assert window.size() == QSize(1100, 700)
    assert LAPTOP.contains(window.marginsAdded(FRAME))


def test_a_window_that_fits_stays_where_it_is() -> None:
    window = QRect(100, 60, 1100, 650)
    assert fitted(window, LAPTOP, FRAME) == window


def test_the_first_window_is_no_larger_than_its_screen(qtbot: QtBot, preferences) -> None:
    window, _ = begun(qtbot, preferences)
    screen = window.screen().availableGeometry()
    assert window.minimumSize() == QSize(1040, 700), "the screen is narrower than the least that can be used"
    assert window.height() < screen.height() < 900


def test_a_window_remembered_from_a_larger_screen_fits_into_the_present_one(qtbot: QtBot, preferences) -> None:
    before, state = begun(qtbot, preferences)
    before.setMinimumSize(0, 0)
    before.setGeometry(20, 30, 700, 1300)
    state.remember()
    window, _ = begun(qtbot, preferences)
    with qtbot.waitExposed(window):
        window.show()
    screen = window.screen().availableGeometry()
    qtbot.waitUntil(lambda: screen.top() <= window.frameGeometry().top())
    assert window.frameGeometry().bottom() <= screen.bottom()


def test_a_size_that_is_asked_for_before_the_window_is_shown_stays(qtbot: QtBot, preferences) -> None:
    window, _ = begun(qtbot, preferences)
    window.resize(1440, 900)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.wait(0)
    assert window.size() == QSize(1440, 900)
