from __future__ import annotations

import time

import numpy as np
import pytest

from playground.history import Series
from ui.charts.curve_pyramid import CurvePyramid


def filled(values: np.ndarray, start: int = 0) -> Series:
    series = Series()
    for step, value in enumerate(values, start):
        series.append(float(step), float(value))
    return series


def pyramid_of(values: np.ndarray) -> CurvePyramid:
    pyramid = CurvePyramid(filled(values))
    pyramid.update()
    return pyramid


@pytest.mark.parametrize("count", [1, 3, 4, 17, 399, 401, 4096, 20_011])
@pytest.mark.parametrize("width", [40, 200])
def test_every_column_holds_the_least_and_greatest_raw_value(count: int, width: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    thinned = pyramid_of(values).thinned(0.0, float(count), width)
    assert len(thinned.x) == len(thinned.y) <= 2 * width
    if thinned.per_column == 1:
        np.testing.assert_array_equal(thinned.y, values)
        return
    low, high = thinned.y[0::2], thinned.y[1::2]
    starts = list(range(0, count, thinned.per_column))
    # points not yet in a bin may stand in a column of their own at the end: together with the one before they match
    whole = len(starts) - 1
    for column in range(whole):
        chunk = values[starts[column] : starts[column + 1]]
        assert (low[column], high[column]) == (chunk.min(), chunk.max())
    assert (low[whole:].min(), high[whole:].max()) == (values[starts[-1] :].min(), values[starts[-1] :].max())


def test_a_zoomed_view_has_the_extremes_of_the_raw_points_in_it() -> None:
    values = np.random.default_rng(1).normal(size=50_000)
    thinned = pyramid_of(values).thinned(20_000.0, 40_000.0, 100)
    inside = values[20_000:40_000]
    assert thinned.y.min() <= inside.min()
    assert thinned.y.max() >= inside.max()
    assert len(thinned.x) <= 200
    assert thinned.x[0] <= 20_000 <= thinned.x[2]


def test_growing_point_by_point_gives_the_same_as_all_at_once() -> None:
    values = np.random.default_rng(2).normal(size=3_000)
    series = Series()
    grown = CurvePyramid(series)
    for step, value in enumerate(values):
        series.append(float(step), float(value))
        grown.update()
    at_once = pyramid_of(values)
    for width in (20, 60, 300):
        np.testing.assert_array_equal(grown.thinned(0, 3_000, width).y, at_once.thinned(0, 3_000, width).y)


def test_columns_stay_as_they_were_while_the_curve_grows() -> None:
    values = np.random.default_rng(3).normal(size=10_050)
    shorter = pyramid_of(values[:10_000]).thinned(0, 12_000, 200)
    longer = pyramid_of(values).thinned(0, 12_000, 200)
    assert shorter.per_column == longer.per_column
    whole = 10_000 // shorter.per_column * 2
    np.testing.assert_array_equal(shorter.y[:whole], longer.y[:whole])


def test_update_says_whether_something_is_new() -> None:
    series = Series()
    pyramid = CurvePyramid(series)
    assert not pyramid.update()
    series.append(0, 1.0)
    assert pyramid.update()
    assert not pyramid.update()


def test_values_that_are_not_finite_cut_the_curve_and_are_noted_once_a_stretch() -> None:
    values = np.ones(100)
    values[50:60] = np.nan
    values[80] = np.inf
    pyramid = pyramid_of(values)
    assert pyramid.gaps == [50.0, 80.0]
    thinned = pyramid.thinned(0, 100, 100)
    assert np.isnan(thinned.y[50:60]).all()
    assert not np.isinf(thinned.y).any()


def test_thinned_columns_leave_out_what_is_not_finite() -> None:
    values = np.arange(10_000.0)
    values[3_000:6_000] = np.inf
    thinned = pyramid_of(values).thinned(0, 10_000, 100)
    assert not np.isinf(thinned.y).any()
    assert np.isnan(thinned.y).any()
    assert np.nanmax(thinned.y) == 9_999


def test_a_stretch_that_goes_on_over_two_updates_is_noted_once() -> None:
    series = Series()
    pyramid = CurvePyramid(series)
    for step in range(5):
        series.append(step, float("nan"))
        pyramid.update()
    assert pyramid.gaps == [0.0]


@pytest.mark.parametrize(("x", "expected"), [(-5, 0), (0.4, 0), (0.6, 1), (2.5, 2), (99, 4)])
def test_nearest_is_the_closest_raw_point(x: float, expected: int) -> None:
    assert pyramid_of(np.zeros(5)).nearest(x) == expected


def test_nearest_of_an_empty_curve_is_none() -> None:
    assert CurvePyramid(Series()).nearest(3.0) is None


def test_a_view_of_a_million_points_costs_as_little_as_one_of_ten_thousand() -> None:
    series = Series()
    rng = np.random.default_rng(4)
    pyramid = CurvePyramid(series)
    costs = {}
    for count in (10_000, 1_000_000):
        for value in rng.normal(size=count - len(series)):
            series.append(len(series), value)
        pyramid.update()
        best = min(_timed(lambda: pyramid.thinned(0, 1e6, 400)) for _ in range(30))
        costs[count] = best
    # generous: a scan of the raw points would be some hundred times as slow
    assert costs[1_000_000] < 10 * costs[10_000]


def _timed(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def test_a_series_that_was_cut_short_is_read_anew_even_if_it_has_grown_to_the_same_length() -> None:
    values = np.random.default_rng(3).normal(size=3000)
    series = filled(values)
    pyramid = CurvePyramid(series)
    pyramid.update()
    series.truncate(1499)
    for step in range(1500, 3000):
        series.append(step, 7.0)
    assert pyramid.update()
    expected = pyramid_of(np.concatenate([values[:1500], np.full(1500, 7.0)])).thinned(0.0, 3000.0, 50)
    np.testing.assert_array_equal(pyramid.thinned(0.0, 3000.0, 50).y, expected.y)


def test_gaps_after_the_cut_are_forgotten() -> None:
    series = filled(np.array([1.0, np.nan, 2.0, np.nan]))
    pyramid = CurvePyramid(series)
    pyramid.update()
    series.truncate(2)
    pyramid.update()
    assert pyramid.gaps == [1.0]


def test_a_series_cut_short_to_nothing_is_empty() -> None:
    series = filled(np.array([1.0, 2.0]), start=1)
    pyramid = CurvePyramid(series)
    pyramid.update()
    series.truncate(0)
    assert pyramid.update()
    assert (len(pyramid), pyramid.range_between(0.0, 9.0)) == (0, None)
