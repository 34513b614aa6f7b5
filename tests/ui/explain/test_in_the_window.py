"""Pointing and pinning in the whole window, with its worker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.explain.hands import click, leave, mouse
from tests.ui.in_the_window import move_to, opened
from ui.cell_ref import CellRef, cell_value
from ui.main_window import MainWindow
from ui.number_format import term_number

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1200, 800), START)


def test_a_pinned_derivative_is_followed_through_training_and_reset(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.flow_panel
    click(panel.view, "dw1", (1, 0, 1, 2))
    leave(panel.view)
    QTest.keyClick(window, Qt.Key.Key_4)
    assert window.tabs.currentWidget() is window.late.terms
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(panel.linker.active.recent) > 5)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.state is RunState.PAUSED)
    assert_all_agree(qtbot, window)
    run = window._shown.run_id
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window._shown.run_id > run and window._shown.step == 0)
    assert_all_agree(qtbot, window)


def assert_all_agree(qtbot: QtBot, window: MainWindow) -> None:
    """Strip, list of pins and list of terms show the engine's value of the newest snapshot."""
    panel, pin = window.flow_panel, window.flow_panel.linker.active

    def agree() -> bool:
        value = cell_value(window._shown.trace, pin.ref)
        said = f"= {term_number(value, 4)}" in panel.strip.lines()[1]
        return said and pin.value == value and window.terms_panel.terms.found.value == value

    qtbot.waitUntil(agree)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_of_a_weight_the_next_update_is_shown_and_the_step_makes_it(
    qtbot: QtBot, window: MainWindow, optimizer: str
) -> None:
    window.run.change(optimizer=optimizer)
    click(window.flow_panel.view, "w1", (1, 0, 1, 2))
    leave(window.flow_panel.view)
    QTest.keyClick(window, Qt.Key.Key_4)
    qtbot.waitUntil(lambda: "←" in window.terms_panel.hint.text())
    text = window.terms_panel.hint.text()
    rule = "SGD: w ← w − η ∂L/∂w" if optimizer == "sgd" else "Adam: w ← w − η m̂/(√v̂ + ε)"
    assert f"Next step over its batch of 32, {rule}" in text
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    after = term_number(float(window._shown.trace.w1[1, 0, 1, 2]), 4)
    assert f"= {after}" in text
    window.tabs.show_number(1)
    qtbot.waitUntil(lambda: window.batch_watch._asked is None)


def test_p_pins_the_cell_under_the_mouse_wherever_the_keys_go(window: MainWindow) -> None:
    mouse(window.flow_panel.view, "P1", (0, 3, 3))
    QTest.keyClick(window, Qt.Key.Key_P)
    assert [pin.ref.name for pin in window.flow_panel.linker.pins] == ["P1"]


def test_a_row_of_the_overview_frames_its_array(window: MainWindow) -> None:
    rows = window.overview.rows
    move_to(rows, QPoint(20, rows.row_height // 2))
    assert window.flow_panel.view._overlay.emphasized == rows.arrays[0][0]
    move_to(rows, QPoint(20, rows.row_height * 2 + 2))
    assert window.flow_panel.view._overlay.emphasized == rows.arrays[2][0]


def test_pins_of_a_run_come_back_with_it(qtbot: QtBot, window: MainWindow) -> None:
    click(window.flow_panel.view, "dw1", (3, 0, 4, 4))
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    QTest.keyClick(window, Qt.Key.Key_4)
    window.network_panel.architecture_changed.emit(3, (2,))
    qtbot.waitUntil(lambda: window._shown.settings.filters == (2,))
    assert window.flow_panel.linker.pins == ()
    assert not window.terms_panel.pins_area.isVisible()
    window.actions_by_id["bring_back"].trigger()
    qtbot.waitUntil(lambda: window._shown.step == 1)
    assert window.flow_panel.linker.active.ref == CellRef("dw1", (3, 0, 4, 4))


def test_a_factor_under_the_mouse_is_outlined_with_its_own_sources_while_the_pin_stays_listed(
    qtbot: QtBot, window: MainWindow
) -> None:
    flow = window.flow_panel
    click(flow.view, "dw1", (1, 0, 1, 2))
    QTest.keyClick(window, Qt.Key.Key_4)
    table = window.terms_panel.table
    qtbot.waitUntil(table.isVisible)
    index = table.terms.index(0, 1)
    ref = table.terms.cell_of(index)
    leave(flow.view)
    place = table.visualRect(index).center()
    move_to(table.viewport(), place)
    assert ref.name == "dz1"
    assert flow.linker.spotlight().ref == ref
    assert "dA1" in {mark.name for mark in flow.view._overlay.marks}
    assert window.terms_panel.terms.found.name == "dw1"
    leave(table)
    assert flow.linker.spotlight().ref.name == "dw1"
