"""Help ▸ Guide and Help ▸ Glossary."""

from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument

from ui.action_table import ACTIONS_BY_ID
from ui.reader import DOCS, PageReader


@pytest.fixture
def open_page(qtbot):
    def make(page: str, folder: Path = DOCS) -> PageReader:
        reader = PageReader(page, folder)
        qtbot.addWidget(reader)
        with qtbot.waitExposed(reader):
            reader.show()
        return reader

    return make


def test_the_guide_is_shown_with_pictures_no_wider_than_the_page(open_page):
    reader = open_page("guide")
    assert "Where a number comes from" in reader.text.toPlainText()
    for width in (820, 500):
        reader.resize(width, 600)
        image = reader.text.loadResource(QTextDocument.ResourceType.ImageResource.value, "pictures/explain.png")
        assert 0 < image.width() <= reader.text.viewport().width()


@pytest.mark.parametrize(
    "term",
    [
        "Gradient",
        "Chain rule",
        "Feature map",
        "Kernel",
        "Convolution",
        "ReLU",
        "Max pooling",
        "Logits",
        "Sigmoid",
        "Softmax",
        "Cross-entropy",
        "η",
        "Batch",
        "Epoch",
        "Step",
        "Momentum",
        "Adam",
        "Cross-correlation",
        "Full convolution",
        "Dead filter",
        "Kink",
        "⊙",
        "Gradient norm",
        "Difference quotient",
        "Mismatch",
        "He start",
        "Frozen",
        "B − A",
        "Smooth scale",
    ],
)
def test_the_glossary_has_the_words_of_the_field(open_page, term):
    reader = open_page("glossary")
    assert term in reader.text.toPlainText()


def test_a_missing_page_says_what_is_missing_and_what_to_do(open_page, tmp_path):
    reader = open_page("guide", tmp_path)
    text = reader.text.toPlainText()
    assert str(tmp_path / "guide.md") in text
    assert "copy that folder there again" in text


def test_both_pages_are_in_the_help_menu():
    assert [ACTIONS_BY_ID[page].menu for page in ("guide", "glossary")] == ["&Help", "&Help"]
