"""A rectangle of numbers as coloured cells: its name, outlines, hidden cells, and the numbers where there is room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from ui.colors import ink_on
from ui.flow.heatmap import HeatImage, color_indices, color_table, peak
from ui.laboratory.cell_grid import GAP, TITLE, Cell, CellGrid
from ui.number_format import cell_number
from ui.theme import DARK, Theme, name_color, number_font

__all__ = ["ArrayPicture", "Outline"]

_NUMBER_HEIGHT = 13
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Outline:
    """A frame around `rows` × `columns` cells from (row, column) on; role: a colour of the theme.

    haloed: white within black, so that it is seen on every colour; the role does not matter then.
    """

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    role: str = "selection"
    haloed: bool = False


class ArrayPicture(QWidget):
    """Shows what it is given; `cell_pointed` (row, column) or None under the mouse, `cell_chosen` by click or Enter.

    choosable: whether the keyboard can walk through it, and Enter or a click chooses; numbered: the cells carry 1, 2 …
    in a corner; aspect: width by height of cells.
    """

    is_picture = True

    cell_pointed = Signal(object)
    cell_chosen = Signal(int, int)

    def __init__(self, name: str, *, choosable: bool = False, numbered: bool = False, aspect: float = 1.0) -> None:
        super().__init__()
        self._theme = DARK
        self._values: Array = np.zeros((1, 1))
        self._signed, self._limit = True, 0.0
        self._title, self._note = "", ""
        self._outlines: tuple[Outline, ...] = ()
        self._hidden: frozenset[Cell] = frozenset()
        self._blank_from: int | None = None
        self._writes: Callable[[float, int], str] = cell_number
        self._choosable, self._numbered = choosable, numbered
        self._cursor: Cell | None = None
        self._pointed: Cell | None = None
        self._aspect = aspect
        self._image: HeatImage | None = None
        self._bold, self._small = QFont(self.font()), QFont(self.font())
        self._bold.setPixelSize(12)
        self._bold.setBold(True)
        self._small.setPixelSize(10)
        self._number = number_font()
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if choosable:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # --- what is shown ---------------------------------------------------------------------------------------------

    def show_values(
        self,
        values: Array,
        *,
        signed: bool,
        title: str,
        note: str = "",
        limit: float | None = None,
        hidden: Collection[Cell] = (),
        blank_from: int | None = None,
        writes: Callable[[float, int], str] = cell_number,
    ) -> None:
        """Replace the picture. values: (rows, columns); limit: the end of the colour scale, its own by default.

        hidden: cells that are a question mark; blank_from: the cells from this number on, row-major, are not there yet;
        writes: a number in at most so many characters, "…" if that cannot be.
        """
        if values.shape != self._values.shape:
            self._image, self._cursor = None, None
        self._values, self._signed, self._hidden = values, signed, frozenset(hidden)
        shown = [value for index, value in np.ndenumerate(values) if index not in self._hidden] if hidden else values
        self._limit = peak(np.asarray(shown))[0] if limit is None else limit
        self._title, self._note = title, note
        self._blank_from, self._writes = blank_from, writes
        self.setToolTip("" if not note else f"{title}: {note}")
        self._renew()
        self.updateGeometry()

    def show_outlines(self, outlines: Iterable[Outline]) -> None:
        """Replace the frames."""
        found = tuple(outlines)
        if found != self._outlines:
            self._outlines = found
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._renew()

    @property
    def values(self) -> Array:
        """What is shown, (rows, columns), hidden cells too."""
        return self._values

    @property
    def title(self) -> str:
        """The name over the picture."""
        return self._title

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """The frames."""
        return self._outlines

    @property
    def is_numbered(self) -> bool:
        """Whether the cells carry 1, 2 … in a corner."""
        return self._numbered

    @property
    def is_hiding(self) -> bool:
        """Whether a cell is a question mark."""
        return bool(self._hidden)

    def _renew(self) -> None:
        rows, columns = self._values.shape
        if self._image is None:
            self._image = HeatImage(rows, columns)
        indices = color_indices(self._values, self._limit, self._signed, bool(np.isfinite(self._values).all()))
        self._image.fill(indices, color_table(self._theme, self._signed))
        self.update()

    # --- size ------------------------------------------------------------------------------------------------------

    @property
    def grid(self) -> CellGrid:
        """Where the cells are."""
        return CellGrid.fitted(self._values.shape, self.size(), self._aspect)

    def size_for(self, height: float) -> QSize:
        """The size of the whole with cells of this height."""
        rows, columns = self._values.shape
        title = QFontMetrics(self._bold).horizontalAdvance(self._title) + 4
        width = max(title, round(columns * height * self._aspect) + GAP + 2)
        return QSize(width, round(rows * height) + TITLE + GAP + 2)

    def sizeHint(self) -> QSize:
        """Cells large enough to be read."""
        rows, columns = self._values.shape
        return QSize(min(columns * 44, 320), min(rows * 30, 240) + TITLE + GAP)

    def minimumSizeHint(self) -> QSize:
        """Cells large enough to be told apart."""
        rows, columns = self._values.shape
        return QSize(max(24, min(columns * 3, 120)), max(12, min(rows * 3, 90)) + TITLE + GAP)

    # --- painting --------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Name, cells, numbers, frames."""
        painter, theme, grid = QPainter(self), self._theme, self.grid
        place = grid.picture
        self._paint_title(painter)
        if self._image is not None:
            painter.drawImage(place, self._image.image)
        self._paint_missing(painter)
        painter.setPen(QPen(QColor(theme.panel_border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(place.adjusted(-1, -1, 0, 0))
        self._paint_numbers(painter)
        for outline in self._outlines:
            frame = grid.rect(outline.row, outline.column, outline.rows, outline.columns)
            frame = frame.intersected(place.adjusted(0, 0, 1, 1))
            if outline.haloed:
                frame = frame.adjusted(2, 2, -2, -2)
                painter.setPen(_pen("#000000", 6))
                painter.drawRect(frame)
            painter.setPen(_pen("#ffffff" if outline.haloed else getattr(theme, outline.role), 2))
            painter.drawRect(frame)
        if self.hasFocus() and self._cursor is not None:
            painter.setPen(QPen(QColor(theme.accent), 2, Qt.PenStyle.DotLine))
            painter.drawRect(grid.rect(*self._cursor).adjusted(2, 2, -2, -2))

    def _paint_title(self, painter: QPainter) -> None:
        metrics = QFontMetrics(self._bold)
        painter.setFont(self._bold)
        painter.setPen(QColor(name_color(self._theme, self._title)))
        title = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(0, 0, self.width(), TITLE, int(Qt.AlignmentFlag.AlignLeft), title)
        used = metrics.horizontalAdvance(title) + 6
        small = QFontMetrics(self._small)
        if small.horizontalAdvance(self._note) <= self.width() - used:
            painter.setFont(self._small)
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(used, 1, self.width() - used, TITLE, int(Qt.AlignmentFlag.AlignLeft), self._note)

    def _paint_missing(self, painter: QPainter) -> None:
        """Cover what is hidden, and what is not there yet."""
        ground, grid = QColor(self._theme.field), self.grid
        absent = QBrush(QColor(self._theme.grid), Qt.BrushStyle.BDiagPattern)
        for part in () if self._blank_from is None else grid.from_number(self._blank_from):
            painter.fillRect(part, ground)
            painter.fillRect(part, absent)
        for cell in self._hidden:
            painter.fillRect(grid.rect(*cell), ground)

    def _paint_numbers(self, painter: QPainter) -> None:
        grid = self.grid
        width, height = grid.sides
        self._number.setPixelSize(round(min(14, max(9, height * 0.3 if self._aspect == 1.0 else height * 0.5))))
        metrics = QFontMetrics(self._number)
        aside = metrics.horizontalAdvance("0") + 6 if self._numbered else 0
        characters = int((width - 3 - aside) / metrics.horizontalAdvance("0"))
        if height < _NUMBER_HEIGHT or (characters < 4 and not self._hidden):
            return
        texts = self._texts(characters)
        written = characters >= 4 and "…" not in texts.values()  # some numbers and some dots would be read as a pattern
        painter.setFont(self._number)
        table = color_table(self._theme, self._signed)
        indices = color_indices(self._values, self._limit, self._signed, bool(np.isfinite(self._values).all()))
        for number, index in enumerate(np.ndindex(*self._values.shape)):
            cell = grid.rect(*index)
            if self._numbered:
                painter.setPen(QColor(self._theme.muted))
                painter.drawRect(cell.adjusted(0, 0, -1, -1))
                painter.setPen(QColor(ink_on(int(table[int(indices[index])]))))
                painter.setFont(self._bold)
                painter.drawText(cell.adjusted(5, 0, 0, 0), int(_LEFT), str(number + 1))
                painter.setFont(self._number)
                cell = cell.adjusted(aside, 0, 0, 0)
            if index in self._hidden:
                painter.setPen(QColor(self._theme.accent))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), "?")
            elif written and (self._blank_from is None or number < self._blank_from):
                painter.setPen(QColor(ink_on(int(table[int(indices[index])]))))
                painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), texts[index])

    def _texts(self, characters: int) -> dict[tuple[int, ...], str]:
        """The number of each cell, with the same decimals with and without a sign where there is room for that."""
        signed = self._writes is cell_number and bool((self._values < 0).any())
        texts = {}
        for index, value in np.ndenumerate(self._values):
            text = self._writes(float(value), characters - int(signed and value >= 0))
            texts[index] = self._writes(float(value), characters) if text == "…" else text
        return texts

    # --- mouse and keys --------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what is pointed at."""
        self._point_at(self.grid.at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is."""
        self._point_at(None)
        super().leaveEvent(event)

    def _point_at(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.cell_pointed.emit(cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the cell."""
        cell = self.grid.at(event.position().toPoint())
        if self._choosable and cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = cell
            self.update()
            self.cell_chosen.emit(*cell)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk, Enter chooses."""
        moves = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        key = Qt.Key(event.key())
        if not self._choosable or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in moves:
            rows, columns = self._values.shape
            row, column = self._cursor or (0, 0)
            down, right = moves[key] if self._cursor else (0, 0)
            self._cursor = (min(max(row + down, 0), rows - 1), min(max(column + right, 0), columns - 1))
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.cell_chosen.emit(*self._cursor)
        else:
            super().keyPressEvent(event)


def _pen(color: str, width: int) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen
