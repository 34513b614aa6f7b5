"""The clean runner of a race is the run itself; the other one takes the same batches."""

from __future__ import annotations

import numpy as np
import pytest

from playground.datasets import load_dataset
from playground.errors import Cancelled
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.laboratory.race import race
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


def test_a_race_can_be_given_up() -> None:
    def progress(done: int, _total: int) -> None:
        if done == 3:
            raise Cancelled("Given up.")

    with pytest.raises(Cancelled):
        race(SMALL, load_dataset(SMALL, None), None, progress)
