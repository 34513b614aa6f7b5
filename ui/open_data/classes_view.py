"""The table of the classes that were found, with bars for counts and pictures as sharp squares of pixels."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.number_format import grouped
from ui.open_data.classes_model import COUNT_ROLE, MOST_ROLE, NAME, PICTURES, PICTURES_ROLE, TEST, TRAIN, ClassesModel
from ui.theme import DARK, Theme, number_font

__all__ = ["ClassesView"]

_LEAST_SIDE = 32  # small images are enlarged to about this
_GAP = 3
_BAR_HEIGHT = 4
_NAME_WIDTH, _COUNT_WIDTH = 150, 74

_Index = QModelIndex | QPersistentModelIndex


class _Bars(QStyledItemDelegate):
    """A number with a bar under it, in the colour of its part."""

    theme = DARK

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        place = option.rect.adjusted(6, 4, -6, -4)
        count, most = index.data(COUNT_ROLE), index.data(MOST_ROLE)
        color = QColor(self.theme.train if index.column() == TRAIN else self.theme.test)
        painter.setFont(number_font(9.0))
        painter.setPen(QColor(self.theme.text if count else self.theme.muted))
        top = place.center().y() - (painter.fontMetrics().height() + _BAR_HEIGHT) // 2
        text = QRect(place.left(), top, place.width(), painter.fontMetrics().height())
        painter.drawText(text, Qt.AlignmentFlag.AlignRight, grouped(count))
        if count:
            width = max(1, round(place.width() * count / most))
            painter.fillRect(QRect(place.right() - width + 1, text.bottom() + 1, width, _BAR_HEIGHT), color)


class _Pictures(QStyledItemDelegate):
    """As many whole pictures as fit."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        place = option.rect
        pictures: list[QImage] = index.data(PICTURES_ROLE)
        left = place.left() + _GAP
        for picture in pictures:
            side = picture.width() * _scale(picture.width())
            if left + side > place.right():
                return
            painter.drawImage(QRect(left, place.center().y() - side // 2, side, side), picture)
            left += side + _GAP


class ClassesView(QTableView):
    """Shows a ClassesModel; the rows are as high as the pictures are."""

    def __init__(self, model: ClassesModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName("Classes")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self._bars = _Bars(self)
        self._pictures = _Pictures(self)
        for column in (TRAIN, TEST):
            self.setItemDelegateForColumn(column, self._bars)
            self.setColumnWidth(column, _COUNT_WIDTH)
        self.setItemDelegateForColumn(PICTURES, self._pictures)
        self.setColumnWidth(NAME, _NAME_WIDTH)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.fit_rows(28)

    def fit_rows(self, image_size: int) -> None:
        """Make the rows as high as images of such a side need."""
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(8)
        rows.setDefaultSectionSize(image_size * _scale(image_size) + 2 * _GAP)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._bars.theme = theme
        self.setStyleSheet(
            f"QTableView {{ background: {theme.panel}; border: 1px solid {theme.panel_border}; }}"
            f"QTableView::item:selected {{ background: {theme.panel_border}; color: {theme.text}; }}"
            f"QHeaderView::section {{ background: {theme.panel}; color: {theme.muted}; border: none;"
            f" border-bottom: 1px solid {theme.panel_border}; padding: 3px 6px; }}"
        )
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(560, 320)


def _scale(side: int) -> int:
    return max(1, _LEAST_SIDE // side)
