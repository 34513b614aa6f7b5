"""Typed answers: what is a number, and how near it has to come."""

from __future__ import annotations

import math
import re

from playground.errors import AnswerError

__all__ = ["TOLERANCE", "is_near", "read_answer"]

TOLERANCE = 0.02
"""Share of the true value that an answer may be off, since one reckons with the four digits that are shown."""

_DECIMAL = r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?"
_NUMBER = re.compile(rf"({_DECIMAL})(?:/({_DECIMAL}))?", re.ASCII)
_LONGEST_SHOWN = 20


def read_answer(text: str) -> float:
    """The number in a text: 0.25, 0,25, −.5, 2e-3 or a fraction such as 1/3. Raises AnswerError with one sentence."""
    plain = text.strip().replace("−", "-").replace("–", "-").replace(" ", "")
    if not plain:
        raise AnswerError("Type a number first, such as 0.25, 0,25 or 1/4.")
    shown = plain if len(plain) <= _LONGEST_SHOWN else plain[:_LONGEST_SHOWN] + "…"
    found = _NUMBER.fullmatch(plain)
    if found is None:
        raise AnswerError(f"“{shown}” is no number; type one such as 0.25, 0,25 or 1/4.")
    above, below = (float(part.replace(",", ".")) if part else 1.0 for part in found.groups())
    if below == 0.0:
        raise AnswerError(f"“{shown}” divides by zero; type a number such as 0.25, 0,25 or 1/4.")
    value = above / below
    if not math.isfinite(value):
        raise AnswerError(f"“{shown}” is too large for a number here; type one such as 0.25, 0,25 or 1/4.")
    return value


def is_near(answer: float, value: float) -> bool:
    """Whether an answer counts as right: within TOLERANCE of the value, and 0 only where the value is 0."""
    return abs(answer - value) <= TOLERANCE * abs(value)
