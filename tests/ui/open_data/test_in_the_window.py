"""Own data in the whole window: it comes in by menu, key, button, drop and paste, and trains."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.playground.own_data.files import some_set, write_folder
from tests.ui.in_the_window import opened
from ui.main_window import MainWindow
from ui.open_data.dialog import OpenDataDialog


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window(), (1100, 700))


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    write_folder(tmp_path / "pets", some_set(30))
    return tmp_path / "pets"


def ready(qtbot: QtBot, window: MainWindow) -> OpenDataDialog:
    """The dialog, once it shows what was found."""
    qtbot.waitUntil(lambda: window.own_data.dialog is not None and window.own_data.dialog.is_ready)
    return window.own_data.dialog


def press(qtbot: QtBot, window: MainWindow, code: Qt.Key) -> None:
    """Press Ctrl and a key in the window."""
    # the offscreen platform has nobody who does this when a dialog has closed
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, code, Qt.KeyboardModifier.ControlModifier)


def train_on(qtbot: QtBot, window: MainWindow, path: Path, name: str = "") -> None:
    """Open data and accept it as it is."""
    press(qtbot, window, Qt.Key.Key_I)
    dialog = window.own_data.dialog
    dialog.source.path.setText(str(path))
    QTest.keyClick(dialog.source.path, Qt.Key.Key_Return)
    ready(qtbot, window)
    if name:
        dialog.options.name.setText(name)
    QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    learns(qtbot, window, name or path.name)


def learns(qtbot: QtBot, window: MainWindow, name: str) -> None:
    """Wait until the dialog is gone and the window shows a run on an own data set of that name."""
    qtbot.waitUntil(lambda: window.own_data.dialog is None)
    qtbot.waitUntil(lambda: window._shown.settings.own is not None and window._shown.settings.own.name == name)


def test_accepted_data_begins_a_run_that_trains(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    train_on(qtbot, window, pets)
    assert window.data_panel.combo.currentText() == "pets"
    assert window._shown.settings.classes == (0, 1, 2)
    assert window._shown.step == 0
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.step > 10)


def test_training_goes_on_while_data_is_looked_at_and_cancelling_keeps_the_run(
    qtbot: QtBot, window: MainWindow, pets: Path
) -> None:
    before, run = window._shown.settings, window._shown.run_id
    QTest.keyClick(window, Qt.Key.Key_Space)
    QTest.mouseClick(window.data_panel.open_button, Qt.MouseButton.LeftButton)
    window.own_data.open(pets)
    dialog = ready(qtbot, window)
    step = window._shown.step
    qtbot.waitUntil(lambda: window._shown.step > step + 10)
    QTest.mouseClick(dialog.cancel_button, Qt.MouseButton.LeftButton)
    assert window.own_data.dialog is None
    step = window._shown.step
    qtbot.waitUntil(lambda: window._shown.step > step + 10)
    assert (window._shown.settings, window._shown.run_id) == (before, run)


def drop(window: MainWindow, path: Path) -> bool:
    """Drop a file on the data panel, as Qt hands it to the window; False if it is refused."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    place = window.data_panel.mapTo(window, window.data_panel.rect().center())
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(place, *how)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        QApplication.sendEvent(window, QDropEvent(QPointF(place), *how))
    return enter.isAccepted()


