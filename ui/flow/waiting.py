"""What stands in the place of the passes until there are numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from playground.arithmetic import is_compiling
from ui.theme import Theme

__all__ = ["Waiting"]

_EVERY_MS = 500
_MARGIN = 40


class Waiting(QTimer):
    """Says what a view waits for; has it painted anew twice a second, until it is stopped."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.timeout.connect(view.update)
        self.start(_EVERY_MS)

    def words(self) -> str:
        """One or two sentences."""
        if is_compiling():
            return (
                "The training step is being compiled. That is done once, after an installation, and takes some "
                "seconds, on a busy machine up to a minute; the numbers come then."
            )
        return "Waiting for the first numbers…"

    def paint(self, painter: QPainter, theme: Theme) -> None:
        """Write them in the middle of the view."""
        room = self._view.rect()
        painter.fillRect(room, QColor(theme.panel))
        painter.setPen(QColor(theme.muted))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room.adjusted(_MARGIN, 0, -_MARGIN, 0), int(flags), self.words())
