"""Which weight is looked at."""

from __future__ import annotations

from core.trace import Trace
from ui.cell_ref import CellRef

__all__ = ["is_in", "steepest"]


def is_in(trace: Trace, cell: CellRef) -> bool:
    """Whether a network like that of the trace has this cell."""
    array = trace.arrays.get(cell.name)
    return (
        array is not None
        and len(cell.index) == array.ndim
        and all(at < side for at, side in zip(cell.index, array.shape, strict=True))
    )


def steepest(trace: Trace) -> CellRef:
    """The kernel weight that the loss of the sample depends on most: a good one to begin with."""
    gradient = trace.arrays["dw1"]
    flat, index = int(abs(gradient).argmax()), []
    for side in reversed(gradient.shape):
        flat, at = divmod(flat, side)
        index.append(at)
    return CellRef("w1", tuple(reversed(index)))
