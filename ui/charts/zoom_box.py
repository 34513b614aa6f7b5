"""The part of a plot that is zoomed and moved by the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

if TYPE_CHECKING:
    from pyqtgraph.GraphicsScene.mouseEvents import MouseDragEvent

__all__ = ["ZoomBox"]


class ZoomBox(pg.ViewBox):
    """Drag a rectangle to zoom into it, the middle button to move; tells before it changes the range."""

    zoomed = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False, defaultPadding=0.0)
        self.setMouseMode(pg.ViewBox.RectMode)
        self.setLimits(xMin=0, minXRange=2, minYRange=1e-12)

    def mouseDragEvent(self, ev: MouseDragEvent, axis: int | None = None) -> None:
        moving = ev.button() == Qt.MouseButton.MiddleButton
        self.state["mouseMode"] = pg.ViewBox.PanMode if moving else pg.ViewBox.RectMode
        if moving or ev.isFinish():
            self.zoomed.emit()  # first, so that the owner does not put its own range back
        super().mouseDragEvent(ev, axis)

    def wheelEvent(self, ev: object, axis: int | None = None) -> None:
        self.zoomed.emit()
        super().wheelEvent(ev, axis)
