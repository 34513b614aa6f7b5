"""The sessions that were opened or saved lately, and their menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from playground.paths import is_file
from ui.preferences import Preferences

__all__ = ["MOST_RECENT", "RecentSessions"]

MOST_RECENT = 8


class RecentSessions(QObject):
    """The list, newest first, kept between starts; `chosen` brings the path of an entry of the menu."""

    chosen = Signal(object)

    def __init__(self, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._menu: QMenu | None = None
        self._entries: list[QAction] = []

    def show_in(self, menu: QMenu) -> None:
        """Be the first entries of a menu."""
        self._menu = menu
        menu.setToolTipsVisible(True)
        # files may have come and gone since it was last looked at
        menu.aboutToShow.connect(self._fill)
        self._fill()

    @property
    def paths(self) -> list[Path]:
        """The files that are still there."""
        return [path for path in self._preferences.recent_sessions if is_file(path)]

    def add(self, path: Path) -> None:
        """A session was opened from there or saved to there."""
        others = [known for known in self._preferences.recent_sessions if known != path]
        self._preferences.recent_sessions = [path, *others][:MOST_RECENT]
        self._fill()

    def clear(self) -> None:
        """Forget them all."""
        self._preferences.recent_sessions = []
        self._fill()

    def _fill(self) -> None:
        menu = self._menu
        if menu is None:
            return
        for entry in self._entries:
            menu.removeAction(entry)
            entry.deleteLater()
        self._entries = []
        first = menu.actions()[0] if menu.actions() else None
        paths = self.paths
        for number, path in enumerate(paths, 1):
            entry = QAction(f"&{number}  {path.stem.replace('&', '&&')}", menu)
            entry.setToolTip(str(path))
            entry.setStatusTip(str(path))
            entry.triggered.connect(lambda _checked=False, path=path: self.chosen.emit(path))
            menu.insertAction(first, entry)  # type: ignore[arg-type]  # None: at the end, which the stubs do not know
            self._entries.append(entry)
        if self._entries and first is not None:
            self._entries.append(menu.insertSeparator(first))
        menu.setEnabled(bool(paths))
