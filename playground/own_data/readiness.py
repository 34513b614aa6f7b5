"""Whether a data set can be trained on yet, and what it needs if not."""

from __future__ import annotations

import numpy as np

from playground.own_data.collection import Collection

__all__ = ["what_is_missing"]


def what_is_missing(collection: Collection) -> str:
    """One sentence, what to do before training is possible; empty if it is. Every class must have training images."""
    names = [known.name for known in collection.classes]
    if len(names) < 2:
        have = f"there is only {names[0]}" if names else "there is none"
        return f"Training needs two classes or more, and {have}: add a class."
    usable = ~(collection.removed | collection.excluded)
    train = np.bincount(collection.labels[usable & ~collection.in_test], minlength=len(names))
    empty = [name for name, count in zip(names, train, strict=True) if not count]
    if empty:
        which = ", ".join(empty[:3]) + (" …" if len(empty) > 3 else "")
        return f"Training needs images of every class: add some for {which}."
    if not (usable & collection.in_test).any():
        # with TEST_SHARE, the third that is added to a class is the first that tests
        return "There is no test image yet: add a third image to a class, or move one to test."
    return ""
