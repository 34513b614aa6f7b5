"""The head of a table that can be sorted, whose sign points the way the values go."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

__all__ = ["SortHeader"]

_Sign = QStyleOptionHeader.SortIndicator
_TURNED = {_Sign.SortUp: _Sign.SortDown, _Sign.SortDown: _Sign.SortUp}


class SortHeader(QHeaderView):
    """Its sign points down where values fall from row to row, up where they rise; Qt's own styles have it inverted."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, logicalIndex: int) -> None:
        """Turn the sign round."""
        super().initStyleOptionForIndex(option, logicalIndex)
        option.sortIndicator = _TURNED.get(option.sortIndicator, option.sortIndicator)
