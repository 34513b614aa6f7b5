"""IDX files find their partners by name, and what is wrong with them is said in one sentence."""

from __future__ import annotations

import gzip
import struct
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from playground.errors import Cancelled, DataError
from playground.own_data.importing import load, preview, suggested_options
from playground.own_data.opening import open_source
from tests.playground.own_data.files import idx, read, write_idx_set
from ui.classify.image_files import read_picture_file

MNIST = Path(__file__).resolve().parents[4] / "shared" / "data" / "mnist"
whole_mnist = pytest.mark.skipif(not MNIST.is_dir(), reason="the whole of MNIST is not beside the repository")


@pytest.mark.parametrize("packed", [True, False])
def test_a_folder_of_four_files_is_a_data_set_with_its_own_split(tmp_path: Path, packed: bool) -> None:
    data = write_idx_set(tmp_path / "set", packed)
    found = read(tmp_path / "set").image_set
    np.testing.assert_array_equal(found.images, data.images)
    np.testing.assert_array_equal(found.labels, data.labels)
    np.testing.assert_array_equal(found.in_test, data.in_test)
    assert (found.name, found.class_names) == ("set", ("0", "1", "2"))


def test_one_file_leads_to_its_labels_and_its_test_set(tmp_path: Path) -> None:
    data = write_idx_set(tmp_path)
    found = read(tmp_path / "t10k-images-idx3-ubyte.gz").image_set
    assert len(found) == len(data)
    assert found.in_test.sum() == data.in_test.sum()


def test_without_test_files_a_share_of_each_class_becomes_the_test_set(tmp_path: Path) -> None:
    write_idx_set(tmp_path)
    for path in tmp_path.glob("t10k*"):
        path.unlink()
    found = read(tmp_path, test_share=0.25).image_set
    assert found.counts("test") == (1, 1, 1)
    assert found.counts("train") == (3, 3, 3)


def test_two_sets_in_a_folder_are_told_apart_by_name(tmp_path: Path) -> None:
    write_idx_set(tmp_path, prefix="emnist-digits-")
    write_idx_set(tmp_path, prefix="emnist-letters-")
    with pytest.raises(DataError, match="2 data sets \\(emnist digits, emnist letters\\)"):
        open_source(tmp_path, read_picture_file)
    assert read(tmp_path / "emnist-letters-train-images-idx3-ubyte.gz").image_set.counts("train") == (4, 4, 4)


def test_emnist_is_turned_upright_and_its_letters_are_named(tmp_path: Path) -> None:
    images = np.zeros((4, 10, 10), np.uint8)
    images[:, 2, 5] = 200
    labels = np.array([1, 2, 1, 26], np.uint8)
    (tmp_path / "emnist-letters-train-images-idx3-ubyte.gz").write_bytes(idx(images))
    (tmp_path / "emnist-letters-train-labels-idx1-ubyte.gz").write_bytes(idx(labels))
    found = read(tmp_path).image_set
    assert found.class_names == ("A", "B", "Z")
    assert found.images[0, 0, 5, 2] == 200


def test_the_classes_of_fashion_mnist_have_names(tmp_path: Path) -> None:
    write_idx_set(tmp_path / "fashion-mnist")
    assert read(tmp_path / "fashion-mnist").image_set.class_names == ("T-shirt", "trouser", "pullover")


def test_a_colour_image_has_three_channels(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 10, 10, 3), np.uint8)
    (tmp_path / "images-idx4-ubyte").write_bytes(idx(images, packed=False))
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx(np.array([0, 1, 0, 1], np.uint8), packed=False))
    found = read(tmp_path).image_set
    np.testing.assert_array_equal(found.images, np.moveaxis(images, 3, 1))


def test_of_labels_with_more_columns_the_first_counts(tmp_path: Path) -> None:
    labels = np.array([[7, 9, 9], [5, 9, 9], [7, 9, 9]], ">i4")
    (tmp_path / "qmnist-train-images-idx3-ubyte").write_bytes(idx(np.ones((3, 9, 9), np.uint8), packed=False))
    (tmp_path / "qmnist-train-labels-idx2-int").write_bytes(idx(labels, kind=0x0C, packed=False))
    found = read(tmp_path).image_set
    assert found.class_names == ("5", "7")
    np.testing.assert_array_equal(found.labels, [1, 0, 1])


# --- what is wrong --------------------------------------------------------------------------------------------------


def files(folder: Path) -> tuple[Path, Path]:
    write_idx_set(folder, packed=False)
    for path in folder.glob("t10k*"):
        path.unlink()
    return folder / "train-images-idx3-ubyte", folder / "train-labels-idx1-ubyte"


def refusal(path: Path) -> str:
    with pytest.raises(DataError) as caught:
        read(path)
    return str(caught.value)


def test_counts_that_do_not_match_are_told_with_both_numbers(tmp_path: Path) -> None:
    _, labels = files(tmp_path)
    labels.write_bytes(idx(np.zeros(7, np.uint8), packed=False))
    assert "holds 12 images but train-labels-idx1-ubyte 7 labels" in refusal(tmp_path)


def test_labels_alone_or_images_alone_say_what_is_missing(tmp_path: Path) -> None:
    images, labels = files(tmp_path)
    content = labels.read_bytes()
    labels.unlink()
    assert "has no labels" in refusal(tmp_path)
    labels.write_bytes(content)
    images.unlink()
    assert "labels but no images" in refusal(labels)


