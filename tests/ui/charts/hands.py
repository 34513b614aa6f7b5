"""A run with curves, and a chart that shows it."""

from __future__ import annotations

import numpy as np

from playground.history import EVALUATION_SERIES, History
from ui.charts.live_chart import LiveChart


def run_of(steps: int, *, loss: float = 0.5, bad_from: int | None = None) -> History:
    history = History(("dw1", "dw2"))
    rng = np.random.default_rng(steps)
    for step, noise in enumerate(rng.uniform(0.5, 1.5, size=steps)):
        value = loss * noise if bad_from is None or step < bad_from else float("nan")
        history.series["batch_loss"].append(step, value)
        for name in ("|dw1|", "|dw2|"):
            history.series[name].append(step, value)
        if step % 20 == 0:
            for name in EVALUATION_SERIES:
                history.series[name].append(step, 0.9 if "accuracy" in name else loss)
    return history


def shown(qtbot, chart: LiveChart, width: int = 300, height: int = 200) -> LiveChart:
    chart.resize(width, height)
    qtbot.addWidget(chart)
    with qtbot.waitExposed(chart):
        chart.show()
    return chart


def line(chart: LiveChart, series: str):
    return next(line for line in chart.lines.live if line.style.series == series)
