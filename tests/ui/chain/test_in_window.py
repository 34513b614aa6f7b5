"""The chain rule in the whole window, with the real worker: keys, light in the flow, live numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.snapshot import RunState
from tests.ui.in_the_window import opened
from ui.charts.axes import format_steps
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1100, 700))


def press(window: MainWindow, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(window.focusWidget() or window, key)


def test_a_point_walks_into_the_chain_from_anywhere(qtbot: QtBot, window: MainWindow) -> None:
    window.flow_panel.view.setFocus()
    press(window, Qt.Key.Key_Period)
    assert window.chain_panel.isVisible()
    assert window.flow_panel.view.lit == {"L", "A2", "dA2"}
    press(window, Qt.Key.Key_Period, Qt.Key.Key_Period, Qt.Key.Key_Comma)
    assert window.flow_panel.view.lit == {"A2", "z2", "dA2", "dz2"}


def test_another_network_takes_the_choice_back_and_every_card_follows(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Period, Qt.Key.Key_Period)
    before = window._shown.run_id
    window.run.change(dataset="blackboard-3x3", classes=(0, 1), kernel_size=2, filters=(1,))
    qtbot.waitUntil(lambda: window._shown.run_id > before)
    qtbot.waitUntil(lambda: window.chain_panel.factor is None)
    assert window.flow_panel.view.lit is None
    cards = {card.text(): card for card in window.chain_panel.row.cards}
    assert "1×2×2" in next(card.accessibleName() for name, card in cards.items() if "P₁" in name and "A₁" in name)
    flatten = next(card for name, card in cards.items() if "F" in name and "P₁" in name)
    assert flatten.picture.number == 1.0


def test_arrows_in_the_chain_do_not_train(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Period, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Right)
    assert window.chain_panel.row.current == 6
    qtbot.wait(100)
    assert window._shown.step == 0


def test_a_small_window_shows_the_cards_and_the_sentence_without_scrolling(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Period, Qt.Key.Key_Period)
    panel = window.chain_panel
    qtbot.waitUntil(lambda: panel.visibleRegion().boundingRect() == panel.rect())
    assert panel.detail.sentence.isVisible()
    needed = panel.detail.sentence.heightForWidth(panel.detail.sentence.width())
    assert needed <= panel.detail.height()


def test_a_small_window_tells_the_shape_of_the_chosen_factor(qtbot: QtBot, window: MainWindow) -> None:
    shapes = []
    for _ in range(7):
        press(window, Qt.Key.Key_Period)
        shapes.append(window.chain_panel.detail.sentence.text().partition(":")[0])
    assert shapes == ["scalar", "scalar", "1×1152", "8×12×12", "8×24×24", "8×24×24", "576×25"]


def test_esc_and_another_tab_put_the_light_out(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Period)
    press(window, Qt.Key.Key_Escape)
    assert window.flow_panel.view.lit is None
    press(window, Qt.Key.Key_Period)
    assert window.flow_panel.view.lit is not None
    window.tabs.setCurrentWidget(window.overview)
    assert window.flow_panel.view.lit is None


def test_esc_puts_the_light_out_wherever_the_focus_is(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_Period)
    window.flow_panel.view.setFocus()
    press(window, Qt.Key.Key_Escape)
    assert window.flow_panel.view.lit is None


def test_after_a_pause_panel_and_flow_show_one_step(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_2, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.step > 20)
    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.state is RunState.PAUSED)
    panel = window.chain_panel
    qtbot.waitUntil(lambda: panel.bar.step.text() == f"step {format_steps(window._shown.step)}")
    assert panel.row.cards[0].picture.number == pytest.approx(float(window._shown.trace.dA2[0, 0]))


def test_the_factors_are_live_while_training(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: len(window.chain_panel.factors) == 7)
    seen: set[float] = set()

    def changes() -> bool:
        seen.add(window.chain_panel.row.cards[0].picture.number)
        return len(seen) > 3

    press(window, Qt.Key.Key_Space)
    qtbot.waitUntil(changes)
    assert window._shown.state is RunState.TRAINING
    press(window, Qt.Key.Key_Space)


def test_the_filter_chosen_in_the_flow_is_the_one_pictured(qtbot: QtBot, window: MainWindow) -> None:
    press(window, Qt.Key.Key_2)
    qtbot.waitUntil(lambda: len(window.chain_panel.factors) == 7)
    window.flow_panel.view.choose_filter(1, 2)
    qtbot.waitUntil(lambda: window.chain_panel.row.cards[5].picture.part == "filter 2")
