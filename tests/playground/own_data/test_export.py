"""What was exported opens again as the same images, classes and split, here and in other programs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.errors import Cancelled, DataError
from playground.own_data.export import export_folders, export_idx, export_npz
from playground.own_data.image_set import ImageSet
from playground.own_data.png import png_bytes
from tests.playground.own_data.files import pictures, read, some_set
from ui.classify.image_files import read_picture_file

Export = Callable[[ImageSet, Path], None]

NAMES = ("zebra", "cat/dog", "..", "CON", "Zebra", "বিড়াল", "train", "a b")


def same(found: ImageSet, data: ImageSet) -> bool:
    """Equal in classes and, split by split and class by class, in images and their order."""
    if found.class_names != data.class_names:
        return False
    return all(
        np.array_equal(
            found.images[found.rows(split, [label])],
            data.images[data.rows(split, [label])],
        )
        for split in ("train", "test")
        for label in range(len(data.class_names))
    )


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_was_exported_opens_again_identically(tmp_path: Path, export: Export, channels: int) -> None:
    count = 4 * len(NAMES)
    images = pictures(count, size=12, channels=channels)
    data = ImageSet("x", NAMES, images, np.arange(count) % len(NAMES), np.arange(count) >= 2 * len(NAMES))
    export(data, tmp_path / "set.npz")
    assert same(read(tmp_path / "set.npz").image_set, data)
    assert [path.name for path in tmp_path.iterdir()] == ["set.npz"]


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_colours_that_are_hardly_seen_come_back_too(tmp_path: Path, export: Export) -> None:
    data = some_set(channels=3)
    pale = dataclasses.replace(data, images=data.images // 32 + np.array([90, 91, 92], np.uint8)[:, None, None])
    export(pale, tmp_path / "set.npz")
    assert same(read(tmp_path / "set.npz").image_set, pale)


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_light_images_are_not_turned_to_their_negative_on_the_way(tmp_path: Path, export: Export) -> None:
    data = some_set()
    light = dataclasses.replace(data, images=255 - data.images)
    export(light, tmp_path / "set.npz")
    assert same(read(tmp_path / "set.npz").image_set, light)


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_excluded_images_stay_behind_and_the_order_of_classes_survives(tmp_path: Path, export: Export) -> None:
    data = dataclasses.replace(some_set(), class_names=("z", "m", "a"), excluded=np.arange(16) < 3)
    export(data, tmp_path / "set.npz")
    found = read(tmp_path / "set.npz").image_set
    assert len(found) == 13
    assert same(found, data)


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_a_set_without_test_images_keeps_all_of_them(tmp_path: Path, export: Export) -> None:
    data = dataclasses.replace(some_set(), in_test=np.zeros(16, bool))
    export(data, tmp_path / "set.npz")
    assert len(read(tmp_path / "set.npz").image_set) == 16


def test_other_programs_find_the_usual_names(tmp_path: Path) -> None:
    data = some_set(channels=3)
    export_npz(data, tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"class_names", "x_train", "y_train", "x_test", "y_test"}
        assert arrays["x_train"].shape == (12, 10, 10, 3)
    export_idx(some_set(), tmp_path / "idx")
    assert {path.name for path in (tmp_path / "idx").iterdir()} == {
        "classes.txt",
        "t10k-images-idx3-ubyte.gz",
        "t10k-labels-idx1-ubyte.gz",
        "train-images-idx3-ubyte.gz",
        "train-labels-idx1-ubyte.gz",
    }


@pytest.mark.parametrize("export", [export_idx, export_folders])
def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, export: Export) -> None:
    (tmp_path / "set").mkdir()
    export(some_set(), tmp_path / "set")
    with pytest.raises(DataError, match="is not empty; choose a new or an empty folder"):
        export(some_set(), tmp_path / "set")


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path, export: Export) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        export(some_set(), tmp_path / "nothing" / "set")


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_an_export_that_is_cancelled_leaves_nothing(tmp_path: Path, export: Export) -> None:
    def cancel(done: int, total: int) -> None:
        assert total == 16
        if done >= 5:
            raise Cancelled

    with pytest.raises(Cancelled):
        export(some_set(), tmp_path / "set", cancel)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("channels", [1, 3])
def test_our_png_is_what_others_read(tmp_path: Path, channels: int) -> None:
    image = pictures(1, size=9, channels=channels)[0, :, :7]
    (tmp_path / "a.png").write_bytes(png_bytes(image))
    found = read_picture_file(tmp_path / "a.png")
    np.testing.assert_array_equal(found, image[0] if channels == 1 else np.moveaxis(image, 0, 2))


@pytest.mark.parametrize("export", [export_idx, export_npz, export_folders])
def test_an_export_tells_how_far_it_is(tmp_path: Path, export: Export) -> None:
    told: list[tuple[int, int]] = []
    export(some_set(), tmp_path / "set", lambda done, total: told.append((done, total)))
    assert told[-1] == (16, 16)
    assert told == sorted(told)
