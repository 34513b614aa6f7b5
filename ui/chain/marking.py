"""Which cells of the pictures in the chain belong to the cell that is pointed at anywhere in the window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from core.chain import ChainFactor
from core.trace import Trace
from ui.cell_ref import CellRef, sample_array
from ui.chain.drawing import Mark
from ui.chain.pointing import Numbers, cell_at_number, numbered_array, numbered_factor
from ui.explain.linker import Spotlight
from ui.theme import Theme

__all__ = ["PictureCells"]


class PictureCells:
    """Of the factors of a chain and of their product, which stands last. What they show is worked out once a chain."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._numbers: tuple[Numbers | None, ...] = ()

    def of(self, factors: Sequence[ChainFactor], running: str, trace: Trace, filters: tuple[int, ...]) -> None:
        """Take the pictures of another chain, filter or product; costs little if they are the same."""
        names = tuple((factor.numerator, factor.denominator) for factor in factors)
        shapes = tuple(array.shape for array in trace.arrays.values())
        key = (names, running, filters, shapes, trace.y.tobytes())
        if key != self._key:
            self._key = key
            found = [numbered_factor(factor, trace, filters) for factor in factors]
            self._numbers = (*found, numbered_array(trace, running, filters))

    def cell(self, trace: Trace, picture: int, place: tuple[int, int, int]) -> CellRef | None:
        """The cell at tile, row and column of a picture; None where it shows no cell of the trace."""
        numbers = self._numbers[picture]
        return cell_at_number(trace, numbers[0], int(numbers[1][place])) if numbers else None

    def marks(self, light: Spotlight | None, theme: Theme) -> Iterator[tuple[Mark, ...]]:
        """For each picture its cells that make the one pointed at, that are made from it, and itself."""
        groups: list[tuple[str, NDArray[np.intp], str]] = []
        if light is not None:
            groups = [(name, rows, theme.source) for name, rows in light.sources]
            groups += [(name, rows, theme.reader) for name, rows in light.readers]
            groups.append((light.ref.name, np.array([light.ref.index], np.intp), theme.selection))
        for numbers in self._numbers:
            found = []
            for name, rows, color in groups:
                if light is not None and numbers is not None and numbers[0] == name:
                    shape = sample_array(light.trace, name).shape
                    places = np.ravel_multi_index(tuple(rows.T), shape) if shape else np.zeros(1, np.intp)
                    marked = np.isin(numbers[1], places)
                    if marked.any():
                        found.append(Mark(marked, color))
            yield tuple(found)
