"""Measure the engine and write docs/benchmarks/engine.md with its picture: python -m benchmarks.engine.

Without PyTorch the columns that compare with it stay empty, and the page says so.
"""

from __future__ import annotations

import os

# must happen before NumPy loads its BLAS
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import importlib
import sys
from pathlib import Path

from benchmarks.engine.growth import measure_growth
from benchmarks.engine.inference import measure_inference
from benchmarks.engine.report import draw_growth, line, page
from benchmarks.engine.steps import measure_steps

_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "benchmarks"


def main() -> None:
    """Measure, tell each line as it comes, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=21, help="how often everything takes its turn (21)")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out, which takes minutes")
    parser.add_argument("--only-steps", action="store_true", help="print the table of steps, write nothing")
    options = parser.parse_args()
    try:
        torch = importlib.import_module("torch")
    except ModuleNotFoundError:
        torch = None
        sys.stdout.write("PyTorch is not installed, so there is nothing to compare with.\n")
    rounds = options.rounds
    steps = []
    for row in measure_steps(torch, rounds=rounds, seconds=0.05, compiled=not options.no_compile):
        steps.append(row)
        sys.stdout.write(f"{line(row)}\n")
        sys.stdout.flush()
    if options.only_steps:
        return
    inference = []
    for found in measure_inference(torch, rounds=max(3, rounds // 3), seconds=0.05):
        inference.append(found)
        sys.stdout.write(f"classify {found.images} images, {found.setting}: {found.seconds * 1e3:.2f} ms\n")
        sys.stdout.flush()
    growth = []
    for point in measure_growth(torch, rounds=max(3, rounds // 3), seconds=0.03):
        growth.append(point)
        sys.stdout.write(f"{point.sweep} = {point.size}: {point.seconds['ours'] * 1e6:.0f} µs\n")
        sys.stdout.flush()
    _FOLDER.mkdir(parents=True, exist_ok=True)
    draw_growth(growth, _FOLDER / "growth.png")
    (_FOLDER / "engine.md").write_text(page(steps, inference, growth, torch, rounds), encoding="utf-8")
    sys.stdout.write(f"Written: {_FOLDER.relative_to(_FOLDER.parents[1]) / 'engine.md'}\n")


if __name__ == "__main__":
    main()
