"""The rounded frame with a small title that every group of controls or views sits in."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.elided_label import ElidedLabel

__all__ = ["Panel"]


def _capitals(title: str) -> str:
    """All but names of the notation, where w₁ and W₁ are two things."""
    return " ".join(word if any("₀" <= sign <= "₉" for sign in word) else word.upper() for word in title.split(" "))


class Panel(QFrame):
    """A titled frame. Content goes into `body` (vertical), small things beside the title into `header`.

    is_picture: it is offered as a picture of its own, as a plot that the header belongs to.
    """

    is_picture = False

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAccessibleName(title)
        self._title = QLabel(_capitals(title), self)
        self._title.setObjectName("panelTitle")
        self._title.setVisible(bool(title))
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.header.addWidget(self._title)
        self.header.addStretch(1)
        self.body = QVBoxLayout()
        self.body.setSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 5)
        layout.setSpacing(4)
        layout.addLayout(self.header)
        layout.addLayout(self.body, 1)

    def add_note(self, note: ElidedLabel) -> None:
        """Append words to the header that give way to what comes after them."""
        note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header.addWidget(note, 100)

    def set_title(self, title: str) -> None:
        """Replace the title."""
        self._title.setText(_capitals(title))
        self.setAccessibleName(title)
