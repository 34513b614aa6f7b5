"""The blackboard examples in the whole window: numbers typed into cells, what follows from them, and the way back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.trace import trace
from playground.datasets import load_dataset, suggested_settings
from playground.prediction import make_loss, make_network
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.ui.in_the_window import opened, shown
from ui.cell_ref import CellRef
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def choose_data(qtbot: QtBot, window: MainWindow, dataset: str) -> Snapshot:
    combo = window.data_panel.combo
    combo.setCurrentIndex(combo.findData(dataset))
    combo.activated.emit(combo.currentIndex())
    return shown(qtbot, window, lambda s: s.settings.dataset == dataset)


def type_into(window: MainWindow, cell: CellRef, text: str) -> None:
    view = window.flow_panel.view
    point = view.place_of(cell).center()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=point)
    QTest.keyClicks(view.editing.field, text)
    QTest.keyClick(view.editing.field, Qt.Key.Key_Return)


def click_label(window: MainWindow) -> None:
    view = window.flow_panel.view
    chip, ratio = view.painted.label, view.devicePixelRatioF()
    point = QPoint(int((chip.x + chip.width // 2) / ratio), int((chip.y + chip.height // 2) / ratio))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)


def test_what_is_refused_stays_selected_in_its_field_and_the_next_keys_go_there(
    qtbot: QtBot, window: MainWindow
) -> None:
    choose_data(qtbot, window, "blackboard-5x5")
    editing, tab = window.flow_panel.view.editing, window.tabs.currentIndex()
    # as on a desktop, where the button is down while the second press gives the field the focus
    view = window.flow_panel.view
    point = view.place_of(CellRef("x", (0, 1, 1))).center()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    QTest.mousePress(view.window().windowHandle(), Qt.MouseButton.LeftButton, pos=view.mapTo(window, point))
    QTest.mouseDClick(view.window().windowHandle(), Qt.MouseButton.LeftButton, pos=view.mapTo(window, point))
    editing.field.selectAll()
    QTest.keyClicks(editing.field, "abc")
    QTest.keyClick(editing.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is editing.field)
    assert editing.field.selectedText() == "abc"
    QTest.keyClicks(QApplication.focusWidget(), "0.7")
    QTest.keyClick(editing.field, Qt.Key.Key_Return)
    found = shown(qtbot, window, lambda s: s.sample_edited)
    assert found.trace.x[0, 0, 1, 1] == np.float32(0.7)
    assert window.tabs.currentIndex() == tab
    assert editing.note.isHidden()


@pytest.mark.parametrize("dataset", ["blackboard-3x3", "blackboard-5x5"])
def test_an_edited_pixel_weight_and_label_show_the_engines_own_numbers_and_can_be_undone(
    qtbot: QtBot, window: MainWindow, dataset: str
) -> None:
    start = choose_data(qtbot, window, dataset)
    assert start.sample == SampleRef("train", 0)
    type_into(window, CellRef("x", (0, 1, 1)), "0.3")
    shown(qtbot, window, lambda s: s.sample_edited)
    type_into(window, CellRef("w1", (0, 0, 1, 0)), "-1.25")
    shown(qtbot, window, lambda s: len(s.edits) == 2)
    click_label(window)
    found = shown(qtbot, window, lambda s: len(s.edits) == 3).trace

    settings = Settings(**suggested_settings(dataset))
    data = load_dataset(settings)
    weights = {name: values.copy() for name, values in data.initial_state.items()}
    weights["conv1.weight"][0, 0, 1, 0] = -1.25
    network = make_network(settings)
    network.load_state_dict(weights)
    x = data.x_train[:1].copy()
    x[0, 0, 1, 1] = 0.3
    for name, values in trace(network, make_loss(settings), x, np.array([0])).arrays.items():
        np.testing.assert_array_equal(found.arrays[name], values, err_msg=name)

    for left in (2, 1, 0):
        QTest.mouseClick(window.flow_panel.undo_edit, Qt.MouseButton.LeftButton)
        back = shown(qtbot, window, lambda s, left=left: len(s.edits) == left)
    assert not window.flow_panel.undo_edit.isVisible()
    for name, values in start.trace.arrays.items():
        np.testing.assert_array_equal(back.trace.arrays[name], values, err_msg=name)


def test_the_strip_writes_the_loss_for_the_label_that_there_is(qtbot: QtBot, window: MainWindow) -> None:
    label = int(choose_data(qtbot, window, "blackboard-3x3").trace.y[0])
    view, strip = window.flow_panel.view, window.flow_panel.strip
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place_of(CellRef("L", ())).topLeft() + QPoint(4, 4))
    qtbot.waitUntil(lambda: f"y = {label}" in "".join(strip.lines()))
    click_label(window)
    shown(qtbot, window, lambda s: len(s.edits) == 1)
    qtbot.waitUntil(lambda: f"y = {1 - label}" in "".join(strip.lines()))
    assert f"y = {label}" not in "".join(strip.lines())


def test_a_bad_number_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    start = choose_data(qtbot, window, "blackboard-3x3")
    type_into(window, CellRef("w1", (0, 0, 0, 0)), "1e999")
    editing = window.flow_panel.view.editing
    assert editing.field.isVisible()
    assert "too large" in editing.note.text()
    QTest.keyClick(editing.field, Qt.Key.Key_Escape)
    assert window._shown.trace.w1[0, 0, 0, 0] == start.trace.w1[0, 0, 0, 0]
    assert window._shown.edits == ()


def test_keys_typed_into_a_cell_do_not_act_on_the_window(qtbot: QtBot, window: MainWindow) -> None:
    start = choose_data(qtbot, window, "blackboard-3x3")
    tab = window.tabs.currentIndex()
    type_into(window, CellRef("w1", (0, 0, 0, 0)), "r 2")
    QTest.keyClick(window.flow_panel.view.editing.field, Qt.Key.Key_Escape)
    later = shown(qtbot, window)
    assert (later.run_id, later.state, window.tabs.currentIndex()) == (start.run_id, RunState.PAUSED, tab)


def test_reset_brings_the_original_example_back_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    start = choose_data(qtbot, window, "blackboard-3x3")
    type_into(window, CellRef("x", (0, 0, 0)), "0.25")
    shown(qtbot, window, lambda s: s.sample_edited)
    window.actions_by_id["reset"].trigger()
    again = shown(qtbot, window, lambda s: s.run_id > start.run_id)
    np.testing.assert_array_equal(again.trace.x, start.trace.x)
    assert not again.sample_edited
    assert "without the 1 edit" in window.statusBar().currentMessage()


def test_the_learning_rate_follows_at_once_and_keeps_the_edit(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    type_into(window, CellRef("b2", (0,)), "0.5")
    shown(qtbot, window, lambda s: len(s.edits) == 1)
    window.training_panel.learning_rate_changed.emit(0.25)
    after = shown(qtbot, window, lambda s: s.settings.learning_rate == 0.25)
    assert after.trace.b2[0] == 0.5
    assert len(after.edits) == 1


def test_an_edit_that_arrives_while_training_is_refused_in_words(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    window.worker.train()
    window.worker.edit_cell(SampleRef("train", 0), "w1", (0, 0, 0, 0), 5.0)
    qtbot.waitUntil(lambda: "Pause to edit" in window.banner.text)
    window.worker.pause()
    assert shown(qtbot, window, lambda s: s.state is RunState.PAUSED).edits == ()


def test_undoing_an_edit_shows_the_image_that_it_belongs_to(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "blackboard-3x3")
    type_into(window, CellRef("x", (0, 0, 0)), "0.25")
    shown(qtbot, window, lambda s: s.sample_edited)
    window.worker.choose_sample(SampleRef("test", 2))
    elsewhere = shown(qtbot, window, lambda s: s.sample == SampleRef("test", 2))
    assert not elsewhere.sample_edited
    assert len(elsewhere.edits) == 1
    QTest.mouseClick(window.flow_panel.undo_edit, Qt.MouseButton.LeftButton)
    assert shown(qtbot, window, lambda s: not s.edits).sample == SampleRef("train", 0)


def test_a_refused_choice_of_data_leaves_the_panel_with_the_data_of_the_run(qtbot: QtBot, window: MainWindow) -> None:
    before = window.run.settings
    window.run.change(kernel_size=11)
    shown(qtbot, window, lambda s: s.settings.kernel_size == 11)
    panel = window.data_panel
    panel.combo.setCurrentIndex(panel.combo.findData("shapes"))
    window.worker.refused.emit("This data set cannot be used.")
    qtbot.waitUntil(lambda: panel.combo.currentData() == before.dataset)
    assert window.run.settings.kernel_size == 11
    assert "cannot be used" in window.banner.text


def test_shift_r_draws_a_seed_as_the_dice_do(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.training_panel.secrets.randbelow", lambda _limit: 4711)
    QTest.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ShiftModifier)
    assert shown(qtbot, window, lambda s: s.run_id > 1).settings.seed == 4711
