"""The board in the whole window, by real events."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.snapshot import RunState
from tests.ui.explain.hands import leave, mouse
from tests.ui.hands import mouse_at
from tests.ui.in_the_window import opened, shown
from tests.ui.test_editing_in_the_window import choose_data, click_label, type_into
from ui.blackboard.lines import SECTIONS
from ui.blackboard.panel import BlackboardPanel
from ui.cell_ref import CellRef
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def turn_to(window: MainWindow, key: str) -> list[str]:
    QTest.mouseClick(window.blackboard_panel.pages[key], LEFT)
    return [block.text for block in window.blackboard_panel.view.section.blocks]


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until everything on the page is typeset."""
    qtbot.waitUntil(lambda: not window.blackboard_panel.view._typesetter._work, timeout=20_000)


def rooms_of(panel: BlackboardPanel) -> list[QRectF]:
    """Where the signs of the page stand, less a hair's breadth."""
    return [placed.room.adjusted(1, 1, -1, -1) for placed in panel.view.layout_of_page.placed]


def move_to(window: MainWindow, ref: CellRef, kind: QEvent.Type = QEvent.Type.MouseMove) -> None:
    view = window.blackboard_panel.view
    point = view.place_of(ref).center()
    button = LEFT if kind is not QEvent.Type.MouseMove else Qt.MouseButton.NoButton
    mouse_at(view, QPointF(point), kind, button)


def test_the_board_is_there_for_its_examples_only(qtbot: QtBot, window: MainWindow) -> None:
    tabs = window.tabs
    assert not tabs.isTabEnabled(4)
    assert "choose a blackboard example" in tabs.tabToolTip(4)
    assert not window.actions_by_id["tab_5"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_5)
    assert tabs.currentWidget() is window.overview
    choose_data(qtbot, window, "blackboard-3x3")
    assert tabs.currentWidget() is window.late.board
    assert tabs.tabToolTip(4) == "Blackboard"
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_5)
    assert tabs.currentWidget() is window.late.board
    choose_data(qtbot, window, "digits")
    assert not tabs.isTabEnabled(4)
    assert tabs.currentWidget() is window.overview


def test_no_number_is_missing_in_the_row_of_tabs(window: MainWindow) -> None:
    bar = window.tabs.tabBar()
    shown = [bar.tabText(place) for place in range(bar.count()) if bar.isTabVisible(place)]
    assert [text[:2] for text in shown] == [f"&{number}" for number in range(1, 8)]


