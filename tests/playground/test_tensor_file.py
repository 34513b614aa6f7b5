"""The container of models and sessions: other programs read it, it is never half there, it is read with distrust."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from playground.errors import ModelFileError
from playground.tensor_file import Limits, open_tensors, write_tensors

ABOUT = {"format_version": "1", "kind": "thing"}
LIMITS = Limits("thing", ModelFileError, 1, 2**20, 4096, 8, ("F64", "F32", "I64", "U8"))


def read_all(path: Path) -> dict[str, np.ndarray]:
    with open_tensors(path, LIMITS) as file:
        return {name: file.read(name) for name in file.tensors}


some_arrays = st.dictionaries(
    st.text(min_size=1, max_size=20).filter(lambda name: name != "__metadata__"),
    st.sampled_from(["<f8", "<f4", "<i8", "|u1"]).flatmap(
        lambda dtype: arrays(dtype, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3))
    ),
    max_size=5,
)


@given(values=some_arrays)
def test_arrays_come_back_as_they_were_here_and_in_the_library(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, np.ndarray]
) -> None:
    path = tmp_path_factory.getbasetemp() / "some.safetensors"
    write_tensors(path, values, {"about": "ä ∂"}, LIMITS)
    for found in (read_all(path), safetensors.numpy.load_file(path)):
        assert found.keys() == values.keys()
        for name, array in values.items():
            assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
            assert found[name].tobytes() == array.tobytes()


def test_what_the_library_writes_is_read(tmp_path: Path) -> None:
    values = {"a": np.arange(6.0).reshape(2, 3), "b": np.arange(3, dtype=np.uint8)}
    safetensors.numpy.save_file(values, tmp_path / "m", ABOUT)
    np.testing.assert_equal(read_all(tmp_path / "m"), values)


def test_arrays_in_any_order_of_memory_are_written_row_by_row(tmp_path: Path) -> None:
    values = {
        "turned": np.arange(12.0).reshape(3, 4).T,
        "every other": np.arange(9)[::2],
        "big": np.arange(3, dtype=">i8"),
    }
    write_tensors(tmp_path / "m", values, {}, LIMITS)
    np.testing.assert_equal(read_all(tmp_path / "m"), values)


def test_more_than_could_be_read_again_is_not_written(tmp_path: Path) -> None:
    for values, metadata in (
        ({str(n): np.zeros(1) for n in range(9)}, {}),
        ({"large": np.zeros(2**17)}, {}),
        ({}, {"long": "x" * 4096}),
    ):
        with pytest.raises(ModelFileError, match="was not written"):
            write_tensors(tmp_path / "m", values, metadata, LIMITS)
    assert not list(tmp_path.iterdir())


ENTRY = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}


@pytest.mark.parametrize(
    "tensors",
    [
        {"w": {**ENTRY, "shape": [2**40]}},
        {"w": {**ENTRY, "shape": [2**31, 2**31, 2**31]}},
        {"w": {**ENTRY, "shape": [-2]}},
        {"w": {**ENTRY, "shape": [2.0]}},
        {"w": {**ENTRY, "shape": [True, 2]}},
        {"w": {**ENTRY, "shape": "2"}},
        {"w": {**ENTRY, "shape": [1] * 20}},
        {"w": {**ENTRY, "data_offsets": [8, 0]}},
        {"w": {**ENTRY, "data_offsets": [4, 12]}},
        {"w": {**ENTRY, "data_offsets": [0]}},
        {"w": {"dtype": "F32"}},
        {"w": ENTRY, "v": ENTRY},
        {"w": ENTRY, "v": {**ENTRY, "data_offsets": [16, 24]}},
        {},
    ],
)
def test_sizes_that_are_not_those_of_the_file_are_refused_before_anything_is_allocated(
    tmp_path: Path, tensors: dict[str, object]
) -> None:
    text = json.dumps({"__metadata__": ABOUT, **tensors}).encode()
    (tmp_path / "m").write_bytes(len(text).to_bytes(8, "little") + text + bytes(8))
    tracemalloc.start()
    with pytest.raises(ModelFileError, match="damaged or incomplete"):
        read_all(tmp_path / "m")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
