"""The whole window follows the drawing: asked for by mouse and keys, live with strokes and steps, and ended."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from core.trace import trace
from playground.edits import DRAWN_PIXELS
from playground.prediction import make_loss, make_network
from playground.sample_ref import DrawnSample, SampleRef
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.ui.in_the_window import opened, shown
from ui.cell_ref import CellRef
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton
START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)
ZIGZAG = ((0.3, 0.2), (0.7, 0.3), (0.4, 0.5), (0.7, 0.75), (0.3, 0.8))


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), settings=START)


def draw(window: MainWindow, places: tuple[tuple[float, float], ...] = ZIGZAG) -> None:
    canvas = window.classify_panel.canvas
    paper = canvas.paper()
    points = [QPoint(round(paper.x() + x * paper.width()), round(paper.y() + y * paper.height())) for x, y in places]
    QTest.mousePress(canvas, LEFT, pos=points[0])
    for point in points[1:]:
        QTest.mouseMove(canvas, point)
    QTest.mouseRelease(canvas, LEFT, pos=points[-1])


def click_seen(window: MainWindow) -> None:
    QTest.mouseClick(window.classify_panel.desk.seen, LEFT)


def is_drawn(snapshot: Snapshot) -> bool:
    return isinstance(snapshot.sample, DrawnSample)


def follow(qtbot: QtBot, window: MainWindow) -> Snapshot:
    draw(window)
    shown(qtbot, window, lambda s: s.drawing_probabilities is not None)
    click_seen(window)
    return shown(qtbot, window, is_drawn)


def assert_of_the_engine(snapshot: Snapshot) -> None:
    network = make_network(snapshot.settings)
    network.load_state_dict(snapshot.weights)
    image, label = snapshot.sample.image, snapshot.sample.label
    expected = trace(network, make_loss(snapshot.settings), image[np.newaxis], np.array([label]))
    for name, values in expected.arrays.items():
        np.testing.assert_array_equal(snapshot.trace.arrays[name], values, err_msg=name)


def test_a_click_on_what_the_network_sees_shows_the_drawing_in_both_passes(qtbot: QtBot, window: MainWindow) -> None:
    seen = follow(qtbot, window)
    np.testing.assert_array_equal(seen.trace.x[0], window.classify_panel._prepared())
    answer = int(seen.drawing_probabilities.argmax())
    name = seen.class_names[answer]
    assert seen.sample.label == answer
    words = window.flow_panel.sample_label.full_text()
    assert words == f"your drawing · label: {name} (y = {answer}), as first answered"
    assert window.flow_panel.view.snapshot is seen
    assert_of_the_engine(seen)
    assert window.classify_panel.desk.follow.isChecked()
    assert window.actions_by_id["follow_drawing"].isChecked()
    assert window.data_panel.splits.drawing.isChecked()
    assert window.data_panel.gallery.selected is None


def test_while_it_trains_every_stroke_and_step_shows_new_derivatives(qtbot: QtBot, window: MainWindow) -> None:
    first = follow(qtbot, window)
    window.worker.train()
    trained = shown(qtbot, window, lambda s: s.state is RunState.TRAINING and s.step > 5)
    assert is_drawn(trained)
    assert not np.array_equal(trained.trace.dw1, first.trace.dw1)
    assert_of_the_engine(trained)
    draw(window, ((0.2, 0.7), (0.8, 0.7)))
    drawn = shown(qtbot, window, lambda s: is_drawn(s) and not np.array_equal(s.trace.x, first.trace.x))
    assert drawn.state is RunState.TRAINING
    assert_of_the_engine(drawn)
    window.worker.pause()
    shown(qtbot, window, lambda s: s.state is RunState.PAUSED)


def test_clearing_the_drawing_brings_back_the_image_of_before(qtbot: QtBot, window: MainWindow) -> None:
    QTest.mouseClick(window.data_panel.gallery.viewport(), LEFT, pos=window.data_panel.gallery.rect_of(3).center())
    before = shown(qtbot, window, lambda s: s.sample == SampleRef("test", 3)).trace
    follow(qtbot, window)
    window.actions_by_id["clear_drawing"].trigger()
    after = shown(qtbot, window, lambda s: s.sample == SampleRef("test", 3)).trace
    np.testing.assert_array_equal(after.x, before.x)
    np.testing.assert_array_equal(after.dw1, before.dw1)
    assert window.data_panel.gallery.selected == 3
    assert not window.data_panel.splits.drawing.isVisible()
    assert not window.actions_by_id["follow_drawing"].isEnabled()
    click_seen(window)
    QTest.keyClick(window.flow_panel.view, Qt.Key.Key_F)
    window.worker.step()
    assert shown(qtbot, window, lambda s: s.step == 1).sample == SampleRef("test", 3)


def test_an_image_chosen_in_the_gallery_ends_it_and_the_drawing_can_be_chosen_beside_it(
    qtbot: QtBot, window: MainWindow
) -> None:
    follow(qtbot, window)
    gallery = window.data_panel.gallery
    QTest.mouseClick(gallery.viewport(), LEFT, pos=gallery.rect_of(2).center())
    shown(qtbot, window, lambda s: s.sample == SampleRef("test", 2))
    assert not window.data_panel.splits.drawing.isChecked()
    assert gallery.selected == 2
    QTest.mouseClick(window.data_panel.splits.drawing, LEFT)
    shown(qtbot, window, is_drawn)
    assert window.data_panel.splits.drawing.isChecked()
    QTest.mouseClick(window.data_panel.splits.drawing, LEFT)
    shown(qtbot, window, lambda s: s.sample == SampleRef("test", 2))
    assert not window.data_panel.splits.drawing.isChecked()


@pytest.mark.parametrize("code", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_F])
def test_keys_follow_it_and_let_it_go(qtbot: QtBot, window: MainWindow, code: Qt.Key) -> None:
    draw(window)
    shown(qtbot, window, lambda s: s.drawing_probabilities is not None)
    seen = window.classify_panel.desk.seen
    seen.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(seen, code)
    assert shown(qtbot, window, is_drawn).state is RunState.PAUSED
    QTest.keyClick(seen, code)
    assert shown(qtbot, window, lambda s: not is_drawn(s)).state is RunState.PAUSED


def test_the_button_and_the_key_on_the_canvas_follow_the_very_last_stroke(qtbot: QtBot, window: MainWindow) -> None:
    draw(window)
    shown(qtbot, window, lambda s: s.drawing_probabilities is not None)
    draw(window, ((0.2, 0.7), (0.8, 0.7)))
    QTest.keyClick(window.classify_panel.canvas, Qt.Key.Key_F)
    seen = shown(qtbot, window, is_drawn)
    np.testing.assert_array_equal(seen.sample.image, window.classify_panel._prepared())
    QTest.mouseClick(window.classify_panel.desk.follow, LEFT)
    shown(qtbot, window, lambda s: not is_drawn(s))
    assert not window.classify_panel.desk.follow.isChecked()


def test_a_click_on_y_chooses_the_label_also_while_it_trains(qtbot: QtBot, window: MainWindow) -> None:
    first = follow(qtbot, window)
    other = 1 - first.sample.label
    window.worker.train()
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING and is_drawn(s))
    view = window.flow_panel.view
    chip, ratio = view.painted.label, view.devicePixelRatioF()
    place = QPoint(int((chip.x + chip.width // 2) / ratio), int((chip.y + chip.height // 2) / ratio))
    QTest.mouseClick(view, LEFT, pos=place)
    seen = shown(qtbot, window, lambda s: is_drawn(s) and s.sample.is_chosen)
    window.worker.pause()
    assert (seen.sample.label, seen.edits) == (other, ())
    assert_of_the_engine(seen)
    words = window.flow_panel.sample_label.full_text()
    assert words == f"your drawing · label: you chose {seen.class_names[other]} (y = {other})"


def test_its_pixels_are_drawn_not_typed(qtbot: QtBot, window: MainWindow) -> None:
    follow(qtbot, window)
    view = window.flow_panel.view
    point = view.place_of(CellRef("x", (0, 5, 5))).center()
    QTest.mouseClick(view, LEFT, pos=point)
    QTest.mouseDClick(view, LEFT, pos=point)
    assert not view.editing.field.isVisible()
    assert view.editing.note.isVisible()
    assert view.editing.note.text() == DRAWN_PIXELS


def test_the_images_tab_says_that_the_drawing_is_not_among_them(qtbot: QtBot, window: MainWindow) -> None:
    window.tabs.show_number(6)
    follow(qtbot, window)
    images = window.late.images.view
    qtbot.waitUntil(lambda: images.detail.text() == "In the flow: your drawing, which is not among these images")


def test_other_data_of_another_size_end_it_and_the_drawing_stays(qtbot: QtBot, window: MainWindow) -> None:
    follow(qtbot, window)
    digits = Settings()
    window.worker.change_settings(digits)
    seen = shown(qtbot, window, lambda s: s.settings == digits and s.drawing_probabilities is not None)
    assert seen.sample == SampleRef()
    assert not window.classify_panel.desk.follow.isChecked()
    click_seen(window)
    assert_of_the_engine(shown(qtbot, window, is_drawn))
