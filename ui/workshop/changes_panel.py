"""What was changed, newest first, to be undone and done again."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from ui.controls import CalmToolButton
from ui.icons import glyph_icon
from ui.panel import Panel
from ui.theme import DARK, Theme, slim_scroll_bar
from ui.workshop.workshop import Workshop

__all__ = ["ChangesModel", "ChangesPanel"]

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ChangesModel(QAbstractListModel):
    """Undone changes (muted, the last to be done again on top), then what was done, newest first."""

    def __init__(self, workshop: Workshop, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self.muted = DARK.muted
        self._undone: list[str] = []
        self._done: list[str] = []

    def refresh(self) -> None:
        """Follow the collection."""
        self.beginResetModel()
        collection = self._workshop.collection
        self._undone = [change.text for change in collection.undone]
        self._done = [change.text for change in reversed(collection.changes)]
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._undone) + len(self._done)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        undone = index.row() < len(self._undone)
        text = self._undone[index.row()] if undone else self._done[index.row() - len(self._undone)]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"({text})" if undone else text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{text}, undone" if undone else text
        if role == Qt.ItemDataRole.ForegroundRole and undone:
            return QColor(self.muted)
        return None


class ChangesPanel(Panel):
    """The list with its two buttons."""

    def __init__(self, workshop: Workshop, parent: QWidget | None = None) -> None:
        super().__init__("Changes", parent)
        self._workshop = workshop
        self.model = ChangesModel(workshop, self)
        self.list = QListView()
        self.list.setModel(self.model)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("What was changed, newest first")
        self.list.setToolTip(
            "What was changed since the data set was opened, newest first; what was undone in brackets"
        )
        self.body.addWidget(self.list, 1)
        self.undo_button = self._button("Undo change", "Take back the newest change (Ctrl+Z)", workshop.undo)
        self.redo_button = self._button("Redo change", "Make the change again (Ctrl+Shift+Z)", workshop.redo)
        workshop.opened.connect(self._follow)
        workshop.changed.connect(self._follow)
        self._follow()

    def _button(self, spoken: str, tip: str, act: object) -> CalmToolButton:
        button = CalmToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(18, 18))
        button.setFixedSize(28, 22)
        button.setAccessibleName(spoken)
        button.setToolTip(tip)
        assert callable(act)
        button.clicked.connect(lambda _checked=False: act())
        self.header.addWidget(button)
        return button

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.model.muted = theme.muted
        self.list.setStyleSheet(f"QListView {{ background: transparent; }}{slim_scroll_bar(theme)}")
        off = theme.grid if theme.is_dark else theme.panel_border
        self.undo_button.setIcon(glyph_icon("undo", theme.text, off))
        self.redo_button.setIcon(glyph_icon("redo", theme.text, off))

    def _follow(self) -> None:
        self.model.refresh()
        self.undo_button.setEnabled(bool(self._workshop.collection.changes))
        self.redo_button.setEnabled(bool(self._workshop.collection.undone))
