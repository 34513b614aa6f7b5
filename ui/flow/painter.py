"""Paints a flow layout: for every snapshot the cells and what is written on and beside them, over a ground that stays.

Everything is drawn in device pixels on one QImage, so a cell is a whole number of them at every scaling of the screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from core.arrays import Array
from core.trace import Trace
from ui.cell_ref import sample_array
from ui.colors import ink_on
from ui.flow.cell_pixels import CellPixels, Pixels
from ui.flow.chosen import chosen_rects
from ui.flow.fonts import FlowFonts
from ui.flow.ground import Ground, draw_outline, qrect
from ui.flow.heatmap import Scales, is_signed
from ui.flow.layout import BLACKBOARD_ROWS, SCALE_CHARACTERS, FlowLayout, Map, Options, Rect, Tile
from ui.number_batch import NumberBatch
from ui.number_format import cell_number, fit_number, format_number, format_scale
from ui.theme import Theme, class_color

__all__ = ["FlowPainter"]


@dataclass(frozen=True)
class _Text:
    """Where a changing text stands: its room, what is cleared before it is written anew, and the digits it is in."""

    name: str
    room: Rect
    cleared: QRect
    batch: NumberBatch
    right: bool
    signed: bool = False


@dataclass(frozen=True)
class _VisiblePart:
    """What is drawn for every snapshot while the same part of the picture is visible: names, and places of texts."""

    visible: Rect
    colored: tuple[str, ...]
    numbered: tuple[str, ...]
    scaled: tuple[str, ...]
    scales: tuple[_Text, ...]
    boxes: tuple[_Text, ...]
    bars: tuple[str, ...]


class FlowPainter:
    """The picture of a layout. It is prepared with the first trace, and drawn anew by `compose` for every other."""

    def __init__(
        self,
        layout: FlowLayout,
        fonts: FlowFonts,
        theme: Theme,
        options: Options,
        *,
        trace: Trace,
        class_names: tuple[str, ...],
    ) -> None:
        self.layout, self.fonts, self.theme, self.options = layout, fonts, theme, options
        # of a blackboard example every number is to be seen
        self._blackboard = layout.tiles["x"].maps[0].rows <= BLACKBOARD_ROWS
        self._ground = Ground(
            layout, fonts, theme, options, trace=trace, class_names=class_names, separated=self._blackboard
        )
        self._frame = QImage(layout.width, layout.height, QImage.Format.Format_RGB32)
        self._frame.fill(QColor(theme.panel))
        self._pixels = CellPixels(layout, theme, self._ground.image, self._frame, trace, difference=options.difference)
        self._gathered: Trace | None = None
        self._begun = False
        self._in_vectors = False
        self._batches = tuple(
            NumberBatch(font) for font in (fonts.small, fonts.tiny, fonts.large, fonts.cell, fonts.value)
        )
        self._batch, self._tiny_batch, self._large_batch, self._cell_batch, self._value_batch = self._batches
        self._part: _VisiblePart | None = None
        self._characters = {name: self._room_for_numbers(tile) for name, tile in layout.tiles.items()}
        self._shown_texts: dict[str, str] = {}
        # bars are drawn over the frame around the chosen one
        tables = [tile for name, tile in layout.tiles.items() if tile.kind == "table" and not tile.has_colors]
        self._covered = [rect for rect in chosen_rects(layout, options) if any(t.rect.overlaps(rect) for t in tables)]
        self.made_for: tuple[int, int, float] = (0, 0, 0.0)
        """Width, height and device pixels a logical pixel, to notice when they have changed."""

    @property
    def frame(self) -> QImage:
        """The picture of the latest snapshot, in device pixels."""
        return self._frame

    @property
    def texts(self) -> list[tuple[str, QFont, Rect]]:
        """Every text that stays, with its room."""
        return self._ground.texts

    @property
    def label(self) -> Rect:
        """Where the label y of the sample stands, to be clicked."""
        return self._ground.label

    def gather(self, trace: Trace) -> dict[str, float]:
        """Take in the numbers of a snapshot; returns the largest magnitude of each painted array, for the scales."""
        self._gathered = trace
        return self._pixels.gather(trace)

    def compose(self, trace: Trace, scales: Scales, visible: Rect) -> None:
        """Draw the values of a snapshot; arrays outside of `visible` are left as they were.

        Cells are always drawn, a text only if it reads differently.
        """
        if self._gathered is not trace:
            self.gather(trace)
        part = self._part
        if part is None or part.visible != visible:
            part = self._part = self._visible_part(visible)
        painter = QPainter(self._frame)
        if not self._begun:
            painter.drawImage(0, 0, self._ground.image)
            self._begun = True
        self._draw_cells(painter, part, scales)
        self._write(painter, part, trace, scales)
        painter.end()

    def paint_vectors(self, painter: QPainter, trace: Trace, scales: Scales) -> None:
        """All of it into a file of vectors, in device pixels: cells as the pixels that they are, all else as it is.

        The picture on screen loses the numbers in its cells: compose it anew.
        """
        self._in_vectors = True
        self._frame.setDevicePixelRatio(1.0)
        self.gather(trace)
        part = self._part = self._visible_part(Rect(0, 0, self.layout.width, self.layout.height))
        painter.fillRect(self._frame.rect(), QColor(self.theme.panel))
        self._ground.draw_behind(painter)
        self._pixels.draw(scales, part.colored)
        for name in part.colored:
            for cells in self.layout.tiles[name].maps:
                painter.drawImage(qrect(cells.rect), self._frame.copy(qrect(cells.rect)))
        self._draw_cells(painter, part, scales)
        self._ground.draw_over(painter)
        self._write(painter, part, trace, scales)
        self._in_vectors = False

    def _write(self, painter: QPainter, part: _VisiblePart, trace: Trace, scales: Scales) -> None:
        """What is written beside the cells, and all numbers."""
        for scale, limit in zip(part.scales, scales.limits(part.scaled).tolist(), strict=True):
            text = format_scale(limit, scale.signed)
            if not scales.peak(scale.name):
                text = "NaN/∞" if scale.name in self._pixels.broken else "all 0"
            self._write_scale(painter, scale, text)
        for box in part.boxes:
            self._box_value(painter, box, float(trace.arrays[box.name].item()))
        for name in part.bars:
            self._bars(painter, self.layout.tiles[name].maps[0], sample_array(trace, name))
        for batch in self._batches:
            batch.paint(painter)
        for rect in self._covered if part.bars else ():
            self.outline(painter, rect, self.theme.accent)

    def _draw_cells(self, painter: QPainter, part: _VisiblePart, scales: Scales) -> None:
        pixels, tiles = self._pixels, self.layout.tiles
        if part.colored:
            pixels.draw(scales, part.colored)
        for name in pixels.broken.intersection(part.colored):
            self._hatch(painter, tiles[name], pixels.values(name))
        for name in part.numbered:
            self._numbers(tiles[name], pixels.values(name), pixels.colors(name))

    def _visible_part(self, visible: Rect) -> _VisiblePart:
        tiles = [tile for tile in self.layout.tiles.values() if tile.extent.overlaps(visible)]
        colored = tuple(tile.name for tile in tiles if tile.has_colors)
        scales = tuple(self._scale(tile) for tile in tiles if tile.has_colors and tile.footer.width)
        return _VisiblePart(
            visible=visible,
            colored=colored,
            numbered=tuple(name for name in colored if self._characters[name]),
            scaled=tuple(scale.name for scale in scales),
            scales=scales,
            boxes=tuple(self._box(tile) for tile in tiles if tile.kind == "box"),
            bars=tuple(tile.name for tile in tiles if tile.kind == "table" and not tile.has_colors),
        )

    def outline(self, painter: QPainter, rect: Rect, color: str) -> None:
        """A frame around a rectangle, two pixels wide, just outside of it."""
        draw_outline(painter, rect, color, self.layout.metrics.px(2))

    def _scale(self, tile: Tile) -> _Text:
        """Where a tile's scale is written: on a line of its own, else at the right end of the line of the shape."""
        m, room = self.layout.metrics, self._ground.scale_rooms[tile.name]
        own_line = tile.footer.height >= 2 * m.line
        width = room.width if own_line else min(room.width, SCALE_CHARACTERS * m.char)
        place = QRect(room.right - width, room.y, width, room.height)
        signed = is_signed(tile.name, self.options.difference)
        return _Text(tile.name, room, place, self._batch, right=not own_line, signed=signed)

    def _write_scale(self, painter: QPainter, scale: _Text, text: str) -> None:
        if not self._renewed(painter, scale, text):
            return
        if scale.right:
            self._batch.add_right(text, scale.room, self.theme.muted)
        else:
            room = scale.room
            self._batch.add(text, room.x, room.y + (room.height + self._batch.rise) // 2, self.theme.muted)

    def _renewed(self, painter: QPainter, place: _Text, text: str) -> bool:
        """True if `text` differs from what stands in its place; then that is cleared. In a new file nothing stands."""
        if self._in_vectors:
            return True
        if self._shown_texts.get(place.name) == text:
            return False
        self._shown_texts[place.name] = text
        painter.drawImage(place.cleared, self._ground.image, place.cleared)
        return True

    def _room_for_numbers(self, tile: Tile) -> int:
        """Characters that a cell of the tile can carry, 0 if it is too small for any."""
        m, part = self.layout.metrics, tile.maps[0]
        batch = self._batch_for(part)
        characters = (part.cell_width - m.px(3 if batch is self._batch else 1)) // batch.char
        least = 3 if batch is self._tiny_batch else 5
        return 0 if characters < least or not m.has_text(part.cell_height) else characters

    def _batch_for(self, part: Map) -> NumberBatch:
        """Digits of the usual size; on a blackboard smaller ones in narrow cells, larger ones in large cells."""
        m = self.layout.metrics
        room = part.cell_width - m.px(3)
        if self._blackboard and room < 6 * self._batch.char:
            return self._tiny_batch
        large = part.cell_height >= m.px(28) and room >= 6 * self._large_batch.char
        return self._large_batch if self._blackboard and large else self._batch

    def _numbers(self, tile: Tile, shown: Array, shown_colors: Pixels) -> None:
        """The numbers of the cells of a tile, dark on light colours and light on dark ones."""
        write = cell_number if self._blackboard else fit_number
        characters, batch = self._characters[tile.name], self._batch_for(tile.maps[0])
        for number, part in enumerate(tile.maps):
            lines = slice(number * part.rows, (number + 1) * part.rows)
            rect, width, height = part.rect, part.cell_width, part.cell_height
            for row, (values, shades) in enumerate(
                zip(shown[lines].tolist(), shown_colors[lines].tolist(), strict=True)
            ):
                y = rect.y + row * height
                for col, (value, shade) in enumerate(zip(values, shades, strict=True)):
                    text = write(value, characters, self.options.decimals)
                    batch.add_centered(text, (rect.x + col * width, y, width, height), ink_on(shade))

    def _hatch(self, painter: QPainter, tile: Tile, shown: Array) -> None:
        """A stroke through every cell that is not a number."""
        painter.setPen(QColor(self.theme.panel))
        rows = tile.maps[0].rows
        for line, col in np.argwhere(~np.isfinite(shown)).tolist():
            number, row = divmod(line, rows)
            cell = tile.maps[number].cell(row, col)
            if min(cell.width, cell.height) >= 4:
                painter.drawLine(cell.x, cell.bottom - 1, cell.right - 1, cell.y)

    def _bars(self, painter: QPainter, part: Map, values: Array) -> None:
        """Probabilities: a bar in the colour of the class behind the number, which low rows have no room for."""
        px, char = self.layout.metrics.px, self.layout.metrics.char
        numbered, seam = self.layout.metrics.has_text(part.cell_height), 1 if part.cell_height > px(5) else 0
        for row, value in enumerate(values.tolist()):
            cell = part.cell(row, 0)
            painter.fillRect(QRect(cell.x, cell.y, cell.width, cell.height), QColor(self.theme.panel))
            bar = QRect(cell.x, cell.y + seam, cell.width, cell.height - 2 * seam)
            painter.fillRect(bar, QColor(self.theme.field))
            share = min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
            color = QColor(class_color(self.theme, row))
            color.setAlphaF(0.55)
            bar.setWidth(round(cell.width * share))
            painter.fillRect(bar, color)
            if not numbered:
                continue
            text = fit_number(value, (cell.width - px(3)) // char, self.options.decimals)
            self._batch.add_right(text, (cell.x, cell.y, cell.width - px(3), cell.height), self.theme.text)

    def _box(self, tile: Tile) -> _Text:
        """Where the number of a box is written: under its formula, in a low box at the right of it."""
        m, rect = self.layout.metrics, tile.rect
        low = rect.height < m.px(26)
        top = rect.y if low else rect.y + m.px(3) + m.line
        room = Rect(rect.x + (rect.width // 2 if low else m.px(3)), top, rect.width // 2 - m.px(8), rect.bottom - top)
        if not low:
            room = room._replace(width=rect.width - m.px(6))
        label = self._ground.label
        if not low and tile.name == "L" and label.y >= top:
            room = room._replace(width=label.x - room.x)
        return _Text(tile.name, room, qrect(room), self._cell_batch if low else self._value_batch, right=low)

    def _box_value(self, painter: QPainter, box: _Text, value: float) -> None:
        text = format_number(value, self.options.decimals)
        if self._renewed(painter, box, text):
            if len(text) > box.room.width // box.batch.char:
                text = fit_number(value, box.room.width // box.batch.char, self.options.decimals)
            color = self.theme.text if math.isfinite(value) else self.theme.error
            box.batch.add_as_text(text, box.room, color, share=1.0 if box.right else 0.5)
