"""`classify` in a terminal: classes, probabilities, and what is said of files that are none."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from main import main
from playground.commands.standard_error import without_lines
from playground.datasets import read_digits
from playground.errors import ImageError
from tests.playground.commands.hands import Captured, digit_png, program


def test_classify_prints_the_class_and_all_probabilities(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    picture = digit_png(tmp_path / "a.png")
    assert main(["classify", "--model", str(model_path), str(picture)]) == 0
    line = capsys.readouterr().out.strip()
    assert line.startswith(f"{picture}: ")
    assert "(3 " in line
    assert "8 " in line


def test_a_bad_file_is_reported_and_the_others_are_still_classified(
    capsys: Captured, model_path: Path, tmp_path: Path
) -> None:
    good = [digit_png(tmp_path / f"{digit}.png", digit) for digit in (3, 8)]
    (tmp_path / "bad.png").write_text("no picture", encoding="utf-8")
    blank = QImage(50, 50, QImage.Format.Format_Grayscale8)
    blank.fill(255)
    blank.save(str(tmp_path / "blank.png"))
    files = [good[0], tmp_path / "bad.png", tmp_path / "blank.png", good[1]]
    assert main(["classify", "--json", "--model", str(model_path), *map(str, files)]) == 1
    captured = capsys.readouterr()
    results = json.loads(captured.out)
    assert [result["file"] for result in results] == [str(file) for file in files]
    assert ["error" in result for result in results] == [False, True, True, False]
    assert sum(results[0]["probabilities"].values()) == pytest.approx(1, abs=1e-5)
    assert f"error: {files[1]} is not a PNG" in captured.err
    assert f"error: {files[2]}: The picture has no ink" in captured.err


def test_a_damaged_picture_is_told_in_one_sentence_without_the_words_of_its_decoder(
    model_path: Path, tmp_path: Path
) -> None:
    whole = digit_png(tmp_path / "a.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(whole[:-40])
    QImage(str(tmp_path / "a.png")).save(str(tmp_path / "a.jpg"))
    (tmp_path / "cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:-40])
    damaged = [str(tmp_path / name) for name in ("cut.png", "cut.jpg")]
    # by Qt's own handler of messages, which the tests replace
    with program("classify", "--model", str(model_path), *damaged) as process:
        said = process.communicate(timeout=60)[1].splitlines()
    assert [line.split(" is damaged")[0] for line in said] == [f"error: {name}" for name in damaged]


def test_what_is_left_out_of_standard_error_are_the_lines_that_begin_so_and_no_others(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def decode() -> None:
        with without_lines("libpng "):
            for line in (b"libpng error: no\n", b"an error of libpng \n", b"no newline"):
                os.write(2, line)
            raise ImageError("broken")

    with pytest.raises(ImageError):
        decode()
    os.write(2, b"libpng later")
    assert capfd.readouterr().err == "an error of libpng \nno newlinelibpng later"


def test_a_name_that_no_file_can_have_is_an_error_in_words(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    wanted = tmp_path / ("n" * 300)
    assert main(["classify", "--model", str(model_path), str(wanted)]) == 1
    assert str(wanted) in capsys.readouterr().err


def test_a_model_that_cannot_be_loaded_is_an_error_in_words(capsys: Captured, tmp_path: Path) -> None:
    picture = digit_png(tmp_path / "a.png")
    assert main(["classify", "--model", str(picture), str(picture)]) == 1
    captured = capsys.readouterr()
    assert "not a safetensors file" in captured.err
    assert captured.out == ""


def test_classify_without_qts_libraries_says_what_to_install(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, model_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "ui.classify.image_files", None)  # the import fails, as with a library missing
    assert main(["classify", "--model", str(model_path), "any.png"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("error: pictures cannot be read")
    assert "apt-get install" in told


def test_nine_in_ten_scanned_test_images_are_classified_right(capsys: Captured, tmp_path: Path) -> None:
    # slow, 2 to 8 s: a ten-digit model is trained for it
    model = tmp_path / "ten.safetensors"
    words = "--filters 8 --kernel-size 5 --optimizer momentum --learning-rate 0.05 --epochs 1 --quiet"
    assert main(["train", "--classes", *"0123456789", *words.split(), "--save", str(model)]) == 0
    capsys.readouterr()
    files = [digit_png(tmp_path / f"{d}-{n}.png", d, n) for d in range(10) for n in range(20)]
    assert main(["classify", "--json", "--model", str(model), *map(str, files)]) == 0
    results = json.loads(capsys.readouterr().out)
    right = sum(result["class"] == Path(result["file"]).name[0] for result in results)
    assert right / len(files) >= 0.9


def test_classify_takes_each_picture_of_a_folder_and_leaves_out_what_is_none(
    capsys: Captured, model_path: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "my_other_pictures"
    folder.mkdir()
    for name in ("10.png", "9.png"):
        digit_png(folder / name, 3, 0)
    (folder / "notes.txt").write_text("not a picture", encoding="utf-8")
    assert main(["classify", "--json", "--model", str(model_path), str(folder)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [Path(result["file"]).name for result in found] == ["9.png", "10.png"]
    assert all("class" in result for result in found)


def test_classify_says_of_an_empty_folder_what_would_work(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["classify", "--model", str(model_path), str(tmp_path / "empty")]) == 1
    assert "empty holds no data set" in capsys.readouterr().err


def test_classify_says_which_classes_a_model_does_not_know(capsys: Captured, model_path: Path, tmp_path: Path) -> None:
    images = read_digits("test")[:, :4].reshape(-1, 28, 28)
    np.savez(tmp_path / "a.npz", images=images, labels=np.repeat(np.arange(10), 4))
    assert main(["classify", "--model", str(model_path), str(tmp_path / "a.npz")]) == 0
    printed = capsys.readouterr()
    assert "of 8 images are right" in printed.out
    assert "note: The model knows no 0, 1, 2, 4, 5, 6, 7, 9: left out." in printed.err
    np.savez(tmp_path / "b.npz", images=images, labels=np.repeat(["x", "y"], 20))
    assert main(["classify", "--model", str(model_path), str(tmp_path / "b.npz")]) == 1
    assert "has no images of 3, 8 that can be used; its classes are x, y" in capsys.readouterr().err
