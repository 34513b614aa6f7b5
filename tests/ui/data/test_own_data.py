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
from ui.main_window import MainWindow


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    made = make_window()
    made.resize(1440, 900)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made._shown is not None, timeout=10_000)
    return made


def use(qtbot: QtBot, window: MainWindow, data: ImageSet) -> None:
    """Hand a data set over, and wait until the window shows it."""
    window.worker.use_own_data(data)
    qtbot.waitUntil(lambda: data.counts("train") == window_counts(window), timeout=10_000)
    qtbot.waitUntil(lambda: window._shown.settings.own == data.description, timeout=10_000)


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
        qtbot.waitUntil(lambda seen=seen: window._shown.step == seen.step + 1, timeout=10_000)


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
    qtbot.waitUntil(lambda: window._shown.step > 5, timeout=10_000)
    run = window._shown.run_id
    use(qtbot, window, learnable(60))
    step = window._shown.step
    qtbot.waitUntil(lambda: window._shown.step > step + 5, timeout=10_000)
    assert window._shown.run_id == run
    assert window.data_panel.split_button("train").text() == "train 48"


def test_a_drawing_is_classified_by_a_network_that_sees_colours(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(30))
    drawing = np.zeros((28, 28), np.uint8)
    drawing[4:24, 12:16] = 255
    window.classify_panel.canvas.set_image(drawing)
    qtbot.waitUntil(lambda: window._shown.drawing_probabilities is not None, timeout=10_000)
    assert len(window._shown.drawing_probabilities) == 3


def test_back_to_digits_takes_own_data_off_the_list(qtbot: QtBot, window: MainWindow) -> None:
    use(qtbot, window, learnable(30))
    window.worker.change_settings(Settings())
    qtbot.waitUntil(lambda: window._shown.settings.own is None, timeout=10_000)
    assert window.data_panel.combo.findData(OWN) < 0
    assert window.data_panel.combo.currentData() == "digits"


def test_a_start_without_the_images_of_last_time_shows_digits(
    qtbot: QtBot, window: MainWindow, make_window: Callable[[], MainWindow]
) -> None:
    use(qtbot, window, learnable(30))
    window.close()
    again = make_window()
    with qtbot.waitExposed(again):
        again.show()
    qtbot.waitUntil(lambda: again._shown is not None, timeout=10_000)
    assert again._shown.settings == Settings()
    assert again.data_panel.combo.currentData() == "digits"
