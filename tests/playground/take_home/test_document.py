"""Derivations as documents: the engine's numbers in Markdown and HTML, and what they are about."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from playground.flaw import Flaw
from playground.notation.color_maps import signed_map, unsigned_map
from playground.notation.names import display_name
from playground.notation.numbers import term_number
from playground.plain_step import after_plain_step
from playground.take_home.document import Document, Equation, Numbers, Picture, derivation, share_of_zeros
from playground.take_home.html import html_text
from playground.take_home.markdown import markdown_text
from tests.playground.take_home.moments import moment_of
from tests.ui.flow.snapshots import SETTINGS

VOID = {"meta", "img", "br"}


class Reader(HTMLParser):
    """Holds that every element is closed in order, and collects what may lead outside."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.kinds: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "srcset", "action", "data")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    assert reader.open == []
    return reader


def grids(document: Document) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {block.caption: block.rows for block in document.blocks if isinstance(block, Numbers)}


@pytest.mark.parametrize("name", [name for name in SETTINGS if not name.endswith("5x5")])
def test_every_derivation_of_every_network_is_written(name: str) -> None:
    moment = moment_of(name)
    for parameter in (moment.trace.parameter_names[0], moment.trace.parameter_names[-1]):
        document = derivation(moment, parameter)
        markdown, html = markdown_text(document), html_text(document)
        assert markdown.count("$$") % 2 == 0
        assert {"math", "mfrac", "dl"} <= set(read(html).kinds)


def test_the_grids_are_the_engine_s_numbers() -> None:
    moment = moment_of("blackboard 5x5")
    trace, found = moment.trace, grids(derivation(moment, "w1", filters=(1,)))
    for caption, values in (
        ("z₁, filter 1", trace.z1[0, 1]),
        ("∂L/∂A₁, filter 1", trace.dA1[0, 1]),
        ("w₁, filter 1", trace.w1[1, 0]),
        ("∂L/∂w₁, filter 1", trace.dw1[1, 0]),
        ("w₁ after, filter 1", after_plain_step(trace, moment.settings.learning_rate)["w1"][1, 0]),
    ):
        assert found[caption] == tuple(tuple(term_number(value) for value in row) for row in values.tolist())


@pytest.mark.parametrize(
    ("zeros", "words"),
    [
        (0, "none of them"),
        (1, "less than 1 % of them"),
        (420, "42 % of them"),
        (999, "more than 99 % of them"),
        (1000, "all of them"),
    ],
)
def test_only_where_there_is_no_zero_none_is_said_to_be(zeros: int, words: str) -> None:
    assert share_of_zeros(np.repeat([0.0, 0.5], [zeros, 1000 - zeros])) == words


def test_markdown_and_html_carry_the_numbers_of_the_document() -> None:
    document = derivation(moment_of("blackboard 3x3"), "w1")
    markdown, html = markdown_text(document), html_text(document)
    cells = re.findall(r"<td>([^<]*)</td>", html)
    written = [
        number for block in document.blocks if isinstance(block, Numbers) for row in block.rows for number in row
    ]
    assert cells == written
    for number in written:
        assert number.replace("−", "-") in markdown


def _all_rows(document: Document) -> list[tuple[tuple[str, ...], ...]]:
    return [block.rows for block in document.blocks if isinstance(block, Numbers)]


def test_a_blackboard_is_worked_out_cell_by_cell() -> None:
    moment = moment_of("blackboard 3x3")
    labels = {
        row[0] for block in derivation(moment, "w1").blocks if isinstance(block, Equation) for row in block.rows[:1]
    }
    assert {f"∂L/∂w₁[{row},{column}]" for row in range(2) for column in range(2)} <= labels
    assert {f"z₁[{row},{column}]" for row in range(2) for column in range(2)} <= labels


def test_the_chosen_cells_are_worked_out() -> None:
    moment = moment_of("four filters")
    document = derivation(moment, "w1", [("dw1", (2, 0, 1, 3)), ("z1", (0, 1, 5, 6))])
    labels = [block.rows[0][0] for block in document.blocks if isinstance(block, Equation)]
    assert {"∂L/∂w₁[2][1,3]", "z₁[1][5,6]"} <= set(labels)


