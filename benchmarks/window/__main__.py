"""All measurements of the window, each in a process of its own, as a Markdown page: `python -m benchmarks.window`."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.window.display import a_display
from benchmarks.window.report import page

_ROOT = Path(__file__).resolve().parents[2]


def measured(environment: dict[str, str], module: str, *arguments: str) -> dict[str, Any]:
    """What a module of this folder measures, run as a program."""
    command = [sys.executable, "-m", f"benchmarks.window.{module}", *arguments]
    done = subprocess.run(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def seconds_to_paint(environment: dict[str, str], what: str) -> float:
    """From the start of a process until its window is painted."""
    command = [sys.executable, "-m", "benchmarks.window.start", what]
    begin = time.perf_counter()
    with subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        if process.stdout.readline() != "painted\n":
            raise RuntimeError(f"the {what} window ended before it was painted")
        return time.perf_counter() - begin


def starts(environment: dict[str, str], pairs: int) -> dict[str, Any]:
    """Seconds of either window, alternating; the first pair fills the caches and does not count."""
    found = [(seconds_to_paint(environment, "empty"), seconds_to_paint(environment, "ours")) for _ in range(pairs + 1)]
    empty, ours = zip(*found[1:], strict=True)
    ratio = statistics.median(mine / bare for bare, mine in found[1:])
    return {"empty": statistics.median(empty), "ours": statistics.median(ours), "ratio": ratio}


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of training (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=6.0, help="of each half of a round (default: %(default)s)")
    parser.add_argument("--memory", action="store_true", help="also take a million small steps (minutes)")
    parser.add_argument("--own-display", action="store_true", help="on an Xvfb of its own though there is a display")
    parser.add_argument("--to", type=Path, default=_ROOT / "docs/benchmarks/window.md", help="the page (%(default)s)")
    options = parser.parse_args()
    timing = ("--rounds", str(options.rounds), "--seconds", str(options.seconds))
    with a_display(own=options.own_display) as environment:
        found: dict[str, Any] = {"processors": os.cpu_count()}
        for scene in ("none", "cell"):
            found[f"training {scene}"] = measured(environment, "training", "--pointed", scene, *timing)
        found["answers"] = measured(environment, "answers")
        found["curves"] = measured(environment, "curves")
        found["start"] = starts(environment, 5)
        if options.memory:
            found["memory"] = measured(environment, "memory")
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(page(found), encoding="utf-8")
    sys.stdout.write(f"{options.to}\n")


if __name__ == "__main__":
    main()
