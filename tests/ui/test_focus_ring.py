"""A ring around whatever has the keys: to be seen on every control, in both themes, and in no picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.in_the_window import opened
from ui.exports.pictures import write_picture
from ui.main_window import MainWindow
from ui.theme import DARK, LIGHT, Theme

_REACH = 4


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def pixels(window: QWidget, widget: QWidget) -> NDArray[np.uint8]:
    """(rows, columns, 3) what is seen of a control and around it."""
    place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-_REACH, -_REACH, _REACH, _REACH)
    image = window.grab(place).toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def contrast(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The ratio of the relative luminances of each pixel, as WCAG 2.1 has it."""

    def luminance(image: NDArray[np.uint8]) -> NDArray[np.float64]:
        part = image / 255.0
        linear = np.where(part <= 0.03928, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))

    one, other = luminance(first), luminance(second)
    return np.asarray((np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_every_control_that_tab_reaches_is_seen_to_have_the_keys(
    qtbot: QtBot, window: MainWindow, theme: Theme
) -> None:
    window.theme_choice.choose(theme.name)
    for number in (1, 2, 3, 4, 6, 7):
        window.tabs.show_number(number)
        window.setFocus()  # a window that is opened begins with its first control, without a ring
        areas = range(9) if number == 1 else (2,)
        for stop in [stop for area in areas for stop in window.areas.stops(area)]:
            stop.setFocus(Qt.FocusReason.ShortcutFocusReason)
            focused = pixels(window, stop)
            window.setFocus()
            unfocused = pixels(window, stop)
            # a line of it is told from what it lies on by a contrast of 3 or more, as WCAG 2.1 asks
            clear = contrast(focused, unfocused) >= 3.0
            outline = 2 * (stop.width() + stop.height())
            assert np.count_nonzero(clear) >= outline / 2, f"{stop.accessibleName()} in tab {number}"


def test_a_click_brings_no_ring_and_tab_does(window: MainWindow) -> None:
    view = window.flow_panel.view
    accent = QColor(window.theme_choice.theme.accent)

    def edge() -> QColor:
        place = view.mapTo(window, QPoint(view.width() // 2, 0))
        return window.grab(QRect(place, place)).toImage().pixelColor(0, 0)

    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, pos=view.mapTo(window, view.rect().center()))
    assert view.hasFocus()
    assert edge() != accent
    window.setFocus()
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert view.hasFocus()
    assert edge() == accent


def test_the_ring_stays_around_what_grows(qtbot: QtBot, window: MainWindow) -> None:
    view = window.flow_panel.view
    view.setFocus(Qt.FocusReason.ShortcutFocusReason)
    ring = next(child for child in view.parentWidget().children() if type(child).__name__ == "_Ring")
    assert isinstance(ring, QWidget)
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: window.width() == 1300)
    qtbot.waitUntil(lambda: ring.geometry().contains(view.geometry().intersected(view.parentWidget().rect())))


def test_a_picture_of_a_view_has_no_ring(window: MainWindow, tmp_path: Path) -> None:
    panel = window.loss_chart
    paths = [tmp_path / name for name in ("without.png", "with.png")]
    write_picture(panel, paths[0])
    panel.plot.setFocus(Qt.FocusReason.ShortcutFocusReason)
    write_picture(panel, paths[1])
    assert QImage(str(paths[0])) == QImage(str(paths[1]))
