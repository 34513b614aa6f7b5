"""What one click replaces, one click brings back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.in_the_window import opened, shown
from ui.application import delete_window
from ui.data.class_chips import ClassChips
from ui.main_window import MainWindow
from ui.preferences import Preferences

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path):
    preferences = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    preferences.settings = SMALL
    made = MainWindow(preferences)
    yield opened(qtbot, made)
    delete_window(made)


def click_all_classes(window: MainWindow) -> None:
    (chips,) = window.data_panel.findChildren(ClassChips)
    QTest.mouseClick(chips.all_button, Qt.MouseButton.LeftButton)


def press_reset(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_R)


def choose_other_kernels(window: MainWindow) -> None:
    window.network_panel.architecture_changed.emit(3, (4,))


REPLACEMENTS = pytest.mark.parametrize("replace", [click_all_classes, press_reset, choose_other_kernels])


def take_steps(qtbot: QtBot, window: MainWindow, count: int) -> None:
    until = shown(qtbot, window).step + count
    for _ in range(count):
        QTest.keyClick(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == until and s.state is RunState.PAUSED)


@REPLACEMENTS
def test_message_brings_the_replaced_run_back_with_its_controls_and_timeline(
    qtbot: QtBot, window: MainWindow, replace: Callable[[MainWindow], None]
) -> None:
    assert not window.actions_by_id["bring_back"].isEnabled()
    take_steps(qtbot, window, 12)
    left = shown(qtbot, window)
    replace(window)
    shown(qtbot, window, lambda s: s.step == 0)
    assert "12 steps" in window.banner.text

    button = next(b for b in window.banner.findChildren(QPushButton) if b.isVisible())
    assert button.text() == "Bring it back"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    back = shown(qtbot, window, lambda s: s.step == 12)
    assert (back.run_id, back.settings) == (left.run_id, SMALL)
    assert window.run.settings == SMALL
    assert window.data_panel._settings == SMALL
    assert window.timeline.bar.slider.steps[-1] == 12
    assert window.banner.text == ""


def test_key_swaps_two_runs_to_and_fro(qtbot: QtBot, window: MainWindow) -> None:
    take_steps(qtbot, window, 3)
    press_reset(window)
    shown(qtbot, window, lambda s: s.step == 0)
    assert window.banner.text == ""  # three steps are no loss worth a message
    take_steps(qtbot, window, 1)
    for step in (3, 1, 3):
        QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
        shown(qtbot, window, lambda s, step=step: s.step == step)


def test_saved_session_that_is_brought_back_is_saved_still(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.safetensors"
    monkeypatch.setattr(window.files, "session_to_write", lambda _name: path)
    take_steps(qtbot, window, 12)
    with qtbot.waitSignal(window.sessions.saved):
        window.sessions.save()
    standing = window.sessions.standing
    press_reset(window)
    shown(qtbot, window, lambda s: s.step == 0)
    assert standing.replaced_run
    QTest.keyClick(window, Qt.Key.Key_B, CONTROL)
    shown(qtbot, window, lambda s: s.step == 12)
    assert (standing.path, standing.replaced_run, standing.is_modified) == (path, "", False)
    assert standing.is_worth_keeping


def test_the_run_that_was_replaced_is_there_after_the_next_start(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    first = opened(qtbot, make_window(), settings=SMALL)
    take_steps(qtbot, first, 12)
    press_reset(first)
    shown(qtbot, first, lambda s: s.step == 0)
    take_steps(qtbot, first, 2)
    first.close()
    for _ in range(2):  # also after a start in which nobody asked for it
        window = opened(qtbot, make_window())
        assert shown(qtbot, window).step == 2
        assert window.actions_by_id["bring_back"].isEnabled()
        assert window.banner.text == ""
        window.close()
    window = opened(qtbot, make_window())
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    shown(qtbot, window, lambda s: s.step == 12 and s.settings == SMALL)