def test_a_folder_dropped_on_the_data_panel_is_looked_at(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    assert drop(window, pets)
    assert ready(qtbot, window).options.name.text() == "pets"


def test_a_picture_dropped_there_is_still_classified(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    assert drop(window, next(pets.rglob("*.png")))
    qtbot.waitUntil(lambda: window._shown.drawing_probabilities is not None)
    assert window.own_data.dialog is None


def test_the_path_of_a_data_set_is_pasted(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    QGuiApplication.clipboard().setText(f"{pets}\n")
    press(qtbot, window, Qt.Key.Key_V)
    assert ready(qtbot, window).options.name.text() == "pets"


def test_the_window_closes_while_data_is_read(
    qtbot: QtBot, window: MainWindow, pets: Path, stop_half_way: Callable[[], threading.Event]
) -> None:
    window.own_data.open(pets)
    dialog = ready(qtbot, window)
    loading = dialog._loading
    go_on = stop_half_way()
    with qtbot.waitSignal(loading.progress):
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    window.close()
    assert not loading.is_busy
    assert window.own_data.dialog is None
    go_on.set()
    thread = loading._thread
    thread.join(10)
    assert not thread.is_alive()


def test_a_bad_file_is_said_in_the_dialog_and_the_run_stays(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    run = window._shown.run_id
    (tmp_path / "cut.npz").write_bytes(b"PK\x03\x04 and no more")
    assert drop(window, tmp_path / "cut.npz")
    dialog = window.own_data.dialog
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "cut.npz" in dialog.problem.text()
    assert not dialog.accept_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert window._shown.run_id == run


def test_the_present_own_set_is_exported_and_opens_again(
    qtbot: QtBot, window: MainWindow, pets: Path, tmp_path: Path
) -> None:
    assert not window.actions_by_id["export_data"].isEnabled()
    train_on(qtbot, window, pets)
    counts = [window.data_panel.split_button(split).text() for split in ("train", "test")]
    press(qtbot, window, Qt.Key.Key_E)
    dialog = window.own_data.export_dialog
    dialog.place.setText(str(tmp_path / "again.npz"))
    QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.own_data.export_dialog is None)
    assert "again.npz" in window.statusBar().currentMessage()
    train_on(qtbot, window, tmp_path / "again.npz", "again")
    assert counts == [window.data_panel.split_button(split).text() for split in ("train", "test")]
    assert counts == ["train 31", "test 9"]


def choose(window: MainWindow, name: str) -> None:
    """Choose a data set in the list, as a click in it does."""
    combo = window.data_panel.combo
    combo.setCurrentIndex(combo.findText(name))
    combo.activated.emit(combo.currentIndex())


def test_opened_sets_stay_in_the_list_and_are_chosen_again(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    train_on(qtbot, window, pets)
    train_on(qtbot, window, pets, "pets (2)")
    choose(window, "Shapes")
    qtbot.waitUntil(lambda: window._shown.settings.dataset == "shapes")
    for name in ("pets", "pets (2)"):
        choose(window, name)
        learns(qtbot, window, name)
        assert window.data_panel.combo.currentText() == name


def test_opened_sets_are_there_after_the_next_start(
    qtbot: QtBot, window: MainWindow, make_window: Callable[[], MainWindow], pets: Path
) -> None:
    train_on(qtbot, window, pets)
    window.close()
    again = opened(qtbot, make_window(), (1100, 700))
    learns(qtbot, again, "pets")
    choose(again, "Shapes")
    qtbot.waitUntil(lambda: again._shown.settings.dataset == "shapes")
    choose(again, "pets")
    learns(qtbot, again, "pets")


def test_a_set_that_is_too_large_to_be_kept_is_said_and_stays_for_the_session(
    qtbot: QtBot, window: MainWindow, pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.kept_sets.kept_sets.MAX_KEPT_BYTES", 100)
    with qtbot.waitSignal(window.own_data.noticed) as told:
        train_on(qtbot, window, pets)
    assert "kept between starts" in told.args[0]
    choose(window, "Shapes")
    qtbot.waitUntil(lambda: window._shown.settings.dataset == "shapes")
    choose(window, "pets")
    learns(qtbot, window, "pets")
    assert list(window.preferences.data_folder.glob("*")) == []


def test_an_opened_set_itself_is_fixed_not_a_second_like_it(qtbot: QtBot, window: MainWindow, pets: Path) -> None:
    train_on(qtbot, window, pets)
    qtbot.waitUntil(lambda: list(window.preferences.data_folder.glob("*.npz")) != [])
    window.actions_by_id["fix_copy"].trigger()
    qtbot.waitUntil(lambda: not window.workshop.workshop.is_opening)
    assert window.workshop.workshop.collection.name == "pets"
    assert len(window.workshop.workshop.collection) == 40
    assert len(window.workshop.workshop.sets.names()) == 1
