"""Pictures whose values are too small for a scale that others share: blank, so that words must say what they hold."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from core.arrays import Array
from ui.flow.heatmap import peak
from ui.number_format import format_scale, scientific

__all__ = ["faint_words", "paint_words"]

_FAINT = 0.03  # of the scale: the colour is that of 0 to the eye


def faint_words(values: Array, limit: float, *, signed: bool) -> tuple[str, ...]:
    """The scale that a picture without colours would need, in fewer and fewer words: "±3.1e−6", "3e−6".

    ("0",) of nothing; () if it has colours.
    """
    largest, finite = peak(values)
    if not finite or largest > _FAINT * limit:
        return ()
    return (format_scale(largest, signed), scientific(largest, 1)) if largest else ("0",)


def paint_words(painter: QPainter, ways: tuple[str, ...], room: QRect) -> None:
    """Write the first of some texts that fits, in the middle; none if none does."""
    metrics = painter.fontMetrics()
    text = next((text for text in ways if metrics.horizontalAdvance(text) <= room.width()), "")
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), text)
