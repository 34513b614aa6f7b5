"""The first walk through the playground, by mouse and keyboard, in the real window."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from playground.datasets import load_dataset
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.e2e.hands import EIGHT, THREE, Hands, visible_child
from ui.classify.canvas import Canvas
from ui.classify.ink_raster import SIDE
from ui.main_window import MainWindow

pytestmark = pytest.mark.e2e

# the accessible names by which these tests find their way
TRAIN, PAUSE = "Train", "Pause"
LEARNING_RATE, KERNEL_SIZE = "Learning rate η", "Kernel size k"
CANVAS, ANSWER = "Drawing canvas", "Answer"
OPEN_DIALOG = "Open a picture to classify"

LONG = 20_000  # ms, for what takes moments on a quiet machine
LARGEST_GAP_SECONDS = 0.1


def latest(window: MainWindow) -> Snapshot:
    """The newest snapshot of the run."""
    snapshot = window.worker.latest
    assert snapshot is not None
    return snapshot


def train_until_sure(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    """Train by the button until drawings can be answered, and pause."""
    hands.click(visible_child(window, QPushButton, TRAIN))
    qtbot.waitUntil(lambda: latest(window).epoch >= 5, timeout=LONG)
    hands.click(visible_child(window, QPushButton, PAUSE))
    qtbot.waitUntil(lambda: latest(window).state is RunState.PAUSED, timeout=LONG)


def wait_for_answer(qtbot: QtBot, window: MainWindow, digit: str) -> None:
    """Wait until the window names this digit."""
    answer = visible_child(window, QLabel, ANSWER)
    qtbot.waitUntil(lambda: answer.text() == digit, timeout=LONG)


def test_the_train_button_starts_and_pauses_training(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    hands.click(visible_child(window, QPushButton, TRAIN))
    qtbot.waitUntil(lambda: latest(window).step > 20, timeout=LONG)
    hands.click(visible_child(window, QPushButton, PAUSE))
    # of the newest snapshot and what the window shows, either may be ahead
    qtbot.waitUntil(lambda: visible_child(window, QPushButton, TRAIN) is not None, timeout=LONG)
    qtbot.waitUntil(lambda: latest(window).state is RunState.PAUSED, timeout=LONG)


def test_space_trains_and_pauses(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).state is RunState.TRAINING, timeout=LONG)
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).state is RunState.PAUSED, timeout=LONG)


def test_a_typed_learning_rate_holds_from_the_next_step_and_keeps_the_weights(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).step > 20, timeout=LONG)
    hands.click(visible_child(window, QLineEdit, LEARNING_RATE))
    hands.press("ctrl+a")
    hands.type("0.05")
    hands.press("Return")
    qtbot.waitUntil(lambda: latest(window).settings.learning_rate == 0.05, timeout=LONG)
    assert latest(window).run_id == 1
    assert latest(window).step > 20


def test_a_kernel_changed_by_arrow_key_starts_a_new_network(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    hands.click(visible_child(window, QLineEdit, KERNEL_SIZE))
    hands.press("Up")
    qtbot.waitUntil(lambda: latest(window).run_id == 2, timeout=LONG)
    assert latest(window).settings.kernel_size == Settings().kernel_size + 1
    assert latest(window).weights["conv1.weight"].shape[-1] == Settings().kernel_size + 1


def test_a_drawn_three_and_a_drawn_eight_are_read(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    train_until_sure(qtbot, hands, window)
    canvas = visible_child(window, QWidget, CANVAS)
    hands.stroke(canvas, THREE)
    wait_for_answer(qtbot, window, "3")
    hands.press("ctrl+BackSpace")
    wait_for_answer(qtbot, window, "")
    hands.stroke(canvas, EIGHT)
    wait_for_answer(qtbot, window, "8")
    hands.press("ctrl+z", "ctrl+z")
    wait_for_answer(qtbot, window, "3")


def test_a_stroke_that_is_made_while_the_window_is_busy_keeps_its_corners(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    canvas = visible_child(window, Canvas, CANVAS)
    hands.stroke(canvas, [(0.2, 0.8), (0.5, 0.2), (0.8, 0.8)], while_busy=True)
    qtbot.waitUntil(lambda: not canvas.is_empty and canvas.undo_stack.canUndo())
    rows = np.flatnonzero(canvas.gray().any(axis=1))
    assert rows[0] < 0.3 * SIDE
    assert rows[-1] > 0.7 * SIDE


def test_an_opened_image_file_is_read(qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path) -> None:
    train_until_sure(qtbot, hands, window)
    data = load_dataset(Settings())
    image = data.x_test[int(np.flatnonzero(data.y_test == 1)[0])][0]
    pixels = np.ascontiguousarray(np.rint(255 * (1 - image)), dtype=np.uint8)
    picture = QImage(pixels.data, 28, 28, 28, QImage.Format.Format_Grayscale8)
    path = tmp_path / "eight.png"
    assert picture.scaled(280, 280).save(str(path))

    hands.choose_file("ctrl+shift+i", OPEN_DIALOG, path)
    wait_for_answer(qtbot, window, "8")


def test_a_corrupt_image_is_refused_in_one_sentence_and_the_drawing_stays(
    qtbot: QtBot, hands: Hands, window: MainWindow, tmp_path: Path
) -> None:
    hands.stroke(visible_child(window, QWidget, CANVAS), THREE)
    qtbot.waitUntil(lambda: latest(window).drawing_probabilities is not None, timeout=LONG)
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nnot a picture")
    hands.choose_file("ctrl+shift+i", OPEN_DIALOG, path)
    qtbot.waitUntil(window.banner.isVisible, timeout=LONG)
    assert not window.classify_panel.canvas.is_empty


class GapProbe(QObject):
    """A precise 5 ms timer in the GUI thread that keeps the longest time between two of its ticks, in seconds."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)
        self.restart()

    def restart(self) -> None:
        """Measure anew from now."""
        self.longest = 0.0
        self.began = self._last = time.perf_counter()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def test_at_full_speed_the_event_loop_has_no_gap_over_a_tenth_of_a_second(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).step > 200, timeout=LONG)
    probe = GapProbe()
    gaps = []
    # other programs on the machine make gaps too: what counts is that three seconds can pass without one
    for _ in range(3):
        probe.restart()
        begin = latest(window).step
        qtbot.waitUntil(lambda: time.perf_counter() - probe.began > 3, timeout=LONG)
        assert latest(window).step > begin + 50, "training stood still while it was measured"
        gaps.append(probe.longest)
        if probe.longest <= LARGEST_GAP_SECONDS:
            break
    assert min(gaps) <= LARGEST_GAP_SECONDS, f"longest gaps: {', '.join(f'{gap:.3f} s' for gap in gaps)}"


