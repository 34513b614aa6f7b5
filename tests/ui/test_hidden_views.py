"""A view that nobody sees takes nothing from training: what it does is counted, call by call."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import ui
from tests.ui.in_the_window import opened, shown
from ui.main_window import MainWindow

# the offscreen platform says so whenever a window is shown
pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support (propagateSizeHints|raise)\(\)")

UI = Path(ui.__file__).parent
FOLDERS = {"chain": 2, "slow_motion": 3, "blackboard": 5, "see_data": 6, "laboratory": 7}
"""Where the code of the views behind the first tab is, and the tab that each of them is in."""
A_FEW = 15
"""Calls a snapshot that a hidden view may make, to notice that it is hidden."""


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def calls_of_a_snapshot(qtbot: QtBot, window: MainWindow) -> Counter[str]:
    """How many functions of each folder and module of `ui` are called while the window takes in a snapshot."""
    calls: Counter[str] = Counter()

    def count(frame: object, event: str, _argument: object) -> None:
        if event == "call":
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(UI):
                module = path.relative_to(UI).with_suffix("")
                calls.update({module.parts[0], str(module)})

    # at rest and evaluated: the next snapshot is that of the step, and no older one is on its way
    before = shown(qtbot, window, lambda s: s.evaluation is not None and s.evaluation.step == s.step)
    window.worker.step()
    window.clock.stop()
    window.worker.request_snapshot()
    sys.setprofile(count)
    try:
        QTest.qWait(0)
        while window._shown.step == before.step:
            QTest.qWait(5)
    finally:
        sys.setprofile(None)
        window.clock.start()
    return calls


def steps_taken(window: MainWindow) -> int:
    history = window.loss_chart.lines.history
    assert history is not None
    return len(history.series["batch_loss"])


def test_a_tab_that_is_not_in_front_makes_a_few_calls_a_snapshot_and_no_more(qtbot: QtBot, window: MainWindow) -> None:
    for number in FOLDERS.values():
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number))
    QTest.keyClick(window, Qt.Key.Key_1)
    window.laboratory.self_check._timer.stop()
    calls_of_a_snapshot(qtbot, window)  # what the change of tabs has left to do is done
    seen = calls_of_a_snapshot(qtbot, window)
    assert seen["overview"] > A_FEW  # it is in front
    assert {folder: seen[folder] for folder in FOLDERS if seen[folder] > A_FEW} == {}


def test_the_overview_behind_another_tab_makes_no_statistics(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: not window.overview.isVisible())
    seen = calls_of_a_snapshot(qtbot, window)
    assert seen["chain"] > A_FEW
    assert seen["overview"] <= A_FEW
    assert not [module for module in ("rows", "array_statistics", "histogram_bars") if seen[f"overview/{module}"]]


def test_a_minimized_window_asks_for_nothing_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    window.run.toggle_training()
    shown(qtbot, window, lambda snapshot: snapshot.step > 0)
    window.showMinimized()
    qtbot.waitUntil(window.isMinimized)
    qtbot.waitUntil(lambda: not window.worker._wanted.is_set())  # what was asked for before is being made
    steps = steps_taken(window)
    qtbot.waitUntil(lambda: steps_taken(window) > steps)  # it has come: the step after it is taken
    ticks: list[None] = []
    window.clock.tick.connect(lambda: ticks.append(None))
    last, steps = window.worker.latest, steps_taken(window)
    qtbot.waitUntil(lambda: len(ticks) > 15 and steps_taken(window) > steps)
    assert window.worker.latest is last
    window.showNormal()
    shown(qtbot, window, lambda snapshot: snapshot.sequence > last.sequence)
    window.run.toggle_training()
