from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from playground.history import EVALUATION_SERIES, Event, History, Series
from playground.settings import Settings
from tests.ui.charts.hands import line, run_of, shown
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.charts.live_chart import EMPTY_TEXT, ONE_POINT_TEXT, LiveChart
from ui.flow.cell_pixels import image_pixels
from ui.theme import DARK, LIGHT


@pytest.mark.parametrize(("width", "points"), [(226, 9), (226, 11), (226, 14), (320, 9)])
def test_what_an_empty_chart_says_has_room_in_a_narrow_one(qtbot, width: int, points: int) -> None:
    chart = LossChart()
    qtbot.addWidget(chart)
    font = chart.font()
    font.setPointSize(points)
    chart.setFont(font)
    chart.resize(width, 180)
    chart.show()
    plot = chart.plot
    assert plot.texts.empty.text().startswith("Press Train")
    assert plot.texts.area.width() - plot.texts.empty.width() >= 12
    assert plot.texts.empty.text() == EMPTY_TEXT or width < 300


def test_an_empty_chart_says_how_to_begin(loss: LiveChart) -> None:
    assert loss.plot.texts.empty.isVisible()
    assert loss.plot.texts.empty.text() == EMPTY_TEXT
    loss.set_history(run_of(1), Settings())  # what is known before the first step
    assert loss.plot.texts.empty.text() == EMPTY_TEXT
    one_step = History(("dw1", "dw2"))
    one_step.series["batch_loss"].append(1, 0.5)
    loss.set_history(one_step, Settings())
    assert loss.plot.texts.empty.text() == ONE_POINT_TEXT
    loss.set_history(run_of(3), Settings())
    assert not loss.plot.texts.empty.isVisible()


def test_accuracy_of_a_run_on_its_way_waits_for_an_evaluation_over_the_steps_of_the_loss(qtbot) -> None:
    history = History(("dw1", "dw2"))
    for name in EVALUATION_SERIES:
        history.series[name].append(0, 0.5)
    charts = [shown(qtbot, chart(DARK)) for chart in (AccuracyChart, LossChart)]
    accuracy = charts[0].plot.texts.empty
    for chart in charts:
        chart.set_history(history, Settings())
    assert accuracy.text() == EMPTY_TEXT
    for step in range(1, 27):
        history.series["batch_loss"].append(step, 0.5)
        for chart in charts:
            chart.refresh()
        assert charts[0].plot.x_range() == charts[1].plot.x_range()
    assert accuracy.isVisible()
    assert accuracy.text() == AccuracyChart.waiting_ways[1]  # as much as there is room for
    assert accuracy.width() <= charts[0].plot.texts.area.width()
    history.series["test_accuracy"].append(26, 0.9)
    charts[0].refresh()
    assert not accuracy.isVisible()
    history.truncate(0)  # back to the beginning
    charts[0].refresh()
    assert (accuracy.isVisible(), accuracy.text()) == (True, EMPTY_TEXT)


def test_refresh_draws_what_the_run_has_gained(qtbot, loss: LiveChart) -> None:
    history = run_of(5)
    loss.set_history(history, Settings())
    history.series["batch_loss"].append(5, 0.25)
    loss.refresh(1.0)

    def last_point() -> tuple[float, float]:
        x, y = line(loss, "batch_loss").item.getData()
        return x[-1], y[-1]

    qtbot.waitUntil(lambda: last_point() == (5, 0.25))


def test_every_drawing_repaints_where_the_curve_goes_on_though_its_ranges_stay(qtbot, loss: LiveChart) -> None:
    history = run_of(300)
    loss.set_history(history, Settings())
    QApplication.processEvents()
    ranges = loss.plot.x_range()
    history.series["batch_loss"].append(300, 0.5)

    def shows_the_newest(event: QEvent) -> bool:
        place = loss.plot.box.mapViewToScene(QPointF(300.0, 0.5)).toPoint()
        return event.type() is QEvent.Type.Paint and event.region().contains(place)

    watcher = _Watcher(shows_the_newest)
    loss.plot.viewport().installEventFilter(watcher)
    loss.refresh()
    qtbot.waitUntil(lambda: watcher.seen)
    assert loss.plot.x_range() == ranges


