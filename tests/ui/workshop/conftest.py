"""A window with the workshop open beside it, and a hand that draws in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.in_the_window import opened
from ui.main_window import MainWindow
from ui.workshop.class_column import ClassColumn
from ui.workshop.sample_view import cross_rect
from ui.workshop.window import WorkshopWindow

LINE = ((0.2, 0.5), (0.5, 0.5), (0.8, 0.5))
POST = ((0.5, 0.2), (0.5, 0.5), (0.5, 0.8))
HAT = ((0.2, 0.7), (0.5, 0.2), (0.8, 0.7))


class Bench:
    """The workshop's window, and what a person does in it."""

    def __init__(self, qtbot: QtBot, main: MainWindow) -> None:
        self.qtbot, self.main = qtbot, main
        self.window: WorkshopWindow = main.workshop.window
        self.workshop = main.workshop.workshop
        self.canvas = self.window.drawing.canvas

    def draw(self, points: Sequence[tuple[float, float]]) -> None:
        """One stroke with the mouse; points in shares of the paper."""
        paper = self.canvas.paper()
        places = [QPoint(int(paper.x() + x * paper.width()), int(paper.y() + y * paper.height())) for x, y in points]
        QTest.mousePress(self.canvas, Qt.MouseButton.LeftButton, pos=places[0])
        for place in places[1:]:
            QTest.mouseMove(self.canvas, place)
        QTest.mouseRelease(self.canvas, Qt.MouseButton.LeftButton, pos=places[-1])

    def keep(self, points: Sequence[tuple[float, float]], times: int = 1) -> None:
        """Draw and press Enter."""
        for _ in range(times):
            self.draw(points)
            self.key(Qt.Key.Key_Return)

    def key(
        self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, widget: object = None
    ) -> None:
        """A key for a widget, the canvas if none is named."""
        QTest.keyClick(widget or self.canvas, key, modifiers)

    def column(self, label: int) -> ClassColumn:
        return self.window.columns.columns[label]

    def click_sample(
        self, label: int, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        view = self.column(label).view
        place = view.visualRect(view.model().index(row, 0)).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifiers, place)

    def click_cross(self, label: int, row: int) -> None:
        view = self.column(label).view
        cell = view.visualRect(view.model().index(row, 0))
        QTest.mouseMove(view.viewport(), cell.center())
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=cross_rect(cell).center())

    def counts(self) -> list[int]:
        """Samples of each class, as the columns show them."""
        return [column.model.rowCount() for column in self.window.columns.columns]

    def changes(self) -> list[str]:
        """The list of changes as it is shown, newest first."""
        model = self.window.changes.model
        return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


@pytest.fixture
def open_bench(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> Callable[[], Bench]:
    """Starts the program and opens the workshop by its button."""

    def start() -> Bench:
        main = opened(qtbot, make_window(), (1100, 700))
        QTest.mouseClick(main.data_panel.workshop_button, Qt.MouseButton.LeftButton)
        bench = Bench(qtbot, main)
        qtbot.waitUntil(lambda: bench.window.windowHandle().isExposed())
        qtbot.waitUntil(lambda: bench.window.isVisible() and bench.canvas.paper().width() > 100)
        qtbot.waitUntil(lambda: not bench.workshop.is_opening)
        return bench

    return start


@pytest.fixture
def bench(open_bench: Callable[[], Bench]) -> Bench:
    return open_bench()
