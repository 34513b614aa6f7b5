"""Where a check stands, in one line or in several."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

__all__ = ["StateLine"]


class StateLine(QLabel):
    """Words in a colour; where they must not wrap, they are cut short, and the tooltip has them whole."""

    def __init__(self) -> None:
        super().__init__()
        self._said: tuple[object, ...] = ()

    def show_words(self, words: str, color: str) -> None:
        """Say it; again after another width."""
        wanted = (words, color, self.width(), self.wordWrap())
        if wanted == self._said:
            return
        self._said = wanted
        self.setStyleSheet(f"QLabel {{ color: {color}; }}")  # and not its tooltip
        elided = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width())
        self.setText(words if self.wordWrap() else elided)
        self.setToolTip(words)
        self.setAccessibleDescription(words)
