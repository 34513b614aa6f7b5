"""The speed of training from one start to the next, and that of the very first one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.snapshot import RunState
from tests.ui.in_the_window import opened, shown
from ui.main_window import MainWindow
from ui.toolbar import WATCHED_SPEED


def test_a_first_start_trains_so_that_one_can_watch_it(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> None:
    window = opened(qtbot, make_window())
    window.speed.begin_slowly()
    assert window.toolbar._speed_text.text() == f"{WATCHED_SPEED} steps/s"
    window.worker.train()
    for step in (1, 4):
        begun = shown(qtbot, window, lambda s, step=step: s.step >= step)
        assert begun.state is RunState.TRAINING
        # a step never comes early; late ones are allowed, the machine may be busy
        assert begun.steps_per_second <= 2 * WATCHED_SPEED


def test_the_speed_that_was_chosen_is_there_at_the_next_start(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    first = opened(qtbot, make_window())
    first.speed.begin_slowly()
    QTest.mouseClick(first.toolbar.full, Qt.MouseButton.LeftButton)
    second = opened(qtbot, make_window())
    second.speed.begin_slowly()
    assert second.toolbar._speed_text.text() == "full"
    second.toolbar.speed.setValue(3)
    third = opened(qtbot, make_window())
    third.speed.begin_slowly()
    assert third.toolbar._speed_text.text() == "5 steps/s"


def test_a_window_of_which_nothing_is_asked_trains_at_full_speed(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    window = opened(qtbot, make_window())
    assert window.toolbar._speed_text.text() == "full"
    window.worker.train(200)
    shown(qtbot, window, lambda s: s.step == 200)
