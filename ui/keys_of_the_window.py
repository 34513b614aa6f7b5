"""The keys of the window (Space, →, 1 to 7 …) go on working when a control is used by mouse."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QSlider,
    QWidget,
)
from shiboken6 import Shiboken

__all__ = ["KeysOfTheWindow"]

_CONTROLS = (QAbstractButton, QComboBox, QListWidget, QSlider)
_FIELDS = (QLineEdit, QAbstractSpinBox)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class KeysOfTheWindow(QObject):
    """One rule for all controls of a window, whatever their focus policy: those that Tab went to have the keys.

    A click on one leaves the keys with the view that had them, else with the window. A field to type into keeps them
    until something else is clicked, which ends typing, and one that was clicked until Enter.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._field: QWidget | None = None
        self._by_mouse = False
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    @Slot(QWidget, QWidget)
    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if not Shiboken.isValid(self._window):
            return  # it takes the focus from its widgets while it is destroyed
        self._watch(now if isinstance(now, _FIELDS) and now.window() is self._window else None)
        self._by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if isinstance(now, _CONTROLS) and self._by_mouse and now.window() is self._window:
            self._give_back(now, before)

    def _watch(self, field: QWidget | None) -> None:
        """Look at the keys of a field, and at where the mouse is pressed while it has them; None: at nothing."""
        handle = self._window.windowHandle()
        for watched in (self._field, handle):
            if watched is not None:
                watched.removeEventFilter(self)
        self._field = field
        if field is not None:
            field.installEventFilter(self)
            handle.installEventFilter(self)

    def _give_back(self, control: QWidget, before: QWidget | None) -> None:
        is_view = before is not None and not isinstance(before, (*_FIELDS, *_CONTROLS))
        if before is not None and is_view and before.window() is self._window and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            control.clearFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let what was typed hold when something else is clicked, or with Enter in a field that was clicked."""
        field, kind = self._field, event.type()
        if field is None:
            return super().eventFilter(watched, event)
        if watched is not field and isinstance(event, QMouseEvent) and kind == QEvent.Type.MouseButtonPress:
            if not field.rect().contains(field.mapFromGlobal(event.globalPosition()).toPoint()):
                field.clearFocus()
        elif watched is field and isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            self._on_key(field, event)
        return super().eventFilter(watched, event)

    def _on_key(self, field: QWidget, event: QKeyEvent) -> None:
        if self._by_mouse and event.key() in _ENTER:
            QTimer.singleShot(0, field, lambda: self._leave(field))

    def _leave(self, field: QWidget) -> None:
        """Unless what was typed is refused: then it is chosen, to be typed anew."""
        if not (isinstance(field, QLineEdit) and field.hasSelectedText()):
            field.clearFocus()
