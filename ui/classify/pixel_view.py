"""A small picture with every pixel as a sharp square: what the network sees."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from ui.theme import DARK, Theme

__all__ = ["PixelView", "gray_image", "picture_of"]


def gray_image(pixels: Array) -> QImage:
    """(h, w) values from 0 (black) to 1 (white) as an 8-bit image of its own."""
    rows = np.ascontiguousarray(np.clip(np.rint(pixels * 255), 0, 255).astype(np.uint8))
    height, width = rows.shape
    return QImage(rows.data, width, height, width, QImage.Format.Format_Grayscale8).copy()


def picture_of(image: Array) -> QImage:
    """(c, h, w) values from 0 to 1 as a picture: grey, or red, green and blue if there are three channels."""
    if len(image) != 3:
        return gray_image(image[0])
    rows = np.ascontiguousarray(np.moveaxis(np.clip(np.rint(image * 255), 0, 255).astype(np.uint8), 0, 2))
    height, width = rows.shape[:2]
    return QImage(rows.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


class PixelView(QWidget):
    """Shows (h, w) values from 0 to 1 at the largest whole scale that fits, or an empty frame."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._theme = DARK

    def set_theme(self, theme: Theme) -> None:
        """Colour of the frame."""
        self._theme = theme
        self.update()

    @property
    def has_picture(self) -> bool:
        """False of an empty frame."""
        return self._image is not None

    def show_pixels(self, pixels: Array | None) -> None:
        """Show (h, w) values, or nothing."""
        self._image = None if pixels is None else gray_image(pixels)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(58, 58)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(frame, QColor(0, 0, 0))
        if self._image is not None:
            room = min(self.width(), self.height()) - 2
            side = max(self._image.width(), self._image.height())
            scale = max(1, room // side)
            width, height = self._image.width() * scale, self._image.height() * scale
            target = QRect((self.width() - width) // 2, (self.height() - height) // 2, width, height)
            painter.drawImage(target, self._image)
        painter.setPen(QPen(QColor(self._theme.panel_border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
