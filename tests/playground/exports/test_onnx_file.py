"""An exported ONNX file gives, in another program, the numbers that the playground shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from core.training import logits_of
from playground.errors import ExportError
from playground.exports.onnx_file import INPUT, LOGITS, PROBABILITIES, export_onnx
from playground.settings import Settings
from tests.playground.exports.networks import ARCHITECTURES, any_settings, some_images, some_model


@pytest.mark.parametrize("settings", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_onnxruntime_computes_the_logits_and_probabilities_of_the_playground(
    tmp_path: Path, settings: Settings
) -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    model = some_model(settings)
    export_onnx(tmp_path / "m.onnx", model)
    session = runtime.InferenceSession(str(tmp_path / "m.onnx"), providers=["CPUExecutionProvider"])
    for count in (1, 5):
        x = some_images(settings, count)
        logits, probabilities = session.run([LOGITS, PROBABILITIES], {INPUT: x})
        np.testing.assert_allclose(logits, logits_of(model.network, x), rtol=0, atol=1e-5)
        np.testing.assert_allclose(probabilities, model.predict(x), rtol=0, atol=1e-5)


@hypothesis_settings(max_examples=60)
@given(settings=any_settings())
def test_any_network_that_the_controls_can_make_gives_the_same_numbers(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> None:
    pytest.importorskip("onnx")
    runtime = pytest.importorskip("onnxruntime")
    model, path = some_model(settings), tmp_path_factory.getbasetemp() / "any.onnx"
    export_onnx(path, model)
    x = some_images(settings, 3)
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    logits, probabilities = session.run([LOGITS, PROBABILITIES], {INPUT: x})
    np.testing.assert_allclose(logits, logits_of(model.network, x), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(probabilities, model.predict(x), rtol=0, atol=1e-5)


def test_the_file_knows_its_classes_and_how_a_picture_is_prepared(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")
    settings = ARCHITECTURES["colour"]
    export_onnx(tmp_path / "m.onnx", some_model(settings))
    told = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    assert json.loads(told["class_names"]) == ["cat", "cow"]
    assert told["step"] == "12"
    assert told["preparation"] == "picture"
    assert Settings.from_dict(json.loads(told["settings"])) == settings


def test_without_onnx_a_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ExportError, match=r"package onnx, which is not installed; run .* -m pip install onnx"):
        export_onnx(tmp_path / "m.onnx", some_model(Settings()))
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    with pytest.raises(ExportError, match=r"m\.onnx cannot be written .*Choose another place"):
        export_onnx(tmp_path / "nothing" / "m.onnx", some_model(Settings()))
