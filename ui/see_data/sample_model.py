"""The images asked for, as rows of a Qt model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from ui.see_data.population import Choice, Population

__all__ = ["SampleModel"]


class SampleModel(QAbstractListModel):
    """A row an image; `places` says which. Texts are made when they are asked for.

    `answers_changed`: the rows stay, but the network says something else of their images.
    """

    answers_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.population: Population | None = None
        self.places: NDArray[np.intp] = np.zeros(0, np.intp)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's own
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.population is None or not 0 <= index.row() < len(self.places):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return self.population.describe(int(self.places[index.row()]))
        return None

    def set_population(self, population: Population) -> None:
        """Other images; none are shown before they are asked for."""
        self.beginResetModel()
        self.population = population
        self.places = np.zeros(0, np.intp)
        self.endResetModel()

    def ask_for(self, choice: Choice) -> bool:
        """Show the images of a choice as they stand now; True if other images, or others first, are shown."""
        if self.population is None:
            return False
        found = self.population.places(choice)
        if np.array_equal(found, self.places):
            self.marks_changed()
            return False
        if len(found) == len(self.places):
            # as many as before in another order: Qt need not lay its rows out anew, which takes it 1 µs each
            self.places = found
            self.marks_changed()
            return True
        self.beginResetModel()
        self.places = found
        self.endResetModel()
        return True

    def marks_changed(self) -> None:
        """The same images, but the network says something else of them."""
        # not dataChanged: Qt goes through all rows for it
        self.answers_changed.emit()

    def row_of(self, place: int) -> int | None:
        """The row of an image, None if it is not shown."""
        found = np.flatnonzero(self.places == place)
        return int(found[0]) if len(found) else None
