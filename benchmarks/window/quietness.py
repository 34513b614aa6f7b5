"""Whether other programs used the processors while something was measured: then it is measured again."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

__all__ = ["undisturbed"]

Result = TypeVar("Result")

_MOST = 0.05
"""Of one processor: what others may use meanwhile. Half a processor costs training beside a window a fifth."""
_TRIES = 6
_TICK = os.sysconf("SC_CLK_TCK")


def undisturbed(measure: Callable[[], Result]) -> Result:
    """What `measure` finds while the processors are this program's own, or else the last time it tries."""
    found, share = _beside_others(measure)
    for again in range(1, _TRIES):
        if share <= _MOST:
            break
        sys.stderr.write(f"other programs used {share:.0%} of a processor: measured again ({again})\n")
        found, share = _beside_others(measure)
    return found


def _beside_others(measure: Callable[[], Result]) -> tuple[Result, float]:
    """What `measure` finds, and how much of a processor others used meanwhile."""
    before, begin = _seconds_of_others(), time.perf_counter()
    found = measure()
    return found, (_seconds_of_others() - before) / (time.perf_counter() - begin)


def _seconds_of_others() -> float:
    """Processor time of all but this process and the server of its display."""
    user, nice, system, *_ = (int(field) for field in _lines(Path("/proc/stat"))[0].split()[1:])
    return (user + nice + system - _ticks_of_ours()) / _TICK


def _ticks_of_ours() -> int:
    ticks, mine, parent = 0, os.getpid(), os.getppid()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            continue  # it has ended since
        fields = text[text.rindex(")") + 2 :].split()
        shows_it = int(fields[1]) == parent if "(Xvfb)" in text else "(Xorg)" in text or "(Xwayland)" in text
        if int(path.parent.name) == mine or shows_it:
            ticks += int(fields[11]) + int(fields[12])
    return ticks


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
