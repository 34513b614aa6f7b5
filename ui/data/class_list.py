"""All classes of a data set as a list to tick, for those that have no room as switches in a row."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from ui.theme import DARK, Theme, class_color

__all__ = ["ClassList"]

_WIDTH, _MOST_ROWS = 260, 16
_CLOSING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)


class ClassList(QFrame):
    """Comes up over the window and goes with a click beside it or Esc.

    toggled (label): a class was ticked or unticked; all_toggled: all, or the two of before, are wanted. It shows what
    it is told, so a tick that is not allowed does not stay.
    """

    toggled = Signal(int)
    all_toggled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._theme = DARK
        self.list = QListWidget()
        self.list.setAccessibleName("Classes")
        self.list.setToolTip("Space or a click uses a class or leaves it out; starts over")
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemChanged.connect(self._on_changed)
        self.list.installEventFilter(self)
        self.all_button = QPushButton()
        self.all_button.setAutoDefault(False)
        self.all_button.clicked.connect(self.all_toggled)
        row = QHBoxLayout()
        row.addWidget(self.all_button)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.setSpacing(5)
        layout.addWidget(self.list)
        layout.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme

    def show_classes(self, names: Sequence[str], chosen: Sequence[int], all_text: str) -> None:
        """Show all classes, those at the positions `chosen` ticked, in the colours of their outputs."""
        self.list.blockSignals(True)
        if [self.list.item(row).text() for row in range(self.list.count())] != list(names):
            self.list.clear()
            for name in names:
                item = QListWidgetItem(name, self.list)
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable
                )
            self.list.setCurrentRow(0)
        place = {label: y for y, label in enumerate(chosen)}
        for label, name in enumerate(names):
            item = self.list.item(label)
            y = place.get(label)
            item.setCheckState(Qt.CheckState.Unchecked if y is None else Qt.CheckState.Checked)
            item.setForeground(QBrush(QColor(self._theme.muted if y is None else class_color(self._theme, y))))
            item.setToolTip(f"{name}: {'not used' if y is None else f'y = {y}'}")
        self.list.blockSignals(False)
        self.all_button.setText(all_text)

    def pop_up(self, place: QPoint) -> None:
        """Come up with the upper left corner at a point of the screen."""
        rows = min(_MOST_ROWS, self.list.count())
        self.list.setFixedSize(_WIDTH, rows * max(18, self.list.sizeHintForRow(0)) + 6)
        self.adjustSize()
        self.move(place)
        self.show()
        self.list.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # a list takes Esc for itself in some styles, and Enter would do nothing
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in _CLOSING:
            self.close()
            return True
        return super().eventFilter(watched, event)

    def _on_changed(self, item: QListWidgetItem) -> None:
        self.toggled.emit(self.list.row(item))
