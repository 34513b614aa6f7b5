"""The kernels of the first block of several runs, one row a run, on one scale or each on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.arrays import Array
from ui.icons import draw_glyph
from ui.number_format import format_scale
from ui.theme import DARK, Theme, diverging_map, number_font, palette_color

__all__ = ["KernelRow", "KernelsView"]

_NAME_HEIGHT, _GAP, _ROW_GAP, _BAR_HEIGHT = 16, 4, 8, 24
_LARGEST, _SMALLEST = 96, 10
_LOCK = 13
_MIDDLE = 127


@dataclass(frozen=True, eq=False)
class KernelRow:
    """One run: its name, its place in the palette, and w1 (filters, channels, k, k) of the step that is shown.

    is_locked: they get no update.
    """

    name: str
    color: int
    kernels: Array
    is_locked: bool = False


class KernelsView(QWidget):
    """Rows of kernels; a kernel of several channels shows them one under the other."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[KernelRow, ...] = ()
        self._theme = DARK
        self._same_scale = True
        self.setAccessibleName("Kernels of the first block")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 120)

    def sizeHint(self) -> QSize:
        return QSize(420, 300)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def show_rows(self, rows: Sequence[KernelRow]) -> None:
        """Show the kernels of these runs."""
        self._rows = tuple(rows)
        self.update()

    @Slot(bool)
    def set_same_scale(self, same: bool) -> None:
        """One scale for all rows, or one for each."""
        self._same_scale = same
        self.update()

    @property
    def scales(self) -> tuple[float, ...]:
        """For each row the weight that has the full colour; its negative has the other."""
        largest = tuple(float(np.abs(row.kernels).max()) for row in self._rows)
        return tuple(max(largest) for _ in largest) if self._same_scale else largest

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a row for each run, and the scale that they have in common."""
        del event
        painter = QPainter(self)
        if not self._rows:
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "The filters of each run appear here")
            return
        side = self._cell_side()
        top = 0.0
        for row, scale in zip(self._rows, self.scales, strict=True):
            top = self._paint_row(painter, row, scale, top, side) + _ROW_GAP
        self._paint_scale(painter)

    def _cell_side(self) -> float:
        """The largest side of a kernel at which all rows fit into the width and the height."""
        for side in range(_LARGEST, _SMALLEST, -1):
            height = sum(_NAME_HEIGHT + self._lines(row, side) * (side + _GAP) + _ROW_GAP for row in self._rows)
            if height <= self.height() - _BAR_HEIGHT:
                return float(side)
        return float(_SMALLEST)

    def _lines(self, row: KernelRow, side: float) -> int:
        a_line = max(1, int((self.width() + _GAP) // (side + _GAP)))
        count: int = row.kernels.shape[0] * row.kernels.shape[1]
        return -(-count // a_line)

    def _paint_row(self, painter: QPainter, row: KernelRow, scale: float, top: float, side: float) -> float:
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(palette_color(self._theme, row.color)))
        heading = QRectF(0, top, self.width(), _NAME_HEIGHT)
        left = 0.0
        if row.is_locked:
            draw_glyph(painter, "lock", QRectF(0, top + 1, _LOCK, _LOCK), self._theme.accent)
            left = _LOCK + 4.0
        name = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, int(self.width() - 70 - left))
        painter.drawText(heading.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(number_font(8.0))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(heading, Qt.AlignmentFlag.AlignRight, format_scale(scale, signed=True))
        top += _NAME_HEIGHT
        a_line = max(1, int((self.width() + _GAP) // (side + _GAP)))
        kernels = row.kernels.reshape(-1, *row.kernels.shape[2:])
        for number, kernel in enumerate(kernels):
            line, place = divmod(number, a_line)
            spot = QRectF(place * (side + _GAP), top + line * (side + _GAP), side, side)
            painter.drawImage(spot, self._picture(kernel, scale))
            painter.setPen(QColor(self._theme.grid))
            painter.drawRect(spot)
        return top + self._lines(row, side) * (side + _GAP)

    def _picture(self, kernel: Array, scale: float) -> QImage:
        scaled = kernel / scale if scale else np.zeros_like(kernel)
        rgb = diverging_map(self._theme)[np.rint(_MIDDLE + _MIDDLE * scaled).astype(np.intp)]
        height, width = kernel.shape
        pixels = np.full((height, width, 4), 255, np.uint8)
        pixels[..., :3] = rgb[..., ::-1]  # RGB32 lies in memory as blue, green, red
        return QImage(pixels.data, width, height, QImage.Format.Format_RGB32).copy()

    def _paint_scale(self, painter: QPainter) -> None:
        top = self.height() - _BAR_HEIGHT + 6
        rule = f"− 0 +  {'one scale for all' if self._same_scale else 'each its own scale'}"
        painter.setFont(number_font(8.0))
        words = painter.fontMetrics().horizontalAdvance(rule)
        width = max(20.0, min(160.0, self.width() - words - 8.0))
        ramp = np.linspace(-1, 1, 255, dtype=np.float32).reshape(1, -1)
        painter.drawImage(QRectF(0, top + 4, width, 8), self._picture(ramp, 1.0))
        spot = QRectF(width + 8, top, self.width() - width - 8, 16)
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter, rule)
