"""With a desktop's font of 11 points nothing is cut in the rows of a window of 1100 pixels."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from playground.history import History
from playground.settings import Settings
from ui.blackboard.panel import BlackboardPanel
from ui.charts.curves import GradientNormChart
from ui.slow_motion.controls import StageControls

CENTRE, CHARTS = 546, 226
"""Pixels of the columns in the smallest window."""


@pytest.fixture(autouse=True)
def large(qapp: QApplication) -> Iterator[None]:
    before = qapp.font()
    font = QFont(before)
    font.setPointSize(11)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


def test_the_controls_of_one_batch_have_room(qtbot) -> None:
    controls = StageControls()
    qtbot.addWidget(controls)
    assert controls.minimumSizeHint().width() <= CENTRE
    assert controls.slow.sizeHint().width() <= CENTRE - sum(
        part.width() for part in (controls.previous, controls.next, controls.play, controls.source, controls.grain)
    )


def test_the_pages_of_the_blackboard_have_room(qtbot) -> None:
    panel = BlackboardPanel()
    qtbot.addWidget(panel)
    panel.resize(CENTRE, 160)
    panel.show()
    last = list(panel.pages.values())[-1]
    assert last.geometry().right() < CENTRE
    for button in panel.pages.values():
        assert button.fontMetrics().horizontalAdvance(button.text()) < button.width()


@pytest.mark.parametrize("layers", [2, 3, 4])
def test_a_narrow_chart_names_every_curve(qtbot, layers: int) -> None:
    chart = GradientNormChart()
    qtbot.addWidget(chart)
    chart.resize(CHARTS, 180)
    chart.set_history(History(tuple(f"dw{number + 1}" for number in range(layers))), Settings())
    chart.show()
    needed = chart.legend._width(*chart.legend._fitting())
    assert len(chart.legend.shown()) == layers
    assert needed <= chart.legend.width()
