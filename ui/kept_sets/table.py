"""The table of the user's data sets: what each is, its name to be typed anew in place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from playground.own_data.description import MAX_NAME
from ui.kept_sets.kept_sets import Entry
from ui.number_format import grouped
from ui.theme import Theme

__all__ = ["SetsTable"]

_NAME, _IMAGES, _CLASSES, _SIZE = range(4)
_HEADERS = ("Name", "Images", "Classes", "Pixels")
_ENTRY = Qt.ItemDataRole.UserRole


class SetsTable(QTreeWidget):
    """entry_chosen: another row is the present one; renamed (Entry, name): a name was typed; rename_asked,
    delete_asked: by a key, or by a double click.
    """

    entry_chosen = Signal()
    renamed = Signal(object, str)
    rename_asked = Signal()
    delete_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderLabels(_HEADERS)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setItemDelegateForColumn(_NAME, _Names(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Your data sets")
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        self.currentItemChanged.connect(self.entry_chosen)
        self.itemChanged.connect(self._on_edited)
        self.itemDoubleClicked.connect(self.rename_asked)

    @property
    def entry(self) -> Entry | None:
        """The set of the present row."""
        item = self.currentItem()
        return None if item is None else item.data(_NAME, _ENTRY)

    def show_entries(self, entries: Sequence[Entry], learnt: str, theme: Theme) -> None:
        """List data sets; the present row stays that of its set. learnt: the name of the one that is learnt now."""
        chosen = self.entry
        self.blockSignals(True)
        self.clear()
        for entry in entries:
            item = _item(entry, is_learnt=entry.name == learnt and not entry.is_deleted)
            if entry.is_deleted:
                for column in range(len(_HEADERS)):
                    item.setForeground(column, QBrush(QColor(theme.muted)))
            self.addTopLevelItem(item)
            if chosen is not None and (entry.path, entry.is_deleted) == (chosen.path, chosen.is_deleted):
                self.setCurrentItem(item)
        first = self.topLevelItem(0)
        if self.currentItem() is None and first is not None:
            self.setCurrentItem(first)
        self.blockSignals(False)

    def edit_name(self) -> None:
        """Let the name of the present row be typed."""
        if (item := self.currentItem()) is not None:
            self.editItem(item, _NAME)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F2:
            self.rename_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)

    @Slot(QTreeWidgetItem, int)
    def _on_edited(self, item: QTreeWidgetItem, column: int) -> None:
        entry: Entry = item.data(_NAME, _ENTRY)
        if column == _NAME and item.text(_NAME) != entry.name:
            self.renamed.emit(entry, item.text(_NAME))


class _Names(QStyledItemDelegate):
    """A name is typed in place, no longer than it may be; nothing else can be edited."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setMaxLength(MAX_NAME - 4)
            editor.setAccessibleName("Name of the data set")
        return editor


def _item(entry: Entry, *, is_learnt: bool) -> QTreeWidgetItem:
    summary = entry.summary
    state = " (deleted)" if entry.is_deleted else ""
    figures = ("", "", "")
    if summary is not None:
        side = summary.image_size
        figures = (grouped(summary.images), grouped(summary.classes), f"{side}×{side}")
    item = QTreeWidgetItem([entry.name + state, *figures])
    item.setData(_NAME, _ENTRY, entry)
    item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable)
    for column in (_IMAGES, _CLASSES, _SIZE):
        item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    tip = "the network learns it now" if is_learnt else "cannot be read" if summary is None else ""
    item.setToolTip(_NAME, f"{entry.name}{state}" + (f": {tip}" if tip else ""))
    return item
