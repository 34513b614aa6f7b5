"""What the network sees of the drawing, to be clicked: then the whole window follows it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.arrays import Array
from ui.action_table import ACTIONS_BY_ID, shortcut_text
from ui.classify.pixel_view import PixelView
from ui.controls import CalmToolButton
from ui.theme import DARK, Theme

__all__ = ["FollowButton", "SeenPicture"]

_SEES = "What the network sees: the drawing, fitted as the training images were"
_ACTIVATE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class SeenPicture(PixelView):
    """A click, or Enter or Space while it has the focus, tells `activated`: never while nothing is drawn."""

    activated = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._followed = False
        self.setAccessibleName("What the network sees")
        self.show_pixels(None)

    def show_pixels(self, pixels: Array | None) -> None:
        """Show (h, w) values, or nothing, which cannot be followed."""
        super().show_pixels(pixels)
        can = pixels is not None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can else Qt.CursorShape.ArrowCursor)
        self._describe()

    def show_followed(self, followed: bool) -> None:
        """Frame it while the window follows it."""
        if followed is not self._followed:
            self._followed = followed
            self._describe()
            self.update()

    def _describe(self) -> None:
        follow = "Click to stop following it" if self._followed else "Click to follow it through both passes"
        self.setToolTip(f"{_SEES}. {follow}." if self.has_picture else _SEES)
        self.setAccessibleDescription("followed by the whole window" if self._followed else "")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click."""
        if self.has_picture and event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space are a click."""
        if self.has_picture and event.key() in _ACTIVATE and not event.isAutoRepeat():
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, in a frame while it is followed."""
        super().paintEvent(event)
        if self._followed:
            painter = QPainter(self)
            painter.setPen(QPen(QColor(DARK.accent), 2))  # it stands on black paper in both themes
            painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))


class FollowButton(CalmToolButton):
    """The same as a button with a word on it; pressed while the drawing is followed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        action = ACTIONS_BY_ID["follow_drawing"]
        self.setText("Follow")
        self.setAccessibleName("Follow drawing")
        choose = "Its label: click y beside L."
        self.setToolTip(f"{action.tooltip} ({shortcut_text(action)}). {choose}")
        self.setCheckable(True)
        self.setEnabled(False)
        font = QFont(self.font())
        font.setPointSizeF(8.0)
        self.setFont(font)

    def sizeHint(self) -> QSize:
        """As low as the words around it."""
        return QSize(super().sizeHint().width(), 18)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self.setStyleSheet(
            f"QToolButton {{ color: {theme.text}; background: {theme.panel}; border: 1px solid {theme.panel_border};"
            " border-radius: 4px; padding: 0; }"
            f"QToolButton:hover {{ border-color: {theme.accent}; }}"
            f"QToolButton:checked {{ background: {theme.panel_border}; border-color: {theme.selection}; }}"
            f"QToolButton:disabled {{ color: {theme.muted}; }}"
        )
