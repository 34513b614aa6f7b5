"""In which order the images of a run come."""

from __future__ import annotations

import numpy as np
import pytest

from playground.data_order import DataOrder, order_of_run
from playground.datasets import suggested_settings
from playground.settings import Settings


@pytest.mark.parametrize("dataset", ["blackboard-3x3", "blackboard-5x5"])
def test_a_blackboard_s_worked_example_comes_first(dataset: str) -> None:
    for seed in range(20):
        order = order_of_run(Settings(**suggested_settings(dataset), seed=seed), 16)
        first_epoch = np.concatenate([order.take(1) for _ in range(16)])
        assert first_epoch[0] == 0
        assert sorted(first_epoch) == list(range(16))


def test_what_comes_first_changes_no_later_epoch() -> None:
    plain, begun = DataOrder(10, 3), DataOrder(10, 3, first=4)
    plain.take(10)
    begun.take(10)
    np.testing.assert_array_equal(plain.take(10), begun.take(10))


def test_the_order_of_any_other_set_is_left_to_the_shuffle() -> None:
    settings = Settings()
    np.testing.assert_array_equal(order_of_run(settings, 50).take(50), DataOrder(50, settings.seed).take(50))
