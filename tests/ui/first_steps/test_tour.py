"""The first steps: offered once, each notices by itself that it is done, and nothing that is meant is hidden."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from playground.laboratory.bugs import bug_of
from playground.settings import Settings
from playground.snapshot import RunState
from tests.ui.flow.views import move_mouse
from tests.ui.in_the_window import opened, shown
from ui.cell_ref import sample_array
from ui.first_steps.ring import Ring
from ui.first_steps.steps import STEPS
from ui.first_steps.tour import Tour
from ui.flow.layout import Rect
from ui.main_window import MainWindow
from ui.number_format import format_number, grouped, significant_number

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)
TITLES = [step.title for step in STEPS]


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1100, 700), SMALL)


def start(qtbot: QtBot, window: MainWindow) -> Tour:
    """The tour of a window that is opened for the first time."""
    window.first_steps.offer()
    qtbot.waitUntil(lambda: (tour := window.first_steps.tour) is not None and tour.card.isVisible())
    assert window.first_steps.tour is not None
    return window.first_steps.tour


def turn_to(qtbot: QtBot, window: MainWindow, title: str) -> Tour:
    """Press Next up to a step."""
    tour = start(qtbot, window)
    while tour.card.title.text() != title:
        QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
    assert not is_done(tour)
    return tour


def is_done(tour: Tour) -> bool:
    return tour.card.mark.text() == "✓"


def wait_until_done(qtbot: QtBot, tour: Tour) -> None:
    qtbot.waitUntil(lambda: is_done(tour))


def point_at(window: MainWindow, name: str) -> None:
    """The mouse over the first cell of an array."""
    view = window.flow_panel.view
    assert view.snapshot is not None
    move_mouse(view, name, (0,) * sample_array(view.snapshot.trace, name).ndim)


def press(*keys: Qt.Key) -> None:
    """Press keys where a real keyboard's would arrive."""
    for key in keys:
        focused = QApplication.focusWidget() or QApplication.activeWindow()
        assert focused is not None
        QTest.keyClick(focused, key)


# --- offered once --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way_out", ["skip", "Esc", "to the end"])
def test_they_are_offered_until_they_were_skipped_or_done(
    qtbot: QtBot, make_window: Callable[[], MainWindow], way_out: str
) -> None:
    window = opened(qtbot, make_window(), (1100, 700), SMALL)
    card = start(qtbot, window).card
    if way_out == "skip":
        QTest.mouseClick(card.skip_button, Qt.MouseButton.LeftButton)
    elif way_out == "Esc":
        press(Qt.Key.Key_Escape)
    else:
        for _ in STEPS:
            assert card.isVisible()
            QTest.mouseClick(card.next_button, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    assert "Help ▸ First steps" in window.statusBar().currentMessage()
    window.sessions.close_window()
    second = opened(qtbot, make_window(), (1100, 700))
    second.first_steps.offer()
    qtbot.waitUntil(lambda: second.late.loss.is_made)
    QApplication.processEvents()  # what is due after the charts has come
    assert second.first_steps.tour is None
    second.actions_by_id["first_steps"].trigger()
    qtbot.waitUntil(lambda: second.first_steps.tour is not None and second.first_steps.tour.card.isVisible())


def test_a_program_that_is_closed_on_the_way_offers_them_again(
    qtbot: QtBot, make_window: Callable[[], MainWindow]
) -> None:
    start(qtbot, opened(qtbot, make_window(), (1100, 700), SMALL))
    second = make_window()
    assert not second.preferences.first_steps_over


def test_they_go_on_where_they_were_left_and_begin_anew_after_the_last(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, TITLES[2])
    press(Qt.Key.Key_Escape)
    window.actions_by_id["first_steps"].trigger()
    assert (tour.card.isVisible(), tour.card.title.text()) == (True, TITLES[2])
    while tour.card.isVisible():
        QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
    window.actions_by_id["first_steps"].trigger()
    assert (tour.card.isVisible(), tour.card.title.text()) == (True, TITLES[0])


def test_back_leads_to_the_step_before(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, TITLES[1])
    QTest.mouseClick(tour.card.back_button, Qt.MouseButton.LeftButton)
    assert tour.card.title.text() == TITLES[0]
    assert not tour.card.back_button.isEnabled()


# --- noticed by itself ---------------------------------------------------------------------------------------------


def test_training_is_noticed_and_the_steps_are_counted_live(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "Train")
    assert f"{SMALL.batch_size} images" in tour.card.see.text()
    QTest.mouseClick(window.toolbar.button("train"), Qt.MouseButton.LeftButton)
    wait_until_done(qtbot, tour)
    press(Qt.Key.Key_Space)
    at_rest = shown(qtbot, window, lambda s: s.state is RunState.PAUSED and s.step > 0)
    qtbot.waitUntil(lambda: f"Steps so far: {grouped(at_rest.step)}." in tour.card.see.text())


def test_a_loss_that_has_halved_is_noticed(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "Watch the loss fall")
    press(Qt.Key.Key_Space)
    wait_until_done(qtbot, tour)
    press(Qt.Key.Key_Space)
    at_rest = shown(qtbot, window, lambda s: s.state is RunState.PAUSED and s.step > 0)
    settled = shown(qtbot, window, lambda s: s.evaluation is not None and s.evaluation.step == at_rest.step)
    assert settled.evaluation is not None
    now = significant_number(settled.evaluation.train_loss, 3)
    qtbot.waitUntil(lambda: f"now it is {now}." in tour.card.see.text())


def test_a_step_by_hand_is_noticed_but_not_one_of_training(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "One step by hand")
    press(Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.step > 5)
    qtbot.waitUntil(lambda: "Pause" in tour.card.do.text())
    press(Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.PAUSED)
    qtbot.waitUntil(lambda: "Pause" not in tour.card.do.text())
    assert not is_done(tour)
    press(Qt.Key.Key_Right)
    wait_until_done(qtbot, tour)


def test_a_cell_of_z1_that_is_pointed_at_is_noticed_with_its_number(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "A number and its sum")
    point_at(window, "A1")
    tour.look()
    assert not is_done(tour)
    point_at(window, "z1")
    wait_until_done(qtbot, tour)
    snapshot = shown(qtbot, window)
    assert f"z₁[0][0,0] = {format_number(float(snapshot.trace.z1[0, 0, 0, 0]), 4)}" in tour.card.see.text()


def test_a_cell_that_was_pointed_at_only_shortly_counts(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "A number and its sum")
    point_at(window, "z1")
    point_at(window, "A1")
    wait_until_done(qtbot, tour)


def test_a_pinned_cell_with_its_terms_in_front_is_noticed(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "All of its terms")
    view = window.flow_panel.view
    place = view.flow_layout.cell_rect("z1", (0, 3, 4))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(place.x + 1, place.y + 1))
    tour.look()
    assert not is_done(tour)
    assert tour.card.do.text() == "Now open tab 4, Cell (4)."
    assert "z₁[0][3,4] is pinned" in tour.card.see.text()
    assert "are listed" not in tour.card.see.text()
    press(Qt.Key.Key_4)
    wait_until_done(qtbot, tour)
    assert "All 26 terms of z₁[0][3,4]" in tour.card.see.text()  # 5×5 products and the bias


