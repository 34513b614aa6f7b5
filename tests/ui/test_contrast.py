"""Text stands out from what it lies on by a contrast of 4.5 or more, as WCAG 2.2 asks for (1.4.3, AA)."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtGui import QColor

from playground.history import History
from playground.settings import Settings
from tests.ui.flow.views import view_of
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.charts.live_chart import LiveChart
from ui.colors import READABLE, blend, contrast
from ui.theme import DARK, LIGHT, Theme, palette_color

THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
INKS = ("text", "muted", "accent", "forward", "backward", "warning", "error", "train", "test", "source", "reader")
GROUNDS = ("window", "panel", "field")
CLASSES = 10


def test_the_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # an example that is often given
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@THEMES
@pytest.mark.parametrize(("ink", "ground"), list(product(INKS, GROUNDS)))
def test_what_is_written_can_be_read_on_every_ground(theme: Theme, ink: str, ground: str) -> None:
    assert contrast(getattr(theme, ink), getattr(theme, ground)) >= READABLE


@THEMES
def test_what_is_written_on_the_accent_can_be_read(theme: Theme) -> None:
    assert contrast(theme.accent_text, theme.accent) >= READABLE


@THEMES
@pytest.mark.parametrize("place", range(CLASSES))
def test_names_in_the_colours_of_classes_can_be_read(theme: Theme, place: int) -> None:
    for ground in (theme.panel, theme.field):
        assert contrast(palette_color(theme, place), ground) >= READABLE


@THEMES
@pytest.mark.parametrize("edge", ["forward", "backward"])
def test_the_boxes_of_the_flow_are_tinted_so_little_that_their_text_can_be_read(theme: Theme, edge: str) -> None:
    box = blend(getattr(theme, edge), theme.panel, 0.12)
    for ink in (theme.text, theme.muted, theme.error):
        assert contrast(ink, box) >= READABLE


@THEMES
def test_the_label_y_is_written_on_the_ground_that_the_colours_of_classes_are_made_for(qtbot, theme: Theme) -> None:
    view = view_of(qtbot)
    view.set_theme(theme)
    view.compose()
    label = view.painted.label
    inside = QColor(view.painted.frame.pixel(label.x + 4, label.y + label.height // 2))
    assert inside == QColor(theme.panel)


@THEMES
@pytest.mark.parametrize("kind", [LossChart, AccuracyChart, GradientNormChart])
def test_the_names_of_curves_can_be_read(qtbot, theme: Theme, kind: type[LiveChart]) -> None:
    chart = kind(theme)
    qtbot.addWidget(chart)
    chart.set_history(History(("dw1", "dw2", "dw3", "dw4")), Settings())
    entries = chart.lines.entries(theme)
    assert entries
    assert [entry.label for entry in entries if contrast(entry.color, theme.panel) < READABLE] == []
