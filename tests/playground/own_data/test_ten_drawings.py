"""Ten drawings a class are learnt with the settings that a data set is given, in steps that take a second or two."""

from __future__ import annotations

import numpy as np
import pytest

from playground.augmentation import NO_AUGMENTATION, SUGGESTED_AUGMENTATION, Augmentation
from playground.datasets import read_digits
from playground.own_data.collection import Collection
from playground.own_data.run_settings import settings_for
from playground.session import Session

_STEPS = 400


@pytest.mark.parametrize("augmentation", [NO_AUGMENTATION, SUGGESTED_AUGMENTATION], ids=["plain", "augmented"])
@pytest.mark.parametrize(("classes", "least"), [(2, 0.95), (5, 0.9), (10, 0.6)])
def test_ten_drawings_a_class_are_learnt_in_a_few_hundred_steps(
    classes: int, least: float, augmentation: Augmentation
) -> None:
    written, others = read_digits("train"), read_digits("test")
    collection = Collection("digits by hand", preparation="centred")
    for digit in range(classes):
        collection.add(written[digit][:10, np.newaxis], collection.add_class(str(digit)))
    images = collection.image_set()
    session = Session(settings_for(images.description, augmentation=augmentation), own=images)
    for _ in range(_STEPS):
        session.step()
    x, y = session.dataset.x_train[:], session.dataset.y_train
    assert (answers(session, x) == y).all()
    unseen = np.concatenate([others[digit][:100, np.newaxis] for digit in range(classes)]) / np.float32(255)
    assert (answers(session, unseen) == np.repeat(np.arange(classes), 100)).mean() >= least


def answers(session: Session, x: np.ndarray) -> np.ndarray:
    probabilities = session.predict(x)
    return probabilities.argmax(axis=1) if probabilities.shape[1] > 1 else (probabilities[:, 0] > 0.5).astype(int)
