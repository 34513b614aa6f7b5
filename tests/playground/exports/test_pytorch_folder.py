"""The exported folder is whole, and its script goes on training in PyTorch."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import settings as hypothesis_settings

from core.training import logits_of
from playground.counting import grouped
from playground.datasets import Dataset, load_dataset
from playground.errors import ExportError
from playground.exports import pytorch_folder
from playground.exports.pytorch_folder import export_pytorch
from playground.images import Images
from playground.model_file import load_model
from playground.settings import Settings
from tests.playground.exports.networks import ARCHITECTURES, any_settings, some_images, some_model


def some_data(settings: Settings, train: int = 40, test: int = 12) -> Dataset:
    """Noise with labels, of the shape that the network takes."""
    names = tuple(str(label) for label in settings.classes)
    y = [np.arange(count) % len(names) for count in (train, test)]
    return Dataset(
        "noise", names, Images(some_images(settings, train)), y[0], Images(some_images(settings, test)), y[1], False
    )


def test_a_folder_appears_with_script_weights_and_data(tmp_path: Path) -> None:
    settings = Settings(filters=(3,))
    model = some_model(settings)
    export_pytorch(tmp_path / "run", model, load_dataset(settings))
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "train.py",
        "weights.safetensors",
        "data.safetensors",
    }
    opened = load_model(tmp_path / "run" / "weights.safetensors")
    assert (opened.settings, opened.step) == (settings, 12)
    data = safetensors.numpy.load_file(tmp_path / "run" / "data.safetensors")
    assert data["x_train"].dtype == np.uint8
    assert len(data["x_train"]) == len(data["y_train"]) == len(load_dataset(settings).x_train)


@pytest.mark.parametrize("settings", ARCHITECTURES.values(), ids=ARCHITECTURES)
def test_the_script_is_python_whatever_the_network(tmp_path: Path, settings: Settings) -> None:
    export_pytorch(tmp_path / "run", some_model(settings), some_data(settings))
    compile((tmp_path / "run" / "train.py").read_text(encoding="utf-8"), "train.py", "exec")


def test_the_script_checks_the_sample_trains_on_and_saves_what_the_playground_opens(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    settings = Settings("shapes", (0, 1, 2), 5, (4, 4), optimizer="adam", learning_rate=0.005)
    model = some_model(settings)
    export_pytorch(tmp_path / "run", model, load_dataset(settings))
    said = subprocess.run(
        [sys.executable, "train.py"],
        cwd=tmp_path / "run",
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[0].startswith("logits of the sample: largest difference")
    assert float(said[0].split()[-1]) < 1e-5
    before, after = (float(line.removesuffix(" %").split()[-1]) for line in (said[1], said[2]))
    assert after > before + 20
    continued = load_model(tmp_path / "run" / "continued.safetensors")
    assert continued.settings == settings
    assert continued.step == 12 + math.ceil(len(load_dataset(settings).x_train) / settings.batch_size)


@hypothesis_settings(max_examples=40)
@given(settings=any_settings())
def test_pytorch_computes_the_same_logits_from_the_script_of_any_network_that_the_controls_can_make(
    settings: Settings,
) -> None:
    torch = pytest.importorskip("torch")
    model = some_model(settings)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        export_pytorch(folder, model, some_data(settings))
        spaces: dict[str, object] = {"__name__": "exported", "__file__": str(folder / "train.py")}
        exec((folder / "train.py").read_text(encoding="utf-8"), spaces)
        network = spaces["Network"]()  # type: ignore[operator]
        network.load_state_dict(spaces["load_file"](folder / "weights.safetensors"))  # type: ignore[operator]
    x = some_images(settings, 7)
    with torch.no_grad():
        logits = network(torch.tensor(x))
        found = spaces["predicted"](logits).numpy()  # type: ignore[operator]
    expected = logits_of(model.network, x)
    np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-5, atol=1e-5)
    by_logits = logits[:, 0].numpy() > 0 if settings.outputs == 1 else logits.numpy().argmax(axis=1)
    np.testing.assert_array_equal(found, by_logits)


def test_of_a_large_data_set_a_part_is_written_and_the_script_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(filters=(3,))
    monkeypatch.setattr(pytorch_folder, "LARGEST_SPLIT", 28 * 28 * 100)
    export_pytorch(tmp_path / "run", some_model(settings), load_dataset(settings))
    assert len(safetensors.numpy.load_file(tmp_path / "run" / "data.safetensors")["x_train"]) == 100
    total = len(load_dataset(settings).x_train)
    text = (tmp_path / "run" / "train.py").read_text(encoding="utf-8")
    assert f"data.safetensors holds 100 of {grouped(total)} training images, drawn by seed 3." in text


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    settings = Settings(filters=(3,))
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match="is not empty; choose a new or an empty folder"):
        export_pytorch(tmp_path, some_model(settings), some_data(settings))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_frozen_blocks_stay_frozen_in_pytorch(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    settings = Settings("shapes", (0, 1, 2), 5, (4, 4), frozen=1)
    model = some_model(settings)
    export_pytorch(tmp_path / "run", model, some_data(settings))
    subprocess.run(
        [sys.executable, "train.py"],
        cwd=tmp_path / "run",
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
    )
    before = model.network.state_dict()
    after = load_model(tmp_path / "run" / "continued.safetensors").network.state_dict()
    assert [name for name in before if np.array_equal(before[name], after[name])] == ["conv1.weight", "conv1.bias"]