class _Watcher(QObject):
    """Sees whether an event of a kind came by."""

    def __init__(self, is_wanted) -> None:
        super().__init__()
        self.is_wanted = is_wanted
        self.seen = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or self.is_wanted(event)
        return False


def test_a_refresh_that_brings_nothing_paints_nothing(qtbot, loss: LiveChart) -> None:
    history = run_of(300)
    loss.set_history(history, Settings())
    for _ in range(3):  # the scene tells its changes when events are handled
        QApplication.processEvents()
    watcher = _Watcher(lambda event: event.type() is QEvent.Type.Paint)
    loss.plot.viewport().installEventFilter(watcher)
    loss.refresh(1.0)
    QApplication.processEvents()
    assert not watcher.seen
    history.series["batch_loss"].append(300, 0.5)
    loss.refresh(1.0)
    QApplication.processEvents()
    assert watcher.seen


@pytest.mark.parametrize("chart_type", [LossChart, AccuracyChart, GradientNormChart])
def test_a_million_steps_hand_over_at_most_two_points_a_pixel(qtbot, chart_type) -> None:
    history = History(("dw1",))
    values = np.random.default_rng(0).uniform(0.1, 1, size=1_000_000)
    series = Series()
    for step, value in enumerate(values.tolist()):
        series.append(step, value)
    history.series = dict.fromkeys(history.series, series)
    chart = shown(qtbot, chart_type(DARK), width=330)  # the note has room
    chart.set_history(history, Settings())
    for drawn in chart.lines.live:
        x, y = drawn.item.getData()
        assert len(x) <= 2 * chart.plot.plot_width
        assert (y.min(), y.max()) == (values.min() * chart.scale, values.max() * chart.scale)
    assert chart.plot.texts.note.text().startswith("least and greatest of ")
    assert "the least and the greatest of" in chart.legend.toolTip()


def test_a_note_is_said_in_fewer_words_where_the_chart_is_narrow(qtbot) -> None:
    history = History(("dw1",))
    for step in range(3000):
        history.series["batch_loss"].append(step, 0.25 + step % 2 / 4)
    chart = shown(qtbot, LossChart(DARK), 600, 300)
    chart.set_history(history, Settings())
    texts = chart.plot.texts
    assert texts.note.text().startswith("least and greatest of ")
    chart.resize(230, 200)
    qtbot.waitUntil(lambda: texts.note.text().endswith(" steps a pixel") and texts.note.text()[0].isdigit())
    assert texts.area.contains(texts.note.place)


def test_few_steps_are_drawn_raw_and_nothing_is_said_about_thinning(loss: LiveChart) -> None:
    history = run_of(50)
    loss.set_history(history, Settings())
    np.testing.assert_array_equal(line(loss, "batch_loss").item.getData()[1], history.series["batch_loss"].read().y)
    assert loss.plot.texts.note.text() == ""


def test_a_run_that_becomes_nan_is_cut_and_marked(loss: LiveChart) -> None:
    loss.set_history(run_of(40, bad_from=30), Settings())
    loss.grab()
    x, y = line(loss, "batch_loss").item.getData()
    assert np.isfinite(y[:30]).all()
    assert np.isnan(y[30:]).all()
    x, _ = loss._markers._items[True].getData()
    assert list(x) == [30, 30]


@pytest.mark.parametrize("log", [False, True])
def test_infinite_and_huge_values_raise_nothing(loss: LiveChart, log: bool) -> None:
    history = run_of(10)
    for step, value in enumerate((float("inf"), -float("inf"), 1e300, 0.0, float("nan")), 10):
        history.series["batch_loss"].append(step, value)
    loss.log_button.setChecked(log)
    loss.set_history(history, Settings())
    loss.grab()
    assert np.isfinite(loss.plot.y_range()).all()


def test_a_run_that_is_not_finite_from_the_start_raises_nothing(loss: LiveChart) -> None:
    history = History()
    history.series["batch_loss"].append(0, float("nan"))
    loss.set_history(history, Settings())
    loss.grab()
    assert np.isfinite(loss.plot.y_range()).all()


