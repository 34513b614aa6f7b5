"""The samples of one class as rows of a Qt model, which can be dragged to another class."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from ui.classify.pixel_view import picture_of
from ui.workshop.workshop import Workshop

__all__ = ["MIME_TYPE", "SampleModel"]

MIME_TYPE = "application/x-cnn-playground-samples"
_ONE_BY_ONE = 64  # more rows that come or go at once are a reset
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class SampleModel(QAbstractListModel):
    """Row i of the model is sample `sample(i)` of the collection, oldest first."""

    def __init__(self, workshop: Workshop, label: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self.label = label
        # none before `refresh`: a view lays all of them out with each change of its looks
        self._samples: NDArray[np.intp] = np.zeros(0, np.intp)

    def sample(self, row: int) -> int:
        """The sample's row in the collection."""
        return int(self._samples[row])

    def row_of(self, sample: int) -> int | None:
        """Where a sample stands here, None if it is not of this class."""
        place = int(np.searchsorted(self._samples, sample))
        return place if place < len(self._samples) and self._samples[place] == sample else None

    def picture(self, row: int) -> QImage:
        """The sample's image."""
        return picture_of(self._workshop.collection.images[self._samples[row]] / np.float32(255))

    def is_test(self, row: int) -> bool:
        """True for a test image."""
        return bool(self._workshop.collection.in_test[self._samples[row]])

    def is_excluded(self, row: int) -> bool:
        """True for a sample that is left out."""
        return bool(self._workshop.collection.excluded[self._samples[row]])

    def refresh(self) -> None:
        """Follow the collection; rows that stay keep their selection."""
        now, before = self._workshop.collection.rows(self.label), self._samples
        if np.array_equal(now, before):
            return
        gone, come = _differences(before, now)
        if gone is None or come is None:
            self.beginResetModel()
            self._samples = now
            self.endResetModel()
            return
        for place in gone[::-1]:
            self.beginRemoveRows(_NOWHERE, int(place), int(place))
            self._samples = np.delete(self._samples, place)
            self.endRemoveRows()
        for place in come:
            self.beginInsertRows(_NOWHERE, int(place), int(place))
            self._samples = np.insert(self._samples, place, now[place])
            self.endInsertRows()
        # no dataChanged: Qt goes through all rows for it, and what is seen is painted again anyway

    # what Qt asks

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._samples)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if index.isValid() and role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(index.row())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [MIME_TYPE]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        mime = QMimeData()
        mime.setData(MIME_TYPE, json.dumps([self.sample(index.row()) for index in indexes]).encode())
        return mime

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def dropMimeData(self, data: QMimeData, _action: Qt.DropAction, _row: int, _column: int, _parent: Index) -> bool:
        samples = _samples_in(data)
        return samples is not None and self._workshop.relabel(samples, self.label)

    def _words(self, row: int) -> str:
        name = self._workshop.collection.classes[self.label].name
        part = "test" if self.is_test(row) else "train"
        return f"Image {row + 1} of {name}, {part}{', excluded' if self.is_excluded(row) else ''}"


def _differences(
    before: NDArray[np.intp], now: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]] | tuple[None, None]:
    """Which places of `before` are gone and which of `now` are new, (None, None) if these are many."""
    if abs(len(now) - len(before)) > _ONE_BY_ONE:
        return None, None
    gone, come = np.flatnonzero(~np.isin(before, now)), np.flatnonzero(~np.isin(now, before))
    return (gone, come) if len(gone) + len(come) <= _ONE_BY_ONE else (None, None)


def _samples_in(data: QMimeData) -> NDArray[np.intp] | None:
    if not data.hasFormat(MIME_TYPE):
        return None
    return np.array(json.loads(bytes(data.data(MIME_TYPE).data())), np.intp)
