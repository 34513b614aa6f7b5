"""The window on a real X server, and hands to use it."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.e2e.hands import Hands
from ui.application import share_the_processor
from ui.main_window import MainWindow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the X server that run.sh starts these tests say that they did not run."""
    if "CNN_PLAYGROUND_E2E" in os.environ:
        return
    skip = pytest.mark.skip(reason="needs a real X server: run make e2e")
    for item in items:
        if "e2e" in item.keywords:
            item.add_marker(skip)


@pytest.fixture
def hands(qtbot: QtBot) -> Hands:
    """Real mouse and key events."""
    return Hands(qtbot)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    """A fresh window that has the focus and has shown its first snapshot."""
    share_the_processor()
    window = make_window()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.waitUntil(lambda: window.worker.latest is not None)
    return window
