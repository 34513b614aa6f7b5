"""All parameters, a row each: what backpropagation says, what the quotients say, and how far apart they are."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.arrays import Array
from ui.cell_ref import CellRef
from ui.colors import ink_on
from ui.flow.heatmap import peak
from ui.laboratory.check.heat_picture import cell_colors, hatch, paint_bar, tiled_image
from ui.laboratory.check.table_rows import BESIDE_KINK, COMPARED, HEAD, LABEL, TableLayout, TableRow
from ui.laboratory.check.tiles import Tiling
from ui.number_format import cell_number, display_name, scientific
from ui.theme import DARK, Theme, name_color, number_font

__all__ = ["HeatTable"]

_HEADINGS = ("backprop", "difference quotient", "relative error")


class HeatTable(QWidget):
    """`show_rows` what was found; `cell_chosen(CellRef)` by click, or by the arrow keys, which walk from cell to cell.

    `cell_pointed(CellRef or None)` under the mouse.
    """

    is_picture = True

    cell_chosen = Signal(object)
    cell_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._decimals = 4
        self._rows: tuple[TableRow, ...] = ()
        self._chosen: CellRef | None = None
        self._pointed: CellRef | None = None
        self._faded = False
        self._images: dict[tuple[int, int], QImage] = {}
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Derivatives of all parameters")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # --- what is shown ---------------------------------------------------------------------------------------------

    def show_rows(self, rows: tuple[TableRow, ...], *, faded: bool = False) -> None:
        """Show these rows; faded: they are of an older step."""
        self._rows, self._faded = rows, faded
        self._images.clear()
        self._describe()
        self.updateGeometry()
        self.setMinimumHeight(self.minimumSizeHint().height())
        self.update()

    def choose(self, cell: CellRef | None) -> None:
        """Frame this cell in every column."""
        self._chosen = cell
        self._describe()
        self.update()

    def _describe(self) -> None:
        words = self.words_of(self._chosen) if self._chosen is not None else ""
        arrays = ", ".join(display_name(f"d{row.name}") for row in self._rows)
        self.setAccessibleDescription(words or f"{arrays}; arrow keys go from cell to cell")

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._images.clear()
        self.update()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers in large cells."""
        self._decimals = decimals
        self.update()

    def sizeHint(self) -> QSize:
        """Room for every row."""
        return QSize(480, HEAD + sum(map(TableLayout.least_height, self._rows)) + 8)

    def minimumSizeHint(self) -> QSize:
        """The same: what does not fit scrolls."""
        return QSize(300, self.sizeHint().height())

    @property
    def _layout(self) -> TableLayout:
        return TableLayout(self._rows, self.width(), self.height())

    def place_of(self, cell: CellRef, column: int = 0) -> QRect:
        """Where a cell is painted; an empty rectangle if it is not there."""
        return self._layout.place_of(cell, column)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Headings, then a row a parameter."""
        painter, layout = QPainter(self), self._layout
        painter.setPen(QColor(self._theme.muted))
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        width = layout.column_width
        for column, heading in enumerate(_HEADINGS):
            room = QRect(LABEL + column * width, 0, width - 4, HEAD)
            shown = painter.fontMetrics().elidedText(heading, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)
        for number, rect in enumerate(layout.row_rects()):
            self._paint_label(painter, number, rect)
            if self._faded:
                painter.setOpacity(0.55)
            for column in range(3):
                self._paint_cells(painter, number, column, layout.room(rect, column))
            painter.setOpacity(1.0)

    def _paint_label(self, painter: QPainter, number: int, rect: QRect) -> None:
        row = self._rows[number]
        bold = self.font()
        bold.setPixelSize(13)
        bold.setBold(True)
        painter.setFont(bold)
        name = display_name(f"d{row.name}")
        painter.setPen(QColor(name_color(self._theme, name)))
        painter.drawText(rect.x(), rect.y() + 14, name)
        small = self.font()
        small.setPixelSize(11)
        painter.setFont(small)
        colors = {True: self._theme.forward, False: self._theme.error, None: self._theme.muted}
        painter.setPen(QColor(colors[row.good]))
        lines = QRect(rect.x(), rect.y() + 17, LABEL - 6, rect.height() - 17)
        painter.drawText(lines, int(Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap), row.verdict)

    def _values(self, number: int, column: int) -> Array | None:
        row = self._rows[number]
        return (row.backprop, row.numeric, row.errors)[column]

    def _limit(self, number: int) -> float:
        """Backprop and quotient share their scale: what is alike looks alike."""
        row = self._rows[number]
        found = [row.backprop] if row.numeric is None else [row.backprop, row.numeric]
        return max(peak(values)[0] for values in found)

    def _paint_cells(self, painter: QPainter, number: int, column: int, room: QRect) -> None:
        values, row = self._values(number, column), self._rows[number]
        tiling = TableLayout.tiling(row, room)
        height, width = tiling.size
        box = QRect(room.x(), room.y(), max(1, round(width * tiling.side)), max(1, round(height * tiling.side)))
        if values is None or tiling.side <= 0:
            painter.setPen(QPen(QColor(self._theme.grid), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
            return
        key = (number, column)
        if key not in self._images:
            self._images[key] = self._image(number, column, tiling.grid())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, tiling.side < 2)
        painter.drawImage(box, self._images[key])
        if column and row.states is not None:
            hatch(painter, box, row.states.reshape(-1) == BESIDE_KINK, tiling.grid(), self._theme)
        self._write_numbers(painter, number, column, room, tiling)
        bar = QRect(box.right() + 6, room.y(), 7, min(60, max(26, box.height())))
        paint_bar(painter, bar, self._limit(number) if column < 2 else None, self._theme)
        if self._chosen is not None and self._chosen.name == row.name:
            place = TableLayout.place(tiling, room, row, self._chosen)
            if not place.isEmpty():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(self._theme.selection), 2 if self.hasFocus() else 1))
                painter.drawRect(place.adjusted(-1, -1, 0, 0))

    def _colors(self, number: int, column: int) -> NDArray[np.uint32]:
        """(cells,) the colour of each cell, in row-major order."""
        values = self._values(number, column)
        assert values is not None
        limit = self._limit(number) if column < 2 else None
        return cell_colors(values, limit, self._theme)

    def _image(self, number: int, column: int, grid: NDArray[np.intp]) -> QImage:
        colors, states = self._colors(number, column), self._rows[number].states
        if column and states is not None:
            colors = np.where(states.reshape(-1) == COMPARED, colors, np.uint32(QColor(self._theme.zero).rgb()))
        return tiled_image(colors, grid, self._theme)

    def _write_numbers(self, painter: QPainter, number: int, column: int, room: QRect, tiling: Tiling) -> None:
        """A number in each cell where all fit."""
        values, row = self._values(number, column), self._rows[number]
        assert values is not None
        if tiling.side < 40 or values.size > 64:
            return
        font = number_font()
        font.setPixelSize(10)
        painter.setFont(font)
        characters = int(tiling.side - 2) // painter.fontMetrics().horizontalAdvance("0")
        colors = self._colors(number, column)
        for cell, value in enumerate(values.reshape(-1).tolist()):
            if math.isnan(value):
                continue
            place = TableLayout.place(tiling, room, row, row.ref(cell))
            painter.setPen(QColor(ink_on(int(colors[cell]))))
            text = scientific(value, 1) if column == 2 else cell_number(value, characters, self._decimals)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text)

    # --- pointing and choosing -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other places for all cells."""
        super().resizeEvent(event)
        self._images.clear()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which cell is under the mouse."""
        self._point(self._layout.cell_at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is."""
        super().leaveEvent(event)
        self._point(None)

    def _point(self, cell: CellRef | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.cell_pointed.emit(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        cell = self._layout.cell_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and cell is not None:
            self.cell_chosen.emit(cell)

    def event(self, event: QEvent) -> bool:
        """What a cell holds, as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._layout.cell_at(event.pos())
            QToolTip.showText(event.globalPos(), self.words_of(cell) if cell else "", self)
            return True
        return super().event(event)

    def words_of(self, cell: CellRef) -> str:
        """A cell's three numbers."""
        return next((row.words_of(cell) for row in self._rows if row.name == cell.name), "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from cell to cell, up and down from row to row of the tile."""
        row = next((n for n, row in enumerate(self._rows) if self._chosen and row.name == self._chosen.name), None)
        columns = self._rows[row].tiles[2] if row is not None else 1
        moves = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -columns,
            Qt.Key.Key_Down: columns,
        }
        move = moves.get(Qt.Key(event.key()))
        if move is None or row is None or self._chosen is None or event.modifiers():
            super().keyPressEvent(event)
            return
        size = self._rows[row].backprop.size
        cell = int(np.ravel_multi_index(self._chosen.index, self._rows[row].backprop.shape)) + move
        if cell < 0:
            row, cell = (row - 1, -1) if row else (row, 0)
        elif cell >= size:
            row, cell = (row + 1, 0) if row + 1 < len(self._rows) else (row, size - 1)
        if cell == -1:
            cell = self._rows[row].backprop.size - 1
        self.cell_chosen.emit(self._rows[row].ref(cell))
