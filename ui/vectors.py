"""Whether a view is being painted on the screen, or into a file of vectors where no kept image may stand for text."""

from __future__ import annotations

from PySide6.QtGui import QPaintEngine, QPainter

__all__ = ["draws_vectors"]


def draws_vectors(painter: QPainter) -> bool:
    """True if what is painted goes into an SVG file: then a view paints anew what it keeps as an image otherwise."""
    return painter.paintEngine().type() == QPaintEngine.Type.SVG
