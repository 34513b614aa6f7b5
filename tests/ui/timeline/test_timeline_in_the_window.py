"""The timeline in the whole window: by mouse and keys to any moment, back, on as a branch, and as a difference."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.counting import grouped
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.ui.in_the_window import opened, shown
from ui.charts.plot import ChartPlot
from ui.main_window import MainWindow
from ui.timeline.colors import branch_color

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


def at(step: int) -> Callable[[Snapshot], bool]:
    return lambda s: s.step == step and s.state is RunState.PAUSED and s.timeline.shown_step == step


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[..., MainWindow]) -> MainWindow:
    made = opened(qtbot, make_window(), (1200, 800), START)
    made.setFocus()
    return made


@pytest.fixture
def trained(qtbot: QtBot, window: MainWindow) -> MainWindow:
    window.worker.train(30)
    shown(qtbot, window, at(30))
    # the charts follow at their own pace, and a click means what they show
    qtbot.waitUntil(lambda: window.loss_chart.plot.x_range()[1] >= 30)
    return window


def press_slider(window: MainWindow, step: int) -> QPoint:
    slider = window.timeline.bar.slider
    place = QPoint(round(slider.place_of(step)), slider.height() // 2)
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=place)
    return place


def drag(qtbot: QtBot, window: MainWindow, start: int, *steps: int) -> Snapshot:
    slider = window.timeline.bar.slider
    place = press_slider(window, start)
    for step in steps:
        place = QPoint(round(slider.place_of(step)), slider.height() // 2)
        QTest.mouseMove(slider, place)
        shown(qtbot, window, lambda s, step=step: s.step == step)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=place)
    return window._shown


def straight(steps: int, settings: Settings = START) -> Session:
    session = Session(settings)
    for _ in range(steps):
        session.step()
    return session


def test_dragging_the_slider_shows_each_moment_in_every_view(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 22, 11, 4)
    seen = shown(qtbot, trained, lambda s: s.step == 4 and s.evaluation.step == 4)
    then = straight(4)
    for name, weights in then.state_dict().items():
        np.testing.assert_array_equal(seen.weights[name], weights)
    assert seen.evaluation.test_loss == pytest.approx(then.evaluate().test_loss)
    flow = trained.flow_panel.view.snapshot
    np.testing.assert_array_equal(flow.trace.w1, then.state_dict()["conv1.weight"])
    assert trained.loss_chart.plot.cursor_x == 4
    assert trained.timeline.bar.text.accessibleName().startswith("looking at step 4 of 30 · 31 moments kept")


def test_the_end_of_the_slider_is_the_run_itself(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 10, 30)
    assert not trained._shown.timeline.looking_back
    assert trained.loss_chart.plot.cursor_x is None


@pytest.mark.parametrize(
    ("key", "step"),
    [
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Left, 19),
        (Qt.Key.Key_Right, 21),
        (Qt.Key.Key_PageUp, 30),
        (Qt.Key.Key_PageDown, 10),
        (Qt.Key.Key_End, 30),
    ],
)
def test_keys_of_the_slider(qtbot: QtBot, trained: MainWindow, key: Qt.Key, step: int) -> None:
    drag(qtbot, trained, 30, 20)
    trained.timeline.bar.slider.setFocus()
    QTest.keyClick(trained.timeline.bar.slider, key)
    shown(qtbot, trained, at(step))


def test_keys_of_the_window_go_by_moments_and_escape_returns(qtbot: QtBot, trained: MainWindow) -> None:
    trained.setFocus()
    for step in (29, 28):
        QTest.keyClick(trained, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
        shown(qtbot, trained, at(step))
    QTest.keyClick(trained, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    shown(qtbot, trained, at(29))
    QTest.keyClick(trained, Qt.Key.Key_Escape)
    assert not shown(qtbot, trained, at(30)).timeline.looking_back


def test_before_there_is_a_run_there_is_nowhere_to_go(make_window: Callable[..., MainWindow]) -> None:
    window = make_window()
    window.show()
    asked: list[int] = []
    slider = window.timeline.bar.slider
    slider.moment_chosen.connect(asked.append)
    window.actions_by_id["moment_after"].trigger()
    QTest.keyClick(slider, Qt.Key.Key_End)
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    assert asked == []


def test_many_quick_keys_lose_none(qtbot: QtBot, trained: MainWindow) -> None:
    trained.setFocus()
    for _ in range(15):
        QTest.keyClick(trained, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shown(qtbot, trained, at(15))


def test_a_click_on_a_curve_goes_to_its_step(qtbot: QtBot, trained: MainWindow) -> None:
    plot = trained.loss_chart.plot
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place_in(plot, 12))
    assert shown(qtbot, trained, lambda s: s.timeline.looking_back).step == 12
    assert trained.gradient_chart.plot.cursor_x == 12


def test_a_double_click_on_a_curve_goes_nowhere(qtbot: QtBot, trained: MainWindow) -> None:
    plot = trained.loss_chart.plot
    place = place_in(plot, 12)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    sequence = trained._shown.sequence
    trained.worker.choose_sample(SampleRef("test", 2))
    seen = shown(qtbot, trained, lambda s: s.sequence > sequence and s.sample == SampleRef("test", 2))
    assert (seen.step, seen.timeline.looking_back) == (30, False)


def test_dragging_in_a_chart_zooms_and_goes_nowhere(qtbot: QtBot, trained: MainWindow) -> None:
    plot = trained.loss_chart.plot
    asked: list[float] = []
    plot.seek_asked.connect(asked.append)
    start, end = place_in(plot, 5), place_in(plot, 20)
    QTest.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(plot.viewport(), end)
    QTest.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert asked == []


def test_a_click_on_the_curve_of_another_branch_goes_there(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 10)
    trained.run.change_learning_rate(1.0)
    trained.worker.train(20)
    shown(qtbot, trained, at(30))
    chart = trained.accuracy_chart
    first, other = (
        next(line for line in lines if line.branch == number and line.style.series == "train_accuracy")
        for number, lines in ((0, chart.lines.waiting), (1, chart.lines.live))
    )

    def apart() -> float:
        spans = [line.drawn_between(28, 28) for line in (first, other)]
        return 0.0 if None in spans else abs(spans[0][0] - spans[1][0]) / chart.plot.pixel[1]

    qtbot.waitUntil(lambda: apart() > 12)
    place = chart.plot.mapFromScene(chart.plot.box.mapViewToScene(QPointF(28, first.drawn_between(28, 28)[0])))
    QTest.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    seen = shown(qtbot, trained, lambda s: s.timeline.looking_back)
    assert (seen.timeline.shown_branch, seen.step) == (0, 28)
    assert trained.timeline.bar.branch.currentData() == 0
    place = chart.plot.mapFromScene(chart.plot.box.mapViewToScene(QPointF(28, other.drawn_between(28, 28)[0])))
    QTest.mouseClick(chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown(qtbot, trained, lambda s: s.timeline.shown_branch == 1).step == 28


def test_a_click_on_a_step_that_is_not_kept_says_which_one_is_nearest(qtbot: QtBot, trained: MainWindow) -> None:
    trained.worker.train(2300)
    kept = shown(qtbot, trained, at(2330)).timeline.steps
    plot = trained.loss_chart.plot
    qtbot.waitUntil(lambda: plot.x_range()[1] >= 2330)
    places = [place_in(plot, step) for step in range(20, 2300, 13)]
    asked = {round(plot.box.mapSceneToView(plot.mapToScene(place)).x()): place for place in places}
    step = next(step for step in asked if step not in kept)
    QTest.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=asked[step])
    nearest = shown(qtbot, trained, lambda s: s.timeline.looking_back).step
    assert nearest in kept
    assert trained.statusBar().currentMessage() == (
        f"Step {grouped(step)} is not kept; step {grouped(nearest)} is the nearest that is."
    )


def place_in(plot: ChartPlot, step: float) -> QPoint:
    low, high = plot.y_range()
    scene = plot.box.mapViewToScene(QPointF(step, (low + high) / 2))
    return plot.mapFromScene(scene)


def test_training_goes_on_from_the_moment_as_a_branch_with_the_same_bits(qtbot: QtBot, trained: MainWindow) -> None:
    last = trained._shown
    drag(qtbot, trained, 30, 10)
    trained.worker.train(20)
    again = shown(qtbot, trained, at(30))
    assert [branch.number for branch in again.timeline.branches] == [0, 1]
    for name, weights in last.weights.items():
        np.testing.assert_array_equal(again.weights[name], weights)
    assert trained.timeline.bar.branch.isVisible()


def test_space_trains_on_from_the_moment(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 10)
    trained.setFocus()
    QTest.keyClick(trained, Qt.Key.Key_Space)
    shown(qtbot, trained, lambda s: s.timeline.live == 1 and s.step > 12)
    assert trained.timeline.bar.branch.itemText(1) == "branch 1 · from step 10 · trains"
    QTest.keyClick(trained, Qt.Key.Key_Space)
    shown(qtbot, trained, lambda s: s.state is RunState.PAUSED)
    assert trained.timeline.bar.branch.itemText(1) == "branch 1 · from step 10 · paused"


def test_a_changed_setting_begins_a_branch_marked_in_a_colour_of_its_own_and_the_first_run_can_be_returned_to(
    qtbot: QtBot, trained: MainWindow
) -> None:
    first = trained._shown
    drag(qtbot, trained, 30, 10)
    trained.run.change_learning_rate(0.01)
    trained.worker.train(10)
    branched = shown(qtbot, trained, at(20))
    assert branched.timeline.branch(1).differs == "η 0.1 → 0.01"
    chart = trained.loss_chart
    assert [(fork.value(), fork.pen.color().name()) for fork in chart.lines._forks] == [
        (10, branch_color(trained.theme_choice.theme, 1))
    ]
    assert any(line.span[1] == 10 for line in chart.lines.live)
    assert [line.series for line in chart.lines.waiting] == [
        first.timeline.branch(0).history.series[name] for name in ("train_loss", "test_loss")
    ]
    # the first run goes on to step 30, and is seen to its end
    assert chart.plot.x_range()[1] >= 30
    combo = trained.timeline.bar.branch
    assert combo.itemText(1) == "branch 1 · η 0.1 → 0.01 · from step 10 · paused"
    combo.setFocus()
    QTest.keyClick(combo, Qt.Key.Key_Up)
    back = shown(qtbot, trained, at(30))
    assert back.timeline.shown_branch == 0
    assert trained.run.settings.learning_rate == 0.1
    np.testing.assert_array_equal(back.weights["fc.weight"], first.weights["fc.weight"])


def test_the_difference_of_two_moments_is_shown_and_said(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 10)
    trained.setFocus()
    QTest.keyClick(trained, Qt.Key.Key_D)
    shown(qtbot, trained, lambda s: s.difference is not None)
    qtbot.waitUntil(lambda: "A is here, so all is 0: go to B" in trained.timeline.bar.text.toolTip())
    drag(qtbot, trained, 10, 25)
    qtbot.waitUntil(lambda: "A is step 10" in trained.timeline.bar.text.toolTip())
    seen = shown(qtbot, trained, lambda s: s.step == 25 and s.difference is not None)
    a, b = straight(10), straight(25)
    view = trained.flow_panel.view
    np.testing.assert_array_equal(
        view.snapshot.trace.w1, b.state_dict()["conv1.weight"] - a.state_dict()["conv1.weight"]
    )
    traces = [session.trace_sample(seen.sample) for session in (a, b)]
    np.testing.assert_array_equal(view.snapshot.trace.A1, traces[1].A1 - traces[0].A1)
    assert trained.flow_panel.sample_label.full_text().startswith("B − A = step 25 − step 10")
    assert trained.timeline.bar.difference.isChecked()
    QTest.mouseClick(trained.timeline.bar.difference, Qt.MouseButton.LeftButton)
    shown(qtbot, trained, lambda s: s.difference is None)
    np.testing.assert_array_equal(view.snapshot.trace.w1, b.state_dict()["conv1.weight"])


def test_of_a_moment_in_another_branch_the_branch_is_said(qtbot: QtBot, trained: MainWindow) -> None:
    trained.resize(1440, 900)
    drag(qtbot, trained, 30, 10)
    trained.worker.train(5)
    shown(qtbot, trained, at(15))
    trained.setFocus()
    QTest.keyClick(trained, Qt.Key.Key_D)
    shown(qtbot, trained, lambda s: s.difference is not None)
    bar = trained.timeline.bar
    bar.branch.setFocus()
    QTest.keyClick(bar.branch, Qt.Key.Key_Up)
    shown(qtbot, trained, lambda s: s.step == 30 and s.difference is not None)
    qtbot.waitUntil(lambda: bar.text.text().endswith("A is step 15 of branch 1, the tabs show B"))


def test_playing_shows_the_moments_one_after_the_other(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 24)
    seen: list[int] = []
    trained.timeline.bar.slider.moment_chosen.connect(seen.append)
    trained.actions_by_id["play_moments"].trigger()
    shown(qtbot, trained, at(30))
    qtbot.waitUntil(lambda: not trained.actions_by_id["play_moments"].isChecked())
    assert seen == [25, 26, 27, 28, 29, 30]


def test_the_bar_takes_little_height_and_its_parts_do_not_overlap(qtbot: QtBot, trained: MainWindow) -> None:
    drag(qtbot, trained, 30, 10)
    trained.run.change_learning_rate(0.01)
    trained.worker.train(1)
    shown(qtbot, trained, at(11))
    trained.resize(1100, 700)
    bar = trained.timeline.bar
    assert bar.height() <= 28
    children = [w for w in (bar.slider, bar.branch, bar.text, bar.difference) if w.isVisible()]
    assert len(children) == 4
    for left, right in pairwise(children):
        assert left.geometry().right() < right.geometry().left()
    assert bar.slider.width() >= 240
    assert bar.text.text() == "step 11 · 33 moments kept, every step"
    assert bar.branch.shown_text(bar.branch.width() - 30) == "branch 1 · η 0.1 → 0.01"
    assert bar.difference.geometry().right() <= bar.width()
