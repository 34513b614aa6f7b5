import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.number_format import (
    cell_number,
    chosen_number,
    display_index,
    display_name,
    fit_number,
    format_number,
    format_scale,
    percent,
    significant_number,
    term_number,
)


def read_back(text: str) -> float:
    return float(text.replace("−", "-").replace("\u202f", ""))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.5, 4, "0.5000"),
        (-0.0312, 4, "−0.0312"),
        (3.1e-5, 4, "3.1e−5"),
        (-3.1e-5, 2, "−3.1e−5"),
        (2.5e7, 4, "2.5e7"),
        (0.0, 4, "0"),
        (-0.0, 2, "0"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
        (math.nan, 4, "NaN"),
        (0.05, 2, "0.050"),
        (0.0012, 2, "0.0012"),
        (9999.5, 4, "9999.5000"),
        (12345.678, 2, "12\u202f345.68"),
        (-999999.5, 1, "−999\u202f999.5"),
    ],
)
def test_numbers_are_written_as_the_field_writes_them(value, decimals, text):
    assert format_number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (2827.5676, 4, "2827.5676"),
        (3.5353e-4, 4, "3.535e−4"),
        (-0.0090123, 4, "−0.009012"),
        (0.0847, 4, "0.08470"),
        (0.5, 4, "0.5000"),
        (0.99996, 4, "1.0000"),
        (0.0012345, 2, "0.0012"),
        (0.0, 4, "0"),
        (math.inf, 4, "∞"),
    ],
)
def test_a_number_to_reckon_with_has_as_many_digits_below_1_as_it_has_decimals(value, decimals, text):
    assert term_number(value, decimals) == text


@given(st.floats(1e-7, 1e5), st.floats(1e-7, 1e5), st.sampled_from([4, 6]))
def test_the_numbers_of_a_product_come_to_the_product_to_their_digits(first, second, decimals):
    worked_out = read_back(term_number(first, decimals)) * read_back(term_number(second, decimals))
    assert worked_out == pytest.approx(first * second, rel=1.01 * 10 ** (1 - decimals))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (-0.0123456, "−0.01235"),
        (2.0, "2"),
        (1234.56, "1235"),
        (99995.0, "100\u202f000"),
        (1.23456e-5, "1.235e−5"),
        (1e-5, "1e−5"),
        (0.0, "0"),
        (math.inf, "∞"),
    ],
)
def test_digits_that_count_are_kept_and_zeros_that_do_not_are_left_out(value, text):
    assert significant_number(value) == text


@given(st.floats(1e-3, 9999), st.integers(4, 9))
def test_from_a_thousandth_to_ten_thousand_no_number_has_an_exponent(value, characters):
    assert "e" not in format_number(value, 2)
    assert "e" not in significant_number(value)
    assert "e" not in fit_number(value, characters)
    assert "e" not in cell_number(value, characters)


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1e-5, "1e−5"), (1e-3, "0.001"), (60000, "60 000"), (-2.5, "−2.5"), (-3, "−3")]
)
def test_a_chosen_number_is_written_as_it_was_chosen(value, text):
    assert chosen_number(value).replace("\u202f", " ") == text


def test_a_share_is_written_with_a_space_before_the_sign():
    assert percent(0.98765) == "98.8 %"
    assert percent(1.0, 0) == "100 %"
    assert percent(math.nan) == "–"


@given(st.floats(min_value=-1e30, max_value=1e30, allow_subnormal=False))
def test_four_digits_that_count_are_within_half_a_thousandth(value):
    read = read_back(significant_number(value))
    assert abs(read - value) <= 0.5001e-3 * abs(value)


@given(st.floats(allow_nan=False, allow_infinity=False).filter(bool), st.sampled_from([2, 4, 6, 8]))
def test_a_number_that_is_not_zero_never_reads_as_zero(value, decimals):
    assert any(digit in format_number(value, decimals) for digit in "123456789")


@given(st.floats(), st.integers(1, 12), st.sampled_from([2, 4, 6, 8]))
def test_a_fitted_number_never_exceeds_its_room(value, characters, decimals):
    assert len(fit_number(value, characters, decimals)) <= characters


@given(st.floats())
def test_no_hyphen_stands_for_a_minus(value):
    assert "-" not in format_number(value)
    assert "-" not in fit_number(value, 6)


def test_a_fitted_number_gives_up_decimals_first():
    assert fit_number(-0.76393, 5) == "−0.76"


@pytest.mark.parametrize(("limit", "text"), [(0.0312, "±0.031"), (2.84, "±2.8"), (41.0, "±41"), (3e-5, "±3.0e−5")])
def test_a_scale_has_two_digits(limit, text):
    assert format_scale(limit, signed=True) == text


def test_names_carry_subscripts_and_derivative_signs():
    assert [display_name(name) for name in ("x", "z1", "dw12", "F", "dF", "L")] == [
        "X",
        "z₁",
        "∂L/∂w₁₂",
        "F",
        "∂L/∂F",
        "L",
    ]


def test_an_index_says_which_plane_and_where_in_it_and_a_scalar_has_none():
    assert display_index(()) == ""
    assert display_index((3, 5)) == "[3,5]"
    assert display_index((2, 10, 7)) == "[2][10,7]"
    assert display_index((6, 0, 4, 3)) == "[6,0][4,3]"


@pytest.mark.parametrize(
    ("value", "characters", "text"),
    [
        (0.5, 7, "0.5"),
        (-1.0, 7, "−1"),
        (0.25, 4, "0.25"),
        (-0.25, 4, "−.25"),
        (0.1, 7, "0.1"),
        (float(np.float32(0.9) - np.float32(0.7)), 7, "0.2"),
        (-0.44484, 7, "−0.4448"),
        (-0.44484, 5, "−.445"),
        (0.0278, 4, ".028"),
        (-0.0278, 4, "−.03"),
        (0.00412, 4, ".004"),
        (-0.0213, 5, "−.021"),
        (12.25, 4, "12.2"),
        (150.5, 4, "150"),
        (1e-9, 5, "1e-9"),
        (0.0, 3, "0"),
        (float("nan"), 3, "NaN"),
        (123456.0, 9, "123\u202f456"),
        (23456.5, 8, "23\u202f456.5"),
        (123456.0, 3, "1e5"),
        (-123456.0, 3, "…"),
    ],
)
def test_a_cell_shows_the_number_as_one_writes_it_on_a_blackboard(value: float, characters: int, text: str) -> None:
    assert cell_number(value, characters).replace("-", "−") == text.replace("-", "−")


@given(st.floats(-1e5, 1e5, width=32), st.integers(3, 9))
def test_the_number_of_a_cell_never_exceeds_its_room(value: float, characters: int) -> None:
    text = cell_number(value, characters)
    assert len(text) <= characters
    if text != "…" and value != 0:
        assert read_back(text) == pytest.approx(value, rel=0.5)
