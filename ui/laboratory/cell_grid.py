"""Where the cells of an array stand in a picture of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize

__all__ = ["GAP", "TITLE", "Cell", "CellGrid"]

Cell = tuple[int, int]
TITLE, GAP = 15, 2
"""Height of the line above the cells, and what is left free around them."""
_LARGEST_CELL = 64


@dataclass(frozen=True)
class CellGrid:
    """`rows` × `columns` cells of `sides` (width, height) pixels, which need not be whole, beneath a title."""

    rows: int
    columns: int
    sides: tuple[float, float]

    @classmethod
    def fitted(cls, shape: tuple[int, int], room: QSize, aspect: float) -> CellGrid:
        """Cells as large as the room allows; aspect: their width by their height."""
        rows, columns = shape
        width, height = room.width() - GAP - 1, room.height() - TITLE - GAP - 1
        side = max(1.0, min(width / columns / aspect, height / rows, float(_LARGEST_CELL)))
        return cls(rows, columns, (side * aspect, side))

    @property
    def picture(self) -> QRect:
        """All cells."""
        width, height = self.sides
        return QRect(1, TITLE, max(1, round(width * self.columns)), max(1, round(height * self.rows)))

    def rect(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRect:
        """Some cells, from (row, column) on."""
        (width, height), place = self.sides, self.picture
        left, top = round(column * width), round(row * height)
        right, bottom = round((column + columns) * width), round((row + rows) * height)
        return QRect(place.left() + left, place.top() + top, right - left, bottom - top)

    def from_number(self, number: int) -> list[QRect]:
        """The cells from this row-major number on, as one or two rectangles."""
        if number >= self.rows * self.columns:
            return []
        row, column = divmod(number, self.columns)
        parts = [self.rect(row, column, 1, self.columns - column)]
        if row + 1 < self.rows:
            parts.append(self.rect(row + 1, 0, self.rows - row - 1, self.columns))
        return parts

    def at(self, point: QPoint) -> Cell | None:
        """The cell under a point."""
        place, (width, height) = self.picture, self.sides
        if not place.contains(point):
            return None
        row, column = int((point.y() - place.top()) / height), int((point.x() - place.left()) / width)
        return min(row, self.rows - 1), min(column, self.columns - 1)
