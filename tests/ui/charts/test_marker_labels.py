"""What happened is said beside its line, where there is room; on hover all of it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from playground.history import OBSERVED, Event
from playground.settings import Settings
from tests.ui.charts.hands import run_of, shown
from ui.charts.curves import AccuracyChart, LossChart
from ui.charts.live_chart import LiveChart
from ui.charts.marker_labels import LabelAt, placed_labels
from ui.theme import DARK, LIGHT, number_font

RATE, DIVERGED = "η 0.1 → 0.5", "diverged: z₁ is no longer finite"


@pytest.fixture
def metrics(qapp: QApplication) -> QFontMetrics:
    return QFontMetrics(number_font(7.0))


def at(*places: float, text: str = RATE) -> list[LabelAt]:
    return [LabelAt(text, place, False) for place in places]


def texts(labels: tuple[LabelAt, ...]) -> list[str]:
    return [label.text for label in labels]


def test_with_room_all_is_said_to_the_right_of_the_line(metrics: QFontMetrics) -> None:
    (label,) = placed_labels(at(50), 300, metrics)
    assert label.text == RATE
    assert 50 < label.left <= 55


def test_at_the_right_edge_it_stands_to_the_left_of_the_line(metrics: QFontMetrics) -> None:
    (label,) = placed_labels(at(295), 300, metrics)
    assert label.text == RATE
    assert label.left + metrics.horizontalAdvance(RATE) <= 295


def test_between_two_lines_it_is_what_it_became(metrics: QFontMetrics) -> None:
    room = metrics.horizontalAdvance("η → 0.5") + 16
    assert "η → 0.5" in texts(placed_labels(at(20, 20 + room, 250), 330, metrics))


def test_words_are_nearer_to_their_line_than_to_another(metrics: QFontMetrics) -> None:
    for gap in range(20, 140):
        lines = (30, 30 + gap, 30 + 2 * gap)
        for label in placed_labels(at(*lines), 400, metrics):
            right = label.left + metrics.horizontalAdvance(label.text)
            others = [line for line in lines if line != label.line]
            own = min(abs(label.left - label.line), abs(right - label.line))
            assert own < min(min(abs(label.left - line), abs(right - line)) for line in others)


def test_of_a_sentence_its_head_is_said_or_as_much_as_fits(metrics: QFontMetrics) -> None:
    wide = metrics.horizontalAdvance(DIVERGED) + 20
    assert texts(placed_labels(at(5, text=DIVERGED), wide, metrics)) == [DIVERGED]
    assert texts(placed_labels(at(5, text=DIVERGED), 100, metrics)) == ["diverged"]
    (elided,) = placed_labels(at(5, text="The gradient explodes"), 70, metrics)
    assert elided.text.startswith("The g")
    assert elided.text.endswith("…")


def test_the_newest_is_said_where_there_is_no_room_for_all(metrics: QFontMetrics) -> None:
    labels = placed_labels([*at(100), *at(110, text="m 16 → 32")], 300, metrics)
    assert labels[0].text == "m 16 → 32"


def test_lines_on_one_pixel_share_the_newest_words_and_say_all_on_hover(metrics: QFontMetrics) -> None:
    (label,) = placed_labels([*at(50.2), *at(50.7, text="m 16 → 32")], 300, metrics)
    assert label.text == "m 16 → 32 (+1)"
    assert label.full == f"{RATE}\nm 16 → 32"
    little = metrics.horizontalAdvance("m → 32 (+1)")
    assert texts(placed_labels([*at(50.2), *at(50.7, text="m 16 → 32")], 54 + little, metrics)) == ["m → 32 (+1)"]


@given(st.lists(st.tuples(st.floats(0, 400), st.sampled_from([RATE, DIVERGED, "m 16 → 32", "plateau"])), max_size=25))
def test_no_words_overlap_or_reach_beyond_the_plot(found: list[tuple[float, str]]) -> None:
    metrics = QFontMetrics(number_font(7.0))
    wanted = [LabelAt(text, place, False) for place, text in sorted(found)]
    labels = sorted(placed_labels(wanted, 400, metrics), key=lambda label: label.left)
    spans = [(label.left, label.left + metrics.horizontalAdvance(label.text)) for label in labels]
    assert all(left >= 0 and right <= 400 for left, right in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


# --- in a chart ----------------------------------------------------------------------------------------------------


def with_events(*events: Event) -> LiveChart:
    chart = LossChart(DARK)
    history = run_of(100)
    for event in events:
        history.mark(event)
    chart.set_history(history, Settings())
    return chart


def test_a_changed_learning_rate_is_said_in_the_chart_at_every_size(qtbot) -> None:
    chart = shown(qtbot, with_events(Event(40, "learning_rate", RATE)))
    for width, height in ((240, 120), (700, 300), (240, 300)):
        chart.resize(width, height)
        assert texts(chart.plot.texts.labels.shown) == [RATE]
        assert chart.plot.texts.area.contains(chart.plot.texts.labels.bounds)
        assert not chart.plot.texts.labels.bounds.intersects(chart.plot.texts.note.place)


def test_in_a_chart_whose_curves_are_at_the_top_it_is_said_at_the_bottom(qtbot) -> None:
    chart = AccuracyChart(DARK)
    history = run_of(100)
    history.mark(Event(40, "learning_rate", RATE))
    chart.set_history(history, Settings())
    shown(qtbot, chart)
    assert chart.plot.texts.labels.bounds.top() > chart.plot.texts.area.center().y()


def test_only_what_is_in_view_is_said(qtbot) -> None:
    chart = shown(qtbot, with_events(Event(10, "learning_rate", RATE), Event(80, "batch_size", "m 16 → 32")))
    chart.plot.box.setXRange(50, 100, padding=0)
    assert texts(chart.plot.texts.labels.shown) == ["m 16 → 32"]


def test_hovering_over_words_says_all_of_them(qtbot) -> None:
    sentence = "The gradient explodes: ‖∂L/∂w₁‖ is 40, over 100 times what it was at first."
    chart = shown(qtbot, with_events(Event(40, OBSERVED, sentence)))
    place = chart.plot.texts.labels.bounds.center()
    viewport = chart.plot.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, place, viewport.mapToGlobal(place)))
    assert QToolTip.text() == sentence
    assert chart.plot.texts.labels.text_at(QPoint(0, 0)) == ""


def test_a_long_sentence_read_at_the_line_is_broken_within_the_plot(qtbot) -> None:
    sentence = "Every filter of block 1 is dead: z₁ ≤ 0 in all images, so no gradient gets to its kernels."
    chart = shown(qtbot, with_events(Event(40, OBSERVED, sentence)), 240, 300)
    chart.plot.point_at(40.0)
    readout = chart.plot.texts.readout
    assert sentence in readout.text()
    assert chart.plot.texts.area.left() <= readout.geometry().left()
    assert readout.geometry().right() <= chart.plot.texts.area.left() + chart.plot.texts.area.width()
    assert readout.height() >= readout.heightForWidth(readout.width())
    chart.plot.point_at(90.0)  # a short one is as wide as it needs to be
    assert readout.width() < chart.plot.texts.area.width()


def test_an_error_is_said_in_the_colour_of_errors(qtbot) -> None:
    chart = shown(qtbot, with_events(Event(40, "diverged", DIVERGED)))
    for theme in (LIGHT, DARK):
        chart.set_theme(theme)
        bounds = chart.plot.texts.labels.bounds
        image = chart.plot.viewport().grab(bounds).toImage()
        inks = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert min(apart(ink, QColor(theme.error)) for ink in inks) < 20  # the edges of letters are blended
        assert min(apart(ink, QColor(theme.muted)) for ink in inks) > 40


def apart(one: QColor, other: QColor) -> int:
    return sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))
