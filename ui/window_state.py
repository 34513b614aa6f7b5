"""The window's place and the widths of its columns, from one start to the next."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QMargins, QObject, QRect, QSize, Qt
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QMainWindow, QSplitter, QStyle, QWidget

from ui.preferences import Preferences

__all__ = ["AWAY", "WindowState", "fitted", "remember_place", "restore_place"]

_GEOMETRY = "window/geometry"
_FIRST_SIZE = QSize(1440, 900)
_LEAST_SIZE = QSize(1100, 700)
AWAY = Qt.WindowState.WindowMaximized | Qt.WindowState.WindowFullScreen | Qt.WindowState.WindowMinimized


class WindowState(QObject):
    """Where a window and its splitters are; `splitters` by the names under which they are remembered.

    The window begins within the screen, its frame included. How wide that is, is known once the window is there; until
    then it is what the style says. LEAST: below that size of the window it cannot be used.
    """

    LEAST = QSize(1040, 640)

    def __init__(self, window: QMainWindow, splitters: Mapping[str, QSplitter], preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._splitters = splitters
        self._preferences = preferences
        self._begun_with = QSize()
        title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
        edge = window.style().pixelMetric(QStyle.PixelMetric.PM_MdiSubWindowFrameWidth, None, window)
        self._frame = QMargins(edge, title, edge, edge)
        window.installEventFilter(self)

    def restore(self) -> None:
        """As it was when the window was last closed; what is damaged or missing is left at its first value."""
        window = self._window
        self.bound()
        restore_place(window, self._preferences, _GEOMETRY, _FIRST_SIZE)
        window.resize(fitted(window.geometry(), window.screen().availableGeometry(), self._frame).size())
        self._begun_with = window.size()
        for name, splitter in self._splitters.items():
            state = self._preferences.bytes_of(name)
            if not state.isEmpty():
                splitter.restoreState(state)

    def remember(self) -> None:
        """For the next start."""
        remember_place(self._window, self._preferences, _GEOMETRY)
        for name, splitter in self._splitters.items():
            self._preferences.remember_bytes(name, splitter.saveState())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the true frame once the window is on the screen."""
        # anything else may come while the window is being destroyed
        if event.type() == QEvent.Type.Show and isinstance(watched, QMainWindow):
            watched.removeEventFilter(self)
            watched.windowHandle().installEventFilter(self)
        elif event.type() == QEvent.Type.Expose and isinstance(watched, QWindow):
            watched.removeEventFilter(self)
            self._fit(watched)
        return super().eventFilter(watched, event)

    def _fit(self, handle: QWindow) -> None:
        """Move the window into its screen, unless somebody has given it a size or a state since it began."""
        window = self._window
        if window.size() == self._begun_with and not window.windowState() & AWAY:
            self._frame = handle.frameMargins()
            self.bound()
            window.setGeometry(fitted(window.geometry(), window.screen().availableGeometry(), self._frame))

    def bound(self) -> None:
        """The least size, so that no text is cut; smaller where the screen is, down to what can still be used."""
        self._window.setMinimumSize(_LEAST_SIZE.boundedTo(self._room()).expandedTo(self.LEAST))

    def fits(self, times: float) -> bool:
        """True if the least window, drawn so many times as large as now, would still have room on its screen."""
        room = self._room() / times
        return room.width() >= self.LEAST.width() and room.height() >= self.LEAST.height()

    def _room(self) -> QSize:
        return self._window.screen().availableGeometry().marginsRemoved(self._frame).size()


def restore_place(window: QWidget, preferences: Preferences, name: str, first: QSize) -> None:
    """Put a window where it was when that was last remembered under a name; where that is damaged, give it a size."""
    geometry = preferences.bytes_of(name)
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        window.resize(first)


def remember_place(window: QWidget, preferences: Preferences, name: str) -> None:
    """Remember where a window is, for `restore_place`."""
    preferences.remember_bytes(name, window.saveGeometry())


def fitted(window: QRect, screen: QRect, frame: QMargins) -> QRect:
    """A window without its frame, made no larger and moved no further than it takes to lie in the screen with it."""
    room = screen.marginsRemoved(frame)
    size = window.size().boundedTo(room.size())
    return QRect(
        max(room.left(), min(window.left(), room.right() + 1 - size.width())),
        max(room.top(), min(window.top(), room.bottom() + 1 - size.height())),
        size.width(),
        size.height(),
    )
