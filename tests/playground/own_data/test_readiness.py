"""What a data set needs before it can be trained on, in one sentence."""

from __future__ import annotations

from playground.datasets import load_dataset
from playground.own_data.collection import Collection
from playground.own_data.readiness import what_is_missing
from playground.own_data.run_settings import settings_for
from tests.playground.own_data.files import pictures


def test_what_is_missing_is_said_until_it_can_be_trained_on() -> None:
    collection = Collection("letters", 10, 3)
    assert what_is_missing(collection) == "Training needs two classes or more, and there is none: add a class."
    collection.add_class("a")
    assert what_is_missing(collection) == "Training needs two classes or more, and there is only a: add a class."
    collection.add_class("b")
    assert what_is_missing(collection) == "Training needs images of every class: add some for a, b."
    collection.add(pictures(2, channels=3), 0)
    collection.add(pictures(1, channels=3), 1)
    assert "no test image" in what_is_missing(collection)
    collection.add(pictures(1, channels=3), 0)
    assert what_is_missing(collection) == ""
    images = collection.image_set()
    assert len(load_dataset(settings_for(images.description), images).x_test) == 1


def test_excluded_and_removed_samples_do_not_count() -> None:
    collection = Collection("letters", 10, 3)
    for name in ("a", "b"):
        collection.add(pictures(3, channels=3), collection.add_class(name))
    assert what_is_missing(collection) == ""
    rows = collection.rows(1)
    collection.exclude(rows[:1])
    collection.remove(rows[1:])
    assert what_is_missing(collection) == "Training needs images of every class: add some for b."
