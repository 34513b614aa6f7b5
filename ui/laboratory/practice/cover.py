"""What lies over the forward and backward pass while a question is open: the numbers asked for stand there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import DARK, Theme

__all__ = ["Cover"]

_WORDS = "Covered while you answer: the numbers asked for stand here."


class Cover(QWidget):
    """Covers a widget whole, in the colour of its ground; "Look anyway" lifts it until the next question."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._theme = DARK
        self._lifted = False
        words = QLabel(_WORDS)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words.setWordWrap(True)
        self.look = QPushButton("Look anyway")
        self.look.setToolTip("Show the forward and backward pass until the next question")
        self.look.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.look.clicked.connect(self._lift)
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(words)
        layout.addWidget(self.look, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.setAccessibleName("Cover of the forward and backward pass")
        over.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    @Slot(bool)
    def cover(self, asked: bool) -> None:
        """Lie over the widget while a question is open, unless it was lifted for this one."""
        if not asked:
            self._lifted = False
        self._follow()
        self.setVisible(asked and not self._lifted)
        self.raise_()

    @Slot()
    def _lift(self) -> None:
        self._lifted = True
        self.hide()

    def _follow(self) -> None:
        over = self.parentWidget()
        self.setGeometry(over.rect().adjusted(2, 2, -2, -2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep covering the widget as it grows."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        QPainter(self).fillRect(self.rect(), QColor(self._theme.panel))
