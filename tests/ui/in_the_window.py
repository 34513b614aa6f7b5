"""What tests of the whole window begin with: it is open, has the focus and shows what it was asked to."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import Snapshot
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
    qtbot.waitUntil(lambda: window._shown is not None and is_right(window._shown), timeout=10_000)
    return window._shown
