"""What a bug has computed or trained: no file, no picture and no view has it without saying so, by whatever path."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from playground.laboratory.bugs import BUGS, bug_of
from playground.model_file import load_model
from playground.session import Session
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session
from playground.settings import Settings
from tests.ui.in_the_window import answer_where_to_save, opened, shown
from ui.cell_ref import CellRef
from ui.exports.link import pictures_in
from ui.laboratory.break_it.page import BreakPage
from ui.main_window import MainWindow
from ui.preferences import Preferences

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(3,), batch_size=8, seed=5)
LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
CTRL_SHIFT = CTRL | Qt.KeyboardModifier.ShiftModifier
BUG = bug_of("no-mask")
SINCE, TRAINED = 3, 6


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path) -> MainWindow:
    """A run that has been trained with a bug from step SINCE to step TRAINED, by the page's own controls and keys."""
    Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)).settings = SMALL
    made = opened(qtbot, make_window())
    step_to(qtbot, made, SINCE)
    QTest.keyClick(made, Qt.Key.Key_7)
    QTest.mouseClick(made.laboratory.panel.buttons["Break"], LEFT)
    page = made.laboratory.panel.page
    assert isinstance(page, BreakPage)
    page.chooser.list.setFocus()
    for _ in range(1 + BUGS.index(BUG)):
        QTest.keyClick(page.chooser.list, Qt.Key.Key_Down)
    QTest.mouseClick(page.chooser.switch, LEFT)
    shown(qtbot, made, lambda snapshot: snapshot.flaw is not None)
    step_to(qtbot, made, TRAINED)
    return made


