"""A curve that grows while it is read, in bounded memory: what is kept exactly, what in buckets, what after a cut."""

from __future__ import annotations

import numpy as np
import pytest

from playground import series as rule
from playground.curve import Curve
from playground.series import EXACT_FIRST, EXACT_POINTS, Series

MANY = 300_000


def filled(values: np.ndarray, start: int = 0) -> Series:
    series = Series()
    for step, value in enumerate(values.tolist(), start):
        series.append(step, value)
    return series


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=MANY)


@pytest.fixture(scope="module")
def long(values: np.ndarray) -> Series:
    """A curve that nobody may change; tests cut a copy."""
    return filled(values)


@pytest.fixture
def thin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that begins to thin after few points, so that short curves go through all of it."""
    monkeypatch.setattr(rule, "EXACT_POINTS", 512)
    monkeypatch.setattr(rule, "BUCKETS", 256)


def bytes_of(curve: Curve) -> int:
    return curve.x.nbytes + curve.y.nbytes + sum(level.table.nbytes for level in curve.levels)


def test_a_series_gives_back_what_was_appended_beyond_its_first_capacity() -> None:
    series = filled(np.arange(3000) / 2)
    curve = series.read()
    np.testing.assert_array_equal(curve.x, np.arange(3000))
    np.testing.assert_array_equal(curve.y, np.arange(3000) / 2)
    assert len(series) == len(curve) == 3000
    assert series.last == curve.last == (2999, 1499.5)


def test_what_was_read_stays_the_same_while_the_series_grows() -> None:
    series = filled(np.array([0.5]), start=1)
    before = series.read()
    for step in range(2, 40_000):
        series.append(step, 0.25)
    np.testing.assert_array_equal(before.y, [0.5])
    assert before.last == (1, 0.5)


def test_readers_cannot_write(long: Series) -> None:
    curve = long.read()
    for array in (curve.x, curve.y, curve.levels[0].table):
        with pytest.raises(ValueError, match="read-only"):
            array[..., 0] = 0


def test_the_newest_points_are_exact(long: Series, values: np.ndarray) -> None:
    curve = long.read()
    assert EXACT_POINTS <= len(curve.y) <= 2 * EXACT_POINTS
    np.testing.assert_array_equal(curve.y, values[curve.start :])
    np.testing.assert_array_equal(curve.x, np.arange(curve.start, MANY))


def test_the_first_points_are_exact(long: Series, values: np.ndarray) -> None:
    curve = long.read()
    np.testing.assert_array_equal(curve.head[0], np.arange(EXACT_FIRST))
    np.testing.assert_array_equal(curve.first_values, values[:EXACT_FIRST])
    assert curve.reading(0).low == values[0]


@pytest.mark.parametrize("level", [-1, 0, 1, 2, 4])
def test_rows_hold_every_point_once_with_the_least_and_greatest_value_of_each_bucket(
    long: Series, values: np.ndarray, level: int
) -> None:
    rows = long.read().rows(level=level)
    assert rows.numbers[0] == 0
    np.testing.assert_array_equal(rows.low, np.minimum.reduceat(values, rows.numbers))
    np.testing.assert_array_equal(rows.high, np.maximum.reduceat(values, rows.numbers))
    np.testing.assert_array_equal(rows.first, rows.numbers)
    np.testing.assert_array_equal(rows.last[:-1], rows.numbers[1:] - 1)
    assert rows.last[-1] == MANY - 1


def test_a_point_is_in_a_bucket_of_less_than_its_age_times_four_over_the_number_of_buckets(long: Series) -> None:
    rows = long.read().rows()
    sizes = np.diff(rows.numbers, append=MANY)
    assert (sizes <= np.maximum(1, 4 * (MANY - rows.numbers) / rule.BUCKETS)).all()


def test_memory_grows_with_the_logarithm_of_the_length(thin: None) -> None:
    series = Series()
    sizes = {}
    for step in range(160_000):
        series.append(step, 1.0)
        if step + 1 in (10_000, 40_000, 160_000):
            sizes[step + 1] = bytes_of(series.read())
    a_level = 2 * 256 * 5 * 8
    assert sizes[40_000] - sizes[10_000] <= 1.5 * a_level
    assert sizes[160_000] - sizes[40_000] <= 1.5 * a_level


def test_a_reading_of_an_old_step_is_that_of_its_bucket(long: Series, values: np.ndarray) -> None:
    found = long.read().reading(100_000)
    assert found is not None
    assert not found.is_exact
    assert found.first_step <= 100_000 <= found.last_step
    bucket = values[int(found.first_step) : int(found.last_step) + 1]
    assert (found.low, found.high) == (bucket.min(), bucket.max())


@pytest.mark.parametrize(("step", "expected"), [(-5, 0), (0.4, 0), (0.6, 1), (2.5, 2), (99, 4)])
def test_a_reading_is_that_of_the_closest_point_where_points_are_kept(step: float, expected: int) -> None:
    reading = filled(np.arange(5.0)).read().reading(step)
    assert reading is not None
    assert reading.is_exact
    assert (reading.first_step, reading.low) == (expected, expected)


def test_an_empty_curve_has_no_reading() -> None:
    assert Series().read().reading(3.0) is None
    assert Series().last is None


def test_values_that_are_not_finite_are_noted_once_a_stretch_and_leave_buckets_out() -> None:
    values = np.arange(40_000.0)
    values[5:8] = np.nan
    values[100] = np.inf
    curve = filled(values).read()
    assert curve.gaps == (5.0, 100.0)
    rows = curve.rows(level=2)
    assert np.isfinite(rows.low).all()
    assert (rows.low[0], rows.high[0]) == (0, 63)


# --- cutting short ----------------------------------------------------------------------------------------------


def checked(curve: Curve, values: np.ndarray) -> None:
    """The curve is that of the values, however it is kept."""
    assert len(curve) == len(values)
    for level in (-1, 0, 1, 3):
        rows = curve.rows(level=level)
        if len(values):
            np.testing.assert_array_equal(rows.low, np.minimum.reduceat(values, rows.numbers))
            np.testing.assert_array_equal(rows.high, np.maximum.reduceat(values, rows.numbers))
    np.testing.assert_array_equal(curve.y, values[curve.start :])
    np.testing.assert_array_equal(curve.first_values[:EXACT_FIRST], values[:EXACT_FIRST])


@pytest.mark.parametrize("kept", [0, 1, 63, 64, 65, 1000, 9_876, 12_345, 19_000, 19_999])
def test_a_curve_cut_short_goes_on_as_if_nothing_had_come_after(thin: None, kept: int) -> None:
    values = np.random.default_rng(kept).normal(size=20_000)
    series = filled(values)
    series.truncate(kept - 1)
    left = len(series)
    # exact where points are kept by themselves, else up to a bucket less
    exact = kept <= EXACT_FIRST or kept > 20_000 - 512
    assert left == kept if exact else kept * 0.7 < left <= kept
    checked(series.read(), values[:left])
    assert series.last == ((left - 1, values[left - 1]) if left else None)
    more = np.random.default_rng(1).normal(size=5_000)
    for step, value in enumerate(more.tolist(), left):
        series.append(step, value)
    checked(series.read(), np.concatenate([values[:left], more]))


def test_a_curve_may_be_cut_again_and_again(thin: None) -> None:
    rng = np.random.default_rng(5)
    series, kept = Series(), np.empty(0)
    for _ in range(60):
        more = rng.normal(size=rng.integers(1, 3000))
        for value in more.tolist():
            series.append(len(series), value)
        kept = np.concatenate([kept, more])
        checked(series.read(), kept)
        # the steps of a curve cut in a bucket are counted on from where it ends
        series.truncate(int(rng.integers(-1, len(kept))))
        kept = kept[: len(series)]
        checked(series.read(), kept)


def test_cutting_leaves_what_was_read(long: Series, values: np.ndarray) -> None:
    series = Series.of(long.read())
    before = series.read()
    rows = before.rows()
    series.truncate(150_000)
    for step in range(150_001, 200_000):
        series.append(step, 9.0)
    again = before.rows()
    np.testing.assert_array_equal(again.high, rows.high)
    np.testing.assert_array_equal(before.y, values[before.start :])


def test_gaps_after_the_cut_are_forgotten() -> None:
    series = filled(np.array([1.0, np.nan, 2.0, np.nan]))
    series.truncate(2)
    assert series.read().gaps == (1.0,)
    series.append(3, np.nan)
    assert series.read().gaps == (1.0, 3.0)


def test_a_series_of_a_curve_grows_by_itself(long: Series, values: np.ndarray) -> None:
    twin = Series.of(long.read())
    twin.append(MANY, 9.0)
    assert (len(twin), len(long)) == (MANY + 1, MANY)
    checked(twin.read(), np.append(values, 9.0))
