"""The slider of a timeline: a place for each kept moment, with marks of branches and of what happened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from playground.counting import grouped
from playground.history import OBSERVED, Event
from playground.timeline.view import TimelineView
from ui.theme import DARK, Theme
from ui.timeline.colors import branch_color

__all__ = ["TimeSlider"]

_MARGIN = 7  # half of the handle stands beyond the first and the last moment
_HEIGHT = 24
_PAGE = 10
_TICK = 3  # pixels high
_PATIENCE = 5  # snapshots until a moment that was asked for has come, or will not


class TimeSlider(QAbstractSlider):
    """Chooses one of the kept moments, or the end, where the branch stands. Its value is the moment's number.

    moment_chosen (int): the step that somebody went to by mouse or keys; what the program shows tells nothing.
    """

    moment_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._view: TimelineView | None = None
        self._events: tuple[Event, ...] = ()
        self._steps: NDArray[np.int64] = np.zeros(1, np.int64)
        self._awaited: int | None = None  # the step that was asked for and is not shown yet
        self._patience = 0
        self.setRange(0, 0)  # until there is a run, there is nowhere to go
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName("Moments of the run")
        self.setToolTip(
            "Drag to any kept moment: all views show it, and the run itself waits. Arrows go by one moment, Page ↑ ↓ "
            "by ten, Home and End to the ends. Beneath the line: the moments; above: branches, what was changed, A."
        )
        self.setFixedHeight(_HEIGHT)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPageStep(_PAGE)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.valueChanged.connect(self._tell)

    @property
    def steps(self) -> Sequence[int]:
        """The steps that it stops at, ascending; the last one is the end."""
        steps: list[int] = self._steps.tolist()
        return steps

    @property
    def first_step(self) -> int:
        """The first of them."""
        return int(self._steps[0])

    def show_timeline(self, view: TimelineView, events: tuple[Event, ...]) -> None:
        """Show a timeline and the moment that is looked at; nothing is told."""
        self._view, self._events = view, events
        self._steps = np.append(view.steps[view.steps < view.end], view.end)
        with QSignalBlocker(self):
            self.setRange(0, len(self._steps) - 1)
            if self._may_follow(view.shown_step):
                self.setValue(self.nearest(view.shown_step))
        self.setAccessibleDescription(f"step {grouped(view.shown_step)} of {grouped(view.end)}")
        self.update()

    def _may_follow(self, step: int) -> bool:
        """False while the mouse holds it, or while what was asked for last is still on its way."""
        self._patience -= 1
        if step == self._awaited or self._patience <= 0:
            self._awaited = None
        return self._awaited is None and not self.isSliderDown()

    def nearest(self, step: float) -> int:
        """The number of the moment nearest to a step."""
        place = bisect_left(self._steps, step)
        if place == len(self._steps) or (place and step - self._steps[place - 1] <= self._steps[place] - step):
            return place - 1
        return place

    def place_of(self, step: float) -> float:
        """Where a step is, in pixels from the left."""
        first, last = float(self._steps[0]), float(self._steps[-1])
        share = (step - first) / max(last - first, 1.0)
        return _MARGIN + share * (self.width() - 2 * _MARGIN)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    def _tell(self, value: int) -> None:
        self._awaited, self._patience = int(self._steps[value]), _PATIENCE
        self.moment_chosen.emit(self._awaited)

    # --- mouse and keys -----------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the moment under the pointer, and follow it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of a slider; Esc is left to the window."""
        if event.key() == Qt.Key.Key_Escape or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go_to(self, x: float) -> None:
        share = (x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1)
        first, last = float(self._steps[0]), float(self._steps[-1])
        self.setValue(self.nearest(first + share * (last - first)))

    # --- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        del event  # all of it is painted: it is small
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        end, here = self.width() - _MARGIN, self.place_of(float(self._steps[self.value()]))
        theme = self._theme
        painter.fillRect(QRectF(_MARGIN, middle - 1.5, end - _MARGIN, 3), QColor(theme.panel_border))
        color = QColor(branch_color(theme, self._view.shown_branch) if self._view else theme.text)
        painter.fillRect(QRectF(_MARGIN, middle - 1.5, here - _MARGIN, 3), QColor(theme.accent))
        self._paint_moments(painter, middle)
        if self._view is not None:
            self._paint_marks(painter, self._view)
        painter.setPen(QPen(QColor(theme.panel), 1.5))
        painter.setBrush(QColor(theme.accent) if self._view is None or not self._view.shown_branch else color)
        painter.drawEllipse(QPointF(here, middle), 6, 6)
        painter.end()

    def _paint_moments(self, painter: QPainter, middle: float) -> None:
        """A tick for each moment, one a column of pixels: an image of one line, stretched to their height."""
        width = self.width() - 2 * _MARGIN
        first, last = int(self._steps[0]), max(int(self._steps[-1]), int(self._steps[0]) + 1)
        pixels = np.zeros(self.width(), np.uint32)
        pixels[(self._steps - first) * width // (last - first) + _MARGIN] = QColor(self._theme.muted).rgba()
        ticks = QImage(pixels.data, len(pixels), 1, 4 * len(pixels), QImage.Format.Format_ARGB32_Premultiplied)
        painter.drawImage(QRect(0, int(middle) + 4, len(pixels), _TICK), ticks)

    def _paint_marks(self, painter: QPainter, view: TimelineView) -> None:
        """Above the line: where branches begin, what happened, and the pinned moment."""
        theme = self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        for event in self._events:
            if event.kind != OBSERVED and event.step <= view.end:
                painter.setBrush(QColor(theme.error if event.kind == "diverged" else theme.muted))
                painter.drawEllipse(QPointF(self.place_of(event.step), 4), 2, 2)
        way = view.way
        for branch in view.branches:
            if branch.parent is not None and (branch.parent in way or branch.number in way):
                x = self.place_of(branch.forked_at)
                painter.setBrush(QColor(branch_color(theme, branch.number)))
                painter.drawPolygon(QPolygonF([QPointF(x - 4, 1), QPointF(x + 4, 1), QPointF(x, 8)]))
        if view.pinned is not None and view.pinned[0] in way:
            x = self.place_of(view.pinned[1])
            painter.setPen(QColor(theme.text))
            font = painter.font()
            font.setPointSizeF(8.0)
            font.setBold(True)
            painter.setFont(font)
            painter.drawText(QRect(int(x) - 8, 0, 16, 10), Qt.AlignmentFlag.AlignCenter, "A")
