"""What a data set becomes is chosen, shown and then done: the preview and the result are the same images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.errors import DataError, SettingsError
from playground.own_data.fitting import fit, fit_one
from playground.own_data.image_set import ImageSet, clean_names
from playground.own_data.importing import ImportOptions, load, preview, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.split import stratified_test
from tests.playground.own_data.files import pictures, read, some_set, write_folder, write_idx_set
from ui.classify.image_files import read_picture_file


def test_the_preview_shows_the_images_and_counts_that_loading_gives(tmp_path: Path) -> None:
    write_idx_set(tmp_path)
    source = open_source(tmp_path, read_picture_file)
    options = suggested_options(source).changed(classes=(2, 0), class_names=("two", "zero"), image_size=14, invert=True)
    shown, found = preview(source, options, per_class=3), load(source, options).image_set
    assert shown.class_names == found.class_names == ("two", "zero")
    assert (shown.train, shown.test) == (found.counts("train"), found.counts("test"))
    assert shown.bytes == found.images.nbytes
    for label in (0, 1):
        np.testing.assert_array_equal(shown.images[shown.labels == label], found.images[found.labels == label][:3])


def test_a_size_of_its_own_is_kept_and_another_is_suggested_for_ragged_pictures(tmp_path: Path) -> None:
    write_folder(tmp_path / "even", some_set(size=20))
    assert read(tmp_path / "even").image_set.image_size == 20
    write_folder(tmp_path / "large", some_set(size=100))
    assert read(tmp_path / "large").image_set.image_size == 28
    write_folder(tmp_path / "coloured", some_set(size=100, channels=3))
    assert read(tmp_path / "coloured").image_set.image_size == 32


def test_only_the_pictures_of_the_chosen_classes_are_read(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set())
    opened: list[str] = []

    def reader(path: Path) -> np.ndarray:
        opened.append(path.parent.name)
        return read_picture_file(path)

    source = open_source(tmp_path, reader)
    options = suggested_options(source).changed(classes=(0, 2), class_names=("a", "c"))
    opened.clear()
    load(source, options)
    assert set(opened) == {"a", "c"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image_size": 7}, "image size is 7; it must be a whole number from 8 to 64"),
        ({"image_size": 65}, "image size is 65"),
        ({"test_share": 0.9}, "test share is 0.9"),
        ({"channels": 2}, "choose 1 .grey. or 3 .RGB."),
        ({"classes": (1,), "class_names": ("b",)}, "at least two classes"),
        ({"classes": (1, 1)}, "at least two classes"),
        ({"class_names": ("a", "a")}, "a name of its own"),
        ({"class_names": ("a", " ")}, "a name of its own"),
    ],
)
def test_options_that_cannot_be_are_refused(changes: dict[str, object], message: str) -> None:
    options = ImportOptions((0, 1), ("a", "b"), 28)
    with pytest.raises((DataError, SettingsError), match=message):
        options.changed(**changes)


def test_classes_that_are_not_there_cannot_be_chosen(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set())
    source = open_source(tmp_path, read_picture_file)
    with pytest.raises(DataError, match="has 3 classes; choose among them"):
        load(source, ImportOptions((0, 3), ("a", "b"), 28))


def test_more_than_memory_allows_is_refused_before_it_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_idx_set(tmp_path)
    monkeypatch.setattr("playground.own_data.importing.MAX_BYTES", 1000)
    with pytest.raises(DataError, match="16 images of 10×10 take more than"):
        read(tmp_path)


def test_a_split_without_images_of_a_class_is_noted(tmp_path: Path) -> None:
    write_folder(tmp_path / "train", some_set())
    write_folder(tmp_path / "test", some_set(classes=2))
    assert "There are no test images of c." in read(tmp_path).notes


# --- splitting ------------------------------------------------------------------------------------------------------


def test_the_share_is_taken_of_every_class_and_is_the_same_for_the_same_seed() -> None:
    labels = np.repeat([0, 1, 2], (100, 10, 50))
    in_test = stratified_test(labels, 0.2, seed=5)
    np.testing.assert_array_equal(np.bincount(labels[in_test]), [20, 2, 10])
    np.testing.assert_array_equal(in_test, stratified_test(labels, 0.2, seed=5))
    assert not np.array_equal(in_test, stratified_test(labels, 0.2, seed=6))


def test_small_classes_keep_an_image_to_train_on_and_have_one_to_test() -> None:
    in_test = stratified_test(np.array([0, 1, 1, 2, 2, 2]), 0.05, seed=0)
    assert not in_test[0]
    assert in_test[1:3].sum() == in_test[3:].sum() == 1


# --- fitting --------------------------------------------------------------------------------------------------------


def test_a_picture_of_the_wanted_size_is_taken_byte_for_byte() -> None:
    images = pictures(3)
    np.testing.assert_array_equal(fit(images[:, 0], 10, 1, invert=False), images)
    np.testing.assert_array_equal(fit(images[:, 0], 10, 1, invert=True), 255 - images)


def test_each_pixel_of_a_smaller_image_is_the_mean_of_those_it_covers() -> None:
    picture = pictures(1, size=20)[0, 0]
    expected = np.rint(picture.reshape(10, 2, 10, 2).mean(axis=(1, 3)))
    np.testing.assert_allclose(fit_one(picture, 10, 1, invert=False)[0], expected, atol=1)


def test_the_ground_beside_a_narrow_picture_has_the_colour_of_its_border() -> None:
    picture = np.full((16, 8, 3), (200, 100, 50), np.uint8)
    picture[4:12, 2:6] = 0
    found = fit_one(picture, 16, 3, invert=False)
    np.testing.assert_array_equal(np.moveaxis(found, 0, 2)[:, 4:12], picture)
    np.testing.assert_array_equal(found[:, :, 0], np.repeat([[200], [100], [50]], 16, axis=1))


def test_grey_is_how_bright_a_colour_looks_and_grey_in_rgb_has_equal_parts() -> None:
    colour = np.full((8, 8, 3), (255, 128, 0), np.uint8)
    assert set(fit_one(colour, 8, 1, invert=False).ravel()) == {151}
    grey = pictures(1, size=8)[0, 0]
    np.testing.assert_array_equal(fit_one(grey, 8, 3, invert=False), [grey, grey, grey])


@pytest.mark.parametrize("shape", [(1, 1), (1, 1000), (1000, 1), (3, 5)])
def test_pictures_of_any_shape_fit(shape: tuple[int, int]) -> None:
    found = fit_one(np.full(shape, 77, np.uint8), 28, 1, invert=False)
    np.testing.assert_array_equal(found, np.full((1, 28, 28), 77))


def test_many_pictures_at_once_become_what_each_becomes_alone() -> None:
    pictures_ = pictures(5, size=37, channels=3)
    together = fit(np.moveaxis(pictures_, 1, 3), 20, 1, invert=False)
    alone = [fit_one(np.moveaxis(picture, 0, 2), 20, 1, invert=False) for picture in pictures_]
    np.testing.assert_allclose(together.astype(int), np.array(alone, int), atol=1)


# --- the value ------------------------------------------------------------------------------------------------------


def test_no_array_of_a_data_set_can_be_written() -> None:
    data = some_set()
    assert not any(array.flags.writeable for array in (data.images, data.labels, data.in_test, data.excluded))


def test_classes_take_turns_while_they_last_and_excluded_images_stay_out() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 2])
    excluded = np.array([False, True, False, False, False, False, False])
    data = ImageSet("x", ("a", "b", "c"), pictures(7), labels, np.zeros(7, bool), excluded)
    np.testing.assert_array_equal(data.rows("train", (0, 1, 2)), [0, 4, 6, 2, 5, 3])
    np.testing.assert_array_equal(data.rows("train", (2, 0)), [6, 0, 2, 3])
    assert len(data.rows("test", (0, 1))) == 0
    assert data.counts("train") == (3, 2, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.array([0, 1, 5])}, "labels must be from 0 to 1"),
        ({"labels": np.array([0, 1])}, "3 images, 2 labels"),
        ({"images": pictures(3).astype(float)}, "bytes"),
        ({"images": pictures(3, channels=2)}, "1 or 3"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change: dict[str, np.ndarray], message: str) -> None:
    parts = {"images": pictures(3), "labels": np.array([0, 1, 0]), "in_test": np.zeros(3, bool), **change}
    with pytest.raises(DataError, match=message):
        ImageSet("x", ("a", "b"), **parts)


def test_names_of_classes_are_printable_short_and_different() -> None:
    names = clean_names(["cat", "cat", " a\tb\n ", "", "é", "e\u0301", "x" * 99, "\udcff", "\u202e"])
    assert names[:3] == ("cat", "cat (2)", "a b")
    assert names[4:6] == ("é", "é (2)")
    assert len(set(names)) == 9
    assert all(0 < len(name) <= 64 and name.isprintable() for name in names)
