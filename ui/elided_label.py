"""A line of text that never widens its surroundings."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

__all__ = ["ElidedLabel"]


class ElidedLabel(QLabel):
    """A line of text; in too little room a shorter one, or one that ends in …, and then it has a tooltip."""

    _full = ""
    _shorter: tuple[str, ...] = ()

    def __init__(self, text: str = "", *, muted: bool = False) -> None:
        super().__init__()
        self._full = text
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        if muted:
            self.setObjectName("muted")
        self.show_text(text)

    def show_text(self, text: str, *shorter: str) -> None:
        """Replace the text; `shorter` ones say it in fewer and fewer words."""
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
        self._shorter = shorter
        metrics = QFontMetrics(self.font())
        known = (text, *shorter)
        room = self.width() - max(0, self.indent())
        fitting = next((words for words in known if metrics.horizontalAdvance(words) <= room), known[-1])
        elided = metrics.elidedText(fitting, Qt.TextElideMode.ElideRight, room)
        if elided != self.text():
            self.setText(elided)
            self.setToolTip(text if elided != text else "")

    def full_text(self) -> str:
        """The text as it was given."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the text."""
        super().resizeEvent(event)
        self.show_text(self._full, *self._shorter)

    def changeEvent(self, event: QEvent) -> None:
        """Bold letters, as a style sheet may ask for, are wider."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.show_text(self._full, *self._shorter)
