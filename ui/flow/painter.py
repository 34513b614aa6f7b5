"""Paints a flow layout: once the frame, captions and arrows, and for every snapshot the cells and numbers.

Everything is drawn in device pixels on one QImage, so a cell is a whole number of them at every scaling of the screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen, QPolygon

from core.arrays import Array
from core.trace import Trace
from ui.flow.heatmap import HeatImage, Scales, color_indices, color_table, is_signed, peak
from ui.flow.layout import BLACKBOARD_ROWS, NOWHERE, FlowLayout, Map, Metrics, Options, Rect, Tile
from ui.flow.number_batch import NumberBatch
from ui.flow.text import CellRef, formulas, sample_array, shape_text
from ui.number_format import cell_number, display_name, fit_number, format_number, format_scale
from ui.theme import Theme, class_color, number_font

__all__ = ["FlowFonts", "FlowPainter", "qrect", "tile_values"]

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignCenter


def tile_values(tile: Tile, values: Array) -> Array:
    """What a tile shows of its array: (maps · rows, cols), the maps under each other."""
    first, count = tile.maps[0], len(tile.maps)
    if first.flat:
        start = max(first.offset, 0)
        return values[first.prefix].reshape(-1)[start : start + count * first.rows * first.cols].reshape(-1, first.cols)
    # the maps of a tile are neighbours in memory, whatever axes their prefix counts
    start = 0
    for position, size in zip(first.prefix, values.shape, strict=False):
        start = start * size + position
    lines = values.reshape(-1, first.cols)
    return lines[start * first.rows : (start + count) * first.rows]


def qrect(rect: Rect) -> QRect:
    """A layout rectangle as Qt's."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


class FlowFonts:
    """The fonts of the view in device pixels, and what the layout must know about their sizes."""

    def __init__(self, base: QFont, unit: float, class_names: tuple[str, ...]) -> None:
        self.name = self._sized(base, 13 * unit, bold=True)
        self.formula = self._sized(base, 11 * unit)
        self.small = self._sized(number_font(), 10 * unit)
        self.tiny = self._sized(number_font(), 9 * unit)
        self.large = self._sized(number_font(), 14 * unit)
        self.cell = self._sized(number_font(), 11 * unit)
        self.value = self._sized(number_font(), 14 * unit, bold=True)
        small = QFontMetrics(self.small)
        name = QFontMetrics(self.name)
        self.metrics = Metrics(
            unit=unit,
            caption=name.height(),
            line=max(small.height(), QFontMetrics(self.formula).height()),
            char=small.horizontalAdvance("0"),
            caption_width=name.horizontalAdvance("∂L/∂A₂ "),
            class_width=max((len(text) for text in class_names), default=1),
        )

    @staticmethod
    def _sized(base: QFont, pixels: float, bold: bool = False) -> QFont:
        font = QFont(base)
        font.setPixelSize(max(1, round(pixels)))
        font.setBold(bold)
        return font

    def fitting(self, texts: Iterable[str], font: QFont, width: int) -> str:
        """The first of the texts that fits into `width`, '' if none does."""
        metrics = QFontMetrics(font)
        return next((text for text in texts if metrics.horizontalAdvance(text) <= width), "")


