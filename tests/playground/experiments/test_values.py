"""What people write for the values of a setting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.errors import SettingsError
from playground.experiments.values import VARIED, parse_values, parse_whole_numbers
from playground.settings import RANGES, Settings

BASE = Settings()


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("learning_rate", "0.01, 0.1,1", (0.01, 0.1, 1.0)),
        ("learning_rate", "0.001..1 : 4", (0.001, 0.01, 0.1, 1.0)),
        ("batch_size", "8; 32", (8, 32)),
        ("batch_size", "1..256:5", (1, 4, 16, 64, 256)),
        ("kernel_size", "2..5", (2, 3, 4, 5)),
        ("filters", "4, 8+16", ((4,), (8, 16))),
        ("optimizer", "sgd, adam", ("sgd", "adam")),
        ("optimizer", "SGD, Adam, SGD + momentum 0.9", ("sgd", "adam", "momentum")),
        ("initialization", "he,zeros", ("he", "zeros")),
    ],
)
def test_lists_and_ranges_are_read_as_they_are_written(field: str, text: str, values: tuple[object, ...]) -> None:
    assert parse_values(field, text, BASE).values == values


@pytest.mark.parametrize(
    ("field", "text", "complaint"),
    [
        ("learning_rate", "fast", "'fast' is no number"),
        ("learning_rate", "nan", "learning rate is nan"),
        ("learning_rate", "0.1..1", "say how many values"),
        ("learning_rate", "0..1:x", "'x' is no number of values"),
        ("learning_rate", "0.1..1 : 1", "2 to"),
        ("learning_rate", "1..0.1:3", "from a smaller to a larger"),
        ("learning_rate", "0.1..1:99", "2 to 50 values, not 99"),
        ("learning_rate", "0.1, 0.1", "twice"),
        ("learning_rate", "1e999..2e999:3", "from a smaller to a larger"),
        ("batch_size", "0", "batch size is 0"),
        ("batch_size", "1.5", "'1.5' is no whole number"),
        ("kernel_size", "3, 99", "kernel size is 99"),
        ("filters", "8+x", "'x' is no whole number"),
        ("filters", "1..3", "has no ranges"),
        ("optimizer", "adamw", "not one of sgd, momentum, adam"),
        ("seed", "0..99999999", "more than 50 values"),
        ("seed", " , ", "no value for seed"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(field: str, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        parse_values(field, text, BASE)


def test_a_value_that_does_not_fit_the_other_settings_is_refused_at_once() -> None:
    with pytest.raises(SettingsError, match="3 conv blocks with kernel size 11 do not fit"):
        parse_values("kernel_size", "3, 11", BASE.changed(filters=(4, 4, 4), kernel_size=3))


@given(st.sampled_from(sorted(VARIED)), st.text("0123456789.,:+-e nas", max_size=12))
def test_any_text_gives_values_or_a_sentence(field: str, text: str) -> None:
    try:
        values = parse_values(field, text, BASE).values
    except SettingsError:
        return
    assert values
    assert all(getattr(BASE.changed(**{field: value}), field) == value for value in values)


@given(st.integers(2, 50))
def test_the_ends_of_a_range_are_as_they_were_written(count: int) -> None:
    values = parse_values("learning_rate", f"0.0123456..0.7654321 : {count}", BASE).values
    assert (values[0], values[-1], len(values)) == (0.0123456, 0.7654321, count)
    assert list(values) == sorted(values)


def test_what_a_value_is_written_as_reads_back_the_same() -> None:
    for field, value in (("learning_rate", 0.03), ("filters", (8, 16)), ("batch_size", 7), ("optimizer", "adam")):
        assert parse_values(field, VARIED[field].write(value), BASE).values == (value,)


def test_seeds_are_single_numbers_or_a_range() -> None:
    assert parse_whole_numbers("1..3, 7") == (1, 2, 3, 7)
    assert parse_whole_numbers(f"{RANGES['seed'].maximum:.0f}") == (2**31 - 1,)
