"""Scroll areas without a frame, on the ground of the panel that they stand in."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

__all__ = ["FittedArea", "ScrollingArea"]


class ScrollingArea(QScrollArea):
    """Shows a view, and scrolls where it has less room than the view needs; sideways: also from left to right."""

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


class _Fits(Protocol):
    def fit(self, room: QSize) -> None:
        """Lay out for so much room."""


class FittedArea(ScrollingArea):
    """Scrolls up and down only, and tells its view by `fit(QSize)` how much of it is seen at a time."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view, sideways=False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The view fits its pictures to the visible room."""
        super().resizeEvent(event)
        view: _Fits = self.widget()
        view.fit(self.viewport().size())
