"""The page "Break" in the whole window: choosing looks only, switching breaks the run, and nothing of it is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.laboratory.bugs import BUGS, Bug
from playground.laboratory.race import Race
from playground.laboratory.specimen import Specimen
from playground.laboratory.travel import downstream
from playground.session import Session
from playground.settings import Settings
from tests.playground.laboratory.test_self_check import doctored
from tests.ui.flow.snapshots import snapshot_of
from tests.ui.in_the_window import opened, shown
from ui.laboratory import self_check_button
from ui.laboratory.break_it.page import ASKED_BY, BreakPage
from ui.laboratory.break_it.race_plot import running_mean
from ui.laboratory.break_it.words import loss_words
from ui.laboratory.self_check_button import _CELLS, SelfCheckButton
from ui.main_window import MainWindow
from ui.number_format import display_name
from ui.preferences import Preferences
from ui.theme import DARK, LIGHT

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(3,), batch_size=8, seed=5)
LEFT = Qt.MouseButton.LeftButton
NO_MASK = 1 + [bug.id for bug in BUGS].index("no-mask")


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path) -> MainWindow:
    Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)).settings = SMALL
    return opened(qtbot, make_window())


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> BreakPage:
    QTest.keyClick(window, Qt.Key.Key_7)
    QTest.mouseClick(window.laboratory.panel.buttons["Break"], LEFT)
    found = window.laboratory.panel.page
    assert isinstance(found, BreakPage)
    qtbot.waitUntil(lambda: found.findings is not None)
    return found


def choose(qtbot: QtBot, page: BreakPage, row: int) -> None:
    item = page.chooser.list.item(row)
    page.chooser.list.scrollToItem(item)
    QTest.mouseClick(page.chooser.list.viewport(), LEFT, pos=page.chooser.list.visualItemRect(item).center())
    qtbot.waitUntil(lambda: page.findings.bug is page.chooser.bug and not page._work.is_busy)


def switch_on(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    choose(qtbot, page, NO_MASK)
    QTest.mouseClick(page.chooser.switch, LEFT)
    qtbot.waitUntil(lambda: window._shown.flaw is not None)


def test_without_a_bug_every_derivative_is_green(page: BreakPage) -> None:
    assert [station.name for station in page.stations.stations][:2] == ["dA2", "dz2"]
    assert all(station.check.passed and station.rule_holds for station in page.stations.stations)
    assert page.verdict.text().startswith("✓")
    assert not page.chooser.switch.isEnabled()


def test_what_was_not_compared_is_not_said_to_agree(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    assert page.stations.stations[-1].name == "db1"
    assert not page.stations.stations[-1].check.cells
    assert page.verdict.text().startswith("✓ Every derivative but ∂L/∂b₁ agrees")
    assert "Not compared: ∂L/∂b₁, all at a kink; take a step (→)." in page.verdict.text()
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.findings.specimen.step == 1)
    qtbot.waitUntil(lambda: page.verdict.text().startswith("✓ Every derivative agrees"))


def test_while_a_bug_is_on_the_right_derivatives_are_said_to_be_those_without_it(
    qtbot: QtBot, window: MainWindow, page: BreakPage
) -> None:
    switch_on(qtbot, window, page)
    choose(qtbot, page, 0)
    assert page.verdict.text().startswith("Without the bug every derivative")
    assert page.verdict.text().endswith("The run computes with it on: no ReLU mask.")
    assert DARK.muted in page.verdict.styleSheet()
    QTest.mouseClick(page.chooser.switch, LEFT)
    qtbot.waitUntil(lambda: page.verdict.text().startswith("✓"))


def test_a_bug_without_effect_cannot_be_switched_on_until_the_network_has_what_it_needs(
    qtbot: QtBot, window: MainWindow, page: BreakPage
) -> None:
    chooser = page.chooser
    choose(qtbot, page, 1 + [bug.id for bug in BUGS].index("not-turned"))
    assert not chooser.switch.isEnabled()
    assert chooser.switch.toolTip().startswith("With one conv block")
    assert chooser.mistake.text().startswith("With one conv block")
    QTest.mouseClick(chooser.two_blocks, LEFT)
    shown(qtbot, window, lambda s: s.settings.filters == (3, 6))
    assert window.network_panel.blocks.value == 2
    qtbot.waitUntil(chooser.switch.isEnabled)
    assert not chooser.two_blocks.isVisible()
    QTest.mouseClick(chooser.switch, LEFT)
    shown(qtbot, window, lambda s: s.flaw is not None)


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_a_bug_that_is_said_to_have_no_effect_has_none(bug: Bug) -> None:
    for blocks, batch_size in product((1, 2), (1, 8)):
        settings = SMALL.changed(kernel_size=3, filters=(3, 4)[:blocks], batch_size=batch_size)
        right, wrong = Session(settings), Session(settings)
        wrong.train_with(bug)
        for _ in range(2):
            right.step()
            wrong.step()
        pairs = zip(right.state_dict().values(), wrong.state_dict().values(), strict=True)
        is_idle = all(np.allclose(one, other, rtol=1e-4, atol=1e-6) for one, other in pairs)  # rounded in another order
        if bug.idle_because(blocks=blocks, batch_size=batch_size):
            assert is_idle
        else:
            assert not is_idle


def test_choosing_a_bug_checks_it_and_leaves_the_run_alone(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    before = window._shown.weights["fc.weight"]
    choose(qtbot, page, NO_MASK)
    assert [s.name for s in page.stations.stations if not s.rule_holds] == ["dz1"]
    assert "dz1 = dA1 * (z1 &gt; 0)" in page.chooser.code.text()
    assert "It goes wrong at ∂L/∂z₁" in page.verdict.text()
    qtbot.waitUntil(lambda: page.race is not None and page.race[0] is page.chooser.bug)
    assert np.isfinite(page.race[1].broken).all()
    assert window._shown.flaw is None
    np.testing.assert_array_equal(window._shown.weights["fc.weight"], before)
    assert window.laboratory.strip.isHidden()


def test_what_is_said_of_the_loss_is_what_the_curves_show(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    words = page.chooser.mistake
    choose(qtbot, page, NO_MASK)
    qtbot.waitUntil(lambda: words.text().endswith("The loss mostly falls all the same."))
    window.run.change_learning_rate(1.0)
    shown(qtbot, window, lambda snapshot: snapshot.settings.learning_rate == 1.0)
    QTest.keyClick(window, Qt.Key.Key_R)
    said = "With η = 1 the loss does not fall without the bug either: choose a smaller η to see what the bug does."
    qtbot.waitUntil(lambda: words.text().endswith(said))
    assert "falls all the same" not in words.text()
    choose(qtbot, page, 0)
    qtbot.waitUntil(lambda: words.text().endswith("With η = 1 the loss does not fall: choose a smaller η."))


def test_a_loss_that_only_the_bug_keeps_from_falling_is_said_to_be_so() -> None:
    falling, rising = np.linspace(0.8, 0.3, 50), np.linspace(0.8, 2.0, 50)
    bug = BUGS[NO_MASK - 1]
    assert loss_words(bug, Race(falling, falling), SMALL) == bug.loss_shows
    assert loss_words(bug, Race(falling, rising), SMALL) == "Here the loss falls without the bug, and does not with it."
    assert loss_words(bug, None, SMALL) == ""
    slow = loss_words(bug, Race(rising, rising), SMALL.changed(learning_rate=0.001))
    assert "does not fall without the bug:" in loss_words(bug, Race(rising, falling), SMALL)
    assert slow.endswith("choose another η to see what the bug does.")


def test_nothing_moves_when_the_page_is_opened_or_left_or_a_bug_is_switched_on(
    qtbot: QtBot, window: MainWindow, page: BreakPage
) -> None:
    def places() -> list[tuple[QPoint, QSize]]:
        parts = (window.tabs, window.data_panel, window.timeline.bar, window.statusBar())
        return [(part.mapTo(window, QPoint()), part.size()) for part in parts]

    buttons = window.laboratory.panel.buttons
    choose(qtbot, page, NO_MASK)
    before = places()
    switch = page.chooser.switch.mapTo(window, QPoint())
    switch_on(qtbot, window, page)
    assert window.laboratory.strip.isVisible()
    assert places() == before
    assert page.chooser.switch.mapTo(window, QPoint()) == switch
    for title in ("Samples", "Break"):
        QTest.mouseClick(buttons[title], LEFT)
        assert places() == before
    assert window.statusBar().rect().contains(window.laboratory.strip.geometry())


def test_a_bug_that_is_switched_on_is_marked_everywhere(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    switch_on(qtbot, window, page)
    assert window.laboratory.strip.isVisible()
    assert "BUG ON: no ReLU mask" in window.laboratory.strip.words.text()
    assert "BUG: no ReLU mask" in window.windowTitle()
    assert page.chooser.list.item(NO_MASK).text() == "● no ReLU mask"
    np.testing.assert_array_equal(window._shown.trace.dz1, window._shown.trace.dA1)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    assert any(marker.is_error and marker.text.startswith("bug on") for marker in window.loss_chart._markers._markers)


def test_what_a_bug_trains_is_not_saved_and_the_way_back_is_clean(
    qtbot: QtBot, window: MainWindow, page: BreakPage, tmp_path: Path
) -> None:
    clean = window._shown.weights["fc.weight"]
    switch_on(qtbot, window, page)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    path = tmp_path / "model.safetensors"
    window.worker.save(path)
    qtbot.waitUntil(lambda: "never saved" in window.banner.text)
    assert not path.exists()
    QTest.mouseClick(window.laboratory.strip.off, LEFT)
    qtbot.waitUntil(lambda: not window._shown.flaw.is_on)
    assert "Trained with a bug" in window.laboratory.strip.words.text()
    QTest.mouseClick(window.laboratory.strip.clean, LEFT)
    qtbot.waitUntil(lambda: window._shown.flaw is None)
    assert window._shown.step == 0
    np.testing.assert_array_equal(window._shown.weights["fc.weight"], clean)
    assert window.laboratory.strip.isHidden()
    assert "BUG" not in window.windowTitle()
    with qtbot.waitSignal(window.worker.saved):
        window.worker.save(path)


def test_no_picture_of_one_view_and_no_export_leaves_a_run_with_a_bug(
    qtbot: QtBot, window: MainWindow, page: BreakPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch_on(qtbot, window, page)
    monkeypatch.setattr(QFileDialog, "exec", lambda _self: pytest.fail("asked for a file"))
    for export in (lambda: window.exports.save_picture("Loss"), window.exports.export_onnx):
        window.banner.hide()
        export()
        assert "bug (no ReLU mask)" in window.banner.text


def test_a_reset_begins_clean(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    switch_on(qtbot, window, page)
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: window._shown.flaw is None)
    assert window.laboratory.strip.isHidden()
    assert page.chooser.list.item(NO_MASK).text() == "no ReLU mask"


def test_it_paints_at_every_size_in_both_themes(qtbot: QtBot, window: MainWindow, page: BreakPage) -> None:
    for size, theme in product(((1100, 700), (1440, 900), (1920, 1080)), (DARK, LIGHT)):
        window.laboratory.set_theme(theme)
        window.actions_by_id["enlarge"].trigger()
        window.resize(*size)
        assert not page.grab().isNull()


def test_the_running_mean_is_over_the_last_ten() -> None:
    losses = np.arange(30.0)
    means = running_mean(losses)
    assert means[0] == 0
    assert means[3] == 1.5
    assert means[29] == pytest.approx(losses[20:30].mean())


def test_the_self_check_counts_shown_cells_and_a_click_leads_to_the_check(qtbot: QtBot, window: MainWindow) -> None:
    button = window.laboratory.self_check
    qtbot.waitUntil(lambda: button.check.cells > 10)
    assert button.check.mismatches == 0
    qtbot.waitUntil(lambda: button.text().startswith("0 mismatches in "))
    QTest.mouseClick(button, LEFT)
    assert window.tabs.currentWidget() is window.laboratory.panel
    assert window.laboratory.panel.buttons["Check"].isChecked()


def test_the_self_check_turns_red_at_a_doctored_number(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    button, snapshot = SelfCheckButton(), snapshot_of("blackboard 5x5")
    qtbot.addWidget(button)
    button.show()
    # on a busy machine a turn seems to cost so much that hundreds of turns do nothing after it
    monkeypatch.setattr(self_check_button.time, "thread_time", lambda: 0.0)
    button.show_snapshot(replace(snapshot, trace=doctored(snapshot.trace, "L", ())))
    while button._timer.isActive():
        button._advance()
    assert button.text() == f"1 mismatch in {button.check.cells} cells"
    assert "✗ step 0, L: shown" in button.toolTip()
    assert DARK.error in button.styleSheet()
    button.show_snapshot(replace(snapshot, run_id=2))
    assert button.text() == "0 mismatches in 0 cells"


def test_of_steps_taken_quickly_the_last_is_the_one_that_is_checked(
    qtbot: QtBot, window: MainWindow, page: BreakPage
) -> None:
    # what was asked for after a step comes when the next one is asked for already
    taken: list[Specimen] = []
    window.worker.specimen_taken.connect(taken.append)
    window.worker.take_specimen(None, asked_by="this test")
    qtbot.waitUntil(lambda: len(taken) == 1)
    for step in (5, 6):
        page.take(replace(taken[0], asked_by=ASKED_BY, step=step))
    qtbot.waitUntil(lambda: page.findings.specimen.step == 6 and not page._work.is_busy)


def test_a_turn_of_the_self_check_is_bounded(window: MainWindow) -> None:
    button = window.laboratory.self_check
    button._timer.stop()
    button._credit = 1.0  # a turn of its own may have taken long just now
    before = button.check.cells
    button._advance()
    assert 0 < button.check.cells - before <= _CELLS
    window.hide()
    button._credit = 1.0
    before = button.check.cells
    button._advance()
    assert button.check.cells == before


def test_a_turn_that_took_long_is_paid_for_by_turns_that_do_nothing(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    button, snapshot = SelfCheckButton(), snapshot_of("blackboard 5x5")
    qtbot.addWidget(button)
    button.show()
    button.show_snapshot(snapshot)
    button._timer.stop()
    clock = iter(range(1000))
    # every turn seems to take 20 ms of a core, a hundred times what it may
    monkeypatch.setattr(self_check_button.time, "thread_time", lambda: 0.02 * next(clock))
    button._credit = 0.0
    counts = []
    for _ in range(201):
        button._advance()
        counts.append(button.check.cells)
    assert len(set(counts)) == 3


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.id)
def test_each_bug_trains_the_running_network_and_turns_its_own_array_red_and_what_lies_downstream(
    qtbot: QtBot, window: MainWindow, page: BreakPage, bug: Bug
) -> None:
    window.worker.change_settings(SMALL.changed(filters=(3, 4), kernel_size=3))
    shown(qtbot, window, lambda snapshot: snapshot.settings.blocks == 2)
    choose(qtbot, page, 1 + BUGS.index(bug))
    QTest.mouseClick(page.chooser.switch, LEFT)
    shown(qtbot, window, lambda snapshot: snapshot.flaw is not None)
    before = window._shown.weights["fc.weight"]
    for step in range(1, 4):
        QTest.keyClick(window, Qt.Key.Key_Right)
        shown(qtbot, window, lambda snapshot, step=step: snapshot.step == step)
    qtbot.waitUntil(lambda: page.findings.specimen.step == 3 and page.findings.bug is bug)
    assert window._shown.flaw.name == bug.name
    assert not np.array_equal(window._shown.weights["fc.weight"], before)
    stations = page.stations.stations
    names = tuple(station.name for station in stations)
    guilty, red = bug.guilty(names), {station.name for station in stations if not station.check.passed}
    assert guilty
    assert tuple(station.name for station in stations if not station.rule_holds) == guilty
    # biases that hardly move stay on the kink: no quotient tells, but the sum that it is not does
    compared = {station.name for station in stations if station.check.cells}
    assert compared & set(guilty) <= red <= downstream(guilty, names)
    assert page.verdict.text().startswith(f"✗ It goes wrong at {display_name(guilty[0])}")


def test_a_window_that_closes_sees_the_end_of_what_is_trained_beside_it(
    qtbot: QtBot, window: MainWindow, page: BreakPage
) -> None:
    page.chooser.list.setCurrentRow(NO_MASK)
    qtbot.waitUntil(lambda: page._work.is_busy)
    thread = page._work._thread
    window.close()
    assert not thread.is_alive()
