"""What is varied in an experiment: a setting and its values, as people write them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.errors import SettingsError
from playground.notation.numbers import MINUS, chosen_number
from playground.ranges import Range
from playground.settings import CHOICE_NAMES, CHOICES, RANGES, Settings

__all__ = ["VARIED", "Variation", "Varied", "parse_values", "parse_whole_numbers", "read_values"]

_MOST_VALUES = 50


@dataclass(frozen=True)
class Varied:
    """A setting that can be varied: its name in `Settings`, what people call it, and how one value is written.

    write: in files, as `read` takes it; `shown`: in the window.
    """

    field: str
    label: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]
    allowed: Range | None = None

    @property
    def hint(self) -> str:
        """An example of what can be typed."""
        return _HINTS[self.field]

    def shown(self, value: Any) -> str:
        """One value as the window calls it."""
        return CHOICE_NAMES.get(self.field, {}).get(value) or self.write(value)


@dataclass(frozen=True)
class Variation:
    """One setting and the different values that it takes, in order. Raises SettingsError if two are alike."""

    field: str
    values: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise SettingsError(f"There is no value for {VARIED[self.field].label}; write one or more.")
        if len(set(self.values)) < len(self.values):
            raise SettingsError(f"A value for {VARIED[self.field].label} is there twice; write each once.")

    @property
    def label(self) -> str:
        """What people call the setting."""
        return VARIED[self.field].label

    def text(self, value: Any) -> str:
        """One value as the window calls it."""
        return VARIED[self.field].shown(value)


def _number(allowed: Range) -> Callable[[str], int | float]:
    def read(text: str) -> int | float:
        try:
            return int(text) if allowed.integer else float(text.replace(MINUS, "-"))
        except ValueError:
            raise SettingsError(f"{text!r} is no {'whole ' * allowed.integer}number.") from None

    return read


def _filters(text: str) -> tuple[int, ...]:
    # one number a block: 8 or 8+16
    return tuple(int(_number(RANGES["filters"])(part.strip())) for part in text.split("+"))


def _word(field: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        words = {name.lower(): word for word, name in CHOICE_NAMES[field].items()}
        words |= {word: word for word in CHOICES[field]}
        if text.lower() not in words:
            raise SettingsError(f"{text!r} is not one of {', '.join(CHOICES[field])}.")
        return words[text.lower()]

    return read


_HINTS = {
    "learning_rate": "0.01, 0.1, 1  or  0.001..1 : 7",
    "batch_size": "8, 32  or  1..256 : 5",
    "kernel_size": "3, 5, 7  or  2..9",
    "filters": "4, 8, 8+16",
    "optimizer": ", ".join(CHOICES["optimizer"]),
    "initialization": ", ".join(CHOICES["initialization"]),
    "seed": "1..5",
}

VARIED: Mapping[str, Varied] = {
    varied.field: varied
    for varied in (
        Varied("learning_rate", "η", _number(RANGES["learning_rate"]), chosen_number, RANGES["learning_rate"]),
        Varied("batch_size", "m", _number(RANGES["batch_size"]), str, RANGES["batch_size"]),
        Varied("kernel_size", "k", _number(RANGES["kernel_size"]), str, RANGES["kernel_size"]),
        Varied("filters", "filters", _filters, lambda value: "+".join(map(str, value))),
        Varied("optimizer", "optimiser", _word("optimizer"), str),
        Varied("initialization", "first weights", _word("initialization"), str),
        Varied("seed", "seed", _number(RANGES["seed"]), str, RANGES["seed"]),
    )
}
"""The settings that experiments vary, by their name in `Settings`."""


def parse_values(field: str, text: str, base: Settings) -> Variation:
    """Values written as a list, "0.01, 0.1", with ranges: "2..5" is every whole number, "0.001..1 : 7" seven values.

    Values of a range are spread evenly, on a log scale where the slider of the setting is logarithmic. Raises
    SettingsError naming what is wrong with which value, also if it does not fit the other settings of `base`.
    """
    values = read_values(field, text)
    for value in values:
        base.changed(**{field: value})  # says what does not fit
    return Variation(field, tuple(getattr(base.changed(**{field: value}), field) for value in values))


def read_values(field: str, text: str) -> list[Any]:
    """The values as `parse_values` takes them, whatever else is set."""
    varied = VARIED[field]
    values: list[Any] = []
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        values += _range_values(varied, part) if ".." in part else [varied.read(part)]
        if len(values) > _MOST_VALUES:
            raise SettingsError(f"These are more than {_MOST_VALUES} values for {varied.label}; write fewer.")
    return values


def parse_whole_numbers(text: str) -> tuple[int, ...]:
    """Seeds, "3" or "1..5" or "1, 4, 7". Raises SettingsError."""
    return parse_values("seed", text, Settings()).values


def _count(text: str, count_text: str) -> int | None:
    """How many values a range has, None if that is not said."""
    if not count_text:
        return None
    if not (count_text.isdecimal() and count_text.isascii()):
        raise SettingsError(
            f"{text!r}: {count_text!r} is no number of values; write 2 to {_MOST_VALUES} after the colon."
        )
    count = int(count_text)
    if not 2 <= count <= _MOST_VALUES:
        raise SettingsError(f"{text!r}: a range has 2 to {_MOST_VALUES} values, not {count}.")
    return count


def _range_values(varied: Varied, text: str) -> list[Any]:
    allowed = varied.allowed
    if allowed is None:
        raise SettingsError(f"{text!r}: {varied.label} has no ranges; write the values one by one, like {varied.hint}.")
    span, _, count_text = text.partition(":")
    first_text, _, last_text = span.partition("..")
    first, last = (varied.read(end.strip()) for end in (first_text, last_text))
    if not (math.isfinite(first) and math.isfinite(last) and first < last):
        raise SettingsError(f"{text!r}: a range goes from a smaller to a larger number, like {varied.hint}.")
    count = _count(text, count_text.strip())
    allowed.check(varied.label, first)
    allowed.check(varied.label, last)
    if count is None:
        if not allowed.integer:
            raise SettingsError(f"{text!r}: say how many values, like {first_text.strip()}..{last_text.strip()} : 5.")
        # more than are allowed is enough to be refused
        return list(range(int(first), min(int(last), int(first) + _MOST_VALUES) + 1))
    shares = [number / (count - 1) for number in range(count)]
    if allowed.log:
        spread = [first * (last / first) ** share for share in shares]
    else:
        spread = [first + (last - first) * share for share in shares]
    if allowed.integer:
        return list(dict.fromkeys(round(value) for value in spread))
    # three digits are enough for a scale, but the ends stay as they were written
    return [first, *(float(f"{value:.3g}") for value in spread[1:-1]), last]
