"""Curves as arrays: what was kept of a run comes back and goes on, and arrays that do not fit are refused."""

from __future__ import annotations

import numpy as np
import pytest

from playground.errors import PlaygroundError
from playground.history import Event, History
from playground.history_arrays import history_arrays, history_from

NAMES = ("dw1",)


def a_history(steps: int) -> History:
    history = History(NAMES)
    for step, value in enumerate(np.random.default_rng(steps).normal(size=steps).tolist(), 1):
        history.series["batch_loss"].append(step, value)
        if step % 100 == 0:
            history.series["test_loss"].append(step, value)
    return history


def same(one: History, other: History) -> None:
    for name, series in one.series.items():
        mine, theirs = series.read(), other.series[name].read()
        assert (len(mine), mine.last, mine.gaps) == (len(theirs), theirs.last, theirs.gaps), name
        for level in (-1, 1):
            for field in ("first", "last", "low", "high"):
                pair = (getattr(curve.rows(level=level), field) for curve in (mine, theirs))
                np.testing.assert_array_equal(*pair, err_msg=name)


@pytest.mark.parametrize("steps", [0, 1, 5000, 70_000])
def test_a_history_comes_back_from_its_arrays_and_goes_on_alike(steps: int) -> None:
    history = a_history(steps)
    event = Event(1, "learning_rate", "η 0.1 → 0.01")
    again = history_from(history_arrays(history.read()), NAMES, [event])
    same(history, again)
    assert again.events == (event,)
    for run in (history, again):
        for step in range(steps + 1, steps + 3000):
            run.series["batch_loss"].append(step, step % 7)
    same(history, again)


def test_the_arrays_of_a_long_run_are_small() -> None:
    assert sum(array.nbytes for array in history_arrays(a_history(70_000).read()).values()) < 2e6


def test_a_history_that_was_cut_deep_comes_back_too() -> None:
    history = a_history(70_000)
    history.truncate(9_999)
    same(history, history_from(history_arrays(history.read()), NAMES))


@pytest.mark.parametrize(
    ("part", "change", "message"),
    [
        ("points", lambda array: array[:1], "has arrays of other shapes"),
        ("points", lambda array: array.astype(np.float32), "is not of numbers"),
        ("points", lambda array: array[:, ::-1], "has steps that go back"),
        ("points", lambda array: np.repeat(array, 3, axis=1), "has too many points"),
        ("head", lambda array: array[:, :5], "lacks its beginning"),
        ("buckets", lambda array: array[:, :-1], "has another number of buckets"),
        ("numbers", lambda array: array[:-1], "is not numbered"),
        ("numbers", lambda array: array * 2**40, "has another number of buckets"),
        ("numbers", lambda array: np.add(array, [400_000] + [0] * (len(array) - 1)), "leave steps out"),
        ("numbers", lambda array: np.add(array, [0] * (len(array) - 2) + [4, 0]), "leave steps out"),
        ("numbers", lambda array: -array, "has another number of buckets"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused_with_the_name_of_the_curve(part, change, message) -> None:
    arrays = history_arrays(a_history(70_000).read())
    arrays[f"batch_loss/{part}"] = change(arrays[f"batch_loss/{part}"])
    with pytest.raises(PlaygroundError, match=f"batch_loss .*{message}"):
        history_from(arrays, NAMES)


def test_a_curve_that_is_missing_is_named() -> None:
    arrays = history_arrays(a_history(10).read())
    del arrays["test_loss/gaps"]
    with pytest.raises(PlaygroundError, match="The curve test_loss is not complete"):
        history_from(arrays, NAMES)
