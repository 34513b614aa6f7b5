"""Memory of the window over many small steps: after the first minute's worth of an hour, and at the end."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

from benchmarks.window.rig import open_rig
from playground.datasets import suggested_settings
from playground.settings import Settings


def resident_megabytes() -> float:
    """Memory of this process that is in RAM."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    options = parser.parse_args()
    name = "blackboard-3x3"
    with open_rig(Settings(**{"dataset": name, **suggested_settings(name)})) as rig:
        rig.loop.stepped_at = _Nothing()
        rig.train()
        begin = time.monotonic()
        first = None
        seen: list[tuple[int, float]] = []
        while rig.steps < options.steps:
            rig.run(1.0)
            rig.loop.made_at.clear()
            seen.append((rig.steps, resident_megabytes()))
            if first is None and time.monotonic() - begin >= 60.0:
                first = seen[-1]
        rig.pause()
    first = first or seen[0]
    json.dump({"first minute": first, "end": seen[-1], "seconds": time.monotonic() - begin}, sys.stdout)


class _Nothing(dict[int, float]):
    """Keeps nothing: what the benchmark notes must not count as the program's memory."""

    def __setitem__(self, key: int, value: float) -> None:
        del key, value


if __name__ == "__main__":
    main()
