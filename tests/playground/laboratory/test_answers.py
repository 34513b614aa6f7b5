"""What may be typed as an answer."""

from __future__ import annotations

import pytest

from playground.errors import AnswerError
from playground.laboratory.quiz.answers import is_near, read_answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.25", 0.25),
        ("0,25", 0.25),
        (" -3 ", -3.0),
        ("−.5", -0.5),
        (",5", 0.5),
        ("2.", 2.0),
        ("1/3", 1 / 3),
        ("-1/4", -0.25),
        ("1,5/2", 0.75),
        ("1 / 8", 0.125),
        ("+2e-3", 0.002),
        ("1.5E2", 150.0),
        ("0", 0.0),
    ],
)
def test_a_number_may_have_a_comma_or_a_point_and_be_a_fraction(text, value):
    assert read_answer(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["", "  ", "abc", "1.2.3", "1,234.5", "1/0", "1/2/3", "nan", "inf", "1e999", "1_0", "٣"]
)
def test_what_is_no_number_gets_one_sentence_that_names_what_would_do(text):
    with pytest.raises(AnswerError, match=r"such as 0\.25, 0,25 or 1/4\.$") as raised:
        read_answer(text)
    assert str(raised.value).count(". ") == 0


def test_a_very_long_text_is_quoted_in_part():
    with pytest.raises(AnswerError) as raised:
        read_answer("9x" * 500)
    assert len(str(raised.value)) < 100


def test_an_answer_is_right_within_two_per_cent_and_zero_only_where_it_is_zero():
    assert is_near(0.102, 0.1)
    assert is_near(-0.0981, -0.1)
    assert not is_near(0.1021, 0.1)
    assert not is_near(0.0, 1e-9)
    assert is_near(0.0, -0.0)
    assert not is_near(1e-9, 0.0)
