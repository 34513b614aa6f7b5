import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.number_format import display_index, display_name, fit_number, format_number, format_scale


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.5, 4, "0.5000"),
        (-0.0312, 4, "−0.0312"),
        (3.1e-5, 4, "3.1e−05"),
        (-3.1e-5, 2, "−3.1e−05"),
        (2.5e7, 4, "2.5e+07"),
        (0.0, 4, "0"),
        (-0.0, 2, "0"),
        (math.inf, 4, "∞"),
        (-math.inf, 4, "−∞"),
        (math.nan, 4, "NaN"),
    ],
)
def test_numbers_are_written_as_the_field_writes_them(value, decimals, text):
    assert format_number(value, decimals) == text


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


def test_a_scalar_has_no_index():
    assert display_index(()) == ""
    assert display_index((2, 10, 7)) == "[2, 10, 7]"
