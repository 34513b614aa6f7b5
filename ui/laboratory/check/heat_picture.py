"""From values to the coloured cells of the table: colours, tiles, hatched kinks, and the bars that explain them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBitmap, QBrush, QColor, QImage, QPainter, QRegion

from core.arrays import Array
from ui.flow.heatmap import color_indices, color_table
from ui.laboratory.check.tiles import NO_CELL
from ui.number_format import format_scale
from ui.theme import Theme, number_font

__all__ = ["ERROR_RANGE", "cell_colors", "hatch", "paint_bar", "tiled_image"]

ERROR_RANGE = (-12.0, -3.0)
"""Powers of ten between which relative errors are coloured."""
_BAR_NUMBERS = 38


def cell_colors(values: Array, limit: float | None, theme: Theme) -> NDArray[np.uint32]:
    """(cells,) 0xffRRGGBB of values of any shape, NaN as 0; limit: the end of the signed map, None for errors."""
    flat = np.where(np.isnan(values), 0.0, values).reshape(-1)
    if limit is not None:
        finite = bool(np.isfinite(flat).all())
        return color_table(theme, True)[color_indices(flat, limit, True, finite)]
    low, high = ERROR_RANGE
    with np.errstate(divide="ignore"):
        share = np.clip((np.log10(flat) - low) / (high - low), 0.0, 1.0)
    return color_table(theme, False)[np.rint(254 * share).astype(np.uint8)]


def tiled_image(colors: NDArray[np.uint32], grid: NDArray[np.intp], theme: Theme) -> QImage:
    """One pixel a cell; grid: (rows, columns) which cell stands where, NO_CELL between the tiles."""
    ground = np.uint32(QColor(theme.panel).rgb())
    pixels = np.where(grid == NO_CELL, ground, colors[np.maximum(grid, 0)]).astype(np.uint32)
    height, width = grid.shape
    return QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGB32).copy()


def hatch(painter: QPainter, box: QRect, cells: NDArray[np.bool_], grid: NDArray[np.intp], theme: Theme) -> None:
    """Hatch the cells (a truth each) where `grid` stands in `box`."""
    if not cells.any():
        return
    # in a bitmap, dark is what counts
    ones = np.where((grid != NO_CELL) & cells[np.maximum(grid, 0)], 0, 255).astype(np.uint8)
    height, width = ones.shape
    mask = QImage(ones.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()
    scaled = mask.scaled(box.width(), box.height())
    region = QRegion(QBitmap.fromImage(scaled.convertToFormat(QImage.Format.Format_Mono)))
    painter.save()
    painter.setClipRegion(region.translated(box.topLeft()))
    painter.fillRect(box, QBrush(QColor(theme.warning), Qt.BrushStyle.BDiagPattern))
    painter.restore()


def paint_bar(painter: QPainter, bar: QRect, limit: float | None, theme: Theme) -> None:
    """The colours from the lowest value at the bottom to the highest at the top, with both numbers to the right."""
    table = color_table(theme, limit is not None)[254::-1]
    painter.drawImage(bar, QImage(np.ascontiguousarray(table).tobytes(), 1, 255, 4, QImage.Format.Format_RGB32).copy())
    font = number_font()
    font.setPixelSize(9)
    painter.setFont(font)
    painter.setPen(QColor(theme.muted))
    if limit is not None:
        end = format_scale(limit, True).removeprefix("±")
        ends = (end, f"−{end}")
    else:
        ends = (f"1e−{-ERROR_RANGE[1]:.0f}", f"1e−{-ERROR_RANGE[0]:.0f}")
    for text, where in zip(ends, (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom), strict=True):
        room = QRect(bar.right() + 3, bar.y() - 2, _BAR_NUMBERS, bar.height() + 4)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | where), text)
