"""Which cell of the window an index of the trace means."""

from __future__ import annotations

from collections.abc import Sequence

from playground.notation.rules import is_parameter
from ui.cell_ref import CellRef

__all__ = ["ref_of"]


def ref_of(name: str, index: Sequence[int]) -> CellRef:
    """The cell at an index of `trace.arrays[name]`, which keeps the batch axis of the one sample."""
    places = tuple(int(place) for place in index)
    return CellRef(name, places if is_parameter(name) or not places else places[1:])
