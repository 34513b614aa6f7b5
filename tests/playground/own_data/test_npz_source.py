"""npz files are read under the usual names, whatever numbers they hold, and never unpickled."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from playground.errors import DataError
from tests.playground.own_data.files import pictures, read

GREY = pictures(12)[:, 0]
LABELS = np.arange(12) % 3


def write(folder: Path, **arrays: Any) -> Path:
    path = folder / "a.npz"
    np.savez(path, **arrays)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    return str(caught.value)


def test_keras_names_bring_their_split(tmp_path: Path) -> None:
    path = write(tmp_path, x_train=GREY[:9], y_train=LABELS[:9], x_test=GREY[9:], y_test=LABELS[9:])
    found = read(path).image_set
    np.testing.assert_array_equal(found.images[:, 0], GREY)
    np.testing.assert_array_equal(found.labels, LABELS)
    np.testing.assert_array_equal(found.in_test, np.arange(12) >= 9)


def test_medmnist_trains_on_its_validation_images_and_says_so(tmp_path: Path) -> None:
    column = LABELS.astype(np.uint8)[:, None]
    path = write(
        tmp_path,
        train_images=GREY[:6],
        train_labels=column[:6],
        val_images=GREY[6:9],
        val_labels=column[6:9],
        test_images=GREY[9:],
        test_labels=column[9:],
    )
    loaded = read(path)
    assert loaded.image_set.counts("train") == (3, 3, 3)
    assert loaded.image_set.counts("test") == (1, 1, 1)
    assert any("validation images" in note for note in loaded.notes)


@pytest.mark.parametrize(("x", "y"), [("images", "labels"), ("X", "y"), ("data", "target"), ("X_train", "Y_train")])
def test_other_usual_names_are_known(tmp_path: Path, x: str, y: str) -> None:
    assert len(read(write(tmp_path, **{x: GREY, y: LABELS})).image_set) == 12


@pytest.mark.parametrize(
    "images",
    [
        GREY[..., None],
        GREY[:, None],
        GREY.reshape(12, 100),
        GREY.astype(np.int64),
        GREY.astype(">u2") * 257,
        GREY / 255,
        (GREY / 127.5 - 1).astype(np.float32),
        GREY.astype(np.float64),
    ],
    ids=["h w 1", "1 h w", "rows", "int64", "16 bits", "0 to 1", "−1 to 1", "0 to 255"],
)
def test_every_usual_layout_and_range_gives_the_same_pixels(tmp_path: Path, images: np.ndarray) -> None:
    found = read(write(tmp_path, images=images, labels=LABELS)).image_set
    np.testing.assert_array_equal(found.images[:, 0], GREY)


@pytest.mark.parametrize("axis", [1, 3])
def test_colours_may_come_first_or_last(tmp_path: Path, axis: int) -> None:
    colours = pictures(12, channels=3)
    found = read(write(tmp_path, images=np.moveaxis(colours, 1, axis), labels=LABELS)).image_set
    np.testing.assert_array_equal(found.images, colours)


def test_transparent_parts_are_white_paper(tmp_path: Path) -> None:
    images = np.zeros((12, 10, 10, 4), np.uint8)
    found = read(write(tmp_path, images=images, labels=LABELS)).image_set
    assert (found.images == 255).all()


def test_labels_may_be_words_or_one_hot_or_whole_floats(tmp_path: Path) -> None:
    words = read(write(tmp_path, images=GREY, labels=np.array(["猫", "dog", "bird"])[LABELS])).image_set
    assert words.class_names == ("bird", "dog", "猫")
    for labels in (np.eye(3)[LABELS], LABELS.astype(np.float32)):
        np.testing.assert_array_equal(read(write(tmp_path, x=GREY, y=labels)).image_set.labels, LABELS)


def test_names_of_the_classes_come_along(tmp_path: Path) -> None:
    path = write(tmp_path, images=GREY, labels=LABELS, class_names=np.array(["cat", "dog", "bird"]))
    assert read(path).image_set.class_names == ("cat", "dog", "bird")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"a": GREY, "b": LABELS}, "has the arrays a, b; name them x_train"),
        ({"x": GREY, "y": LABELS[:5]}, "5 labels for 12 images"),
        ({"x": GREY, "y": LABELS + 0.5}, "no whole numbers"),
        ({"x": GREY, "y": np.where(LABELS, LABELS, np.nan)}, "no whole numbers"),
        ({"x": GREY, "y": np.ones((12, 4))}, "each must belong to one class"),
        ({"x": GREY, "y": LABELS * 0}, "one class only, 0"),
        ({"x": GREY * 1000.0, "y": LABELS}, "brightness must be"),
        ({"x": np.where(GREY, np.nan, 0), "y": LABELS}, "brightness must be"),
        ({"x": GREY.astype(complex), "y": LABELS}, "type"),
        ({"x": np.ones((12, 5, 6, 7), np.uint8), "y": LABELS}, "volumes cannot be used"),
        ({"x": np.ones((0, 5, 5), np.uint8), "y": LABELS[:0]}, "holds no images"),
        ({"x": np.asfortranarray(np.ones((12, 5, 5))), "y": LABELS}, "column by column"),
        ({"x": GREY, "y": np.array([{}] * 12, object)}, "never unpickled"),
        ({"x": np.zeros(12, "i4,f4"), "y": LABELS}, "table of records"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    assert message in refusal(write(tmp_path, **arrays))


def test_names_that_do_not_fit_the_labels_are_said_and_not_used(tmp_path: Path) -> None:
    loaded = read(write(tmp_path, x=GREY, y=LABELS, class_names=np.array(["cat", "dog"])))
    assert loaded.image_set.class_names == tuple(str(label) for label in np.unique(LABELS))
    [note] = loaded.notes
    assert f"names 2 classes, but its labels go from 0 to {LABELS.max()}" in note


def test_objects_in_another_array_do_not_matter_and_nothing_is_unpickled(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "sprung",))

    loaded = read(write(tmp_path, x=GREY, y=LABELS, extra=np.array([Trap()], object)))
    assert len(loaded.image_set) == 12
    assert any("never unpickled" in note for note in loaded.notes)
    assert not (tmp_path / "sprung").exists()


def npy(shape: tuple[int, ...], content: bytes, descr: str = "|u1") -> bytes:
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + content


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (npy((10**11, 28, 28), b""), "declares more values than it holds"),
        (npy((12, 10, 10), b"short"), "declares more values than it holds"),
        (b"\x93NUMPY\1\0\xff\xff" + b"(" * 60_000, "cannot be read"),
        (b"not an array", "cannot be read"),
        (npy((12, 10, 10), bytes(1200), "|O"), "never unpickled"),
    ],
)
def test_a_header_that_lies_is_found_out_before_memory_is_taken(tmp_path: Path, images: bytes, message: str) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", images)
        archive.writestr("y.npy", npy((12,), bytes([0, 1, 2] * 4)))
    tracemalloc.start()
    assert message in refusal(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**20


def test_a_zip_bomb_takes_no_more_memory_than_the_images_it_makes(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    count = 300
    np.savez_compressed(path, x=np.zeros((count, 512, 512), np.uint8), y=np.arange(count) % 2)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    found = read(path).image_set
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == count
    assert peak < 64 * 2**20


def test_a_file_that_is_cut_short_or_no_zip_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, x=GREY, y=LABELS)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    assert "damaged" in refusal(path)
    path.write_bytes(b"no zip")
    assert "is not an npz file, whatever its name says" in refusal(path)


def test_a_wrong_checksum_is_not_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path, x=GREY, y=LABELS)
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)
    assert "damaged" in refusal(path)


def write_kuzushiji(folder: Path, name: str = "kmnist", labels: np.ndarray = LABELS) -> None:
    """Four files of one array each, as Kuzushiji-MNIST is given out."""
    for split, rows in (("train", slice(0, 9)), ("test", slice(9, None))):
        np.savez_compressed(folder / f"{name}-{split}-imgs.npz", GREY[rows])
        np.savez_compressed(folder / f"{name}-{split}-labels.npz", labels[rows].astype(np.uint8))


@pytest.mark.parametrize("named", ["", "kmnist-train-imgs.npz", "kmnist-test-labels.npz"])
def test_kuzushiji_is_read_from_its_four_files_by_its_folder_or_any_of_them(tmp_path: Path, named: str) -> None:
    write_kuzushiji(tmp_path)
    found = read(tmp_path / named).image_set
    assert found.name == "kmnist"
    assert found.class_names == ("お", "き", "す")
    np.testing.assert_array_equal(found.images[:, 0], GREY)
    np.testing.assert_array_equal(found.labels, LABELS)
    np.testing.assert_array_equal(found.in_test, np.arange(12) >= 9)


def test_the_classes_of_kuzushiji_49_have_their_names(tmp_path: Path) -> None:
    write_kuzushiji(tmp_path, "k49", np.array([0, 44, 48] * 4))
    assert read(tmp_path).image_set.class_names == ("あ", "ゐ", "ゝ")


def test_two_sets_in_one_folder_are_told_apart_by_the_file_that_is_named(tmp_path: Path) -> None:
    write_kuzushiji(tmp_path)
    write_kuzushiji(tmp_path, "k49")
    assert "2 data sets (k49, kmnist)" in refusal(tmp_path)
    assert read(tmp_path / "k49-train-imgs.npz").image_set.name == "k49"


def test_images_whose_labels_are_missing_say_which_file_is_wanted(tmp_path: Path) -> None:
    np.savez(tmp_path / "kmnist-train-imgs.npz", GREY)
    assert "a file of that name with “labels”" in refusal(tmp_path / "kmnist-train-imgs.npz")


def test_of_two_pairs_a_damaged_one_is_left_out_and_said(tmp_path: Path) -> None:
    write_kuzushiji(tmp_path)
    (tmp_path / "kmnist-test-labels.npz").write_bytes(b"PK\x03\x04 and no more")
    loaded = read(tmp_path)
    assert len(loaded.image_set) == 9
    assert any("kmnist-test-labels.npz" in note for note in loaded.notes)
