"""The derivation as a PDF: pages, and text that can be searched."""

from __future__ import annotations

import re

import numpy as np
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from playground.take_home.document import Document, Heading, Numbers, Paragraph, derivation
from tests.playground.take_home.moments import moment_of
from ui.take_home.pdf import page_image, pdf_bytes


def characters(content: bytes) -> str:
    """Every character that the fonts of a PDF can give back, by the tables that map glyphs to them."""
    tables = re.findall(rb"begincmap(.*?)endcmap", content, re.DOTALL)
    codes = {int(code, 16) for table in tables for code in re.findall(rb"<([0-9A-Fa-f]{4})>", table)}
    return "".join(map(chr, sorted(codes)))


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", content))


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


def test_a_page_is_dark_on_white_within_its_margins(qtbot: QtBot) -> None:
    image = page_image(derivation(moment_of("blackboard 3x3"), "w1"), 0, 60).convertToFormat(
        QImage.Format.Format_Grayscale8
    )
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    rows, columns = np.nonzero(pixels[:, : image.width()] < 128)
    margin = round(18 / 25.4 * 60)
    assert len(rows) > 1000
    assert margin - 2 <= rows.min()
    assert rows.max() < image.height() - margin
    assert margin - 2 <= columns.min()
    assert columns.max() < image.width() - margin
