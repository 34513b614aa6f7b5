"""The networks of the tests are small: more than one BLAS thread makes them slower, many times so on a busy machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits

from playground.training_loop import TrainingLoop
from tests.playground.loops import SMALL, Listener


@pytest.fixture(scope="session", autouse=True)
def one_blas_thread() -> Iterator[None]:
    """Limit BLAS for the whole session."""
    with threadpool_limits(limits=1, user_api="blas"):
        yield


@pytest.fixture
def listener() -> Listener:
    """Hears what the loop says."""
    return Listener()


@pytest.fixture
def loop(listener: Listener) -> TrainingLoop:
    """A loop whose run has begun."""
    made = TrainingLoop(listener.tell)
    made.begin(SMALL)
    return made
