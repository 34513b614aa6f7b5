"""What the network makes of each image agrees with the figures, which are made of the same images."""

from __future__ import annotations

import numpy as np
import pytest

from core.losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from playground.evaluation import EvaluationPlan
from playground.prediction import judged
from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings


@pytest.fixture(scope="module", params=[(3, 8), (0, 4, 9)], ids=["sigmoid", "softmax"])
def session(request: pytest.FixtureRequest) -> Session:
    made = Session(Settings(classes=request.param, filters=(2,)))
    for _ in range(60):
        made.step()
    return made


@pytest.mark.parametrize("split", ["train", "test"])
def test_the_figures_are_those_of_the_images(session: Session, split: str) -> None:
    figures = session.evaluate()
    results = getattr(figures, split)
    assert len(results.rows) == getattr(figures, f"{split}_images")
    assert results.losses.mean() == pytest.approx(getattr(figures, f"{split}_loss"), rel=1e-5)
    assert (results.predicted == results.labels).mean() == getattr(figures, f"{split}_accuracy")
    confusion = results.confusion(len(session.settings.classes))
    assert np.trace(confusion) / confusion.sum() == getattr(figures, f"{split}_accuracy")
    np.testing.assert_array_equal(confusion.sum(axis=1), np.bincount(results.labels))


@pytest.mark.parametrize("split", ["train", "test"])
def test_each_image_is_the_one_at_its_place(session: Session, split: str) -> None:
    results = getattr(session.evaluate(), split)
    for place in (0, 17, len(results.rows) - 1):
        x, y = session.sample(SampleRef(split, int(results.rows[place])))
        probabilities = session.predict(x)[0]
        assert results.labels[place] == y[0]
        assert results.predicted[place] == probabilities.argmax()
        assert results.confidence[place] == pytest.approx(probabilities.max(), rel=1e-4)
        assert results.losses[place] == pytest.approx(-np.log(probabilities[y[0]]), rel=1e-4, abs=1e-6)


def test_results_tell_whose_images_they_are_of(session: Session) -> None:
    assert session.evaluate().dataset is session.dataset


def test_of_a_large_training_set_the_evaluated_part_is_told() -> None:
    session = Session(Settings(filters=(1,)))
    plan = EvaluationPlan.for_images(session.images, session.settings.seed)
    np.testing.assert_array_equal(session.evaluate().train.rows, plan.train)


def test_results_cannot_be_written_and_stay_when_the_next_come(session: Session) -> None:
    first = session.evaluate().test
    before = first.losses.copy()
    session.step()
    second = session.evaluate().test
    assert second is not first
    np.testing.assert_array_equal(first.losses, before)
    columns = (first.rows, first.labels, first.predicted, first.confidence, first.losses)
    assert not any(column.flags.writeable for column in columns)


@pytest.mark.parametrize("size", [1e-3, 1.0, 50.0, 1e4])
def test_losses_are_those_of_the_engine_however_sure_the_answer(size: float) -> None:
    generator = np.random.default_rng(0)
    for loss, outputs, classes in ((BinaryCrossEntropy(), 1, 2), (SoftmaxCrossEntropy(), 4, 4)):
        logits, y = size * generator.standard_normal((30, outputs)), generator.integers(0, classes, 30)
        found = judged(logits, y)[2]
        expected = [loss.forward(logits[n : n + 1], y[n : n + 1]) for n in range(30)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