def test_a_changed_pixel_weight_label_or_eta_is_followed_at_once(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    assert "−0.25 = (−0.25) · 1 + 0 · 0 + 0 · 0 + 0 · 1" in turn_to(window, "dw1")[0]
    type_into(window, CellRef("x", (0, 0, 0)), "0.8")
    shown(qtbot, window, lambda s: len(s.edits) == 1)
    assert "· 0.8 + 0 · 0 + 0 · 0 + 0 · 1" in turn_to(window, "dw1")[0]
    type_into(window, CellRef("w1", (0, 0, 0, 0)), "2")
    shown(qtbot, window, lambda s: len(s.edits) == 2)
    assert "= 2 · 0.8 + (−0.5) · 0 + (−1) · 0 + 0.5 · 1 + 0.5" in turn_to(window, "forward")[0]
    click_label(window)
    shown(qtbot, window, lambda s: len(s.edits) == 3)
    assert turn_to(window, "dz2")[1].endswith("− 0")
    field = window.training_panel.learning_rate.field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.5")
    QTest.keyClick(field, Qt.Key.Key_Return)
    shown(qtbot, window, lambda s: s.settings.learning_rate == 0.5)
    assert "= 2 − 0.5 ·" in turn_to(window, "update")[0]


def test_a_number_on_the_board_is_changed_by_a_double_click_and_bad_input_is_refused(
    qtbot: QtBot, window: MainWindow
) -> None:
    start = choose_data(qtbot, window, "blackboard-3x3")
    turn_to(window, "forward")
    settle(qtbot, window)
    editing = window.flow_panel.view.editing
    cell = CellRef("w1", (0, 0, 0, 0))
    for bad in ("abc", "nan", "1e999"):
        move_to(window, cell, QEvent.Type.MouseButtonDblClick)
        qtbot.waitUntil(lambda: editing.cell == cell)
        QTest.keyClicks(editing.field, bad)
        QTest.keyClick(editing.field, Qt.Key.Key_Return)
        assert editing.field.isVisible()
        assert editing.note.isVisible()
        assert editing.note.text()
        QTest.keyClick(editing.field, Qt.Key.Key_Escape)
        assert window._shown.trace.w1[0, 0, 0, 0] == start.trace.w1[0, 0, 0, 0]
    move_to(window, cell, QEvent.Type.MouseButtonDblClick)
    qtbot.waitUntil(lambda: editing.cell == cell)
    QTest.keyClicks(editing.field, "-3")
    QTest.keyClick(editing.field, Qt.Key.Key_Return)
    shown(qtbot, window, lambda s: s.trace.w1[0, 0, 0, 0] == -3)
    assert "= (−3) · 1 +" in turn_to(window, "forward")[0]


def test_a_sign_on_the_board_is_outlined_in_the_flow_and_its_sum_is_spelled(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-5x5")
    turn_to(window, "dw1")
    settle(qtbot, window)
    move_to(window, CellRef("dz1", (0, 0, 3)))
    linker = window.flow_panel.linker
    assert linker.spotlight().ref == CellRef("dz1", (0, 0, 3))
    assert {mark.name for mark in window.flow_panel.view._overlay.marks} >= {"dA1", "z1"}
    QApplication.sendEvent(window.blackboard_panel.view, QEvent(QEvent.Type.Leave))
    assert linker.spotlight() is None


def test_a_cell_in_the_flow_is_outlined_on_the_board_with_what_makes_it(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    turn_to(window, "dw1")
    settle(qtbot, window)
    theme, view, flow = window.theme_choice.theme, window.blackboard_panel.view, window.flow_panel.view
    mouse(flow, "dw1", (0, 0, 0, 0))
    sources = {CellRef("dz1", (0, i, j)) for i in (0, 1) for j in (0, 1)}
    sources |= {CellRef("x", (0, i, j)) for i in (0, 1) for j in (0, 1)}
    assert view.marks == {**dict.fromkeys(sources, theme.source), CellRef("dw1", (0, 0, 0, 0)): theme.selection}
    leave(flow)
    assert view.marks == {}


def test_the_board_follows_training_step_by_step(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-5x5")
    before = turn_to(window, "dw1")
    QTest.keyClick(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    after = [block.text for block in window.blackboard_panel.view.section.blocks]
    assert [text.split(";")[0] for text in after] == [text.split(";")[0] for text in before]
    assert after != before
    QTest.keyClick(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING)
    assert "Pause to change numbers" in window.blackboard_panel.remark.text()


def test_step_does_what_the_update_on_the_board_said(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    remark = window.blackboard_panel.remark
    turn_to(window, "update")
    qtbot.waitUntil(lambda: "just what Step does" in remark.text())
    heads = [block.text.split("; ")[1].split(" = ")[0] for block in window.blackboard_panel.view.section.blocks]
    QTest.keyClick(window, Qt.Key.Key_Right)
    after = shown(qtbot, window, lambda s: s.step == 1).trace
    values = [float(value) for name in after.parameter_names for value in after.arrays[name].ravel()]
    assert [float(head.replace("−", "-")) for head in heads] == pytest.approx(values, abs=5e-5)
    qtbot.waitUntil(lambda: "Step takes the next image, train" in remark.text())


def test_the_board_says_how_its_places_are_called_elsewhere(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    panel = window.blackboard_panel
    assert panel.counting.full_text() == "Places count from 1, as in the lecture: w11 is w₁[0,0] elsewhere"
    assert panel.view.words_of(CellRef("dz1", (0, 1, 0))).startswith(
        "∂L/∂z₁[0][1,0] elsewhere, where places count from 0"
    )


def test_pages_are_turned_by_keys(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    panel = window.blackboard_panel
    panel.pages["dw1"].setFocus()
    QTest.keyClick(panel.pages["dw1"], Qt.Key.Key_PageDown)
    assert panel.page == "update"
    QTest.keyClick(panel, Qt.Key.Key_PageUp)
    assert panel.page == "dw1"


def test_enlarged_tabs_take_the_room_of_the_flow_and_give_it_back(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-5x5")
    turn_to(window, "dw1")
    settle(qtbot, window)
    small, height = window.blackboard_panel.view.layout_of_page.size, window.tabs.height()
    QTest.keyClick(window, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: window.tabs.height() > 2 * height)
    assert window.blackboard_panel.view.layout_of_page.size > small
    QTest.keyClick(window, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: window.flow_panel.isVisible() and window.tabs.height() == height)


@pytest.mark.parametrize("dataset", ["blackboard-3x3", "blackboard-5x5"])
@pytest.mark.parametrize("size", [(1100, 700), (1920, 1080)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_sign_is_cut_or_lies_on_another(
    qtbot: QtBot, window: MainWindow, dataset: str, size: tuple[int, int], theme: str
) -> None:
    window.resize(*size)
    window.theme_choice.choose(theme)
    choose_data(qtbot, window, dataset)
    panel = window.blackboard_panel
    for key in SECTIONS:
        turn_to(window, key)
        settle(qtbot, window)
        assert not window.grab().isNull()
        # the columns of a window that was just shown take their widths in several turns of the event loop
        qtbot.waitUntil(lambda: all(map(panel.view.rect().toRectF().contains, rooms_of(panel))))
        rooms = rooms_of(panel)
        assert panel.view.layout_of_page.size >= 14
        assert not any(first.intersects(second) for first, second in combinations(rooms, 2)), key
    for button in panel.pages.values():
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text()) + 8
        assert panel.rect().contains(button.geometry())
