"""The picture under the drawing canvas: light ink on black, of fixed size, painted stroke by stroke."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter, QPainter, QPainterPath, QPen

__all__ = ["SIDE", "InkRaster", "fit_picture", "ink_on_black"]

SIDE = 280
"""Side of the raster in pixels: ten for each pixel of an MNIST image, whatever the size of the widget or the screen."""


def ink_on_black(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture with its paper turned to black and its strongest ink to 255, whichever of the two was the lighter.

    The median of the border is the paper; ink is what differs from it, on the side where it differs more. gray and
    result: (h, w) uint8. A picture of one grey all over comes out black.
    """
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    difference = gray.astype(np.float32) - np.float32(np.median(border))
    lighter, darker = np.maximum(difference, 0), np.maximum(-difference, 0)
    # squares, as where the network's input is made: a few strong strokes outweigh a wide, uneven ground
    ink = lighter if np.square(lighter).sum() >= np.square(darker).sum() else darker
    strongest = max(float(ink.max()), 1.0)
    return np.asarray(np.rint(ink * (255 / strongest)), np.uint8)


def fit_picture(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture (h, w) uint8 of any size as ink on black, fitted into (SIDE, SIDE) with its aspect kept."""
    raster = InkRaster()
    raster.set_picture(ink_on_black(gray))
    return raster.gray()


class InkRaster:
    """A SIDE×SIDE grey image, 0 for paper to 255 for ink; one stroke at a time is open."""

    def __init__(self) -> None:
        self.image = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        self.image.fill(0)
        self._erase = False
        self._previous = QPointF()
        self._middle = QPointF()
        self._width = 0.0

    def gray(self) -> NDArray[np.uint8]:
        """A copy as (SIDE, SIDE) uint8."""
        return self._view().copy()

    @property
    def is_empty(self) -> bool:
        """True if there is no ink at all."""
        return not self._view().any()

    def begin(self, point: QPointF, width: float, erase: bool = False) -> QRectF:
        """Open a stroke with a dot of `width` raster pixels; returns the rectangle that changed."""
        self._erase, self._previous, self._middle, self._width = erase, point, point, width
        # a path without length paints no cap in Qt, so the dot gets a length that nobody can see
        return self._paint(point, point, point + QPointF(0.01, 0))

    def extend(self, point: QPointF, width: float) -> QRectF:
        """Go on to `point`; the corner at the point before is rounded through the midpoints of its neighbours."""
        middle = (self._previous + point) / 2
        # pens report pressure in jumps; half of each jump per point reads as a smooth swelling of the line
        self._width += (width - self._width) / 2
        changed = self._paint(self._middle, self._previous, middle)
        self._previous, self._middle = point, middle
        return changed

    def end(self) -> QRectF:
        """Close the stroke at its last point."""
        return self._paint(self._middle, self._middle, self._previous + QPointF(0.01, 0))

    def set_picture(self, gray: NDArray[np.uint8]) -> None:
        """Replace everything by a picture (h, w) uint8 of light ink on black, fitted in with its aspect kept."""
        height, width = gray.shape
        rows = np.ascontiguousarray(gray)
        source = QImage(rows.data, width, height, width, QImage.Format.Format_Grayscale8)
        fitted = source.size().scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1))
        scaled = source.scaled(
            fitted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        ).convertToFormat(QImage.Format.Format_Grayscale8)
        image = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        painter.drawImage((SIDE - scaled.width()) // 2, (SIDE - scaled.height()) // 2, scaled)
        painter.end()
        self.image = image

    def to_png(self) -> bytes:
        """The raster as a PNG file."""
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        QImageWriter(buffer, QByteArray(b"png")).write(self.image)
        buffer.close()
        return bytes(data.data())

    def from_png(self, png: bytes) -> bool:
        """Take back what `to_png` gave; returns False, and keeps the raster, for anything else."""
        buffer = QBuffer()
        buffer.setData(QByteArray(png))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer, QByteArray(b"png"))
        # the size stands in the header: nothing larger than our own raster is ever decoded
        if reader.size() != QSize(SIDE, SIDE):
            return False
        image = reader.read()
        if image.isNull():
            return False
        self.image = image.convertToFormat(QImage.Format.Format_Grayscale8)
        return True

    def _view(self) -> NDArray[np.uint8]:
        stride = self.image.bytesPerLine()
        return np.frombuffer(self.image.constBits(), np.uint8).reshape(SIDE, stride)[:, :SIDE]

    def _paint(self, start: QPointF, control: QPointF, end: QPointF) -> QRectF:
        path = QPainterPath(start)
        path.quadTo(control, end)
        color = QColor(0, 0, 0) if self._erase else QColor(255, 255, 255)
        pen = QPen(color, self._width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter = QPainter(self.image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.strokePath(path, pen)
        painter.end()
        margin = self._width / 2 + 2
        return path.controlPointRect().adjusted(-margin, -margin, margin, margin)
