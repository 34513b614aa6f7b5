"""How many images are read or written by now, as a bar."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QProgressBar, QWidget

from ui.number_format import grouped

__all__ = ["ImageProgress"]


class ImageProgress(QProgressBar):
    """Moves to and fro until it is known how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Progress")

    def begin(self) -> None:
        """Something has begun, and how long it takes is not known yet."""
        self.setRange(0, 0)

    @Slot(object)
    def show_progress(self, progress: tuple[int, int]) -> None:
        """So many images of so many are done."""
        done, total = progress
        self.setRange(0, total)
        self.setValue(done)
        self.setFormat(f"{grouped(done)} of {grouped(total)} images")
