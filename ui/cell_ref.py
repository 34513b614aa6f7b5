"""Which cell of which array is meant, wherever one is pointed at, pinned or explained; and its number."""

from __future__ import annotations

from dataclasses import dataclass

from core.arrays import Array
from core.trace import Trace
from ui.number_format import display_index, display_name

__all__ = ["CellRef", "cell_value", "sample_array"]


@dataclass(frozen=True)
class CellRef:
    """One cell of an array of the trace. `index` has no batch axis: `CellRef("dz1", (2, 10, 7))`."""

    name: str
    index: tuple[int, ...]

    @property
    def array_index(self) -> tuple[int, ...]:
        """The index into `trace.arrays[name]`, which keeps the batch axis of everything but parameters and the loss."""
        return self.index if _is_parameter(self.name) or self.name == "L" else (0, *self.index)

    def __str__(self) -> str:
        return display_name(self.name) + display_index(self.index)


def _is_parameter(name: str) -> bool:
    return name.removeprefix("d")[0] in "wb"


def sample_array(trace: Trace, name: str) -> Array:
    """An array of the trace without its batch axis (the flow view's traces hold one sample)."""
    array = trace.arrays[name]
    return array if _is_parameter(name) or name == "L" else array[0]


def cell_value(trace: Trace, ref: CellRef) -> float:
    """The number in a cell; raises KeyError or IndexError if the trace has no such cell."""
    return float(sample_array(trace, ref.name)[ref.index])
