"""The window's place and the widths of its columns, from one start to the next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QMainWindow, QSplitter

from ui.preferences import Preferences

__all__ = ["WindowState"]

_GEOMETRY = "window/geometry"
_FIRST_SIZE = (1440, 900)


class WindowState:
    """Where a window and its splitters are; `splitters` by the names under which they are remembered."""

    def __init__(self, window: QMainWindow, splitters: Mapping[str, QSplitter], preferences: Preferences) -> None:
        self._window = window
        self._splitters = splitters
        self._preferences = preferences

    def restore(self) -> None:
        """As it was when the window was last closed; what is damaged or missing is left at its first value."""
        geometry = self._preferences.bytes_of(_GEOMETRY)
        if geometry.isEmpty() or not self._window.restoreGeometry(geometry):
            self._window.resize(*_FIRST_SIZE)
        for name, splitter in self._splitters.items():
            state = self._preferences.bytes_of(name)
            if not state.isEmpty():
                splitter.restoreState(state)

    def remember(self) -> None:
        """For the next start."""
        self._preferences.remember_bytes(_GEOMETRY, self._window.saveGeometry())
        for name, splitter in self._splitters.items():
            self._preferences.remember_bytes(name, splitter.saveState())
