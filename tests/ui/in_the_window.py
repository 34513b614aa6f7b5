"""What tests of the whole window begin with: it is open, has the focus and shows what it was asked to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from ui.main_window import MainWindow


def opened(
    qtbot: QtBot, window: MainWindow, size: tuple[int, int] = (1440, 900), settings: Settings | None = None
) -> MainWindow:
    """The window, shown at a size, in front, with its first snapshot, or with one of a run with these settings."""
    window.resize(*size)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    shown(qtbot, window)
    if settings is not None:
        window.worker.change_settings(settings)
        shown(qtbot, window, lambda s: s.settings == settings)
    return window


def shown(qtbot: QtBot, window: MainWindow, is_right: Callable[[Snapshot], bool] = lambda _snapshot: True) -> Snapshot:
    """The snapshot that the window shows, once it is the right one."""
    qtbot.waitUntil(lambda: window._shown is not None and is_right(window._shown))
    return window._shown


def move_to(widget: QWidget, place: QPoint) -> None:
    """Move the mouse to a place of a widget; where it comes from elsewhere, the first move only enters."""
    QTest.mouseMove(widget, place + QPoint(0, 1))
    QTest.mouseMove(widget, place)


def trained_on_shapes(qtbot: QtBot, window: MainWindow, *, filters: int, steps: int) -> MainWindow:
    """The window, in front, with a small network that has taken some steps and rests."""
    settings = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(filters,), batch_size=32)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    window.run.change(**vars(settings))
    window.worker.train(steps)
    shown(qtbot, window, lambda snapshot: (snapshot.step, snapshot.state) == (steps, RunState.PAUSED))
    return window


def answer_where_to_save(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> None:
    """Let the next dialog choose a path."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
