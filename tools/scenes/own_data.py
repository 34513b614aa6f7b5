"""What is done for the pictures of own data in the guide: drawn with a mouse, opened from files, looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from playground.own_data.copying import copy_of
from playground.own_data.export import export_idx
from ui.classify.canvas import Canvas
from ui.main_window import MainWindow
from ui.offscreen import show_frames, wait_until

__all__ = ["draw_three_classes", "look_at_digits", "opened", "see_mistakes", "workshop"]

_SHAPES: tuple[tuple[str, Sequence[tuple[float, float]]], ...] = (
    ("hat", ((0.2, 0.75), (0.5, 0.2), (0.8, 0.75))),
    ("hook", ((0.6, 0.2), (0.6, 0.6), (0.55, 0.75), (0.4, 0.78), (0.3, 0.65))),
    ("ring", tuple((0.5 + 0.28 * np.cos(a), 0.5 + 0.28 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 14))),
)


def workshop(window: MainWindow) -> QWidget:
    """The window of the workshop."""
    return window.workshop.window


def opened(window: MainWindow) -> QWidget:
    """The dialog in which data is opened."""
    dialog = window.own_data.dialog
    assert dialog is not None
    return dialog


def draw_three_classes(window: MainWindow) -> None:
    """Ten drawings of each of three classes, no two alike, and a network that has learnt them."""
    window.workshop.open()
    bench, shop = window.workshop.window, window.workshop.workshop
    bench.resize(1240, 720)
    wait_until(lambda: bench.drawing.canvas.paper().width() > 100, 10)
    shop.add_class()
    chance = np.random.default_rng(5)
    for label, (name, points) in enumerate(_SHAPES):
        shop.rename_class(label, name)
        shop.choose_class(label)
        for _ in range(10):
            turned = np.array(points) + chance.normal(0, 0.025, (len(points), 2)) + chance.normal(0, 0.04, 2)
            _stroke(bench.drawing.canvas, turned)
            QTest.keyClick(bench.drawing.canvas, Qt.Key.Key_Return)
    QTest.mouseClick(bench.train_button, Qt.MouseButton.LeftButton)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.settings.own is not None, 10)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.step > 200, 30)
    show_frames()


def look_at_digits(window: MainWindow) -> None:
    """The shipped digits as the four files that MNIST comes in."""
    assert window._dataset is not None
    folder = Path(tempfile.mkdtemp()) / "digits"
    export_idx(copy_of(window._dataset, window.run.settings), folder)
    window.own_data.open(folder)
    dialog = window.own_data.dialog
    assert dialog is not None
    wait_until(lambda: dialog.is_ready, 20)
    dialog.source.path.setText("~/data/digits")
    show_frames()


def see_mistakes(window: MainWindow) -> None:
    """Tab 6 in all its room, the highest loss first."""
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_6)
    QTest.keyClick(window, Qt.Key.Key_E)
    filters = window.see_data_panel.filters
    filters.order.setCurrentIndex(filters.order.findData("highest loss"))
    filters.order.activated.emit(filters.order.currentIndex())
    wait_until(lambda: False, 1.0)  # mean images are worked out beside the event loop


def _stroke(canvas: Canvas, points: NDArray[np.float64]) -> None:
    paper = canvas.paper()
    places = [QPoint(int(paper.x() + x * paper.width()), int(paper.y() + y * paper.height())) for x, y in points]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[-1])
