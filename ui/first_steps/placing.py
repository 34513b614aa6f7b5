"""Where the card of the tour lies: in a corner where it hides nothing that is meant."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize

__all__ = ["free_place"]


def free_place(size: QSize, within: QRect, clear: Sequence[QRect]) -> QPoint:
    """The top left of the first corner of `within` (bottom right, bottom left, top right, top left) free of `clear`.

    Where no corner is, places between the corners are tried, and the one that hides the least is taken.
    """
    right, bottom = within.right() + 1 - size.width(), within.bottom() + 1 - size.height()
    middle = QPoint((within.left() + right) // 2, (within.top() + bottom) // 2)
    columns, rows = (right, within.left(), middle.x()), (bottom, within.top(), middle.y())
    places = [QPoint(x, y) for y in rows for x in columns]
    corners = [place for place in places if middle.x() != place.x() and middle.y() != place.y()]
    return min(
        (*corners, *(place for place in places if place not in corners)),
        key=lambda place: sum(_area(QRect(place, size).intersected(part)) for part in clear),
    )


def _area(rect: QRect) -> int:
    return max(0, rect.width()) * max(0, rect.height())
