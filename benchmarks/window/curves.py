"""Panning and zooming the curves of a million steps: time of a frame, and what the curves keep in memory."""

from __future__ import annotations

import argparse
import json
import sys
import time

import numpy as np
from PySide6.QtWidgets import QApplication

from benchmarks.window.probes import percentile
from playground.history import History
from playground.settings import Settings
from ui.application import make_application
from ui.charts.curves import LossChart
from ui.theme import DARK


def a_history(steps: int) -> History:
    """A loss that falls and scatters, evaluated every 400 steps."""
    history = History(gradient_names=("dw1", "dw2"))
    noise = np.random.default_rng(0).random(steps)
    for step in range(1, steps + 1):
        loss = float(np.exp(-step / 3e5) + 0.2 * noise[step - 1])
        history.series["batch_loss"].append(step, loss)
        if step % 400 == 0:
            history.series["train_loss"].append(step, loss)
            history.series["test_loss"].append(step, loss + 0.05)
    return history


def main() -> None:
    """Measure and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--frames", type=int, default=240)
    options = parser.parse_args()
    app = make_application(["benchmark"])
    chart = LossChart(DARK)
    chart.resize(640, 320)
    chart.show()
    history = a_history(options.steps)
    chart.set_history(history, Settings())
    QApplication.processEvents()
    curves = [series.read() for series in history.series.values()]
    kept = sum(curve.x.nbytes + curve.y.nbytes + sum(level.table.nbytes for level in curve.levels) for curve in curves)
    found: dict[str, object] = {"megabytes": kept / 1e6}
    for name in ("zoom", "pan"):
        times = []
        for number in range(options.frames):
            share = number / options.frames
            width = options.steps * (0.9 * (1 - share) + 0.01) if name == "zoom" else options.steps * 0.1
            low = 0.5 * (options.steps - width) if name == "zoom" else share * (options.steps - width)
            begin = time.perf_counter()
            chart.plot.automatic = False
            chart.plot.box.setXRange(low, low + width, padding=0.0)
            chart.plot.viewport().repaint()
            times.append(1000 * (time.perf_counter() - begin))
            QApplication.processEvents()
        found[name] = [percentile(times, 50), percentile(times, 99), max(times)]
    json.dump(found, sys.stdout)
    app.quit()


if __name__ == "__main__":
    main()
