"""The drawing surface: light ink on black with mouse, pen or keys, every stroke undoable."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QPointingDevice,
    QTabletEvent,
    QUndoStack,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from ui.classify.ink_raster import SIDE
from ui.classify.keyboard_pen import KeyboardPen
from ui.classify.sheet import Sheet

__all__ = ["BRUSH_MAXIMUM", "BRUSH_MINIMUM", "Canvas"]

BRUSH_MINIMUM, BRUSH_MAXIMUM, BRUSH_DEFAULT, BRUSH_STEP = 10, 46, 22, 4
_ERASER_SCALE = 1.7

_KEYS_HELP = (
    "Keys: after Tab, arrows show the pen and move it (Shift: faster).",
    "Space then puts it down and lifts it, or draws while held.",
    "E switches to the eraser, Delete clears, [ and ] change the brush.",
)
_NO_CHOICE = (
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""The focus comes back to where it was."""


class Canvas(Sheet):
    """Draw in a square of SIDE×SIDE raster pixels, whatever the size on screen.

    Left button or pen draws (pressure widens), right button or the pen's other end erases. `changed` is emitted while
    drawing, at most once an input event; `tool_changed` when the eraser or the brush size changes.

    The arrow keys are the window's from a stroke by hand until the focus comes anew by keys, unless `keeps_arrows`.
    """

    changed = Signal()
    tool_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("draw a picture here", parent)
        self.drawing.changed.connect(self.changed)
        self._eraser = False
        self._brush = BRUSH_DEFAULT
        self._source: str | None = None  # what draws the open stroke: "mouse", "pen", "keys"
        self._stroke_erases = False
        self._pointer: QPointF | None = None
        self._pen = KeyboardPen()
        self.keeps_arrows = False
        self._by_hand = False  # the mouse or a pen was used last
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Drawing canvas")
        self.setToolTip("\n".join(["Draw here; the right button erases.", *_KEYS_HELP]))
        self._describe()

    # what it holds

    def gray(self) -> NDArray[np.uint8]:
        """The drawing, (SIDE, SIDE) uint8, ink 255 on paper 0."""
        return self.drawing.gray()

    @property
    def is_empty(self) -> bool:
        """True if there is no ink."""
        return self.drawing.is_empty

    @property
    def undo_stack(self) -> QUndoStack:
        """The steps of the drawing, for buttons and menus."""
        return self.drawing.undo_stack

    @property
    def eraser(self) -> bool:
        """True while strokes erase."""
        return self._eraser

    @property
    def brush_size(self) -> int:
        """Width of the brush in raster pixels."""
        return self._brush

    def state(self) -> bytes:
        """The drawing for the preferences (a PNG); empty bytes if nothing is drawn."""
        return self.drawing.state()

    def restore(self, state: bytes) -> bool:
        """Take back what `state` gave, with a fresh undo history; returns False, and keeps the drawing, if damaged."""
        self._finish_stroke()
        return self.drawing.restore(state)

    # commands

    def set_eraser(self, on: bool) -> None:
        """Draw or erase with the main button, the pen and the keys."""
        if on != self._eraser:
            self._finish_stroke()
            self._eraser = on
            self._tool_changed()

    def set_brush_size(self, size: int) -> None:
        """Width of the brush in raster pixels, kept within BRUSH_MINIMUM and BRUSH_MAXIMUM."""
        size = max(BRUSH_MINIMUM, min(BRUSH_MAXIMUM, size))
        if size != self._brush:
            self._brush = size
            self._tool_changed()

    def set_image(self, gray: NDArray[np.uint8]) -> None:
        """Put a picture (h, w) uint8 of any size here, as one undoable step; dark on light is turned round."""
        self._finish_stroke()
        self.drawing.set_picture(gray)

    def clear(self) -> None:
        """Remove all ink; can be undone."""
        self._finish_stroke()
        self.drawing.clear()

    def undo(self) -> None:
        """Take the last step back."""
        self._finish_stroke()
        self.drawing.undo()

    def redo(self) -> None:
        """Do the step again that was taken back."""
        self._finish_stroke()
        self.drawing.redo()

    # strokes

    def _begin_stroke(self, source: str, point: QPointF, pressure: float, erase: bool) -> None:
        self._source, self._stroke_erases = source, erase
        self.drawing.begin_stroke(point, self._width(pressure), erase)

    def _extend_stroke(self, point: QPointF, pressure: float) -> None:
        self.drawing.extend_stroke(point, self._width(pressure))

    def _finish_stroke(self) -> None:
        if self._source is not None:
            self._source = None
            self.drawing.finish_stroke()

    def _width(self, pressure: float) -> float:
        width = self._brush * (0.4 + 0.6 * pressure)
        return width * _ERASER_SCALE if self._stroke_erases else width

    # mouse and pen

    def mousePressEvent(self, event: QMouseEvent) -> None:
        button = event.button()
        if self._source == "keys":
            self._finish_stroke()
        if self._source is not None or button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        self._pen.visible, self._by_hand = False, True
        erase = self._eraser or button == Qt.MouseButton.RightButton
        self._begin_stroke("mouse", self.to_raster(event.position()), 1.0, erase)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._follow(event.position())
        if self._source == "mouse":
            self._extend_stroke(self.to_raster(event.position()), 1.0)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        buttons = event.buttons() & (Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton)
        if self._source == "mouse" and not buttons:
            self._finish_stroke()

    def tabletEvent(self, event: QTabletEvent) -> None:
        # an ignored tablet event comes again as a mouse event, and the stroke would be drawn twice
        event.accept()
        self._follow(event.position())
        point = self.to_raster(event.position())
        kind = event.type()
        if kind == QEvent.Type.TabletPress and self._source != "pen":
            self._finish_stroke()
            self._pen.visible, self._by_hand = False, True
            other_end = event.pointerType() == QPointingDevice.PointerType.Eraser
            erase = self._eraser or other_end or event.button() == Qt.MouseButton.RightButton
            self._begin_stroke("pen", point, event.pressure(), erase)
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        elif kind == QEvent.Type.TabletMove and self._source == "pen":
            self._extend_stroke(point, event.pressure())
        elif kind == QEvent.Type.TabletRelease and self._source == "pen":
            self._finish_stroke()

    def wheelEvent(self, event: QWheelEvent) -> None:
        # without Ctrl the wheel belongs to the column that the panel may be scrolled in
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier and event.angleDelta().y():
            self.set_brush_size(self._brush + (BRUSH_STEP if event.angleDelta().y() > 0 else -BRUSH_STEP))
            event.accept()
        else:
            event.ignore()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._follow(event.position())

    def leaveEvent(self, _event: QEvent) -> None:
        self._follow(None)

    def hideEvent(self, _event: QHideEvent) -> None:
        self._finish_stroke()
        self._follow(None)

    def _follow(self, position: QPointF | None) -> None:
        if (position is None) is not (self._pointer is None):
            # of the moves that wait while the window is busy only the last would come: a stroke would lose its corners
            QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, position is None)
        self._pointer = position
        self.update()

    # keys

    def event(self, event: QEvent) -> bool:
        # the window has shortcuts on some of these keys (Space trains): here they draw
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._uses(event):
            event.accept()
            return True
        return super().event(event)

    def _uses(self, event: QKeyEvent) -> bool:
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return event.text() in ("[", "]")  # AltGr on many keyboards
        if event.key() == Qt.Key.Key_Escape:
            return self._source == "keys"
        if event.key() == Qt.Key.Key_Space:
            return self._pen.visible  # else it trains: a mouse draws without it
        keys = (Qt.Key.Key_E, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        return event.key() in keys or event.text() in ("[", "]") or self._moves_pen(event)

    def _moves_pen(self, event: QKeyEvent) -> bool:
        return self._pen.is_moved_by(event) and (self.keeps_arrows or not self._by_hand)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        elif not self._uses(event):
            super().keyPressEvent(event)
        elif self._moves_pen(event):
            self._move_pen(event)
        elif event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._toggle_pen()
        else:
            self._press_command(event)

    def _press_command(self, event: QKeyEvent) -> None:
        if event.text() in ("[", "]"):
            self.set_brush_size(self._brush + (BRUSH_STEP if event.text() == "]" else -BRUSH_STEP))
        elif event.key() == Qt.Key.Key_Escape:
            self._finish_stroke()
        elif event.key() == Qt.Key.Key_E:
            self.set_eraser(not self._eraser)
        else:
            self.clear()
        self.update()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            # moved while held: the release lifts; a tap leaves the pen down until the next tap
            if self._source == "keys" and self._pen.moved:
                self._finish_stroke()
                self.update()
        else:
            super().keyReleaseEvent(event)

    def _toggle_pen(self) -> None:
        self._pen.press()
        if self._source == "keys":
            self._finish_stroke()
        elif self._source is None:
            self._begin_stroke("keys", self._pen.point, 1.0, self._eraser)
        self.update()

    def _move_pen(self, event: QKeyEvent) -> None:
        self._pen.move(event)
        if self._source == "keys":
            self._extend_stroke(self._pen.point, 1.0)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        by_keys = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._pen.visible = self._pen.visible or by_keys
        if event.reason() not in _NO_CHOICE:
            self._by_hand = event.reason() == Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        if self._source == "keys":
            self._finish_stroke()
        self._pen.visible = False
        super().focusOutEvent(event)

    # what it shows

    def _tool_changed(self) -> None:
        self._describe()
        self.update()
        self.tool_changed.emit()

    def _describe(self) -> None:
        tool = "eraser" if self._eraser else "brush"
        self.setAccessibleDescription(f"Draw with mouse, pen or keys, now with the {tool}. {' '.join(_KEYS_HELP)}")

    def paint_marks(self, painter: QPainter, paper: QRectF) -> None:
        """The pen of the keys, or how wide the brush under the pointer is."""
        if self._pen.visible and self.hasFocus():
            self._pen.paint(painter, paper, QColor(self.theme.accent), down=self._source == "keys")
        elif self._pointer is not None and paper.contains(self._pointer):
            radius = self._brush * paper.width() / SIDE / 2 * (_ERASER_SCALE if self._eraser else 1.0)
            painter.setPen(QPen(QColor(self.theme.warning if self._eraser else "#8b95a3"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(self._pointer, radius, radius)
