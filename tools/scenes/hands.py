"""What hands do to the window before its picture is taken."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from ui.cell_ref import CellRef
from ui.main_window import MainWindow
from ui.offscreen import show_frames

__all__ = ["as_widget", "click", "point_at", "press"]


def press(window: MainWindow, key: Qt.Key) -> None:
    QTest.keyClick(window, key)
    show_frames()


def point_at(window: MainWindow, cell: CellRef) -> None:
    window.flow_panel.show_cell(cell)
    show_frames()
    view = window.flow_panel.view
    QTest.mouseMove(view, view.place_of(cell).center())
    show_frames()


def click(window: MainWindow, cell: CellRef) -> None:
    point_at(window, cell)
    view = window.flow_panel.view
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())


def as_widget(shown: QPixmap) -> QWidget:
    label = QLabel()
    label.setPixmap(shown)
    label.resize(shown.size())
    return label
