"""The table of runs: what each was made of, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from playground.experiments.recording import Recording
from playground.experiments.values import VARIED
from ui.number_format import format_number, grouped, percent
from ui.sort_header import SortHeader
from ui.theme import DARK, Theme, number_font, palette_color

__all__ = ["RunsTable"]

_SETTINGS = tuple(VARIED)
_RESULTS = ("step", "train loss", "train acc", "test loss", "test acc", "seconds", "note")
_SORT = Qt.ItemDataRole.UserRole


class _Item(QTableWidgetItem):
    """Sorts by its number, not by its text."""

    def __lt__(self, other: QTableWidgetItem) -> bool:
        mine, theirs = self.data(_SORT), other.data(_SORT)
        if isinstance(mine, float) and isinstance(theirs, float):
            return mine < theirs
        return self.text() < other.text()


class RunsTable(QTableWidget):
    """A row a run; a click on a head sorts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 1 + len(_SETTINGS) + len(_RESULTS), parent)
        self._theme = DARK
        self._shown: list[tuple[str, int, Recording]] = []
        self.setAccessibleName("Runs")
        self.setHorizontalHeader(SortHeader(self))
        self.setHorizontalHeaderLabels(["run", *(VARIED[name].label for name in _SETTINGS), *_RESULTS])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(22)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setDefaultSectionSize(50)  # that of the last one, where it is not stretched
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)  # in the order of the runs, until a head is clicked
        header.sortIndicatorChanged.connect(lambda section, _order: header.setSortIndicatorShown(section >= 0))
        self.setMinimumHeight(96)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self._fill()

    def show_runs(self, runs: Sequence[tuple[str, int, Recording]]) -> None:
        """Show these runs: name, place in the palette, and what is kept of each."""
        self._shown = list(runs)
        self._fill()

    def _fill(self) -> None:
        self.setSortingEnabled(False)
        self.setRowCount(len(self._shown))
        for row, (name, color, recording) in enumerate(self._shown):
            cells = [(name, None), *self._settings(recording), *self._results(recording)]
            for column, (text, value) in enumerate(cells):
                item = _Item(text)
                item.setData(_SORT, value)
                item.setToolTip(text)
                if column == 0:
                    item.setForeground(QBrush(QColor(palette_color(self._theme, color))))
                else:
                    item.setFont(number_font(9.0))
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(row, column, item)
        self.setSortingEnabled(True)
        header = self.horizontalHeader()
        header.setSortIndicatorShown(header.sortIndicatorSection() >= 0)  # every head would be wider by its arrow

    @staticmethod
    def _settings(recording: Recording) -> list[tuple[str, float | None]]:
        cells: list[tuple[str, float | None]] = []
        for name in _SETTINGS:
            value = getattr(recording.settings, name)
            cells.append((recording.shown(name), float(value) if isinstance(value, int | float) else None))
        return cells

    @staticmethod
    def _results(recording: Recording) -> list[tuple[str, float | None]]:
        cells: list[tuple[str, float | None]] = [(grouped(recording.step), float(recording.step))]
        final = recording.final
        for name in ("train_loss", "train_accuracy", "test_loss", "test_accuracy"):
            if final is None:
                cells.append(("", None))
                continue
            value = float(getattr(final, name))
            cells.append((percent(value, 1) if name.endswith("accuracy") else format_number(value), value))
        cells.append((f"{recording.seconds:.1f}", recording.seconds))
        cells.append((recording.diverged or (f"trained with a bug: {recording.flaw}" if recording.flaw else ""), None))
        return cells
