"""What a screen reader says of the window: every control has a name, every painted view says what it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.in_the_window import opened, shown
from ui.main_window import MainWindow

PLACES = {
    **{f"tab {number}": (number, "") for number in range(1, 7)},
    **{title: (7, title) for title in ("Check", "Break", "Samples", "Other way", "Practice")},
}


def spoken(widget: QWidget) -> tuple[str, str]:
    """Name and description, as a screen reader gets them."""
    interface = QAccessible.queryAccessibleInterface(widget)
    name = widget.accessibleName() or interface.text(QAccessible.Text.Name)
    return name, interface.text(QAccessible.Text.Description)


def listening(window: QWidget) -> list[QWidget]:
    """All in a window that can have the keys, by Tab or by mouse."""
    return [
        widget
        for widget in window.findChildren(QWidget)
        if widget.isVisibleTo(window) and widget.window() is window
        # what hands the keys on, as the inside of a scroll area does, is not spoken of
        if widget.focusPolicy().value and widget.focusProxy() is None
    ]


def is_painted(widget: QWidget) -> bool:
    """It is none of Qt's kinds, which Qt describes itself."""
    return QAccessible.queryAccessibleInterface(widget).role() is QAccessible.Role.Client


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    """With a run of two steps."""
    board = Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(1,), batch_size=1)
    window = opened(qtbot, make_window(), settings=board)
    window.worker.train(2)
    shown(qtbot, window, lambda s: (s.step, s.state) == (2, RunState.PAUSED))
    return window


@pytest.mark.parametrize("place", PLACES)
def test_nothing_that_can_have_the_keys_lacks_a_name(window: MainWindow, place: str) -> None:
    number, page = PLACES[place]
    window.tabs.show_number(number)
    if page:
        window.laboratory.panel.choose(page)
    QApplication.processEvents()
    widgets = listening(window)
    assert len(widgets) > 30
    nameless = [f"{type(w).__name__} in {type(w.parentWidget()).__name__}" for w in widgets if not spoken(w)[0]]
    assert nameless == []


@pytest.mark.parametrize("place", PLACES)
def test_every_painted_view_says_more_than_its_name(window: MainWindow, place: str) -> None:
    number, page = PLACES[place]
    window.tabs.show_number(number)
    if page:
        window.laboratory.panel.choose(page)
    QApplication.processEvents()
    for view in filter(is_painted, listening(window)):
        view.setFocus()
        name, description = spoken(view)
        assert description not in ("", name), f"{type(view).__name__} {name!r} says nothing of what it shows"


def test_a_chart_says_the_newest_values_and_those_at_its_reading_line(window: MainWindow, qtbot: QtBot) -> None:
    plot = window.loss_chart.plot
    plot.setFocus()
    assert spoken(plot)[1].startswith("step 2: batch 0.")
    plot.point_at(1.0)
    assert spoken(plot)[1].startswith("step 1: batch 0.")
