"""The colours of classes: the chosen ones where the theme can show them apart, else those of the palette."""

from __future__ import annotations

from dataclasses import replace

import pytest

from playground.own_data.run_settings import settings_for
from playground.settings import Settings
from tests.playground.own_data.files import some_set
from ui.class_colors import chosen_for, with_class_colors
from ui.colors import SEEN, readable
from ui.theme import DARK, LIGHT, Theme, class_color, palette_color

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)


@THEMES
def test_a_chosen_colour_is_that_of_its_class_and_the_others_keep_the_palettes(theme: Theme) -> None:
    colored = with_class_colors(theme, (0, "#c03fc0", 2))
    assert [class_color(colored, y) for y in range(3)] == [palette_color(theme, 0), "#c03fc0", palette_color(theme, 2)]
    assert palette_color(colored, 1) == palette_color(theme, 1)  # curves and branches have nothing to do with classes


@THEMES
def test_without_a_choice_classes_are_coloured_by_y(theme: Theme) -> None:
    assert with_class_colors(theme, ()) == with_class_colors(theme, (3, 1)) == theme
    assert class_color(theme, 1) == palette_color(theme, 1)


def test_a_colour_that_would_not_be_seen_becomes_lighter_or_darker_and_keeps_its_hue() -> None:
    assert readable("#101080", LIGHT.panel, SEEN) == "#101080"
    assert readable("#101080", DARK.panel, SEEN) != "#101080"
    red, green, blue = (int(readable("#101080", DARK.panel, SEEN)[place : place + 2], 16) for place in (1, 3, 5))
    assert red == green < blue
    assert readable("#000000", DARK.panel, SEEN) > "#600000"  # grey
    assert readable("#ffffff", LIGHT.panel, SEEN) < "#a00000"


@THEMES
def test_colours_that_look_alike_are_not_used(theme: Theme) -> None:
    nearly = palette_color(theme, 0)[:-1] + ("0" if palette_color(theme, 0)[-1] != "0" else "4")
    assert with_class_colors(theme, (0, nearly)) == theme
    assert with_class_colors(theme, ("#2f9f50", "#30a050")) == theme


def test_the_classes_of_a_run_have_the_colours_of_their_names_in_the_order_of_y() -> None:
    own = replace(some_set(), colors=("#112233", 1, "#445566"))
    settings = settings_for(own.description, classes=(2, 0))
    assert chosen_for(settings, own) == ("#445566", "#112233")
    assert chosen_for(Settings(), None) == ()
