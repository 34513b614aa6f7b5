"""Which images test what was learnt: a share of every class, the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["stratified_test"]


def stratified_test(labels: NDArray[np.int64], share: float, seed: int) -> NDArray[np.bool_]:
    """(n,) True for the test images: `share` of each class, rounded; one at least, and one at least stays to train on.

    A class of a single image keeps it for training.
    """
    generator = np.random.default_rng([seed, 4])
    in_test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        count = min(max(1, round(share * len(rows))), len(rows) - 1)
        in_test[generator.permutation(rows)[:count]] = True
    return in_test
