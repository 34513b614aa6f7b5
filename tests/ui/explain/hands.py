"""Snapshots and a mouse for the tests of explanations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from core.network import build_network
from core.trace import trace
from playground.snapshot import Snapshot
from tests.ui.flow.snapshots import snapshot_of
from tests.ui.flow.views import move_mouse
from tests.ui.hands import LEFT, NO_BUTTON, PRESS
from ui.cell_ref import CellRef
from ui.flow.panel import FlowPanel
from ui.flow.view import FlowView


def panel_of(qtbot: QtBot, name: str = "four filters", size: tuple[int, int] = (780, 560)) -> FlowPanel:
    panel = FlowPanel()
    qtbot.addWidget(panel)
    panel.resize(*size)
    panel.show_snapshot(snapshot_of(name))
    panel.show()
    return panel


def later(snapshot: Snapshot, seed: int = 11, **changes: object) -> Snapshot:
    """The snapshot of a later step: other weights, the same image."""
    settings, record = snapshot.settings, snapshot.trace
    network = build_network(record.x.shape[1:], settings.kernel_size, settings.filters, settings.outputs, seed)
    loss = BinaryCrossEntropy() if settings.outputs == 1 else SoftmaxCrossEntropy()
    made = trace(network, loss, record.x, np.array(record.y))
    return replace(snapshot, sequence=snapshot.sequence + 1, step=snapshot.step + 1, trace=made, **changes)


def mouse(
    view: FlowView, name: str, index: tuple[int, ...], kind: QEvent.Type = QEvent.Type.MouseMove, click: bool = False
) -> None:
    """Move the mouse to a cell, or press the left button on it."""
    move_mouse(view, name, index, PRESS if click else kind, LEFT if click else NO_BUTTON)


def click(view: FlowView, name: str, index: tuple[int, ...]) -> None:
    mouse(view, name, index, click=True)


def keep(view: FlowView, name: str, index: tuple[int, ...]) -> None:
    """Click a cell with Shift."""
    QTest.mouseClick(view, LEFT, Qt.KeyboardModifier.ShiftModifier, view.place_of(CellRef(name, index)).center())


def leave(view: FlowView) -> None:
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
