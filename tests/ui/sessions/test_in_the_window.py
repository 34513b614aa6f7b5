"""Sessions in the whole window: saved and opened by keys and drops, asked about, kept by themselves, recovered."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from playground.own_data.run_settings import settings_for
from playground.session import Session
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session, write_session
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from tests.playground.own_data.files import some_set
from tests.ui.in_the_window import shown
from ui.application import delete_window
from ui.main_window import MainWindow
from ui.preferences import Preferences

START = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Button = QMessageBox.StandardButton
Open = Callable[[], MainWindow]


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    made = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    made.settings = START
    return made


@pytest.fixture
def open_window(qtbot: QtBot, preferences: Preferences) -> Iterator[Open]:
    """Opens windows that share their preferences, one after the other."""
    made: list[MainWindow] = []

    def open_one() -> MainWindow:
        window = MainWindow(preferences)
        made.append(window)
        window.resize(1200, 800)
        with qtbot.waitExposed(window):
            window.show()
        shown(qtbot, window)
        return window

    yield open_one
    for window in made:
        if isValid(window):
            delete_window(window)


@pytest.fixture
def window(open_window: Open) -> MainWindow:
    return open_window()


def take_steps(qtbot: QtBot, window: MainWindow, count: int) -> Snapshot:
    """Press → so often; the snapshot after the last."""
    before = shown(qtbot, window).step
    for _ in range(count):
        QTest.keyClick(window, Qt.Key.Key_Right)
    return shown(qtbot, window, lambda s: s.step == before + count and s.state is RunState.PAUSED)


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> list[str]:
    """Let every file dialog answer with a path; the titles of the dialogs that came."""
    came: list[str] = []

    def answer(_parent: object, title: str, *_: object) -> tuple[str, str]:
        came.append(title)
        return str(path), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return came


def save(qtbot: QtBot, window: MainWindow) -> None:
    """Press Ctrl+S and wait until it is written."""
    # without a window manager no window is in front once a dialog has closed
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    with qtbot.waitSignal(window.sessions.saved):
        QTest.keyClick(window, Qt.Key.Key_S, CONTROL)


def answer_question(qtbot: QtBot, window: MainWindow, button: Button) -> None:
    """Wait for the question, and click."""
    qtbot.waitUntil(lambda: window.sessions.question is not None and window.sessions.question.isVisible())
    assert window.sessions.question is not None
    QTest.mouseClick(window.sessions.question.button(button), Qt.MouseButton.LeftButton)


def drop(window: MainWindow, path: Path) -> None:
    """Drag a file over the window and let it go there."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(300, 300), copy, mime, left, none)
    QApplication.sendEvent(window, entered)
    assert entered.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPoint(300, 300), copy, mime, left, none))


def title(window: MainWindow) -> str:
    return window.windowTitle().replace("[*]", "*" if window.isWindowModified() else "")


# --- save and open --------------------------------------------------------------------------------------------------


