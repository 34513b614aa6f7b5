"""The columns of all classes side by side, and what can be done with the samples that are chosen in them."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QWidget

from ui.theme import DARK, Theme
from ui.workshop.class_column import ClassColumn
from ui.workshop.workshop import Workshop

__all__ = ["Columns"]


class Columns(QScrollArea):
    """Samples are chosen in one column at a time. work_goes_on: a name was given, the canvas may have the focus."""

    selection_changed = Signal()
    work_goes_on = Signal()

    def __init__(self, workshop: Workshop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workshop = workshop
        self._theme = DARK
        self.columns: list[ClassColumn] = []
        self.add_button = QPushButton("+ Add class")
        self.add_button.setToolTip("Add a class (Ctrl+T)")
        self.add_button.setAccessibleName("Add class")
        self.add_button.clicked.connect(self.add_class)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Classes")
        body = QWidget()
        body.setObjectName("columnsBody")
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._row.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addStretch(1)
        self.setWidget(body)
        workshop.opened.connect(self._rebuild)
        workshop.changed.connect(self._follow)
        workshop.class_chosen.connect(self._show_chosen)
        self._rebuild()

    @property
    def selected(self) -> NDArray[np.intp]:
        """The chosen samples, ascending."""
        found = [column.view.selected_samples() for column in self.columns]
        return np.concatenate([np.zeros(0, np.intp), *found]).astype(np.intp)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.setStyleSheet("QScrollArea, QWidget#columnsBody { background: transparent; }")
        for column in self.columns:
            column.set_theme(theme)

    def add_class(self) -> None:
        """Add a class, to draw for it; its name is typed by a click on it or F2."""
        if self._workshop.add_class():
            self.work_goes_on.emit()

    def edit_name(self) -> None:
        """Let the name of the chosen class be typed."""
        if self._workshop.chosen < len(self.columns):
            self.columns[self._workshop.chosen].edit_name()

    def menu(self, parent: QWidget) -> QMenu:
        """What can be done with the chosen samples."""
        menu = QMenu(parent)
        samples = self.selected
        move = menu.addMenu("&Move to class")
        self.fill_move_menu(move)
        for text, keys, act in (
            ("To &train or test", "T", self._workshop.toggle_split),
            ("E&xclude or take in again", "X", self._workshop.toggle_excluded),
            ("&Delete", "Del", self._workshop.remove),
        ):
            menu.addAction(f"{text}\t{keys}").triggered.connect(partial(_run, act, samples))
        return menu

    def fill_move_menu(self, menu: QMenu) -> None:
        """An entry for each class; the chosen samples are those when it is triggered."""
        menu.clear()
        for label, known in enumerate(self._workshop.collection.classes):
            keys = f"\tCtrl+{label + 1}" if label < 9 else ""
            text = known.name.replace("&", "&&")
            menu.addAction(f"{text}{keys}").triggered.connect(partial(self._move, label))

    def _move(self, label: int, _checked: bool = False) -> None:
        self._workshop.relabel(self.selected, label)

    def _rebuild(self) -> None:
        for column in self.columns:
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = []
        self._follow()
        self.selection_changed.emit()

    def _follow(self) -> None:
        """As many columns as classes, each showing its samples."""
        count = len(self._workshop.collection.classes)
        while len(self.columns) > count:
            column = self.columns.pop()
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        for column in self.columns:
            column.refresh()
        while len(self.columns) < count:
            self._add_column(len(self.columns))
        self._show_chosen(self._workshop.chosen)
        self.selection_changed.emit()

    def _add_column(self, label: int) -> None:
        column = ClassColumn(self._workshop, label)
        column.set_theme(self._theme)
        column.chosen.connect(self._workshop.choose_class)
        column.named.connect(self.work_goes_on)
        column.view.selection_changed.connect(partial(self._on_selection, column))
        column.view.menu_requested.connect(self._show_menu)
        self._row.insertWidget(label, column)
        # last: its thumbnails are laid out anew with each change of its looks
        column.refresh()
        self.columns.append(column)
        self.setTabOrder(column.remove_button, column.view)

    def _show_chosen(self, label: int) -> None:
        for column in self.columns:
            column.set_chosen(column.label == label)
        if label < len(self.columns):
            self.ensureWidgetVisible(self.columns[label], 0, 0)

    def _on_selection(self, chosen: ClassColumn) -> None:
        if chosen.view.selectedIndexes():
            for column in self.columns:
                if column is not chosen and column.view.selectedIndexes():
                    column.view.clearSelection()
        self.selection_changed.emit()

    def _show_menu(self, place: QPoint) -> None:
        menu = self.menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)


def _run(act: object, samples: NDArray[np.intp], _checked: bool = False) -> None:
    assert callable(act)
    act(samples)
