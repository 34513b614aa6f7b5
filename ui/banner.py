"""One sentence over the window when something needs the user's attention, with the action that would help."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from ui.theme import Theme

__all__ = ["Banner"]


class Banner(QFrame):
    """A line with a message, an optional action button and a close button; hidden while there is nothing to say.

    It lies over the top of its parent, or, where `over` is given, over that part of it, so that nothing moves when it
    comes and goes. Where the sentence needs more room than the part has, it grows upwards.

    `action_requested(str)` carries the id of the action that the button stands for.
    """

    action_requested = Signal(str)
    changed = Signal()
    """Another sentence is shown, or none any more."""

    def __init__(self, parent: QWidget, *, over: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground, self._over = parent, over
        self.setObjectName("banner")
        self.setAccessibleName("Message")
        self._action_id = ""
        for watched in (parent, over):
            if watched is not None:
                watched.installEventFilter(self)
        self._theme: Theme | None = None
        self._is_error = False
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._button = QPushButton()
        self._button.clicked.connect(self._on_action)
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.timeout.connect(self.hide)
        self._close = QToolButton()
        self._close.setText("✕")
        self._close.setAutoRaise(True)
        self._close.setToolTip("Close this message (Esc)")
        self._close.setAccessibleName("Close the message")
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 2, 6, 2)
        layout.addWidget(self._label, 1)
        layout.addWidget(self._button)
        layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence that is shown, or "" while the banner is hidden."""
        return self._label.text() if self.isVisible() else ""

    @property
    def action_id(self) -> str:
        """What the button that is shown stands for, or "" if there is none."""
        return self._action_id if self.isVisible() else ""

    def say(
        self, sentence: str, *, error: bool = False, action: str = "", action_id: str = "", seconds: float = 0.0
    ) -> None:
        """Show a sentence; `action` is the text of a button that requests `action_id`; seconds: it then goes by itself.

        With 0 seconds it stays until it is closed.
        """
        self._passing.stop()
        if seconds:
            self._passing.start(round(1000 * seconds))
        self._is_error = error
        self._action_id = action_id
        self._label.setText(sentence)
        self._label.setAccessibleName(sentence)
        self._button.setText(action)
        self._button.setToolTip(action)
        self._button.setVisible(bool(action))
        self._paint_frame()
        self._place()
        self.show()
        self.raise_()
        self.changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is said any more."""
        super().hideEvent(event)
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the place when the parent, or the part beneath, changes its own."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        # the height of the sentence at this width; the size hint is that of a narrow label
        if self._over is None:
            width = self._ground.width()
            self.setGeometry(0, 0, width, max(40, self.heightForWidth(width)))
            return
        beneath = self._over.geometry()
        height = max(beneath.height(), self.heightForWidth(beneath.width()))
        self.setGeometry(beneath.x(), beneath.bottom() + 1 - height, beneath.width(), height)

    def settle(self) -> None:
        """Something has gone well since: a message that asks for no action is out of date."""
        if not self._action_id:
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._paint_frame()

    def _on_action(self) -> None:
        self.hide()
        self.action_requested.emit(self._action_id)

    def _paint_frame(self) -> None:
        if self._theme is None:
            return
        edge = self._theme.error if self._is_error else self._theme.accent
        self.setStyleSheet(
            f"QFrame#banner {{ background: {self._theme.panel}; border: 1px solid {edge};"
            f" border-left: 5px solid {edge}; border-radius: 6px; }}"
        )
