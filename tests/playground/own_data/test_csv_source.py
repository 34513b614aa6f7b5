"""CSV tables as Kaggle's MNIST, with the label where it is, and bad lines left out but told."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from playground.errors import DataError
from playground.own_data.importing import load, suggested_options
from playground.own_data.opening import open_source
from tests.playground.own_data.files import pictures, read

GREY = pictures(12)[:, 0]
LABELS = np.arange(12) % 3


def lines(label_first: bool = True, separator: str = ",") -> list[str]:
    rows = []
    for image, label in zip(GREY, LABELS, strict=True):
        pixels = [str(value) for value in image.ravel()]
        rows.append(separator.join([str(label), *pixels] if label_first else [*pixels, str(label)]))
    return rows


def write(folder: Path, rows: list[str]) -> Path:
    path = folder / "a.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


HEADER = ",".join(["label", *(f"pixel{number}" for number in range(100))])


@pytest.mark.parametrize("rows", [lines(), [HEADER, *lines()], lines(separator=";"), lines(separator="\t")])
def test_the_label_comes_first_with_or_without_names(tmp_path: Path, rows: list[str]) -> None:
    loaded = read(write(tmp_path, rows))
    np.testing.assert_array_equal(loaded.image_set.images[:, 0], GREY)
    np.testing.assert_array_equal(loaded.image_set.labels, LABELS)
    assert "The first column of a.csv is taken as the label." in loaded.notes


@pytest.mark.parametrize("header", [[], [",".join([*(f"p{number}" for number in range(100)), "class"])]])
def test_the_label_may_come_last(tmp_path: Path, header: list[str]) -> None:
    loaded = read(write(tmp_path, header + lines(label_first=False)))
    np.testing.assert_array_equal(loaded.image_set.images[:, 0], GREY)
    assert "The last column of a.csv is taken as the label." in loaded.notes


def test_quotes_spaces_and_windows_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [", ".join(f'"{field}"' for field in row.split(",")) for row in lines()]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(rows).encode())
    np.testing.assert_array_equal(read(path).image_set.images[:, 0], GREY)


def test_words_can_be_labels(tmp_path: Path) -> None:
    rows = [row.replace(row[0], "চার" if row[0] == "0" else f"n{row[0]}", 1) for row in lines()]
    assert read(write(tmp_path, rows)).image_set.class_names == ("n1", "n2", "চার")


def test_three_values_a_pixel_are_colours(tmp_path: Path) -> None:
    colours = pictures(12, channels=3)
    rows = [
        f"{label}," + ",".join(map(str, np.moveaxis(image, 0, 2).ravel()))
        for image, label in zip(colours, LABELS, strict=True)
    ]
    np.testing.assert_array_equal(read(write(tmp_path, rows)).image_set.images, colours)


def test_bad_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    rows = lines()
    rows[3] = rows[3].replace(",", ",x", 1)
    rows[5] = rows[5].rsplit(",", 1)[0] + ",256"
    rows[7] = "1,2,3"
    loaded = read(write(tmp_path, rows))
    assert len(loaded.image_set) == 9
    np.testing.assert_array_equal(loaded.image_set.images[:, 0], GREY[[0, 1, 2, 4, 6, 8, 9, 10, 11]])
    assert "Line 8 is left out: not 101 values." in loaded.notes
    assert "2 lines are left out, the first is line 4: a pixel is not 0 to 255." in loaded.notes


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1,2,3", "0,1,2"], "has 3 columns; a label and the pixels of a square image are needed, 785"),
        ([""], "is empty"),
        ([HEADER], "holds no rows"),
        ([row.replace(row[0], "4", 1) for row in lines()], "one class only, 4"),
        ([f"{number}{row[1:]}" for number in range(1000, 1120) for row in lines()[:1]], "120 different labels"),
        (["x" * (2**20 + 9)], "a line of more than"),
        ([row.encode("utf-16").decode("latin-1") for row in lines()], "is not text in UTF-8"),
        ([",".join(["1"] + 16 * ["300"])] * 5 + [",".join(["0"] + 16 * ["7"])], "Fewer than two classes"),
        ([",".join(["1"] + 16 * ["300"])] * 5 + [",".join(["0"] + 16 * ["7"])], "first is line 1: a pixel is not 0 to"),
    ],
)
def test_what_is_no_such_table_is_refused(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(write(tmp_path, rows))
    assert message in str(caught.value)


def test_a_table_that_changes_while_it_loads_is_noticed(tmp_path: Path) -> None:
    path = write(tmp_path, lines())
    source = open_source(path, lambda _: pytest.fail("no picture"))
    options = suggested_options(source)
    write(tmp_path, ["1,2", *lines()])
    with pytest.raises(DataError, match="was changed while it was read"):
        load(source, options)


def test_ten_thousand_rows_take_less_than_a_second(tmp_path: Path) -> None:
    row = ",".join(["7", *["128"] * 783, "0"])
    other = ",".join(["5", *["0"] * 784])
    path = write(tmp_path, [row, other] * 5000)
    begin = time.process_time()
    found = read(path).image_set
    assert time.process_time() - begin < 1.5
    assert found.counts("train") == (4000, 4000)