def test_the_html_needs_nothing_from_elsewhere() -> None:
    html = html_text(derivation(moment_of("four filters"), "w1"))
    assert all(link.startswith("data:") for link in read(html).links)
    assert not re.search(r"url\(|@import|https?:|<script|<link", html.replace("http://www.w3.org/1998/Math", ""))


def test_the_mathematics_of_the_html_is_well_formed() -> None:
    html = html_text(derivation(moment_of("two blocks, ten classes"), "w2"))
    formulas = re.findall(r"<math.*?</math>", html, re.DOTALL)
    assert len(formulas) > 30
    for formula in formulas:
        ET.fromstring(formula)


def test_the_head_says_what_network_data_step_sample_and_date() -> None:
    facts = dict(derivation(replace(moment_of("four filters"), step=1200, epoch=3), "w1").facts)
    assert facts["Network"] == "convolution 5×5 with 4 filters, ReLU, max pooling 2×2; dense 576 → 1, sigmoid"
    assert "handwritten digits, classes 3, 8, 28×28 pixels" in facts["Data"]
    assert facts["Sample"] == "test image 0, class 8 (y = 1)"
    assert facts["Step"] == "1\u202f200 (epoch 3, seed 3)"
    assert facts["Taken"] == "2026-11-24 20:30"


def test_a_mistake_that_was_switched_on_is_marked_in_every_format() -> None:
    document = derivation(replace(moment_of("one filter"), flaw=Flaw("no ReLU mask", 3, is_on=True)), "w1")
    for text in (markdown_text(document), html_text(document)):
        assert "The laboratory's mistake “no ReLU mask”" in text.replace("&#x27;", "'")


def test_words_of_the_user_cannot_become_markup() -> None:
    named = replace(moment_of("four filters"), class_names=("<b>three</b>", "a_b*c"))
    document = derivation(named, "w1")
    assert "<b>" not in html_text(document)
    assert r"a\_b\*c" in markdown_text(document)


def pictures(document: Document) -> dict[str, Picture]:
    found = [block for block in document.blocks if isinstance(block, Picture)]
    assert len(found) == len({block.caption for block in found}), "each once"
    return {block.caption: block for block in found}


@pytest.mark.parametrize("name", ["ten classes", "two blocks, ten classes"])
def test_what_one_filter_makes_and_its_gradients_are_pictures_on_the_scale_of_the_window(name: str) -> None:
    moment = moment_of(name)
    trace, chosen = moment.trace, 2
    shown = pictures(derivation(moment, "w1", filters=(chosen,) * trace.blocks))
    assert "X" in shown
    for array in ("z1", "A1", "dA1", "dz1"):
        picture, values = shown[f"{display_name(array)}, filter {chosen}"], trace.arrays[array][0]
        limit = float(np.abs(values).max())
        signed = array[0] not in "xAPF"
        table = signed_map() if signed else unsigned_map()
        share = values[chosen] / limit
        places = np.rint(127 * (1 + share)) if signed else np.rint(254 * share)
        np.testing.assert_array_equal(picture.pixels, np.moveaxis(table[places.astype(int)], 2, 0))
        assert picture.ends == (moment.number(-limit if signed else 0.0), moment.number(limit))
        assert picture.scale is not None
        np.testing.assert_array_equal(picture.scale[:, 0, [0, -1]].T, table[[0, -1]])


def test_an_image_in_colours_is_shown_in_its_own_and_has_no_scale() -> None:
    moment = moment_of("colours, two blocks")
    image = pictures(derivation(moment, "w1"))["X"]
    assert image.scale is None
    np.testing.assert_array_equal(image.pixels, np.rint(moment.trace.arrays["x"][0] * 255).astype(np.uint8))


def test_a_page_has_the_pictures_with_the_ends_of_their_scales() -> None:
    moment = moment_of("ten classes")
    document = derivation(moment, "w1")
    html = html_text(document)
    reader = read(html)
    assert reader.kinds.count("img") == sum(1 + (picture.scale is not None) for picture in pictures(document).values())
    for picture in pictures(document).values():
        assert picture.ends[1] in html
        assert f"in the PDF and HTML, {picture.ends[0]} to {picture.ends[1]}" in markdown_text(document)
