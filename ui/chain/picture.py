"""What is pictured of a factor or of a derivative, and how it is painted into a small room."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, qGray

from core.chain import ChainFactor
from core.trace import Trace
from ui.flow.heatmap import HeatImage, color_indices, color_table, is_signed, peak
from ui.number_format import cell_number, display_name, format_scale
from ui.theme import Theme, number_font

__all__ = ["Picture", "array_picture", "draw_picture", "factor_picture", "number_width", "same_picture"]

_LONGEST = 5  # a picture is at most so many times as long as it is wide; a column of numbers is widened to that
_BY_HAND = 16  # so many cells are made wide enough for their numbers
_NUMBER_WIDTH = 46
_CHARACTERS = 9
_MASKS = {"maxpool": "win", "relu": "pass"}


@dataclass(frozen=True)
class Picture:
    """A number, or tiles of cells in a grid.

    cells: (tiles, h, w), grid: (rows, columns) of tiles; limit: the value at the end of the colour map; figure: the one
    number that says most; part: which part of the array it is, "filter 3", or "" if it is all; number: if it is one;
    base: the value at the start of the colour map; places_in: the array that whole numbers are places in, not values.
    """

    cells: NDArray[Any] | None
    grid: tuple[int, int]
    signed: bool
    limit: float
    figure: str
    part: str = ""
    number: float | None = None
    base: float = 0.0
    places_in: str = ""


def factor_picture(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """What shows a factor best; filters: the filter to show of each conv block, counted from 0."""
    values, kind = factor.values, factor.kind
    if kind.endswith("bias"):
        return _number(1.0)
    if kind in ("loss", "sigmoid", "softmax"):
        sample = values[0].reshape(values.shape[1], -1)
        return _number(float(sample[0, 0])) if sample.size == 1 else _cells(sample, signed=True)
    if kind in _MASKS:
        chosen, part = _filter(factor.denominator, values.shape[1], filters)
        share = f"{100 * float(np.mean(values)):.0f} % {_MASKS[kind]}"
        return _cells(values[0, chosen], True, part, limit=1.0, figure=share)
    if kind.startswith("convolution"):
        show = _kernel if kind == "convolution input" else _windows
        return show(factor, trace, filters)
    return _dense(factor, trace, filters)


def _dense(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """Weights, features and places in F, as the map that they were before flatten."""
    values = factor.values
    if factor.kind == "dense input":
        return _features(_of_class(values, trace), trace, filters, signed=True)
    if factor.kind == "dense weight":
        return _features(values[0], trace, filters, signed=False)
    if values.size == 1:
        return _number(1.0)  # one place only: the identity, by which a reader can multiply
    picture = _features(values.reshape(-1), trace, filters, signed=False)
    assert picture.cells is not None
    first, last = float(picture.cells.min()), float(picture.cells.max())
    return replace(picture, base=first, limit=last - first, figure=f"{values.size} places", places_in="F")


def _of_class(weights: NDArray[Any], trace: Trace) -> NDArray[Any]:
    """The row of dense weights that matters to the sample: of its class."""
    row: NDArray[Any] = weights[int(trace.y[0]) if len(weights) > 1 else 0]
    return row


def array_picture(trace: Trace, name: str, filters: tuple[int, ...]) -> Picture:
    """The chosen filter's part of an array of the trace, "dA1" or "dw1"."""
    values, plain, signed = trace.arrays[name], name.removeprefix("d"), is_signed(name)
    parameter = plain[0] in "wb"
    if values.size == 1:
        return _number(float(values.reshape(-1)[0]))
    if plain[0] == "w":
        if values.ndim == 4:
            return _taps(values, plain, filters)
        return _features(_of_class(values, trace), trace, filters, signed=signed)
    sample = values if parameter else values[0]
    if sample.ndim == 3:
        chosen, part = _filter(plain, len(sample), filters)
        return _cells(sample[chosen], signed, part)
    if plain == "F":
        # one long column: that it is flat is what the picture has to say
        return _cells(sample.reshape(-1, 1), signed)
    return _cells(sample.reshape(-1, 1), signed)


def same_picture(first: Picture, second: Picture | None) -> bool:
    """True if two pictures look alike, but for the limit of the colours."""
    if second is None or replace(first, cells=None) != replace(second, cells=None):
        return False
    if first.cells is None or second.cells is None:
        return first.cells is second.cells
    return bool(np.array_equal(first.cells, second.cells))


def _number(value: float) -> Picture:
    return Picture(None, (1, 1), True, 0.0, cell_number(value, _CHARACTERS), number=value)


def number_width(picture: Picture) -> int:
    """Logical pixels that the cells' numbers need, 0 if there are too many cells or no room is needed."""
    if picture.cells is None or picture.cells.size > _BY_HAND or _is_whole(picture.cells):
        return 0
    return picture.grid[1] * picture.cells.shape[2] * _NUMBER_WIDTH


def _is_whole(cells: NDArray[Any]) -> bool:
    return bool(np.all(cells == np.rint(cells)))


def _cells(cells: NDArray[Any], signed: bool, part: str = "", limit: float = 0.0, figure: str = "") -> Picture:
    end = limit or peak(cells)[0]
    return Picture(cells[None], (1, 1), signed, end, figure or format_scale(end, signed), part)


def _filter(name: str, count: int, filters: tuple[int, ...]) -> tuple[int, str]:
    block = int(name[1:])
    chosen = min(filters[block - 1], count - 1) if block <= len(filters) else 0
    return chosen, f"filter {chosen}" if count > 1 else ""


