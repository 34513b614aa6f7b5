"""Where a number comes from: the strip, pins, the chain rule, the blackboard, and what is taken home."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from playground.sample_ref import DrawnSample
from playground.take_home.document import derivation
from playground.take_home.moment import Moment
from tools.scenes.hands import as_widget, point_at, press
from ui.cell_ref import CellRef
from ui.main_window import MainWindow
from ui.offscreen import draw_test_image, show_frames, wait_until
from ui.take_home.pdf import page_image

__all__ = [
    "board",
    "chain",
    "chain_enlarged",
    "derivation_pages",
    "explain",
    "flow_with_menu",
    "follow",
    "pins",
    "refused",
    "routes",
]


def explain(window: MainWindow) -> None:
    point_at(window, CellRef("dw1", (2, 0, 1, 3)))


def routes(window: MainWindow) -> QWidget:
    """What the strip says of a pooled cell, its winner, an open and a closed gate, and flatten, beneath each other."""
    flow = window.flow_panel
    assert flow.view.snapshot is not None
    trace = flow.view.snapshot.trace
    f, row, col = (int(axis) for axis in np.argwhere(trace.P1[0] > 0)[40])
    rows, cols = slice(2 * row, 2 * row + 2), slice(2 * col, 2 * col + 2)
    down, right = np.unravel_index(int(trace.A1[0, f, rows, cols].argmax()), (2, 2))
    winner = (f, 2 * row + int(down), 2 * col + int(right))
    closed = tuple(int(axis) for axis in np.argwhere((trace.z1[0] <= 0) & (trace.dA1[0] != 0))[0])
    shown = []
    for cell in (
        CellRef("P1", (f, row, col)),
        CellRef("dA1", winner),
        CellRef("dz1", winner),
        CellRef("dz1", closed),
        CellRef("F", (f * trace.P1[0, 0].size + row * trace.P1.shape[3] + col,)),
        CellRef("dP1", (f, row, col)),
    ):
        point_at(window, cell)
        shown.append(flow.strip.grab())
    whole = QPixmap(shown[0].width(), sum(strip.height() + 6 for strip in shown) - 6)
    whole.fill(QColor(window.theme_choice.theme.panel))
    painter = QPainter(whole)
    for number, strip in enumerate(shown):
        painter.drawPixmap(0, number * (strip.height() + 6), strip)
    painter.end()
    return as_widget(whole)


def follow(window: MainWindow) -> None:
    draw_test_image(window, 5)
    QTest.mouseClick(window.classify_panel.desk.seen, Qt.MouseButton.LeftButton)
    wait_until(lambda: (seen := window.worker.latest) is not None and isinstance(seen.sample, DrawnSample), 5)
    show_frames()


def pins(window: MainWindow) -> None:
    for cell in (CellRef("dA1", (2, 9, 9)), CellRef("w1", (2, 0, 1, 3)), CellRef("dw1", (2, 0, 1, 3))):
        window.flow_panel.linker.toggle_pin(cell)
    press(window, Qt.Key.Key_4)
    window.worker.set_speed(30)
    window.worker.train(60)
    linker = window.flow_panel.linker
    wait_until(lambda: linker.active is not None and len(linker.active.recent) > 40, 15)
    window.worker.pause()
    show_frames()


def chain(window: MainWindow) -> None:
    press(window, Qt.Key.Key_2)
    for _ in range(5):
        press(window, Qt.Key.Key_Period)
    wait_until(lambda: False, 1.0)  # the formulas are set beside the event loop


def chain_enlarged(window: MainWindow) -> None:
    chain(window)
    press(window, Qt.Key.Key_E)
    wait_until(lambda: False, 0.5)


def derivation_pages(window: MainWindow) -> QWidget:
    """The first pages of the PDF, side by side."""
    snapshot = window.flow_panel.view.snapshot
    assert snapshot is not None
    document = derivation(Moment.of(snapshot, datetime(2026, 11, 24, 20, 30)), "w1")
    pages = [page_image(document, number, 72) for number in range(3)]
    width, height = pages[0].width() + 12, pages[0].height()
    shown = QPixmap(3 * width - 12, height)
    shown.fill(QColor("#888888"))
    painter = QPainter(shown)
    for number, page in enumerate(pages):
        painter.drawImage(number * width, 0, page)
    painter.end()
    return as_widget(shown)


def flow_with_menu(window: MainWindow) -> QWidget:
    """The flow with the menu of a cell over it: a grab of the window leaves popups out."""
    flow, cell = window.flow_panel, CellRef("dw1", (2, 0, 1, 3))
    point_at(window, cell)
    place = flow.view.place_of(cell).center()
    QCoreApplication.sendEvent(
        flow.view, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, flow.view.mapToGlobal(place))
    )
    menu = QApplication.activePopupWidget()
    assert menu is not None
    shown = flow.grab()
    painter = QPainter(shown)
    painter.drawPixmap(flow.view.mapTo(flow, place), menu.grab())
    painter.end()
    menu.close()
    return as_widget(shown)


def board(window: MainWindow, page: str, *, enlarged: bool) -> None:
    press(window, Qt.Key.Key_5)
    panel = window.blackboard_panel
    QTest.mouseClick(panel.pages[page], Qt.MouseButton.LeftButton)
    if enlarged:
        press(window, Qt.Key.Key_E)
    wait_until(lambda: not panel.view._typesetter._work, 20)
    show_frames()


def refused(window: MainWindow) -> None:
    cell, view = CellRef("w1", (0, 0, 0, 0)), window.flow_panel.view
    window.activateWindow()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(cell).center())
    QTest.keyClicks(view.editing.field, "1e999")
    QTest.keyClick(view.editing.field, Qt.Key.Key_Return)
    QCoreApplication.processEvents()
