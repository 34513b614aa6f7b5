"""What stays while numbers change is drawn once, into a pixmap that is as sharp as the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

__all__ = ["drawn_pixmap"]


def drawn_pixmap(size: QSize, ratio: float, paint: Callable[[QPainter], None], *, see_through: bool = False) -> QPixmap:
    """What `paint` draws in `size` logical pixels of `ratio` device pixels each.

    It draws on all of them, unless what lies beneath is to be seen where it does not; that costs more to show.
    """
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    if see_through:
        pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint(painter)
    painter.end()
    return pixmap
