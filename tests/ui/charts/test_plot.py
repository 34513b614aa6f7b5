from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from playground.history import Event
from playground.settings import Settings
from tests.ui.charts.hands import line, run_of
from tests.ui.hands import mouse_at, turn_wheel
from ui.charts.axes import format_value
from ui.charts.live_chart import LiveChart


def test_keys_of_a_focused_chart_zoom_reset_and_switch_the_axis(qtbot, loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    whole = loss.plot.x_range()
    loss.plot.setFocus()
    qtbot.keyClick(loss.plot, Qt.Key.Key_Plus)
    assert loss.plot.x_range()[1] < whole[1]
    assert loss.reset_button.isVisible()
    qtbot.keyClick(loss.plot, Qt.Key.Key_Home)
    assert loss.plot.x_range() == whole
    assert not loss.reset_button.isVisible()
    qtbot.keyClick(loss.plot, Qt.Key.Key_L)
    assert loss.is_log


def test_a_zoomed_view_stays_while_the_run_goes_on(qtbot, loss: LiveChart) -> None:
    history = run_of(100)
    loss.set_history(history, Settings())
    loss.plot.zoom(2.0)
    zoomed = loss.plot.x_range()
    assert zoomed[1] - zoomed[0] == pytest.approx(50)
    history.series["batch_loss"].append(500, 9.0)
    loss.refresh(2.0)
    qtbot.waitUntil(lambda: line(loss, "batch_loss").points == 101)
    assert loss.plot.x_range() == zoomed


def test_the_wheel_zooms_at_the_pointer(loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    turn_wheel(loss.plot.viewport(), 2, QPointF(150, 60))
    low, high = loss.plot.x_range()
    assert high - low < 100
    assert loss.reset_button.isVisible()


def test_dragging_a_rectangle_zooms_into_it(qtbot, loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    viewport = loss.plot.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=QPoint(80, 30))
    for x in range(90, 170, 10):
        mouse_at(loss.plot.viewport(), QPointF(x, 60), held=Qt.MouseButton.LeftButton)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=QPoint(160, 60))
    low, high = loss.plot.x_range()
    assert 0 < low < high < 100


def test_a_double_click_shows_everything_again(qtbot, loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    whole = loss.plot.x_range()
    loss.plot.zoom(3.0)
    QTest.mouseDClick(loss.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(150, 60))
    qtbot.waitUntil(lambda: loss.plot.x_range() == whole)


def test_pointing_reads_the_step_the_values_and_the_marker(loss: LiveChart) -> None:
    history = run_of(100)
    history.mark(Event(60, "learning_rate", "learning rate 0.1 → 0.01"))
    loss.set_history(history, Settings())
    loss.plot.point_at(60.3)
    text = loss.plot.texts.readout.text()
    value = history.series["batch_loss"].read().y[60]
    assert "step 60" in text
    assert f"batch {format_value(value)}" in text
    assert "learning rate 0.1 → 0.01" in text
    loss.plot.point_at(10)
    assert "learning rate" not in loss.plot.texts.readout.text()


def test_the_mouse_over_the_plot_shows_the_crosshair_and_leaving_hides_it(qtbot, loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    assert loss.plot.viewport().hasMouseTracking()
    mouse_at(loss.plot.viewport(), QPointF(150, 50))
    assert loss.plot.texts.readout.isVisible()
    mouse_at(loss.plot.viewport(), QPointF(2, 50))
    assert not loss.plot.texts.readout.isVisible()


def test_arrow_keys_move_the_crosshair_of_a_focused_chart(qtbot, loss: LiveChart) -> None:
    loss.set_history(run_of(100), Settings())
    loss.plot.setFocus()
    qtbot.keyClick(loss.plot, Qt.Key.Key_Right)
    first = loss.plot.pointed_x
    qtbot.keyClick(loss.plot, Qt.Key.Key_Right)
    assert loss.plot.pointed_x > first


@pytest.mark.parametrize("log", [False, True])
def test_the_wheel_does_not_zoom_beyond_what_there_is(loss: LiveChart, log: bool) -> None:
    loss.set_history(run_of(100), Settings())
    loss.log_button.setChecked(log)
    x_range, y_range = loss.plot.x_range(), loss.plot.y_range()
    for _ in range(12):
        turn_wheel(loss.plot.viewport(), -2, QPointF(150, 60))
    assert loss.plot.x_range() == pytest.approx(x_range)
    assert loss.plot.y_range() == pytest.approx(y_range)
    turn_wheel(loss.plot.viewport(), 3, QPointF(150, 60))
    assert loss.plot.x_range()[1] - loss.plot.x_range()[0] < x_range[1]
