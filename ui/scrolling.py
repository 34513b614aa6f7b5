"""Scroll areas without a frame, on the ground of the panel that they stand in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

__all__ = ["FittedArea", "ScrollingArea"]


class ScrollingArea(QScrollArea):
    """Shows a view, and scrolls where it has less room than the view needs; sideways: also from left to right.

    ← and → are left to the window, where they step, while the view has all the width that it needs.
    """

    def __init__(self, view: QWidget, *, sideways: bool = True) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if not sideways:
            self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(view)
        for ground in (self.viewport(), view):
            ground.setAutoFillBackground(False)  # the panel's is beneath

    def keyPressEvent(self, event: QKeyEvent) -> None:
        never = self.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and (never or self.horizontalScrollBar().maximum() == 0):
            event.ignore()
        else:
            super().keyPressEvent(event)


class FittedArea(ScrollingArea):
    """Scrolls up and down only; `fit`, which lays the view out, is told how much of it is seen at a time."""

    def __init__(self, view: QWidget, fit: Callable[[QSize], object]) -> None:
        super().__init__(view, sideways=False)
        self._fit = fit

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The view fits its pictures to the visible room."""
        super().resizeEvent(event)
        self._fit(self.viewport().size())
