"""Timing that a busy machine cannot bend much: taking turns, and medians of the ratios of neighbours in time."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

__all__ = ["Timing", "take_turns"]


@dataclass(frozen=True)
class Timing:
    """Seconds a call of each function in each round."""

    rounds: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """The median time of a call, in seconds."""
        return statistics.median(self.rounds[name])

    def ratio(self, name: str, to: str) -> float:
        """How many times as long as `to` a call of `name` takes: the median over the rounds."""
        return statistics.median(a / b for a, b in zip(self.rounds[name], self.rounds[to], strict=True))


def take_turns(functions: Mapping[str, Callable[[], object]], rounds: int, seconds: float) -> Timing:
    """Time each function for about `seconds` a round, one after the other."""
    calls = {}
    for name, function in functions.items():
        for _ in range(3):
            function()
        calls[name] = max(1, round(seconds / _seconds_a_call(function, 2)))
    times: dict[str, list[float]] = {name: [] for name in functions}
    gc.collect()
    gc.disable()
    try:
        for number in range(rounds):
            # the order changes, so that nobody always comes after the same one
            for name in list(functions)[:: 1 if number % 2 else -1]:
                times[name].append(_seconds_a_call(functions[name], calls[name]))
    finally:
        gc.enable()
    return Timing({name: tuple(found) for name, found in times.items()})


def _seconds_a_call(function: Callable[[], object], calls: int) -> float:
    begin = time.perf_counter()
    for _ in range(calls):
        function()
    return (time.perf_counter() - begin) / calls
