"""Peak memory of a piece of work, each in a new process, so that nothing freed earlier is used again unseen."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

__all__ = ["peak_megabytes"]


def peak_megabytes(work: Callable[[], object], *, warm_up: Callable[[], object]) -> float | None:
    """How far `work` raises the resident memory at most, in a process that has done `warm_up` before.

    Both must be importable by name. None where the system does not tell (Linux does).
    """
    if not Path("/proc/self/clear_refs").exists():
        return None
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measure, work, warm_up).result()


def _measure(work: Callable[[], object], warm_up: Callable[[], object]) -> float:
    warm_up()
    before = _status("VmRSS")
    # 5 sets the peak back to what is resident now: man 5 proc
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    kept = work()
    peak = _status("VmHWM")
    del kept
    return (peak - before) / 1024


def _status(field: str) -> int:
    """A field of this process's status, in kB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))
