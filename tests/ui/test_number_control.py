from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolTip

from playground.ranges import Range
from playground.settings import RANGES
from ui.number_control import NumberControl, slider_stops
from ui.theme import DARK


@pytest.fixture
def rate(qtbot) -> NumberControl:
    control = NumberControl("&Learning rate η", RANGES["learning_rate"], 0.1, "How far each step goes.")
    qtbot.addWidget(control)
    control.show()
    return control


@pytest.fixture
def kernel(qtbot) -> NumberControl:
    control = NumberControl("&Kernel size k", RANGES["kernel_size"], 5, "Side of every filter.")
    qtbot.addWidget(control)
    control.show()
    return control


def told(control: NumberControl) -> list[object]:
    values: list[object] = []
    control.value_changed.connect(values.append)
    return values


def type_into(qtbot, control: NumberControl, text: str) -> None:
    control.field.setFocus()
    control.field.selectAll()
    qtbot.keyClicks(control.field, text)
    qtbot.keyClick(control.field, Qt.Key.Key_Return)


@pytest.mark.parametrize("name", ["learning_rate", "batch_size", "kernel_size", "filters", "blocks"])
def test_slider_reaches_both_bounds_and_stops_at_rising_allowed_values(name: str) -> None:
    stops = slider_stops(RANGES[name])
    assert (stops[0], stops[-1]) == (RANGES[name].minimum, RANGES[name].maximum)
    assert list(stops) == sorted(set(stops))
    for value in stops:
        RANGES[name].check(name, int(value) if RANGES[name].integer else value)


def test_log_slider_of_the_learning_rate_stops_at_every_power_of_ten() -> None:
    assert {1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0, 10.0} <= set(slider_stops(RANGES["learning_rate"]))


def test_a_click_in_the_groove_is_a_quarter_of_a_decade_and_an_arrow_less(qtbot, rate: NumberControl) -> None:
    rate.resize(300, rate.height())
    with qtbot.waitSignal(rate.value_changed) as signal:
        qtbot.mouseClick(rate.slider, Qt.MouseButton.LeftButton, pos=rate.slider.rect().center())
    assert signal.args == [0.056]  # the handle was right of the middle
    rate.set_value(0.1)
    values = told(rate)
    for pressed, expected in ((Qt.Key.Key_PageUp, 0.18), (Qt.Key.Key_Right, 0.2)):
        with qtbot.waitSignal(rate.value_changed):
            qtbot.keyClick(rate.slider, pressed)
        assert values[-1] == expected


def test_typed_number_is_told_once_and_moves_the_slider(qtbot, rate: NumberControl) -> None:
    values = told(rate)
    before = rate.slider.value()
    type_into(qtbot, rate, "0.01")
    assert values == [0.01]
    assert rate.slider.value() < before


def test_typing_the_shown_value_tells_nothing(qtbot, rate: NumberControl) -> None:
    values = told(rate)
    type_into(qtbot, rate, "0.1")
    assert values == []


@pytest.mark.parametrize("text", ["", "abc", "11", "-1", "0", "nan", "inf", "1e999"])
def test_refused_typing_keeps_the_old_value_and_says_what_works(qtbot, rate: NumberControl, text: str) -> None:
    values = told(rate)
    rate.field.setFocus()
    rate.field.selectAll()
    qtbot.keyClick(rate.field, Qt.Key.Key_Delete)
    qtbot.keyClicks(rate.field, text)
    qtbot.keyClick(rate.field, Qt.Key.Key_Return)
    assert values == []
    assert (rate.value, rate.field.text()) == (0.1, "0.1")
    assert "from 1e−5 to 10" in QToolTip.text()


def test_a_fraction_is_refused_where_a_whole_number_is_needed(qtbot, kernel: NumberControl) -> None:
    type_into(qtbot, kernel, "3.5")
    assert kernel.field.text() == "5"


def test_a_decimal_comma_is_understood(qtbot, rate: NumberControl) -> None:
    type_into(qtbot, rate, "0,05")
    assert rate.value == 0.05


