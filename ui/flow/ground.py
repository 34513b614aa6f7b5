"""The part of a flow picture that no value changes: names, formulas, shapes, frames and arrows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QImage, QPainter, QPen, QPolygon

from core.trace import Trace
from ui.broken_lines import broken_lines
from ui.flow.captions import Captions
from ui.flow.chosen import chosen_rects
from ui.flow.fonts import FlowFonts
from ui.flow.heatmap import HeatImage, color_table, is_signed
from ui.flow.layout import NOWHERE, SCALE_APART, SCALE_CHARACTERS, FlowLayout, Options, Rect, Tile
from ui.flow.text import shape_text
from ui.icons import draw_glyph
from ui.number_format import display_name
from ui.theme import Theme, class_color, name_color

__all__ = ["Ground", "draw_outline", "qrect"]

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignCenter
_TINT = 0.12  # of the colour of its edge over the ground of a box; more would leave its text too little contrast
_NUMBER_OF_LOSS = 6  # characters beside the label


def qrect(rect: Rect) -> QRect:
    """A layout rectangle as Qt's."""
    return QRect(rect.x, rect.y, rect.width, rect.height)


def draw_outline(painter: QPainter, rect: Rect, color: str, width: int) -> None:
    """A frame around a rectangle, `width` pixels wide, just outside of it."""
    painter.setPen(QPen(QColor(color), width, j=Qt.PenJoinStyle.MiterJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = width // 2
    painter.drawRect(qrect(rect).adjusted(-half, -half, half - 1 + width % 2, half - 1 + width % 2))


class Ground:
    """Drawn once for a layout into `image`, in device pixels.

    Where cells stand it is transparent, but for the frames of what is chosen and the lines between large cells: these
    lie over the cells. The loss box carries the label y of the sample.
    """

    def __init__(
        self,
        layout: FlowLayout,
        fonts: FlowFonts,
        theme: Theme,
        options: Options,
        *,
        trace: Trace,
        class_names: tuple[str, ...],
        separated: bool,
    ) -> None:
        self.layout, self.fonts, self.theme, self.options = layout, fonts, theme, options
        self.texts: list[tuple[str, QFont, Rect]] = []
        """Every text with its room, for the test that none is cut."""
        self.scale_rooms: dict[str, Rect] = {}
        """Where the scale of each tile's colours is written."""
        self.label = NOWHERE
        """Where the label y of the sample stands, to be clicked."""
        self._frozen = frozenset(f"w{block}" for block in range(1, options.frozen + 1))
        self._color_bars: dict[bool, HeatImage] = {}
        self._trace, self._class_names, self._separated = trace, class_names, separated
        self._captions = Captions(layout, fonts, options, trace, class_names)
        self.image = QImage(layout.width, layout.height, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.fill(QColor(theme.panel))
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        self.draw_behind(painter)
        self._open_for_cells(painter)
        self.draw_over(painter)
        painter.end()

    def draw_behind(self, painter: QPainter) -> None:
        """What stands beside the cells: names, formulas, shapes, frames and arrows."""
        trace, class_names = self._trace, self._class_names
        self.texts.clear()
        self._headings(painter)
        for name, tile in self.layout.tiles.items():
            if tile.kind == "box":
                self._static_box(painter, name, tile, trace)
            elif tile.kind == "table":
                self._static_table(painter, name, tile, trace, class_names)
            elif tile.kind == "strip":
                self._text(
                    painter, display_name(name), self.fonts.small, tile.caption, name_color(self.theme, name), _LEFT
                )
            else:
                self._static_tile(painter, name, tile, trace)
        for arrow in self.layout.arrows:
            self._arrow(painter, arrow.start, arrow.end, self.theme.forward if arrow.forward else self.theme.backward)

    def draw_over(self, painter: QPainter) -> None:
        """What lies over the cells: lines between large ones, frames of what is chosen."""
        if self._separated:
            for tile in self.layout.tiles.values():
                if tile.has_colors:
                    self._separate(painter, tile)
        for rect in chosen_rects(self.layout, self.options):
            draw_outline(painter, rect, self.theme.accent, self.layout.metrics.px(2))

    def _open_for_cells(self, painter: QPainter) -> None:
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for tile in self.layout.tiles.values():
            for part in tile.maps if tile.has_colors else ():
                painter.fillRect(qrect(part.rect), Qt.GlobalColor.transparent)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)

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

    def _text(self, painter: QPainter, text: str, font: QFont, room: Rect, *look: *tuple[str, Qt.AlignmentFlag]) -> int:
        color, flags = look
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(qrect(room), int(flags | Qt.TextFlag.TextDontClip), text)
        self.texts.append((text, font, room))
        return QFontMetrics(font).horizontalAdvance(text)

    def _headings(self, painter: QPainter) -> None:
        fonts, theme, layout = self.fonts, self.theme, self.layout
        heading = fonts.heading
        self._text(painter, "FORWARD →", heading, layout.forward_heading, theme.forward, _LEFT)
        room = layout.backward_heading
        text = fonts.fitting(("← BACKWARD", "BACKWARD", "← BACK"), heading, room.width - layout.metrics.px(6))
        self._text(painter, text, heading, room, theme.backward, _LEFT)
        self._legend(painter, layout.legend)

    def _legend(self, painter: QPainter, room: Rect) -> None:
        """What the two colour maps mean, in the empty place under the image (there is no ∂L/∂X)."""
        px, line = self.layout.metrics.px, self.layout.metrics.line
        rows = (
            (("signed values", "signed"), "−", "+", True),
            (("activations", "X, A, P, F", "X, A, P"), "0", "max", False),
        )
        height = px(8) + 2 * line + px(6)
        if room.height < 2 * height or room.width < px(50):
            return
        for position, (titles, low, high, signed) in enumerate(rows):
            y = room.y + position * height
            width = min(room.width, px(120))
            words = self.fonts.fitting(titles, self.fonts.formula, width)
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

    def _static_tile(self, painter: QPainter, name: str, tile: Tile, trace: Trace) -> None:
        m, caption = self.layout.metrics, tile.caption
        stage = tile.kind == "stage"
        used = self._text(painter, display_name(name), self.fonts.name, caption._replace(height=m.caption),
                          name_color(self.theme, name), _LEFT)  # fmt: skip
        if stage:
            room, texts = self._captions.room(tile), self._captions.under(name)
        else:
            room = Rect(caption.x + used + m.px(6), caption.y, caption.width - used - m.px(6), m.caption)
            texts = self._captions.beside_kernels(name)
            if name in self._frozen:
                side = m.px(13)
                place = QRectF(room.x, room.y + (room.height - side) // 2, side, side)
                draw_glyph(painter, "lock", place, self.theme.accent)
                room = room._replace(x=room.x + m.px(17), width=room.width - m.px(17))
                texts = ("frozen: no update", "frozen")
        text = self.fonts.fitting(texts, self.fonts.formula, room.width)
        if text:
            color = self.theme.error if self._captions.is_wrong(name) else self.theme.muted
            self._text(painter, text, self.fonts.formula, room, color, _LEFT)
        self._outline_maps(painter, name, tile)
        width = max(tile.rect.width, m.px(24))
        bar = Rect(tile.rect.x, tile.footer.y + m.px(2), width, m.px(3))
        self._color_bar(painter, bar, is_signed(name, self.options.difference))
        shape = shape_text(trace, name)
        self.scale_rooms[name] = self._scale_room(name, tile, trace)
        self._text(painter, shape, self.fonts.small, self._footer_line(tile), self.theme.muted, _LEFT)

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
        shown, texts = display_name(name), self._captions.formulas(name)
        full = [f"{shown}{equals}{text}" for text in texts for equals in (" = ", "=")]
        inner = Rect(rect.x + m.px(6), rect.y + m.px(3), rect.width - m.px(12), m.line)
        if name == "L":
            self._loss_and_label(painter, full, int(trace.y[0]), rect, inner)
            return
        text = self.fonts.fitting([*full, shown], self.fonts.formula, inner.width)
        self._text(painter, text, self.fonts.formula, inner, self.theme.muted, _CENTER)

    def _loss_and_label(self, painter: QPainter, formulas: list[str], label: int, box: Rect, line: Rect) -> None:
        """The formula of the loss, and at its right or beside the number the label as something to click."""
        m, font, color = self.layout.metrics, self.fonts.formula, class_color(self.theme, label)
        low = box.height < m.px(26)
        if low:
            line = Rect(line.x, box.y, line.width // 2, box.height)
        wide, tight = f"y = {label}", f"y={label}"
        widths = {text: QFontMetrics(font).horizontalAdvance(text) + m.px(10) for text in (wide, tight)}
        beside = {text: line.width - width - m.px(4) for text, width in widths.items()}
        number = _NUMBER_OF_LOSS * QFontMetrics(self.fonts.value).horizontalAdvance("0")
        # the formula comes before a comfortable label, and that before its place in the first line
        ways = [(formulas, text, beside[text]) for text in (wide, tight) if not low]
        ways += [(formulas, tight, line.width)] if not low and beside[tight] >= number else []
        ways += [(["L"], text, beside[text]) for text in (wide, tight)]
        known, text, width = next((way for way in ways if self.fonts.fitting(way[0], font, way[2])), ways[-1])
        self._text(painter, self.fonts.fitting(known, font, width), font, line, self.theme.muted, _LEFT)
        row = line if width < line.width else Rect(line.x, line.bottom, line.width, box.bottom - line.bottom - m.px(3))
        height = min(row.height, m.line + m.px(3))
        self.label = Rect(row.right - widths[text], row.y + (row.height - height) // 2, widths[text], height)
        self._rounded(painter, self.label, color, QColor(self.theme.panel))
        self._text(painter, text, font, self.label, color, _CENTER)

    def _rounded(self, painter: QPainter, rect: Rect, color: str, fill: QColor | None = None) -> None:
        px = self.layout.metrics.px
        if fill is None:
            fill = QColor(color)
            fill.setAlphaF(_TINT)
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
        self._text(painter, display_name(name), self.fonts.small, tile.caption, name_color(self.theme, name), _CENTER)
        if name.lstrip("d")[0] != "z":
            return
        m, room = self.layout.metrics, tile.names
        for row, text in enumerate(class_names[: part.rows]):
            cell = part.cell(row, 0)
            true = row == int(trace.y[0])
            if not (true or m.has_text(part.cell_height)):
                continue  # of low rows only the true one is named
            lines = broken_lines(text, QFontMetricsF(self.fonts.small), room.width, cell.height)
            color = class_color(self.theme, row) if true else self.theme.muted
            high = cell.height if len(lines) == 1 else m.line
            top = cell.y + (cell.height - high * len(lines)) // 2
            for number, line in enumerate(lines):
                place = Rect(room.x, top + number * high, room.width, high)
                self._text(painter, line, self.fonts.small, place, color, _RIGHT)

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

    def _scale_room(self, name: str, tile: Tile, trace: Trace) -> Rect:
        """Right of the shape, at the picture's edge if there is room for both, else a line further down."""
        m, line = self.layout.metrics, self._footer_line(tile)
        wanted = (len(shape_text(trace, name)) + SCALE_CHARACTERS) * m.char
        if tile.footer.height >= 2 * m.line:
            return Rect(line.x, line.bottom, line.width, line.height)
        width = max(tile.rect.width, min(wanted, line.width - m.px(SCALE_APART)))
        return line._replace(width=min(line.width, width))