def test_log_axis_draws_powers_and_says_where_it_is_cut_off(qtbot, loss: LiveChart) -> None:
    history = run_of(10)
    history.series["batch_loss"].append(10, 0.0)
    loss.set_history(history, Settings())
    qtbot.mouseClick(loss.log_button, Qt.MouseButton.LeftButton)
    assert loss.is_log
    y = line(loss, "batch_loss").item.getData()[1]
    assert y[-1] == -6
    np.testing.assert_allclose(10 ** y[:-1], history.series["batch_loss"].read().y[:-1])
    assert "cut off at 1e−6" in loss.plot.texts.note.text()


def test_many_markers_are_drawn_at_most_once_a_pixel(loss: LiveChart) -> None:
    history = run_of(100)
    for number in range(3000):
        history.mark(Event(number % 100, "learning_rate", "η"))
    loss.set_history(history, Settings())
    assert len(loss._markers._items[False].getData()[0]) <= 2 * loss.plot.plot_width


def test_accuracy_is_in_per_cent_below_a_fixed_hundred(qtbot) -> None:
    chart = shown(qtbot, AccuracyChart(DARK))
    chart.set_history(run_of(100), Settings())
    assert set(line(chart, "test_accuracy").item.getData()[1]) == {90.0}
    low, high = chart.plot.y_range()
    assert 80 <= low < 90
    assert 100 < high < 101
    assert not chart.log_button.isVisible()


def test_a_longer_legend_does_not_widen_the_panel(qtbot) -> None:
    chart = shown(qtbot, GradientNormChart(DARK), 250, 130)
    before = chart.minimumSizeHint().width()
    names = ("dw1", "dw2", "dw3", "dw4")
    first, second = History(names), History(names)
    for name in names:
        first.series[f"|{name}|"].append(0, 1.0)
    chart.set_history(first, Settings())
    chart.set_history(second, Settings())
    assert chart.minimumSizeHint().width() <= max(before, 250)


def test_every_focusable_part_has_a_name(loss: LiveChart) -> None:
    parts = (loss.plot, loss.log_button, loss.reset_button)
    assert all(part.focusPolicy() != Qt.FocusPolicy.NoFocus and part.accessibleName() for part in parts)


def test_the_lines_take_the_colours_of_a_new_theme(loss: LiveChart) -> None:
    loss.set_history(run_of(10), Settings())
    loss.set_theme(LIGHT)
    assert line(loss, "train_loss").item.opts["pen"].color().name() == LIGHT.train
    assert len(line(loss, "train_loss").item.getData()[0]) == 1


def test_a_curve_that_was_cut_short_is_drawn_so(qtbot, loss: LiveChart) -> None:
    history = run_of(60)
    history.mark(Event(50, "learning_rate", "η 0.1 → 0.01"))
    loss.set_history(history, Settings())
    history.truncate(29)
    loss.refresh(1.0)
    qtbot.waitUntil(lambda: len(line(loss, "batch_loss").item.xData) == 30)
    assert loss._events == ()


def test_a_chart_that_nobody_sees_reads_and_draws_nothing(qtbot, loss: LiveChart) -> None:
    history = History()
    loss.set_history(history, Settings())
    loss.hide()
    for step in range(1, 50):
        history.series["batch_loss"].append(step, 1.0 / step)
        loss.refresh(1.0)
    assert len(line(loss, "batch_loss").curve) == 0
    loss.show()
    qtbot.waitUntil(lambda: len(line(loss, "batch_loss").item.xData) == 49)


def test_new_points_leave_the_picture_of_the_axes_as_it_is(qtbot, loss: LiveChart) -> None:
    history = History()
    loss.set_history(history, Settings())
    for step in range(1, 30):
        history.series["batch_loss"].append(step, 0.5)
    loss.refresh(1.0)
    qtbot.waitUntil(lambda: len(line(loss, "batch_loss").item.xData) == 29)
    for _ in range(3):  # the scene tells its changes when events are handled
        QApplication.processEvents()
    loss.grab()
    ground = loss.plot._ground
    assert ground is not None
    history.series["batch_loss"].append(29.5, 0.5)
    loss.refresh(1.0)
    qtbot.waitUntil(lambda: len(line(loss, "batch_loss").item.xData) == 30)
    loss.grab()
    assert loss.plot._ground is ground


