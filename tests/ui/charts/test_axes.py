from __future__ import annotations

import numpy as np
import pytest

from ui.charts.axes import StableRange, TwoSidedRange, format_value, nice_ceiling, ticks
from ui.charts.live_chart import LiveChart


def test_the_range_grows_at_once_and_shrinks_only_when_little_of_it_is_used() -> None:
    shown_range = StableRange()
    assert shown_range.linear(0, 0.9)[1] == 1.0
    assert shown_range.linear(0, 1.2)[1] == 1.5
    assert shown_range.linear(0, 0.95)[1] == 1.5
    assert shown_range.linear(0, 0.3)[1] == pytest.approx(0.4)


def test_log_range_holds_the_values_and_at_least_a_decade() -> None:
    low, high = StableRange().log(0.5, 0.6)
    assert 10**low <= 0.5
    assert 10**high >= 0.6
    assert high - low >= 1


@pytest.mark.parametrize(("value", "expected"), [(0.69, 0.8), (1.0, 1.0), (1.01, 1.5), (9.0, 10.0), (2100, 2500)])
def test_nice_ceiling_is_the_next_round_number(value: float, expected: float) -> None:
    assert nice_ceiling(value) == pytest.approx(expected)


@pytest.mark.parametrize("high", [1e-9, 0.07, 1.0, 30.0, 2e6])
def test_ticks_are_few_and_inside(high: float) -> None:
    spacing, values = ticks(0.0, high, 4)
    assert 3 <= len(values) <= 7
    assert all(-1e-12 <= value <= high * (1 + 1e-6) for value in values)
    assert spacing > 0


@pytest.mark.parametrize(("value", "text"), [(0.0000123, "1.2e−5"), (0.5, "0.500"), (12.34, "12.34"), (0.0, "0.000")])
def test_small_values_are_never_shown_as_zero(value: float, text: str) -> None:
    assert format_value(value) == text


@pytest.mark.parametrize("size", [60, 110, 220, 500])
@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.0), (-2.5, 0.5), (-6.0, 1.0), (-0.2, 0.1), (0.31, 0.42)])
def test_labels_of_a_log_axis_are_there_and_do_not_touch(loss: LiveChart, size: int, low: float, high: float) -> None:
    axis = loss.plot.values_axis
    axis.is_log = True
    places = [place for _, values in axis.tickValues(low, high, size) for place in values]
    assert places
    assert all(low - 1e-6 <= place <= high + 1e-6 for place in places)
    pixels = np.array(places) * size / (high - low)
    assert len(places) == 1 or np.diff(pixels).min() >= 12
    assert len(set(axis.tickStrings(places, 1.0, 1.0))) == len(places)


def test_a_range_of_both_signs_holds_zero_and_each_side_still_by_itself():
    both = TwoSidedRange()
    low, high = both.linear(-0.9, 0.2)
    assert low <= -0.9
    assert high >= 0.2
    assert both.linear(-0.8, 0.2) == (low, high)
    assert both.linear(-0.9, 0.19) == (low, high)
    lower, _ = both.linear(-3.0, 0.2)
    assert lower <= -3.0
    only_negative = TwoSidedRange().linear(-0.5, -0.1)
    assert only_negative[0] <= -0.5
    assert 0 < only_negative[1] < 0.1
