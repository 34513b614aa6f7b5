"""Curves that grow while they are read."""

from __future__ import annotations

import numpy as np
import pytest

from playground.history import EVALUATION_SERIES, Event, History, Series
from playground.loss_change import MEASURED_SERIES


def test_a_series_gives_back_what_was_appended_beyond_its_first_capacity() -> None:
    series = Series()
    for step in range(3000):
        series.append(step, step / 2)
    x, y = series.since()
    np.testing.assert_array_equal(x, np.arange(3000))
    np.testing.assert_array_equal(y, np.arange(3000) / 2)
    assert len(series) == 3000


def test_since_gives_only_the_points_that_were_not_seen() -> None:
    series = Series()
    for step in range(5):
        series.append(step, 10 * step)
    np.testing.assert_array_equal(series.since(3)[1], [30, 40])


def test_what_was_read_stays_the_same_while_the_series_grows() -> None:
    series = Series()
    series.append(1, 0.5)
    _, before = series.since()
    for step in range(2, 5000):
        series.append(step, 0.25)
    np.testing.assert_array_equal(before, [0.5])


def test_readers_cannot_write() -> None:
    series = Series()
    series.append(1, 0.5)
    with pytest.raises(ValueError, match="read-only"):
        series.since()[1][0] = 0
    series.append(2, 0.25)
    np.testing.assert_array_equal(series.since()[1], [0.5, 0.25])


def test_a_history_has_a_curve_for_the_loss_each_evaluation_and_each_gradient() -> None:
    expected = {"batch_loss", *EVALUATION_SERIES, *MEASURED_SERIES, "|dw1|", "|dw2|"}
    assert set(History(("dw1", "dw2")).series) == expected


def test_events_keep_their_order_and_a_reader_keeps_its_own() -> None:
    history = History()
    first = Event(1, "learning_rate", "η 0.1 → 0.01")
    history.mark(first)
    seen = history.events
    history.mark(Event(2, "batch_size", "m 32 → 64"))
    assert seen == (first,)
    assert [event.step for event in history.events] == [1, 2]
