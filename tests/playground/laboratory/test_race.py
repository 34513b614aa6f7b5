"""The clean runner of a race is the run itself; the other one takes the same batches."""

from __future__ import annotations

import numpy as np
import pytest

from playground.datasets import load_dataset
from playground.errors import Cancelled
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.laboratory.race import Race, race
from playground.session import Session
from playground.settings import Settings

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=3, filters=(3, 4), batch_size=8, seed=5)


def test_the_clean_runner_is_the_run_from_its_first_weights() -> None:
    session = Session(SMALL)
    found = race(SMALL, load_dataset(SMALL, None), None, steps=12)
    assert found.clean.tolist() == [session.step() for _ in range(12)]
    assert np.isnan(found.broken).all()


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_the_broken_runner_starts_alike_and_is_the_run_with_the_bug(bug: Bug) -> None:
    session = Session(SMALL)
    session.train_with(bug)
    found = race(SMALL, load_dataset(SMALL, None), bug, steps=6)
    assert found.broken[0] == pytest.approx(found.clean[0])
    assert found.broken.tolist() == [session.step() for _ in range(6)]


def test_with_many_a_bug_the_loss_still_falls() -> None:
    easy = SMALL.changed(kernel_size=5, filters=(4,))
    found = race(easy, load_dataset(easy, None), bug_of("no-mask"), steps=200)
    assert found.broken[-20:].mean() < 0.7 * found.broken[:20].mean()


def test_a_race_tells_whether_each_loss_falls() -> None:
    falling, guessing = np.linspace(0.8, 0.3, 50), np.full(50, np.log(2))
    high_start = np.concatenate([np.full(10, 2.0), np.full(40, 0.7)])  # it falls to guessing only
    diverged = np.where(np.arange(50) < 45, falling, np.nan)
    assert Race(falling, guessing).falls(2) == (True, False)
    assert Race(high_start, diverged).falls(2) == (False, False)
    assert Race(guessing, falling).falls(2) == (False, True)


@pytest.mark.parametrize(("learning_rate", "clean_falls"), [(0.1, True), (1.0, False)])
def test_with_too_large_a_learning_rate_not_even_the_clean_loss_falls(learning_rate: float, clean_falls: bool) -> None:
    settings = SMALL.changed(kernel_size=5, filters=(3,), learning_rate=learning_rate)
    found = race(settings, load_dataset(settings, None), None, steps=200)
    assert found.falls(2) == (clean_falls, False)


def test_a_race_can_be_given_up() -> None:
    def progress(done: int, _total: int) -> None:
        if done == 3:
            raise Cancelled("Given up.")

    with pytest.raises(Cancelled):
        race(SMALL, load_dataset(SMALL, None), None, progress)