@pytest.fixture(params=["on", "off"])
def flawed(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The same while the bug is on, and after it was switched off: its weights are still there."""
    if request.param == "off":
        QTest.mouseClick(window.laboratory.strip.off, LEFT)
        shown(qtbot, window, lambda snapshot: not snapshot.flaw.is_on)
    return window


def step_to(qtbot: QtBot, window: MainWindow, step: int) -> None:
    while window._shown.step < step:
        before = window._shown.step
        QTest.keyClick(window, Qt.Key.Key_Right)
        shown(qtbot, window, lambda snapshot, before=before: snapshot.step == before + 1)


def no_dialog(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: pytest.fail("asked for a file"))
    monkeypatch.setattr(QFileDialog, "exec", lambda _self: pytest.fail("asked for a file"))


def press(window: MainWindow, action: str) -> None:
    window.banner.hide()
    window.actions_by_id[action].trigger()


def is_marked(window: MainWindow) -> bool:
    """In the title, and in the status bar, in words that name the bug."""
    strip = window.laboratory.strip
    return BUG.name in window.windowTitle() and strip.isVisible() and BUG.name in strip.words.text()


@pytest.mark.parametrize("action", ["save_model", "save_session", "save_session_as", "export_onnx", "export_pytorch",
                                    "export_film"])  # fmt: skip
def test_no_weights_of_it_go_into_a_file(
    qtbot: QtBot, flawed: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    folder = tmp_path / "wanted"
    folder.mkdir()
    answer_where_to_save(monkeypatch, folder / "written")
    press(flawed, action)
    qtbot.waitUntil(lambda: "never saved" in flawed.banner.text)
    assert f"bug ({BUG.name}) since step {SINCE}" in flawed.banner.text
    assert not list(folder.iterdir())


def test_what_is_kept_by_itself_is_the_last_clean_moment(
    qtbot: QtBot, flawed: MainWindow, make_window: Callable[[], MainWindow]
) -> None:
    flawed.close()
    again = opened(qtbot, make_window())
    shown(qtbot, again, lambda snapshot: snapshot.step == SINCE)
    assert again._shown.flaw is None
    assert not again.laboratory.strip.isVisible()
    session = Session(SMALL)
    for _ in range(SINCE):
        session.step()
    np.testing.assert_array_equal(again._shown.weights["conv1.weight"], session.state_dict()["conv1.weight"])


def test_a_session_holds_none_of_its_moments(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.worker.seek(0, 1)
    shown(qtbot, window, lambda snapshot: snapshot.step == 1)
    QTest.keyClick(window, Qt.Key.Key_Right)  # a clean branch beside the one with the bug
    shown(qtbot, window, lambda snapshot: snapshot.step == 2 and not snapshot.timeline.looking_back)
    path = tmp_path / "clean.cnnsession"
    answer_where_to_save(monkeypatch, path)
    with qtbot.waitSignal(window.sessions.saved):
        press(window, "save_session_as")
    content: SessionContent = read_session(path)
    assert content.state.flaw is None
    assert content.timeline is not None
    assert all(moment.state.flaw is None for moment in content.timeline.moments)
    first, second = content.timeline.branches
    assert [moment.step for moment in content.timeline.moments if moment.branch == first.number] == [0, 1, 2, SINCE]
    assert (first.end, len(first.curves["batch_loss"]), first.events) == (SINCE, SINCE, ())
    assert (second.parent, second.forked_at) == (first.number, 1)
    window.worker.open_session(content, "Opened.")
    opened_again = shown(qtbot, window, lambda snapshot: snapshot.run_id > 1)
    assert not window.laboratory.strip.isVisible()
    assert len(opened_again.timeline.branches) == 2


def test_a_derivation_says_so_in_its_head_in_every_kind_of_file(
    qtbot: QtBot, flawed: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suffix in (".md", ".html"):
        path = tmp_path / f"derivation{suffix}"
        answer_where_to_save(monkeypatch, path)
        with qtbot.waitSignal(flawed.take_home.saved):
            press(flawed, "export_derivation")
        text = path.read_text(encoding="utf-8")
        assert f"mistake “{BUG.name}” was switched on at step {SINCE}" in text[: text.index("Forward pass")]


def test_a_script_is_refused_while_it_is_on_and_says_so_afterwards(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        no_dialog(refusing)
        press(window, "export_script")
        qtbot.waitUntil(lambda: "switch it off first" in window.banner.text)
    QTest.mouseClick(window.laboratory.strip.off, LEFT)
    shown(qtbot, window, lambda snapshot: not snapshot.flaw.is_on)
    answer_where_to_save(monkeypatch, tmp_path / "step.py")
    with qtbot.waitSignal(window.take_home.saved):
        press(window, "export_script")
    assert "NOTE: The laboratory's mistake" in (tmp_path / "step.py").read_text(encoding="utf-8").split('"""')[1]


def test_the_working_of_a_cell_that_is_copied_says_so(flawed: MainWindow) -> None:
    view = flawed.flow_panel.view
    QTest.mouseMove(view, view.place_of(CellRef("dw1", (0, 0, 1, 1))).center())
    for key in (Qt.Key.Key_C, Qt.Key.Key_L):
        QTest.keyClick(flawed, key, CTRL_SHIFT)
        assert f"mistake “{BUG.name}”" in QGuiApplication.clipboard().text()


def test_the_curves_as_a_table_have_the_step_at_which_it_was_switched_on(
    qtbot: QtBot, flawed: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "curves.csv"
    answer_where_to_save(monkeypatch, path)
    with qtbot.waitSignal(flawed.exports.saved):
        press(flawed, "export_history")
    (row,) = [line for line in path.read_text(encoding="utf-8").splitlines() if "bug on" in line]
    assert row.startswith(f"{SINCE},")
    assert BUG.name in row


def test_no_view_is_saved_alone_but_the_window_is_with_its_mark(
    qtbot: QtBot, flawed: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as refusing:
        no_dialog(refusing)
        for name, view in flawed.exports._views.items():
            for part in (None, *pictures_in(view)):
                flawed.banner.hide()
                flawed.exports.save_picture(name, part)
                assert f"bug ({BUG.name})" in flawed.banner.text
    assert is_marked(flawed)
    path = tmp_path / "window.png"
    answer_where_to_save(monkeypatch, path)
    press(flawed, "save_picture")
    qtbot.waitUntil(path.exists)
    strip = flawed.laboratory.strip
    place = strip.mapTo(flawed, strip.rect().center())
    ratio = flawed.devicePixelRatioF()
    assert QImage(str(path)).pixelColor(place * ratio) == flawed.grab().toImage().pixelColor(place * ratio)


def test_a_clean_moment_of_a_run_with_a_bug_is_shown_as_such_and_its_curves_are_marked(
    qtbot: QtBot, flawed: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    flawed.worker.seek(0, 1)
    shown(qtbot, flawed, lambda snapshot: snapshot.step == 1)
    assert flawed._shown.flaw is None
    assert is_marked(flawed)
    assert "this moment is from before" in flawed.laboratory.strip.words.text()
    no_dialog(monkeypatch)
    flawed.exports.save_picture("Loss")
    assert f"bug ({BUG.name})" in flawed.banner.text


def test_a_clean_branch_beside_one_with_a_bug_may_be_saved_and_stays_marked(
    qtbot: QtBot, flawed: MainWindow, tmp_path: Path
) -> None:
    flawed.worker.seek(0, 1)
    shown(qtbot, flawed, lambda snapshot: snapshot.step == 1)
    QTest.keyClick(flawed, Qt.Key.Key_Right)
    shown(qtbot, flawed, lambda snapshot: snapshot.step == 2 and not snapshot.timeline.looking_back)
    assert is_marked(flawed)
    with qtbot.waitSignal(flawed.worker.saved):
        flawed.worker.save(tmp_path / "clean.safetensors")
    session = Session(SMALL)
    for _ in range(2):
        session.step()
    saved = load_model(tmp_path / "clean.safetensors")
    np.testing.assert_array_equal(saved.network.state_dict()["conv1.weight"], session.state_dict()["conv1.weight"])


def test_the_difference_from_a_moment_with_a_bug_is_marked(qtbot: QtBot, flawed: MainWindow) -> None:
    QTest.keyClick(flawed, Qt.Key.Key_D)
    shown(qtbot, flawed, lambda snapshot: snapshot.difference is not None)
    flawed.worker.seek(0, 1)
    shown(qtbot, flawed, lambda snapshot: snapshot.step == 1 and snapshot.difference is not None)
    assert is_marked(flawed)


def test_a_new_run_has_no_ghost_of_it(qtbot: QtBot, flawed: MainWindow) -> None:
    QTest.keyClick(flawed, Qt.Key.Key_R)
    shown(qtbot, flawed, lambda snapshot: snapshot.run_id > 1 and snapshot.step == 0)
    assert not flawed.laboratory.strip.isVisible()
    assert "BUG" not in flawed.windowTitle()
    assert flawed.loss_chart.lines.waiting == []


def test_runs_that_are_compared_say_it_of_the_window_s_own(qtbot: QtBot, flawed: MainWindow) -> None:
    told = []
    flawed.worker.recording_taken.connect(told.append)
    flawed.worker.take_recording()
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].flaw == BUG.name


def test_a_step_back_to_before_it_leaves_it_on_and_marked_and_switched_off_nothing_of_it_is_left(
    qtbot: QtBot, window: MainWindow
) -> None:
    for step in range(TRAINED - 1, SINCE - 2, -1):
        QTest.keyClick(window, Qt.Key.Key_Left)
        shown(qtbot, window, lambda snapshot, step=step: snapshot.step == step)
    assert (window._shown.flaw.since, window._shown.flaw.is_on) == (SINCE - 1, True)
    assert is_marked(window)
    QTest.mouseClick(window.laboratory.strip.off, LEFT)
    shown(qtbot, window, lambda snapshot: snapshot.flaw is None)
    assert not window.laboratory.strip.isVisible()
    session = Session(SMALL)
    for _ in range(SINCE - 1):
        session.step()
    np.testing.assert_array_equal(window._shown.weights["conv1.weight"], session.state_dict()["conv1.weight"])