def _features(values: NDArray[Any], trace: Trace, filters: tuple[int, ...], *, signed: bool) -> Picture:
    """A row of features as the map that it was before flatten: of the chosen filter, or of all if a map is one cell."""
    maps = values.reshape(trace.arrays[f"P{trace.blocks}"].shape[1:])
    if maps[0].size == 1:
        return _cells(maps.reshape(-1, 1), signed)
    chosen, part = _filter(f"P{trace.blocks}", len(maps), filters)
    return _cells(maps[chosen], signed, part)


def _kernel(factor: ChainFactor, _trace: Trace, filters: tuple[int, ...]) -> Picture:
    return _taps(factor.values, f"w{factor.numerator[1:]}", filters)


def _taps(kernels: NDArray[Any], name: str, filters: tuple[int, ...]) -> Picture:
    chosen, part = _filter(name, len(kernels), filters)
    channel, _ = _filter(f"w{int(name[1:]) - 1}", kernels.shape[1], filters) if kernels.shape[1] > 1 else (0, "")
    return _cells(kernels[chosen, channel], True, f"{part}, ch {channel}" if kernels.shape[1] > 1 else part)


def _windows(factor: ChainFactor, trace: Trace, filters: tuple[int, ...]) -> Picture:
    """For each tap of the kernel what it has seen, one small map a tap, in the order of the kernel."""
    _, channels, kh, kw = trace.arrays[factor.denominator].shape
    rows = trace.arrays[factor.numerator].shape[2:]
    channel = 0
    if channels > 1:
        channel, _ = _filter(f"w{int(factor.denominator[1:]) - 1}", channels, filters)
    taps = factor.values[0].T.reshape(channels, kh * kw, *rows)[channel]
    end = peak(taps)[0]
    part = f"channel {channel}" if channels > 1 else ""
    return Picture(taps, (kh, kw), False, end, format_scale(end, False), part)


def draw_picture(
    painter: QPainter, room: QRectF, picture: Picture, theme: Theme, limit: float | None = None, *, decimals: int = 4
) -> tuple[str, ...]:
    """Paint a picture as large as it can be in the middle of `room`, on whole device pixels.

    limit: the value at the end of the colour map, if it is not the picture's own. Returns the numbers written.
    """
    ratio = painter.device().devicePixelRatioF()
    box = QRect(
        math.ceil(room.x() * ratio),
        math.ceil(room.y() * ratio),
        math.floor(room.width() * ratio),
        math.floor(room.height() * ratio),
    )
    if box.width() < 2 or box.height() < 2:
        return ()
    painter.save()
    painter.scale(1.0 / ratio, 1.0 / ratio)
    if picture.number is not None:
        written = (_draw_number(painter, box, picture.number, theme, decimals),)
    else:
        written = _draw_cells(
            painter, box, picture if limit is None else replace(picture, limit=limit), theme, decimals
        )
    painter.restore()
    return written


def _draw_number(painter: QPainter, box: QRect, value: float, theme: Theme, decimals: int) -> str:
    font, ratio = number_font(bold=True), painter.device().devicePixelRatioF()
    text = cell_number(value, max(_CHARACTERS, decimals + 5), decimals)
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


def _draw_cells(painter: QPainter, box: QRect, picture: Picture, theme: Theme, decimals: int) -> tuple[str, ...]:
    cells, (grid_rows, grid_columns) = picture.cells, picture.grid
    assert cells is not None
    tiles, rows, columns = cells.shape
    shown = cells - picture.base if picture.base else cells
    indices = color_indices(shown, picture.limit, picture.signed, bool(np.isfinite(cells).all()))
    heat = HeatImage(tiles * rows, columns)
    heat.fill(indices, color_table(theme, picture.signed))
    width, height = _fitted(box, grid_columns * columns, grid_rows * rows)
    width = max(width, min(box.width() - 2, round(number_width(picture) * painter.device().devicePixelRatioF())))
    side = min(width // grid_columns, height // grid_rows)
    gap = 0 if tiles == 1 or side < 6 else 3 if side >= 14 else 1
    tile_width = max(1, (width - gap * (grid_columns - 1)) // grid_columns)
    tile_height = max(1, (height - gap * (grid_rows - 1)) // grid_rows)
    if cells.size <= _BY_HAND:  # whole pixels a cell keep the edges between numbers sharp
        tile_width, tile_height = max(1, tile_width // columns) * columns, max(1, tile_height // rows) * rows
    width, height = grid_columns * (tile_width + gap) - gap, grid_rows * (tile_height + gap) - gap
    left, top = box.x() + (box.width() - width) // 2, box.y() + (box.height() - height) // 2
    image, zoom = heat.image, 1
    # cells of no whole number of pixels: smoothed, or some would be wider than others, or left out
    if tile_width % columns or tile_height % rows:
        zoom = 1 + (tile_width > columns) * 2
        image = image.scaled(zoom * columns, zoom * tiles * rows)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    places = []
    for tile in range(tiles):
        row, column = divmod(tile, grid_columns)
        place = QRect(left + column * (tile_width + gap), top + row * (tile_height + gap), tile_width, tile_height)
        places.append(place)
        painter.drawImage(place, image, QRect(0, zoom * tile * rows, zoom * columns, zoom * rows))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(theme.panel_border), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(left - 1, top - 1, width + 1, height + 1)
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
        ground = QColor.fromRgb(int(color))
        painter.setPen(QColor("#0b1016" if qGray(ground.rgb()) > 128 else "#ffffff"))
        cell = QRect(places[tile].x() + column * width, places[tile].y() + row * height, width, height)
        painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), text)
    return texts


def _cell_text(value: float, characters: int, picture: Picture, decimals: int) -> str:
    if picture.places_in:
        return display_name(f"{picture.places_in}{value:.0f}")
    return cell_number(value, characters, decimals)