@pytest.mark.parametrize("keys", [["Escape"], ["Down", "Return"]], ids=["closed", "chosen from"])
def test_the_keys_act_on_the_window_again_after_a_list_was_opened(
    qtbot: QtBot, hands: Hands, window: MainWindow, keys: list[str]
) -> None:
    combo = window.data_panel.combo
    hands.click(combo)
    qtbot.waitUntil(combo.view().isVisible, timeout=LONG)
    hands.press(*keys)
    qtbot.waitUntil(lambda: not combo.view().isVisible() and not combo.hasFocus(), timeout=LONG)
    hands.press("7")
    qtbot.waitUntil(lambda: window.tabs.currentWidget() is window.laboratory.panel, timeout=LONG)
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).step > 5, timeout=LONG)


def test_the_keys_act_on_the_window_again_after_a_control_was_used(
    qtbot: QtBot, hands: Hands, window: MainWindow
) -> None:
    hands.press("3")
    qtbot.waitUntil(lambda: window.slow_motion_panel.stage is not None, timeout=LONG)
    grain, scales = window.slow_motion_panel.controls.grain, window.flow_panel.all_filters
    hands.click(scales)
    qtbot.waitUntil(scales.isChecked, timeout=LONG)
    hands.click(grain)
    qtbot.waitUntil(grain.view().isVisible, timeout=LONG)
    hands.press("Escape")
    qtbot.waitUntil(lambda: not grain.view().isVisible(), timeout=LONG)
    hands.press("space")
    qtbot.waitUntil(lambda: latest(window).step > 5, timeout=LONG)
    assert scales.isChecked()


def test_a_number_that_was_typed_holds_when_train_is_clicked(qtbot: QtBot, hands: Hands, window: MainWindow) -> None:
    hands.click(visible_child(window, QLineEdit, LEARNING_RATE))
    hands.press("ctrl+a")
    hands.type("0.05")
    hands.click(visible_child(window, QPushButton, TRAIN))
    qtbot.waitUntil(lambda: latest(window).step > 5, timeout=LONG)
    assert latest(window).settings.learning_rate == 0.05
