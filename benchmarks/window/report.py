"""The page of the window's benchmark, in Markdown."""

from __future__ import annotations

import platform
from typing import Any

__all__ = ["page"]


def page(found: dict[str, Any]) -> str:
    """The whole page."""
    parts = [
        "# The window beside training",
        "",
        f"`make bench-window` on {platform.system()} {platform.machine()}, {found['processors']} processors, Python "
        f"{platform.python_version()}: the default network (digits, 8 filters) at full speed in a window of 1440×900 "
        "with every panel visible and the overview in front. Rounds with and without the window alternate in one "
        "process and one run; what the window takes from training is measured while nothing else watches it, and "
        "again where other programs used the processors.",
        "",
        *_training(found["training none"], found["training cell"]),
        *_answers(found["answers"]),
        *_rest(found),
    ]
    return "\n".join(parts) + "\n"


def _training(plain: dict[str, Any], pointed: dict[str, Any]) -> list[str]:
    rows = [
        ("steps a second without the window", "alone", "{:.0f}"),
        ("with it", "with window", "{:.0f}"),
        ("share", "share", "{:.2f}"),
        ("GUI thread, ms of a second", "gui ms/s", "{:.0f}"),
        ("snapshots in the training thread, ms of a second", "snapshots ms/s", "{:.0f}"),
    ]
    lines = ["| training | target | nothing pointed at | a cell explained |", "|---|---|---|---|"]
    for text, key, form in rows:
        target = "≥ 0.85" if key == "share" else ""
        lines.append(f"| {text} | {target} | {form.format(plain[key])} | {form.format(pointed[key])} |")
    for place, (text, target) in enumerate((("median", ""), ("p99", "≤ 20"), ("p99.9", ""), ("worst", "≤ 50"))):
        values = [f"{found['late ms'][place]:.1f}" for found in (plain, pointed)]
        lines.append(f"| event loop late, ms, {text} | {target} | {values[0]} | {values[1]} |")
    lines += ["", "| view | pictures a second | age when replaced, ms: median, p99, worst |", "|---|---|---|"]
    for view, count in pointed["pictures/s"].items():
        ages = ", ".join(f"{age:.0f}" for age in pointed["age ms"][view])
        lines.append(f"| {view} | {count:.1f} | {ages} |")
    counts = pointed["histogram"]
    lines += ["", "Lateness of a 5 ms timer: " + ", ".join(f"{span}: {count}" for span, count in counts.items()) + "."]
    checks, frames = pointed["checks"], pointed["checks"]["frames"]
    lines += [
        "",
        f"Of {frames} frames {checks['mixed']} explained another step than the flow showed; {checks['wrong cells']} of "
        f"{checks['cells']} cells checked in the picture had another colour than their number; "
        f"{pointed['mixed traces']} of {pointed['traces checked']} shown traces were not those of their weights.",
        "",
    ]
    return lines


def _answers(found: dict[str, list[float]]) -> list[str]:
    lines = ["| answer painted, ms | median | p99 | worst |", "|---|---|---|---|"]
    lines += [f"| {name} | " + " | ".join(f"{time:.1f}" for time in times) + " |" for name, times in found.items()]
    return [*lines, ""]


def _rest(found: dict[str, Any]) -> list[str]:
    curves, start = found["curves"], found["start"]
    lines = [
        "Curves of a million steps: a frame of "
        f"zooming takes {curves['zoom'][0]:.1f} ms (p99 {curves['zoom'][1]:.1f}), of "
        f"panning {curves['pan'][0]:.1f} ms (p99 {curves['pan'][1]:.1f}); the history of their "
        f"run takes {curves['megabytes']:.1f} MB.",
        "",
        f"First painted window: {start['ours']:.2f} s, an empty one with PySide6, pyqtgraph and NumPy "
        f"{start['empty']:.2f} s, ratio {start['ratio']:.2f} (target ≤ 1.5).",
    ]
    if "memory" in found:
        first, end = found["memory"]["first minute"], found["memory"]["end"]
        change = 100 * (end[1] / first[1] - 1)
        lines += [
            "",
            f"Memory: {first[1]:.0f} MB after the first minute ({first[0]:,} steps), {end[1]:.0f} MB after {end[0]:,} "
            f"steps, {change:+.1f} % (target ± 5 %).",
        ]
    return lines
