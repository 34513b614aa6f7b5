"""Whose gradient makes the step, and what the step does to the loss, with a real worker behind the page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.announcements import RunStarted
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.worker import TrainingWorker
from tests.ui.slow_motion.conftest import DEEP, SMALL
from ui.laboratory.samples.page import SamplesPage
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton


class Desk(QWidget):
    """The page in a window, with a worker behind it."""

    def __init__(self, settings: Settings, size: tuple[int, int]) -> None:
        super().__init__()
        self.worker = TrainingWorker(settings, self)
        self.page = SamplesPage()
        self.page.set_theme(DARK)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.resize(*size)
        self.page.watch_changed.connect(self.worker.watch_batch_step)
        self.page.measure_changed.connect(self.worker.measure_change)
        self.page.sample_chosen.connect(self.worker.choose_sample)
        self.worker.run_started.connect(self._on_run_started)

    def _on_run_started(self, run: RunStarted) -> None:
        self.page.set_history(run.history, run.settings)

    def frame(self) -> Snapshot | None:
        snapshot = self.worker.latest
        if snapshot is not None:
            self.page.show_snapshot(snapshot)
        self.worker.request_snapshot()
        return snapshot


@pytest.fixture
def open_desk(qtbot: QtBot) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(settings: Settings = SMALL, size: tuple[int, int] = (780, 620)) -> Desk:
        desk = Desk(settings, size)
        qtbot.addWidget(desk)
        desks.append(desk)
        with qtbot.waitSignal(desk.worker.run_started):
            desk.worker.begin()
        with qtbot.waitExposed(desk):
            desk.show()
        until(qtbot, desk, lambda: desk.page._step is not None)
        return desk

    yield make
    for desk in desks:
        assert desk.worker.close(10)


def until(qtbot: QtBot, desk: Desk, is_so: Callable[[], bool]) -> None:
    def reached() -> bool:
        desk.frame()
        return is_so()

    qtbot.waitUntil(reached)


def step(qtbot: QtBot, desk: Desk, count: int = 1) -> None:
    wanted = desk.frame().step + count
    for _ in range(count):
        desk.worker.step()
    until(qtbot, desk, lambda: desk.frame().step == wanted and desk.page._step and desk.page._step.step == wanted + 1)


def test_each_sample_has_its_share_of_the_gradient_and_their_sum_is_the_batchs(open_desk) -> None:
    desk = open_desk()
    step_shown, pictures = desk.page._step, desk.page.grid._pictures
    assert len(pictures.samples) == step_shown.m == 8
    np.testing.assert_allclose(pictures.samples.sum(axis=0), pictures.whole, rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(pictures.whole, step_shown.gradients["w1"][0, 0])
    assert "Next, step 1: the sum of all 8, each with its 1/m, is the batch's ∂L/∂w₁" in desk.page.sum_words.full_text()


def test_another_parameter_and_another_filter_can_be_chosen(open_desk) -> None:
    desk = open_desk(DEEP)
    desk.page.choice.setFocus()
    QTest.keyClick(desk.page.choice, Qt.Key.Key_Down)
    QTest.keyClick(desk.page.choice, Qt.Key.Key_Down)
    desk.page.set_filters((1, 2))
    shown = desk.page.grid._pictures
    np.testing.assert_array_equal(shown.whole, desk.page._step.gradients["w2"][2, 1])


def test_the_update_stands_beside_the_samples_where_there_is_room_and_behind_a_button_where_not(open_desk) -> None:
    desk = open_desk()
    page = desk.page
    assert page.grid.isVisible()
    assert page.update_view.isVisible()
    assert page.chart.isVisible()
    assert "−η‖∂L/∂w‖²" in page.update_words.full_text()
    desk.resize(780, 150)
    assert page.grid.isVisible()
    assert not page.update_view.isVisible()
    assert not page.chart.isVisible()
    QTest.mouseClick(page.switches["Update"], LEFT)
    assert page.update_view.isVisible()
    assert not page.grid.isVisible()
    QTest.mouseClick(page.switches["Curve"], LEFT)
    assert page.chart.isVisible()
    assert not page.update_view.isVisible()


def test_every_step_is_measured_while_the_page_is_seen_and_none_while_it_is_not(qtbot: QtBot, open_desk) -> None:
    desk = open_desk()
    assert desk.page.verdict.text().startswith("No step has been measured yet")
    predicted = desk.page._step.predicted_change
    step(qtbot, desk)
    series = desk.page._history.series
    assert series["predicted_change"].last == (1, pytest.approx(predicted, rel=1e-6))
    assert desk.page.verdict.text().startswith("Step 1: predicted −")
    desk.page.hide()
    desk.worker.step()
    until(qtbot, desk, lambda: desk.frame().step == 2)
    assert len(series["loss_change"]) == 1


def test_a_learning_rate_that_is_too_large_is_said_in_words(qtbot: QtBot, open_desk) -> None:
    desk = open_desk(SMALL.changed(learning_rate=10.0))
    step(qtbot, desk)
    assert "too large" in desk.page.verdict.text()
    assert DARK.warning in desk.page.verdict.styleSheet()


def test_the_curve_goes_on_at_full_speed_while_the_samples_wait_for_a_pause(qtbot: QtBot, open_desk) -> None:
    desk = open_desk()
    desk.worker.train()
    until(qtbot, desk, lambda: desk.frame().step > 20 and desk.page._step is None)
    assert "pause (Space)" in desk.page.message.full_text()
    assert desk.page.chart.isVisible()
    assert not desk.page.grid.isVisible()
    assert len(desk.page._history.series["loss_change"]) > 10
    desk.worker.pause()
    until(qtbot, desk, lambda: desk.page._step is not None)
    assert desk.page.grid.isVisible()
    assert desk.page.message.full_text() == ""


def test_a_branch_goes_on_with_its_own_curve(qtbot: QtBot, open_desk) -> None:
    desk = open_desk()
    step(qtbot, desk, 4)
    first = desk.page._history
    desk.worker.seek(0, 2)
    until(qtbot, desk, lambda: desk.frame().step == 2)
    desk.worker.step()
    until(qtbot, desk, lambda: desk.page._history is not first and desk.page.verdict.text().startswith("Step 3: "))
    assert desk.page._history.series["loss_change"].last[0] == 3
    assert first.series["loss_change"].last[0] == 4


def test_a_click_on_a_sample_shows_it_in_the_flow(qtbot: QtBot, open_desk) -> None:
    desk = open_desk()
    ref = desk.page._step.images.refs[2]
    QTest.mouseClick(desk.page.grid, LEFT, pos=desk.page.grid.cell(2).center())
    until(qtbot, desk, lambda: desk.frame().sample == ref)


def test_themes_decimals_and_states_are_followed(open_desk) -> None:
    desk = open_desk()
    desk.page.set_theme(LIGHT)
    desk.page.set_decimals(8)
    desk.page.show_snapshot(replace(desk.frame(), state=RunState.DIVERGED, batch_step=None))
    assert "has diverged" in desk.page.message.full_text()
    assert not desk.page.grab().isNull()