def test_the_way_of_the_gradient_is_followed_array_by_array_with_the_ring(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "The way back")
    view = window.flow_panel.view
    point_at(window, "dz1")  # out of turn
    for name in ("L", "dA2", "dz2", "dF", "dP1", "dA1", "dz1", "dw1"):
        tour.look()
        assert not is_done(tour)
        tile = view.place_of_array(name)
        assert tour.ring.geometry().contains(view.mapTo(window, tile.center()))
        point_at(window, name)
    wait_until_done(qtbot, tour)


def test_of_what_a_bug_of_the_laboratory_makes_no_right_formula_is_said(qtbot: QtBot, window: MainWindow) -> None:
    window.worker.train_with(bug_of("no-mask"))
    shown(qtbot, window, lambda s: s.bug_on == bug_of("no-mask").name)
    tour = turn_to(qtbot, window, "The way back")
    for name in ("L", "dA2", "dz2", "dF", "dP1", "dA1"):
        point_at(window, name)
        tour.look()
        assert "bug" not in tour.card.see.text()
    assert tour.card.see.text().startswith("∂L/∂A₁ = ")
    point_at(window, "dz1")
    tour.look()
    assert tour.card.see.text().startswith("∂L/∂z₁ = ∂L/∂A₁ (bug: no mask).")


def test_a_changed_learning_rate_and_what_came_of_it_is_noticed(qtbot: QtBot, window: MainWindow) -> None:
    press(Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.step > 5)
    tour = turn_to(qtbot, window, "Another learning rate")
    slider = window.training_panel.learning_rate.slider
    before = shown(qtbot, window).settings.learning_rate
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(4, slider.height() // 2))
    wait_until_done(qtbot, tour)
    after = shown(qtbot, window).settings.learning_rate
    assert after < before
    assert f"η {before:g} → {after:g}" in tour.card.see.text()
    assert "train loss went from" in tour.card.see.text()


def test_a_drawing_that_is_read_is_noticed_with_the_answer(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "Let it read your writing")
    canvas = window.classify_panel.canvas
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center())
    QTest.mouseMove(canvas, canvas.rect().center() + QPoint(20, 25))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().center() + QPoint(20, 25))
    wait_until_done(qtbot, tour)

    def is_told() -> bool:
        snapshot = window._shown
        assert snapshot is not None
        assert snapshot.drawing_probabilities is not None
        name = snapshot.class_names[int(snapshot.drawing_probabilities.argmax())]
        return f"takes it for {name}," in tour.card.see.text()

    # the card follows in its own time what each part of the stroke is taken for
    qtbot.waitUntil(is_told)


