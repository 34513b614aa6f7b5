"""One batch in slow motion, and the time axis of a run."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.snapshot import RunState
from tools.scenes.hands import press
from ui.main_window import MainWindow
from ui.offscreen import show_frames, wait_until
from ui.slow_motion.stages import Grain

__all__ = ["cells", "difference", "layers", "timeline", "train_on", "update"]


def _to_stage(window: MainWindow, grain: Grain, shown: str, phase: str) -> None:
    press(window, Qt.Key.Key_3)
    panel = window.slow_motion_panel
    wait_until(lambda: panel.stage is not None, 10)
    assert panel._step is not None
    panel.sample_chosen.emit(panel._step.images.refs[1])
    show_frames()
    panel.controls.choose_grain(grain)
    stages = panel._walk.stages
    panel.go_to(next(i for i, stage in enumerate(stages) if stage.shown == shown and stage.phase == phase))
    show_frames()


def layers(window: MainWindow) -> None:
    _to_stage(window, "layer", "dw1", "backward")


def cells(window: MainWindow) -> None:
    _to_stage(window, "cell", "dw1", "backward")
    for _ in range(7):
        QTest.mouseClick(window.slow_motion_panel.controls.next, Qt.MouseButton.LeftButton)
    show_frames()


def update(window: MainWindow) -> None:
    _to_stage(window, "layer", "w1", "update")


def _go_to(window: MainWindow, branch: int, step: int) -> None:
    window.worker.seek(branch, step)
    wait_until(lambda: (seen := window.worker.latest) is not None and abs(seen.step - step) < 8, 30)
    show_frames()


def train_on(window: MainWindow, steps: int) -> None:
    window.worker.train(steps)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.state is RunState.TRAINING, 30)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.state is RunState.PAUSED, 60)
    show_frames()


def timeline(window: MainWindow) -> None:
    train_on(window, 900)
    _go_to(window, 0, 120)
    window.run.change_learning_rate(0.01)
    train_on(window, 600)
    _go_to(window, 1, 240)


def difference(window: MainWindow) -> None:
    train_on(window, 900)
    _go_to(window, 0, 200)
    window.worker.pin_moment()
    _go_to(window, 0, 800)
