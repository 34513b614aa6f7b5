"""The window of experiments, by real mouse and keys: what is run, what is shown of it, and how it ends."""

from __future__ import annotations

import csv
import io
import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from playground.experiments.sweep import run_trial
from playground.settings import Settings
from tests.ui.in_the_window import answer_where_to_save
from ui.experiments.window import ExperimentsWindow
from ui.main_window import MainWindow
from ui.preferences import Preferences

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=3, filters=(3,), batch_size=64, seed=5)
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def main(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    preferences = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    preferences.settings = START
    window = MainWindow(preferences)
    with qtbot.waitExposed(window):
        window.show()
    qtbot.waitUntil(lambda: window._shown is not None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)  # its keys are shortcuts
    yield window
    window.close()
    window.deleteLater()
    with qtbot.waitSignal(window.destroyed):
        pass


@pytest.fixture
def window(qtbot: QtBot, main: MainWindow) -> ExperimentsWindow:
    QTest.keyClick(main, Qt.Key.Key_E, CTRL_SHIFT)
    qtbot.waitUntil(main.experiments.window.isVisible)
    return main.experiments.window


def click(button: QWidget) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def type_into(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def test_runs_that_differ_in_a_setting_are_drawn_over_each_other(qtbot: QtBot, window: ExperimentsWindow) -> None:
    page = window.compare
    type_into(page.values.line, "0.01, 0.5, 0.1")
    type_into(page.epochs.field, "2")
    QTest.keyClick(page.epochs.field, Qt.Key.Key_Return)
    assert "3 runs" in page.status.text()
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    assert [line.name for line in page.plot._lines] == ["η 0.01", "η 0.5", "η 0.1"]
    for line, recording in zip(page.plot._lines, page.recordings, strict=True):
        assert line.y[-1] == pytest.approx(100 * recording.final.test_accuracy)
    assert page.table.rowCount() == 3
    accuracy = f"{100 * page.recordings[1].final.test_accuracy:.1f} %"
    assert accuracy in [page.table.item(1, column).text() for column in range(page.table.columnCount())]
    assert page.table.horizontalScrollBar().maximum() == 0, "a window of 1100 pixels shows every column"


def test_before_the_first_run_there_are_no_axes_and_no_progress(qtbot: QtBot, window: ExperimentsWindow) -> None:
    page = window.compare
    assert page.plot.hint.isVisible()
    assert not page.plot.getPlotItem().isVisible()
    assert not page.bar.isVisible()
    click(page.start_button)
    assert page.bar.isVisible()
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    assert page.plot.getPlotItem().isVisible()
    assert not page.plot.hint.isVisible()


def test_the_table_calls_the_settings_as_the_window_does(qtbot: QtBot, window: ExperimentsWindow) -> None:
    page = window.compare
    page.values.choice.setFocus()
    while page.values.field != "optimizer":
        QTest.keyClick(page.values.choice, Qt.Key.Key_Down)
    type_into(page.values.line, "sgd, adam")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    names = {page.table.item(row, column).text() for row in range(2) for column in range(page.table.columnCount())}
    assert {"optimiser SGD", "optimiser Adam", "SGD", "Adam", "He start"} <= names


def test_the_slider_shows_the_filters_of_all_runs_at_one_step(qtbot: QtBot, window: ExperimentsWindow) -> None:
    page = window.compare
    type_into(page.values.line, "0.01, 0.5")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    page.step_slider.setFocus()
    QTest.keyClick(page.step_slider, Qt.Key.Key_Home)
    first, other = (row.kernels for row in page.kernels._rows)
    assert np.array_equal(first, other)
    assert page.step_label.text() == "step 0"
    QTest.keyClick(page.step_slider, Qt.Key.Key_End)
    first, other = (row.kernels for row in page.kernels._rows)
    assert np.array_equal(first, page.recordings[0].moments[page.recordings[0].step])
    assert not np.array_equal(first, other)
    assert len(set(page.kernels.scales)) == 1
    click(page.same_scale)
    assert page.kernels.scales == tuple(float(np.abs(row.kernels).max()) for row in page.kernels._rows)


def test_the_run_of_the_main_window_is_set_beside_the_others(
    qtbot: QtBot, main: MainWindow, window: ExperimentsWindow
) -> None:
    page = window.compare
    assert page.table.rowCount() == 0
    main.worker.train(40)
    qtbot.waitUntil(lambda: page.table.rowCount() == 1 and page.table.item(0, 8).text() == "40")
    assert page.table.item(0, 0).text() == "my run"
    assert [line.name for line in page.plot._lines] == ["my run"]
    qtbot.waitUntil(lambda: main._shown.step == 40)
    np.testing.assert_array_equal(page.kernels._rows[0].kernels, main._shown.weights["conv1.weight"])
    type_into(page.values.line, "0.01, 0.5")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    assert [line.name for line in page.plot._lines] == ["η 0.01", "η 0.5", "my run, η 0.1"]
    QTest.keyClick(page.step_slider, Qt.Key.Key_Home)
    first, _, mine = (row.kernels for row in page.kernels._rows)
    # the same seed: the same first weights
    np.testing.assert_array_equal(first, mine)
    assert len(page.recordings) == 3


def test_a_run_is_said_to_have_been_trained_with_what_its_steps_were_taken_with(
    qtbot: QtBot, main: MainWindow, window: ExperimentsWindow
) -> None:
    def row() -> list[str]:
        table = window.compare.table
        return [table.item(0, column).text() for column in range(table.columnCount())] if table.rowCount() else []

    main.worker.train(40)
    qtbot.waitUntil(lambda: "40" in row())
    main.run.change(optimizer="adam", learning_rate=0.01)
    qtbot.waitUntil(lambda: main._shown.settings.optimizer == "adam")
    window.compare.show_own_run(None)
    qtbot.waitUntil(lambda: "40" in row())
    assert {"SGD", "0.1"} <= set(row())
    main.worker.train(10)
    qtbot.waitUntil(lambda: "50" in row())
    assert {"SGD, then Adam", "0.1, then 0.01"} <= set(row())


def test_a_run_on_other_images_is_no_comparison(qtbot: QtBot, main: MainWindow, window: ExperimentsWindow) -> None:
    page = window.compare
    type_into(page.values.line, "0.01, 0.5")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done"), timeout=60_000)
    main.worker.train(5)
    qtbot.waitUntil(lambda: page.table.rowCount() == 3)
    main.worker.change_settings(START.changed(classes=(1, 2)))
    main.worker.train(5)
    qtbot.waitUntil(lambda: page.table.rowCount() == 2)


def test_what_does_not_fit_is_said_in_place_and_cannot_be_started(window: ExperimentsWindow) -> None:
    page = window.compare
    for text, complaint in (("fast", "'fast' is no number"), ("0.1", "Write 2 to 6 values"), ("", "no value for η")):
        type_into(page.values.line, text)
        if not text:
            QTest.keyClick(page.values.line, Qt.Key.Key_Backspace)
        assert complaint in page.status.text()
        assert not page.start_button.isEnabled()
    type_into(page.values.line, "0.1, 0.2")
    assert page.start_button.isEnabled()


def test_runs_can_be_stopped_and_keep_what_they_had_reached(qtbot: QtBot, window: ExperimentsWindow) -> None:
    page = window.compare
    page.epochs.set_value(200)
    click(page.start_button)
    qtbot.waitUntil(lambda: bool(page.recordings) and page.recordings[0].step > 0, timeout=60_000)
    click(page.start_button)
    assert not page.is_running
    assert page.status.text().startswith("Stopped")
    assert page.table.rowCount() == 2
    assert page.start_button.text() == "Run side by side"


def test_a_sweep_shows_every_run_and_saves_them(
    qtbot: QtBot, window: ExperimentsWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.pages.setCurrentWidget(window.sweep)
    page = window.sweep
    type_into(page.first.line, "0.01, 0.5")
    page.second.choice.setFocus()
    QTest.keyClicks(page.second.choice, "m")
    page.second.choice.activated.emit(page.second.choice.currentIndex())
    type_into(page.second.line, "32, 64")
    type_into(page.seeds, "1")
    page.epochs.set_value(1)
    page.check()
    assert page.status.text().startswith("4 runs")
    click(page.start_button)
    qtbot.waitUntil(lambda: page.status.text().startswith("Done: 4 runs"), timeout=60_000)
    assert [line.name for line in page.plot._lines] == ["m 32", "m 64"]
    here = [run_trial(trial) for trial in page._sweep.trials()]
    accuracies = [100 * recording.final.test_accuracy for recording in here]
    shown = np.concatenate([line.dots[1] for line in page.plot._lines])
    assert sorted(shown) == pytest.approx(sorted(accuracies))
    path = tmp_path / "runs.csv"
    answer_where_to_save(monkeypatch, path)
    click(page.save_button)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert [(row["learning_rate"], row["batch_size"]) for row in rows] == [
        ("0.01", "32"),
        ("0.01", "64"),
        ("0.5", "32"),
        ("0.5", "64"),
    ]


def test_a_cancelled_sweep_stops_soon_and_keeps_its_results(qtbot: QtBot, window: ExperimentsWindow) -> None:
    window.pages.setCurrentWidget(window.sweep)
    page = window.sweep
    page.epochs.set_value(200)
    click(page.start_button)
    qtbot.waitUntil(lambda: page.is_running)
    click(page.start_button)
    assert page.status.text().startswith("Stopped")
    page.close_runs()
    assert not page._runs._thread.is_alive(), "it was waited for 10 s, and its runs would take minutes"


def test_a_killed_process_of_a_sweep_is_said_and_another_sweep_can_begin(
    qtbot: QtBot, window: ExperimentsWindow
) -> None:
    window.pages.setCurrentWidget(window.sweep)
    page = window.sweep
    page.epochs.set_value(200)
    others = set(multiprocessing.active_children())
    click(page.start_button)
    qtbot.waitUntil(lambda: bool(set(multiprocessing.active_children()) - others), timeout=60_000)
    for process in set(multiprocessing.active_children()) - others:
        process.kill()
    qtbot.waitUntil(lambda: not page.is_running, timeout=60_000)
    assert "ended before its run did" in window.banner.text
    assert page.start_button.isEnabled()
    assert page.start_button.text() != "Cancel"


def test_the_windows_settings_are_those_of_the_runs(qtbot: QtBot, main: MainWindow, window: ExperimentsWindow) -> None:
    main.run.change(kernel_size=5)
    qtbot.waitUntil(lambda: window.compare._base.kernel_size == 5)
    page = window.compare
    page.values.choice.setCurrentIndex(page.values.choice.findData("kernel_size"))
    page.values.choice.activated.emit(page.values.choice.currentIndex())
    type_into(page.values.line, "3, 40")
    assert "kernel size is 40" in page.status.text()
