"""Training on what was drawn, at any moment, while more is drawn; and what is kept between starts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QColorDialog, QComboBox, QLabel, QLineEdit, QWidget

from playground.diagnosis import Diagnosis
from playground.own_data.description import OwnData
from playground.settings import OWN, Settings
from tests.playground.own_data.test_training import learnable
from tests.ui.workshop.conftest import HAT, LINE, POST, Bench
from ui.flow.cell_pixels import image_pixels

CTRL = Qt.KeyboardModifier.ControlModifier


def draw_two_classes(bench: Bench, times: int = 3) -> None:
    bench.keep(LINE, times)
    bench.key(Qt.Key.Key_2)
    bench.keep(POST, times)


def train(bench: Bench) -> None:
    """Press Train, and wait until steps are taken on the data set of the bench."""
    QTest.mouseClick(bench.window.train_button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: learns(bench))


def learns(bench: Bench) -> bool:
    seen = bench.main._shown
    own = seen.settings.own
    return own is not None and own.name == bench.workshop.collection.name and seen.step > 5


def train_images(bench: Bench) -> int:
    return len(bench.main._dataset.x_train)


def test_training_on_too_little_says_what_is_missing(bench: Bench) -> None:
    bench.keep(LINE, 3)
    QTest.mouseClick(bench.window.train_button, Qt.MouseButton.LeftButton)
    assert bench.window.status.text() == "Training needs images of every class: add some for class B."
    assert "bold" in bench.window.status.styleSheet()
    assert bench.main._shown.settings == Settings()
    assert bench.window.train_button.objectName() == ""  # it is bright only while it does something
    assert bench.window.train_button.toolTip().startswith("Not yet: Training needs images of every class")
    bench.key(Qt.Key.Key_2)
    bench.keep(POST)
    assert bench.window.train_button.objectName() == "primary"
    assert bench.window.status.text() == "4 images in 2 classes, kept"


def test_one_class_or_none_says_that_two_are_needed(bench: Bench) -> None:
    QTest.mouseClick(bench.column(1).remove_button, Qt.MouseButton.LeftButton)
    assert "there is only class A" in bench.window.status.text()
    QTest.mouseClick(bench.column(0).remove_button, Qt.MouseButton.LeftButton)
    assert "there is none" in bench.window.status.text()
    bench.draw(LINE)
    bench.key(Qt.Key.Key_Return)
    assert not bench.canvas.is_empty
    assert not bench.window.drawing.keep_button.isEnabled()


def test_samples_are_added_while_it_trains_and_the_weights_stay(bench: Bench) -> None:
    draw_two_classes(bench)
    train(bench)
    run, step = bench.main._shown.run_id, bench.main._shown.step
    assert train_images(bench) == 4
    bench.keep(POST, 2)
    bench.qtbot.waitUntil(lambda: train_images(bench) == 6)
    bench.qtbot.waitUntil(lambda: bench.main._shown.step > step + 10)
    assert bench.main._shown.run_id == run
    assert bench.window.train_button.text() == "Pause"
    QTest.mouseClick(bench.window.train_button, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: bench.window.train_button.text() == "Train")


def test_a_colour_chosen_for_a_class_is_that_of_the_class_in_the_main_window(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_two_classes(bench, 9)
    train(bench)
    main = bench.main
    QTest.mouseClick(bench.window.train_button, Qt.MouseButton.LeftButton)
    main.classify_panel.canvas.set_image(np.rint(255 * main._dataset.x_test[0][0]).astype(np.uint8))
    bench.qtbot.waitUntil(lambda: main._shown.drawing_probabilities is not None)
    main.actions_by_id["tab_6"].trigger()
    views = (main.data_panel.gallery, main.data_panel.chips, main.classify_panel, main.flow_panel.view, main.tabs)
    assert not any(map(has_violet, views))
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#d03fd0"))
    QTest.mouseClick(bench.column(0).color_button, Qt.MouseButton.LeftButton)
    for view in views:
        bench.qtbot.waitUntil(lambda view=view: has_violet(view))
    main.theme_choice.choose("light")
    bench.qtbot.waitUntil(lambda: all(map(has_violet, views)))
    main.run.change_data("digits", (3, 8))
    bench.qtbot.waitUntil(lambda: not any(map(has_violet, views)))


def has_violet(view: QWidget) -> bool:
    """Whether anything in a view has about the colour #d03fd0."""
    pixels = image_pixels(view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    channels = np.ascontiguousarray(pixels).view(np.uint8).reshape(-1, 4)[:, :3].astype(int)
    return bool((np.abs(channels - (0xD0, 0x3F, 0xD0)).sum(axis=1) < 40).any())


def test_a_class_renamed_while_it_trains_keeps_the_weights(bench: Bench) -> None:
    draw_two_classes(bench)
    train(bench)
    assert " · class " in (named := bench.main.flow_panel.sample_label.full_text())
    assert "class class" not in named
    run = bench.main._shown.run_id
    bench.key(Qt.Key.Key_F2)
    QTest.keyClicks(bench.column(1).name_field, "post")
    bench.key(Qt.Key.Key_Return, widget=bench.column(1).name_field)
    bench.qtbot.waitUntil(lambda: bench.main._shown.settings.own.class_names == ("class A", "post"))
    assert bench.main._shown.run_id == run


def test_a_new_class_is_learnt_once_it_has_samples_and_training_goes_on(bench: Bench) -> None:
    draw_two_classes(bench)
    train(bench)
    run = bench.main._shown.run_id
    bench.key(Qt.Key.Key_T, CTRL)
    bench.key(Qt.Key.Key_Return, widget=bench.column(2).name_field)
    assert "add some for class C" in bench.window.status.text()
    bench.keep(HAT)
    bench.qtbot.waitUntil(lambda: len(bench.main._shown.class_names) == 3)
    assert bench.main._shown.run_id == run + 1
    bench.qtbot.waitUntil(lambda: bench.main._shown.step > 10)


def test_what_the_workshop_changes_does_not_reach_a_run_on_other_data(bench: Bench) -> None:
    draw_two_classes(bench)
    assert bench.main._shown.settings == Settings()
    train(bench)
    bench.main.worker.change_settings(Settings())
    bench.qtbot.waitUntil(lambda: bench.main._shown.settings.own is None)
    bench.keep(POST)
    bench.qtbot.wait(100)  # longer than changes are gathered
    assert bench.main.run.settings == Settings()


def test_augmentation_switched_on_takes_effect_with_the_same_weights(bench: Bench) -> None:
    draw_two_classes(bench)
    train(bench)
    run = bench.main._shown.run_id
    switch = bench.window.augmentation.switches["shift"]
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton, pos=QPoint(8, switch.height() // 2))
    bench.qtbot.waitUntil(lambda: bench.main._shown.settings.augmentation.shift == 0.08)
    assert bench.main._shown.run_id == run


def test_the_next_start_has_everything_that_was_drawn_and_learnt(bench: Bench, open_bench: Callable[[], Bench]) -> None:
    draw_two_classes(bench)
    train(bench)
    bench.draw(HAT)
    bench.canvas.grab()
    drawn = bench.canvas.state()
    bench.main.close()
    again = open_bench()
    assert again.counts() == [3, 3]
    assert again.canvas.state() == drawn
    assert again.changes() == []
    assert again.main._shown.settings.dataset == OWN
    assert again.main._shown.step > 5
    again.key(Qt.Key.Key_Delete)
    again.key(Qt.Key.Key_2)
    again.keep(POST)
    again.qtbot.waitUntil(lambda: train_images(again) == 5)


def test_closed_right_after_enter_nothing_is_lost(bench: Bench, open_bench: Callable[[], Bench]) -> None:
    bench.keep(LINE)
    bench.window.close()
    bench.main.close()
    assert open_bench().counts() == [1, 0]


def test_a_damaged_file_is_said_and_put_aside_and_the_workshop_is_empty(
    bench: Bench, open_bench: Callable[[], Bench]
) -> None:
    bench.keep(LINE)
    bench.main.close()
    folder = bench.main.preferences.data_folder
    (path,) = folder.glob("*.npz")
    path.write_bytes(path.read_bytes()[:-40])
    again = open_bench()
    assert again.counts() == [0, 0]
    assert "cannot be read; it is kept as set-1.npz.damaged-1" in again.window.banner.text
    again.keep(LINE)
    again.main.close()
    assert sorted(path.name for path in folder.iterdir()) == ["set-1.npz.damaged-1", "set-2.npz"]


def test_a_folder_that_cannot_be_written_to_is_said_and_drawing_goes_on(bench: Bench) -> None:
    bench.main.preferences.data_folder.write_text("a file where the folder should be")
    bench.keep(LINE)
    assert "cannot be made" in bench.window.banner.text
    assert bench.counts() == [1, 0]


def test_a_new_set_leaves_the_old_one_to_be_chosen_again(bench: Bench) -> None:
    bench.keep(LINE, 2)
    QTest.mouseClick(bench.window.new_button, Qt.MouseButton.LeftButton)
    assert bench.counts() == [0, 0]
    bench.keep(POST)
    sets = bench.window.sets
    assert [sets.itemText(place) for place in range(sets.count())] == ["My drawings", "My drawings (2)"]
    sets.setFocus()
    QTest.keyClick(sets, Qt.Key.Key_Home)
    sets.activated.emit(sets.currentIndex())
    bench.qtbot.waitUntil(lambda: bench.counts() == [2, 0])


def test_a_copy_of_the_built_in_digits_is_fixed_and_learnt(bench: Bench) -> None:
    bench.main.actions_by_id["fix_copy"].trigger()
    assert bench.counts() == [1520, 1520]
    bench.click_cross(0, 0)
    bench.click_sample(0, 0)
    bench.key(Qt.Key.Key_2, CTRL, bench.column(0).view)
    assert bench.changes() == ["1 image moved from 3 to 8", "1 image removed"]
    train(bench)
    assert bench.main._shown.settings.own == OwnData("digits (copy)", ("3", "8"), 28, preparation="centred")
    assert train_images(bench) == 2639


def test_a_set_that_was_opened_is_fixed_while_the_network_learns_it(bench: Bench) -> None:
    opened = learnable(30)
    bench.main.worker.use_own_data(opened, afresh=True)
    bench.qtbot.waitUntil(lambda: bench.main._shown.settings.own == opened.description)
    run = bench.main._shown.run_id
    bench.main.actions_by_id["fix_copy"].trigger()
    assert bench.workshop.collection.name == "bars"
    before = train_images(bench)
    bench.click_cross(0, 0)
    bench.qtbot.waitUntil(lambda: train_images(bench) == before - 1)
    assert bench.main._shown.run_id == run
    bench.main.actions_by_id["fix_copy"].trigger()
    assert bench.changes() == ["1 image removed"]


def test_images_that_are_too_small_are_refused_with_a_sentence(bench: Bench) -> None:
    bench.main.worker.change_settings(Settings("blackboard-3x3", (0, 1), 2, (1,), 4))
    bench.qtbot.waitUntil(lambda: bench.main.run.settings.dataset == "blackboard-3x3")
    bench.main.actions_by_id["fix_copy"].trigger()
    assert "image size is 3; it must be a whole number from 8 to 64" in bench.window.banner.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_cut_or_overlaps_at_1100_by_700(bench: Bench, theme: str) -> None:
    bench.main.theme_choice.choose(theme)
    bench.window.resize(1100, 700)
    draw_two_classes(bench, 5)
    bench.window.grab()
    shown = [part for part in bench.window.findChildren(QWidget) if part.isVisible()]
    assert all(bench.window.rect().contains(place_of(part, bench.window)) for part in shown if is_text(part))
    for part in shown:
        if isinstance(part, QLabel) and not part.wordWrap():
            assert part.width() >= part.sizeHint().width(), part.text()
        if isinstance(part, QAbstractButton) and part.text():
            assert part.width() >= part.sizeHint().width() - 1, part.text()
    texts = [part for part in shown if is_text(part) and part.accessibleName() != "Message"]
    for number, part in enumerate(texts):
        for other in texts[number + 1 :]:
            if not part.isAncestorOf(other) and not other.isAncestorOf(part):
                overlap = place_of(part, bench.window).intersected(place_of(other, bench.window))
                assert overlap.isEmpty(), (part, other)


def test_everything_that_takes_the_focus_has_a_name_and_a_tooltip(bench: Bench) -> None:
    bench.keep(LINE)
    for part in bench.window.findChildren(QWidget):
        # the field inside a spin box is spoken of as the spin box
        inner = part.objectName() == "qt_spinbox_lineedit"
        if part.isVisible() and part.focusPolicy() & Qt.FocusPolicy.TabFocus and not inner:
            assert part.accessibleName(), part
            assert part.toolTip(), part.accessibleName()


def is_text(part: QWidget) -> bool:
    return isinstance(part, QLabel | QAbstractButton | QLineEdit | QComboBox)


def place_of(part: QWidget, window: QWidget) -> object:
    return part.rect().translated(part.mapTo(window, QPoint(0, 0)))


def test_what_train_has_done_to_the_run_before_is_said_in_the_workshop_where_one_looks(bench: Bench) -> None:
    bench.main.worker.train(12)
    bench.qtbot.waitUntil(lambda: bench.main._shown.step == 12)
    before = bench.main._shown.settings
    draw_two_classes(bench)
    train(bench)
    assert bench.window.banner.text.startswith("A new run has begun; the one before is kept (")
    assert bench.main.banner.text == ""
    back = next(child for child in bench.window.banner.findChildren(QAbstractButton) if child.text() == "Bring it back")
    QTest.mouseClick(back, Qt.MouseButton.LeftButton)
    bench.qtbot.waitUntil(lambda: bench.main._shown.settings == before)
    assert bench.window.banner.text == ""


def test_a_way_back_is_offered_where_one_looks_and_beside_the_numbers(bench: Bench) -> None:
    draw_two_classes(bench)
    train(bench)
    found = Diagnosis("diverged", "The loss is not finite.", "Try a tenth.", way_back="Back to step 3")
    bench.main.messages.say_diverged(found)
    for banner in (bench.window.banner, bench.main.banner):
        assert banner.text == "The loss is not finite."
    bench.main.activateWindow()
    bench.qtbot.waitUntil(bench.main.isActiveWindow)
    bench.qtbot.waitUntil(lambda: bench.window.banner.text == "")  # the next steps are well
    bench.main.messages.say_refused("This picture is no picture.")
    assert bench.main.banner.text == "This picture is no picture."
    assert bench.window.banner.text == ""
