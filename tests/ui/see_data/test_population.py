"""Which images a choice asks for, and that nothing is said of images that were not evaluated."""

from __future__ import annotations

import numpy as np
import pytest

from playground.sample_ref import SampleRef
from playground.session import Session
from playground.settings import Settings
from ui.see_data.population import Choice, Population, evaluated_sentence


@pytest.fixture(scope="module")
def session() -> Session:
    made = Session(Settings(classes=(0, 4, 9), filters=(2,)))
    for _ in range(40):
        made.step()
    return made


@pytest.fixture(scope="module")
def population(session: Session) -> Population:
    made = Population(session.dataset)
    made.take(session.evaluate())
    return made


def test_places_and_samples_are_the_same_images(session: Session, population: Population) -> None:
    for sample in (SampleRef("train", 0), SampleRef("train", 700), SampleRef("test", 0), SampleRef("test", 41)):
        place = population.place_of(sample)
        assert population.sample_at(place) == sample
        image, label = session.sample(sample)
        assert population.labels[place] == label[0]
        np.testing.assert_array_equal(population.pixels(np.array([place]))[0], np.rint(image[0] * 255))


@pytest.mark.parametrize("split", ["test", "train", "all"])
def test_right_and_wrong_are_all_that_was_evaluated(population: Population, split: str) -> None:
    right = population.places(Choice(split, answer="right"))
    wrong = population.places(Choice(split, answer="wrong"))
    assert len(right) + len(wrong) == population.counts(split)[1]
    assert len(wrong) > 0
    assert population.mistakes(wrong).all()
    assert not population.mistakes(right).any()


@pytest.mark.parametrize("split", ["test", "train", "all"])
def test_a_cell_of_the_matrix_counts_the_images_that_its_choice_shows(population: Population, split: str) -> None:
    counts = population.confusion(split)
    for true in range(3):
        for predicted in range(3):
            assert counts[true, predicted] == len(population.places(Choice(split, true, predicted)))
    assert counts.sum() == population.counts(split)[1]


def test_the_matrix_is_that_of_the_evaluation(session: Session, population: Population) -> None:
    np.testing.assert_array_equal(population.confusion("test"), session.evaluate().test.confusion(3))
    np.testing.assert_array_equal(population.confusion("train"), session.evaluate().train.confusion(3))


@pytest.mark.parametrize(
    ("order", "column", "sign"),
    [
        ("highest loss", "losses", -1),
        ("lowest loss", "losses", 1),
        ("least sure", "confidence", 1),
        ("surest", "confidence", -1),
    ],
)
def test_images_are_sorted_and_those_without_a_figure_come_last(
    population: Population, order: str, column: str, sign: int
) -> None:
    total, evaluated = population.counts("train")
    found = population.places(Choice("train", order=order))
    figures = getattr(population, column)[found]
    assert evaluated < total == len(found)
    assert (np.diff(sign * figures[:evaluated]) >= 0).all()
    assert np.isnan(figures[evaluated:]).all()


def test_it_is_said_which_images_were_evaluated_and_when(session: Session, population: Population) -> None:
    assert evaluated_sentence(population, "test") == "All 600 test images, evaluated at step 40"
    assert evaluated_sentence(population, "train") == "600 of 3\u202f960 train images, evaluated at step 40"
    assert evaluated_sentence(Population(session.dataset), "test") == "Not evaluated yet."
    unknown = int(np.flatnonzero(population.predicted < 0)[0])
    assert population.describe(unknown).endswith("not evaluated")
