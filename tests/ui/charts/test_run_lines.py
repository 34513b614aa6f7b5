from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from playground.history import EVALUATION_SERIES, History
from playground.settings import Settings
from tests.ui.charts.hands import run_of, shown
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.charts.live_chart import LiveChart
from ui.flow.cell_pixels import image_pixels
from ui.theme import DARK


def test_the_previous_run_stays_as_a_ghost(loss: LiveChart) -> None:
    loss.set_history(run_of(100, loss=0.8), Settings(learning_rate=0.25))
    loss.set_history(run_of(10), Settings())
    ghosts = {ghost.style.series: ghost.item.getData()[1] for ghost in loss.lines.waiting}
    assert set(ghosts) == {"train_loss", "test_loss"}
    assert set(ghosts["train_loss"]) == {0.8}
    assert loss.legend.accessibleName().startswith("Curves: previous run")
    assert "η 0.25" in loss.legend.toolTip()


def test_a_run_without_a_point_does_not_push_the_ghost_away(loss: LiveChart) -> None:
    loss.set_history(run_of(100, loss=0.8), Settings())
    loss.set_history(History(), Settings())
    loss.set_history(run_of(10), Settings())
    assert set(loss.lines.waiting[0].item.getData()[1]) == {0.8}


def test_other_data_has_no_ghost_though_runs_without_a_step_lie_between(loss: LiveChart) -> None:
    loss.set_history(run_of(100, loss=0.8), Settings())
    loss.set_history(History(), Settings(seed=8))
    loss.set_history(History(), Settings(dataset="shapes", classes=(0, 1)))
    assert loss.lines.waiting == []
    assert "previous" not in loss.legend.accessibleName()
    loss.set_history(run_of(10), Settings())
    assert loss.lines.waiting == []


@pytest.mark.parametrize("steps", [9, 700])
def test_a_ghost_peaks_at_the_place_where_its_run_was_drawn(qtbot, steps: int) -> None:
    chart = shown(qtbot, GradientNormChart(DARK), 900, 300)
    before, now = History(("dw1",)), History(("dw1",))
    for step in range(steps):
        before.series["|dw1|"].append(step, 2.0 if step == steps // 2 else 1.0)
        now.series["|dw1|"].append(step, 1.0)
    chart.set_history(before, Settings())
    drawn = _top_of(chart, chart.lines.live[0].style.color)
    chart.set_history(now, Settings())
    qtbot.waitUntil(lambda: _top_of(chart, chart.lines.waiting[0].style.color) == drawn, timeout=2000)


def _top_of(chart: LiveChart, color: str) -> float:
    """The column, in pixels, where the plotting area has about that colour highest up."""
    pixels = image_pixels(chart.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    left = int(chart.plot.box.sceneBoundingRect().left()) + 20  # right of the numbers of the axis
    channels = pixels[:, left:].copy().view(np.uint8).reshape(len(pixels), -1, 4)[:, :, :3].astype(int)
    wanted = [int(color[place : place + 2], 16) for place in (5, 3, 1)]
    rows, columns = np.nonzero(np.abs(channels - wanted).sum(axis=2) < 50)
    return float(columns[rows <= rows.min() + 2].mean())


def test_a_run_that_begins_shows_the_same_steps_in_every_chart(qtbot) -> None:
    charts = [shown(qtbot, chart(DARK)) for chart in (LossChart, AccuracyChart, GradientNormChart)]
    for chart in charts:
        chart.set_history(run_of(100), Settings())
        # before its first step there are figures of a run, but no gradient
        begun = History(("dw1", "dw2"))
        for name in EVALUATION_SERIES:
            begun.series[name].append(0, 0.5)
        chart.set_history(begun, Settings())
    assert {chart.plot.x_range() for chart in charts} == {(0, 10)}


def test_the_same_run_with_other_settings_makes_no_ghost(loss: LiveChart) -> None:
    history = run_of(10)
    loss.set_history(history, Settings())
    loss.set_history(history, Settings(learning_rate=0.5))
    assert loss.lines.waiting == []


def test_gradient_norms_have_a_line_for_every_weight_array(qtbot) -> None:
    chart = shown(qtbot, GradientNormChart(DARK))
    chart.set_history(run_of(10), Settings())
    assert [drawn.style.label for drawn in chart.lines.live] == ["∂L/∂w₁", "∂L/∂w₂"]


def test_a_run_of_few_steps_leaves_no_entry_in_the_legend_without_a_curve(loss: LiveChart) -> None:
    loss.set_history(run_of(15, loss=0.8), Settings())  # evaluated once: a point, not a curve
    loss.set_history(run_of(10), Settings())
    assert "previous" not in loss.legend.accessibleName()
    assert "Previous" not in loss.legend.toolTip()