def test_the_check_is_noticed_with_both_numbers(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "Check it yourself")
    press(Qt.Key.Key_7)
    wait_until_done(qtbot, tour)
    page = window.laboratory.panel.page
    qtbot.waitUntil(lambda: page.weight is not None)
    qtbot.waitUntil(
        lambda: f"backpropagation says {significant_number(page.weight.backprop, 4)}" in tour.card.see.text()
    )


# --- never in the way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1100, 700), (1440, 900), (1920, 1080)])
def test_the_card_never_covers_what_is_meant(
    qtbot: QtBot, make_window: Callable[[], MainWindow], size: tuple[int, int]
) -> None:
    window = opened(qtbot, make_window(), size, SMALL)
    tour = start(qtbot, window)
    for title in TITLES:
        assert tour.card.title.text() == title
        assert tour.ring.isVisible()
        assert not tour.card.geometry().intersects(tour.ring.geometry())
        assert window.rect().contains(tour.card.geometry())
        assert tour.card.height() >= tour.card.layout().totalHeightForWidth(tour.card.width())
        QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)


def test_in_a_large_font_all_of_the_card_is_seen(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> None:
    before = QApplication.font()
    larger = QApplication.font()
    larger.setPointSize(14)
    QApplication.setFont(larger)
    try:
        tour = start(qtbot, opened(qtbot, make_window(), (1100, 700), SMALL))
        for _ in TITLES[1:]:
            QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
            for part in tour.card.findChildren(QWidget):
                assert tour.card.rect().contains(part.geometry())
            for button in tour.card.findChildren(QPushButton):
                assert button.width() >= button.fontMetrics().horizontalAdvance(button.text().replace("&", "")) + 8
            assert not tour.card.geometry().intersects(tour.ring.geometry())
    finally:
        QApplication.setFont(before)


def test_no_tooltip_of_an_array_lies_over_it_while_the_card_is_there(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "A number and its sum")
    view = window.flow_panel.view
    place = view.place_of_array("z1").center()

    def rest() -> None:
        event = QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place))
        QApplication.sendEvent(view, event)

    rest()
    assert not QToolTip.isVisible()
    press(Qt.Key.Key_Escape)
    assert not tour.card.isVisible()
    rest()
    assert "conv(X, w₁)" in QToolTip.text()
    QToolTip.hideText()


@pytest.mark.parametrize("size", [(1100, 700), (1440, 900), (1920, 1080)])
def test_the_line_around_an_array_runs_between_arrays(
    qtbot: QtBot, make_window: Callable[[], MainWindow], size: tuple[int, int]
) -> None:
    window = opened(qtbot, make_window(), size)
    tour = start(qtbot, window)
    while tour.card.title.text() != "The way back":
        QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
    view = window.flow_panel.view
    for name in ("L", "dA2", "dz2", "dF", "dP1", "dA1", "dz1", "dw1"):
        tour.look()
        half = Ring.WIDTH // 2
        line = tour.ring.geometry().adjusted(half, half, -half, -half).translated(-view.mapTo(window, QPoint(0, 0)))
        tiles = view.flow_layout.tiles
        rest = (tile for other, tile in tiles.items() if other != name)
        struck = [tile.name for tile in rest if tile.extent.overlaps(Rect(*line.getRect()))]
        assert not struck, name
        cells = tiles[name].rect
        assert line.contains(QRect(cells.x, cells.y, cells.width, cells.height)), name
        point_at(window, name)


def test_the_ring_follows_a_part_that_moves(qtbot: QtBot, window: MainWindow) -> None:
    tour = turn_to(qtbot, window, "Watch the loss fall")
    chart = window.late.loss
    window.resize(1300, 800)
    qtbot.waitUntil(lambda: tour.ring.geometry().contains(QRect(chart.mapTo(window, QPoint(0, 0)), chart.size())))


def test_keys_go_on_belonging_to_the_window(qtbot: QtBot, window: MainWindow) -> None:
    tour = start(qtbot, window)
    QTest.mouseClick(tour.card.next_button, Qt.MouseButton.LeftButton)
    press(Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    press(Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING)
    assert tour.card.title.text() == TITLES[1]


def test_esc_closes_the_message_first_and_then_the_card(qtbot: QtBot, window: MainWindow) -> None:
    tour = start(qtbot, window)
    window.banner.say("Something is wrong.", error=True)
    press(Qt.Key.Key_Escape)
    assert (window.banner.isVisible(), tour.card.isVisible()) == (False, True)
    press(Qt.Key.Key_Escape)
    assert not tour.card.isVisible()
    assert not tour.ring.isVisible()


def test_the_card_follows_the_theme(qtbot: QtBot, window: MainWindow) -> None:
    tour = start(qtbot, window)
    for name in ("light", "dark"):
        window.theme_choice.choose(name)
        ground = QColor(window.theme_choice.theme.panel)
        assert tour.card.grab().toImage().pixelColor(tour.card.width() // 2, 4) == ground
