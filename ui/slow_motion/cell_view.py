"""One array cell by cell: a map in which the future is dimmed, and beside it the sum that makes the present cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from playground.batch_step import BatchStep
from playground.snapshot import Snapshot
from ui.cell_ref import CellRef
from ui.colors import ink_on
from ui.explain.linker import Spotlight
from ui.explain.pieces import draw_pieces, line_count
from ui.explain.sentence import text_of
from ui.flow.heatmap import HeatImage, color_indices, color_table, is_signed, peak
from ui.number_format import cell_number
from ui.slow_motion.cell_words import CellWords, cell_words
from ui.slow_motion.cells import CellGrid
from ui.theme import DARK, Theme, number_font

__all__ = ["CellView"]

_SMALLEST, _LARGEST = 12, 22  # pixels of the words
_NUMBER_WIDTH, _NUMBER_HEIGHT = 34, 14
_MARGIN, _GAP = 3, 14


class CellView(QWidget):
    """Shows where the stepper stands; a click on a cell or the arrow keys go there."""

    is_picture = True

    cell_chosen = Signal(int)
    cell_pointed = Signal(object)
    """The CellRef under the mouse, None if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._decimals = 4
        self._snapshot: Snapshot | None = None
        self._step: BatchStep | None = None
        self._grid: CellGrid | None = None
        self._cell = 0
        self._updating = False
        self._image: HeatImage | None = None
        self._limit = 0.0
        self._light: Spotlight | None = None
        self._words: CellWords | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Cell by cell")
        self.setToolTip("Click a cell, or walk with the arrow keys")

    @property
    def words(self) -> CellWords | None:
        """What is said of the present cell, None before the first."""
        if self._words is None:
            self._words = self._written()
        return self._words

    def show_cell(self, snapshot: Snapshot, step: BatchStep, grid: CellGrid, cell: int, *, updating: bool) -> None:
        """Stand at a cell of a grid; updating: the stage is the update of that parameter."""
        self._snapshot, self._step, self._grid, self._cell, self._updating = snapshot, step, grid, cell, updating
        self._renew()
        if self.words:
            said = " ".join(text_of(line) for line in (self.words.rule, self.words.numbers, self.words.remark) if line)
            self.setAccessibleDescription(f"Cell {cell + 1} of {grid.count}: {said}")

    def show_spotlight(self, light: Spotlight | None) -> None:
        """Outline in the map the cell that is pointed at anywhere, what makes it and what it makes, until the next."""
        if light is not None or self._light is not None:
            self._light = light
            self.update()

    def marked(self) -> dict[int, str]:
        """The cells of the map that are outlined for the sake of the spotlight, and the colour of each."""
        light, grid, theme = self._light, self._grid, self._theme
        if light is None or grid is None:
            return {}
        groups = [(light.sources, theme.source), (light.readers, theme.reader)]
        found = {
            grid.number(CellRef(name, tuple(map(int, row)))): color
            for cells, color in groups
            for name, rows in cells
            if name == grid.name
            for row in rows
        }
        found[grid.number(light.ref)] = theme.selection
        return {number: color for number, color in found.items() if number is not None}

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._renew()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._renew()

    def sizeHint(self) -> QSize:
        """Room for the map and four lines."""
        return QSize(520, 110)

    def minimumSizeHint(self) -> QSize:
        """Rule, sum and remark beside a small map."""
        return QSize(300, 44)

    def _renew(self) -> None:
        self._image = self._words = None
        self.update()

    # --- geometry --------------------------------------------------------------------------------------------------

    def map_rect(self) -> QRect:
        """The map in whole cells."""
        grid = self._grid
        if grid is None:
            return QRect()
        room = QSize(max(1, self.width() // 3), max(1, self.height() - 2 * _MARGIN))
        unit = max(1, min(room.width() // grid.cols, room.height() // grid.rows, 64))
        width, height = unit * grid.cols, unit * grid.rows
        return QRect(_MARGIN, _MARGIN + max(0, (room.height() - height) // 2), width, height)

    def cell_rect(self, number: int) -> QRect:
        """The place of a cell of the map."""
        grid, place = self._grid, self.map_rect()
        assert grid is not None
        row, col = divmod(number, grid.cols)
        unit = place.width() // grid.cols
        return QRect(place.left() + col * unit, place.top() + row * unit, unit, unit)

    def _text_rect(self) -> QRect:
        left = self.map_rect().right() + 1 + _GAP
        return QRect(left, _MARGIN, max(60, self.width() - left - _MARGIN), self.height() - 2 * _MARGIN)

    def _font(self) -> QFont:
        font = number_font()
        font.setPixelSize(min(max(_SMALLEST, self.height() // 6), _LARGEST))
        return font

    def _written(self) -> CellWords | None:
        if self._snapshot is None or self._step is None or self._grid is None:
            return None
        font, room = self._font(), self._text_rect()
        advance = QFontMetrics(font).horizontalAdvance
        lines = max(1, room.height() // QFontMetrics(font).height() - 2)
        return cell_words(
            self._snapshot,
            self._step,
            self._grid.ref(self._cell),
            updating=self._updating,
            decimals=self._decimals,
            fits=lambda text: advance(text) <= room.width(),
            fits_sum=lambda text: line_count(text, font, room.width()) <= lines,
        )

    # --- painting --------------------------------------------------------------------------------------------------

    def _values(self) -> Array:
        assert self._snapshot is not None
        assert self._step is not None
        assert self._grid is not None
        return self._grid.values(self._snapshot.trace)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The map, the words, and the focus."""
        if self._grid is None or self._snapshot is None:
            return
        painter = QPainter(self)
        self._paint_map(painter, self._grid, self._values())
        self._paint_words(painter)

    def _paint_map(self, painter: QPainter, grid: CellGrid, values: Array) -> None:
        theme, place = self._theme, self.map_rect()
        signed = is_signed(grid.name)
        self._limit, finite = peak(values)
        table, indices = color_table(theme, signed), color_indices(values, self._limit, signed, finite)
        if self._image is None:
            self._image = HeatImage(grid.rows, grid.cols)
            self._image.fill(indices, table)
        painter.drawImage(place, self._image.image)
        unit = place.width() // grid.cols
        if unit >= _NUMBER_WIDTH:
            self._paint_numbers(painter, values, indices, unit)
        veil = QColor(theme.panel)
        veil.setAlphaF(0.72)
        now = self.cell_rect(self._cell)
        painter.fillRect(QRect(now.right() + 1, now.top(), place.right() - now.right(), unit), veil)
        painter.fillRect(QRect(place.left(), now.bottom() + 1, place.width(), place.bottom() - now.bottom()), veil)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.panel_border))
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        for number, color in self.marked().items():
            painter.setPen(QColor(color))
            painter.drawRect(self.cell_rect(number).adjusted(0, 0, -1, -1))
        for color, width, beyond in ((theme.panel, 4, 2), (theme.selection, 2, 1)):
            painter.setPen(QPen(QColor(color), width))
            painter.drawRect(QRectF(now).adjusted(-beyond, -beyond, beyond, beyond))

    def _paint_numbers(self, painter: QPainter, values: Array, indices: NDArray[np.uint8], unit: int) -> None:
        font = number_font()
        font.setPixelSize(min(16, max(10, unit // 4)))
        painter.setFont(font)
        table = color_table(self._theme, is_signed(self._grid.name if self._grid else "x"))
        characters = (unit - 4) // QFontMetrics(font).horizontalAdvance("0")
        for number, value in enumerate(values.reshape(-1).tolist()):
            painter.setPen(QColor(ink_on(int(table[int(indices.reshape(-1)[number])]))))
            text = cell_number(value, characters, self._decimals)
            painter.drawText(self.cell_rect(number), int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_words(self, painter: QPainter) -> None:
        words = self.words
        if words is None:
            return
        font, room, theme = self._font(), self._text_rect(), self._theme
        height = QFontMetrics(font).height()
        small = number_font()
        small.setPixelSize(max(11, font.pixelSize() - 2))
        y = room.top()
        draw_pieces(painter, words.rule, QPointF(room.left(), y), font, theme)
        y += height
        y += height * draw_pieces(painter, words.numbers, QPointF(room.left(), y), font, theme, width=room.width())
        if words.remark and y + QFontMetrics(small).height() <= self.height():
            draw_pieces(painter, words.remark, QPointF(room.left(), y + 1), small, theme, width=room.width())

    # --- mouse and keys --------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the map goes to that cell."""
        number = self._cell_at(event.position().toPoint())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self.cell_chosen.emit(number)
        super().mousePressEvent(event)

    def _cell_at(self, point: QPoint) -> int | None:
        place, grid = self.map_rect(), self._grid
        if grid is None or not place.contains(point):
            return None
        unit = place.width() // grid.cols
        return (point.y() - place.top()) // unit * grid.cols + (point.x() - place.left()) // unit

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell under the mouse."""
        super().mouseMoveEvent(event)
        number = self._cell_at(event.position().toPoint())
        self.cell_pointed.emit(self._grid.ref(number) if self._grid and number is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is pointed at."""
        super().leaveEvent(event)
        self.cell_pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell and from row to row, Home and End to the first and last."""
        grid, key = self._grid, Qt.Key(event.key())
        if grid is None:
            super().keyPressEvent(event)
            return
        targets = {
            Qt.Key.Key_Left: self._cell - 1,
            Qt.Key.Key_Right: self._cell + 1,
            Qt.Key.Key_Up: self._cell - grid.cols,
            Qt.Key.Key_Down: self._cell + grid.cols,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: grid.count - 1,
        }
        if key not in targets:
            super().keyPressEvent(event)
        elif 0 <= targets[key] < grid.count:
            self.cell_chosen.emit(targets[key])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or fewer terms."""
        super().resizeEvent(event)
        self._words = None
