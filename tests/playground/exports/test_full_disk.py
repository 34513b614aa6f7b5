"""A disk that is full is said in one sentence, and nothing is left behind."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from playground.datasets import load_dataset
from playground.errors import PlaygroundError
from playground.experiments.recording import Recorder
from playground.experiments.table import write_csv
from playground.exports.film import Film
from playground.exports.film_gif import FilmColors, export_film
from playground.exports.history_csv import export_history
from playground.exports.onnx_file import export_onnx
from playground.exports.pytorch_folder import export_pytorch
from playground.history import History
from playground.settings import Settings
from tests.playground.exports.networks import some_model

SETTINGS = Settings("shapes", (0, 1), 5, (2,))


def _onnx(path: Path) -> None:
    pytest.importorskip("onnx")
    export_onnx(path, some_model(SETTINGS))


def _pytorch(path: Path) -> None:
    export_pytorch(path, some_model(SETTINGS), load_dataset(SETTINGS))


def _history(path: Path) -> None:
    export_history(path, History(("dw1", "dw2")), SETTINGS)


def _film(path: Path) -> None:
    greys = np.arange(255, dtype=np.uint8)[:, np.newaxis].repeat(3, axis=1)
    film = Film((0,), (np.ones((1, 1, 3, 3), np.float32),), 1, "every step")
    export_film(path, film, FilmColors(greys, "#102030", "#ffffff", "#808080"))


def _table(path: Path) -> None:
    write_csv(path, [Recorder(SETTINGS).recording()])


EXPORTS = {"onnx": _onnx, "pytorch": _pytorch, "history": _history, "film": _film, "table": _table}


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_a_full_disk_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: Callable[[Path], None]
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PlaygroundError) as caught:
        export(tmp_path / "mine")
    sentence = str(caught.value)
    assert str(tmp_path / "mine") in sentence
    assert "No space left on device" in sentence
    assert ".tmp" not in sentence
    assert "\n" not in sentence
    assert [*tmp_path.iterdir()] == []
