from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from playground.edits import Edit
from tests.ui.flow.snapshots import snapshot_of
from ui.overview.array_statistics import BINS, array_statistics, statistics_of_all
from ui.overview.panel import GradientOverview, overview_arrays
from ui.overview.rows import TIP


@pytest.fixture
def overview(qtbot):
    widget = GradientOverview()
    qtbot.addWidget(widget)
    widget.resize(520, 320)
    widget.show_snapshot(snapshot_of("four filters"))
    widget.show()
    qtbot.waitUntil(lambda: len(widget.rows.arrays) > 0)
    return widget


def test_statistics_of_a_known_array():
    of = array_statistics(np.array([[-2.0, 0.0], [0.0, 1.0]]))
    assert (of.mean, of.largest, of.zero_share, of.finite) == (0.75, 2.0, 0.5, True)
    assert of.histogram.sum() == 4
    assert of.histogram[BINS // 2] == 2
    assert of.histogram[0] == 1


@pytest.mark.parametrize("scale", [1e-38, 1.0, 1e38])
def test_statistics_stand_any_magnitude(scale):
    of = array_statistics(np.array([1.0, -1.0, 0.5, 0.0], np.float32) * np.float32(scale))
    assert of.finite
    assert of.histogram.sum() == 4


def test_nan_and_infinity_are_noted_and_left_out():
    of = array_statistics(np.array([np.nan, np.inf, 3.0]))
    assert (of.mean, of.largest, of.finite) == (3.0, 3.0, False)


def test_there_is_a_row_for_every_gradient_and_parameter():
    trace = snapshot_of("three blocks").trace
    names = [name for name, *_ in overview_arrays(snapshot_of("three blocks"))]
    assert sorted(names) == sorted((*trace.backward_names, *trace.parameter_names))


def test_parameter_gradients_are_the_batchs_once_there_is_one():
    snapshot = snapshot_of("four filters")
    batch = {name: np.ones_like(values) for name, values in snapshot.weights.items()}
    sources = {name: source for name, source, _ in overview_arrays(replace(snapshot, gradients=batch))}
    assert (sources["dw1"], sources["dz1"], sources["w1"]) == ("batch mean", "this image", "now")
    assert {source for name, source, _ in overview_arrays(snapshot) if name == "dw1"} == {"this image"}


def test_a_click_tells_the_array_of_the_row(overview, qtbot):
    with qtbot.waitSignal(overview.array_chosen) as told:
        qtbot.mouseClick(overview.rows, Qt.MouseButton.LeftButton, pos=QPoint(30, overview.rows.row_height * 3 + 4))
    assert told.args == [overview.rows.arrays[3][0]]


def test_keys_choose_a_row(overview, qtbot):
    qtbot.keyClick(overview.rows, Qt.Key.Key_Down)
    qtbot.keyClick(overview.rows, Qt.Key.Key_Down)
    with qtbot.waitSignal(overview.array_chosen) as told:
        qtbot.keyClick(overview.rows, Qt.Key.Key_Return)
    assert told.args == [overview.rows.arrays[1][0]]
    assert overview.rows.accessibleDescription().startswith("∂L/∂z₂ (this image): mean magnitude")


def test_the_picture_shows_bars(overview):
    picture = overview.rows.grab().toImage()
    x, width = overview.rows.columns()[-1]
    colors = {picture.pixel(x + place, overview.rows.row_height // 2) for place in range(width)}
    assert len(colors) > 1


def test_a_wide_overview_uses_its_width_and_needs_half_the_height(qtbot, overview):
    rows = overview.rows
    one = rows.sizeHint().height()
    assert rows.halves == 1
    overview.resize(1100, 320)
    qtbot.waitUntil(lambda: rows.halves == 2)
    assert rows.sizeHint().height() <= one // 2 + rows.row_height
    places = [rows.row_rect(row) for row in range(len(rows.arrays))]
    assert all(rows.rect().contains(place) for place in places)
    assert not any(a.intersects(b) for a, b in pairwise(places))
    last = rows.columns(1)[-1]
    assert rows.width() - 20 <= sum(last) + 16 <= rows.width() + 10 or last[1] == 330


def test_rows_of_the_second_half_are_chosen_by_mouse_and_keys(qtbot, overview):
    overview.resize(1100, 320)
    rows = overview.rows
    qtbot.waitUntil(lambda: rows.halves == 2)
    row = rows.rows_of_half + 1
    with qtbot.waitSignal(overview.array_chosen) as chosen:
        qtbot.mouseClick(rows, Qt.MouseButton.LeftButton, pos=rows.row_rect(row).center())
    assert chosen.args == [rows.arrays[row][0]]
    qtbot.mouseMove(rows, rows.row_rect(0).center())
    qtbot.keyClick(rows, Qt.Key.Key_Right)
    with qtbot.waitSignal(overview.array_chosen) as chosen:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert chosen.args == [rows.arrays[rows.rows_of_half][0]]


@pytest.mark.parametrize("name", ["four filters", "three blocks", "blackboard 3x3"])
def test_the_statistics_of_all_arrays_are_those_of_each(name):
    arrays = [values for *_, values in overview_arrays(snapshot_of(name))]
    arrays += [np.zeros(5, np.float32), np.full(3, 1e-38, np.float32)]
    for together, alone in zip(statistics_of_all(arrays), map(array_statistics, arrays), strict=True):
        assert together.mean == pytest.approx(alone.mean, rel=1e-12)
        assert (together.largest, together.zero_share, together.finite) == (alone.largest, alone.zero_share, True)
        np.testing.assert_array_equal(together.histogram, alone.histogram)


def test_a_number_that_is_not_finite_is_noted_for_its_array_alone():
    arrays = [np.array([1.0, np.nan], np.float32), np.array([2.0, 4.0], np.float32)]
    broken, whole = statistics_of_all(arrays)
    assert (broken.finite, broken.largest) == (False, 1.0)
    assert (whole.finite, whole.mean) == (True, 3.0)


def test_a_row_that_is_painted_alone_shows_the_numbers_that_it_shows_among_all(qtbot, overview):
    overview.resize(1100, 320)
    rows = overview.rows
    qtbot.waitUntil(lambda: rows.halves == 2)
    whole = rows.grab()
    for row in range(len(rows.arrays)):
        place = rows.row_rect(row)
        assert rows.grab(place).toImage() == whole.copy(place).toImage()


def test_an_array_without_a_finite_number_has_no_mean_and_no_share_of_zeros(qtbot, overview):
    of = array_statistics(np.array([np.nan, np.inf, np.nan]))
    assert np.isnan((of.mean, of.largest, of.zero_share)).all()
    assert overview.rows._texts(of) == ("NaN", "NaN/∞", "–")


def test_a_row_says_of_which_images_and_which_step_it_is(qtbot, overview):
    snapshot = snapshot_of("four filters")
    batch = {name: np.ones_like(values) for name, values in snapshot.weights.items()}
    after = replace(snapshot, gradients=batch, step=12)
    overview.show_snapshot(after)
    rows = overview.rows
    told = {rows.arrays[row][0]: rows.tooltip_at(rows.row_rect(row).center()) for row in range(len(rows.arrays))}
    assert told["dw2"] == (
        "∂L/∂w₂: the mean over the images of the batch of step 12, under the weights before that step: "
        "what the step was taken with."
    )
    assert told["dz1"] == "∂L/∂z₁: test image 0 alone, under the weights after step 12, as in the flow."
    assert told["w1"] == "w₁: the weights as they are, after step 12."
    overview.show_snapshot(replace(after, edits=(Edit(12, "b2", (0,), 0.0, 1.0),)))
    sources = {name: source for name, source, _ in rows.arrays}
    assert (sources["dw2"], sources["dz1"], sources["b2"]) == ("before edit", "this image", "now")
    place = next(row for row in range(len(rows.arrays)) if rows.arrays[row][0] == "dw2")
    assert "a weight was changed by hand since" in rows.tooltip_at(rows.row_rect(place).center())
    assert rows.tooltip_at(QPoint(rows.width() - 1, rows.height() + 5)) == TIP
