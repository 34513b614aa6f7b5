"""The real window drawn where no display is: for `make run` on a server, and for `make shots`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QSettings
from PySide6.QtGui import QPixmap

from playground.datasets import load_dataset
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from ui.application import delete_window, make_application
from ui.main_window import MainWindow
from ui.preferences import Preferences

__all__ = ["draw_test_image", "open_offscreen", "picture_of_trained_window", "train_for", "wait_until"]

_FRAMES_SECONDS = 0.4


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Handle events until `condition` holds; False if it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, QDeadlineTimer(20))
        time.sleep(0.002)
    return True


def open_offscreen(folder: Path, settings: Settings, size: tuple[int, int], theme: str = "dark") -> MainWindow:
    """A shown window with these settings that remembers nothing beyond `folder`; its first snapshot is there."""
    preferences = Preferences(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    shutil.rmtree(preferences.session_folder, ignore_errors=True)
    preferences.settings = settings
    preferences.theme = theme
    window = MainWindow(preferences)
    window.resize(*size)
    window.show()
    wait_until(lambda: window.worker.latest is not None, 20.0)
    return window


def train_for(window: MainWindow, *, epochs: int, seconds: float) -> Snapshot | None:
    """Train until so many epochs are done, pause, and evaluate those weights; the last snapshot, None if none came."""
    worker = window.worker
    assert worker.latest is not None
    steps = epochs * worker.latest.steps_per_epoch
    worker.train(steps)
    wait_until(lambda: (seen := worker.latest) is not None and seen.step >= steps, seconds)
    wait_until(lambda: _is_settled(worker.latest), seconds)
    show_frames()
    return worker.latest


def _is_settled(seen: Snapshot | None) -> bool:
    if seen is None or seen.state is RunState.TRAINING:
        return False
    return seen.evaluation is not None and seen.evaluation.step == seen.step


def draw_test_image(window: MainWindow, index: int = 0) -> None:
    """Put a test image on the drawing surface and wait for the answer."""
    seen = window.worker.latest
    assert seen is not None
    image = load_dataset(seen.settings).x_test[index][0]
    window.classify_panel.canvas.set_image(np.rint(image * 255).astype(np.uint8))
    wait_until(lambda: (now := window.worker.latest) is not None and now.drawing_probabilities is not None, 5.0)
    show_frames()


def show_frames() -> None:
    """Let the views show what has arrived."""
    wait_until(lambda: False, _FRAMES_SECONDS)


def picture_of_trained_window(argv: list[str], folder: Path, *, epochs: int, seconds: float) -> QPixmap:
    """The window with the default settings after so many epochs, with a test image classified."""
    app = make_application(argv)
    window = open_offscreen(folder, Settings(), (1440, 900))
    train_for(window, epochs=epochs, seconds=seconds)
    draw_test_image(window)
    picture = window.grab()
    delete_window(window)
    app.quit()
    return picture
