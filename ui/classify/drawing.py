"""The drawing behind the canvas: a raster, the stroke that is open, and every step undoable."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage, QUndoCommand, QUndoStack

from ui.classify.ink_raster import SIDE, InkRaster, ink_on_black

__all__ = ["Drawing"]

_UNDO_LIMIT = 100


class _Edit(QUndoCommand):
    """One change of the raster, as the pictures before and after it; `at`: when it was done last."""

    def __init__(self, text: str, before: QImage, after: QImage, show: Callable[[QImage], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._show = before, after, show
        self.at = 0.0

    def undo(self) -> None:
        self._show(self._before)

    def redo(self) -> None:
        self.at = time.monotonic()
        self._show(self._after)


class Drawing(QObject):
    """`changed` brings the part of the raster (QRectF) that is new; one stroke is one step of `undo_stack`."""

    changed = Signal(QRectF)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._raster = InkRaster()
        self._before: QImage | None = None  # the picture under the open stroke
        self._erases = False
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(_UNDO_LIMIT)

    @property
    def image(self) -> QImage:
        """The raster as it is now; not to be painted on."""
        return self._raster.image

    @property
    def last_at(self) -> float:
        """When the step was done that `undo` would take back, by `time.monotonic`; 0 if there is none."""
        last = self.undo_stack.command(self.undo_stack.index() - 1)
        return last.at if isinstance(last, _Edit) else 0.0

    @property
    def is_empty(self) -> bool:
        """True if there is no ink."""
        return self._raster.is_empty

    def gray(self) -> NDArray[np.uint8]:
        """A copy, (SIDE, SIDE) uint8, ink 255 on paper 0."""
        return self._raster.gray()

    def state(self) -> bytes:
        """A PNG of the drawing, empty bytes if there is no ink."""
        return b"" if self.is_empty else self._raster.to_png()

    def restore(self, state: bytes) -> bool:
        """Take back what `state` gave and forget the steps; returns False, and changes nothing, if it is damaged."""
        self.finish_stroke()
        raster = InkRaster()
        if state and not raster.from_png(state):
            return False
        self.undo_stack.clear()
        self._show(raster.image)
        return True

    def begin_stroke(self, point: QPointF, width: float, erase: bool) -> None:
        """Put the pen down at a raster point; a stroke that is still open ends first."""
        self.finish_stroke()
        self._before, self._erases = self._raster.image.copy(), erase
        self.changed.emit(self._raster.begin(point, width, erase))

    def extend_stroke(self, point: QPointF, width: float) -> None:
        """Move the pen on."""
        self.changed.emit(self._raster.extend(point, width))

    def finish_stroke(self) -> None:
        """Lift the pen; without an open stroke nothing happens. A stroke that changed no pixel is no step."""
        if self._before is None:
            return
        before, self._before = self._before, None
        dirty = self._raster.end()
        if self._raster.image != before:
            self._push("erasing" if self._erases else "stroke", before, self._raster.image.copy())
            self.changed.emit(dirty)

    def set_picture(self, gray: NDArray[np.uint8]) -> None:
        """Put a picture (h, w) uint8 of any size here, as one step; dark on light is turned round."""
        self.finish_stroke()
        raster = InkRaster()
        raster.set_picture(ink_on_black(gray))
        self._push("picture", self._raster.image.copy(), raster.image)

    def clear(self) -> None:
        """Remove all ink, as one step."""
        self.finish_stroke()
        if not self.is_empty:
            self._push("clearing of the drawing", self._raster.image.copy(), InkRaster().image)

    def undo(self) -> None:
        """Take the last step back."""
        self.finish_stroke()
        self.undo_stack.undo()

    def redo(self) -> None:
        """Do the step again that was taken back."""
        self.finish_stroke()
        self.undo_stack.redo()

    def _push(self, text: str, before: QImage, after: QImage) -> None:
        self.undo_stack.push(_Edit(text, before, after, self._show))

    def _show(self, image: QImage) -> None:
        # a stroke is on the raster before its step is pushed: pushing it must not tell of a second change
        if image != self._raster.image:
            self._raster.image = image.copy()
            self.changed.emit(QRectF(0, 0, SIDE, SIDE))
