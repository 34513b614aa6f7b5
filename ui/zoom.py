"""Larger and smaller: the zoom of all windows, for lectures and for screens of high resolution."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from ui.preferences import Preferences
from ui.qt_scale import can_set_scale, scale_now, set_scale
from ui.window_state import AWAY, WindowState, fitted

__all__ = ["PERCENTS", "Zoom", "fit_scale"]

PERCENTS = (90, 100, 110, 125, 150, 175, 200)
_BOUNDED = "size before it was bounded"
_PASSING = (Qt.WindowType.ToolTip, Qt.WindowType.Popup, Qt.WindowType.SplashScreen)


class Zoom(QObject):
    """The zoom that was chosen is remembered; `said(str)` tells what became of a choice."""

    said = Signal(str)

    def __init__(self, state: WindowState, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._state, self._preferences = state, preferences

    @property
    def percent(self) -> int:
        """The zoom in use."""
        return scale_now(_application())

    def larger(self) -> None:
        """The next zoom, if it fits the screen."""
        self._choose(next((zoom for zoom in PERCENTS if zoom > self.percent), None))

    def smaller(self) -> None:
        """The zoom before."""
        self._choose(next((zoom for zoom in reversed(PERCENTS) if zoom < self.percent), None))

    def normal(self) -> None:
        """100 %."""
        self._choose(100)

    def _choose(self, percent: int | None) -> None:
        before = self.percent
        if percent is None:
            self.said.emit(f"Zoom {before} %: the {'largest' if before == PERCENTS[-1] else 'smallest'} there is.")
            return
        if percent > max(before, 100) and not self._state.fits(percent / before):
            self.said.emit(f"Zoom {before} %: at {percent} % the window would not fit this screen.")
            return
        self._preferences.zoom = percent
        if percent == before or can_set_scale():
            if percent != before:
                _rescale(percent, self._state)
            self.said.emit(f"Zoom {percent} %")
        else:
            self.said.emit(f"Zoom {percent} % from the next start on.")


def fit_scale(app: QApplication) -> None:
    """Before there are windows: come down from a remembered zoom that the present screen has no room for."""
    now = scale_now(app)
    room = app.primaryScreen().availableGeometry().size() * (now / 100)
    fitting = next((zoom for zoom in reversed(PERCENTS) if zoom <= now and _has_room(room, zoom)), 100)
    if fitting != now:
        set_scale(app, fitting)


def _has_room(room: QSize, percent: int) -> bool:
    least = WindowState.LEAST
    return room.width() * 100 >= least.width() * percent and room.height() * 100 >= least.height() * percent


@dataclass(frozen=True)
class _Shown:
    """A window that is on the screen, where it stands in pixels from the corner of its screen at 100 %."""

    window: QWidget
    place: QPoint
    size: QSize
    frame: QMargins

    @classmethod
    def of(cls, window: QWidget, percent: int) -> _Shown:
        corner, scale = window.screen().geometry().topLeft(), percent / 100
        place, size = (window.geometry().topLeft() - corner) * scale, window.size() * scale
        bounded = window.property(_BOUNDED)
        if bounded is not None and bounded[0] == window.size():
            size = bounded[1]  # its size is not what was asked for, but what it needs at least or the screen has
        return cls(window, place, size, window.windowHandle().frameMargins())

    def show(self, percent: int) -> None:
        """Where it was, as large on the screen as it was, within the screen."""
        window, scale = self.window, 100 / percent
        if not window.windowState() & AWAY:
            screen = window.screen()
            wanted = QRect(screen.geometry().topLeft() + self.place * scale, self.size * scale)
            least = QRect(wanted.topLeft(), wanted.size().expandedTo(window.minimumSize()))
            window.setGeometry(fitted(least, screen.availableGeometry(), self.frame))
            bounded = (window.size(), self.size) if window.size() != wanted.size() else None
            window.setProperty(_BOUNDED, bounded)
        window.show()


def _rescale(percent: int, state: WindowState) -> None:
    """Give every window a native window of another scale; what is in them stays as it is."""
    app = _application()
    active, focused, ends = app.activeWindow(), app.focusWidget(), app.quitOnLastWindowClosed()
    tops = [window for window in app.topLevelWidgets() if window.windowHandle() is not None]
    shown = [_Shown.of(one, scale_now(app)) for one in tops if one.isVisible() and one.windowType() not in _PASSING]
    app.setQuitOnLastWindowClosed(False)
    for window in tops:
        window.hide()
        window.windowHandle().destroy()
    set_scale(app, percent)
    state.bound()
    for one in shown:
        one.show(percent)
    app.setQuitOnLastWindowClosed(ends)
    if active is not None:
        active.activateWindow()
    if focused is not None:
        focused.setFocus()


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return app
