"""The axis shows the curve as it is now; peaks of the past are said to be beyond it, and one key away."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.history import EVALUATION_SERIES, OBSERVED, Event, History
from playground.settings import Settings
from tests.ui.charts.hands import shown
from ui.charts.curves import AccuracyChart, GradientNormChart, LossChart
from ui.charts.live_chart import LiveChart
from ui.theme import DARK

FAILED, PEAK = 100, 400.0


def run(steps: int, *, peak: float = PEAK, change: bool = True) -> History:
    """A loss that falls from 1 to 0.1, goes up to `peak` for five steps from step 100 on, and is 0.2 after that."""
    history = History(("dw1",))
    grow(history, steps, peak=peak, change=change)
    return history


def grow(history: History, steps: int, *, peak: float = PEAK, change: bool = True) -> None:
    begin = len(history.series["batch_loss"])
    for step in range(begin, steps):
        value = 1 - 0.9 * step / FAILED if step < FAILED else peak if step < FAILED + 5 else 0.2
        for name in ("batch_loss", "|dw1|"):
            history.series[name].append(step, value)
        if step % 20 == 0:
            for name in EVALUATION_SERIES:
                history.series[name].append(step, 0.9 if "accuracy" in name else value)
    if change and begin <= FAILED + 5 < steps:
        history.mark(Event(FAILED + 5, "restored", "weights of step 80, η 0.01"))


def top(chart: LiveChart) -> float:
    return chart.plot.y_range()[1]


def test_while_the_loss_is_high_the_axis_shows_it(loss: LiveChart) -> None:
    loss.set_history(run(FAILED + 4), Settings())
    assert top(loss) >= PEAK
    assert "peak" not in loss.plot.texts.note.text()


def test_soon_after_the_failure_the_axis_shows_the_curve_as_it_is_now(loss: LiveChart) -> None:
    history = run(FAILED + 10)
    loss.set_history(history, Settings())
    assert top(loss) >= PEAK
    grow(history, FAILED + 30)
    loss.refresh()
    assert 1.0 <= top(loss) <= 1.5  # as the curve began, and as it is
    assert "peak 400 cut off (Home)" in loss.plot.texts.note.text()


def test_without_a_change_the_failure_stays_in_view_for_a_third_of_the_run(loss: LiveChart) -> None:
    history = run(150, change=False)
    loss.set_history(history, Settings())
    assert top(loss) >= PEAK
    grow(history, 170, change=False)
    loss.refresh()
    assert top(loss) < 2


def test_what_a_diagnosis_has_found_is_no_change(loss: LiveChart) -> None:
    history = run(150, change=False)
    history.mark(Event(110, OBSERVED, "The gradient explodes."))
    loss.set_history(history, Settings())
    assert top(loss) >= PEAK


def test_peaks_that_are_not_much_greater_stay_in_view(loss: LiveChart) -> None:
    loss.set_history(run(300, peak=2.5), Settings())
    assert top(loss) >= 2.5
    assert not loss.reset_button.isVisible()


def test_a_failure_that_comes_again_is_shown_again(loss: LiveChart) -> None:
    history = run(300)
    loss.set_history(history, Settings())
    assert top(loss) < 2
    history.series["batch_loss"].append(300, 50.0)
    loss.refresh()
    assert top(loss) >= 50


@pytest.mark.parametrize("way", ["Home", "double click", "button"])
def test_one_key_or_click_shows_the_peaks_and_the_next_leaves_them_out(loss: LiveChart, way: str) -> None:
    loss.set_history(run(300), Settings())

    def ask() -> None:
        if way == "Home":
            QTest.keyClick(loss.plot, Qt.Key.Key_Home)
        elif way == "button":
            QTest.mouseClick(loss.reset_button, Qt.MouseButton.LeftButton)
        else:
            QTest.mouseDClick(loss.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 100))

    assert loss.reset_button.text() == "all"
    ask()
    assert top(loss) >= PEAK
    assert loss.reset_button.text() == "now"
    assert "peak" not in loss.plot.texts.note.text()
    ask()
    assert top(loss) < 2
    assert loss.reset_button.text() == "all"


def test_leaving_a_zoom_leads_to_the_view_before_it(loss: LiveChart) -> None:
    loss.set_history(run(300), Settings())
    QTest.keyClick(loss.plot, Qt.Key.Key_Plus)
    QTest.keyClick(loss.plot, Qt.Key.Key_Home)
    assert top(loss) < 2


def test_the_peaks_can_be_reached_by_zooming_out(loss: LiveChart) -> None:
    loss.set_history(run(300), Settings())
    loss.plot.box.setYRange(0, 10 * PEAK, padding=0)
    assert PEAK <= top(loss) < 2 * PEAK


def test_another_run_begins_without_the_peaks_of_the_last(loss: LiveChart) -> None:
    loss.set_history(run(300), Settings())
    QTest.keyClick(loss.plot, Qt.Key.Key_Home)
    loss.set_history(run(FAILED), Settings())
    assert loss.reset_button.text() == "all"
    assert top(loss) < 2  # the ghost of the run before, of up to 400, is beyond the axis


def test_a_logarithmic_axis_has_room_for_all(loss: LiveChart) -> None:
    loss.set_history(run(300), Settings())
    QTest.mouseClick(loss.log_button, Qt.MouseButton.LeftButton)
    assert 10 ** top(loss) >= PEAK
    assert not loss.reset_button.isVisible()


def test_gradient_norms_follow_the_rule_and_shares_do_not(qtbot: QtBot) -> None:
    norms = shown(qtbot, GradientNormChart(DARK))
    norms.set_history(run(300), Settings())
    assert top(norms) < 2
    accuracy = shown(qtbot, AccuracyChart(DARK))
    accuracy.set_history(run(300), Settings())
    assert not accuracy.reset_button.isVisible()


def test_in_a_narrow_chart_the_peak_is_what_is_noted_first(qtbot: QtBot) -> None:
    narrow = shown(qtbot, LossChart(DARK), 226)
    narrow.set_history(run(3000), Settings())
    assert narrow.plot.texts.note.text() == "peak 400 cut off (Home)"
    wide = shown(qtbot, LossChart(DARK), 700)
    wide.set_history(run(300), Settings())
    assert wide.plot.texts.note.text() == "peaks up to 400 are beyond the axis (Home)"
