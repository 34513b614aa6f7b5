"""A line of text that never widens its surroundings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

__all__ = ["ElidedLabel"]


class ElidedLabel(QLabel):
    """A line of text that takes the room it gets, ends in … if that is too little, and then has a tooltip."""

    def __init__(self, text: str = "", *, muted: bool = False) -> None:
        super().__init__()
        self._full = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if muted:
            self.setObjectName("muted")
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Replace the text."""
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
        elided = QFontMetrics(self.font()).elidedText(text, Qt.TextElideMode.ElideRight, self.width())
        if elided != self.text():
            self.setText(elided)
            self.setToolTip(text if elided != text else "")

    def full_text(self) -> str:
        """The text as it was given."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the text."""
        super().resizeEvent(event)
        self.show_text(self._full)