def test_wrong_text_is_shown_in_the_error_colour_while_typing(qtbot, rate: NumberControl) -> None:
    rate.field.setFocus()
    rate.field.selectAll()
    qtbot.keyClicks(rate.field, "99")
    assert rate.field.palette().text().color().name() == DARK.error


def test_escape_brings_the_old_number_back(qtbot, rate: NumberControl) -> None:
    rate.field.setFocus()
    rate.field.selectAll()
    qtbot.keyClicks(rate.field, "0.5")
    qtbot.keyClick(rate.field, Qt.Key.Key_Escape)
    assert (rate.field.text(), rate.value) == ("0.1", 0.1)


def test_arrow_keys_on_the_slider_are_told_once_when_they_rest(qtbot, kernel: NumberControl) -> None:
    values = told(kernel)
    kernel.slider.setFocus()
    with qtbot.waitSignal(kernel.value_changed):
        qtbot.keyClick(kernel.slider, Qt.Key.Key_Right)
        qtbot.keyClick(kernel.slider, Qt.Key.Key_Right)
    assert values == [7]


def test_keys_that_come_back_to_the_old_value_tell_nothing(qtbot, kernel: NumberControl) -> None:
    values = told(kernel)
    qtbot.keyClick(kernel.slider, Qt.Key.Key_Right)
    qtbot.keyClick(kernel.slider, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: not kernel._settle.isActive())
    assert values == []


@pytest.mark.parametrize(("key", "expected"), [(Qt.Key.Key_Up, 6), (Qt.Key.Key_Down, 4), (Qt.Key.Key_PageUp, 11)])
def test_keys_in_the_number_field_step_the_value(qtbot, kernel: NumberControl, key: Qt.Key, expected: int) -> None:
    kernel.field.setFocus()
    with qtbot.waitSignal(kernel.value_changed) as signal:
        qtbot.keyClick(kernel.field, key)
    assert signal.args == [expected]


def test_values_of_a_whole_number_control_are_ints(qtbot, kernel: NumberControl) -> None:
    values = told(kernel)
    type_into(qtbot, kernel, "7")
    assert [type(value) for value in values] == [int]


def test_set_value_tells_nothing(rate: NumberControl) -> None:
    values = told(rate)
    rate.set_value(0.003)
    assert values == []
    assert rate.field.text() == "0.003"


def test_range_limit_reduces_the_value_and_what_can_be_typed(qtbot, kernel: NumberControl) -> None:
    values = told(kernel)
    kernel.set_range_limit(3)
    assert kernel.value == 3
    type_into(qtbot, kernel, "4")
    assert (kernel.value, values) == (3, [])
    kernel.set_range_limit(11)
    type_into(qtbot, kernel, "4")
    assert values == [4]


def test_a_row_is_compact_and_every_part_has_a_name(rate: NumberControl) -> None:
    rate.resize(248, rate.height())
    assert rate.height() <= 28
    assert rate.minimumSizeHint().width() <= 248
    assert rate.slider.accessibleName() == "Learning rate η slider"
    assert rate.field.accessibleName() == "Learning rate η"
    assert "10" in rate.slider.toolTip()


def test_a_seed_beyond_the_slider_is_kept_exactly(qtbot) -> None:
    control = NumberControl("Seed", RANGES["seed"], 3, "Decides the first weights.", with_slider=False)
    qtbot.addWidget(control)
    control.show()
    values = told(control)
    type_into(qtbot, control, "2147483647")
    assert values == [2**31 - 1]


def test_a_range_of_one_value_has_one_stop() -> None:
    assert slider_stops(Range(1, 1)) == (1.0,)


def test_a_label_is_whole_in_a_large_font(qtbot, rate: NumberControl, kernel: NumberControl) -> None:
    for points in (9.0, 14.0):
        font = rate.label.font()
        font.setPointSizeF(points)
        rate.label.setFont(font)
        rate.set_label("&Learning rate η")
        assert rate.label.width() >= rate.label.fontMetrics().horizontalAdvance("Learning rate η")
    assert rate.label.minimumWidth() > kernel.label.minimumWidth()
