"""Outlines around many cells at once: one dashed frame where they fill a rectangle, their border where they do not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLine, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.flow.layout import FlowLayout, Map, Rect, Tile

__all__ = ["Mark", "Outline", "cells_of_map", "outline_marks"]


@dataclass(frozen=True, eq=False)
class Mark:
    """Cells of one array to outline: `indices` (n, axes) without the batch axis."""

    name: str
    indices: NDArray[np.intp]
    color: str


@dataclass(frozen=True)
class Outline:
    """What to draw for one mark in device pixels, and how many of its cells are in maps on screen."""

    color: str
    frames: tuple[Rect, ...]
    borders: tuple[QLine, ...]
    shown: int
    dashed: bool
    outer: Rect = field(default=Rect(0, 0, 0, 0))

    def draw(self, painter: QPainter, seam: str, unit: int) -> None:
        """Paint the frames with a seam of the ground's colour beneath, so that they show on cells of any colour."""
        rects = [QRect(frame.x, frame.y, frame.width - 1, frame.height - 1) for frame in self.frames]
        lines = list(self.borders)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width, dashed in ((seam, 3 * unit, False), (self.color, unit + unit // 2, self.dashed)):
            pen = QPen(QColor(color), width, j=Qt.PenJoinStyle.MiterJoin)
            if dashed:
                pen.setDashPattern([4, 2])
            painter.setPen(pen)
            if rects:
                painter.drawRects(rects)
            pen.setStyle(Qt.PenStyle.SolidLine)
            painter.setPen(pen)
            if lines:
                painter.drawLines(lines)


def cells_of_map(part: Map, indices: NDArray[np.intp]) -> NDArray[np.intp]:
    """(k, 2): rows and columns of those of the indices (n, axes) that a map shows."""
    axes, lead = indices.shape[1], len(part.prefix)
    places = np.zeros((0, 2), np.intp)
    if axes < lead:
        return places
    mine = indices[(indices[:, :lead] == np.array(part.prefix, np.intp)).all(axis=1)][:, lead:]
    if part.offset < 0:
        return np.zeros((len(mine), 2), np.intp) if axes == lead else places
    if part.flat:
        flat = mine[:, 0] - part.offset
        return np.stack(np.divmod(flat[(flat >= 0) & (flat < part.rows * part.cols)], part.cols), axis=1)
    shown: NDArray[np.intp] = mine
    return shown


def outline_marks(layout: FlowLayout, marks: Sequence[Mark]) -> list[Outline]:
    """The outlines of marks in a layout, one a mark in order; of an array without a tile an empty one."""
    return [_outline(layout.tiles.get(mark.name), mark) for mark in marks]


def _outline(tile: Tile | None, mark: Mark) -> Outline:
    found = [(part, cells_of_map(part, mark.indices)) for part in tile.maps] if tile else []
    found = [(part, cells) for part, cells in found if len(cells)]
    shown = sum(len(cells) for _, cells in found)
    if tile and len(found) > 1 and shown == sum(part.rows * part.cols for part in tile.maps):
        return Outline(mark.color, (tile.rect,), (), shown, True, tile.rect)  # all of the array: one frame around it
    frames: list[Rect] = []
    borders: list[QLine] = []
    for part, cells in found:
        (top, left), (bottom, right) = cells.min(axis=0).tolist(), cells.max(axis=0).tolist()
        if (bottom - top + 1) * (right - left + 1) == len(cells):
            frames.append(part.cell(top, left).united(part.cell(bottom, right)))
        else:
            borders += _border(part, cells)
    outer = _around(frames, (part.rect for part, _ in found)) if found else Rect(0, 0, 0, 0)
    return Outline(mark.color, tuple(frames), tuple(borders), shown, shown > len(found), outer)


def _around(frames: Sequence[Rect], maps: Iterable[Rect]) -> Rect:
    result: Rect | None = None
    for rect in (*frames, *maps):
        result = result.united(rect) if result else rect
    assert result is not None
    return result


def _border(part: Map, cells: NDArray[np.intp]) -> list[QLine]:
    """The edges between marked and unmarked cells."""
    marked = np.zeros((part.rows + 2, part.cols + 2), bool)
    marked[cells[:, 0] + 1, cells[:, 1] + 1] = True
    width, height, x, y = part.cell_width, part.cell_height, part.rect.x, part.rect.y
    lines = []
    for row, col in np.argwhere(marked[1:, 1:-1] != marked[:-1, 1:-1]).tolist():
        lines.append(QLine(x + col * width, y + row * height, x + (col + 1) * width, y + row * height))
    for row, col in np.argwhere(marked[1:-1, 1:] != marked[1:-1, :-1]).tolist():
        lines.append(QLine(x + col * width, y + row * height, x + col * width, y + (row + 1) * height))
    return lines
