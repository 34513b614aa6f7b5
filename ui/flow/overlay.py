"""What lies over the picture of the passes: outlines of cells, the veil over what is not lit, the frame of focus."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPicture

from ui.cell_ref import CellRef
from ui.flow.ground import draw_outline, qrect
from ui.flow.layout import FlowLayout, Rect
from ui.flow.marks import Mark, Outline, outline_marks
from ui.theme import DARK, Theme

__all__ = ["FlowOverlay"]


@dataclass
class FlowOverlay:
    """It stays the same from snapshot to snapshot, so it is kept as drawn until something of it is changed.

    `forget` after a change of what is written here directly; the methods do so themselves.
    """

    theme: Theme = DARK
    cell: CellRef | None = None
    pinned: tuple[CellRef, ...] = ()
    emphasized: str | None = None
    lit: frozenset[str] | None = None
    glowing: frozenset[str] = frozenset()
    marks: tuple[Mark, ...] = ()
    _highlights: dict[str, tuple[Sequence[tuple[int, ...]], str]] = field(default_factory=dict)
    _outlines: list[Outline] | None = None
    _drawn: QPicture | None = None

    def forget(self) -> None:
        """Draw anew at the next chance."""
        self._drawn = None

    def forget_places(self) -> None:
        """The layout is another."""
        self._drawn = self._outlines = None

    def set_highlights(self, cells: Mapping[str, Sequence[tuple[int, ...]]], color: str | None) -> None:
        """Outline these cells only, in `color` or that of the theme."""
        self._highlights = {name: (tuple(indices), color or self.theme.accent) for name, indices in cells.items()}
        self.forget()

    def outline(self, refs: Sequence[CellRef], color: str) -> None:
        """Outline some more cells."""
        for ref in refs:
            indices, _ = self._highlights.get(ref.name, ((), color))
            self._highlights[ref.name] = ((*indices, ref.index), color)
        self.forget()

    def set_marks(self, marks: Sequence[Mark]) -> bool:
        """Outline these groups of cells; False if they are the present ones."""
        if len(marks) == len(self.marks) and all(
            new.name == old.name
            and new.color == old.color
            and (new.indices is old.indices or np.array_equal(new.indices, old.indices))
            for new, old in zip(marks, self.marks, strict=True)
        ):
            return False
        self.marks = tuple(marks)
        self.forget_places()
        return True

    def light_up(self, names: Collection[str] | None, glowing: Collection[str]) -> bool:
        """Dim every array but these (None: dim none) and let some glow; False if that is so already."""
        lit = None if names is None else frozenset(names)
        if (lit, frozenset(glowing)) == (self.lit, self.glowing):
            return False
        self.lit, self.glowing = lit, frozenset(glowing)
        self.forget()
        return True

    def marked(self, layout: FlowLayout) -> list[Outline]:
        """The outlines of the marks in a layout."""
        if self._outlines is None:
            self._outlines = outline_marks(layout, self.marks)
        return self._outlines

    def picture(self, layout: FlowLayout) -> QPicture:
        """All of it in device pixels."""
        if self._drawn is None:
            self._drawn = QPicture()
            painter = QPainter(self._drawn)
            self._draw(painter, layout)
            painter.end()
        return self._drawn

    def _draw(self, painter: QPainter, layout: FlowLayout) -> None:
        theme, thick = self.theme, layout.metrics.px(2)
        self._draw_lights(painter, layout)
        for outline in self.marked(layout):
            outline.draw(painter, theme.panel, layout.metrics.px(1))
        for name, (indices, color) in self._highlights.items():
            for index in indices:
                rect = layout.cell_rect(name, index)
                if rect:
                    draw_outline(painter, rect, color, thick)
        if self.emphasized is not None and self.emphasized in layout.tiles:
            extent = layout.tiles[self.emphasized].extent
            draw_outline(painter, extent._replace(x=extent.x - 2, width=extent.width + 4), theme.accent, thick)
        self._draw_chosen(painter, layout)

    def _draw_chosen(self, painter: QPainter, layout: FlowLayout) -> None:
        """The pinned cells, and the one that is pointed at."""
        theme, thick = self.theme, layout.metrics.px(2)
        for cell, color in (*((pinned, theme.accent) for pinned in self.pinned), (self.cell, theme.selection)):
            rect = layout.cell_rect(cell.name, cell.index) if cell else None
            if rect:
                outer = Rect(rect.x - 1, rect.y - 1, rect.width + 2, rect.height + 2)
                draw_outline(painter, outer, theme.panel, thick)  # a seam keeps the outline visible on any colour
                draw_outline(painter, rect, color, thick)

    def _draw_lights(self, painter: QPainter, layout: FlowLayout) -> None:
        if self.lit is not None:
            self._dim(painter, layout, self.lit)
        for name in self.glowing & layout.tiles.keys():
            self._glow(painter, layout, name)

    def _dim(self, painter: QPainter, layout: FlowLayout, lit: frozenset[str]) -> None:
        """A veil over the tiles that are not lit."""
        veil = QColor(self.theme.panel)
        veil.setAlphaF(0.78 if self.theme.is_dark else 0.55)
        for name, tile in layout.tiles.items():
            if name not in lit:
                room = tile.extent
                painter.fillRect(qrect(Rect(room.x - 2, room.y, room.width + 4, room.height)), veil)

    def _glow(self, painter: QPainter, layout: FlowLayout, name: str) -> None:
        """A soft frame in the colour of the direction in which the pass goes."""
        room, px = layout.tiles[name].extent, layout.metrics.px(1)
        color = QColor(self.theme.backward if name.startswith("d") else self.theme.forward)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for width, strength in ((5, 0.25), (3, 0.45), (1, 1.0)):
            color.setAlphaF(strength)
            painter.setPen(QPen(color, width * px))
            painter.drawRoundedRect(QRect(room.x - 3, room.y - 1, room.width + 6, room.height + 2), 4 * px, 4 * px)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
