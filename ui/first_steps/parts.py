"""The parts of the window that a step of the tour means."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QMargins, QRect
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.first_steps.standing import Standing

__all__ = ["Part", "array", "button", "lab_button", "tab", "whole"]

_RING_IN_THE_GAP = QMargins(-5, -6, -7, -8)
"""From the room of an array, outlines included, to what the ring lies around for its line to be between arrays."""
_FREE_OF_NEXT = 3
"""The room of a title reaches to the next array on the right: the line is within it there."""


@dataclass(frozen=True)
class Part:
    """A rectangle of a widget, in its own coordinates."""

    widget: QWidget
    rect: QRect

    def place_in(self, window: QWidget) -> QRect:
        """What is seen of it, in the window's coordinates; empty if nothing is."""
        if not self.widget.isVisible():
            return QRect()
        seen = self.rect.intersected(self.widget.visibleRegion().boundingRect())
        return QRect(self.widget.mapTo(window, seen.topLeft()), seen.size()) if not seen.isEmpty() else QRect()

    def bring_into_view(self) -> None:
        """Scroll to it where it is scrolled out of sight."""
        child, area = self.widget, self.widget.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        inside = area.widget() if isinstance(area, QScrollArea) else None
        if isinstance(area, QScrollArea) and inside is not None:
            middle = child.mapTo(inside, self.rect.center())
            area.ensureVisible(middle.x(), middle.y(), self.rect.width() // 2 + 8, self.rect.height() // 2 + 8)


def whole(widget: QWidget) -> Part:
    """All of a widget."""
    return Part(widget, widget.rect())


def button(standing: Standing, name: str) -> Part:
    """A button of the bar on top."""
    return whole(standing.scene.toolbar.button(name))


def array(standing: Standing, name: str) -> Part:
    """The tile of an array in the forward and backward pass."""
    view = standing.scene.flow.view
    tile = view.flow_layout.tiles.get(name) if view.flow_layout is not None else None
    has_next = tile is not None and tile.kind == "stage"
    room = view.place_of_array(name).marginsAdded(_RING_IN_THE_GAP)
    return Part(view, room.adjusted(0, 0, -_FREE_OF_NEXT if has_next else 0, 0))


def tab(standing: Standing, number: int) -> Part:
    """A tab beneath the passes, by its number."""
    bar = standing.scene.tabs.tabBar()
    return Part(bar, bar.tabRect(number - 1))


def lab_button(standing: Standing, title: str) -> Part:
    """The button of a page of the laboratory."""
    return whole(standing.scene.laboratory.buttons[title])
