"""Drawing a data set: Enter keeps a sample, everything can be taken back, moved, fixed and left out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from playground.preparation import prepared_as
from tests.ui.workshop.conftest import HAT, LINE, POST, Bench

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_enter_keeps_the_drawing_for_the_chosen_class_and_clears_the_canvas(bench: Bench) -> None:
    bench.draw(LINE)
    drawn = bench.canvas.gray()
    bench.key(Qt.Key.Key_Return)
    assert bench.counts() == [1, 0]
    assert bench.canvas.is_empty
    expected = prepared_as(drawn, "centred", (1, 28, 28))
    np.testing.assert_array_equal(bench.workshop.collection.images[0], np.rint(expected * 255))
    assert bench.changes() == ["1 image added to class A"]


def test_enter_on_an_empty_canvas_keeps_nothing(bench: Bench) -> None:
    bench.key(Qt.Key.Key_Return)
    assert bench.counts() == [0, 0]
    assert not bench.window.drawing.keep_button.isEnabled()


def test_the_keep_button_keeps_too(bench: Bench) -> None:
    bench.draw(LINE)
    QTest.mouseClick(bench.window.drawing.keep_button, Qt.MouseButton.LeftButton)
    assert bench.counts() == [1, 0]


def test_number_keys_choose_the_class_from_anywhere(bench: Bench) -> None:
    bench.key(Qt.Key.Key_2)
    bench.keep(POST)
    assert bench.counts() == [0, 1]
    bench.key(Qt.Key.Key_1, widget=bench.column(1).view)
    bench.keep(LINE)
    assert bench.counts() == [1, 1]
    assert "class A" in bench.window.drawing.keep_button.text()
    bench.key(Qt.Key.Key_9)
    assert bench.workshop.chosen == 0


def test_a_click_on_a_column_chooses_its_class(bench: Bench) -> None:
    QTest.mouseClick(bench.column(1).counts, Qt.MouseButton.LeftButton)
    assert bench.workshop.chosen == 1


def test_what_the_network_gets_stands_beside_the_drawing(bench: Bench) -> None:
    seen = bench.window.drawing.seen
    empty = seen.grab().toImage()
    bench.draw(HAT)
    bench.qtbot.waitUntil(lambda: seen.grab().toImage() != empty)
    bench.key(Qt.Key.Key_Return)
    bench.qtbot.waitUntil(lambda: seen.grab().toImage() == empty)


def test_undo_takes_back_a_stroke_while_drawing_and_else_the_newest_change(bench: Bench) -> None:
    bench.keep(LINE, 2)
    bench.draw(HAT)
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.canvas.is_empty
    assert bench.counts() == [2, 0]
    bench.canvas.undo_stack.clear()
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.counts() == [1, 0]
    assert bench.changes() == ["(1 image added to class A)", "1 image added to class A"]
    bench.key(Qt.Key.Key_Z, CTRL | SHIFT)
    assert bench.counts() == [2, 0]


def test_undo_right_after_enter_takes_the_sample_back(bench: Bench) -> None:
    bench.keep(LINE)
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.counts() == [0, 0]
    assert bench.canvas.is_empty


def test_the_cross_under_the_pointer_deletes_a_sample(bench: Bench) -> None:
    bench.keep(LINE, 3)
    bench.click_cross(0, 1)
    assert list(bench.workshop.collection.rows()) == [0, 2]
    assert bench.changes()[0] == "1 image removed"


def test_del_deletes_all_chosen_samples_and_leaves_the_drawing(bench: Bench) -> None:
    bench.keep(LINE, 4)
    bench.draw(HAT)
    bench.click_sample(0, 0)
    bench.click_sample(0, 2, SHIFT)
    bench.key(Qt.Key.Key_Delete, widget=bench.column(0).view)
    assert list(bench.workshop.collection.rows()) == [3]
    assert not bench.canvas.is_empty


def test_ctrl_and_a_digit_moves_chosen_samples_to_that_class(bench: Bench) -> None:
    bench.keep(LINE, 3)
    bench.click_sample(0, 0)
    bench.click_sample(0, 1, CTRL)
    bench.key(Qt.Key.Key_2, CTRL, bench.column(0).view)
    assert bench.counts() == [1, 2]
    assert bench.changes()[0] == "2 images moved from class A to class B"


def test_samples_are_dragged_to_another_class(bench: Bench) -> None:
    bench.keep(LINE, 3)
    bench.click_sample(0, 2)
    source, target = bench.column(0).view, bench.column(1).view
    mime: QMimeData = source.model().mimeData(source.selectedIndexes())
    held = (Qt.DropAction.MoveAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    for event in (
        QDragEnterEvent(QPoint(30, 40), *held),
        QDragMoveEvent(QPoint(30, 40), *held),
        QDropEvent(QPointF(30, 40), *held),
    ):
        QApplication.sendEvent(target.viewport(), event)
        assert event.isAccepted()
    assert bench.counts() == [2, 1]


def test_the_menu_of_a_sample_moves_it(bench: Bench) -> None:
    bench.keep(LINE, 2)
    bench.click_sample(0, 1)
    menu = bench.window.columns.menu(bench.window)
    move = menu.actions()[0].menu()
    next(action for action in move.actions() if action.text().startswith("class B")).trigger()
    assert bench.counts() == [1, 1]


def test_t_moves_between_train_and_test_and_x_excludes(bench: Bench) -> None:
    bench.keep(LINE, 3)
    assert bench.column(0).counts.text() == "2 train · 1 test"
    bench.click_sample(0, 0)
    bench.key(Qt.Key.Key_T, widget=bench.column(0).view)
    assert bench.column(0).counts.text() == "1 train · 2 test"
    bench.key(Qt.Key.Key_X, widget=bench.column(0).view)
    assert bench.column(0).counts.text() == "1 train · 1 test · 1 out"
    bench.key(Qt.Key.Key_X, widget=bench.column(0).view)
    bench.key(Qt.Key.Key_T, widget=bench.column(0).view)
    assert bench.column(0).counts.text() == "2 train · 1 test"


def test_samples_are_chosen_in_one_class_at_a_time(bench: Bench) -> None:
    bench.keep(LINE, 2)
    bench.key(Qt.Key.Key_2)
    bench.keep(POST, 2)
    bench.click_sample(0, 0)
    bench.click_sample(1, 1)
    assert list(bench.window.columns.selected) == [3]


def test_a_name_is_edited_in_place(bench: Bench) -> None:
    field = bench.column(0).name_field
    bench.key(Qt.Key.Key_F2)
    QTest.keyClicks(field, "cat 1")
    bench.key(Qt.Key.Key_Return, widget=field)
    assert bench.workshop.collection.classes[0].name == "cat 1"
    assert bench.changes() == ["class “class A” renamed to “cat 1”"]
    field.selectAll()
    QTest.keyClicks(field, "dog")
    bench.key(Qt.Key.Key_Escape, widget=field)
    assert field.text() == "cat 1"


def test_a_name_that_another_class_has_is_refused_in_one_sentence(bench: Bench) -> None:
    field = bench.column(0).name_field
    field.selectAll()
    QTest.keyClicks(field, "class B")
    bench.key(Qt.Key.Key_Return, widget=field)
    assert field.text() == "class A"
    assert bench.window.banner.text == "There is a class “class B” already; choose another name."


def test_classes_come_and_go_with_their_samples(bench: Bench) -> None:
    bench.keep(LINE, 2)
    bench.key(Qt.Key.Key_T, CTRL)
    bench.key(Qt.Key.Key_F2)
    QTest.keyClicks(bench.column(2).name_field, "hat")
    bench.key(Qt.Key.Key_Return, widget=bench.column(2).name_field)
    bench.keep(HAT)
    assert bench.counts() == [2, 0, 1]
    QTest.mouseClick(bench.column(0).remove_button, Qt.MouseButton.LeftButton)
    assert bench.counts() == [0, 1]
    assert [known.name for known in bench.workshop.collection.classes] == ["class B", "hat"]
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.counts() == [2, 0, 1]
    assert bench.column(0).name_field.text() == "class A"


def test_augmentation_is_shown_before_it_is_used(bench: Bench) -> None:
    bench.keep(HAT, 3)
    panel = bench.window.augmentation
    before = panel.pictures.grab().toImage()
    QTest.mouseClick(
        panel.switches["rotation"], Qt.MouseButton.LeftButton, pos=QPoint(8, panel.switches["rotation"].height() // 2)
    )
    assert panel.augmentation.rotation == 10
    after = panel.pictures.grab().toImage()
    half = after.height() // 2
    assert after.copy(0, 0, after.width(), half - 2) == before.copy(0, 0, after.width(), half - 2)
    assert after != before
    QTest.mouseClick(panel.again_button, Qt.MouseButton.LeftButton)
    assert panel.pictures.grab().toImage() != after


def test_a_new_class_is_drawn_for_at_once_and_digits_choose_a_class(bench: Bench) -> None:
    QTest.mouseClick(bench.window.columns.add_button, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is bench.canvas
    assert bench.workshop.chosen == 2
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    assert bench.workshop.chosen == 0
    assert [known.name for known in bench.workshop.collection.classes] == ["class A", "class B", "class C"]


def test_a_click_elsewhere_ends_the_name_that_is_typed(bench: Bench) -> None:
    field = bench.column(0).name_field
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "cat")
    handle = bench.window.windowHandle()
    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=bench.window.status.mapTo(bench.window, QPoint(3, 3)))
    assert not field.hasFocus()
    assert bench.workshop.collection.classes[0].name == "cat"
    QTest.keyClick(bench.window, Qt.Key.Key_2)
    assert bench.workshop.chosen == 1


def test_esc_takes_a_message_away_and_then_closes_the_workshop(bench: Bench) -> None:
    bench.window.say("This could not be done.")
    bench.key(Qt.Key.Key_Escape, widget=bench.window)
    assert bench.window.isVisible()
    assert not bench.window.banner.isVisible()
    bench.key(Qt.Key.Key_Escape, widget=bench.window)
    assert not bench.window.isVisible()
