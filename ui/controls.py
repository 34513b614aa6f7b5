"""Choices, sliders and small buttons that do not change under a stray wheel or take keys that they have no use for."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QToolButton,
    QWidget,
)

__all__ = ["ARROW_KEYS", "CalmComboBox", "CalmSlider", "CalmToolButton", "ElidingComboBox"]

ARROW_KEYS = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down})


class CalmSlider(QSlider):
    """A horizontal slider that takes the wheel only while it has the focus, so that scrolling past changes nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, e: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(e)
        else:
            e.ignore()


_SOME = 8
"""Characters of a part that tell something of it."""


class ElidingComboBox(QComboBox):
    """A choice whose text is shorter where there is too little room, and whole in the list.

    A digit goes to the window, where it opens a tab, unless the list is open.
    What stands last after " · " is left out first, but of the second part what there is room for is shown; what is
    still too long ends in ….
    """

    def shown_text(self, room: int) -> str:
        """The current text as it is written in so many pixels."""
        metrics, all_parts = self.fontMetrics(), self.currentText().split(" · ")
        parts = all_parts.copy()
        while len(parts) > 1 and metrics.horizontalAdvance(" · ".join(parts)) > room:
            parts.pop()
        if len(parts) < len(all_parts) and len(parts) == 1:
            some = metrics.horizontalAdvance(f"{parts[0]} · {all_parts[1][:_SOME]}…")
            parts = all_parts[:2] if some <= room else parts
        return metrics.elidedText(" · ".join(parts), Qt.TextElideMode.ElideRight, room)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        if e.text().isdigit():
            e.ignore()
        else:
            super().keyPressEvent(e)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        # some pixels belong to the frame of the field
        shown = self.shown_text(room.width() - 4)
        option.currentText = shown
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


class CalmComboBox(ElidingComboBox):
    """A choice that takes the wheel only while it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, e: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(e)
        else:
            e.ignore()


class CalmToolButton(QToolButton):
    """A small flat button that is reached by Tab and leaves the arrow keys, which do nothing for it, to the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        if e.key() in ARROW_KEYS:
            e.ignore()
        else:
            super().keyPressEvent(e)
