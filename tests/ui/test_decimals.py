"""One choice of decimals rules every view."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from tests.ui.explain.hands import click
from tests.ui.in_the_window import opened
from ui.cell_ref import cell_value
from ui.explain.sentence import text_of
from ui.main_window import MainWindow
from ui.number_format import format_number

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), settings=START)


@pytest.mark.parametrize(("keys", "decimals"), [(1, 6), (-1, 2), (2, 8)])
def test_the_choice_in_the_flow_rules_strip_chain_pins_terms_overview_and_one_batch(
    qtbot: QtBot, window: MainWindow, keys: int, decimals: int
) -> None:
    flow = window.flow_panel
    click(flow.view, "dw1", (1, 0, 1, 2))
    for _ in range(abs(keys)):
        QTest.keyClick(flow.decimals, Qt.Key.Key_Down if keys > 0 else Qt.Key.Key_Up)
    trace, pin = window._shown.trace, flow.linker.active
    value = cell_value(trace, pin.ref)
    assert flow.strip.lines()[1].endswith(format_number(value, decimals))
    assert flow.view.describe(pin.ref).endswith(format_number(value, decimals))

    QTest.keyClick(window, Qt.Key.Key_4)
    assert text_of(window.terms_panel.title.fitting()).endswith(format_number(value, decimals))
    terms = window.terms_panel.terms
    shown, _ = terms.shown(0, terms.columnCount() - 1)
    assert shown == format_number(terms.found.largest(1).terms[0].product, decimals)

    QTest.keyClick(window, Qt.Key.Key_2)
    QTest.keyClick(window, Qt.Key.Key_E)  # enlarged, a card has room for more decimals
    card = window.chain_panel.row.cards[0]
    whole = format_number(float(trace.dA2[0, 0]), decimals)

    def written() -> str:
        window.grab()
        return card.numbers[0]

    qtbot.waitUntil(lambda: len(written()) >= min(len(whole), len("1.000000")))
    assert whole.startswith(written())
    QTest.keyClick(window, Qt.Key.Key_E)

    QTest.keyClick(window, Qt.Key.Key_1)
    assert format_number(float(abs(trace.dA2[0, 0])), decimals) in window.overview.rows.describe(0)

    QTest.keyClick(window, Qt.Key.Key_3)
    panel = window.slow_motion_panel
    qtbot.waitUntil(lambda: panel.stage is not None)
    QTest.keyClick(panel.strip, Qt.Key.Key_End)
    step = panel._step
    losses = f"L {format_number(step.loss, decimals)} → {format_number(step.loss_after, decimals)}"
    assert losses in panel.detail.full_text()
    grid, _, _ = panel.update_view.cell_grid(0, 0)
    assert format_number(float(step.weights["w1"][1, 0, 0, 0]), decimals) in panel.update_view.reading_at(
        grid.topLeft()
    )
