"""What the files of well-known data sets do not say themselves: the names of their classes, and how EMNIST lies."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["class_names_of", "is_transposed"]

_FASHION = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_KUZUSHIJI = tuple("おきすつなはまやれを")
_KUZUSHIJI_49 = tuple(
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをんゝ"
)
_DIGITS = "0123456789"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BALANCED = tuple(_DIGITS + _UPPER + "abdefghnqrt")
"""EMNIST's 47 classes: small letters that look like their capitals are one class with them."""

_BY_WORD: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("fashion", _FASHION),
    ("kuzushiji", _KUZUSHIJI),
    ("kmnist", _KUZUSHIJI),
    ("k49", _KUZUSHIJI_49),
    # letters are numbered from 1; 0 is never used
    ("emnist-letters", ("none", *_UPPER)),
    ("emnist-balanced", _BALANCED),
    ("emnist-bymerge", _BALANCED),
    ("emnist-byclass", tuple(_DIGITS + _UPPER + _UPPER.lower())),
)


def class_names_of(hint: str, labels: NDArray[np.int64]) -> tuple[str, ...] | None:
    """Names for the labels 0, 1 … of the data set that a path (in small letters) hints at; None if they do not fit."""
    for word, names in _BY_WORD:
        if word in hint and len(labels) and 0 <= labels.min() <= labels.max() < len(names):
            return names
    return None


def is_transposed(hint: str) -> bool:
    """True for EMNIST, whose images are stored column by column."""
    return "emnist-" in hint and "kmnist" not in hint
