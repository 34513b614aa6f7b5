"""The gallery: thumbnails of a model's rows, drawn when they are seen."""

from __future__ import annotations

import dataclasses

import numpy as np
from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.number_format import grouped
from ui.see_data.mosaic import GAP, STRIP, Look, Measures, measures, mosaic
from ui.see_data.sample_model import SampleModel
from ui.theme import DARK, Theme

__all__ = ["Thumbnails"]

_MOVES = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
    }
)


class _WholeCell(QStyledItemDelegate):
    """A thumbnail takes all of its cell, whatever the length of its words."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        view = self.parent()
        assert isinstance(view, QListView)
        return view.gridSize()


class Thumbnails(QListView):
    """`chosen` brings the place of the image that a click or a key chose; `left` tells that the mouse has gone."""

    is_picture = True

    chosen = Signal(int)
    left = Signal()

    def __init__(self, model: SampleModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._theme = DARK
        self._size = "large"
        self._current: int | None = None
        self.mouse_inside = False
        self.sizes = Measures(28, 28, 31, 34, 0)
        self.setModel(model)
        self.setItemDelegate(_WholeCell(self))
        model.answers_changed.connect(self.viewport().update)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("All images")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.viewport().update()

    def set_size(self, size: str) -> None:
        """ "small", or "large" with a line of text each."""
        self._size = size
        self.fit()

    def fit(self) -> None:
        """Suit the grid to the images and names of the model."""
        population = self._model.population
        if population is not None:
            least = measures(population.dataset.x_train.shape[2:], population.names, self._size)
            # the thumbnails share what is left of a row, but for a pixel or two without which Qt begins a new one
            room = self.viewport().width() - 2
            columns = max(1, room // least.cell_width)
            self.sizes = dataclasses.replace(least, cell_width=max(least.cell_width, room // columns))
            self.setGridSize(QSize(self.sizes.cell_width, self.sizes.cell_height))
            self.verticalScrollBar().setSingleStep(max(20, self.sizes.cell_height // 2))
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.fit()
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.setAccessibleDescription(f"{grouped(self._model.rowCount())} images; arrow keys choose one")

    def mark(self, place: int | None, scroll: bool = False) -> None:
        """Mark an image as the chosen one, without telling; it need not be shown."""
        self._current = place
        row = None if place is None else self._model.row_of(place)
        index = QModelIndex() if row is None else self._model.index(row)
        value = self.verticalScrollBar().value()
        self.selectionModel().blockSignals(True)
        self.setCurrentIndex(index)
        self.selectionModel().blockSignals(False)
        if not scroll:
            self.verticalScrollBar().setValue(value)
        self.viewport().update()

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            place = int(self._model.places[current.row()])
            if place != self._current:
                self._current = place
                self.chosen.emit(place)
        self.viewport().update()

    @property
    def columns(self) -> int:
        """Thumbnails in a row."""
        fitting = max(1, self.viewport().width() // self.sizes.cell_width)
        count = self._model.rowCount()
        # Qt has the last word on how many it puts beside each other
        while fitting > 1 and fitting <= count and self._top(fitting - 1) != self._top(0):
            fitting -= 1
        return fitting

    def _top(self, row: int) -> int:
        return self.visualRect(self._model.index(row)).top()

    def picture_rect(self, row: int) -> QRect:
        """Where the image of a row stands in the viewport, with its strip."""
        cell = self.visualRect(self._model.index(row))
        left = cell.left() + (self.sizes.cell_width - GAP - self.sizes.width) // 2
        return QRect(left, cell.top(), self.sizes.width, self.sizes.height + STRIP)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        count, population = self._model.rowCount(), self._model.population
        if population is None or not count:
            painter.setPen(QColor(self._theme.muted))
            words = "No images are so." if population is not None else "No data yet."
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, words)
        else:
            columns, origin = self.columns, self.visualRect(self._model.index(0))
            area = event.rect()
            first = max(0, (area.top() - origin.top()) // self.sizes.cell_height)
            last = (area.bottom() - origin.top()) // self.sizes.cell_height
            places = self._model.places[first * columns : (last + 1) * columns]
            if len(places):
                look = Look(self.sizes, self._theme, self.devicePixelRatioF())
                picture = mosaic(population, np.asarray(places), columns, look)
                painter.drawImage(origin.left(), origin.top() + first * self.sizes.cell_height, picture)
            self._paint_current(painter)

    def _paint_current(self, painter: QPainter) -> None:
        row = None if self._current is None else self._model.row_of(self._current)
        if row is None:
            return
        place = self.picture_rect(row)
        painter.setPen(QPen(QColor(self._theme.accent), 2))
        painter.drawRect(place.adjusted(1, 1, -1, -1))
        painter.setPen(QPen(QColor("#ffffff"), 1))  # on black paper in both themes
        painter.drawRect(place.adjusted(2, 2, -3, -3))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # letters and digits belong to the window, not to a search by name
        if event.key() in _MOVES and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            event.accept()
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        super().wheelEvent(event)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.mouse_inside = True

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.mouse_inside = False
        self.left.emit()
