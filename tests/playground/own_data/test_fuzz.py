"""Whatever stands in a file, only the documented error comes out of the loaders, soon and without taking memory."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.errors import DataError, SettingsError
from playground.model_file import save_model
from playground.own_data.storage import write_collection
from playground.prediction import make_network
from playground.settings import Settings
from tests.playground.own_data.files import some_set, write_folder, write_idx_set
from tests.playground.own_data.fuzz import open_completely
from tests.ui.classify.test_image_files import GIF, JPEG, WEBP, encoded, image_of, photo

REPOSITORY = Path(__file__).resolve().parents[3]
IDX_HEADER = bytes([0, 0, 8, 3])
LINE = re.compile(r"(\w+): (\d+) opened, (\d+) refused\n")


def write_seeds(folder: Path) -> None:
    """A good file or data set of every kind, each in a folder of its own."""
    for name in ("packed", "plain", "npz", "deflated", "kuzushiji", "csv", "folder"):
        (folder / name).mkdir(parents=True)
    write_idx_set(folder / "packed")
    write_idx_set(folder / "plain", packed=False)
    data = some_set()
    rows = {"x_train": data.images[:9, 0], "y_train": data.labels[:9], "x_test": data.images[9:, 0]}
    np.savez(folder / "npz" / "a.npz", **rows, y_test=data.labels[9:], class_names=np.array(["p", "q", "r"]))
    floats = data.images.astype(np.float32) / 255
    np.savez_compressed(folder / "deflated" / "a.npz", images=floats, labels=np.eye(3)[data.labels])
    for split, part in (("train", slice(0, 9)), ("test", slice(9, None))):
        np.savez(folder / "kuzushiji" / f"k-{split}-imgs.npz", data.images[part, 0])
        np.savez(folder / "kuzushiji" / f"k-{split}-labels.npz", data.labels[part].astype(np.uint8))
    lines = [",".join(map(str, [label, *image.ravel()])) for image, label in zip(data.images, data.labels, strict=True)]
    (folder / "csv" / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    write_folder(folder / "folder", data)
    (folder / "kept").mkdir()
    write_collection(folder / "kept" / "set-1.npz", data)
    settings = Settings("shapes", (0, 1, 2), 3, (2, 3))
    (folder / "model").mkdir()
    save_model(folder / "model" / "a.safetensors", settings, make_network(settings).state_dict())
    turned = [photo(data.images[0, 0], kind, 6) for kind in ("jpeg", "webp", "png", "tiff")]
    plain = [encoded(image_of(data.images[0, 0]), kind) for kind in ("bmp", "ppm", "xpm", "ico")]
    for number, content in enumerate((JPEG, WEBP, GIF, *turned, *plain)):
        (folder / "folder" / "a" / f"other{number}").write_bytes(content)


def test_mutated_files_give_images_or_one_sentence_within_bounds(tmp_path: Path) -> None:
    # in a process of its own: a crash in an image library must not take the tests along
    write_seeds(tmp_path / "seeds")
    ended = subprocess.run(
        [sys.executable, "-m", "tests.playground.own_data.fuzz", str(tmp_path / "seeds"), "1", "1500"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    counts = {kind: (int(opened), int(refused)) for kind, opened, refused in LINE.findall(ended.stdout)}
    assert counts.keys() == {path.name for path in (tmp_path / "seeds").iterdir()}
    # mutations that are all refused at once, or that change nothing, would test little
    assert min(opened for opened, _ in counts.values()) > 3, counts
    # of a folder what cannot be used is left out
    assert min(refused for kind, (_, refused) in counts.items() if kind != "folder") > 20, counts


@pytest.mark.parametrize("name", ["a-images-idx3-ubyte", "a.npz", "a.csv", "a.gz", "a"])
@settings(max_examples=150)
@given(content=st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda rest: IDX_HEADER + rest)))
def test_any_bytes_at_all_are_refused_in_words(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        with pytest.raises((DataError, SettingsError)):
            open_completely(path)


@settings(max_examples=150)
@given(
    cells=st.lists(
        st.lists(
            st.sampled_from(["0", "7", "255", "256", "-1", "1.0", "nan", "", '"3"', "é", "1e400"]),
            min_size=10,
            max_size=10,
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_table_gives_images_or_one_sentence(cells: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("\n".join(",".join(row) for row in cells), encoding="utf-8")
        with contextlib.suppress(DataError, SettingsError):
            open_completely(path)
