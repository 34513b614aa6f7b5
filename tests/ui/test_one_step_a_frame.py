"""While the network trains, all views of a frame show the numbers of one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.notation.numbers import term_number
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.ui.explain.hands import click, leave
from tests.ui.in_the_window import opened
from ui.cell_ref import cell_value
from ui.main_window import MainWindow
from ui.overview.array_statistics import array_statistics

START = Settings(dataset="blackboard-5x5", classes=(0, 1), kernel_size=2, filters=(1,), batch_size=4)
FRAMES = 25


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1200, 800), START)


def agree_on_strip_and_pins(window: MainWindow, snapshot: Snapshot) -> None:
    panel, pin = window.flow_panel, window.flow_panel.linker.active
    value = cell_value(snapshot.trace, pin.ref)
    assert pin.value == value
    assert f"= {term_number(value, 4)}" in panel.strip.lines()[1]


def agree_on_overview(window: MainWindow, snapshot: Snapshot) -> None:
    for row, (name, source, _) in enumerate(window.overview.rows.arrays):
        if source == "sample":
            expected = array_statistics(snapshot.trace.arrays[name])
            assert window.overview.rows.statistics(row).mean == expected.mean


def agree_on_chain(window: MainWindow, snapshot: Snapshot) -> None:
    assert window.chain_panel.row.cards[0].picture.number == float(snapshot.trace.dA2[0, 0])
    assert window.chain_panel.bar.step.text() == f"step {snapshot.step:,}".replace(",", "\u202f")


def agree_on_terms(window: MainWindow, snapshot: Snapshot) -> None:
    ref = window.flow_panel.linker.subject
    assert window.terms_panel.terms.found.value == cell_value(snapshot.trace, ref)


def agree_on_board(window: MainWindow, snapshot: Snapshot) -> None:
    panel = window.blackboard_panel
    head = panel.view.section.blocks[0].head
    shown = float(head.number.replace("−", "-"))
    assert shown == pytest.approx(cell_value(snapshot.trace, head.ref), rel=1e-2, abs=1e-4)


TABS = {
    Qt.Key.Key_1: agree_on_overview,
    Qt.Key.Key_2: agree_on_chain,
    Qt.Key.Key_4: agree_on_terms,
    Qt.Key.Key_5: agree_on_board,
}


@pytest.mark.parametrize("tab", list(TABS), ids=["overview", "chain", "cell", "board"])
def test_tabs_strip_and_pins_are_of_the_step_in_the_flow(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tab: Qt.Key
) -> None:
    click(window.flow_panel.view, "dw1", (0, 0, 1, 1))
    leave(window.flow_panel.view)
    QTest.keyClick(window, tab)
    frames: list[int] = []
    show = window._show

    def checked(snapshot: Snapshot) -> None:
        show(snapshot)
        assert window.flow_panel.view.snapshot is snapshot
        agree_on_strip_and_pins(window, snapshot)
        TABS[tab](window, snapshot)
        frames.append(snapshot.step)

    monkeypatch.setattr(window, "_show", checked)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(set(frames)) >= FRAMES)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.state is RunState.PAUSED)


def test_training_goes_on_when_the_frame_is_painted_and_not_before(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_when_told: list[bool] = []
    painted = window.worker.painted

    def told() -> None:
        shown_when_told.append(window.flow_panel.view._composed is not None)
        painted()

    monkeypatch.setattr(window.worker, "painted", told)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(shown_when_told) >= FRAMES)
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.state is RunState.PAUSED)
    assert all(shown_when_told)
