"""Whether a view is being painted on the screen, or into a file of vectors where no kept image may stand for text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtGui import QPaintDevice, QPaintEngine, QPainter

__all__ = ["drawing_vectors", "draws_vectors"]

_files: list[QPaintDevice] = []  # those that are being drawn: mostly none, which is soon known


@contextmanager
def drawing_vectors(file: QPaintDevice) -> Iterator[QPainter]:
    """A painter into a file of vectors, which ends with the block."""
    painter = QPainter(file)
    _files.append(file)
    try:
        yield painter
    finally:
        _files.remove(file)
        painter.end()


def draws_vectors(painter: QPainter) -> bool:
    """True if what is painted goes into an SVG file: then a view paints anew what it keeps as an image otherwise."""
    return bool(_files) and painter.paintEngine().type() == QPaintEngine.Type.SVG
