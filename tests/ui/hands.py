"""What hands do to a widget: the mouse, also between two pixels, and the wheel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
MOVE, PRESS, DOUBLE_CLICK = QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick
A_NOTCH = 120


def mouse_at(widget: QWidget, place: QPointF, kind: QEvent.Type = MOVE, held: Qt.MouseButton = NO_BUTTON) -> None:
    """The mouse at a place of the widget: it comes there, with a button held, or this button goes down."""
    button = NO_BUTTON if kind is MOVE else held
    where = widget.mapToGlobal(place)
    event = QMouseEvent(kind, place, where, button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def turn_wheel(
    widget: QWidget,
    notches: int,
    place: QPointF | None = None,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Turn the wheel away from oneself (or towards oneself: less than 0), over the middle or a place of the widget."""
    over = QPointF(widget.rect().center()) if place is None else place
    turn, phase = QPoint(0, A_NOTCH * notches), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(over, widget.mapToGlobal(over), QPoint(), turn, NO_BUTTON, modifiers, phase, False)
    QApplication.sendEvent(widget, event)
