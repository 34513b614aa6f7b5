"""What stands in the title of the window: the session, whether it has changed, and a bug that trains it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from playground.flaw import Flaw
from ui.sessions.standing import UNTITLED

__all__ = ["WindowTitle"]

_PROGRAM = "CNN Playground"


class WindowTitle(QObject):
    """The title of `window`; of a new session that has no file until more is known."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._session, self._bug = UNTITLED, ""
        self._write()

    @Slot(str, bool)
    def show_session(self, name: str, modified: bool) -> None:
        """Name the session."""
        self._session = name
        self._write()
        self._window.setWindowModified(modified)

    def show_flaw(self, flaw: Flaw | None, elsewhere: Flaw | None) -> None:
        """Name the bug that what is shown has been given, or another branch of the run; None: none."""
        self._bug = f" – BUG: {flaw.name}" if flaw else f" – BUG in a branch: {elsewhere.name}" if elsewhere else ""
        self._write()

    def _write(self) -> None:
        self._window.setWindowTitle(f"{self._session}[*] — {_PROGRAM}{self._bug}")
