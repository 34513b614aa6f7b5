"""What stays while numbers change is drawn once, into a pixmap that is as sharp as the screen."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPixmap

__all__ = ["drawn_pixmap"]


def drawn_pixmap(size: QSize, ratio: float, ground: QColor, paint: Callable[[QPainter], None]) -> QPixmap:
    """What `paint` draws over `ground` in `size` logical pixels of `ratio` device pixels each.

    A size that ends within a device pixel takes all of it, which painting `size` would leave black. What lies beneath
    is seen through a transparent ground; that costs more to show.
    """
    pixmap = QPixmap(math.ceil(size.width() * ratio), math.ceil(size.height() * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(ground)
    painter = QPainter(pixmap)
    paint(painter)
    painter.end()
    return pixmap
