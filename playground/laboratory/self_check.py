"""Whether what is shown is what it should be: cells of a trace against the sums that make them, a few at a time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from core.explain import Explanation, explain
from core.trace import Trace

__all__ = ["Mismatch", "SelfCheck", "holds", "is_close"]

_ROUNDING = {np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-12}
"""Of the sum of the terms' sizes: what a few hundred additions may lose."""
_SINGLE = np.dtype(np.float32)
_NAMED = 5


def is_close(found: Explanation, dtype: np.dtype[np.floating] = _SINGLE) -> bool:
    """Whether the terms sum to the engine's value up to the rounding of its type; NaN and infinity only to themselves.

    Rounding grows with what is added up, not with what is left of it. −log A of a probability near 1 is as exact as A
    is, so its rounding is that of 1, however small the loss.
    """
    if not math.isfinite(found.value) or not math.isfinite(found.total):
        return str(found.value) == str(found.total)
    scale = float(abs(found.products).sum()) + abs(found.value) + (1.0 if found.rule == "loss" else 0.0)
    return abs(found.total - found.value) <= _ROUNDING[dtype] * scale


def holds(trace: Trace, name: str, cell: int) -> bool:
    """Whether one cell (row-major number) of an array of a trace is the sum of its terms."""
    array = trace.arrays[name]
    index = tuple(int(axis) for axis in np.unravel_index(cell, array.shape))
    return is_close(explain(trace, name, index), array.dtype)


@dataclass(frozen=True)
class Mismatch:
    """A cell that is not what its terms sum to, at a step."""

    step: int
    name: str
    index: tuple[int, ...]
    shown: float
    total: float


class SelfCheck:
    """Compares finite cells of the newest trace, one of each array in turn, and counts. Single-threaded.

    cells, mismatches: since `begin`; first: the first few of the mismatches.
    """

    def __init__(self, seed: int = 0) -> None:
        self._rng = np.random.default_rng(seed)
        self._now: Callable[[], float] = time.perf_counter
        self.begin()

    def begin(self) -> None:
        """Count from 0, for another run or another engine."""
        self.cells = self.mismatches = 0
        self.first: tuple[Mismatch, ...] = ()
        self._trace: Trace | None = None
        self._step = 0
        self._turn: Iterator[tuple[str, int]] = iter(())

    def look_at(self, trace: Trace, step: int) -> None:
        """Go on with the cells of this trace."""
        if trace is not self._trace:
            self._trace, self._step = trace, step
            self._turn = self._walk(trace)

    def advance(self, seconds: float, cells: int) -> int:
        """Compare at most so many cells, for so long at most; how many it were. 0 once all of the trace are done."""
        if self._trace is None:
            return 0
        until, done = self._now() + seconds, 0
        for name, cell in self._turn:
            self._compare(self._trace, name, cell)
            done += 1
            if done >= cells or self._now() >= until:
                break
        return done

    def _walk(self, trace: Trace) -> Iterator[tuple[str, int]]:
        """Every cell once, in an order of its own in each array, the arrays taking turns."""
        names = [name for name in (*trace.forward_names, *trace.backward_names) if name != "x"]
        orders = {name: iter(self._order(trace.arrays[name].size)) for name in names}
        # a trace seldom lasts long while training: another array begins each time
        names = names[(start := int(self._rng.integers(len(names)))) :] + names[:start]
        while orders:
            for name in names:
                if name not in orders:
                    continue
                cell = next(orders[name], None)
                if cell is None:
                    del orders[name]
                else:
                    yield name, cell

    def _order(self, size: int) -> Iterator[int]:
        """0 … size − 1 by steps that have no factor in common with size: scattered, without a table of them."""
        start, stride = int(self._rng.integers(size)), max(1, int(0.618 * size))
        while math.gcd(stride, size) > 1:
            stride += 1
        return ((start + number * stride) % size for number in range(size))

    def _compare(self, trace: Trace, name: str, cell: int) -> None:
        array = trace.arrays[name]
        index = tuple(int(axis) for axis in np.unravel_index(cell, array.shape))
        found = explain(trace, name, index)
        if not math.isfinite(found.value):
            return  # the run says that it has diverged; how its sums left the range of their type tells no mistake
        self.cells += 1
        if not is_close(found, array.dtype):
            self.mismatches += 1
            if len(self.first) < _NAMED:
                self.first = (*self.first, Mismatch(self._step, name, index, found.value, found.total))
