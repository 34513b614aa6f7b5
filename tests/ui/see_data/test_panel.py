"""The tab of all images in the real window, with real mouse and keys: filter, sort, matrix, classes."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from playground.datasets import Dataset
from playground.images import Images
from playground.own_data.image_set import ImageSet
from playground.sample_ref import SampleRef
from playground.settings import Settings
from playground.snapshot import RunState
from tests.playground.own_data.test_training import learnable
from tests.ui.in_the_window import opened
from ui.main_window import MainWindow
from ui.see_data.confusion_view import ConfusionView, head_of
from ui.see_data.panel import SeeDataPanel
from ui.see_data.population import Choice
from ui.theme import DARK


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1100, 700))


@pytest.fixture
def panel(qtbot: QtBot, window: MainWindow) -> SeeDataPanel:
    """The tab, opened and enlarged by its keys, with an evaluation on show."""
    QTest.keyClick(window, Qt.Key.Key_6)
    QTest.keyClick(window, Qt.Key.Key_E)
    found = window.see_data_panel
    qtbot.waitUntil(lambda: found.isVisible() and found.model.population.step is not None)
    return found


def train(qtbot: QtBot, window: MainWindow, steps: int) -> None:
    target = window._shown.step + steps
    window.worker.train(steps)
    qtbot.waitUntil(
        lambda: (
            window._shown.step >= target
            and window._shown.state is RunState.PAUSED
            and window._shown.evaluation.step == window._shown.step
            and window.see_data_panel.model.population.step == window._shown.step
        ),
    )


def pick(box: QComboBox, words: str) -> None:
    """Choose an entry by its words, with keys, as one does without a mouse."""
    box.setFocus()
    target = next(place for place in range(box.count()) if box.itemText(place) == words)
    while box.currentIndex() != target:
        QTest.keyClick(box, Qt.Key.Key_Down if box.currentIndex() < target else Qt.Key.Key_Up)


def click_cell(panel: SeeDataPanel, true: int, predicted: int) -> None:
    panel._matrix_part.ensureVisible(*panel.matrix.cell_rect(true, predicted).center().toTuple())
    QTest.mouseClick(panel.matrix, Qt.MouseButton.LeftButton, pos=panel.matrix.cell_rect(true, predicted).center())


def test_a_key_opens_all_test_images(panel: SeeDataPanel) -> None:
    assert panel.model.rowCount() == 400
    assert panel.count.text().startswith("400 of 400")
    assert panel.evaluated.text() == "All 400 test images, evaluated at step 0"


def test_filters_choose_by_split_class_and_answer(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    train(qtbot, window, 30)
    population = panel.model.population
    pick(panel.filters.split, "train")
    assert panel.model.rowCount() == 2640
    assert "400 of 2\u202f640 train images" in panel.evaluated.text()
    pick(panel.filters.true, "8")
    assert (population.labels[panel.model.places] == 1).all()
    pick(panel.filters.answer, "wrong")
    assert population.mistakes(panel.model.places).all()
    assert panel.model.rowCount() == panel.matrix.counts[1, 0]


def test_a_cell_shows_its_images_and_esc_all_of_them(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    train(qtbot, window, 20)
    count = int(panel.matrix.counts[0, 0])
    click_cell(panel, 0, 0)
    assert panel.model.rowCount() == count
    assert panel.filters.true.currentText() == "3"
    assert panel.filters.answer.currentText() == "taken for 3"
    QTest.keyClick(panel.matrix, Qt.Key.Key_Escape)
    assert panel.model.rowCount() == 400
    assert panel.filters.answer.currentText() == "any answer"


def test_the_matrix_is_walked_by_keys(panel: SeeDataPanel) -> None:
    panel.matrix.setFocus()
    QTest.keyClick(panel.matrix, Qt.Key.Key_Down)
    assert "images of 8 taken for 3" in panel.matrix.accessibleDescription()
    QTest.keyClick(panel.matrix, Qt.Key.Key_Return)
    assert panel.choice == Choice("test", 1, 0)


def test_a_click_chooses_the_image_that_the_flow_shows(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    viewport = panel.gallery.viewport()
    QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=panel.gallery.picture_rect(5).center())
    qtbot.waitUntil(lambda: window._shown.sample == SampleRef("test", 5))
    assert "test 5" in panel.detail.text()
    qtbot.waitUntil(lambda: window.data_panel.gallery.selected == 5)


def test_arrow_keys_choose_and_do_not_train(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    panel.gallery.setFocus()
    QTest.keyClick(panel.gallery, Qt.Key.Key_Right)
    QTest.keyClick(panel.gallery, Qt.Key.Key_Down)
    expected = 1 + panel.gallery.columns
    qtbot.waitUntil(lambda: window._shown.sample == SampleRef("test", expected))
    assert window._shown.step == 0


def test_letters_in_the_gallery_belong_to_the_window(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    panel.gallery.setFocus()
    QTest.keyClick(panel.gallery, Qt.Key.Key_1)
    assert window.tabs.currentWidget() is window.overview


def test_a_row_tells_class_answer_and_probability(panel: SeeDataPanel) -> None:
    population = panel.model.population
    words = panel.model.data(panel.model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    taken = population.names[population.predicted[panel.model.places[0]]]
    assert words.startswith(
        f"test 0: {population.names[population.labels[panel.model.places[0]]]}, taken for {taken} with"
    )
    assert panel.model.data(panel.model.index(0), Qt.ItemDataRole.ToolTipRole) == words


def test_sorted_by_loss_it_follows_the_training(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    pick(panel.filters.order, "highest loss")
    before = panel.model.places.copy()
    train(qtbot, window, 30)
    losses = panel.model.population.losses[panel.model.places]
    assert (np.diff(losses) <= 0).all()
    assert not np.array_equal(before, panel.model.places)


def test_the_chosen_image_stays_chosen_where_the_order_takes_it(
    qtbot: QtBot, window: MainWindow, panel: SeeDataPanel
) -> None:
    panel.gallery.setFocus()
    QTest.keyClick(panel.gallery, Qt.Key.Key_Right)
    pick(panel.filters.order, "highest loss")
    row = panel.gallery.currentIndex().row()
    assert panel.model.population.sample_at(int(panel.model.places[row])) == SampleRef("test", 1)
    panel.gallery.setFocus()
    QTest.keyClick(panel.gallery, Qt.Key.Key_Left if row else Qt.Key.Key_Right)
    neighbour = panel.model.population.sample_at(int(panel.model.places[row - 1 if row else 1]))
    qtbot.waitUntil(lambda: window._shown.sample == neighbour)


def enter(panel: SeeDataPanel) -> None:
    point = QPointF(20, 20)
    QApplication.sendEvent(panel.gallery, QEnterEvent(point, point, panel.gallery.mapToGlobal(point)))


def test_nothing_moves_under_the_mouse(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    pick(panel.filters.order, "highest loss")
    enter(panel)
    before = panel.model.places.copy()
    train(qtbot, window, 30)
    np.testing.assert_array_equal(panel.model.places, before)
    assert "keep their places" in panel.count.toolTip()
    QApplication.sendEvent(panel.gallery, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: not np.array_equal(panel.model.places, before))
    assert (np.diff(panel.model.population.losses[panel.model.places]) <= 0).all()


def test_hidden_it_costs_nothing(qtbot: QtBot, window: MainWindow, panel: SeeDataPanel) -> None:
    QTest.keyClick(window, Qt.Key.Key_1)
    shown, places = panel._shown, panel.model.places
    window.worker.train(30)
    qtbot.waitUntil(lambda: window._shown.step >= 30 and window._shown.evaluation.step >= 30)
    assert panel._shown is shown
    assert panel.model.places is places
    QTest.keyClick(window, Qt.Key.Key_6)
    assert panel._shown is window._shown.evaluation


def test_the_classes_show_means_and_counts_of_the_training_images(qtbot: QtBot, panel: SeeDataPanel) -> None:
    qtbot.waitUntil(lambda: len(panel.classes.means) == 2)
    data = panel.model.population.dataset
    mean = np.rint(255 * data.x_train[:][data.y_train == 1].mean(axis=0)[0])
    picture = panel.classes.means[1]
    shown = [[picture.pixelColor(x, y).red() for x in range(28)] for y in range(28)]
    np.testing.assert_allclose(shown, mean, atol=1)
    assert panel.classes.accessibleDescription() == "3 1320 train, 200 test; 8 1320 train, 200 test"


def test_a_thumbnail_shows_the_pixels_of_its_image_and_the_colours_of_its_classes(
    qtbot: QtBot, window: MainWindow, panel: SeeDataPanel
) -> None:
    data = learnable(30)
    window.worker.use_own_data(data)
    qtbot.waitUntil(lambda: panel.model.population.names == data.class_names)
    picture = panel.gallery.viewport().grab().toImage()
    place, image = panel.gallery.picture_rect(2), panel.model.population.pixels(panel.model.places[2:3])[0]
    scale = panel.gallery.sizes.width // 20
    for row, column in ((6, 6), (10, 14), (14, 17)):
        color = picture.pixelColor(place.x() + column * scale, place.y() + row * scale)
        assert [color.red(), color.green(), color.blue()] == list(image[:, row, column])


def test_own_data_that_changes_keeps_the_filter_and_drops_old_answers(
    qtbot: QtBot, window: MainWindow, panel: SeeDataPanel
) -> None:
    window.worker.use_own_data(learnable(30))
    qtbot.waitUntil(lambda: len(panel.model.population) == 30)
    pick(panel.filters.true, "block")
    more: ImageSet = learnable(60)
    window.worker.use_own_data(more)
    qtbot.waitUntil(lambda: len(panel.model.population) == 60)
    assert panel.filters.true.currentText() == "block"
    assert panel.model.rowCount() == 4
    qtbot.waitUntil(lambda: panel.model.population.step is not None)
    assert panel._shown.dataset is panel.model.population.dataset


@pytest.mark.parametrize("size", [(1100, 700), (1920, 1080)])
@pytest.mark.parametrize("settings", [Settings(), Settings(classes=tuple(range(10)), kernel_size=3)])
def test_nothing_is_cut(
    qtbot: QtBot, window: MainWindow, panel: SeeDataPanel, size: tuple[int, int], settings: Settings
) -> None:
    window.resize(*size)
    window.worker.change_settings(settings)
    qtbot.waitUntil(lambda: panel.model.population.names == window._shown.class_names)
    for enlarged in (True, False):
        if window.flow_panel.isVisible() == enlarged:
            QTest.keyClick(window, Qt.Key.Key_E)
        qtbot.waitUntil(
            lambda: (
                panel.right.geometry().right() <= panel.width()
                and panel._matrix_part.horizontalScrollBar().maximum() == 0
                and panel.gallery.columns >= 3
            )
        )
    pick(panel.filters.split, "both")
    words = panel.evaluated
    qtbot.waitUntil(lambda: "train and all" in words.text())  # the new run is evaluated after it begins
    qtbot.waitUntil(lambda: words.height() >= words.heightForWidth(words.width()))


def many(count: int) -> Dataset:
    generator = np.random.default_rng(1)
    images = Images(generator.integers(0, 256, (count, 1, 28, 28), np.uint8))
    labels = np.arange(count) % 10
    return Dataset("many", tuple("0123456789"), images, labels, images, labels, True)


# the offscreen platform says so whenever a window is shown
def test_sixty_thousand_thumbnails_are_drawn_on_demand(qtbot: QtBot) -> None:
    dataset = many(60_000)
    panel = SeeDataPanel()
    qtbot.addWidget(panel)
    panel.set_dataset(dataset)
    panel.resize(900, 600)
    with qtbot.waitExposed(panel):
        panel.show()
    assert panel.model.rowCount() == 60_000
    bar = panel.gallery.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100_000)
    begin = time.thread_time()
    for place in range(20):
        bar.setValue(place * bar.maximum() // 19)
        panel.gallery.viewport().grab()
    # whole pictures, each of other images; a scroll of a line draws a few of them
    assert (time.thread_time() - begin) / 20 < 0.1


def test_what_the_colours_of_the_matrix_mean_stands_beside_it(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(420, 200)
    view.show_counts(np.array([[9, 1], [0, 10]]), ("a", "b"))
    picture = view.grab().toImage()
    line = [picture.pixelColor(x, 7) for x in range(picture.width())]
    accent, field = QColor(DARK.accent), QColor(DARK.field)
    # a ramp from nothing to the whole row, in the colours of the cells
    assert accent in line
    assert max(x for x, color in enumerate(line) if color == accent) > 250
    assert picture.pixelColor(view.cell_rect(1, 1).center() + QPoint(12, 6)) == accent
    assert picture.pixelColor(view.cell_rect(1, 0).center()) == field


def test_a_column_of_the_matrix_is_headed_by_its_class_or_where_that_has_no_room_by_its_y(qapp: object) -> None:
    metrics = QFontMetrics(QFont())
    assert head_of("3", 0, metrics, 20) == "3"
    assert head_of("triangle", 2, metrics, 80) == "triangle"
    assert head_of("class number 12", 12, metrics, 60).endswith("12")
    assert head_of("class number 12", 12, metrics, 20) == "12"


def test_a_matrix_without_classes_is_painted_empty(qtbot: QtBot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(300, 200)
    view.show_counts(np.zeros((0, 0), np.int64), ())
    assert not view.grab().isNull()
