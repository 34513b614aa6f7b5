"""Choosing the data set, its classes and the sample that the flow shows."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from playground.datasets import load_dataset, suggested_settings
from playground.sample_ref import SampleRef
from playground.settings import CHOICES, Settings
from tests.ui.hands import turn_wheel
from ui.data.panel import DATASET_TITLES, DataPanel
from ui.theme import DARK, LIGHT, class_color

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot):
    # a window around it: a panel that is a window itself makes the offscreen platform warn about its size hints
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 460)
    widget = DataPanel(window, choice_pause_ms=60)
    widget.resize(268, 190)
    show(widget, Settings())
    window.show()
    qtbot.waitUntil(window.isVisible)
    yield widget
    window.close()


def show(panel: DataPanel, settings: Settings) -> None:
    panel.set_dataset(load_dataset(settings), settings)


def snapshot(sample: SampleRef, settings: Settings | None = None):
    return SimpleNamespace(sample=sample, settings=settings or Settings())


def click_image(panel: DataPanel, index: int) -> None:
    QTest.mouseClick(panel.gallery.viewport(), LEFT, pos=panel.gallery.rect_of(index).center())


def choose_dataset(panel: DataPanel, name: str) -> None:
    index = panel.combo.findData(name)
    panel.combo.setCurrentIndex(index)
    panel.combo.activated.emit(index)


def test_every_data_set_has_a_readable_title(panel):
    assert [panel.combo.itemData(row) for row in range(panel.combo.count())] == list(CHOICES["dataset"])
    assert set(DATASET_TITLES) == set(CHOICES["dataset"])


def test_choosing_a_data_set_tells_it_with_the_classes_that_suit_it(panel, qtbot):
    with qtbot.waitSignal(panel.data_chosen) as heard:
        choose_dataset(panel, "shapes")
    assert heard.args == ["shapes", suggested_settings("shapes")["classes"]]
    Settings(**{**suggested_settings("shapes"), "classes": heard.args[1]})


def test_choosing_the_present_data_set_again_tells_nothing(panel, qtbot):
    with qtbot.assertNotEmitted(panel.data_chosen, wait=120):
        choose_dataset(panel, "digits")


def test_a_third_class_is_told_in_ascending_order(panel, qtbot):
    with qtbot.waitSignal(panel.data_chosen) as heard:
        QTest.mouseClick(panel.chips.chip(5), LEFT)
    assert heard.args == ["digits", (3, 5, 8)]


def test_going_from_one_pair_to_another_is_told_once(panel, qtbot):
    told = []
    panel.data_chosen.connect(lambda name, classes: told.append(classes))
    with qtbot.waitSignal(panel.data_chosen):
        for label in (4, 3, 9, 8):
            QTest.mouseClick(panel.chips.chip(label), LEFT)
    assert told == [(4, 9)]


def test_going_back_to_the_present_classes_tells_nothing(panel, qtbot):
    with qtbot.assertNotEmitted(panel.data_chosen, wait=120):
        QTest.mouseClick(panel.chips.chip(5), LEFT)
        QTest.mouseClick(panel.chips.chip(5), LEFT)


def test_fewer_than_two_classes_are_refused_with_a_reason(panel, qtbot):
    with qtbot.assertNotEmitted(panel.data_chosen, wait=120), qtbot.waitSignal(panel.message) as heard:
        QTest.mouseClick(panel.chips.chip(3), LEFT)
    assert "Two classes" in heard.args[0]
    assert panel.chips.classes == (3, 8)
    assert panel.chips.chip(3).isChecked()


def test_all_turns_ten_on_and_then_returns_to_the_pair(panel, qtbot):
    with qtbot.waitSignal(panel.data_chosen) as heard:
        QTest.mouseClick(panel.chips.all_button, LEFT)
    assert heard.args[1] == tuple(range(10))
    show(panel, Settings(classes=tuple(range(10))))
    with qtbot.waitSignal(panel.data_chosen) as heard:
        QTest.mouseClick(panel.chips.all_button, LEFT)
    assert heard.args[1] == (3, 8)


def test_a_run_that_starts_meanwhile_does_not_undo_a_choice_that_is_not_told_yet(panel, qtbot):
    with qtbot.waitSignal(panel.data_chosen) as heard:
        QTest.mouseClick(panel.chips.chip(5), LEFT)
        show(panel, Settings())
    assert heard.args[1] == (3, 5, 8)


def test_two_classes_are_named_with_their_labels_in_their_colours(panel, qtbot):
    mapping = panel.splits.mapping
    qtbot.waitUntil(lambda: "y=0" in mapping.text() or "y = 0" in mapping.text())
    for y, name in enumerate("38"):
        assert f"color:{class_color(DARK, y)}" in panel.splits.mapping.text()
        assert f"{name} is y = {y}" in panel.splits.mapping.toolTip()


def test_more_classes_are_counted(panel):
    show(panel, Settings(classes=tuple(range(10))))
    assert "10 classes" in panel.splits.mapping.text()


def test_arrows_move_between_the_class_switches_and_space_presses_one(panel, qtbot):
    panel.chips.chip(3).setFocus()
    QTest.keyClick(panel.chips.chip(3), Qt.Key.Key_Right)
    assert panel.chips.chip(4).hasFocus()
    with qtbot.waitSignal(panel.data_chosen) as heard:
        QTest.keyClick(panel.chips.chip(4), Qt.Key.Key_Space)
    assert heard.args[1] == (3, 4, 8)


def test_the_blackboard_has_no_classes_to_choose(panel):
    show(panel, Settings(**suggested_settings("blackboard-3x3")))
    assert not panel.chips.isVisible()
    assert "rising is y = 0" in panel.splits.mapping.toolTip()


def test_the_wheel_over_the_combo_box_does_not_change_the_data_set(panel):
    turn_wheel(panel.combo, -1)
    assert panel.combo.currentData() == "digits"


def test_a_click_on_a_thumbnail_chooses_the_sample(panel, qtbot):
    with qtbot.waitSignal(panel.sample_chosen) as heard:
        click_image(panel, 9)
    assert heard.args[0] == SampleRef("test", 9)
    assert panel.gallery.selected == 9


def test_train_images_can_be_shown_and_chosen(panel, qtbot):
    QTest.mouseClick(panel.split_button("train"), LEFT)
    assert panel.gallery.count == len(load_dataset(Settings()).x_train)
    assert panel.gallery.selected is None
    with qtbot.waitSignal(panel.sample_chosen) as heard:
        click_image(panel, 2)
    assert heard.args[0] == SampleRef("train", 2)


def test_the_split_buttons_count_the_images(panel):
    dataset = load_dataset(Settings())
    assert panel.split_button("train").text() == f"train {len(dataset.x_train):,}".replace(",", "\u202f")
    assert panel.split_button("test").accessibleDescription() == f"{len(dataset.x_test)} images"


def test_arrow_keys_walk_through_the_samples(panel, qtbot):
    gallery = panel.gallery
    gallery.setFocus()
    told = []
    panel.sample_chosen.connect(lambda sample: told.append(sample.index))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Home):
        QTest.keyClick(gallery, key)
    columns = gallery.columns
    assert told == [1, 1 + columns, columns, 0, gallery.count - 1, 0]


def test_keys_at_the_ends_stay_at_the_ends(panel, qtbot):
    panel.gallery.setFocus()
    with qtbot.assertNotEmitted(panel.sample_chosen):
        QTest.keyClick(panel.gallery, Qt.Key.Key_Left)
        QTest.keyClick(panel.gallery, Qt.Key.Key_Up)
    assert panel.gallery.selected == 0


def test_the_chosen_sample_is_scrolled_into_view(panel):
    gallery = panel.gallery
    gallery.setFocus()
    QTest.keyClick(gallery, Qt.Key.Key_End)
    assert gallery.viewport().rect().contains(gallery.rect_of(gallery.count - 1))
    QTest.keyClick(gallery, Qt.Key.Key_Home)
    assert gallery.viewport().rect().contains(gallery.rect_of(0))


def test_the_wheel_scrolls_the_gallery(panel):
    turn_wheel(panel.gallery.viewport(), -1, QPointF(60, 40))
    assert panel.gallery.verticalScrollBar().value() > 0


def test_arrow_keys_of_the_gallery_win_over_shortcuts_of_the_window(panel):
    accepted = []
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Space):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
        event.ignore()
        QApplication.sendEvent(panel.gallery, event)
        accepted.append(event.isAccepted())
    assert accepted == [True, False]


def test_a_snapshot_moves_the_mark_to_its_sample_and_split(panel):
    panel.show_snapshot(snapshot(SampleRef("train", 40)))
    assert panel.split == "train"
    assert panel.gallery.selected == 40


def test_a_snapshot_from_before_a_click_does_not_move_the_mark_back(panel):
    click_image(panel, 9)
    panel.show_snapshot(snapshot(SampleRef("test", 0)))
    assert panel.gallery.selected == 9
    panel.show_snapshot(snapshot(SampleRef("test", 9)))
    panel.show_snapshot(snapshot(SampleRef("test", 4)))
    assert panel.gallery.selected == 4


def test_a_snapshot_of_other_data_is_ignored(panel):
    panel.show_snapshot(snapshot(SampleRef("test", 5), Settings(classes=(4, 9))))
    assert panel.gallery.selected == 0


def test_looking_at_the_other_split_is_not_undone_by_snapshots(panel):
    QTest.mouseClick(panel.split_button("train"), LEFT)
    panel.show_snapshot(snapshot(SampleRef("test", 0)))
    assert panel.split == "train"


def test_a_thumbnail_shows_its_image_and_the_colour_of_its_class(panel):
    dataset = load_dataset(Settings())
    index = next(i for i in range(1, 10) if dataset.y_test[i] == 1)
    place = panel.gallery.rect_of(index)
    image = panel.gallery.viewport().grab().toImage()
    assert place.size().toTuple() == (28, 28)
    shown = [image.pixelColor(place.x() + x, place.y() + 14).red() for x in range(28)]
    assert shown == [round(float(v) * 255) for v in dataset.x_test[index][0, 14]]
    assert image.pixelColor(place.center().x(), place.bottom() + 1).name() == class_color(DARK, 1)


def test_small_images_are_shown_larger_when_all_fit(panel, qtbot):
    show(panel, Settings(**suggested_settings("blackboard-3x3")))
    qtbot.waitUntil(lambda: panel.gallery.rect_of(0).width() >= 39)
    assert panel.gallery.rect_of(0).width() % 3 == 0
    assert panel.gallery.viewport().rect().contains(panel.gallery.rect_of(panel.gallery.count - 1))


def test_the_chosen_image_is_described_in_words(panel):
    click_image(panel, 1)
    label = int(load_dataset(Settings()).y_test[1])
    expected = f"test image 1, class {'38'[label]} (y = {label}), of {panel.gallery.count}"
    assert panel.gallery.accessibleDescription() == expected


@pytest.mark.parametrize("name", ["digits", "shapes", "blackboard-3x3", "blackboard-5x5"])
def test_the_panel_never_asks_for_more_than_its_column(panel, name):
    show(panel, Settings(**suggested_settings(name)))
    hint = panel.minimumSizeHint()
    assert hint.width() <= 268
    assert hint.height() <= 190


def test_the_focus_of_the_gallery_is_visible(panel):
    plain = panel.gallery.viewport().grab().toImage()
    panel.gallery.setFocus()
    assert panel.gallery.viewport().grab().toImage() != plain


def test_three_rows_of_digits_fit_the_low_panel(panel):
    viewport = panel.gallery.viewport().rect()
    assert panel.gallery.columns == 8
    assert viewport.contains(panel.gallery.rect_of(3 * 8 - 1))


def test_every_focusable_part_has_a_name_and_a_tooltip(panel):
    chips = [panel.chips.chip(label) for label in range(10)]  # one stop of Tab, all of them reached by arrow keys
    others = [w for w in panel.findChildren(QWidget) if w.focusPolicy() != Qt.FocusPolicy.NoFocus and w.isVisible()]
    parts = {*chips, panel.chips.all_button, *others}
    assert len(parts) > 12
    assert [w for w in parts if not w.accessibleName() or not w.toolTip()] == []


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_the_theme_reaches_the_chips(panel, theme):
    panel.set_theme(theme)
    assert class_color(theme, 0) in panel.chips.chip(3).styleSheet()
    assert class_color(theme, 0) in panel.splits.mapping.text()


def test_an_empty_panel_paints_and_takes_keys_before_any_data(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    empty = DataPanel(window)
    empty.resize(268, 190)
    window.resize(300, 200)
    window.show()
    QTest.keyClick(empty.gallery, Qt.Key.Key_Right)
    assert empty.gallery.selected is None
    assert not empty.grab().isNull()
