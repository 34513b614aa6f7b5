"""The derivation as a PDF: pages, and text that can be searched."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.notation.color_maps import signed_map, unsigned_map
from playground.take_home.document import Document, Heading, Numbers, Paragraph, Picture, derivation
from tests.playground.take_home.moments import moment_of
from ui.take_home.pdf import page_image, pdf_bytes


def characters(content: bytes) -> str:
    """Every character that the fonts of a PDF can give back, by the tables that map glyphs to them."""
    tables = re.findall(rb"begincmap(.*?)endcmap", content, re.DOTALL)
    codes = {int(code, 16) for table in tables for code in re.findall(rb"<([0-9A-Fa-f]{4})>", table)}
    return "".join(map(chr, sorted(codes)))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", content))


def dark(image: QImage) -> NDArray[np.bool_]:
    """Where a page is printed on: (rows, columns)."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    return pixels[:, : grey.width()] < 128


def test_a_derivation_has_pages_and_its_signs_can_be_searched(qtbot: QtBot) -> None:
    content = pdf_bytes(derivation(moment_of("blackboard 3x3"), "w1"))
    assert content.startswith(b"%PDF-")
    assert 4 <= pages(content) <= 8
    assert set("∂L/∂w₁0123456789−·=") <= set(characters(content))


def test_more_content_takes_more_pages(qtbot: QtBot) -> None:
    def document(lines: int) -> Document:
        grid = Numbers("z₁", (("1", "2"), ("3", "4")))
        return Document(
            "Title", (("Step", "3"),), (), (Heading("First"), grid, *(Paragraph("words") for _ in range(lines)))
        )

    assert pages(pdf_bytes(document(5))) == 1
    assert pages(pdf_bytes(document(150))) > 2


def test_a_table_is_not_torn_apart_by_the_end_of_a_page(qtbot: QtBot) -> None:
    grid = Numbers(".", tuple(("−1.2345",) * 8 for _ in range(8)))
    first_pages = []
    for lines in range(30, 56, 2):
        document = Document(".", (), (), (*(Paragraph(".") for _ in range(lines)), grid))
        # what is not at the left margin is the table's
        first, second = (dark(page_image(document, page, 60))[:, 100:].any() for page in (0, 1))
        assert first != second, lines
        first_pages.append(first)
    assert {True, False} == set(first_pages)


def test_the_columns_of_a_table_are_as_wide_as_each_other(qtbot: QtBot) -> None:
    grid = Numbers(".", (("0", "−1.2345", "0", "0"), ("0", "0", "0", "0")))
    ink = dark(page_image(Document(".", (), (), (grid,)), 0, 120))
    last = np.flatnonzero(ink.any(axis=1))[-8:]  # the zeros of the lower row
    columns = np.flatnonzero(ink[last].any(axis=0))
    begins = columns[np.flatnonzero(np.diff(columns, prepend=-10) > 4)]
    assert len(begins) == 4
    assert np.ptp(np.diff(begins)) <= 1


def test_a_page_is_dark_on_white_within_its_margins(qtbot: QtBot) -> None:
    image = page_image(derivation(moment_of("blackboard 3x3"), "w1"), 0, 60)
    rows, columns = np.nonzero(dark(image))
    margin = round(18 / 25.4 * 60)
    assert len(rows) > 1000
    assert margin - 2 <= rows.min()
    assert rows.max() < image.height() - margin
    assert margin - 2 <= columns.min()
    assert columns.max() < image.width() - margin


def test_the_pictures_of_a_filter_are_on_the_pages_in_the_colours_of_the_window(qtbot: QtBot) -> None:
    document = derivation(moment_of("ten classes"), "w1")
    assert sum(isinstance(block, Picture) and block.scale is not None for block in document.blocks) >= 8
    colors = []
    for number in range(5):
        page = page_image(document, number, 80).convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(page.constBits(), np.uint8).reshape(page.height(), page.bytesPerLine())
        colors.append(np.unique(rows[:, : 3 * page.width()].reshape(-1, 3), axis=0).astype(int))
    found = np.concatenate(colors)
    for end in (*signed_map()[[0, -1]], *unsigned_map()[[0, -1]]):
        # a bar is less than a pixel wide for each of its steps at this resolution
        assert np.abs(found - end.astype(int)).max(axis=1).min() <= 8, end
