"""When peaks of the past would leave the curve of now no room on its axis, and how far the axis then reaches."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from playground.history import OBSERVED, Event
from ui.charts.curve_line import CurveLine

__all__ = ["Peaks"]

_MUCH, _NO_MORE = 3.0, 1.5
"""Times what is usual: from the one on peaks are left out, until they are less than the other."""
_NEWEST = 1 / 3
_ENOUGH = 20
"""Steps since something was changed that say how things are now."""


class Peaks:
    """One rule: the axis reaches as far as each curve began, and as far as they went in the newest third of the steps.

    What was changed by hand or went wrong begins a new time: of the newest third, only what came since then counts.
    """

    def __init__(self) -> None:
        self._are_out = False

    def reset(self) -> None:
        """Another run."""
        self._are_out = False

    def usual(self, lines: Sequence[CurveLine], events: Iterable[Event], high: float) -> float:
        """How far the axis has to reach; `high`, the greatest value of all, unless that is a peak to be left out."""
        began = max((line.began_with for line in lines), default=-math.inf)
        if not 0 < began < math.inf or high <= _NO_MORE * began:
            self._are_out = False
            return high
        usual = max(began, _greatest_of_now(lines, events))
        self._are_out = high > (_NO_MORE if self._are_out else _MUCH) * usual
        return usual if self._are_out else high


def _greatest_of_now(lines: Sequence[CurveLine], events: Iterable[Event]) -> float:
    newest = max(line.newest for line in lines)
    since = newest * (1 - _NEWEST)
    changed = max((event.step for event in events if event.kind != OBSERVED), default=0)
    if changed + _ENOUGH <= newest:
        since = max(since, changed)
    values = np.concatenate([line.curve.after(since) for line in lines])
    return float(values[np.isfinite(values)].max(initial=-math.inf))
