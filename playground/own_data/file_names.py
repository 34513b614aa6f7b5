"""What the names of files tell of a data set that lies in several: which belong together, and what is in each."""

from __future__ import annotations

import re

__all__ = ["family_of", "holds_images", "holds_labels", "is_test_file", "key_of"]

_KIND_WORDS = re.compile(r"(?<![a-z])(images?|imgs?|labels?|idx\d?|ubyte|ubytes|int|gz|npz)(?![a-z])")
_IMAGE_WORDS = re.compile(r"(?<![a-z])(images?|imgs?)(?![a-z])")
_LABEL_WORDS = re.compile(r"(?<![a-z])labels?(?![a-z])")
_TRAIN_WORDS = re.compile(r"(?<![a-z])(training|train)(?![a-z])")
_TEST_WORDS = re.compile(r"(?<![a-z])(testing|test|t\d+k|val|validation)(?![a-z])")


def key_of(name: str) -> str:
    """What is left of a name without the words for images, labels and kinds of files: equal for a pair of files."""
    return " ".join(re.split(r"[^a-z0-9]+", _KIND_WORDS.sub(" ", name.lower()))).strip()


def family_of(name: str) -> str:
    """The key without the words for train and test: equal for all files of a data set."""
    return " ".join(_TEST_WORDS.sub(" ", _TRAIN_WORDS.sub(" ", key_of(name))).split())


def is_test_file(name: str) -> bool:
    """True if the name says that the file is to test with."""
    return bool(_TEST_WORDS.search(key_of(name)))


def holds_images(name: str) -> bool:
    """True if the name says that the file holds images."""
    return bool(_IMAGE_WORDS.search(name.lower()))


def holds_labels(name: str) -> bool:
    """True if the name says that the file holds labels."""
    return bool(_LABEL_WORDS.search(name.lower()))
