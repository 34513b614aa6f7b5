"""Nothing that was drawn is lost: files are written complete or not at all, and damaged ones are kept aside."""

from __future__ import annotations

import json
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.errors import DataError
from playground.own_data.collection import Collection
from playground.own_data.storage import read_collection, write_collection
from tests.playground.own_data.files import pictures, read, some_set


def drawn() -> Collection:
    collection = Collection("my cats", 10, 3, preparation="ink")
    for name, color in (("猫", "#12ab34"), ("dog", 3), ("empty", 7)):
        collection.add_class(name, color)
    collection.add(pictures(6, channels=3), 0)
    collection.add(pictures(6, channels=3, seed=1), 1)
    collection.exclude([1])
    collection.remove([2])
    return collection


def test_a_collection_comes_back_as_it_was(tmp_path: Path) -> None:
    collection = drawn()
    write_collection(tmp_path / "a.npz", collection.image_set())
    found = read_collection(tmp_path / "a.npz")
    assert (found.name, found.classes, found.preparation) == (collection.name, collection.classes, "ink")
    rows = collection.rows()
    np.testing.assert_array_equal(found.images, collection.images[rows])
    for column in ("labels", "in_test", "excluded"):
        np.testing.assert_array_equal(getattr(found, column), getattr(collection, column)[rows])
    found.add(pictures(1, channels=3), 2)
    assert len(found) == 12


def test_a_collection_without_classes_or_samples_comes_back_too(tmp_path: Path) -> None:
    empty = Collection("new", 28)
    write_collection(tmp_path / "a.npz", empty.image_set())
    assert read_collection(tmp_path / "a.npz").classes == ()
    empty.add_class("a")
    write_collection(tmp_path / "a.npz", empty.image_set())
    found = read_collection(tmp_path / "a.npz")
    assert (len(found), found.images.shape[1:]) == (0, (1, 28, 28))


def test_what_was_taken_to_be_written_is_not_touched_by_later_changes(tmp_path: Path) -> None:
    collection = drawn()
    content = collection.image_set()
    collection.relabel(collection.rows(0), 1)
    collection.add(pictures(100, channels=3), 0)
    write_collection(tmp_path / "a.npz", content)
    assert len(read_collection(tmp_path / "a.npz").rows(0)) == 5


def test_a_kept_file_opens_as_a_data_set_too(tmp_path: Path) -> None:
    write_collection(tmp_path / "a.npz", some_set())
    found = read(tmp_path / "a.npz").image_set
    assert found.class_names == ("a", "b", "c")
    np.testing.assert_array_equal(found.images, some_set().images)


def test_a_failed_write_leaves_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.npz"
    write_collection(path, drawn().image_set())

    def full(*_arguments: object, **_arrays: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez_compressed", full)
        with pytest.raises(DataError, match=r"could not be kept in .*No space left"):
            write_collection(path, Collection("other").image_set())
    assert read_collection(path).name == "my cats"
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        read_collection(tmp_path / "a.npz")


def rewritten(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with np.load(path) as old:
        arrays = dict(old)
    change(arrays)
    np.savez(path, **arrays)


def about(**changes: object) -> Callable[[dict[str, Any]], object]:
    def change(arrays: dict[str, Any]) -> None:
        known = {**json.loads(arrays["about"].tobytes()), **changes}
        arrays["about"] = np.frombuffer(json.dumps(known).encode(), np.uint8)

    return change


@pytest.mark.parametrize(
    "change",
    [
        about(format_version=2),
        about(classes=[["a", 0]]),
        about(classes=[["a", 0], ["a", 1], ["b", 2]]),
        about(classes=[["a", "red"], ["b", 1], ["c", 2]]),
        about(classes=3),
        about(name=None),
        about(preparation="magic"),
        about(inverted="no"),
        lambda arrays: arrays.update(about=np.frombuffer(b"[1", np.uint8)),
        lambda arrays: arrays.update(about=np.frombuffer(b"[" * 50_000, np.uint8)),
        lambda arrays: arrays.update(labels=arrays["labels"] + 9),
        lambda arrays: arrays.update(labels=arrays["labels"][:3]),
        lambda arrays: arrays.update(labels=arrays["labels"].astype(float)),
        lambda arrays: arrays.update(images=arrays["images"][..., 0]),
        lambda arrays: arrays.update(images=arrays["images"][..., :5]),
        lambda arrays: arrays.update(images=np.zeros((11, 3, 3, 3), np.uint8)),
        lambda arrays: arrays.pop("excluded"),
    ],
)
def test_a_damaged_file_is_kept_aside_and_named(tmp_path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = tmp_path / "a.npz"
    write_collection(path, drawn().image_set())
    rewritten(path, change)
    content = path.read_bytes()
    with pytest.raises(DataError, match=r"cannot be read; it is kept as a.npz.damaged-1"):
        read_collection(path)
    assert (tmp_path / "a.npz.damaged-1").read_bytes() == content
    assert not path.exists()


def test_a_file_that_is_replaced_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    path, newer = tmp_path / "a.npz", drawn()
    write_collection(path, newer.image_set())
    newer.remove([4, 5])

    def drawn_on_meanwhile(_done: int, _total: int) -> None:
        write_collection(path, newer.image_set())

    assert len(read_collection(path, drawn_on_meanwhile)) == 11
    assert len(read_collection(path)) == 9
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]


def test_each_damaged_file_has_a_name_of_its_own(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "a.npz").write_bytes(b"no zip")
        with pytest.raises(DataError, match=f"a.npz.damaged-{number}"):
            read_collection(tmp_path / "a.npz")


def test_mutated_files_give_a_collection_or_one_sentence(tmp_path: Path) -> None:
    path, chance = tmp_path / "a.npz", random.Random(0)
    write_collection(path, drawn().image_set())
    good = path.read_bytes()
    tracemalloc.start()
    refused = 0
    for _ in range(400):
        content = bytearray(good)
        for _ in range(chance.randint(1, 5)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content[: chance.randrange(len(content))] if chance.random() < 0.2 else content)
        try:
            read_collection(path)
        except DataError:
            refused += 1
            for aside in tmp_path.glob("*.damaged-*"):
                aside.unlink()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20
    assert refused > 100
