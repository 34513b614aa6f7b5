from __future__ import annotations

import time

import numpy as np
import pytest

from playground.curve import Curve
from playground.series import EXACT_POINTS, Series
from ui.charts.thinning import WholeRange, thinned


def curve_of(values: np.ndarray) -> Curve:
    series = Series()
    for step, value in enumerate(values.tolist()):
        series.append(step, value)
    return series.read()


@pytest.mark.parametrize("count", [1, 3, 4, 17, 399, 401, 4096, 20_011, 60_000])
@pytest.mark.parametrize("width", [40, 200])
def test_every_column_holds_the_least_and_greatest_raw_value(count: int, width: int) -> None:
    values = np.random.default_rng(count).normal(size=count)
    shown = thinned(curve_of(values), 0.0, float(count), width)
    assert len(shown.x) == len(shown.y) <= 2 * width
    if shown.per_column == 1:
        np.testing.assert_array_equal(shown.y, values)
        return
    starts = np.arange(0, count, shown.per_column)
    np.testing.assert_array_equal(shown.x[0::2], starts)
    np.testing.assert_array_equal(shown.y[0::2], np.minimum.reduceat(values, starts))
    np.testing.assert_array_equal(shown.y[1::2], np.maximum.reduceat(values, starts))


@pytest.mark.parametrize(("begin", "end"), [(10_000, 15_000), (20_000, 40_000), (40_000, 49_999), (0, 40)])
def test_a_zoomed_view_has_the_extremes_of_the_raw_points_in_it(begin: int, end: int) -> None:
    values = np.random.default_rng(1).normal(size=50_000)
    shown = thinned(curve_of(values), begin, end, 100)
    inside = values[begin : end + 1]
    assert shown.y.min() <= inside.min()
    assert shown.y.max() >= inside.max()
    assert len(shown.x) <= 200
    assert shown.x[0] <= begin <= shown.x[2]


def test_columns_stay_as_they_were_while_the_curve_grows() -> None:
    values = np.random.default_rng(3).normal(size=10_050)
    shorter = thinned(curve_of(values[:10_000]), 0, 12_000, 200)
    longer = thinned(curve_of(values), 0, 12_000, 200)
    assert shorter.per_column == longer.per_column
    whole = 10_000 // shorter.per_column * 2
    np.testing.assert_array_equal(shorter.y[:whole], longer.y[:whole])


def test_a_view_of_old_steps_shows_the_buckets_that_they_are_kept_in_and_says_so() -> None:
    values = np.random.default_rng(2).normal(size=100_000)
    curve = curve_of(values)
    old = thinned(curve, 10_000, 10_100, 400)
    assert (old.is_coarse, old.per_column) == (True, 16)
    box = slice(0, 6)
    assert set(old.x[box]) == {10_000, 10_015}
    assert set(old.y[box]) == {values[10_000:10_016].min(), values[10_000:10_016].max()}
    narrow = thinned(curve, 10_000, 10_500, 60)
    assert (narrow.is_coarse, len(narrow.x) <= 120) == (True, True)
    new = thinned(curve, 100_000 - EXACT_POINTS, 100_100 - EXACT_POINTS, 400)
    assert (new.is_coarse, new.per_column) == (False, 1)
    assert not thinned(curve, 0, 100_000, 400).is_coarse


def test_values_that_are_not_finite_cut_the_curve() -> None:
    values = np.ones(100)
    values[50:60] = np.nan
    values[80] = np.inf
    shown = thinned(curve_of(values), 0, 100, 100)
    assert np.isnan(shown.y[50:60]).all()
    assert not np.isinf(shown.y).any()


def test_thinned_columns_leave_out_what_is_not_finite() -> None:
    values = np.arange(10_000.0)
    values[3_000:6_000] = np.inf
    shown = thinned(curve_of(values), 0, 10_000, 100)
    assert not np.isinf(shown.y).any()
    assert np.isnan(shown.y).any()
    assert np.nanmax(shown.y) == 9_999


def test_the_range_follows_a_curve_that_grows_jumps_ahead_and_is_cut_short() -> None:
    rng = np.random.default_rng(5)
    series, whole = Series(), WholeRange()
    assert whole.of(series.read()) is None
    values = rng.normal(size=60_000)
    values[100:103] = np.inf, -np.inf, np.nan
    for step, value in enumerate(values.tolist()):
        series.append(step, value)
        if step in {3, 101, 5_000, 5_001, 59_999}:
            seen = values[: step + 1][np.isfinite(values[: step + 1])]
            assert whole.of(series.read()) == (seen.min(), seen.max())
    series.truncate(50)
    assert whole.of(series.read()) == (values[:51].min(), values[:51].max())
    series.truncate(-1)
    assert whole.of(series.read()) is None


def test_a_view_of_a_million_points_costs_as_little_as_one_of_ten_thousand() -> None:
    series = Series()
    costs = {}
    for count in (10_000, 1_000_000):
        for step in range(len(series), count):
            series.append(step, 0.5)
        curve = series.read()
        costs[count] = min(_timed(lambda curve=curve: thinned(curve, 0, 1e6, 400)) for _ in range(30))
    # generous: a scan of the raw points would be some hundred times as slow
    assert costs[1_000_000] < 10 * costs[10_000]


def _timed(call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
