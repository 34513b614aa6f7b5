"""How a picture of the chain is painted into a small room, and which of its cells is at a point."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from ui.chain.picture import BY_HAND, CHARACTERS, Picture, number_width
from ui.colors import ink_on
from ui.flow.heatmap import HeatImage, color_indices, color_table
from ui.number_format import cell_number, display_name
from ui.theme import Theme, number_font

__all__ = ["Mark", "cell_at", "cell_centre", "draw_marks", "draw_picture", "same_marks"]

_LONGEST = 5  # a picture is at most so many times as long as it is wide; a column of numbers is widened to that


@dataclass(frozen=True, eq=False)
class Mark:
    """Cells (tiles, h, w) of a picture to outline in a colour."""

    cells: NDArray[np.bool_]
    color: str


def same_marks(first: Sequence[Mark], second: Sequence[Mark]) -> bool:
    """True if they outline the same cells in the same colours."""
    return len(first) == len(second) and all(
        one.color == other.color and np.array_equal(one.cells, other.cells)
        for one, other in zip(first, second, strict=True)
    )


def draw_marks(painter: QPainter, room: QRectF, picture: Picture, marks: Sequence[Mark], theme: Theme) -> None:
    """Outline cells of a picture that is drawn into `room`: a frame where they fill a rectangle, else around each."""
    ratio = painter.device().devicePixelRatioF()
    box = _device_box(room, ratio)
    if not marks or box.width() < 2 or box.height() < 2:
        return
    painter.save()
    painter.scale(1.0 / ratio, 1.0 / ratio)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    tiles = [box] if picture.cells is None else _tile_places(box, picture, ratio)
    shape = (1, 1, 1) if picture.cells is None else picture.cells.shape
    for mark in marks:
        if mark.cells.shape != shape:
            continue  # the picture is newer, and of another network
        frames = [frame for tile, cells in zip(tiles, mark.cells, strict=True) for frame in _frames(tile, cells)]
        for color, width in ((theme.panel, 3), (mark.color, 1.5)):  # a seam keeps it visible on cells of any colour
            painter.setPen(QPen(QColor(color), max(1, round(width * ratio)), j=Qt.PenJoinStyle.MiterJoin))
            painter.drawRects(frames)
    painter.restore()


def _frames(tile: QRect, cells: NDArray[np.bool_]) -> list[QRect]:
    rows, columns = np.nonzero(cells)
    if not len(rows):
        return []
    top, bottom, left, right = int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())
    if (bottom - top + 1) * (right - left + 1) == len(rows):
        return [_cell_frame(tile, cells.shape, (top, left), (bottom, right))]
    return [_cell_frame(tile, cells.shape, cell, cell) for cell in zip(rows.tolist(), columns.tolist(), strict=True)]


def _cell_frame(tile: QRect, shape: tuple[int, ...], first: tuple[int, int], last: tuple[int, int]) -> QRect:
    """The pixels from one cell of a tile to another."""
    height, width = tile.height() / shape[0], tile.width() / shape[1]
    left, top = tile.x() + round(first[1] * width), tile.y() + round(first[0] * height)
    right, bottom = tile.x() + round((last[1] + 1) * width), tile.y() + round((last[0] + 1) * height)
    return QRect(left, top, max(1, right - left - 1), max(1, bottom - top - 1))


def draw_picture(
    painter: QPainter, room: QRectF, picture: Picture, theme: Theme, limit: float | None = None, *, decimals: int = 4
) -> tuple[str, ...]:
    """Paint a picture as large as it can be in the middle of `room`, on whole device pixels.

    limit: the value at the end of the colour map, if it is not the picture's own. Returns the numbers written.
    """
    ratio = painter.device().devicePixelRatioF()
    box = _device_box(room, ratio)
    if box.width() < 2 or box.height() < 2:
        return ()
    painter.save()
    painter.scale(1.0 / ratio, 1.0 / ratio)
    written: tuple[str, ...]
    if picture.number is not None:
        written = (_draw_number(painter, box, picture.number, theme, decimals),)
    else:
        scaled = picture if limit is None else replace(picture, limit=limit)
        written = _draw_cells(painter, box, scaled, theme, decimals)
    painter.restore()
    return written


def _draw_number(painter: QPainter, box: QRect, value: float, theme: Theme, decimals: int) -> str:
    font, ratio = number_font(bold=True), painter.device().devicePixelRatioF()
    text = cell_number(value, max(CHARACTERS, decimals + 5), decimals)
    characters = 0
    for size in (17, 15, 13, 12, 11, 10):
        font.setPixelSize(round(size * ratio))
        painter.setFont(font)
        characters = box.width() // painter.fontMetrics().horizontalAdvance("0")
        if len(text) <= characters:
            break
    painter.setPen(QColor(theme.text if math.isfinite(value) else theme.error))
    shown = text if len(text) <= characters else cell_number(value, characters, decimals)
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), shown)
    return shown


def cell_at(room: QRectF, picture: Picture, ratio: float, point: QPointF) -> tuple[int, int, int] | None:
    """Tile, row and column of the cell at a point, in a picture that is drawn into `room`; None beside it.

    ratio: device pixels a logical pixel. A number is one cell.
    """
    if picture.cells is None:
        return (0, 0, 0) if room.contains(point) else None
    _, rows, columns = picture.cells.shape
    x, y = point.x() * ratio, point.y() * ratio
    for tile, place in enumerate(_tile_places(_device_box(room, ratio), picture, ratio)):
        if place.left() <= x < place.right() + 1 and place.top() <= y < place.bottom() + 1:
            row, column = (
                int(y - place.top()) * rows // place.height(),
                int(x - place.left()) * columns // place.width(),
            )
            return tile, row, column
    return None


def cell_centre(room: QRectF, picture: Picture, ratio: float, cell: tuple[int, int, int]) -> QPointF:
    """Where `cell_at` finds a cell."""
    if picture.cells is None:
        return room.center()
    tile, row, column = cell
    _, rows, columns = picture.cells.shape
    place = _tile_places(_device_box(room, ratio), picture, ratio)[tile]
    x = place.x() + (column + 0.5) * place.width() / columns
    y = place.y() + (row + 0.5) * place.height() / rows
    return QPointF(x / ratio, y / ratio)


def _device_box(room: QRectF, ratio: float) -> QRect:
    return QRect(
        math.ceil(room.x() * ratio),
        math.ceil(room.y() * ratio),
        math.floor(room.width() * ratio),
        math.floor(room.height() * ratio),
    )


def _tile_places(box: QRect, picture: Picture, ratio: float) -> list[QRect]:
    """Where the tiles of a picture stand, in device pixels."""
    cells, (grid_rows, grid_columns) = picture.cells, picture.grid
    assert cells is not None
    tiles, rows, columns = cells.shape
    width, height = _fitted(box, grid_columns * columns, grid_rows * rows)
    width = max(width, min(box.width() - 2, round(number_width(picture) * ratio)))
    side = min(width // grid_columns, height // grid_rows)
    gap = 0 if tiles == 1 or side < 6 else 3 if side >= 14 else 1
    tile_width = max(1, (width - gap * (grid_columns - 1)) // grid_columns)
    tile_height = max(1, (height - gap * (grid_rows - 1)) // grid_rows)
    if cells.size <= BY_HAND:  # whole pixels a cell keep the edges between numbers sharp
        tile_width, tile_height = max(1, tile_width // columns) * columns, max(1, tile_height // rows) * rows
    width, height = grid_columns * (tile_width + gap) - gap, grid_rows * (tile_height + gap) - gap
    left, top = box.x() + (box.width() - width) // 2, box.y() + (box.height() - height) // 2
    places = (divmod(tile, grid_columns) for tile in range(tiles))
    return [
        QRect(left + column * (tile_width + gap), top + row * (tile_height + gap), tile_width, tile_height)
        for row, column in places
    ]


def _draw_cells(painter: QPainter, box: QRect, picture: Picture, theme: Theme, decimals: int) -> tuple[str, ...]:
    cells = picture.cells
    assert cells is not None
    tiles, rows, columns = cells.shape
    shown = cells - picture.base if picture.base else cells
    indices = color_indices(shown, picture.limit, picture.signed, bool(np.isfinite(cells).all()))
    heat = HeatImage(tiles * rows, columns)
    heat.fill(indices, color_table(theme, picture.signed))
    places = _tile_places(box, picture, painter.device().devicePixelRatioF())
    image, zoom = heat.image, 1
    # cells of no whole number of pixels: smoothed, or some would be wider than others, or left out
    if places[0].width() % columns or places[0].height() % rows:
        zoom = 1 + (places[0].width() > columns) * 2
        image = image.scaled(zoom * columns, zoom * tiles * rows)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for tile, place in enumerate(places):
        painter.drawImage(place, image, QRect(0, zoom * tile * rows, zoom * columns, zoom * rows))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(theme.panel_border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(places[0].united(places[-1]).adjusted(-1, -1, 0, 0))
    return _write_numbers(painter, places, picture, color_table(theme, picture.signed)[indices], decimals)


def _fitted(box: QRect, columns: int, rows: int) -> tuple[int, int]:
    """Width and height of so many cells in a box less its frame: whole pixels a cell where there is room for them."""
    room_x, room_y = box.width() - 2, box.height() - 2
    scale = min(room_x / columns, room_y / rows)
    if scale > 3.0:
        scale = math.floor(scale)
    width, height = round(columns * scale), round(rows * scale)
    # a column of hundreds of cells would be too narrow to be seen
    width = max(width, min(room_x, height // _LONGEST))
    height = max(height, min(room_y, width // _LONGEST))
    return max(1, width), max(1, height)


def _write_numbers(
    painter: QPainter, places: list[QRect], picture: Picture, colors: NDArray[np.uint32], decimals: int
) -> tuple[str, ...]:
    """A number in each cell, or none at all; returns them. places: of the tiles; colors: of the cells."""
    cells = picture.cells
    assert cells is not None
    _, rows, columns = cells.shape
    width, height = places[0].width() // columns, places[0].height() // rows
    font: QFont = number_font()
    font.setPixelSize(max(9, round(10 * painter.device().devicePixelRatioF())))
    painter.setFont(font)
    metrics = painter.fontMetrics()
    if height < metrics.ascent() + 1 or cells.size > 64:
        return ()
    characters = (width - 2) // metrics.horizontalAdvance("0")
    texts = tuple(_cell_text(value, characters, picture, decimals) for value in cells.reshape(-1).tolist())
    if max(map(len, texts)) > characters or "…" in texts:
        return ()
    for text, color, (tile, row, column) in zip(texts, colors.reshape(-1), np.ndindex(cells.shape), strict=True):
        painter.setPen(QColor(ink_on(int(color))))
        cell = QRect(places[tile].x() + column * width, places[tile].y() + row * height, width, height)
        painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), text)
    return texts


def _cell_text(value: float, characters: int, picture: Picture, decimals: int) -> str:
    if picture.places_in:
        return display_name(f"{picture.places_in}{value:.0f}")
    return cell_number(value, characters, decimals)
