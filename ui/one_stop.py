"""Alike controls beside each other as one stop of the Tab key."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

__all__ = ["OneStop"]

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class OneStop(QObject):
    """Tab enters the `members` once, where they were left; ← and → go along them, Home and End to their ends."""

    def __init__(self, parent: QObject, members: Sequence[QWidget] = ()) -> None:
        super().__init__(parent)
        self._members: tuple[QWidget, ...] = ()
        self._latest: QWidget | None = None
        self.set_members(members)

    def set_members(self, members: Sequence[QWidget]) -> None:
        """Hold these together, in their order, instead of those before."""
        for member in self._members:
            member.removeEventFilter(self)
        self._members = tuple(members)
        for member in self._members:
            member.installEventFilter(self)
        self._latest = None
        self._choose_the_stop()

    def _usable(self) -> list[QWidget]:
        return [member for member in self._members if member.isEnabled() and not member.isHidden()]

    def _choose_the_stop(self) -> None:
        usable = self._usable()
        stop = self._latest if self._latest in usable else next(iter(usable), None)
        for member in self._members:
            policy = Qt.FocusPolicy.TabFocus if member is stop else Qt.FocusPolicy.NoFocus
            if member.focusPolicy() != policy:
                member.setFocusPolicy(policy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keys, and who can be used."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and not event.modifiers():
            return self._go(watched, Qt.Key(event.key()))
        if kind in (QEvent.Type.EnabledChange, QEvent.Type.HideToParent, QEvent.Type.ShowToParent):
            self._choose_the_stop()
        elif kind == QEvent.Type.FocusIn:
            self._latest = next(member for member in self._members if member is watched)
            self._choose_the_stop()
        return super().eventFilter(watched, event)

    def _go(self, here: QObject, key: Qt.Key) -> bool:
        usable = self._usable()
        places = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: len(usable) - 1}
        if key in _STEPS:
            place = next(number for number, member in enumerate(usable) if member is here) + _STEPS[key]
        elif key in places:
            place = places[key]
        else:
            return False
        usable[max(0, min(len(usable) - 1, place))].setFocus(Qt.FocusReason.TabFocusReason)
        return True
