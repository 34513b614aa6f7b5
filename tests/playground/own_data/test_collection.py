"""A collection changes one step at a time, each of which is listed, taken back and made again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from playground.datasets import load_dataset
from playground.errors import DataError
from playground.own_data.changes import ClassLabel
from playground.own_data.collection import Collection
from playground.own_data.image_set import class_name, clean_names
from playground.own_data.run_settings import settings_for
from tests.playground.own_data.files import pictures, some_set


def drawn(samples: int = 5) -> Collection:
    """Two classes with some drawings each."""
    collection = Collection("mine", 10)
    for name in ("cat", "dog"):
        label = collection.add_class(name)
        for image in pictures(samples, seed=label):
            collection.add(image, label)
    return collection


def texts(collection: Collection) -> list[str]:
    return [change.text for change in collection.changes]


def test_what_is_drawn_can_be_trained_on_at_any_moment() -> None:
    collection = drawn(3)
    first = collection.image_set()
    collection.add(pictures(7, seed=9), 0)
    dataset = load_dataset(settings_for(first.description), first)
    assert (len(dataset.x_train), len(dataset.x_test)) == (4, 2)
    dataset = load_dataset(settings_for(first.description), collection.image_set())
    assert (len(dataset.x_train), len(dataset.x_test)) == (10, 3)


def test_a_set_that_was_handed_out_never_changes() -> None:
    collection = drawn()
    data = collection.image_set()
    before = [array.copy() for array in (data.images, data.labels, data.in_test, data.excluded)]
    collection.add(pictures(200), 1)
    collection.relabel([0, 1], 1)
    collection.exclude([2])
    collection.move([3], "test")
    collection.remove([4])
    for array, old in zip((data.images, data.labels, data.in_test, data.excluded), before, strict=True):
        np.testing.assert_array_equal(array, old)


def test_the_third_and_the_eighth_drawing_of_a_class_test() -> None:
    collection = drawn(10)
    for label in (0, 1):
        np.testing.assert_array_equal(np.flatnonzero(collection.in_test[collection.rows(label)]), [2, 7])


def test_rows_of_a_run_are_samples_of_the_collection() -> None:
    collection = drawn()
    collection.remove([0, 5])
    data = collection.image_set()
    dataset = load_dataset(settings_for(data.description), data)
    for images, y in ((dataset.x_train, dataset.y_train), (dataset.x_test, dataset.y_test)):
        assert not collection.removed[images.rows].any()
        np.testing.assert_array_equal(images[:] * 255, collection.images[images.rows])
        np.testing.assert_array_equal(y, collection.labels[images.rows])


def test_an_opened_set_is_fixed_without_a_copy_of_its_images() -> None:
    data = replace(some_set(), colors=("#ff0000", 4, 2))
    collection = Collection.of(data)
    assert np.shares_memory(collection.image_set().images, data.images)
    assert collection.classes[0] == ClassLabel("a", "#ff0000")
    collection.relabel(collection.rows(0), 2)
    assert collection.image_set().counts("train") == (0, 4, 8)
    assert data.counts("train") == (4, 4, 4)


def test_every_change_is_listed_in_words() -> None:
    collection = Collection.of(some_set())
    collection.relabel([0, 3], 1)
    collection.relabel([1], 2)
    collection.exclude([1])
    collection.exclude([1], False)
    collection.move([2], "test")
    collection.remove([4, 5])
    collection.rename_class(0, "cat")
    collection.recolor_class(0, "#00ff00")
    assert collection.add_class("new") == 3
    collection.add(pictures(2), 3)
    collection.remove_class(0)
    assert texts(collection) == [
        "2 images moved from a to b",
        "1 image moved from b to c",
        "1 image excluded",
        "1 image taken in again",
        "1 image moved to test",
        "2 images removed",
        "class “a” renamed to “cat”",
        "class “cat” has another colour",
        "class “new” added",
        "2 images added to new",
        "class “cat” removed with 4 images",
    ]


def test_what_changes_nothing_is_not_listed() -> None:
    collection = Collection.of(some_set())
    version = collection.version
    collection.relabel([0, 3], 0)
    collection.exclude([0], False)
    collection.move([0], "train")
    collection.remove([])
    collection.rename_class(0, "a")
    collection.add(pictures(0), 0)
    assert texts(collection) == []
    assert collection.version == version


def test_removing_a_class_takes_its_samples_and_moves_later_labels_up() -> None:
    collection = Collection.of(some_set())
    collection.remove_class(1)
    data = collection.image_set()
    assert data.class_names == ("a", "c")
    assert data.counts("train") == (4, 4)
    collection.undo()
    assert collection.image_set().counts("train") == (4, 4, 4)


def test_the_last_class_is_removed_like_any_other_and_comes_back() -> None:
    collection = drawn()
    collection.remove_class(1)
    collection.remove_class(0)
    assert collection.image_set().class_names == ()
    assert collection.image_set().compact().counts("train") == ()
    collection.undo()
    collection.undo()
    assert sum(collection.image_set().counts("train")) > 0


def test_a_colour_that_no_class_has_is_given() -> None:
    collection = Collection("mine")
    collection.add_class("a")
    collection.add_class("b", 2)
    collection.add_class("c", "#123456")
    collection.add_class("d")
    collection.add_class("e")
    assert [known.color for known in collection.classes] == [0, 2, "#123456", 1, 3]


def test_a_new_change_drops_what_was_undone() -> None:
    collection = drawn()
    collection.exclude([0])
    collection.undo()
    assert [change.text for change in collection.undone] == ["1 image excluded"]
    collection.exclude([1])
    assert collection.undone == ()
    with pytest.raises(DataError, match="nothing to do again"):
        collection.redo()


def test_a_change_tells_which_samples_it_is_about() -> None:
    collection = drawn()
    collection.relabel([1, 3], 1)
    np.testing.assert_array_equal(collection.undo().rows, [1, 3])
    np.testing.assert_array_equal(collection.redo().rows, [1, 3])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda c: c.add_class("cat"), "a class “cat” already"),
        (lambda c: c.add_class("  "), "needs a name"),
        (lambda c: c.rename_class(0, "dog"), "a class “dog” already"),
        (lambda c: c.rename_class(7, "x"), "no class 7; there are 2"),
        (lambda c: c.recolor_class(0, "red"), "is no colour"),
        (lambda c: c.recolor_class(0, -1), "is no colour"),
        (lambda c: c.add(pictures(1, size=9), 0), "holds images of"),
        (lambda c: c.add(pictures(1).astype(float), 0), "holds images of"),
        (lambda c: c.add(pictures(1), 2), "no class 2"),
        (lambda c: c.relabel([0], 2), "no class 2"),
        (lambda c: c.relabel([99], 1), "no longer there"),
        (lambda c: c.remove([-1]), "no longer there"),
        (lambda c: c.move([0], "val"), "no part 'val'"),
        (lambda c: c.redo(), "nothing to do again"),
    ],
)
def test_what_cannot_be_done_changes_nothing(change: object, message: str) -> None:
    collection = drawn()
    before = texts(collection), collection.version, len(collection)
    with pytest.raises(DataError, match=message):
        change(collection)  # type: ignore[operator]
    assert (texts(collection), collection.version, len(collection)) == before


def test_more_than_a_hundred_classes_are_refused() -> None:
    collection = Collection("mine")
    for number in range(100):
        collection.add_class(str(number))
    with pytest.raises(DataError, match="100 classes already"):
        collection.add_class("more")


def test_sixty_thousand_samples_are_changed_at_once() -> None:
    data = some_set(45_000, size=8)
    collection = Collection.of(data)
    collection.relabel(collection.rows(1), 0)
    collection.exclude(collection.rows(0))
    assert collection.image_set().counts("train") == (0, 0, 15_000)
    for _ in range(2):
        collection.undo()
    assert collection.image_set().counts("train") == (15_000, 15_000, 15_000)


class Changing(RuleBasedStateMachine):
    """Whatever is done, undoing and redoing leads back to the very same states."""

    @initialize()
    def begin(self) -> None:
        self.collection = drawn(3)
        self.states = [self.state()]
        self.collection.add_class("bird")
        self.states.append(self.state())
        self.base = len(self.collection.changes) - 1

    def state(self) -> object:
        c = self.collection
        there = ~c.removed
        columns = tuple(map(tuple, (c.labels[there], c.in_test[there], c.excluded[there], np.flatnonzero(there))))
        return c.classes, columns

    def changed(self) -> None:
        count = len(self.collection.changes) - self.base + 1
        if count > len(self.states) or self.states[-1] != self.state():
            self.states = [*self.states[: count - 1], self.state()]

    def some(self, data: st.DataObject) -> list[int]:
        rows = [int(row) for row in self.collection.rows()]
        return data.draw(st.lists(st.sampled_from(rows), max_size=4)) if rows else []

    def label(self, data: st.DataObject) -> int:
        return data.draw(st.integers(0, len(self.collection.classes) - 1))

    @precondition(lambda self: self.collection.classes)
    @rule(data=st.data(), count=st.integers(1, 70))
    def add(self, data: st.DataObject, count: int) -> None:
        self.collection.add(pictures(count), self.label(data))
        self.changed()

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        self.collection.remove(self.some(data))
        self.changed()

    @precondition(lambda self: self.collection.classes)
    @rule(data=st.data())
    def relabel(self, data: st.DataObject) -> None:
        self.collection.relabel(self.some(data), self.label(data))
        self.changed()

    @rule(data=st.data(), on=st.booleans())
    def exclude(self, data: st.DataObject, on: bool) -> None:
        self.collection.exclude(self.some(data), on)
        self.changed()

    @rule(data=st.data(), split=st.sampled_from(["train", "test"]))
    def move(self, data: st.DataObject, split: str) -> None:
        self.collection.move(self.some(data), split)
        self.changed()

    @precondition(lambda self: self.collection.classes)
    @rule(data=st.data())
    def remove_class(self, data: st.DataObject) -> None:
        self.collection.remove_class(self.label(data))
        self.changed()

    @rule(number=st.integers(0, 10**9))
    def add_class(self, number: int) -> None:
        if all(known.name != str(number) for known in self.collection.classes):
            self.collection.add_class(str(number))
            self.changed()

    @rule()
    def undo_everything_and_do_it_again(self) -> None:
        c = self.collection
        end, steps = self.state(), len(c.changes) - self.base
        for expected in reversed(self.states[:steps]):
            c.undo()
            assert self.state() == expected
        for expected in self.states[1 : steps + 1]:
            c.redo()
            assert self.state() == expected
        assert self.state() == end

    @precondition(lambda self: len(self.collection.changes) > self.base + 1)
    @rule()
    def undo(self) -> None:
        self.collection.undo()
        self.states.pop()
        assert self.state() == self.states[-1]

    @invariant()
    def what_is_there_can_be_handed_on(self) -> None:
        c = self.collection
        if c.classes:
            assert len(c.image_set().compact()) == len(c)
            assert sum(map(sum, map(c.image_set().counts, ("train", "test")))) == (~c.removed & ~c.excluded).sum()


TestChanging = Changing.TestCase
TestChanging.settings = settings(max_examples=30, stateful_step_count=25)


def test_a_class_without_a_name_has_a_letter_because_a_number_would_be_taken_for_its_y() -> None:
    assert [class_name(position) for position in (0, 1, 25, 26, 27, 52)] == [
        "class A",
        "class B",
        "class Z",
        "class AA",
        "class AB",
        "class BA",
    ]
    assert clean_names(("", "cat", " ")) == ("class A", "cat", "class C")
