"""The allowed values of a number, and the sentence for one that is not allowed."""

from __future__ import annotations

from dataclasses import dataclass

from playground.errors import SettingsError
from playground.notation.numbers import chosen_number

__all__ = ["Range"]


@dataclass(frozen=True)
class Range:
    """The allowed values of one number: bounds included, `integer` or real, `log` if a slider should be logarithmic."""

    minimum: float
    maximum: float
    integer: bool = True
    log: bool = False

    def check(self, name: str, value: object) -> None:
        """Raise SettingsError unless `value` is a number of the right kind within the bounds."""
        kind = "a whole number" if self.integer else "a number"
        span = f"{kind} from {chosen_number(self.minimum)} to {chosen_number(self.maximum)}"
        if isinstance(value, bool) or not isinstance(value, int if self.integer else (int, float)):
            raise SettingsError(f"{_words(name)} is {value!r}; it must be {span}.")
        # compared as it is: a huge whole number has no float; nan fails every comparison
        if not self.minimum <= value <= self.maximum:
            raise SettingsError(f"{_words(name)} is {value}; it must be {span}.")


def _words(name: str) -> str:
    """The name of a field as one says it: "kernel_size" → "kernel size"."""
    return name.replace("_", " ")
