"""One change of a collection, as it can be taken back and made again."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.errors import DataError
from playground.own_data.description import MAX_CLASSES

__all__ = ["Change", "ClassLabel", "Patch"]

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class ClassLabel:
    """A class: its name, and its colour as a place in the theme's class colours or as "#rrggbb".

    Raises DataError if the colour is neither.
    """

    name: str
    color: int | str

    def __post_init__(self) -> None:
        color = self.color
        is_place = isinstance(color, int) and not isinstance(color, bool) and 0 <= color < MAX_CLASSES
        if not is_place and not (isinstance(color, str) and _COLOR.fullmatch(color)):
            raise DataError(f"{color!r} is no colour; choose a number from 0 to {MAX_CLASSES - 1}, or #rrggbb.")


@dataclass(frozen=True, eq=False)
class Patch:
    """Some values of a column ("labels", "in_test" …) of the samples, before and after."""

    column: str
    rows: NDArray[np.intp]
    before: NDArray[Any]
    after: NDArray[Any]


@dataclass(frozen=True, eq=False)
class Change:
    """text: what was done, as it is listed; rows: the samples that it is about; classes: all, before and after."""

    text: str
    rows: NDArray[np.intp]
    classes_before: tuple[ClassLabel, ...]
    classes_after: tuple[ClassLabel, ...]
    patches: Sequence[Patch]

    @property
    def is_empty(self) -> bool:
        """True if nothing is other than before."""
        return self.classes_before == self.classes_after and not any(len(patch.rows) for patch in self.patches)

    def apply(self, columns: Mapping[str, NDArray[Any]], *, forward: bool) -> tuple[ClassLabel, ...]:
        """Write the values after (or before) the change into the columns; returns the classes of then."""
        for patch in self.patches if forward else reversed(self.patches):
            columns[patch.column][patch.rows] = patch.after if forward else patch.before
        return self.classes_after if forward else self.classes_before
