"""The classes that were found, a row each: used or not, name, images of each part, the first pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage

from playground.own_data.importing import Preview
from playground.own_data.source import Found
from ui.classify.pixel_view import picture_of
from ui.number_format import grouped
from ui.open_data.choice import Choice

__all__ = ["COUNT_ROLE", "MOST_ROLE", "NAME", "PICTURES", "PICTURES_ROLE", "TEST", "TRAIN", "ClassesModel"]

NAME, TRAIN, TEST, PICTURES = range(4)
COUNT_ROLE, MOST_ROLE, PICTURES_ROLE = (Qt.ItemDataRole.UserRole + place for place in range(3))
"""A count, the largest count of all (for bars of one scale), and the pictures (list of QImage)."""

_HEADERS = ("Class", "Train", "Test", "First images, as the network will see them")
_Index = QModelIndex | QPersistentModelIndex


class ClassesModel(QAbstractTableModel):
    """`chosen` brings the Choice after a class was switched or renamed here."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._choice: Choice | None = None
        self._counts: dict[int, tuple[int, int]] = {}
        self._pictures: dict[int, list[QImage]] = {}
        self._found = np.zeros(0, np.int64)
        self._most = 1

    def show_found(self, found: Found, choice: Choice) -> None:
        """Begin with what was found; the preview follows."""
        self.beginResetModel()
        self._choice = choice
        self._found = np.bincount(found.labels, minlength=len(found.class_names))
        self._counts, self._pictures = {}, {}
        self._most = 1
        self.endResetModel()

    def clear(self) -> None:
        """Show no classes."""
        self.beginResetModel()
        self._choice = None
        self.endResetModel()

    def set_choice(self, choice: Choice) -> None:
        """Show a choice that was made elsewhere."""
        self._choice = choice
        self._changed()

    def show_preview(self, preview: Preview, labels: tuple[int, ...]) -> None:
        """Show what becomes of the classes `labels`, one for each class of the preview."""
        pairs = zip(labels, zip(preview.train, preview.test, strict=True), strict=True)
        self._counts = dict(pairs)
        self._most = max(1, *preview.train, *preview.test)
        self._pictures = {label: [] for label in labels}
        for image, place in zip(preview.images, preview.labels, strict=True):
            self._pictures[labels[place]].append(picture_of(np.divide(image, 255, dtype=np.float32)))
        self._changed()

    def pictures(self, label: int) -> list[QImage]:
        """The first pictures of a class; none if it is left out."""
        return self._pictures.get(label, [])

    def counts(self, label: int) -> tuple[int, int]:
        """Training and test images of a class; none if it is left out."""
        return self._counts.get(label, (0, 0))

    def _changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, PICTURES))

    # what Qt asks

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() or self._choice is None else len(self._choice.names)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(_HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NAME:
            flags |= Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._choice is None or not index.isValid():
            return None
        label, column = index.row(), index.column()
        if column == NAME:
            return self._name(label, role)
        if column == PICTURES:
            return self._first(label, role)
        count = self._counts.get(label, (0, 0))[column - TRAIN]
        values: dict[int, int | str] = {COUNT_ROLE: count, MOST_ROLE: self._most}
        if label in self._counts:
            values[Qt.ItemDataRole.AccessibleTextRole] = f"{grouped(count)} {_HEADERS[column].lower()} images"
        return values.get(role)

    def _name(self, label: int, role: int) -> Any:
        assert self._choice is not None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._choice.names[label]
        if role == Qt.ItemDataRole.CheckStateRole:
            return Qt.CheckState.Checked if self._choice.used[label] else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole:
            found = f"{self._choice.names[label]}: {grouped(int(self._found[label]))} images found"
            return f"{found}\nSpace uses it or leaves it out, F2 renames it"
        return None

    def _first(self, label: int, role: int) -> Any:
        if role == PICTURES_ROLE:
            return self.pictures(label)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{grouped(len(self.pictures(label)))} pictures"
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if self._choice is None or index.column() != NAME:
            return False
        label = index.row()
        if role == Qt.ItemDataRole.CheckStateRole:
            choice = self._choice.with_used(label, Qt.CheckState(value) is Qt.CheckState.Checked)
        elif role == Qt.ItemDataRole.EditRole:
            choice = self._choice.with_name(label, str(value))
        else:
            return False
        if choice != self._choice:
            self.set_choice(choice)
            self.chosen.emit(choice)
        return True
