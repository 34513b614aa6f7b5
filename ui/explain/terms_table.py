"""The table of terms: keys and mouse of the rows, what is copied, where a click on a factor leads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from ui.cell_ref import CellRef
from ui.explain.terms_model import TermsModel
from ui.number_batch import NumberBatch
from ui.sort_header import SortHeader
from ui.theme import DARK, Theme, name_color, number_font, slim_scroll_bar

__all__ = ["TermsTable"]

_KEPT_NAMES = 2000
_POINTS = 9.0
_BESIDE_HEAD = 9
"""Pixels that Qt leaves free at both sides of the head of a column."""


class TermsTable(QTableView):
    """Rows are selected by their numbers and copied with Ctrl+C; a click or Enter on a factor's name goes there."""

    factor_chosen = Signal(object)
    """The CellRef of the factor that was clicked."""
    menu_requested = Signal(QPoint)
    """The menu of the cell whose terms these are, and where on the screen."""
    factor_pointed = Signal(object)
    """The CellRef under the mouse, None where there is none."""

    def __init__(self, terms: TermsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.terms = terms
        self._pointed: CellRef | None = None
        self._narrow = self._product_first = False
        self.setModel(terms)
        self._numbers = NumberBatch(number_font(_POINTS))
        self._names: dict[str, QStaticText] = {}
        self.set_theme(DARK)
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
        metrics = QFontMetrics(number_font(_POINTS))
        self._char = metrics.horizontalAdvance("0")
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(metrics.height() + 2)
        rows.setDefaultSectionSize(metrics.height() + 3)
        self.setHorizontalHeader(SortHeader(self))
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        # as the numbers beneath, which do not follow the desktop's font
        columns.setStyleSheet(f"QHeaderView {{ font-size: {_POINTS}pt; }}")
        columns.setSectionsClickable(True)
        columns.setMinimumSectionSize(24)
        columns.setStretchLastSection(True)
        self.setSortingEnabled(True)
        self.fit_columns()
        self.clicked.connect(self._go)
        terms.modelReset.connect(self.fit_columns)

    def set_narrow(self, narrow: bool) -> None:
        """The product first and no places, in however few columns."""
        self._narrow = narrow
        self.fit_columns()

    @Slot()
    def fit_columns(self) -> None:
        """Columns as wide as the widest name and number that may stand in them; the product is always in view."""
        last = self.terms.columnCount() - 1
        narrow = self._product_first = self._is_product_first()
        columns = self.horizontalHeader()
        columns.setStretchLastSection(narrow)  # else the product would stand far from its factors in a wide window
        for column, width in enumerate(self._widths(narrow)):
            self.setColumnHidden(column, False)  # Qt may have hidden another one as the columns changed in number
            self.setColumnWidth(column, width)
        self.setColumnHidden(0, narrow)
        order_of_columns = [last, *range(last)] if narrow else list(range(last + 1))
        for place, column in enumerate(order_of_columns):  # Qt keeps moved places when the columns change in number
            columns.moveSection(columns.visualIndex(column), place)
        order = Qt.SortOrder.DescendingOrder if self.terms.descending else Qt.SortOrder.AscendingOrder
        with QSignalBlocker(self.horizontalHeader()):
            self.horizontalHeader().setSortIndicator(last if self.terms.by_size else 0, order)

    def _is_product_first(self) -> bool:
        return self._narrow or sum(self._widths(narrow=False)) > self.viewport().width()

    def _widths(self, narrow: bool) -> list[int]:
        last = self.terms.columnCount() - 1
        number = self.terms.decimals + 5  # "−0.001234", "−1.234e−5"
        widths = []
        for column in range(last + 1):
            characters = self.terms.longest_name(column) if column % 2 else number
            characters = 4 if column == 0 else number + 1 if column == last else characters
            beside = (0.6 if column % 2 else 0.3) if narrow else (1.9 if column % 2 else 1.2)
            head = str(self.terms.headerData(column, Qt.Orientation.Horizontal))
            needed = self.horizontalHeader().fontMetrics().horizontalAdvance(head) + _BESIDE_HEAD
            widths.append(max(needed, round((characters + beside) * self._char)))
        return widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The product goes first as soon as it would need scrolling."""
        super().resizeEvent(event)
        if self._is_product_first() != self._product_first:
            self.fit_columns()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._theme = theme
        self.verticalScrollBar().setStyleSheet(slim_scroll_bar(theme))
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows that are seen, all their numbers at once.

        Qt's own way asks a delegate for every cell, which in Python takes longer than the rest of a frame together.
        """
        theme, terms = self._theme, self.terms
        colors = {"text": theme.text, "muted": theme.muted, "derivative": name_color(theme, "d")}
        last = terms.columnCount() - 1
        columns = [
            (
                column,
                self.columnViewportPosition(column) + 4,
                self.columnWidth(column) - 8,
                column % 2 == 1 and column != last,
            )
            for column in range(last + 1)
            if not self.isColumnHidden(column)
        ]
        chosen = set(self.selected_rows())
        painter = QPainter(self.viewport())
        painter.setFont(number_font(_POINTS))
        top = max(self.rowAt(event.rect().top()), 0)
        for row in range(top, terms.rowCount()):
            y, height = self.rowViewportPosition(row), self.rowHeight(row)
            if y > event.rect().bottom():
                break
            if row in chosen:
                painter.fillRect(0, y, self.viewport().width(), height, QColor(theme.accent))
            for column, x, width, is_name in columns:
                text, role = terms.shown(row, column)
                color = theme.accent_text if row in chosen else colors[role]
                if is_name:
                    painter.setPen(QColor(color))
                    name = self._name(text)
                    painter.drawStaticText(x, y + round((height - name.size().height()) / 2), name)
                else:
                    self._numbers.add_as_text(text, (x, y, width, height), color, share=1.0)
        self._numbers.paint(painter)

    def _name(self, text: str) -> QStaticText:
        """The name of a cell, laid out once: the same few hundred come again in every frame."""
        name = self._names.get(text)
        if name is None:
            if len(self._names) >= _KEPT_NAMES:
                self._names.clear()
            name = self._names[text] = QStaticText(text)
            name.setTextFormat(Qt.TextFormat.PlainText)
            name.prepare(font=number_font(_POINTS))
        return name

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the cell whose terms these are."""
        self.menu_requested.emit(event.globalPos())

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
