"""Editing a number in place, with the events of a mouse and a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from playground.edits import Edit
from playground.sample_ref import SampleRef
from playground.snapshot import RunState, Snapshot
from tests.ui.flow.snapshots import snapshot_of
from ui.cell_ref import CellRef, cell_value
from ui.flow.panel import FlowPanel
from ui.flow.view import FlowView

WEIGHT = CellRef("w1", (0, 0, 0, 1))
PIXEL = CellRef("x", (0, 1, 2))


class Editing:
    """A panel on screen, the edits that it has told, and hands for it."""

    def __init__(self, qtbot: QtBot, name: str) -> None:
        self.panel = FlowPanel()
        qtbot.addWidget(self.panel)
        self.view: FlowView = self.panel.view
        self.field: QLineEdit = self.view.editing.field
        self.told: list[tuple[object, ...]] = []
        self.panel.cell_edited.connect(lambda *what: self.told.append(what))
        self.panel.label_edited.connect(lambda *what: self.told.append(what))
        self.show(snapshot_of(name))
        self.panel.resize(600, 480)
        with qtbot.waitExposed(self.panel):
            self.panel.show()
        self.panel.activateWindow()
        qtbot.waitUntil(self.panel.isActiveWindow)

    def show(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.panel.show_snapshot(snapshot)

    def double_click(self, cell: CellRef) -> None:
        point = self.view.place_of(cell).center()
        QTest.mouseClick(self.view, Qt.MouseButton.LeftButton, pos=point)
        QTest.mouseDClick(self.view, Qt.MouseButton.LeftButton, pos=point)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.field if self.field.isVisible() else self.view, key, modifier)

    def type(self, text: str) -> None:
        QTest.keyClicks(self.field, text)


@pytest.fixture
def editing(qtbot: QtBot) -> Iterator[Editing]:
    return Editing(qtbot, "blackboard 3x3")


@pytest.mark.parametrize("name", ["blackboard 3x3", "four filters", "two blocks, ten classes"])
@pytest.mark.parametrize("array", ["x", "w1", "b1", "w2", "b2"])
def test_a_double_click_on_a_given_number_opens_a_readable_field_over_it(qtbot: QtBot, name: str, array: str) -> None:
    editing = Editing(qtbot, name)
    part = editing.view.flow_layout.tiles[array].maps[0]
    cell = CellRef(array, part.index(0, part.cols - 1))
    editing.double_click(cell)
    assert editing.field.isVisible()
    assert editing.field.hasFocus()
    assert editing.field.selectedText() == editing.field.text()
    assert float(editing.field.text()) == pytest.approx(cell_value(editing.snapshot.trace, cell), rel=1e-6)
    assert editing.field.width() >= 84
    assert editing.view.rect().contains(editing.field.geometry())
    assert editing.field.geometry().intersects(editing.view.place_of(cell))


@pytest.mark.parametrize("array", ["z1", "A1", "P1", "F", "z2", "A2", "dw1", "dz1", "db2"])
def test_a_number_that_is_computed_cannot_be_edited(editing: Editing, array: str) -> None:
    part = editing.view.flow_layout.tiles[array].maps[0]
    editing.double_click(CellRef(array, part.index(0, 0)))
    assert not editing.field.isVisible()


@pytest.mark.parametrize("key", [Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_the_keyboards_cell_is_edited_by_f2_and_enter(editing: Editing, key: Qt.Key) -> None:
    editing.view.setFocus()
    QTest.keyClick(editing.view, Qt.Key.Key_Right)
    assert editing.view.cell.name == "x"
    QTest.keyClick(editing.view, key)
    assert editing.field.isVisible()


@pytest.mark.parametrize(("typed", "value"), [("2.5", 2.5), ("-0,25", -0.25), ("1e-3", 0.001)])
def test_enter_tells_the_number_and_closes_the_field(editing: Editing, typed: str, value: float) -> None:
    editing.double_click(WEIGHT)
    editing.type(typed)
    editing.key(Qt.Key.Key_Return)
    assert editing.told == [(editing.snapshot.sample, "w1", WEIGHT.index, value)]
    assert not editing.field.isVisible()
    assert editing.view.hasFocus()


def test_esc_keeps_the_old_number(editing: Editing) -> None:
    editing.double_click(PIXEL)
    editing.type("0.75")
    editing.key(Qt.Key.Key_Escape)
    assert editing.told == []
    assert not editing.field.isVisible()


def test_enter_without_a_change_is_no_edit(editing: Editing) -> None:
    editing.double_click(PIXEL)
    editing.key(Qt.Key.Key_Return)
    assert editing.told == []


@pytest.mark.parametrize("bad", ["abc", "", "nan", "inf", "-Infinity", "1e999", "12345", "1,2,3", "--1", "0x1"])
def test_a_bad_number_is_refused_beside_the_field_which_stays_open(editing: Editing, bad: str) -> None:
    editing.double_click(WEIGHT)
    QTest.keyClick(editing.field, Qt.Key.Key_Delete)
    editing.type(bad)
    editing.key(Qt.Key.Key_Return)
    note = editing.view.editing.note
    assert editing.told == []
    assert editing.field.isVisible()
    assert editing.field.text() == bad
    assert editing.field.property("refused") is True
    assert note.isVisible()
    assert 0 < len(note.text()) <= 60
    assert editing.view.rect().contains(note.geometry())
    assert not note.geometry().intersects(editing.field.geometry())


def test_typing_on_after_a_refusal_takes_the_red_frame_away(editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.type("x")
    editing.key(Qt.Key.Key_Return)
    editing.key(Qt.Key.Key_Backspace)
    assert editing.field.property("refused") is False
    assert not editing.view.editing.note.isVisible()
    editing.type("3")
    editing.key(Qt.Key.Key_Return)
    assert editing.told[-1][-1] == 3


def test_tab_commits_and_edits_the_next_number_and_shift_tab_the_one_before(editing: Editing) -> None:
    editing.double_click(PIXEL)
    editing.type("0.5")
    editing.key(Qt.Key.Key_Tab)
    assert editing.told[-1][1:] == ("x", (0, 1, 2), 0.5)
    assert editing.view.editing.cell == CellRef("x", (0, 2, 0))
    editing.key(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editing.view.editing.cell == PIXEL


def test_tab_goes_from_the_last_pixel_to_the_weights(editing: Editing) -> None:
    editing.double_click(CellRef("x", (0, 2, 2)))
    editing.key(Qt.Key.Key_Tab)
    assert editing.view.editing.cell == CellRef("w1", (0, 0, 0, 0))


@pytest.mark.parametrize(
    ("key", "following"),
    [
        (Qt.Key.Key_Left, (0, 1, 0)),
        (Qt.Key.Key_Right, (0, 1, 2)),
        (Qt.Key.Key_Up, (0, 0, 1)),
        (Qt.Key.Key_Down, (0, 2, 1)),
    ],
)
def test_arrows_commit_and_go_to_the_cell_beside(editing: Editing, key: Qt.Key, following: tuple[int, ...]) -> None:
    editing.double_click(CellRef("x", (0, 1, 1)))
    editing.key(key)
    assert editing.view.editing.cell == CellRef("x", following)
    assert editing.view.cell == CellRef("x", following)


def test_arrows_move_within_a_number_that_is_being_typed(editing: Editing) -> None:
    editing.double_click(CellRef("x", (0, 1, 1)))
    editing.type("15")
    editing.key(Qt.Key.Key_Left)
    editing.type(".")
    editing.key(Qt.Key.Key_Return)
    assert editing.told[-1][-1] == 1.5


def test_leaving_the_field_commits(qtbot: QtBot, editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.type("4")
    editing.panel.decimals.setFocus()
    qtbot.waitUntil(lambda: not editing.field.isVisible())
    assert editing.told[-1][-1] == 4


def test_leaving_the_field_with_a_bad_number_keeps_the_old_one_and_says_why(qtbot: QtBot, editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.type("four")
    editing.panel.decimals.setFocus()
    qtbot.waitUntil(lambda: not editing.field.isVisible())
    assert editing.told == []
    assert "four" in editing.view.editing.note.text()
    assert editing.view.editing.note.isVisible()


def test_while_training_the_attempt_says_pause_to_edit(editing: Editing) -> None:
    editing.show(replace(editing.snapshot, state=RunState.TRAINING))
    editing.double_click(WEIGHT)
    assert not editing.field.isVisible()
    assert editing.view.editing.note.isVisible()
    assert "Pause to edit" in editing.view.editing.note.text()


def test_a_number_typed_while_training_began_stays_in_the_field(editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.type("2")
    editing.show(replace(editing.snapshot, state=RunState.TRAINING, sequence=2))
    editing.key(Qt.Key.Key_Return)
    assert editing.told == []
    assert "Pause to edit" in editing.view.editing.note.text()
    editing.show(replace(editing.snapshot, state=RunState.PAUSED, sequence=3))
    editing.key(Qt.Key.Key_Return)
    assert editing.told[-1][-1] == 2


def test_the_field_follows_its_cell_when_the_window_changes(qtbot: QtBot, editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.panel.resize(900, 700)
    qtbot.waitUntil(lambda: editing.view.width() > 800)
    place = editing.view.place_of(WEIGHT)
    assert place.intersects(editing.field.geometry())
    assert editing.field.isVisible()


def test_another_run_or_image_closes_the_field(editing: Editing) -> None:
    editing.double_click(WEIGHT)
    editing.show(replace(editing.snapshot, sample=SampleRef("test", 3), sequence=2))
    assert not editing.field.isVisible()
    assert editing.told == []


def click_label(editing: Editing) -> None:
    chip, ratio = editing.view.painted.label, editing.view.devicePixelRatioF()
    point = QPoint(int((chip.x + chip.width // 2) / ratio), int((chip.y + chip.height // 2) / ratio))
    QTest.mouseClick(editing.view, Qt.MouseButton.LeftButton, pos=point)


def test_a_click_on_y_changes_the_label_of_two_classes_over(editing: Editing) -> None:
    click_label(editing)
    assert editing.told == [(editing.snapshot.sample, 0)]


def test_a_double_click_on_y_changes_the_label_as_a_click_does(editing: Editing) -> None:
    click_label(editing)
    chip, ratio = editing.view.painted.label, editing.view.devicePixelRatioF()
    point = QPoint(int((chip.x + chip.width // 2) / ratio), int((chip.y + chip.height // 2) / ratio))
    QTest.mouseDClick(editing.view, Qt.MouseButton.LeftButton, pos=point)
    assert editing.told == [(editing.snapshot.sample, 0)]


def test_enter_on_the_loss_changes_the_label_too(editing: Editing) -> None:
    editing.double_click(CellRef("L", ()))
    assert editing.told == [(editing.snapshot.sample, 0)]


def test_of_ten_classes_one_is_chosen_from_a_list(qtbot: QtBot) -> None:
    editing = Editing(qtbot, "two blocks, ten classes")
    click_label(editing)
    menu = next(menu for menu in editing.view.findChildren(QMenu) if menu.isVisible())
    assert [action.isChecked() for action in menu.actions()].index(True) == 1
    QTest.keyClick(menu, Qt.Key.Key_Down)
    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert editing.told == [(editing.snapshot.sample, 2)]


def test_the_label_cannot_be_changed_while_training(editing: Editing) -> None:
    editing.show(replace(editing.snapshot, state=RunState.TRAINING))
    click_label(editing)
    assert editing.told == []
    assert "Pause to edit" in editing.view.editing.note.text()


def test_the_undo_button_is_there_only_for_edits_and_says_what_it_undoes(qtbot: QtBot, editing: Editing) -> None:
    button = editing.panel.undo_edit
    assert not button.isVisible()
    edits = (Edit(0, "w1", (0, 0, 0, 1), -0.5, 2.0), Edit(0, "x", (0, 1, 2), 0.1, 0.5, SampleRef("train", 3)))
    editing.show(replace(editing.snapshot, edits=edits, sequence=2))
    assert button.isVisible()
    assert "X[0][1,2] of train 3 goes back to" in button.toolTip()
    assert "1 more" in button.toolTip()
    with qtbot.waitSignal(editing.panel.undo_edit_requested):
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_undoing_a_weight_of_some_steps_ago_is_said_to_undo_what_they_changed_of_it(editing: Editing) -> None:
    edits = (Edit(3, "w1", (0, 0, 0, 1), 0.5, 2.0),)
    editing.show(replace(editing.snapshot, step=3, edits=edits, sequence=2))
    assert "w₁[0,0][0,1] goes back to 0.5. Reset" in editing.panel.undo_edit.toolTip()
    editing.show(replace(editing.snapshot, step=5, edits=edits, sequence=3))
    assert "goes back to 0.5, without what 2 steps changed of it since. Reset" in editing.panel.undo_edit.toolTip()


def test_an_edited_training_image_is_said_to_be_trained_on(editing: Editing) -> None:
    editing.show(replace(editing.snapshot, sample=SampleRef("train", 0), sample_edited=True, sequence=2))
    assert "edited: this run trains on it so" in editing.panel.sample_label.full_text()


@pytest.mark.parametrize("name", ["blackboard 3x3", "lecture 5x5"])
@pytest.mark.parametrize("size", [(555, 335), (780, 520), (1250, 640)])
def test_every_cell_of_a_blackboard_has_room_for_its_number(qtbot: QtBot, name: str, size: tuple[int, int]) -> None:
    view = FlowView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.show_snapshot(snapshot_of(name))
    characters = view.painted._characters
    least = {array: 3 if array == "x" else 5 for array, tile in view.flow_layout.tiles.items() if tile.kind != "box"}
    assert {array: characters[array] for array in least if characters[array] < least[array]} == {}
