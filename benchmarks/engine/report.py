"""The page of the engine's figures, and the picture of how they grow."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine.growth import SWEEPS, GrowthPoint
from benchmarks.engine.inference import InferenceRow
from benchmarks.engine.steps import StepRow
from core.fast_path import compiled_part

__all__ = ["draw_growth", "line", "page"]

_COLORS = {"ours": "#1668c4", "numpy": "#6fb1f0", "eager": "#b8500f", "products": "#7d8590"}
_NAMES = {"ours": "this engine", "numpy": "by NumPy alone", "eager": "PyTorch eager", "products": "bare products"}


def line(row: StepRow) -> str:
    """One step of the table, for the terminal."""
    threads = f"{row.threads} thread{'s' * (row.threads > 1)}"
    text = f"{threads:9}  {row.setting!s:46} m={row.setting.batch_size:<3} {row.seconds('ours') * 1e6:8.0f} µs"
    if (eager := row.ratio("eager", "ours")) is not None:
        text += f"   PyTorch eager ÷ ours {eager:5.2f} (target {row.target:g})"
        text += f", ÷ NumPy alone {row.ratio('eager', 'numpy'):5.2f}"
    if (compiled := row.ratio("compiled", "ours")) is not None:
        text += f"   torch.compile ÷ ours {compiled:5.2f}"
    return text


def page(
    steps: Sequence[StepRow],
    inference: Sequence[InferenceRow],
    growth: Sequence[GrowthPoint],
    torch: Any | None,
    rounds: int,
) -> str:
    """The page in Markdown."""
    peer = f"PyTorch {torch.__version__}" if torch is not None else "PyTorch was not installed"
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores"
    text = [
        f"""# Speed of the engine

`make bench` measures and writes this page. Everything is measured in one process, taking turns; figures are medians, of
{rounds} rounds in the first table. Ratios are medians of the ratios of neighbours in time: a busy moment of the machine
hits both. float32, and the same weights, batch and number of threads for both.

{_arithmetic()}, {peer}, {machine}.

## One training step

How many times as long PyTorch, eager or by torch.compile, takes as this engine for forward, backward and an SGD step on
28×28 images. "Products" is the share of our time that the multiply-adds alone take as NumPy's matrix products, on one
thread; "NumPy alone" is our step where Numba is not installed.

| network | m | threads | ours | eager ÷ ours | target | compile ÷ ours | products | NumPy alone | eager ÷ NumPy alone |
|---|---|---|---|---|---|---|---|---|---|""",
        *(
            f"| {row.setting} | {row.setting.batch_size} | {row.threads} | {_time(row.seconds('ours'))} "
            f"| {_ratio(row.ratio('eager', 'ours'))} | {row.target:g} | {_ratio(row.ratio('compiled', 'ours'))} "
            f"| {row.ratio('products', 'ours'):.0%} | {_time(row.seconds('numpy'))} "
            f"| {_ratio(row.ratio('eager', 'numpy'))} |"
            for row in steps
        ),
        """
## Classifying

On one thread; PyTorch in inference mode, a thousand images at a time.

| network | images | ours | PyTorch eager ÷ ours | NumPy alone |
|---|---|---|---|---|""",
        *(
            f"| {row.setting} | {row.images} | {_time(row.seconds)} | {_ratio(row.eager)} "
            f"| {_time(row.numpy_seconds)} |"
            for row in inference
        ),
        """
## How it grows

From 8 filters 5×5, pool, softmax 10, m = 64, 28×28, one thread; one size grows, the others stay. Memory is how far
making the network, its batch and three steps raise the resident memory of a process at most.

![Time and peak memory of a step against batch size, kernel size, filters and image side](growth.png)

| | | ours | NumPy alone | PyTorch eager | bare products | ours, MB | PyTorch eager, MB |
|---|---|---|---|---|---|---|---|""",
        *(
            f"| {point.sweep} | {point.size} | {_time(point.seconds['ours'])} | {_time(point.seconds['numpy'])} "
            f"| {_time(point.seconds.get('eager'))} "
            f"| {_time(point.seconds['products'])} | {_size(point.megabytes['ours'])} "
            f"| {_size(point.megabytes.get('eager'))} |"
            for point in growth
        ),
    ]
    return "\n".join(text) + "\n"


def _arithmetic() -> str:
    """What our numbers are made by."""
    if compiled_part() is None:
        return f'NumPy {np.__version__} alone (Numba is not installed, so "ours" is NumPy too)'
    return f"NumPy {np.__version__}, Numba {importlib.metadata.version('numba')}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1e6:.0f} µs" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"


def _ratio(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"


def _size(megabytes: float | None) -> str:
    return "" if megabytes is None else f"{megabytes:.1f}"


def draw_growth(points: Iterable[GrowthPoint], path: Path) -> None:
    """Curves of time and memory for each sweep, on logarithmic scales, as a PNG."""
    # no window is shown, so none is needed; must be set before Qt is imported
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import pyqtgraph as pg  # noqa: PLC0415

    pg.setConfigOptions(background="w", foreground="#24292f", antialias=True)
    app = pg.mkQApp()
    board = pg.GraphicsLayoutWidget()
    board.resize(1280, 620)
    points = list(points)
    for column, sweep in enumerate(SWEEPS):
        chosen = [point for point in points if point.sweep == sweep]
        sizes = [point.size for point in chosen]
        times = board.addPlot(row=0, col=column, title=sweep)
        memory = board.addPlot(row=1, col=column)
        for plot in (times, memory):
            plot.setLogMode(True, True)
            plot.showGrid(True, True, 0.2)
            plot.getAxis("bottom").setTicks([[(float(np.log10(size)), str(size)) for size in sizes]])
        if column == 0:
            times.setLabel("left", "µs a step")
            memory.setLabel("left", "peak MB")
            times.addLegend(offset=(5, 5))
        for name, color in _COLORS.items():
            pen, dots = (
                pg.mkPen(color, width=2),
                {"symbol": "o", "symbolSize": 5, "symbolBrush": color, "symbolPen": None},
            )
            if all(name in point.seconds for point in chosen):
                times.plot(sizes, [point.seconds[name] * 1e6 for point in chosen], pen=pen, name=_NAMES[name], **dots)
            found = [(point.size, point.megabytes.get(name)) for point in chosen]
            known = [(size, max(megabytes, 0.1)) for size, megabytes in found if megabytes is not None]
            if known:
                memory.plot(*map(list, zip(*known, strict=True)), pen=pen, **dots)
    board.show()
    app.processEvents()
    board.grab().save(str(path))
    board.close()
