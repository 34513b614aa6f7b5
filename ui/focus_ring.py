"""One ring around whatever has the keys, whichever control or view it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from shiboken6 import Shiboken

__all__ = ["FocusRing", "without_ring"]

_OUTSIDE = 3
"""So far it reaches over the edge of what it is around, where that has room."""
_MOVES = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)


class _Ring(QWidget):
    """A line in the accent of the theme with a line of the ground inside, to be seen on a button of that colour too."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = QGuiApplication.palette()
        painter.setPen(QPen(palette.color(QPalette.ColorRole.AlternateBase), 1.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5), 3.0, 3.0)
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Accent), 2.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.0, 1.0, -1.0, -1.0), 4.0, 4.0)


@contextmanager
def without_ring(view: QWidget) -> Iterator[None]:
    """No ring in a view while a picture of it is made: it is the reader's, not the picture's."""
    rings = [ring for ring in view.findChildren(_Ring) if ring.isVisible()]
    for ring in rings:
        ring.hide()
    yield
    for ring in rings:
        ring.show()


class FocusRing(QObject):
    """Shows where the keys are, in every window of the program, as long as they got there by keys.

    A click needs no ring: the pointer is there. It lies beside what it is around, so that nothing else moves.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._ring: _Ring | None = None
        self._widget: QWidget | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if not Shiboken.isValid(self._window):
            return
        self._take_away()
        if now is None or now.isWindow():
            return
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        # Qt's mark of a window in which somebody goes from control to control by keys
        if now.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange) and not by_mouse:
            self._put_around(now)

    def _put_around(self, widget: QWidget) -> None:
        beside = widget.parentWidget()
        while isinstance(beside, QSplitter):  # would make a column of it
            beside = beside.parentWidget()
        assert beside is not None  # windows have been left out
        self._widget = widget
        self._ring = _Ring(beside)
        widget.installEventFilter(self)
        self._place()

    def _take_away(self) -> None:
        if self._widget is not None and Shiboken.isValid(self._widget):
            self._widget.removeEventFilter(self)
        if self._ring is not None and Shiboken.isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        self._ring = self._widget = None

    def _place(self) -> None:
        ring, widget = self._ring, self._widget
        assert ring is not None
        assert widget is not None
        beside = ring.parentWidget()
        assert beside is not None
        place = widget.rect().translated(widget.mapTo(beside, widget.rect().topLeft()))
        ring.setGeometry(place.adjusted(-_OUTSIDE, -_OUTSIDE, _OUTSIDE, _OUTSIDE) & beside.rect())
        ring.setVisible(widget.isVisible())
        ring.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay around it."""
        ring = self._ring
        if event.type() in _MOVES and watched is self._widget and ring is not None and Shiboken.isValid(ring):
            self._place()
        return super().eventFilter(watched, event)
