"""Model files: what was saved comes back, and whatever else is in the file is refused in words."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from playground.errors import ModelFileError
from playground.model_file import MAX_FILE_BYTES, check_can_save, load_model, save_model
from playground.prediction import make_network
from playground.settings import Settings

SETTINGS = Settings(kernel_size=3, filters=(2,))


def saved(path: Path, settings: Settings = SETTINGS) -> Path:
    save_model(path, settings, make_network(settings).state_dict(), step=42)
    return path


def rewritten(path: Path, change: Callable[[dict[str, Any], dict[str, str]], None]) -> Path:
    """A model file whose tensors and metadata were changed by hand."""
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length])["__metadata__"]
    tensors = safetensors.numpy.load(content)
    change(tensors, metadata)
    path.write_bytes(safetensors.numpy.save(tensors, metadata=metadata))
    return path


def raw(header: object) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    "settings",
    [SETTINGS, Settings(classes=(7, 1, 4), filters=(2, 3), seed=9), Settings(dataset="shapes", classes=(3, 0))],
    ids=["binary", "softmax, two blocks", "shapes"],
)
def test_a_saved_model_comes_back_the_same(tmp_path: Path, settings: Settings) -> None:
    network = make_network(settings.changed(seed=1))
    save_model(tmp_path / "m.safetensors", settings, network.state_dict(), step=42)
    model = load_model(tmp_path / "m.safetensors")
    assert (model.settings, model.step) == (settings, 42)
    for name, values in network.state_dict().items():
        np.testing.assert_array_equal(model.network.state_dict()[name], values)


def test_class_names_are_in_the_order_of_the_labels(tmp_path: Path) -> None:
    path = saved(tmp_path / "m", Settings(dataset="shapes", classes=(3, 0)))
    assert load_model(path).class_names == ("cross", "circle")


@pytest.mark.parametrize("classes", [(3, 8), (0, 5, 9)])
def test_predictions_are_one_probability_a_class_and_sum_to_one(tmp_path: Path, classes: tuple[int, ...]) -> None:
    model = load_model(saved(tmp_path / "m", SETTINGS.changed(classes=classes)))
    x = np.random.default_rng(0).random((5, 1, 28, 28), np.float32)
    probabilities = model.predict(x)
    assert probabilities.shape == (5, len(classes))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-6)


def test_tensors_have_the_names_and_shapes_of_pytorch(tmp_path: Path) -> None:
    tensors = safetensors.numpy.load_file(saved(tmp_path / "m", Settings(filters=(4, 6), kernel_size=3)))
    assert {name: values.shape for name, values in tensors.items()} == {
        "conv1.weight": (4, 1, 3, 3),
        "conv1.bias": (4,),
        "conv2.weight": (6, 4, 3, 3),
        "conv2.bias": (6,),
        "fc.weight": (1, 150),
        "fc.bias": (1,),
    }


def test_pytorch_opens_the_file(tmp_path: Path) -> None:
    torch_files = pytest.importorskip("safetensors.torch")
    state = make_network(SETTINGS).state_dict()
    loaded = torch_files.load_file(saved(tmp_path / "m"))
    np.testing.assert_array_equal(loaded["conv1.weight"].numpy(), state["conv1.weight"])


def test_saving_replaces_an_older_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = saved(tmp_path / "m.safetensors")
    saved(path, SETTINGS.changed(seed=8))
    assert load_model(path).settings.seed == 8
    assert list(tmp_path.iterdir()) == [path]


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    target = saved(tmp_path / "target")
    link = tmp_path / "link"
    link.symlink_to(target)
    saved(link, SETTINGS.changed(seed=8))
    assert link.is_symlink()
    assert load_model(target).settings.seed == 8


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_older_file_and_no_rubbish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = saved(tmp_path / "m.safetensors")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os if failing == "fsync" else Path, failing, full)
    with pytest.raises(ModelFileError, match=r"cannot be written .*No space left on device"):
        saved(path, SETTINGS.changed(seed=8))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    path = saved(tmp_path / "m")
    state = make_network(SETTINGS).state_dict()
    state["conv1.bias"][0] = np.nan
    with pytest.raises(ModelFileError, match=r"conv1\.bias has values that are not finite"):
        save_model(path, SETTINGS, state)
    assert np.isfinite(load_model(path).network.state_dict()["conv1.bias"]).all()


def test_weights_of_another_network_are_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="does not hold the network"):
        save_model(tmp_path / "m", SETTINGS.changed(filters=(3,)), make_network(SETTINGS).state_dict())
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_said_before_and_while_saving(tmp_path: Path) -> None:
    for attempt in (check_can_save, saved):
        with pytest.raises(ModelFileError, match=r"there is no folder .*nowhere; make it first"):
            attempt(tmp_path / "nowhere" / "m")


def test_a_save_that_fails_gives_the_reason_without_the_temporary_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: Path, *_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "open", refused)
    with pytest.raises(ModelFileError) as caught:
        saved(tmp_path / "m.safetensors")
    assert "(Permission denied)" in str(caught.value)
    assert ".tmp" not in str(caught.value)


def test_a_folder_is_no_place_for_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="is a folder"):
        check_can_save(tmp_path)


def test_checking_that_a_file_can_be_saved_leaves_nothing(tmp_path: Path) -> None:
    check_can_save(tmp_path / "m")
    assert not list(tmp_path.iterdir())


def test_a_missing_file_and_a_folder_are_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="does not exist"):
        load_model(tmp_path / "nothing")
    with pytest.raises(ModelFileError, match="is a folder"):
        load_model(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ModelFileError, match="not a regular file"):
        load_model(tmp_path / "pipe")


def test_a_file_of_absurd_size_is_not_read(tmp_path: Path) -> None:
    path = saved(tmp_path / "m")
    os.truncate(path, MAX_FILE_BYTES + 1)
    with pytest.raises(ModelFileError, match="larger than 32 MB"):
        load_model(path)


def nested_header() -> bytes:
    return raw(b'{"a":' * 20000 + b"1" + b"}" * 20000)


ENTRY = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
METADATA = {
    "settings": json.dumps(SETTINGS.to_dict()),
    "class_names": '["3", "8"]',
    "format_version": "1",
}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a safetensors file"),
        (b"hello, I am a text file", "not a safetensors file"),
        (b"\x80\x04\x95" + b"pickle" * 20, "not a safetensors file"),
        (raw(b"{" + b" " * 300_000), "not a safetensors file"),
        (raw(b"{not json}"), "not a safetensors file"),
        (raw(b'{"\xff\xfe"}'), "not a safetensors file"),
        (nested_header(), "not a safetensors file"),
        (raw({"w": ENTRY}) + bytes(4), "no settings"),
        (raw({"__metadata__": ["settings"]}), "no settings"),
        (raw({"__metadata__": {**METADATA, "step": 3}}), "metadata must be text"),
        (raw({"__metadata__": METADATA, **{f"w{i}": ENTRY for i in range(65)}}), "holds 65 tensors"),
        (raw({"__metadata__": METADATA, "w": {**ENTRY, "dtype": "I64"}}), "not of type F32"),
        (raw({"__metadata__": METADATA, "w": 3}), "not of type F32"),
        (raw({"__metadata__": METADATA, "w": {**ENTRY, "shape": [2**40]}}) + bytes(4), "damaged or incomplete"),
        (raw({"__metadata__": METADATA, "w": ENTRY}), "damaged or incomplete"),
        (raw({"__metadata__": {**METADATA, "format_version": "2"}}), "format version '2'"),
        (raw({"__metadata__": {**METADATA, "settings": "[1]"}}), "not a table"),
        (raw({"__metadata__": {**METADATA, "settings": "{"}}), "metadata cannot be read"),
        (raw({"__metadata__": {**METADATA, "settings": "[" * 50000}}), "metadata cannot be read"),
        (raw({"__metadata__": {**METADATA, "settings": '{"seed": -1}'}}), "settings that cannot be used: seed is -1"),
        (raw({"__metadata__": {**METADATA, "settings": '{"power": 9}'}}), "unknown setting 'power'"),
        (raw({"__metadata__": {**METADATA, "class_names": '["3"]'}}), "name its 2 classes"),
        (raw({"__metadata__": {**METADATA, "class_names": '["3", "3"]'}}), "name its 2 classes"),
        (raw({"__metadata__": {**METADATA, "class_names": '["3", 8]'}}), "name its 2 classes"),
        (raw({"__metadata__": {**METADATA, "class_names": '[["3"], {}]'}}), "name its 2 classes"),
        (raw({"__metadata__": {**METADATA, "step": "-1"}}), "step is '-1'"),
        (raw({"__metadata__": METADATA}), "missing conv1.bias"),
    ],
)
def test_a_file_that_is_no_good_model_is_refused_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=message) as caught:
        load_model(path)
    assert str(path) in str(caught.value)


def test_a_truncated_model_is_refused(tmp_path: Path) -> None:
    content = saved(tmp_path / "m").read_bytes()
    (tmp_path / "m").write_bytes(content[:-4])
    with pytest.raises(ModelFileError, match="damaged or incomplete"):
        load_model(tmp_path / "m")


def test_a_missing_tensor_an_extra_one_and_a_wrong_shape_are_named(tmp_path: Path) -> None:
    changes: list[tuple[str, Callable[[dict[str, Any], dict[str, str]], None]]] = [
        ("missing fc.bias", lambda tensors, _: tensors.pop("fc.bias")),
        ("unknown extra", lambda tensors, _: tensors.update(extra=np.zeros(1, np.float32))),
        (r"conv1\.weight has shape", lambda tensors, _: tensors.update({"conv1.weight": np.zeros(3, np.float32)})),
        (r"fc\.bias has values that are not finite", lambda tensors, _: tensors["fc.bias"].fill(np.inf)),
    ]
    for message, change in changes:
        path = rewritten(saved(tmp_path / "m"), change)
        with pytest.raises(ModelFileError, match=message):
            load_model(path)


def test_float64_weights_are_taken_and_kept_as_float32(tmp_path: Path) -> None:
    def widen(tensors: dict[str, Any], _: dict[str, str]) -> None:
        tensors.update({name: values.astype(np.float64) for name, values in tensors.items()})

    model = load_model(rewritten(saved(tmp_path / "m"), widen))
    assert model.network.state_dict()["conv1.weight"].dtype == np.float32


@hypothesis_settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_any_damage_gives_a_model_or_a_model_file_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.safetensors"
    content = bytearray(saved(path).read_bytes())
    kind = data.draw(st.sampled_from(["flip", "cut", "splice"]))
    # most of the file is numbers; the header is where damage can mislead
    position = data.draw(st.integers(0, 900))
    if kind == "flip":
        content[position] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "cut":
        del content[position:]
    else:
        content[position:position] = data.draw(st.binary(min_size=1, max_size=20))
    path.write_bytes(content)
    try:
        model = load_model(path)
    except ModelFileError:
        return
    assert all(np.isfinite(values).all() for values in model.network.state_dict().values())
