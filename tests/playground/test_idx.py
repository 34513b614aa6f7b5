"""IDX files are read only if every number in them is right, and the shipped data can be made again."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.errors import DataError
from playground.idx import MAX_BYTES, idx_bytes, read_idx

REPOSITORY = Path(__file__).resolve().parents[2]
IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(idx_bytes(IMAGES))
    np.testing.assert_array_equal(read_idx(path, dimensions=3), IMAGES)


def test_the_same_values_give_the_same_bytes() -> None:
    assert idx_bytes(IMAGES) == idx_bytes(IMAGES.copy())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing\.gz cannot be read"):
        read_idx(tmp_path / "nothing.gz", dimensions=3)


PLAIN = gzip.decompress(idx_bytes(IMAGES))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"no gzip at all", "cannot be read"),
        (idx_bytes(IMAGES)[:-12], "cannot be read"),
        (gzip.compress(b"\0\0\x0d\x03" + PLAIN[4:]), "not an IDX file"),
        (gzip.compress(PLAIN[:10]), "not an IDX file"),
        (gzip.compress(PLAIN[:-1]), "declares 24 bytes of values but holds 23"),
        (gzip.compress(PLAIN + b"x"), "declares 24 bytes of values but holds more"),
    ],
    ids=["empty", "not gzip", "cut short", "floats", "header cut", "values missing", "values too many"],
)
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_idx(path, dimensions=3)


def test_labels_are_not_taken_for_images(tmp_path: Path) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(idx_bytes(np.zeros(30, np.uint8)))
    with pytest.raises(DataError, match="3 axes"):
        read_idx(path, dimensions=3)


def test_a_huge_declared_size_is_refused_before_memory_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1)))
    with pytest.raises(DataError, match="at most"):
        read_idx(path, dimensions=3)


def test_a_file_that_inflates_without_end_is_not_inflated(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(PLAIN + bytes(MAX_BYTES), compresslevel=1))
    tracemalloc.start()
    with pytest.raises(DataError, match="holds more"):
        read_idx(path, dimensions=3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20


@settings(deadline=None, max_examples=200)
@given(position=st.integers(0, len(idx_bytes(IMAGES)) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_gives_the_values_or_a_data_error(
    tmp_path_factory: pytest.TempPathFactory, position: int, bit: int
) -> None:
    content = bytearray(idx_bytes(IMAGES))
    content[position] ^= 1 << bit
    path = tmp_path_factory.getbasetemp() / "flipped.gz"
    path.write_bytes(content)
    try:
        found = read_idx(path, dimensions=3)
    except DataError:
        return
    np.testing.assert_array_equal(found, IMAGES)


def test_the_tool_takes_the_first_images_of_each_digit_in_order(tmp_path: Path) -> None:
    labels = np.tile(np.arange(10, dtype=np.uint8), 1400)
    images = np.zeros((len(labels), 28, 28), np.uint8)
    images[:, 0, 0] = labels
    images[:, 0, 1] = np.arange(len(labels)) // 10 % 256
    for name, values in (("images", images), ("labels", labels)):
        (tmp_path / name).write_bytes(idx_bytes(values))
    files = [str(tmp_path / name) for name in ("images", "labels")] * 2
    tool = REPOSITORY / "tools" / "build_digits.py"
    subprocess.run([sys.executable, str(tool), *files, "--to", str(tmp_path)], check=True, capture_output=True)
    built = read_idx(tmp_path / "digits-test-images-idx3-ubyte.gz", dimensions=3)
    np.testing.assert_array_equal(built[:, 0, 0], np.repeat(np.arange(10), 200))
    np.testing.assert_array_equal(built[:, 0, 1], np.tile(np.arange(200), 10))