def test_old_steps_are_said_to_be_kept_as_least_and_greatest_on_the_chart_and_in_the_readout(qtbot) -> None:
    history = History(("dw1",))
    for step in range(100_000):
        history.series["batch_loss"].append(step, 0.25 + step % 2 / 4)
    chart = shown(qtbot, LossChart(DARK), 400, 300)
    chart.set_history(history, Settings())
    chart.plot.automatic = False
    chart.plot.box.setXRange(10_000, 10_200, padding=0.0)
    assert chart.plot.texts.note.text() == "of old steps least and greatest of 16"
    chart.plot.point_at(10_100)
    assert "steps 10096–10111" in chart.plot.texts.readout.text().replace("\u202f", "")
    assert "0.250–0.500" in chart.plot.texts.readout.text()


def _different_pixels(image: QImage, other: QImage) -> int:
    return int((image_pixels(image) != image_pixels(other)).sum())


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("steps", [40, 700, 9_000])
@pytest.mark.parametrize("chart_type", [LossChart, AccuracyChart, GradientNormChart])
def test_a_curve_that_went_on_looks_as_one_that_is_drawn_in_one_go(qtbot, chart_type, steps: int, log: bool) -> None:
    history = History(("dw1", "dw2"))
    random = np.random.default_rng(steps)
    chart, whole = (shown(qtbot, chart_type(DARK), 300, 200) for _ in range(2))
    whole.plot.live._go_on = lambda _view: False
    for each in (chart, whole):
        each.set_history(history, Settings())
        each.log_button.setChecked(log and each.log_floor is not None)
    number = went_on = 0
    for until in range(steps, steps + 1000, 47):
        while number < until:
            number += 1
            for name in ("batch_loss", "|dw1|", "|dw2|"):
                history.series[name].append(number, math.exp(-number / 4000) + 0.3 * random.random())
            if number % 61 == 0:
                for name in ("train_loss", "test_loss", "train_accuracy", "test_accuracy"):
                    history.series[name].append(number - 20, 0.5 + 0.3 * random.random())
        before = [line.item.xData for line in chart.lines.live]
        for each in (chart, whole):
            each._draw()
        went_on += all(old is line.item.xData for old, line in zip(before, chart.lines.live, strict=True))
        for line_, other in zip(chart.lines.live, whole.lines.live, strict=True):
            (x, y), (x_whole, y_whole) = (line_.tail.x, line_.tail.y), other.item.getData()
            np.testing.assert_array_equal(x, x_whole[len(x_whole) - len(x) :])
            np.testing.assert_array_equal(y, y_whole[len(y_whole) - len(y) :])
        # Qt rounds the edge of a smooth stroke differently beside a clip, by parts of a pixel
        different = _different_pixels(chart.plot.grab().toImage(), whole.plot.grab().toImage())
        assert different < 200
    assert went_on, "every picture was drawn in one go"


@pytest.mark.parametrize("bad_until", [0, 2_000])
@pytest.mark.parametrize("chart_type", [LossChart, AccuracyChart, GradientNormChart])
def test_what_is_painted_anew_of_a_growing_chart_is_all_that_has_changed(qtbot, chart_type, bad_until: int) -> None:
    history = History(("dw1", "dw2"))
    random = np.random.default_rng(1)
    chart = shown(qtbot, chart_type(DARK), 300, 200)
    chart.set_history(history, Settings())
    heights = []
    chart.plot.live.draw = _noting(chart.plot.live.draw, heights)
    number = 0
    for until in range(1, 2600, 61):
        while number < until:
            number += 1
            value = math.nan if number < bad_until and number % 400 < 50 else math.exp(-number / 400) * random.random()
            for name in ("batch_loss", "|dw1|", "|dw2|"):
                history.series[name].append(number, value)
            if number % 20 == 0:
                for name in EVALUATION_SERIES:
                    history.series[name].append(
                        number - 20, (0.9 if "accuracy" in name else 0.1) + 0.02 * random.random()
                    )
        chart.refresh()
        QApplication.processEvents()
        on_screen = chart.screen().grabWindow(chart.winId()).toImage()
        assert _different_pixels(on_screen, chart.grab().toImage().convertToFormat(on_screen.format())) == 0
    assert min(heights) < max(heights) / 2, "all of the plot is painted anew in each frame"


def _noting(draw, heights: list[float]):
    def draw_and_note(*arguments: object):
        changed = draw(*arguments)
        heights.append(changed.height())
        return changed

    return draw_and_note
