"""Which moments are kept: as many as fit, by a rule that is true of each, the protected ones always."""

from __future__ import annotations

import dataclasses
import functools
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.session import Session
from playground.session_state import SessionState
from playground.settings import Settings
from playground.timeline.moments import Moment, Moments
from playground.timeline.size import own_bytes
from playground.timeline.timeline import Timeline
from playground.timeline.view import rule_in_words

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(1,), batch_size=32, seed=5)


@functools.cache
def a_state() -> SessionState:
    session = Session(SMALL)
    session.step()
    return session.state()


@pytest.fixture
def state() -> SessionState:
    return a_state()


def run(moments: Moments, state: SessionState, steps: int, branch: int = 0, start: int = 0) -> None:
    for step in range(start, start + steps):
        if moments.is_due(step):
            moments.add(Moment(branch, dataclasses.replace(state, step=step)))


def test_every_step_is_kept_while_there_is_room(state: SessionState) -> None:
    moments = Moments(most=100)
    run(moments, state, 100)
    assert moments.steps(0) == [*range(100)]


def test_old_moments_are_thinned_one_by_one_for_new_ones(state: SessionState) -> None:
    moments = Moments(most=100)
    run(moments, state, 110)
    assert len(moments) == 100
    assert (moments.spacing, moments.thinned_before) == (1, 20)
    assert moments.steps(0) == [*range(0, 20, 2), *range(20, 110)]


@hypothesis_settings(max_examples=40)
@given(
    most=st.integers(12, 60),
    runs=st.lists(st.tuples(st.integers(0, 3), st.integers(1, 300)), min_size=1, max_size=5),
    protected=st.sets(st.integers(0, 60), max_size=2),
)
def test_what_the_rule_says_is_true_of_every_moment(
    most: int, runs: list[tuple[int, int]], protected: set[int]
) -> None:
    moments = Moments(most=most)
    moments.protected = {(step, 0) for step in protected}
    last = {}
    for branch, steps in runs:
        start = last.get(branch, 0)
        run(moments, a_state(), steps, branch, start)
        last[branch] = start + steps
    assert len(moments) <= most
    for branch, end in last.items():
        kept = set(moments.steps(branch))
        for step in range(end):
            spacing = moments.spacing * (2 if step < moments.thinned_before else 1)
            is_protected = branch == 0 and step in protected
            assert (step in kept) == (step % spacing == 0) or (is_protected and step in kept), step


def test_a_full_store_is_never_less_than_half_full_again(state: SessionState) -> None:
    moments = Moments(most=50)
    run(moments, state, 50)
    for step in range(50, 2000):
        run(moments, state, 1, start=step)
        assert 25 <= len(moments) <= 50


def test_the_bound_of_memory_is_kept_and_counts_what_states_share_once(state: SessionState) -> None:
    moments = Moments(most_bytes=200_000)
    run(moments, state, 500)
    assert moments.bytes <= 200_000
    assert len(moments) >= 100_000 // own_bytes(state)
    moments.drop(0)
    assert (moments.bytes, len(moments)) == (0, 0)


def test_what_is_protected_stays_and_a_store_of_only_that_says_that_it_is_over(state: SessionState) -> None:
    moments = Moments(most=4)
    moments.protected = {(step, 0) for step in range(1, 12, 2)}
    for step in range(12):
        moments.add(Moment(0, dataclasses.replace(state, step=step)))
    assert moments.steps(0) == [1, 3, 5, 7, 9, 11]
    assert moments.is_over


def test_the_same_moment_is_kept_once(state: SessionState) -> None:
    moments = Moments()
    moments.add(Moment(0, state))
    newer = dataclasses.replace(state, batch_loss=0.5)
    moments.add(Moment(0, newer))
    assert moments.steps(0) == [1]
    assert moments.at(0, 1).state is newer


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_counted_bytes_are_those_that_python_allocates(optimizer: str) -> None:
    session = Session(SMALL.changed(filters=(4, 8), optimizer=optimizer, learning_rate=0.01))
    for _ in range(2 * session.steps_per_epoch):  # until all memory of the network and its evaluations is there
        session.step()
    moments = Moments()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(30):
        session.step()
        moments.add(Moment(0, session.state()))
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert 0.75 <= moments.bytes / taken <= 1.35


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([0], "every step"),
        ([*range(30)], "every step"),
        ([0, 1], "every step"),
        ([*range(0, 600, 2), *range(600, 900)], "every 2nd step before 600, every step after"),
        ([*range(0, 100, 4)], "every 4th step"),
        (sorted({*range(0, 100, 4), 33}), "every 4th step"),
        ([*range(1000), *range(1000, 2000, 2)], "every step before 1\u202f000, every 2nd step after"),
        (
            [*range(500), *range(500, 900, 2), *range(900, 2000, 8)],
            "every step before 500, at least every 8th step after",
        ),
        # the run went back to 4321, where a bug had been switched on, and goes on from there
        (
            [*range(1000), *range(1000, 4320, 8), *range(4321, 4329), *range(4336, 5000, 8)],
            "every step before 1\u202f000, at least every 8th step after",
        ),
        # steps taken by hand in between
        ([*range(0, 800, 8), *range(801, 810), *range(816, 1600, 8)], "at least every 8th step"),
        ([*range(0, 800, 8), *range(801, 810)], "every 8th step before 801, every step after"),
        ([*range(0, 5000, 32)], "every 32nd step"),
        # the first moment stays though the ones after it are gone
        ([0, *range(18, 60)], "every step from 18 on"),
        ([0, *range(64, 5000, 32)], "every 32nd step from 64 on"),
        ([0, *range(18, 600, 2), *range(600, 900)], "every 2nd step from 18 to 600, every step after"),
        ([0, 1, 5, 9], "at least every 4th step"),
        ([0, 18], "every 18th step"),
        ([*range(0, 50000, 512)], "every 512th step"),
    ],
)
def test_what_is_kept_in_words(steps: list[int], words: str) -> None:
    # a stretch begins at the last moment of the one before
    assert rule_in_words(np.array(steps)) == words


@pytest.mark.parametrize("filters", [(8,), (8, 16)])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_of_the_digits_a_thousand_moments_fit_at_least(filters: tuple[int, ...], optimizer: str) -> None:
    settings = Settings(
        classes=tuple(range(10)), filters=filters, kernel_size=3, optimizer=optimizer, learning_rate=0.003
    )
    session = Session(settings)
    timeline = Timeline(session)
    for _ in range(3):
        timeline.record_if_due(session)
        session.step()
    timeline.record_if_due(session)
    newest = timeline.nearest(0, 3).state
    run(timeline.moments, newest, 1000, start=4)
    assert len(timeline.moments) >= 1000
    assert timeline.moments.bytes <= 200 * 2**20


def test_a_large_network_keeps_its_moments_without_the_gradients_of_the_last_batch() -> None:
    session = Session(Settings(classes=tuple(range(10)), filters=(32,), optimizer="adam", learning_rate=0.003))
    timeline = Timeline(session)
    for _ in range(3):
        timeline.record_if_due(session)
        session.step()
    kept = timeline.nearest(0, 2).state
    assert kept.gradients == {}
    assert timeline.record(session).state.gradients.keys() == kept.weights.keys()
    again = Session.from_state(kept)
    again.step()
    for name, weights in session.state_dict().items():
        np.testing.assert_array_equal(weights, again.state_dict()[name])