def test_ctrl_s_asks_for_a_name_once_and_the_title_says_what_changed(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = choose(monkeypatch, tmp_path / "mine")
    qtbot.waitUntil(lambda: title(window) == "Untitled session — CNN Playground")
    take_steps(qtbot, window, 1)
    qtbot.waitUntil(lambda: title(window) == "Untitled session* — CNN Playground")
    save(qtbot, window)
    assert title(window) == "mine — CNN Playground"
    take_steps(qtbot, window, 1)
    qtbot.waitUntil(lambda: title(window) == "mine* — CNN Playground")
    save(qtbot, window)
    assert title(window) == "mine — CNN Playground"
    assert asked == ["Save the session"]
    assert read_session(tmp_path / "mine.cnnsession").state.step == 2


def test_a_run_in_the_file_is_replaced_by_another_one_only_when_the_user_says_so(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "mine")
    take_steps(qtbot, window, 2)
    save(qtbot, window)
    run = window._shown.run_id
    QTest.keyClick(window, Qt.Key.Key_R)
    shown(qtbot, window, lambda s: s.run_id > run and s.step == 0)
    qtbot.waitUntil(lambda: title(window) == "mine* — CNN Playground")
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    answer_question(qtbot, window, Button.Cancel)
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    choose(monkeypatch, tmp_path / "new")
    with qtbot.waitSignal(window.sessions.saved):
        answer_question(qtbot, window, Button.Save)
    assert title(window) == "new — CNN Playground"
    steps = [read_session(tmp_path / f"{name}.cnnsession").state.step for name in ("mine", "new")]
    assert steps == [2, 0]


def test_another_run_takes_the_place_of_the_one_in_the_file_once_that_is_wanted(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "mine")
    take_steps(qtbot, window, 2)
    save(qtbot, window)
    QTest.keyClick(window, Qt.Key.Key_R)
    shown(qtbot, window, lambda s: s.step == 0)
    QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    qtbot.waitUntil(lambda: window.sessions.question is not None and window.sessions.question.isVisible())
    assert "Shapes" in window.sessions.question.text()
    assert "2 steps" in window.sessions.question.text()
    with qtbot.waitSignal(window.sessions.saved):
        answer_question(qtbot, window, Button.Yes)
    assert read_session(tmp_path / "mine.cnnsession").state.step == 0
    take_steps(qtbot, window, 1)
    save(qtbot, window)
    assert read_session(tmp_path / "mine.cnnsession").state.step == 1


def test_save_as_leaves_the_first_file_as_it_was(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "first")
    take_steps(qtbot, window, 1)
    save(qtbot, window)
    take_steps(qtbot, window, 1)
    choose(monkeypatch, tmp_path / "second")
    with qtbot.waitSignal(window.sessions.saved):
        QTest.keyClick(window, Qt.Key.Key_S, CONTROL | SHIFT)
    assert read_session(tmp_path / "first.cnnsession").state.step == 1
    assert read_session(tmp_path / "second.cnnsession").state.step == 2
    assert title(window) == "second — CNN Playground"


def test_a_session_that_is_opened_goes_on_bit_for_bit_with_its_curves_and_drawing(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "mine")
    window.classify_panel.canvas.set_image(np.full((28, 28), 200, np.uint8))
    drawing = window.classify_panel.drawing_state()
    take_steps(qtbot, window, 3)
    save(qtbot, window)
    window.classify_panel.clear()
    on = take_steps(qtbot, window, 4)
    choose(monkeypatch, tmp_path / "mine.cnnsession")
    with qtbot.waitSignal(window.worker.run_started) as started:
        QTest.keyClick(window, Qt.Key.Key_O, CONTROL)
        answer_question(qtbot, window, Button.Discard)
    assert list(started.args[0].history.series["batch_loss"].read().x) == [1, 2, 3]
    opened = shown(qtbot, window, lambda s: s.step == 3)
    assert window.classify_panel.drawing_state() == drawing
    again = take_steps(qtbot, window, 4)
    assert again.run_id == opened.run_id
    assert again.batch_loss == on.batch_loss
    np.testing.assert_equal(dict(again.weights), dict(on.weights))


def test_a_session_dropped_on_the_window_is_opened_without_a_question_if_nothing_was_done(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    session = Session(START.changed(seed=9))
    session.step()
    write_session(tmp_path / "dropped.cnnsession", SessionContent.of(session))
    drop(window, tmp_path / "dropped.cnnsession")
    assert shown(qtbot, window, lambda s: s.step == 1).settings.seed == 9
    assert title(window) == "dropped — CNN Playground"
    assert window.sessions.question is None


def test_recent_sessions_are_in_the_menu_newest_first_and_open(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("one", "two & three"):
        choose(monkeypatch, tmp_path / name)
        take_steps(qtbot, window, 1)
        with qtbot.waitSignal(window.sessions.saved):
            window.actions_by_id["save_session_as"].trigger()
    menu = window.actions_by_id["clear_recent"].associatedObjects()[-1]
    entries = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert entries == ["&1  two && three", "&2  one", "&Clear the list"]
    menu.actions()[1].trigger()
    shown(qtbot, window, lambda s: s.step == 1)
    window.actions_by_id["clear_recent"].trigger()
    assert not menu.isEnabled()
    assert (tmp_path / "one.cnnsession").exists()


def test_a_file_that_is_no_session_is_said_to_be_none_and_changes_nothing(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    before = take_steps(qtbot, window, 2)
    (tmp_path / "bad.cnnsession").write_bytes(b"nothing of the kind")
    with qtbot.waitSignal(window.sessions.refused):
        drop(window, tmp_path / "bad.cnnsession")
    assert "is not a safetensors file" in window.banner.text
    after = take_steps(qtbot, window, 1)
    assert (after.run_id, after.step) == (before.run_id, 3)
    assert window.sessions.question is None


def test_a_save_that_fails_is_said_and_the_session_stays_unsaved(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path / "nowhere" / "mine")
    take_steps(qtbot, window, 1)
    with qtbot.waitSignal(window.sessions.refused):
        QTest.keyClick(window, Qt.Key.Key_S, CONTROL)
    assert "there is no folder" in window.banner.text
    assert title(window) == "Untitled session* — CNN Playground"


def test_images_of_the_users_own_come_with_their_session_and_stay_in_the_list(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    own = dataclasses.replace(some_set(count=30, size=12), colors=("#12ab34", 7, 0))
    session = Session(settings_for(own.description, filters=(2,), kernel_size=3), own=own)
    session.step()
    # one that was drawn and deleted while the network learnt the others
    with_deleted = dataclasses.replace(
        own,
        **{name: np.append(getattr(own, name), getattr(own, name)[:1], 0) for name in ("images", "labels", "in_test")},
        excluded=np.arange(len(own) + 1) == len(own),
        removed=np.arange(len(own) + 1) == len(own),
    )
    other = dataclasses.replace(own, labels=own.labels[::-1].copy())
    for images, name in ((own, "some"), (own, "some"), (with_deleted, "some"), (other, "some (2)")):
        write_session(tmp_path / "own.cnnsession", SessionContent.of(session, own=images))
        with qtbot.waitSignal(window.worker.run_started) as started:
            drop(window, tmp_path / "own.cnnsession")
        assert started.args[0].own.name == started.args[0].settings.own.name == name
        shown(qtbot, window, lambda s, run=started.args[0].run_id: s.run_id == run)
    workshop = window.workshop.workshop
    assert workshop.sets.names() == ("some", "some (2)")
    for name in workshop.sets.names():
        with qtbot.waitSignal(workshop.opened):
            workshop.open(name)
        assert workshop.collection.classes == own.classes


# --- the question ---------------------------------------------------------------------------------------------------


def saved_and_changed(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Save after one step, then take another."""
    choose(monkeypatch, folder / "mine")
    take_steps(qtbot, window, 1)
    save(qtbot, window)
    take_steps(qtbot, window, 1)
    qtbot.waitUntil(window.isWindowModified)
    return folder / "mine.cnnsession"


def test_closing_asks_about_a_file_with_unsaved_changes_and_cancel_stays(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    saved_and_changed(qtbot, window, monkeypatch, tmp_path)
    window.close()
    qtbot.waitUntil(lambda: window.sessions.question is not None and window.sessions.question.isVisible())
    assert window.sessions.question.text() == "mine.cnnsession has changed since it was saved."
    answer_question(qtbot, window, Button.Cancel)
    assert window.isVisible()
    take_steps(qtbot, window, 1)


def test_closing_with_save_writes_the_file_and_then_closes(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = saved_and_changed(qtbot, window, monkeypatch, tmp_path)
    QTest.keyClick(window, Qt.Key.Key_Space)
    shown(qtbot, window, lambda s: s.state is RunState.TRAINING and s.step > 5)
    window.close()
    answer_question(qtbot, window, Button.Save)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert window.worker.final is not None
    assert read_session(path).state.step == window.worker.final.state.step > 5


def test_closing_without_saving_goes_back_to_the_file_at_the_next_start(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = open_window()
    saved_and_changed(qtbot, first, monkeypatch, tmp_path)
    first.close()
    answer_question(qtbot, first, Button.Discard)
    qtbot.waitUntil(lambda: not first.isVisible())
    second = open_window()
    assert shown(qtbot, second).step == 1
    qtbot.waitUntil(lambda: title(second) == "mine — CNN Playground")


def test_opening_asks_about_unsaved_changes_and_save_saves_them_first(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = saved_and_changed(qtbot, window, monkeypatch, tmp_path)
    other = Session(START.changed(seed=9))
    write_session(tmp_path / "other.cnnsession", SessionContent.of(other))
    drop(window, tmp_path / "other.cnnsession")
    answer_question(qtbot, window, Button.Save)
    shown(qtbot, window, lambda s: s.settings.seed == 9)
    assert read_session(path).state.step == 2


def test_a_session_that_was_never_saved_is_not_said_to_have_been(qtbot: QtBot, window: MainWindow) -> None:
    take_steps(qtbot, window, 1)
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    qtbot.waitUntil(lambda: window.sessions.question is not None and window.sessions.question.isVisible())
    assert window.sessions.question.text() == "This session is in no file yet."
    answer_question(qtbot, window, Button.Discard)
    shown(qtbot, window, lambda s: s.step == 0)


def test_a_new_session_asks_too_and_is_in_no_file(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = saved_and_changed(qtbot, window, monkeypatch, tmp_path)
    QTest.keyClick(window, Qt.Key.Key_N, CONTROL)
    answer_question(qtbot, window, Button.Discard)
    shown(qtbot, window, lambda s: s.step == 0)
    qtbot.waitUntil(lambda: title(window) == "Untitled session — CNN Playground")
    assert read_session(path).state.step == 1


# --- what is kept by itself -----------------------------------------------------------------------------------------


def test_a_session_without_a_file_closes_without_a_question_and_the_next_start_goes_on(
    qtbot: QtBot, open_window: Open
) -> None:
    first = open_window()
    before = take_steps(qtbot, first, 3)
    first.close()
    assert not first.isVisible()
    second = open_window()
    after = shown(qtbot, second)
    assert (after.step, after.batch_loss) == (3, before.batch_loss)
    np.testing.assert_equal(dict(after.weights), dict(before.weights))
    qtbot.waitUntil(lambda: title(second) == "Untitled session* — CNN Playground")


def test_a_session_at_rest_is_kept_in_a_moment_and_no_trace_is_left_when_the_program_ends_well(
    qtbot: QtBot, window: MainWindow, preferences: Preferences
) -> None:
    take_steps(qtbot, window, 2)
    folder = preferences.session_folder

    def kept() -> list[Path]:
        return list(folder.glob("running-*.cnnsession"))

    qtbot.waitUntil(lambda: len(kept()) == 1)
    qtbot.waitUntil(lambda: not window.sessions.writer.is_busy)
    assert read_session(kept()[0]).state.step == 2
    window.close()
    assert [path.name for path in folder.iterdir()] == ["last.cnnsession"]


def left_behind(preferences: Preferences, step: int) -> Path:
    """What a program leaves behind that is killed."""
    session = Session(START.changed(seed=9))
    for _ in range(step):
        session.step()
    preferences.session_folder.mkdir(parents=True, exist_ok=True)
    path = preferences.session_folder / "running-1-abc.cnnsession"
    write_session(path, SessionContent.of(session, file="/somewhere/digits.cnnsession", modified=True))
    return path


def test_what_a_crash_left_behind_is_offered_and_recovered(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    path = left_behind(preferences, 4)
    window = open_window()
    qtbot.waitUntil(lambda: "did not end well last time" in window.banner.text)
    assert "Shapes circle vs square · 28×28, 4 steps" in window.banner.text
    assert not path.exists()
    QTest.mouseClick(window.banner._button, Qt.MouseButton.LeftButton)
    assert shown(qtbot, window, lambda s: s.step == 4).settings.seed == 9
    qtbot.waitUntil(lambda: title(window) == "digits* — CNN Playground")
    # it is kept anew before the old file goes
    qtbot.waitUntil(lambda: not list(preferences.session_folder.glob("recovered-*")))
    assert len(list(preferences.session_folder.glob("running-*.cnnsession"))) == 1


def test_what_is_not_recovered_at_once_stays_in_the_menu_at_the_next_start(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    left_behind(preferences, 4)
    first = open_window()
    qtbot.waitUntil(lambda: "did not end well" in first.banner.text)
    delete_window(first)
    second = open_window()
    qtbot.waitUntil(second.actions_by_id["recover_session"].isEnabled)
    assert second.banner.text == ""
    second.actions_by_id["recover_session"].trigger()
    shown(qtbot, second, lambda s: s.step == 4)


def test_a_session_that_another_window_keeps_is_not_taken_for_a_crash(
    qtbot: QtBot, open_window: Open, preferences: Preferences
) -> None:
    first = open_window()
    take_steps(qtbot, first, 2)
    qtbot.waitUntil(lambda: bool(list(preferences.session_folder.glob("running-*.cnnsession"))))
    second = open_window()
    qtbot.waitUntil(lambda: title(second).startswith("Untitled session"))
    assert not second.actions_by_id["recover_session"].isEnabled()
