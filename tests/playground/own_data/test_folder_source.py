"""Folders of pictures: a class a folder, whatever the pictures are, and what cannot be used is left out and told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from playground.errors import DataError
from playground.own_data.image_set import ImageSet
from playground.own_data.importing import Loaded, load, preview, suggested_options
from playground.own_data.opening import open_source
from playground.own_data.png import png_bytes
from tests.playground.own_data.files import pictures, read, some_set, write_folder
from tests.ui.classify.test_image_files import GIF, encoded, image_of, photo, png_header
from ui.classify.image_files import read_picture_file

# Qt reports what is wrong with a damaged picture; here that is what is tested
pytestmark = pytest.mark.qt_log_ignore("QImageIOHandler|JPEG|qt.gui.imageio")


def as_sets(data: ImageSet) -> dict[str, set[bytes]]:
    return {
        name: {data.images[row].tobytes() for row in np.flatnonzero(data.labels == label)}
        for label, name in enumerate(data.class_names)
    }


def test_each_folder_is_a_class_and_its_pictures_are_taken_as_they_are(tmp_path: Path) -> None:
    data = some_set()
    write_folder(tmp_path, data)
    found = read(tmp_path).image_set
    assert as_sets(found) == as_sets(data)


def test_train_and_test_folders_bring_the_split(tmp_path: Path) -> None:
    data = some_set()
    write_folder(tmp_path / "train", data)
    write_folder(tmp_path / "Test", some_set(3))
    found = read(tmp_path).image_set
    assert found.class_names == data.class_names
    assert (int((~found.in_test).sum()), int(found.in_test.sum())) == (16, 4)


def test_a_class_that_is_called_test_is_one_among_others(tmp_path: Path) -> None:
    write_folder(tmp_path, ImageSet("x", ("test", "other"), pictures(4), np.arange(4) % 2, np.zeros(4, bool)))
    assert read(tmp_path).image_set.class_names == ("other", "test")


def test_names_in_any_script_are_sorted_as_people_do(tmp_path: Path) -> None:
    names = ("10", "2", "Ärger", "кот", "猫", "बिल्ली", "🐱 cat")
    write_folder(tmp_path, ImageSet("x", names, pictures(14), np.arange(14) % 7, np.zeros(14, bool)))
    found = read(tmp_path).image_set.class_names
    assert found[:2] == ("2", "10")
    assert set(found) == set(names)


def test_a_name_that_is_no_text_still_has_a_class(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set(classes=2))
    (tmp_path / "a").rename(tmp_path / os.fsdecode(b"\xff\xfe"))
    assert read(tmp_path).image_set.class_names == ("b", "??")


def test_ragged_sizes_become_one_size_and_keep_their_aspect(tmp_path: Path) -> None:
    for name, shape in (("wide", (10, 40)), ("tall", (40, 10)), ("tiny", (1, 1))):
        (tmp_path / name).mkdir()
        for number in range(2):
            picture = np.full((1, *shape), 0, np.uint8)
            picture[0, shape[0] // 4 : -shape[0] // 4 or None, shape[1] // 4 : -shape[1] // 4 or None] = 200
            (tmp_path / name / f"{number}.png").write_bytes(png_bytes(picture))
    source = open_source(tmp_path, read_picture_file)
    shown = preview(source, suggested_options(source))
    assert (shown.smallest, shown.looked_at) == ((1, 1), 6)
    found = load(source, suggested_options(source)).image_set
    assert found.images.shape == (6, 1, 28, 28)
    for name, axis in (("wide", 0), ("tall", 1)):
        image = found.images[found.class_names.index(name) * 2, 0] > 100
        # the inked half of 40 is 14 of 28, and that of 10 is 4 of 28, more or less a pixel
        assert image.any(axis=1 - axis).sum() in (3, 4, 5)
        assert image.any(axis=axis).sum() == 14


def test_every_format_that_qt_writes_is_read(tmp_path: Path) -> None:
    grey = pictures(1, size=16)[0, 0]
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for kind in ("png", "bmp", "ppm", "pgm", "tiff", "ico", "xpm"):
            (tmp_path / name / f"a.{kind}").write_bytes(encoded(image_of(grey), kind))
    loaded = read(tmp_path)
    assert loaded.notes == ()
    assert len(loaded.image_set) == 14
    assert all(np.array_equal(image[0], grey) for image in loaded.image_set.images)


def two_classes(folder: Path, content: bytes, name: str = "a.png") -> Loaded:
    """A class of good grey pictures, and one with another picture too."""
    write_folder(folder, some_set(classes=2, size=16))
    (folder / "a" / name).write_bytes(content)
    return read(folder, image_size=16)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a letter", "is not a PNG"),
        (png_bytes(pictures(1)[0])[:-60], "damaged or incomplete"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "is not a PNG"),
    ],
)
def test_a_bad_picture_is_left_out_and_the_others_are_used(tmp_path: Path, content: bytes, message: str) -> None:
    loaded = two_classes(tmp_path, content)
    assert len(loaded.image_set) == 16
    [note] = loaded.notes
    assert note.startswith("1 file is left out: ")
    assert message in note


def test_a_picture_of_50_000_squared_is_left_out_unread(tmp_path: Path) -> None:
    loaded = two_classes(tmp_path, png_header(50_000, 50_000))
    assert any("50000×50000 pixels, too many" in note for note in loaded.notes)


def test_of_an_animation_the_first_picture_counts(tmp_path: Path) -> None:
    assert len(two_classes(tmp_path, GIF, "a.gif").image_set) == 17


def test_deep_transparent_and_turned_pictures_are_seen_as_a_person_sees_them(tmp_path: Path) -> None:
    for name in ("deep", "clear", "turned"):
        (tmp_path / name).mkdir()
    deep = QImage(16, 16, QImage.Format.Format_Grayscale16)
    deep.fill(QColor.fromRgba64(40_000, 40_000, 40_000))
    clear = QImage(16, 16, QImage.Format.Format_ARGB32)
    clear.fill(QColor(0, 0, 0, 0))
    ramp = np.repeat(np.linspace(0, 240, 16, dtype=np.uint8)[:, None], 16, axis=1)
    (tmp_path / "deep" / "a.png").write_bytes(encoded(deep, "png"))
    (tmp_path / "clear" / "a.png").write_bytes(encoded(clear, "png"))
    (tmp_path / "turned" / "a.jpg").write_bytes(photo(ramp, "jpeg", 6))
    found = read(tmp_path, image_size=16, invert=False).image_set
    by_name = {
        found.class_names[label]: image[0].astype(int) for image, label in zip(found.images, found.labels, strict=True)
    }
    assert abs(by_name["deep"] - 40_000 / 257).max() <= 2
    assert (by_name["clear"] == 255).all()
    assert np.abs(by_name["turned"] - np.rot90(ramp, -1)).max() < 12


def test_an_empty_class_and_a_class_of_bad_pictures_are_not_there(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set(classes=2))
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "a.png").write_bytes(b"no picture")
    loaded = read(tmp_path)
    assert loaded.image_set.class_names == ("a", "b")
    assert any("empty holds no pictures" in note for note in loaded.notes)
    assert any("bad has no images that can be used" in note for note in loaded.notes)


def test_what_is_left_must_be_two_classes(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set(classes=2))
    for path in (tmp_path / "a").iterdir():
        path.write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"Fewer than two classes have images that can be used\. 8 files are left out"):
        read(tmp_path)
    shutil.rmtree(tmp_path / "a")
    with pytest.raises(DataError, match="one class only, b"):
        read(tmp_path)


def test_pictures_without_folders_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_bytes(pictures(1)[0]))
    with pytest.raises(DataError, match="holds no data set; there must be a folder with one sub-folder a class"):
        read(tmp_path)


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set(classes=2))
    (tmp_path / "a" / "up").symlink_to(tmp_path / "a")
    (tmp_path / "b" / "top").symlink_to(tmp_path)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    loaded = read(tmp_path)
    assert len(loaded.image_set) == 16
    assert any("is read elsewhere" in note for note in loaded.notes)


def test_a_folder_that_may_not_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path, some_set(classes=3))
    look = Path.iterdir

    def forbidden(folder: Path) -> Iterator[Path]:
        # the superuser, who may run the tests, may read everything
        if folder.name == "c":
            raise PermissionError(13, "Permission denied", str(folder))
        return look(folder)

    monkeypatch.setattr(Path, "iterdir", forbidden)
    loaded = read(tmp_path)
    assert loaded.image_set.class_names == ("a", "b")
    assert loaded.notes == (f"{tmp_path / 'c'} may not be read; check its permissions.",)


def test_a_picture_that_may_not_be_read_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path, some_set(classes=2))
    victim = next((tmp_path / "a").iterdir())
    open_file = Path.open

    def forbidden(path: Path, mode: str) -> object:
        if path == victim:
            raise PermissionError(13, "Permission denied", str(path))
        return open_file(path, mode)

    monkeypatch.setattr(Path, "open", forbidden)
    loaded = read(tmp_path)
    assert len(loaded.image_set) == 15
    [note] = loaded.notes
    assert note.endswith(f"{victim} cannot be read (Permission denied); check the name and the permissions.")


def test_a_picture_that_vanishes_while_it_loads_is_left_out(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set())
    source = open_source(tmp_path, read_picture_file)
    options = suggested_options(source)
    next((tmp_path / "a").iterdir()).unlink()
    loaded = load(source, options)
    assert len(loaded.image_set) == 15
    assert any("does not exist" in note for note in loaded.notes)


def test_a_pipe_among_the_pictures_is_not_waited_for(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set())
    os.mkfifo(tmp_path / "a" / "pipe")
    assert any("not a regular file" in note for note in read(tmp_path).notes)


def test_coloured_pictures_suggest_rgb_and_grey_can_be_had(tmp_path: Path) -> None:
    write_folder(tmp_path, some_set(channels=3))
    assert read(tmp_path).image_set.channels == 3
    assert read(tmp_path, channels=1).image_set.channels == 1


def test_ink_on_paper_is_suggested_to_be_inverted(tmp_path: Path) -> None:
    data = some_set()
    paper = ImageSet("x", data.class_names, 255 - data.images, data.labels, data.in_test)
    write_folder(tmp_path, paper)
    loaded = read(tmp_path)
    assert loaded.image_set.inverted
    assert as_sets(loaded.image_set) == as_sets(data)
    assert as_sets(read(tmp_path, invert=False).image_set) == as_sets(paper)


def test_a_link_up_to_the_data_brings_no_class_into_another(tmp_path: Path) -> None:
    data = some_set()
    write_folder(tmp_path / "pets", data)
    (tmp_path / "pets" / "a" / "up").symlink_to(tmp_path / "pets")
    (tmp_path / "pets" / "a" / "beside").symlink_to(tmp_path / "pets" / "c")
    loaded = read(tmp_path / "pets")
    assert loaded.image_set.class_names == ("a", "b", "c")
    np.testing.assert_array_equal(np.bincount(loaded.image_set.labels), np.bincount(data.labels))
    assert sum("read elsewhere" in note for note in loaded.notes) == 2
