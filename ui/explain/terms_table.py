"""The table of terms: keys and mouse of the rows, what is copied, where a click on a factor leads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.explain.terms_model import TermsModel
from ui.flow.text import CellRef
from ui.theme import DARK, Theme, number_font

__all__ = ["TermsTable"]

_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _TermPainter(QStyledItemDelegate):
    """Draws a cell with one question to the model; Qt's own would ask for nine roles, in Python, ten times a second."""

    def __init__(self, terms: TermsModel, parent: QTableView) -> None:
        super().__init__(parent)
        self._terms = terms
        self.font = number_font(9)
        self.use_theme(DARK)

    def use_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        roles = {"text": theme.text, "muted": theme.muted, "link": theme.accent, "derivative": theme.backward}
        self._colors = {role: QColor(color) for role, color in roles.items()}
        self._selected = QColor(theme.accent), QColor(theme.accent_text)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One cell, names to the left and numbers to the right."""
        text, role = self._terms.shown(index)
        room = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected:
            painter.fillRect(room, self._selected[0])
        column = index.column()
        left = column % 2 == 1 and column != self._terms.columnCount() - 1
        painter.setFont(self.font)
        painter.setPen(self._selected[1] if selected else self._colors[role])
        painter.drawText(room.adjusted(4, 0, -4, 0), _LEFT if left else _RIGHT, text)


class TermsTable(QTableView):
    """Rows are selected by their numbers and copied with Ctrl+C; a click or Enter on a factor's name goes there."""

    factor_chosen = Signal(object)
    """The CellRef of the factor that was clicked."""
    factor_pointed = Signal(object)
    """The CellRef under the mouse, None where there is none."""

    def __init__(self, terms: TermsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.terms = terms
        self._pointed: CellRef | None = None
        self._narrow = False
        self.setModel(terms)
        self._painter = _TermPainter(terms, self)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Terms")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        metrics = QFontMetrics(number_font(9))
        self._char = metrics.horizontalAdvance("0")
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(metrics.height() + 2)
        rows.setDefaultSectionSize(metrics.height() + 3)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.setMinimumSectionSize(24)
        columns.setStretchLastSection(True)
        self.setSortingEnabled(True)
        self.fit_columns()
        self.clicked.connect(self._go)
        terms.modelReset.connect(self.fit_columns)

    def set_narrow(self, narrow: bool) -> None:
        """The product first and no places, so that the product needs no scrolling."""
        self._narrow = narrow
        self.fit_columns()

    @Slot()
    def fit_columns(self) -> None:
        """Columns as wide as the widest name and number that may stand in them."""
        last = self.terms.columnCount() - 1
        number = self.terms.decimals + 4
        for column in range(last + 1):
            characters = self.terms.longest_name(column) if column % 2 else number
            characters = 4 if column == 0 else number + 2 if column == last else characters
            self.setColumnWidth(column, round((characters + (1.9 if column % 2 else 1.2)) * self._char))
        columns = self.horizontalHeader()
        self.setColumnHidden(0, self._narrow)
        order_of_columns = [last, *range(last)] if self._narrow else list(range(last + 1))
        for place, column in enumerate(order_of_columns):  # Qt keeps moved places when the columns change in number
            columns.moveSection(columns.visualIndex(column), place)
        order = Qt.SortOrder.DescendingOrder if self.terms.descending else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(self.horizontalHeader()):
            self.horizontalHeader().setSortIndicator(last if self.terms.by_size else 0, order)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._painter.use_theme(theme)
        self.viewport().update()

    def selected_rows(self) -> list[int]:
        """The selected rows from top to bottom."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy(self, rows: list[int]) -> None:
        """Put rows on the clipboard, columns separated by tabs."""
        QGuiApplication.clipboard().setText(self.terms.as_text(rows))

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        cell = self.terms.cell_of(index) if index.column() % 2 else None
        plain = QGuiApplication.keyboardModifiers() == Qt.KeyboardModifier.NoModifier
        if cell and plain:
            self.factor_chosen.emit(cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies the selected rows, Enter goes to the factor of the current cell."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = self.selected_rows()
            if rows:
                self.copy(rows)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            cell = self.terms.cell_of(self.currentIndex())
            if cell:
                self.factor_chosen.emit(cell)
        elif event.text() and not event.modifiers():
            event.ignore()  # letters and digits belong to the window; the table would search with them
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The hand shows where a click leads; the cell is told."""
        index = self.indexAt(event.position().toPoint())
        cell = self.terms.cell_of(index) if index.isValid() else None
        link = cell is not None and index.column() % 2 == 1
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor)
        self._point(cell)
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """No factor is pointed at."""
        self._point(None)
        super().leaveEvent(event)

    def _point(self, cell: CellRef | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.factor_pointed.emit(cell)
