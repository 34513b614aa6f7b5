"""What the banner offers when every filter is dead: the way back, once, as long as it leads somewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.diagnosis import DEAD
from playground.snapshot import RunState, Snapshot
from tests.ui.in_the_window import shown, trained_on_shapes
from ui.main_window import MainWindow

STEPS = 20


def is_dead(snapshot: Snapshot) -> bool:
    return snapshot.diagnosis is not None and snapshot.diagnosis.kind == DEAD


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    """A run whose filters die after 20 steps, and are looked at after 5 more."""
    window = trained_on_shapes(qtbot, make_window(), filters=4, steps=STEPS)
    window.worker._post(lambda loop: loop.session.network.parameters()["conv1.bias"].fill(-100.0))
    window.worker.train(5)
    shown(qtbot, window, lambda s: s.step == STEPS + 5 and s.state is RunState.PAUSED and is_dead(s))
    return window


def button(window: MainWindow) -> QPushButton:
    return next(button for button in window.banner.findChildren(QPushButton) if button.isVisible())


def test_one_click_goes_back_to_living_filters_with_a_smaller_learning_rate(qtbot: QtBot, window: MainWindow) -> None:
    assert "Every filter of block 1 is dead" in window.banner.text
    assert "At step 19 all 4 filters lived" in window.banner.text
    assert button(window).text() == "Back to step 19 with η 0.01"
    QTest.mouseClick(button(window), Qt.MouseButton.LeftButton)
    after = shown(qtbot, window, lambda s: s.step == 19 and s.state is RunState.PAUSED)
    assert after.settings.learning_rate == pytest.approx(0.01)
    assert window.training_panel.learning_rate.value == pytest.approx(0.01)
    shown(qtbot, window, lambda s: not is_dead(s))
    assert not window.banner.isVisible()
    assert not window.actions_by_id["restore_last_good"].isEnabled()


def test_what_the_banner_says_stands_in_the_status_bar_only_once_it_is_closed(qtbot: QtBot, window: MainWindow) -> None:
    assert "Every filter of block 1 is dead" in window.banner.text
    assert window.messages.diagnosis == ""
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.banner.isVisible()
    assert window.messages.diagnosis.startswith("Every filter of block 1 is dead")


def test_another_message_in_the_banner_leaves_the_warning_in_the_status_bar(window: MainWindow) -> None:
    window.banner.say("Something else.")
    assert window.messages.diagnosis.startswith("Every filter of block 1 is dead")


def test_the_button_follows_a_learning_rate_that_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    window.run.change_learning_rate(0.05)
    qtbot.waitUntil(lambda: button(window).text() == "Back to step 19 with η 0.05")


def test_a_message_that_was_closed_does_not_come_again_but_the_keys_still_lead_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.banner.isVisible()
    window.worker.train(5)
    shown(qtbot, window, lambda s: s.step == STEPS + 10 and s.state is RunState.PAUSED and is_dead(s))
    assert not window.banner.isVisible()
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    shown(qtbot, window, lambda s: s.step == 19)


def test_while_one_looks_back_nothing_is_offered_and_then_it_is_again(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shown(qtbot, window, lambda s: s.timeline is not None and s.timeline.looking_back)
    assert not window.banner.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    shown(qtbot, window, is_dead)
    assert button(window).text().startswith("Back to step 19")
