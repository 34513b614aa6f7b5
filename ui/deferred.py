"""A view that is made when it is first looked at, and its module loaded then, so that the program starts without it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.snapshot import Snapshot
from ui.theme import Theme

__all__ = ["Deferred"]

View = TypeVar("View", bound=QWidget)

_AFTER_THE_FIRST_FRAME_MS = 20


class Deferred(QWidget, Generic[View]):
    """Stands where a view will be: `Deferred("ui.chain.panel", "ChainPanel", *arguments)`, `arguments` for the class.

    The view is made when it is shown or asked for (`view`). What it is told before, by `tell` or the slots that views
    have in common, is kept, of each kind the newest, and told then. With a `stand_in`, for a view that is seen from the
    start but takes long to make, it comes after the first frame of the window.
    """

    def __init__(self, module: str, name: str, *arguments: object, stand_in: QWidget | None = None) -> None:
        super().__init__()
        self._module, self._name, self._arguments = module, name, arguments
        self._stand_in = stand_in
        self._view: View | None = None
        self._untold: dict[str, tuple[object, ...]] = {}
        self._callbacks: list[Callable[[View], object]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        if stand_in is not None:
            self._layout.addWidget(stand_in)
            stand_in.installEventFilter(self)

    @property
    def view(self) -> View:
        """The view, made now if it was not yet."""
        return self._make() if self._view is None else self._view

    @property
    def is_made(self) -> bool:
        """Whether there is a view."""
        return self._view is not None

    def when_made(self, callback: Callable[[View], object]) -> None:
        """Call with the view as soon as there is one, before it is told anything; for what connects it."""
        if self._view is None:
            self._callbacks.append(callback)
        else:
            callback(self._view)

    def tell(self, method: str, *arguments: object) -> None:
        """Call a method of the view, or, if there is none yet, as soon as there is one."""
        if self._view is None:
            self._untold.pop(method, None)  # told in the order of the newest calls
            self._untold[method] = arguments
        else:
            getattr(self._view, method)(*arguments)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """For the view."""
        self.tell("show_snapshot", snapshot)

    def set_theme(self, theme: Theme) -> None:
        """For the view."""
        self.tell("set_theme", theme)

    def set_decimals(self, decimals: int) -> None:
        """For the view."""
        self.tell("set_decimals", decimals)

    def _make(self) -> View:
        kind: Any = getattr(importlib.import_module(self._module), self._name)
        view = cast("View", kind(*self._arguments, parent=self))
        self._view = view
        if self._stand_in is not None:
            self._layout.removeWidget(self._stand_in)
            self._stand_in.hide()
            self._stand_in.deleteLater()
            self._stand_in = None
        for callback in self._callbacks:
            callback(view)
        for method, arguments in self._untold.items():
            getattr(view, method)(*arguments)
        self._callbacks.clear()
        self._untold.clear()
        self._layout.addWidget(view)
        self._layout.activate()
        view.show()  # Qt would show it at once only if it had been there before its parent was shown
        return view

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody looks."""
        super().showEvent(event)
        if self._view is None and self._stand_in is None:
            self._make()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The stand-in is painted: the first frame goes to the screen, then the view is made."""
        if watched is self._stand_in and event.type() is QEvent.Type.Paint:
            self._stand_in.removeEventFilter(self)
            QTimer.singleShot(_AFTER_THE_FIRST_FRAME_MS, self, self._make_now)
        return super().eventFilter(watched, event)

    def _make_now(self) -> None:
        if self._view is None:
            self._make()
