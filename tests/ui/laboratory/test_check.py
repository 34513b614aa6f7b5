"""The page "Check" in the whole window, by mouse and keys."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.gradient_check import CellState
from playground.settings import Settings
from tests.ui.in_the_window import opened
from ui.cell_ref import CellRef
from ui.laboratory.check.page import CheckPage
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.theme import DARK, LIGHT

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(3,), batch_size=8, seed=5)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path) -> MainWindow:
    Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)).settings = SMALL
    made = opened(qtbot, make_window())
    made.actions_by_id["enlarge"].trigger()
    QTest.keyClick(made, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: made._shown.step == 1)
    return made


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> CheckPage:
    QTest.keyClick(window, Qt.Key.Key_7)
    found = window.laboratory.panel.page
    assert isinstance(found, CheckPage)
    qtbot.waitUntil(lambda: found.weight is not None)
    return found


def test_a_weight_is_checked_as_soon_as_the_page_is_shown(page: CheckPage) -> None:
    assert page.weight.specimen.step == 1
    assert page.weight.passed
    assert page.card.numbers["quotient"].text().startswith(page.card.numbers["backprop"].text()[:7])
    assert "step 1" in page.state.toolTip()


def test_a_click_on_a_cell_checks_it(qtbot: QtBot, page: CheckPage) -> None:
    cell = CellRef("w1", (2, 0, 4, 3))
    QTest.mouseClick(page.table, LEFT, pos=page.table.place_of(cell).center())
    qtbot.waitUntil(lambda: (page.weight.name, page.weight.index) == ("w1", cell.index))
    assert page.card.heading.text().startswith("<b>∂L/∂w₁[2,0][4,3]</b>")
    QTest.keyClick(page.table, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.weight.index == (2, 0, 4, 4))
    QTest.keyClick(page.table, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: page.weight.index == (2, 0, 3, 4))


def test_a_parameter_pinned_in_the_flow_is_checked(qtbot: QtBot, window: MainWindow, page: CheckPage) -> None:
    window.flow_panel.linker.toggle_pin(CellRef("db1", (1,)))
    qtbot.waitUntil(lambda: (page.weight.name, page.weight.index) == ("b1", (1,)))


def test_all_weights_are_checked_beside_the_window(qtbot: QtBot, page: CheckPage) -> None:
    QTest.mouseClick(page.controls.button, LEFT)
    assert page.controls.button.text() == "Stop"
    qtbot.waitUntil(lambda: page.all is not None, timeout=30_000)
    assert [check.name for check in page.all.arrays] == ["dw1", "db1", "dw2", "db2"]
    assert all(check.passed and check.cells for check in page.all.arrays)
    assert "agree to 1e−6" in page.state.toolTip()
    check = page.all.arrays[0]
    place = tuple(int(axis) for axis in np.argwhere(check.states == CellState.COMPARED)[0])
    words = page.table.words_of(CellRef("w1", place))
    assert f"{check.numeric[place]:.9g}".replace("-", "−") in words


def test_before_the_first_step_the_biases_stand_on_a_kink_and_the_page_says_what_to_do(
    qtbot: QtBot, window: MainWindow, page: CheckPage
) -> None:
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: page.weight is not None and page.weight.specimen.step == 0)
    QTest.mouseClick(page.table, LEFT, pos=page.table.place_of(CellRef("b1", (0,))).center())
    qtbot.waitUntil(lambda: page.weight.name == "b1")
    words = page.card.verdict.text()
    assert words.startswith("Kink: ")
    assert "flip within ±ε, the first at z₁[" in words
    assert words.endswith("A bias of 0 stands on the kink itself: take a step (→).")
    QTest.mouseClick(page.controls.button, LEFT)
    qtbot.waitUntil(lambda: page.all is not None and page.all.specimen.step == 0, timeout=30_000)
    assert "all of ∂L/∂b₁ on a kink, not compared: take a step (→)" in page.state.toolTip()
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.weight.specimen.step == 1)
    assert page.weight.passed


def test_a_kink_that_a_smaller_epsilon_avoids_names_it(qtbot: QtBot, window: MainWindow, page: CheckPage) -> None:
    page.controls.choice.setCurrentIndex(0)
    kinked: list[str] = []

    def looked_at(cell: CellRef) -> bool:
        page.choose(cell)
        qtbot.waitUntil(lambda: (page.weight.name, page.weight.index) == (cell.name, cell.index))
        words = page.card.verdict.text()
        if words.startswith("Kink") and "With ε = " in words:
            kinked.append(words)
        return bool(kinked)

    assert any(looked_at(CellRef("w1", index)) for index in np.ndindex(3, 1, 5, 5))
    assert any(f"With ε = 1e−{power} none does." in kinked[0] for power in range(4, 8))


def test_a_check_of_all_weights_can_be_stopped_and_ends_when_nobody_looks(
    qtbot: QtBot, window: MainWindow, page: CheckPage, stop_half_way: Callable[[], threading.Event]
) -> None:
    stop_half_way()
    for end in (lambda: QTest.mouseClick(page.controls.button, LEFT), lambda: QTest.keyClick(window, Qt.Key.Key_1)):
        QTest.keyClick(window, Qt.Key.Key_7)
        QTest.mouseClick(page.controls.button, LEFT)
        qtbot.waitUntil(lambda: page._running == "all")
        end()
        assert not page._work.is_busy
        assert page.controls.button.text() == "Check all"
    assert page.all is None


def test_the_numbers_follow_a_step_at_rest_and_say_of_which_step_they_are(
    qtbot: QtBot, window: MainWindow, page: CheckPage
) -> None:
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.weight.specimen.step == 2)
    window.worker.train()
    qtbot.waitUntil(lambda: window._shown.step > 4)
    assert page.weight.specimen.step == 2
    assert "the run is at" in page.state.toolTip()


def test_the_chosen_sample_alone_can_be_checked(qtbot: QtBot, page: CheckPage) -> None:
    page.controls.source.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.weight.specimen.m == 1)
    assert "m = 1" in page.state.toolTip()


def test_a_point_of_the_sweep_shows_its_numbers(page: CheckPage) -> None:
    assert page.plot.words == ""
    QTest.mouseMove(page.plot.viewport(), QPoint(page.plot.width() // 2, page.plot.height() // 2))
    assert page.plot.words.startswith("ε = ")
    assert f"quotient {page.plot.pointed.numeric:.9g}".replace("-", "−") in page.plot.words


def test_it_paints_at_every_size_in_both_themes(window: MainWindow, page: CheckPage) -> None:
    for size, theme in product(((1100, 700), (1440, 900), (1920, 1080)), (DARK, LIGHT)):
        window.laboratory.set_theme(theme)
        window.actions_by_id["enlarge"].trigger()
        window.resize(*size)
        assert not page.grab().isNull()
        assert page.table.place_of(CellRef("b2", (0,)), 2).right() <= page.table.width()


@pytest.mark.parametrize("filters", [(8,), (8, 16)], ids=["one block", "two blocks"])
def test_the_error_over_epsilon_is_seen_beneath_the_numbers_also_in_the_usual_window(
    qtbot: QtBot, make_window: Callable[[], MainWindow], filters: tuple[int, ...]
) -> None:
    window = opened(qtbot, make_window(), (1440, 900), Settings(filters=filters))
    QTest.keyClick(window, Qt.Key.Key_7)
    page = window.laboratory.panel.page
    qtbot.waitUntil(page.plot.isVisible)
    assert page.plot.height() >= 100
    assert page.plot.geometry().top() > page.card.geometry().bottom()
    assert page.plot.geometry().right() < page.table.mapTo(page, QPoint(0, 0)).x()
    assert page.plot.geometry().bottom() <= page.parentWidget().height()
