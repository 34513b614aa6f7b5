"""Save, rewind, branch and compare by mouse and keyboard in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from playground.session import Session
from playground.sessions.session_file import read_session
from playground.snapshot import RunState, Snapshot
from tests.e2e.hands import Hands, visible_child
from ui.main_window import MainWindow
from ui.timeline.slider import TimeSlider

pytestmark = pytest.mark.e2e

LONG = 20_000  # ms, for what takes moments on a quiet machine


def shown(qtbot: QtBot, window: MainWindow, is_right: Callable[[Snapshot], bool]) -> Snapshot:
    qtbot.waitUntil(lambda: window._shown is not None and is_right(window._shown), timeout=LONG)
    assert window._shown is not None
    return window._shown


def train_a_while(qtbot: QtBot, hands: Hands, window: MainWindow) -> Snapshot:
    """Train by the button for some hundred steps, and pause."""
    hands.click(visible_child(window, QPushButton, "Train"))
    begun = shown(qtbot, window, lambda s: s.state is RunState.TRAINING)
    shown(qtbot, window, lambda s: s.step > begun.step + 200)
    hands.click(visible_child(window, QPushButton, "Pause"))
    return shown(qtbot, window, lambda s: s.state is RunState.PAUSED)


def drag_slider(hands: Hands, slider: TimeSlider, *steps: int) -> None:
    """Drag the handle from where it is to steps, one after the other."""
    places = (slider.steps[slider.value()], *steps)
    hands.stroke(slider, [(slider.place_of(step) / slider.width(), 0.5) for step in places])


def test_a_dragged_slider_shows_moments_and_training_goes_on_from_there_with_the_same_bits(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    end = train_a_while(qtbot, hands, window)
    drag_slider(hands, window.timeline.bar.slider, 150, 60)
    seen = shown(qtbot, window, lambda s: s.timeline.looking_back and abs(s.step - 60) < 10)
    reference = Session(seen.settings)
    for _ in range(seen.step):
        reference.step()
    for name, weights in reference.state_dict().items():
        np.testing.assert_array_equal(seen.weights[name], weights)
    again = train_a_while(qtbot, hands, window)
    assert len(again.timeline.branches) == 2
    while reference.step_count < again.step:
        reference.step()
    for name, weights in reference.state_dict().items():
        np.testing.assert_array_equal(again.weights[name], weights)
    assert again.timeline.branch(0).end == end.step


def test_a_session_is_saved_changed_and_opened_again_through_the_dialogs(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path
) -> None:
    saved = train_a_while(qtbot, hands, window)
    path = tmp_path / "mine.cnnsession"
    hands.choose_file("ctrl+s", "Save the session", path)
    qtbot.waitUntil(path.exists, timeout=LONG)
    assert read_session(path).state.step == saved.step
    qtbot.waitUntil(lambda: window.windowTitle().startswith("mine"), timeout=LONG)
    train_a_while(qtbot, hands, window)
    qtbot.waitUntil(window.isWindowModified, timeout=LONG)
    hands.choose_file("ctrl+o", "Open a session", path)
    qtbot.waitUntil(lambda: window.sessions.question is not None, timeout=LONG)
    question = window.sessions.question
    qtbot.waitUntil(question.isActiveWindow, timeout=LONG)
    hands.click(question.button(QMessageBox.StandardButton.Discard))
    opened = shown(qtbot, window, lambda s: s.step == saved.step and s.run_id > saved.run_id)
    for name, weights in saved.weights.items():
        np.testing.assert_array_equal(opened.weights[name], weights)


def test_two_runs_are_compared_beside_the_run_of_the_window(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    train_a_while(qtbot, hands, window)
    hands.press("ctrl+shift+e")
    experiments = window.experiments.window
    qtbot.waitUntil(experiments.isActiveWindow, timeout=LONG)
    page = experiments.compare
    qtbot.waitUntil(lambda: page.table.rowCount() == 1, timeout=LONG)
    hands.click(visible_child(page, QLineEdit, "Vary: values"))
    hands.press("ctrl+a")
    hands.type("0.01, 0.5")
    hands.click(visible_child(page, QLineEdit, "epochs"))
    hands.press("ctrl+a")
    hands.type("1")
    hands.press("Tab")
    hands.click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=LONG)
    assert [page.table.item(row, 0).text() for row in range(3)] == ["η 0.01", "η 0.5", "my run, η 0.1"]


def test_a_pretrained_network_is_compared_and_trained_in_the_window_with_locks(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    window.actions_by_id["pretrained"].trigger()
    experiments = window.experiments.window
    qtbot.waitUntil(experiments.isActiveWindow, timeout=LONG)
    page = experiments.pretrained
    for field, text in ((page.asking.seeds.field, "2"), (page.asking.steps.field, "20")):
        hands.click(field)
        hands.press("ctrl+a")
        hands.type(text)
        hands.press("Tab")
    hands.click(page.start_button)
    qtbot.waitUntil(lambda: "pretrained" in page.status.text() and not page.is_running, timeout=LONG)
    assert any(row.is_locked for row in page.kernels._rows)
    hands.click(page.window_button)
    frozen = shown(qtbot, window, lambda s: s.settings.frozen == 2)
    qtbot.waitUntil(window.isActiveWindow, timeout=LONG)
    after = train_a_while(qtbot, hands, window)
    for name in ("conv1.weight", "conv2.weight"):
        np.testing.assert_array_equal(after.weights[name], frozen.weights[name])
    assert not np.array_equal(after.weights["fc.weight"], frozen.weights["fc.weight"])


def test_a_picture_of_the_loss_is_saved_by_its_menu(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path
) -> None:
    train_a_while(qtbot, hands, window)
    hands.click(window.loss_chart.plot, button="3")
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None, timeout=LONG)
    path = tmp_path / "loss.svg"
    hands.choose_file("p", "Save a picture", path)
    qtbot.waitUntil(path.exists, timeout=LONG)
    assert path.read_bytes().startswith(b"<?xml")
