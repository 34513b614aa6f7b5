"""Bars of class probabilities: what is written, who wins, what fits."""

from __future__ import annotations

import math

import pytest

from ui.classify.probability_bars import ProbabilityBars, percent_text
from ui.theme import DARK, LIGHT, class_color

DIGITS = tuple("0123456789")


@pytest.fixture
def bars(qtbot):
    widget = ProbabilityBars()
    qtbot.addWidget(widget)
    widget.resize(112, 76)
    return widget


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, "  0.0"), (1e-9, " <0.1"), (0.0123, "  1.2"), (0.5, " 50.0"), (0.99999, ">99.9"), (1.0, "100.0")],
)
def test_percentages_have_five_characters_and_never_round_away(probability, text):
    assert percent_text(probability) == text


def test_a_missing_number_is_a_dash_and_nobody_wins(bars):
    bars.set_names(("3", "8"))
    bars.show_probabilities([math.nan, 0.5])
    assert percent_text(math.nan) == "  –  "
    assert bars.winner is None
    assert not bars.grab().isNull()


def test_the_most_probable_class_wins(bars):
    bars.set_names(DIGITS)
    bars.show_probabilities([0.05] * 7 + [0.55, 0.05, 0.05])
    assert bars.winner == 7


def test_two_classes_stand_in_one_column_and_ten_in_two(bars):
    bars.set_names(("3", "8"))
    assert (bars.columns, bars.rows) == (1, 2)
    bars.set_names(DIGITS)
    assert (bars.columns, bars.rows) == (2, 5)


def test_the_length_of_a_bar_is_its_probability(bars):
    bars.set_names(("a", "b"))
    bars.set_theme(DARK)
    bars.show_probabilities([0.75, 0.25])
    image = bars.grab().toImage()
    lengths = []
    for position in range(2):
        color = class_color(DARK, position)
        rows = [sum(image.pixelColor(x, y).name() == color for x in range(112)) for y in range(76)]
        lengths.append(max(rows) / 112)
    assert lengths == pytest.approx([0.75, 0.25], abs=0.05)


def test_a_name_and_its_figure_do_not_overlap_in_two_narrow_columns(bars):
    bars.set_names(DIGITS)
    bars.resize(103, 135)
    bars.show_probabilities([0.9999, *[0.0001 / 9] * 9])
    image = bars.grab().toImage()
    ground = image.pixelColor(50, 3)  # between the columns
    gaps = [all(image.pixelColor(x, y) == ground for y in range(12)) for x in range(46)]
    first_gap = gaps.index(True, gaps.index(False))
    assert first_gap < 12
    assert gaps[first_gap : first_gap + 3] == [True] * 3


def test_new_names_take_the_old_figures_away(bars):
    bars.set_names(("3", "8"))
    bars.show_probabilities([0.9, 0.1])
    bars.set_names(("4", "9"))
    assert bars.winner is None


def test_figures_for_another_number_of_classes_are_not_shown(bars):
    bars.set_names(("3", "8"))
    bars.show_probabilities([0.1] * 10)
    assert bars.winner is None


def test_the_description_speaks_every_class(bars):
    bars.set_names(("3", "8"))
    bars.show_probabilities([0.9, 0.1])
    assert bars.accessibleDescription() == "3 90.0 %, 8 10.0 %"


def test_the_sentence_stands_in_place_of_the_bars(bars):
    bars.set_theme(LIGHT)
    blank = bars.grab().toImage()
    bars.show_nothing("Draw a digit")
    assert bars.grab().toImage() != blank
    assert bars.accessibleDescription() == "Draw a digit"
