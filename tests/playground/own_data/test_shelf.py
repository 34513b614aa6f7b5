"""Own data sets in a folder: found by name, never in each other's place."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.errors import DataError
from playground.own_data.collection import Collection
from playground.own_data.shelf import Shelf
from playground.own_data.storage import read_collection, write_collection


def put(shelf: Shelf, name: str) -> Path:
    path = shelf.new_path()
    write_collection(path, Collection(name).image_set())
    return path


def test_sets_are_found_by_their_names_oldest_first(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "sets")
    assert shelf.sets() == {}
    paths = [put(shelf, name) for name in ("letters", "猫", "letters")]
    assert shelf.sets() == dict(zip(("letters", "猫", "letters (2)"), paths, strict=True))
    assert shelf.path_of("猫") == paths[1]
    assert shelf.path_of("dogs") is None


def test_a_damaged_file_is_listed_and_put_aside_when_it_is_read(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    path = put(shelf, "letters")
    path.write_bytes(path.read_bytes()[:100])
    assert shelf.sets() == {"set-1.npz": path}
    with pytest.raises(DataError, match=r"kept as set-1\.npz\.damaged-1"):
        read_collection(path)
    assert shelf.sets() == {}
    assert shelf.new_path().name == "set-2.npz"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DataError, match="cannot be made"):
        Shelf(tmp_path / "taken" / "sets").new_path()


def test_a_place_is_given_once_though_nothing_was_written_there_yet(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "data")
    assert shelf.new_path() != shelf.new_path()
