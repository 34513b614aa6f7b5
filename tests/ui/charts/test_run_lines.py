from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage

from playground.history import EVALUATION_SERIES, History
from playground.session import Session
from playground.settings import Settings
from playground.timeline.travel import TimeTravel
from tests.ui.charts.hands import run_of, shown
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.charts.live_chart import LiveChart
from ui.flow.cell_pixels import image_pixels
from ui.theme import DARK
from ui.timeline.colors import branch_color


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
    qtbot.waitUntil(lambda: _top_of(chart, chart.lines.waiting[0].style.color) == drawn)


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


@pytest.mark.parametrize("factors", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_the_lesser_gradients_lie_in_front_of_those_that_would_cover_them(qtbot, factors: tuple[int, ...]) -> None:
    chart = shown(qtbot, GradientNormChart(DARK), 700, 300)
    history = History(("dw1", "dw2", "dw3"))
    rng = np.random.default_rng(1)
    for step, noise in enumerate(rng.uniform(0.0, 1.0, size=3000)):
        for factor, name in zip(factors, history.gradient_names, strict=True):
            history.series[f"|{name}|"].append(step, factor * noise)  # all from 0 up: their bands overlap
    chart.set_history(history, Settings())
    pixels = image_pixels(chart.plot.grab().toImage().convertToFormat(QImage.Format.Format_RGB32))
    shades = {int(f"ff{line.style.color[1:]}", 16): line.style.series for line in chart.lines.live}
    seen = {shades[shade]: count for shade in shades if (count := int(np.count_nonzero(pixels == shade)))}
    assert set(seen) == {"|dw1|", "|dw2|", "|dw3|"}
    assert min(seen.values()) > 5000


def test_a_click_on_a_name_shows_its_curve_alone_and_another_one_all_again(qtbot) -> None:
    chart = shown(qtbot, GradientNormChart(DARK))
    chart.set_history(run_of(10), Settings())
    legend = chart.legend
    _, _, left, right = next(placed for placed in legend._placed() if placed[0].series == "|dw1|")
    for alone in (["∂L/∂w₁"], ["∂L/∂w₁", "∂L/∂w₂"]):
        qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=QPoint((left + right) // 2, 9))
        assert [drawn.style.label for drawn in chart.lines.live] == alone
    assert [entry.label for entry in legend._entries] == ["∂L/∂w₁", "∂L/∂w₂"]


def test_the_n_key_goes_from_curve_to_curve_and_then_shows_all(qtbot) -> None:
    chart = shown(qtbot, GradientNormChart(DARK))
    chart.set_history(run_of(10), Settings())
    seen = []
    for _ in range(3):
        qtbot.keyClick(chart.plot, Qt.Key.Key_N)
        seen.append([drawn.style.series for drawn in chart.lines.live])
    assert seen == [["|dw1|"], ["|dw2|"], ["|dw1|", "|dw2|"]]


def test_on_a_branch_the_curves_keep_the_colours_of_what_they_are_and_a_line_says_where_it_begins(qtbot) -> None:
    chart = shown(qtbot, LossChart(DARK))
    session = Session(Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(2,), batch_size=32))
    travel = TimeTravel(session)
    for _ in range(8):
        travel.before_step(session, by_hand=True)
        session.step()
    chart.set_history(session.history, session.settings)
    before = {line.style.series: line.style.color for line in chart.lines.live}
    travel.look_at(session, 0, 4)
    session = travel.go_on(session)
    for _ in range(3):
        session.step()
    chart.show_timeline(travel.view(session))
    assert {line.branch for line in chart.lines.live} == {0, 1}
    assert all(line.style.color == before[line.style.series] for line in chart.lines.live)
    (fork,) = chart.lines._forks
    assert (fork.value(), fork.pen.color().name()) == (4, branch_color(DARK, 1))
    names = {entry.label: entry.color for entry in chart.legend._entries}
    assert names["train"] == DARK.train
    assert names["branch 1"] == branch_color(DARK, 1)


def test_a_run_of_few_steps_leaves_no_entry_in_the_legend_without_a_curve(loss: LiveChart) -> None:
    loss.set_history(run_of(15, loss=0.8), Settings())  # evaluated once: a point, not a curve
    loss.set_history(run_of(10), Settings())
    assert "previous" not in loss.legend.accessibleName()
    assert "Previous" not in loss.legend.toolTip()
