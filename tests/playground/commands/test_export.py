"""`main.py export`: what it writes, and what it says when it cannot."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from main import main
from playground.model_file import load_model, save_model
from playground.own_data.description import OwnData
from playground.prediction import make_network
from playground.settings import Settings

Captured = pytest.CaptureFixture[str]


def saved(path: Path, settings: Settings) -> Path:
    save_model(path, settings, make_network(settings).state_dict(), step=3)
    return path


def test_export_writes_onnx_and_the_folder_for_pytorch(tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("onnx")
    model = saved(tmp_path / "m.safetensors", Settings("shapes", (0, 1), filters=(2,)))
    places = tmp_path / "m.onnx", tmp_path / "run"
    assert main(["export", "--model", str(model), "--onnx", str(places[0]), "--pytorch", str(places[1])]) == 0
    assert capsys.readouterr().out == "".join(f"wrote {place}\n" for place in places)
    assert places[0].stat().st_size > 0
    assert load_model(places[1] / "weights.safetensors").step == 3


def test_export_of_nothing_is_bad_usage(tmp_path: Path, capsys: Captured) -> None:
    model = saved(tmp_path / "m.safetensors", Settings())
    assert main(["export", "--model", str(model)]) == 2
    assert "name --onnx FILE, --pytorch FOLDER or both" in capsys.readouterr().err


def test_without_onnx_the_command_says_what_to_install(
    tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    model = saved(tmp_path / "m.safetensors", Settings())
    assert main(["export", "--model", str(model), "--onnx", str(tmp_path / "m.onnx")]) == 1
    assert "-m pip install onnx" in capsys.readouterr().err


def test_images_of_own_data_are_exported_from_the_window(tmp_path: Path, capsys: Captured) -> None:
    own = OwnData("pets", ("cat", "dog"), image_size=12)
    model = saved(tmp_path / "m.safetensors", Settings("own", (0, 1), 3, (2,), own=own))
    assert main(["export", "--model", str(model), "--pytorch", str(tmp_path / "run")]) == 1
    assert "was trained on pets, whose images are not in it" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()
