"""Looking at a data set ends when it is given up, whatever kind it is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from playground.errors import Cancelled
from playground.own_data.opening import open_source
from tests.playground.own_data.files import some_set, write_folder
from ui.classify.image_files import read_picture_file


def give_up() -> None:
    raise Cancelled("Given up.")


def a_folder(place: Path) -> Path:
    write_folder(place / "folder", some_set())
    return place / "folder"


def a_table(place: Path) -> Path:
    data = some_set()
    lines = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(data.images, data.labels, strict=True)]
    (place / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    return place / "a.csv"


def an_npz_of_floats(place: Path) -> Path:
    data = some_set()
    np.savez(place / "a.npz", images=data.images / 255, labels=data.labels)
    return place / "a.npz"


@pytest.mark.parametrize("write", [a_folder, a_table, an_npz_of_floats])
def test_looking_can_be_given_up(tmp_path: Path, write: object) -> None:
    assert callable(write)
    path = write(tmp_path)
    with pytest.raises(Cancelled):
        open_source(path, read_picture_file, give_up)
    assert open_source(path, read_picture_file).found.class_names
