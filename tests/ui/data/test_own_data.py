"""A run on the user's own data in the window: every view shows it, in colour too, also while samples come."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.own_data.image_set import ImageSet
from playground.settings import OWN, Settings
from tests.playground.own_data.test_training import learnable
from tests.ui.in_the_window import opened
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def use(qtbot: QtBot, window: MainWindow, data: ImageSet) -> None:
    """Hand a data set over, and wait until the window shows it."""
    window.worker.use_own_data(data)
    qtbot.waitUntil(lambda: data.counts("train") == window_counts(window))
    qtbot.waitUntil(lambda: window._shown.settings.own == data.description)


def window_counts(window: MainWindow) -> tuple[int, ...]:
    dataset = window.data_panel._dataset
    return tuple(int(n) for n in np.bincount(dataset.y_train, minlength=len(dataset.class_names)))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_window_shows_own_data_by_its_names(qtbot: QtBot, window: MainWindow, channels: int) -> None:
    use(qtbot, window, learnable(30, channels=channels))
    assert window.data_panel.combo.currentText() == "bars"
    assert [window.data_panel.chips.chip(label).text() for label in range(3)] == ["lying", "standing", "block"]
    assert window.data_panel.split_button("train").text() == "train 24"
    assert len(window.flow_panel.view.flow_layout.tiles["x"].maps) == channels
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        seen = window._shown
        window.worker.step()
        qtbot.waitUntil(lambda seen=seen: window._shown.step == seen.step + 1)


def test_the_gallery_shows_the_colours_of_the_images(qtbot: QtBot, window: MainWindow) -> None:
    data = learnable(30)
    use(qtbot, window, data)
    gallery = window.data_panel.gallery
    picture = gallery.viewport().grab().toImage()
    dataset = window.data_panel._dataset
    place = gallery.rect_of(0)
    image = np.rint(dataset.x_test[0] * 255).astype(int)
    scale = place.width() // 20
    for row, column in ((6, 6), (10, 14), (4, 17)):
        color = picture.pixelColor(place.x() + column * scale, place.y() + row * scale)
        assert [color.red(), color.green(), color.blue()] == list(image[:, row, column])


def test_samples_come_while_it_trains_and_the_run_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(30))
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.step > 5)
    run = window._shown.run_id
    use(qtbot, window, learnable(60))
    step = window._shown.step
    qtbot.waitUntil(lambda: window._shown.step > step + 5)
    assert window._shown.run_id == run
    assert window.data_panel.split_button("train").text() == "train 48"


def test_a_drawing_is_classified_by_a_network_that_sees_colours(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(30))
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 12:16] = 255
    window.classify_panel.canvas.set_image(drawing)
    qtbot.waitUntil(lambda: window._shown.drawing_probabilities is not None)
    assert len(window._shown.drawing_probabilities) == 3


def test_back_to_digits_takes_own_data_off_the_list(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(30))
    window.worker.change_settings(Settings())
    qtbot.waitUntil(lambda: window._shown.settings.own is None)
    assert window.data_panel.combo.findData(OWN) < 0
    assert window.data_panel.combo.currentData() == "digits"


def test_a_start_goes_on_with_images_that_came_with_the_session_and_lists_them(
    qtbot: QtBot, window: MainWindow, make_window: Callable[[], MainWindow]
) -> None:
    images = learnable(30)
    use(qtbot, window, images)
    window.close()
    again = make_window()
    again.resize(1300, 900)
    with qtbot.waitExposed(again):
        again.show()
    qtbot.waitUntil(lambda: again._shown is not None)
    assert again._shown.settings.own == images.description
    assert again.workshop.workshop.sets.names() == (images.name,)


def test_the_gallery_stays_where_it_is_while_samples_come(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(900))
    panel = window.data_panel
    QTest.mouseClick(panel.split_button("train"), Qt.MouseButton.LeftButton)
    bar = panel.gallery.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    assert place > 100
    use(qtbot, window, learnable(960))
    assert (panel.split, bar.value()) == ("train", place)


ALPHABET = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu")
GARMENTS = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
LONG = ("a class of which the name is so long that nothing holds it", "another of these <long> names & more", "short")


def named(names: tuple[str, ...]) -> ImageSet:
    """Ten images a class, each class with a bright spot of its own."""
    labels = np.arange(10 * len(names)) % len(names)
    images = np.zeros((len(labels), 1, 16, 16), np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[0, 2 * (label // 8) : 2 * (label // 8) + 2, 2 * (label % 8) : 2 * (label % 8) + 2] = 255
    return ImageSet("many names", names, images, labels, np.arange(len(labels)) // len(names) >= 8)


@pytest.mark.parametrize("names", [ALPHABET, GARMENTS], ids=["47 classes", "words"])
def test_classes_without_room_in_a_row_are_ticked_in_a_list(
    qtbot: QtBot, window: MainWindow, names: tuple[str, ...]
) -> None:
    use(qtbot, window, named(names))
    chips = window.data_panel.chips
    assert chips.list_button.isVisible()
    assert chips.list_button.text().startswith(f"{len(names)} of {len(names)} classes")
    QTest.mouseClick(chips.list_button, Qt.MouseButton.LeftButton)
    listed = chips.list.list
    assert [listed.item(row).text() for row in range(listed.count())] == list(names)
    listed.setCurrentRow(1)
    QTest.keyClick(listed, Qt.Key.Key_Space)
    QTest.keyClick(listed, Qt.Key.Key_Escape)
    assert not chips.list.isVisible()
    wanted = (0, *range(2, len(names)))
    qtbot.waitUntil(lambda: window._shown.settings.classes == wanted)
    assert chips.list_button.text().startswith(f"{len(names) - 1} of {len(names)} classes")


def test_the_last_two_classes_stay_ticked_and_it_is_said(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, named(GARMENTS))
    chips = window.data_panel.chips
    QTest.mouseClick(chips.all_button, Qt.MouseButton.LeftButton)
    assert chips.classes == (0, 1)
    QTest.mouseClick(chips.list_button, Qt.MouseButton.LeftButton)
    chips.list.list.setCurrentRow(0)
    QTest.keyClick(chips.list.list, Qt.Key.Key_Space)
    chips.list.close()
    assert chips.classes == (0, 1)
    assert chips.list.list.item(0).checkState() is Qt.CheckState.Checked
    assert "Two classes are the least" in window.banner.text


def test_few_long_names_are_switches_of_which_each_can_be_read(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, named(LONG))
    chips = window.data_panel.chips
    assert not chips.list_button.isVisible()

    def widths() -> list[int]:
        return [chips.chip(label).width() for label in range(3)]

    # they are laid out when the event loop comes to it
    qtbot.waitUntil(lambda: sum(widths()) < chips.width())
    assert min(widths()) >= chips.fontMetrics().horizontalAdvance("short")


@pytest.mark.parametrize("size", [(1100, 700), (1920, 1080)], ids=["low", "high"])
@pytest.mark.parametrize("names", [ALPHABET, GARMENTS, LONG, LONG[:2]], ids=["47", "words", "long", "two"])
def test_no_name_is_cut_off_without_a_sign(
    qtbot: QtBot, window: MainWindow, names: tuple[str, ...], size: tuple[int, int]
) -> None:
    window.resize(*size)
    use(qtbot, window, named(names))
    window.classify_panel.canvas.set_image(named(names).images[0, 0])
    answer = window.classify_panel.desk.answer
    qtbot.waitUntil(lambda: answer.text() != "")
    for text in answer.text().split("\n"):
        assert answer.fontMetrics().horizontalAdvance(text) <= answer.width()
    mapping = window.data_panel.splits.mapping
    # its text is chosen anew a turn after it was given another width
    qtbot.waitUntil(lambda: mapping.sizeHint().width() <= mapping.width() + 1)
    label = window.flow_panel.sample_label
    assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width()
    assert label.text() == label.full_text() or label.toolTip() == label.full_text()


def test_of_47_answers_the_likeliest_are_shown_and_the_rest_is_counted(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, named(ALPHABET))
    window.classify_panel.canvas.set_image(named(ALPHABET).images[0, 0])
    bars = window.classify_panel.desk.bars
    qtbot.waitUntil(lambda: bars.winner is not None)
    probabilities = window._shown.drawing_probabilities
    assert list(bars.shown) == list(np.argsort(-probabilities, kind="stable")[:9])
    assert bars.rows == 5


def test_what_is_drawn_is_called_a_digit_only_where_digits_are_learnt(qtbot: QtBot, window: MainWindow) -> None:
    assert "digit" in window.classify_panel.canvas._hint
    use(qtbot, window, named(LONG))
    assert "picture" in window.classify_panel.canvas._hint