class FlowPainter:
    """Holds what can be prepared between two snapshots: the static picture, a small image a tile, where texts go."""

    def __init__(self, layout: FlowLayout, fonts: FlowFonts, theme: Theme, options: Options) -> None:
        self.layout, self.fonts, self.theme, self.options = layout, fonts, theme, options
        self.texts: list[tuple[str, QFont, Rect]] = []
        """Every text of the static picture with its room, for the test that none is cut."""
        self._images: dict[str, HeatImage] = {}
        self._drawn: dict[str, tuple[float, Array]] = {}
        self._places = {
            name: [
                (qrect(part.rect), QRect(0, number * part.rows, part.cols, part.rows))
                for number, part in enumerate(tile.maps)
            ]
            for name, tile in layout.tiles.items()
        }
        self._outlined = self._chosen()
        self._shown_texts: dict[str, str] = {}
        self._color_bars: dict[bool, HeatImage] = {}
        self._begun = False
        self._batch, self._tiny_batch, self._large_batch = map(NumberBatch, (fonts.small, fonts.tiny, fonts.large))
        # of a blackboard example every number is to be seen
        self._blackboard = layout.tiles["x"].maps[0].rows <= BLACKBOARD_ROWS
        self._characters = {name: self._room_for_numbers(tile) for name, tile in layout.tiles.items()}
        self._frame = QImage(layout.width, layout.height, QImage.Format.Format_RGB32)
        self._static = QImage()
        self.finite: dict[str, bool] = {}
        self._scale_rooms: dict[str, Rect] = {}
        self.label = NOWHERE
        """Where the label y of the sample stands, to be clicked."""
        self.made_for: tuple[int, int, float] = (0, 0, 0.0)
        """Width, height and device pixels a logical pixel, to notice when they have changed."""

    @property
    def frame(self) -> QImage:
        """The picture of the latest snapshot, in device pixels."""
        return self._frame

    # --- the picture that stays ------------------------------------------------------------------------------------

    def prepare(self, trace: Trace, class_names: tuple[str, ...]) -> None:
        """Draw what does not depend on values: names, formulas, shapes, frames, arrows."""
        self._static = QImage(self._frame.size(), QImage.Format.Format_RGB32)
        self._static.fill(QColor(self.theme.panel))
        self.texts = []
        painter = QPainter(self._static)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self._headings(painter)
        for name, tile in self.layout.tiles.items():
            if tile.kind == "box":
                self._static_box(painter, name, tile, trace)
            elif tile.kind == "table":
                self._static_table(painter, name, tile, trace, class_names)
            elif tile.kind == "strip":
                self._text(painter, display_name(name), self.fonts.small, tile.caption, self._color(name), _LEFT)
            else:
                self._static_tile(painter, name, tile, trace, class_names)
        for arrow in self.layout.arrows:
            self._arrow(painter, arrow.start, arrow.end, self.theme.forward if arrow.forward else self.theme.backward)
        painter.end()

    def _color(self, name: str) -> str:
        return self.theme.backward if name.startswith("d") else self.theme.text

    def _text(self, painter: QPainter, text: str, font: QFont, room: Rect, *look: Any) -> int:
        color, flags = look
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(qrect(room), int(flags | Qt.TextFlag.TextDontClip), text)
        self.texts.append((text, font, room))
        return QFontMetrics(font).horizontalAdvance(text)

    def _headings(self, painter: QPainter) -> None:
        fonts, theme, layout = self.fonts, self.theme, self.layout
        heading = fonts._sized(fonts.formula, 11 * layout.metrics.unit, bold=True)
        self._text(painter, "FORWARD →", heading, layout.forward_heading, theme.forward, _LEFT)
        room = layout.backward_heading
        text = fonts.fitting(("← BACKWARD", "BACKWARD", "← BACK"), heading, room.width)
        self._text(painter, text, heading, room, theme.backward, _LEFT)
        self._legend(painter, layout.legend)

    def _legend(self, painter: QPainter, room: Rect) -> None:
        """What the two colour maps mean, in the empty place under the image (there is no ∂L/∂X)."""
        px, line = self.layout.metrics.px, self.layout.metrics.line
        rows = (("signed values", "−", "+", True), ("activations", "0", "max", False))
        height = px(8) + 2 * line + px(6)
        if room.height < 2 * height or room.width < px(50):
            return
        for position, (title, low, high, signed) in enumerate(rows):
            y = room.y + position * height
            width = min(room.width, px(120))
            words = self.fonts.fitting((title, title.split(" ")[0]), self.fonts.formula, width)
            self._text(painter, words, self.fonts.formula, Rect(room.x, y, width, line), self.theme.muted, _LEFT)
            self._color_bar(painter, Rect(room.x, y + line + px(1), width, px(7)), signed)
            ends = Rect(room.x, y + line + px(9), width, line)
            self._text(painter, low, self.fonts.small, ends, self.theme.muted, _LEFT)
            self._text(painter, high, self.fonts.small, ends, self.theme.muted, _RIGHT)
            if signed:
                self._text(painter, "0", self.fonts.small, ends, self.theme.muted, _CENTER)

    def _color_bar(self, painter: QPainter, room: Rect, signed: bool) -> None:
        bar = self._color_bars.get(signed)
        if bar is None:
            bar = self._color_bars[signed] = HeatImage(1, 255)
            bar.fill(np.arange(255, dtype=np.uint8), color_table(self.theme, signed))
        painter.drawImage(qrect(room), bar.image)

    def _static_tile(
        self, painter: QPainter, name: str, tile: Tile, trace: Trace, class_names: tuple[str, ...]
    ) -> None:
        m, caption = self.layout.metrics, tile.caption
        stage = tile.kind == "stage"
        used = self._text(painter, display_name(name), self.fonts.name, caption._replace(height=m.caption),
                          self._color(name), _LEFT)  # fmt: skip
        texts = formulas(name, trace.blocks, trace.activation == "softmax")
        if stage:
            room = Rect(caption.x, caption.y + m.caption, caption.width, m.line)
            texts = tuple(f"= {text}" for text in texts) + texts if name != "x" else texts
        else:
            room = Rect(caption.x + used + m.px(6), caption.y, caption.width - used - m.px(6), m.caption)
            texts = self._kernel_texts(name, texts, trace, class_names)
        text = self.fonts.fitting(texts, self.fonts.formula, room.width)
        if text:
            self._text(painter, text, self.fonts.formula, room, self.theme.muted, _LEFT)
        self._outline_maps(painter, name, tile)
        width = max(tile.rect.width, m.px(24))
        bar = Rect(tile.rect.x, tile.footer.y + m.px(2), width, m.px(3))
        self._color_bar(painter, bar, is_signed(name))
        shape = shape_text(trace, name)
        self._scale_rooms[name] = self._scale_room(name, tile, trace)
        self._text(painter, shape, self.fonts.small, self._footer_line(tile), self.theme.muted, _LEFT)

    def _kernel_texts(
        self, name: str, texts: tuple[str, ...], trace: Trace, class_names: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Which part of the weights is shown where it is not all of them."""
        texts = tuple(f"= {text}" for text in texts) if name.startswith("d") else texts
        own = int(name.removeprefix("d")[1:])
        part = ""
        if own > trace.blocks and len(self.layout.tiles[name].maps) == 1 and self._filters(trace.blocks) > 1:
            part = f"filter {self.options.chosen[trace.blocks - 1]}"
            texts = (*(f"{text}, {part}" for text in texts), part)
        if own > trace.blocks and trace.activation == "softmax":
            label = class_names[self.options.output]
            into = (f"to class {label}", f"→ {label}")
            return (*(f"{part} {text}" for text in into), part, *texts) if part else (*into, *texts)
        if own <= trace.blocks and sample_array(trace, name).shape[1] > 1:
            label = f"filter {self.options.chosen[own - 1]}"
            return *(f"{text}, {label}" for text in texts), label
        return texts

    def _filters(self, block: int) -> int:
        return self.layout.tiles[f"b{block}"].maps[0].cols

    def _footer_line(self, tile: Tile) -> Rect:
        m = self.layout.metrics
        return Rect(tile.footer.x, tile.footer.y + m.px(5), tile.footer.width, m.line)

    def _outline_maps(self, painter: QPainter, name: str, tile: Tile) -> None:
        painter.setPen(QColor(self.theme.panel_border))
        for part in tile.maps:
            if not (name.endswith("F") and len(tile.maps) > 1):
                painter.drawRect(qrect(part.rect).adjusted(-1, -1, 0, 0))

    def _static_box(self, painter: QPainter, name: str, tile: Tile, trace: Trace) -> None:
        m, rect = self.layout.metrics, tile.rect
        accent = self.theme.backward if name.startswith("d") or name == "L" else self.theme.forward
        self._rounded(painter, rect, accent)
        shown, texts = display_name(name), formulas(name, trace.blocks, trace.activation == "softmax")
        full = [f"{shown} = {text}" for text in texts]
        inner = Rect(rect.x + m.px(6), rect.y + m.px(3), rect.width - m.px(12), m.line)
        if name == "L":
            low = rect.height < m.px(26)
            inner = Rect(inner.x, rect.y, inner.width // 2, rect.height) if low else inner
            self._loss_and_label(painter, ("L",) if low else (*full, "L"), int(trace.y[0]), inner)
            return
        text = self.fonts.fitting([*full, shown], self.fonts.formula, inner.width)
        self._text(painter, text, self.fonts.formula, inner, self.theme.muted, _CENTER)

    def _loss_and_label(self, painter: QPainter, texts: tuple[str, ...], label: int, room: Rect) -> None:
        """The formula of the loss, and at its right the label as something to click."""
        m, font = self.layout.metrics, self.fonts.formula
        text = f"y = {label}"
        width = QFontMetrics(font).horizontalAdvance(text) + m.px(10)
        height = min(room.height, m.line + m.px(3))
        chip = Rect(room.right - width, room.y + (room.height - height) // 2, width, height)
        room = room._replace(width=max(0, room.width - width - m.px(4)))
        self._text(painter, self.fonts.fitting(texts, font, room.width), font, room, self.theme.muted, _LEFT)
        self._rounded(painter, chip, class_color(self.theme, label))
        self._text(painter, text, font, chip, class_color(self.theme, label), _CENTER)
        self.label = chip

    def _rounded(self, painter: QPainter, rect: Rect, color: str) -> None:
        px = self.layout.metrics.px
        fill = QColor(color)
        fill.setAlphaF(0.12)
        border = QColor(color)
        border.setAlphaF(0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(border, px(1)))
        painter.setBrush(fill)
        painter.drawRoundedRect(qrect(rect).adjusted(0, 0, -1, -1), px(7), px(7))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _static_table(
        self, painter: QPainter, name: str, tile: Tile, trace: Trace, class_names: tuple[str, ...]
    ) -> None:
        part = tile.maps[0]
        self._text(painter, display_name(name), self.fonts.small, tile.caption, self._color(name), _CENTER)
        if name.lstrip("d")[0] != "z":
            return
        m = self.layout.metrics
        room = m.char * min(m.class_width, 9)
        for row, text in enumerate(class_names[: part.rows]):
            cell = part.cell(row, 0)
            place = Rect(cell.x - room - m.px(5), cell.y, room, cell.height)
            true = row == int(trace.y[0])
            label = QFontMetrics(self.fonts.small).elidedText(text, Qt.TextElideMode.ElideRight, room)
            color = class_color(self.theme, row) if true else self.theme.muted
            self._text(painter, label, self.fonts.small, place, color, _RIGHT)

    def _arrow(self, painter: QPainter, start: tuple[int, int], end: tuple[int, int], color: str) -> None:
        px = self.layout.metrics.px
        painter.setPen(QPen(QColor(color), px(1.4)))
        painter.setBrush(QColor(color))
        dx, dy = (end[0] > start[0]) - (end[0] < start[0]), (end[1] > start[1]) - (end[1] < start[1])
        size, half = px(6), px(3)
        painter.drawLine(start[0], start[1], end[0] - dx * size, end[1] - dy * size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back = (end[0] - dx * size, end[1] - dy * size)
        head = [end, (back[0] + dy * half, back[1] + dx * half), (back[0] - dy * half, back[1] - dx * half)]
        painter.drawPolygon(QPolygon([QPoint(*point) for point in head]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # --- the picture of a snapshot ---------------------------------------------------------------------------------

    def compose(self, trace: Trace, scales: Scales, visible: Rect) -> None:
        """Draw the values of a snapshot; arrays outside of `visible` are left as they were.

        Only what can have changed is drawn: cells always, a text if it reads differently.
        """
        painter = QPainter(self._frame)
        if not self._begun:
            painter.drawImage(0, 0, self._static)
            self._begun = True
        for name, tile in self.layout.tiles.items():
            if not tile.extent.overlaps(visible):
                continue
            values = sample_array(trace, name)
            if tile.kind == "box":
                self._box_value(painter, name, tile, float(values.reshape(-1)[0]))
            elif tile.kind == "table" and name.startswith("A"):
                self._bars(painter, tile.maps[0], values)
            else:
                self._cells(painter, name, tile, values, scales.limit(name))
        for batch in (self._batch, self._tiny_batch, self._large_batch):
            batch.paint(painter)
        for rect in self._outlined:
            self.outline(painter, rect, self.theme.accent)
        painter.end()

    def _cells(self, painter: QPainter, name: str, tile: Tile, values: Array, limit: float) -> None:
        signed, finite = is_signed(name), self.finite.get(name, True)
        table = color_table(self.theme, signed)
        shown = tile_values(tile, values)
        known = self._drawn.get(name)
        if known and known[0] == limit and np.array_equal(known[1], shown):
            return  # the image of the sample, mostly: what stands there is still true
        self._drawn[name] = limit, shown
        image = self._images.get(name)
        if image is None:
            image = self._images[name] = HeatImage(*shown.shape)
        indices = color_indices(shown, limit, signed, finite)
        image.fill(indices, table)
        for target, source in self._places[name]:
            painter.drawImage(target, image.image, source)
        if self._blackboard:
            self._separate(painter, tile)
        self._write_on(painter, tile, shown, table[indices] if self._characters[name] else None, finite)
        if tile.footer.width:
            self._write_scale(painter, name, tile, format_scale(limit, signed))

    def _separate(self, painter: QPainter, tile: Tile) -> None:
        """Thin lines between cells, so that a number ends where its neighbour of the same colour begins."""
        painter.setPen(QColor(self.theme.panel_border))
        for part in tile.maps:
            rect = part.rect
            for col in range(1, part.cols):
                painter.drawLine(
                    rect.x + col * part.cell_width, rect.y, rect.x + col * part.cell_width, rect.bottom - 1
                )
            for row in range(1, part.rows):
                y = rect.y + row * part.cell_height
                painter.drawLine(rect.x, y, rect.right - 1, y)

    def _write_on(self, painter: QPainter, tile: Tile, shown: Array, colors: Array | None, finite: bool) -> None:
        """Hatch what is not a number, and put numbers into cells that have room (those whose colours are given)."""
        rows, characters = tile.maps[0].rows, self._characters[tile.name]
        for number, part in enumerate(tile.maps if colors is not None or not finite else ()):
            lines = slice(number * rows, (number + 1) * rows)
            if not finite:
                self._hatch(painter, part, shown[lines])
            if colors is not None:
                self._numbers(part, shown[lines], colors[lines], characters)

    def _write_scale(self, painter: QPainter, name: str, tile: Tile, text: str) -> None:
        stacked = tile.footer.height >= 2 * self.layout.metrics.line
        room = self._scale_rooms[name]
        if not self._renewed(painter, name, text, room, 0 if stacked else 9):
            return
        if stacked:
            baseline = room.y + (room.height + self._batch.rise) // 2
            self._batch.add(text, room.x, baseline, self.theme.muted)
        else:
            self._batch.add_right(text, room, self.theme.muted)

    def _scale_room(self, name: str, tile: Tile, trace: Trace) -> Rect:
        """Right of the shape, at the picture's edge if there is room for both, else a line further down."""
        m, line = self.layout.metrics, self._footer_line(tile)
        wanted = (len(shape_text(trace, name)) + 8) * m.char
        if tile.footer.height >= 2 * m.line:
            return Rect(line.x, line.bottom, line.width, line.height)
        return line._replace(width=min(line.width, max(tile.rect.width, wanted)))

    def _renewed(self, painter: QPainter, name: str, text: str, room: Rect, characters: int) -> bool:
        """True if `text` differs from what stands in its room; then the room is cleared (its right end, if so wide)."""
        if self._shown_texts.get(name) == text:
            return False
        self._shown_texts[name] = text
        width = min(room.width, characters * self.layout.metrics.char) if characters else room.width
        place = QRect(room.right - width, room.y, width, room.height)
        painter.drawImage(place, self._static, place)
        return True

    def _room_for_numbers(self, tile: Tile) -> int:
        """Characters that a cell of the tile can carry, 0 if it is too small for any."""
        m, part = self.layout.metrics, tile.maps[0]
        batch = self._batch_for(part)
        characters = (part.cell_width - m.px(3 if batch is self._batch else 1)) // batch.char
        least = 3 if batch is self._tiny_batch else 5
        return 0 if characters < least or part.cell_height < m.line - m.px(2) else characters

    def _batch_for(self, part: Map) -> NumberBatch:
        """Digits of the usual size; on a blackboard smaller ones in narrow cells, larger ones in large cells."""
        m = self.layout.metrics
        room = part.cell_width - m.px(3)
        if self._blackboard and room < 6 * self._batch.char:
            return self._tiny_batch
        large = part.cell_height >= m.px(28) and room >= 6 * self._large_batch.char
        return self._large_batch if self._blackboard and large else self._batch

    def _numbers(self, part: Map, values: Array, colors: Array, characters: int) -> None:
        rect, width, height, batch = part.rect, part.cell_width, part.cell_height, self._batch_for(part)
        write = cell_number if self._blackboard else fit_number
        for row, (numbers, shades) in enumerate(zip(values.tolist(), colors.tolist(), strict=True)):
            y = rect.y + row * height
            for col, (number, shade) in enumerate(zip(numbers, shades, strict=True)):
                luminance = 0.3 * (shade >> 16 & 255) + 0.59 * (shade >> 8 & 255) + 0.11 * (shade & 255)
                text = write(number, characters, self.options.decimals)
                ink = "#0b1016" if luminance > 128 else "#ffffff"
                batch.add_centered(text, (rect.x + col * width, y, width, height), ink)

    def _hatch(self, painter: QPainter, part: Map, values: Array) -> None:
        painter.setPen(QColor(self.theme.panel))
        for row, col in np.argwhere(~np.isfinite(values)).tolist():
            cell = part.cell(row, col)
            if min(cell.width, cell.height) >= 4:
                painter.drawLine(cell.x, cell.bottom - 1, cell.right - 1, cell.y)

    def _bars(self, painter: QPainter, part: Map, values: Array) -> None:
        """Probabilities: a bar in the colour of the class behind the number."""
        px, char = self.layout.metrics.px, self.layout.metrics.char
        for row, value in enumerate(values.tolist()):
            cell = part.cell(row, 0)
            painter.fillRect(QRect(cell.x, cell.y, cell.width, cell.height), QColor(self.theme.panel))
            painter.fillRect(QRect(cell.x, cell.y + 1, cell.width, cell.height - 2), QColor(self.theme.field))
            share = min(max(value, 0.0), 1.0) if math.isfinite(value) else 0.0
            color = QColor(class_color(self.theme, row))
            color.setAlphaF(0.55)
            painter.fillRect(QRect(cell.x, cell.y + 1, round(cell.width * share), cell.height - 2), color)
            text = fit_number(value, (cell.width - px(3)) // char, self.options.decimals)
            self._batch.add_right(text, (cell.x, cell.y, cell.width - px(3), cell.height), self.theme.text)

    def _box_value(self, painter: QPainter, name: str, tile: Tile, value: float) -> None:
        m, rect = self.layout.metrics, tile.rect
        text = format_number(value, self.options.decimals)
        low = rect.height < m.px(26)
        top = rect.y if low else rect.y + m.px(3) + m.line
        room = Rect(rect.x + (rect.width // 2 if low else m.px(3)), top, rect.width // 2 - m.px(8), rect.bottom - top)
        if not low:
            room = room._replace(width=rect.width - m.px(6))
        if not self._renewed(painter, name, text, room, 0):
            return
        painter.setFont(self.fonts.cell if low else self.fonts.value)
        painter.setPen(QColor(self.theme.text if math.isfinite(value) else self.theme.error))
        text = fit_number(
            value, room.width // QFontMetrics(painter.font()).horizontalAdvance("0"), self.options.decimals
        )
        painter.drawText(qrect(room), int(_RIGHT if low else _CENTER), text)

    def _chosen(self) -> list[Rect]:
        """Around the chosen filter in w, ∂L/∂w, b and its maps, and the chosen output in the tables."""
        result = []
        for name, tile in self.layout.tiles.items():
            plain = name.removeprefix("d")
            if plain not in ("x", "L"):
                result += self._chosen_rects(plain, tile)
        return result

    def _chosen_rects(self, plain: str, tile: Tile) -> list[Rect]:
        blocks = sum(name[0] == "P" for name in self.layout.tiles)
        own = int(plain[1:]) if plain[1:] else blocks
        if plain != "F" and own == blocks + 1 and tile.kind != "kernel":
            part = tile.maps[0]
            return [part.cell(*divmod(self.options.output, part.cols))] if part.rows * part.cols > 1 else []
        chosen = self.options.chosen[min(own, blocks) - 1]
        if plain == "F":
            # the pooled maps of all filters: one map each, or one map each cell where F is a column of few values
            filters = self._filters(blocks)
            share = len(tile.maps) // filters
            first, last = tile.maps[chosen * share].rect, tile.maps[(chosen + 1) * share - 1].rect
            return [first.united(last)] if filters > 1 else []
        if tile.kind == "strip":
            return [tile.maps[0].cell(0, chosen)] if tile.maps[0].cols > 1 else []
        if tile.kind == "kernel" and own <= blocks and tile.maps[0].prefix[0] == tile.maps[-1].prefix[0]:
            return []  # the channels of the chosen filter: all of them belong to it
        several = len(tile.maps) > 1 and tile.kind in ("stage", "kernel")
        return [tile.maps[chosen].rect] if several and chosen < len(tile.maps) else []

    def outline(self, painter: QPainter, rect: Rect, color: str) -> None:
        """A frame around a rectangle, two pixels wide, just outside of it."""
        width = self.layout.metrics.px(2)
        painter.setPen(QPen(QColor(color), width, j=Qt.PenJoinStyle.MiterJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width // 2
        painter.drawRect(qrect(rect).adjusted(-half, -half, half - 1 + width % 2, half - 1 + width % 2))

    def peaks(self, trace: Trace) -> dict[str, float]:
        """Largest magnitudes of all painted arrays, for the scales; remembers which hold NaN or infinity."""
        result = {}
        for name, tile in self.layout.tiles.items():
            if tile.kind != "box":
                result[name], self.finite[name] = peak(sample_array(trace, name))
        return result

    def covers(self, ref: CellRef) -> Rect | None:
        """Where a cell is on screen."""
        return self.layout.cell_rect(ref.name, ref.index)
