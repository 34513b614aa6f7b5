"""Two moments as one picture: every number of the later look less that of the pinned one."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from types import MappingProxyType

from core.trace import Trace

__all__ = ["Difference", "difference"]


@dataclass(frozen=True, eq=False)
class Difference:
    """B − A, where B is the moment that is shown and A the pinned one; the same image in both.

    trace: the arrays of B less those of A; x is the image itself. It is no trace of a network: its sums do not add up.
    """

    trace: Trace
    branch: int
    step: int


def difference(a: Trace, b: Trace) -> Trace:
    """The arrays of b less those of a, read-only, under the same names; x is b's. They are of one architecture."""
    arrays = {}
    for name, values in b.arrays.items():
        less = values if name == "x" else values - a.arrays[name]
        less.setflags(write=False)
        arrays[name] = less
    return dataclasses.replace(b, arrays=MappingProxyType(arrays))