def test_a_wrong_magic_number_is_shown(tmp_path: Path) -> None:
    images, _ = files(tmp_path)
    images.write_bytes(b"\1\2\3\4" + images.read_bytes()[4:])
    assert "begins with 01 02 03 04" in refusal(images)


def test_floats_are_refused_as_such(tmp_path: Path) -> None:
    images, _ = files(tmp_path)
    images.write_bytes(b"\0\0\x0d" + images.read_bytes()[3:])
    assert "values of type float" in refusal(images)


@pytest.mark.parametrize("packed", [True, False])
def test_of_a_file_that_is_cut_short_the_rest_is_used(tmp_path: Path, packed: bool) -> None:
    images, _ = files(tmp_path)
    content = images.read_bytes()
    cut = gzip.compress(content)[:-500] if packed else content[:-250]
    images.write_bytes(cut)
    loaded = read(tmp_path)
    left = len(loaded.image_set)
    assert 0 < left < 12
    assert any(f"declares 12 images but holds {left}" in note for note in loaded.notes)
    np.testing.assert_array_equal(loaded.image_set.labels, np.arange(left) % 3)


def test_a_wrong_checksum_is_not_passed_over(tmp_path: Path) -> None:
    images, _ = files(tmp_path)
    packed = bytearray(gzip.compress(images.read_bytes()))
    packed[-6] ^= 1
    images.write_bytes(packed)
    assert "CRC" in refusal(tmp_path)


def test_a_damaged_test_file_leaves_the_training_files_usable(tmp_path: Path) -> None:
    write_idx_set(tmp_path)
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(idx(np.zeros(3, np.uint8)))
    loaded = read(tmp_path)
    assert len(loaded.image_set) == 12
    assert any("do not belong together" in note for note in loaded.notes)


def test_one_class_only_is_not_enough(tmp_path: Path) -> None:
    _, labels = files(tmp_path)
    labels.write_bytes(idx(np.full(12, 4, np.uint8), packed=False))
    assert "one class only, 4" in refusal(tmp_path)


def test_too_many_classes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "images-idx3-ubyte").write_bytes(idx(np.ones((150, 8, 8), np.uint8), packed=False))
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx(np.arange(150, dtype=np.uint8), packed=False))
    assert "150 different labels" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2**31, 28, 28), "at most 1\u202f000\u202f000 can be read"),
        ((4, 50_000, 50_000), "at most 4096×4096"),
        ((4, 0, 28), "holds no images"),
        ((500_000, 1000, 1000), "more than 4 GB"),
    ],
)
def test_absurd_sizes_are_refused_before_memory_is_taken(tmp_path: Path, shape: tuple[int, ...], message: str) -> None:
    start = b"\0\0\x08\x03" + struct.pack(">3I", *shape)
    (tmp_path / "images-idx3-ubyte").write_bytes(start)
    (tmp_path / "labels-idx1-ubyte").write_bytes(b"\0\0\x08\x01" + struct.pack(">I", shape[0]))
    assert message in refusal(tmp_path)


def test_a_gzip_bomb_takes_no_more_memory_than_the_images_it_makes(tmp_path: Path) -> None:
    count = 300
    packed = gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", count, 512, 512) + bytes(count * 512 * 512), 1)
    assert len(packed) < 1_000_000
    (tmp_path / "images-idx3-ubyte.gz").write_bytes(packed)
    (tmp_path / "labels-idx1-ubyte").write_bytes(idx(np.arange(count).astype(np.uint8) % 2, packed=False))
    tracemalloc.start()
    found = read(tmp_path).image_set
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.images.shape == (count, 1, 28, 28)
    assert peak < 64 * 2**20


def test_a_file_that_vanishes_while_it_loads_is_named(tmp_path: Path) -> None:
    images, _ = files(tmp_path)
    source = open_source(tmp_path, read_picture_file)
    options = suggested_options(source)
    images.unlink()
    with pytest.raises(DataError, match="does not exist, or no longer"):
        load(source, options)


def test_what_is_no_path_at_all_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(Path("a\0b"))
    assert "does not exist" in refusal(tmp_path / "nothing")


def test_loading_can_be_cancelled(tmp_path: Path) -> None:
    write_idx_set(tmp_path)
    source = open_source(tmp_path, read_picture_file)
    seen: list[tuple[int, int]] = []

    def cancel(done: int, total: int) -> None:
        seen.append((done, total))
        raise Cancelled

    with pytest.raises(Cancelled):
        load(source, suggested_options(source), cancel)
    assert seen == [(12, 16)]


# --- the whole of MNIST ---------------------------------------------------------------------------------------------


@whole_mnist
def test_seventy_thousand_images_open_in_three_seconds_and_one_copy() -> None:
    begin = time.process_time()
    source = open_source(MNIST, read_picture_file)
    options = suggested_options(source)
    shown = preview(source, options)
    assert (sum(shown.train), sum(shown.test)) == (60_000, 10_000)
    tracemalloc.start()
    data = load(source, options).image_set
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.process_time() - begin < 3
    assert data.images.shape == (70_000, 1, 28, 28)
    assert peak < 1.3 * data.images.nbytes
