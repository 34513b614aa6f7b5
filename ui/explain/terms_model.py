"""All terms of one cell as a table, a row a term, made only for the rows that are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from core.explain import Explanation, Factor, Term
from playground.notation.rules import cell_label
from ui.cell_ref import CellRef
from ui.explain.linker import Spotlight
from ui.explain.notation import ref_of
from ui.number_format import term_number

__all__ = ["TermsModel"]

_EXACT_DIGITS = 9  # of a float32, and more than enough of the float64 products

Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class TermsModel(QAbstractTableModel):
    """Columns: place in the sum, cell and number of each factor, product. Rows by place or by size of the product.

    New numbers for the same cell change no row: those who read keep their place. `reorder` sorts by the newest sizes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._light: Spotlight | None = None
        self._order: NDArray[np.intp] = np.arange(0)
        self._factors = 1
        self.by_size = True
        self.descending = True
        self._decimals = 4
        self._term = lru_cache(maxsize=512)(self._make_term)

    # --- what is shown ---------------------------------------------------------------------------------------------

    @property
    def found(self) -> Explanation | None:
        """The explanation whose terms these are."""
        return self._light.found if self._light else None

    def show_spotlight(self, light: Spotlight | None) -> None:
        """List the terms of a cell; of the same cell, only the numbers change."""
        before = self._light
        same = (
            before is not None
            and light is not None
            and (before.ref, before.found.count) == (light.ref, light.found.count)
            and self._factors == _factor_count(light.found)
        )
        if same:
            self._light = light
            self._term.cache_clear()
            self._numbers_changed()
            return
        self.beginResetModel()
        self._light = light
        self._factors = _factor_count(light.found) if light else 1
        self._term.cache_clear()
        self._order = self._sorted()
        self.endResetModel()

    def _numbers_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self._numbers_changed()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By size of the product in its column, by place in all others."""
        self.by_size = column == self.columnCount() - 1
        self.descending = order == Qt.SortOrder.DescendingOrder
        self.reorder()

    def reorder(self) -> None:
        """Sort anew by the newest numbers; selected terms stay selected."""
        order = self._sorted()
        if np.array_equal(order, self._order):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        place = np.empty(len(order), np.intp)
        place[order] = np.arange(len(order))
        after = [self.index(int(place[self._order[index.row()]]), index.column()) for index in before]
        self._order = order
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _sorted(self) -> NDArray[np.intp]:
        found = self.found
        if found is None:
            return np.arange(0)
        if not self.by_size:
            order = np.arange(found.count)
            return order[::-1] if self.descending else order
        magnitudes = np.abs(found.products)
        # NaN sorts last either way; equal terms keep their places
        return np.argsort(-magnitudes if self.descending else magnitudes, kind="stable")

    # --- the table -------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NO_PARENT) -> int:
        """One row a term."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NO_PARENT) -> int:
        """Place, two columns a factor, product."""
        return 0 if parent.isValid() else 2 * self._factors + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Vertical:
            return None
        last = section == self.columnCount() - 1
        if role == Qt.ItemDataRole.DisplayRole:
            if section == 0:
                return "#"
            # the sign of the order stands at the right end
            return "product\u00a0\u00a0\u00a0" if last else "factor" if section % 2 else "number\u00a0"
        if role == Qt.ItemDataRole.ToolTipRole:
            return "Sort by size, whatever the sign" if last else "Sort by place in the sum" if section == 0 else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section % 2 and not last else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """One number or the name of a cell; fonts and colours are the delegate's."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self.shown(index.row(), index.column())[0]
        return self._tip(index) if role == Qt.ItemDataRole.ToolTipRole else None

    def shown(self, row: int, column: int) -> tuple[str, str]:
        """The text of a cell and its role, which gives the colour: text, muted or derivative."""
        if column == 0:
            return str(int(self._order[row]) + 1), "muted"
        term = self.term(row)
        if column == self.columnCount() - 1:
            return term_number(term.product, self._decimals), "text"
        position = (column - 1) // 2
        if position >= len(term.factors):
            return "", "text"
        factor = term.factors[position]
        if column % 2 == 0:
            return term_number(factor.value, self._decimals), "text"
        return self._cell(factor), "derivative" if factor.array.startswith("d") else "text"

    def _tip(self, index: Index) -> str | None:
        factor = self._factor(index)
        return f"Go to {self._cell(factor)}" if factor and factor.array and index.column() % 2 else None

    def _cell(self, factor: Factor) -> str:
        """'X[2,3]', 'σ(z₂)' for a function of a cell, '1/m' for a constant."""
        if not factor.array or self._light is None:
            return factor.symbol
        name = cell_label(self._light.trace, factor.array, factor.index)
        return factor.symbol.replace("…", name) if factor.symbol else name

    def _factor(self, index: Index) -> Factor | None:
        column = index.column()
        if column == 0 or column == self.columnCount() - 1:
            return None
        factors = self.term(index.row()).factors
        return factors[(column - 1) // 2] if (column - 1) // 2 < len(factors) else None

    @property
    def decimals(self) -> int:
        """Decimals of the numbers."""
        return self._decimals

    def longest_name(self, column: int) -> int:
        """Characters of the longest name that a column of factors may hold."""
        found = self.found
        if found is None or self._light is None:
            return 8
        arrays = self._light.trace.arrays
        longest = 4
        for group in found.groups:
            if (column - 1) // 2 >= len(group.columns):
                continue
            part = group.columns[(column - 1) // 2]
            if part.cells is None:
                longest = max(longest, len(part.symbol))
                continue
            largest = [side - 1 for side in arrays[part.cells.array].shape]
            longest = max(longest, len(self._cell(Factor(part.cells.array, tuple(largest), 0.0, part.symbol))))
        return longest

    def term(self, row: int) -> Term:
        """The term in a row."""
        return self._term(int(self._order[row]))

    def _make_term(self, place: int) -> Term:
        assert self._light is not None
        return self._light.found.term(place)

    def cell_of(self, index: Index) -> CellRef | None:
        """The cell of the factor at an index, None in the columns of places and products and for constants."""
        factor = self._factor(index)
        return ref_of(factor.array, factor.index) if factor and factor.array else None

    def as_text(self, rows: Sequence[int]) -> str:
        """The rows with a heading, columns separated by tabs, numbers in full."""
        heading = ["#", *["factor", "number"] * self._factors, "product"]
        lines = ["\t".join(heading)]
        for row in rows:
            term = self.term(row)
            parts = [str(int(self._order[row]) + 1)]
            for position in range(self._factors):
                factor = term.factors[position] if position < len(term.factors) else None
                parts += [self._cell(factor), f"{factor.value:.{_EXACT_DIGITS}g}"] if factor else ["", ""]
            lines.append("\t".join([*parts, f"{term.product:.{_EXACT_DIGITS}g}"]))
        return "\n".join(lines) + "\n"


def _factor_count(found: Explanation) -> int:
    return max((len(group.columns) for group in found.groups), default=1)
