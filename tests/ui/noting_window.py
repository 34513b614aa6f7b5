"""A window that notes which actions are asked for, instead of carrying them out."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from ui.action_table import ACTIONS
from ui.actions import build_actions, run_plain_key

Shown = TypeVar("Shown", bound=QWidget)


class NotingWindow(QMainWindow):
    """`done` are the ids of the actions so far; keys without Ctrl act as in the real window."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []
        self.actions_by_id = build_actions(self, {action.id: self._note(action.id) for action in ACTIONS})

    def _note(self, action_id: str):
        return lambda: self.done.append(action_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not run_plain_key(event, self.actions_by_id):
            super().keyPressEvent(event)


def in_front(qtbot: QtBot, window: Shown) -> Shown:
    """The window, shown and active."""
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window
