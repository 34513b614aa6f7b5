"""Kept data sets are renamed, deleted and restored from the list, and read while the window goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from playground.own_data import storage
from playground.own_data.collection import Collection
from playground.own_data.shelf import Shelf
from playground.own_data.storage import kept_summary, read_collection, write_collection
from tests.playground.own_data.files import some_set
from tests.ui.in_the_window import opened
from ui.kept_sets import kept_sets
from ui.kept_sets.dialog import KeptSetsDialog
from ui.main_window import MainWindow


def put(folder: Path, *names: str) -> None:
    """Keep data sets of these names, as an earlier start of the program would have."""
    shelf = Shelf(folder)
    for name in names:
        collection = Collection.of(some_set(30))
        collection.name = name
        write_collection(shelf.new_path(), collection.image_set())


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow], tmp_path: Path) -> MainWindow:
    put(tmp_path / "data", "cats", "dogs")
    window = make_window()
    assert window.preferences.data_folder == tmp_path / "data"
    return opened(qtbot, window, (1100, 700))


def offered(window: MainWindow) -> list[str]:
    """The user's own data sets in the list of the data panel, with what comes after them."""
    combo = window.data_panel.combo
    return [combo.itemText(row) for row in range(4, combo.count())]


def choose(window: MainWindow, text: str) -> None:
    """Choose an entry of the list, as a click in it does."""
    combo = window.data_panel.combo
    combo.setCurrentIndex(combo.findText(text))
    combo.activated.emit(combo.currentIndex())


def dialog_of(window: MainWindow) -> KeptSetsDialog:
    """The dialog, opened by the last entry of the list."""
    choose(window, "Rename or delete…")
    dialog = window.own_data.sets_dialog
    assert dialog is not None
    return dialog


def rows(dialog: KeptSetsDialog) -> list[str]:
    table = dialog.table
    return [table.topLevelItem(row).text(0) for row in range(table.topLevelItemCount())]


def select(dialog: KeptSetsDialog, name: str) -> None:
    """Click a row."""
    (item,) = dialog.table.findItems(name, Qt.MatchFlag.MatchExactly)
    place = dialog.table.visualItemRect(item).center()
    QTest.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def rename(dialog: KeptSetsDialog, name: str, wanted: str) -> None:
    """F2, type, Enter."""
    select(dialog, name)
    QTest.mouseClick(dialog.rename_button, Qt.MouseButton.LeftButton)
    (editor,) = dialog.table.findChildren(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, wanted)
    QTest.keyClick(editor, Qt.Key.Key_Return)


def test_the_list_tells_what_each_set_is(window: MainWindow) -> None:
    dialog = dialog_of(window)
    item = dialog.table.topLevelItem(0)
    assert [item.text(column) for column in range(4)] == ["cats", "40", "3", "10×10"]
    assert dialog.accessibleName() or dialog.windowTitle() == "Your data sets"


def test_a_set_is_renamed_in_the_list_and_on_the_disk(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    dialog = dialog_of(window)
    rename(dialog, "cats", "tigers")
    qtbot.waitUntil(lambda: offered(window) == ["tigers", "dogs", "Rename or delete…"])
    assert rows(dialog) == ["tigers", "dogs"]
    assert kept_summary(tmp_path / "data" / "set-1.npz").name == "tigers"
    assert len(read_collection(tmp_path / "data" / "set-1.npz")) == 40


@pytest.mark.parametrize(("wanted", "sentence"), [("dogs", "There is a data set dogs already"), (" ", "needs a name")])
def test_a_name_that_cannot_be_is_refused_in_a_sentence(
    qtbot: QtBot, window: MainWindow, wanted: str, sentence: str
) -> None:
    dialog = dialog_of(window)
    rename(dialog, "cats", wanted)
    qtbot.waitUntil(lambda: sentence in dialog.problem.text())
    assert rows(dialog) == ["cats", "dogs"]


def test_a_deleted_set_leaves_the_list_and_is_restored(window: MainWindow) -> None:
    dialog = dialog_of(window)
    select(dialog, "cats")
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert rows(dialog) == ["dogs", "cats (deleted)"]
    assert offered(window) == ["dogs", "Rename or delete…"]
    select(dialog, "cats (deleted)")
    QTest.mouseClick(dialog.restore_button, Qt.MouseButton.LeftButton)
    assert rows(dialog) == ["cats", "dogs"]
    assert offered(window) == ["cats", "dogs", "Rename or delete…"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [(QMessageBox.StandardButton.Cancel, ["dogs", "cats (deleted)"]), (QMessageBox.StandardButton.Yes, ["dogs"])],
)
def test_deleting_for_good_asks_first(
    qtbot: QtBot, window: MainWindow, answer: QMessageBox.StandardButton, left: list[str]
) -> None:
    dialog = dialog_of(window)
    select(dialog, "cats")
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    select(dialog, "cats (deleted)")

    def reply() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        assert "cats" in box.text()
        QTest.mouseClick(box.button(answer), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, reply)
    QTest.mouseClick(dialog.purge_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows(dialog) == left)


def test_what_the_network_learns_is_neither_renamed_nor_deleted(qtbot: QtBot, window: MainWindow) -> None:
    choose(window, "dogs")
    qtbot.waitUntil(lambda: window._shown.settings.own is not None)
    dialog = dialog_of(window)
    select(dialog, "dogs")
    assert not dialog.delete_button.isEnabled()
    assert not dialog.rename_button.isEnabled()
    assert "The network learns dogs" in dialog.problem.text()
    QTest.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert rows(dialog) == ["cats", "dogs"]


def test_the_set_on_the_bench_is_renamed_with_what_is_changed_meanwhile(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    workshop = window.workshop.workshop
    workshop.open("cats")
    qtbot.waitUntil(lambda: not workshop.is_opening)
    dialog = dialog_of(window)
    rename(dialog, "cats", "tigers")
    workshop.remove([0, 1])
    qtbot.waitUntil(lambda: workshop.collection.name == "tigers")
    workshop.sets.flush()
    kept = read_collection(tmp_path / "data" / "set-1.npz")
    assert (kept.name, len(kept)) == ("tigers", 38)


def test_the_set_on_the_bench_can_be_deleted_and_a_new_one_takes_its_place(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    window.workshop.open()
    workshop = window.workshop.workshop
    qtbot.waitUntil(lambda: not workshop.is_opening)
    assert workshop.collection.name == "dogs"
    QTest.mouseClick(window.workshop.window.sets_button, Qt.MouseButton.LeftButton)
    dialog = window.own_data.sets_dialog
    select(dialog, "dogs")
    QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
    assert workshop.collection.name == "My drawings"
    assert workshop.names() == ["cats", "My drawings"]
    workshop.sets.flush()
    assert [path.name for path in (tmp_path / "data").glob("*.npz")] == ["set-1.npz"]


class Gate:
    """Reading that stops half way until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        read = storage.read_collection

        def slowly(path: Path, progress: Callable[[int, int], object]) -> Collection:
            progress(1, 2)
            self.reached.set()
            assert self.open.wait(60)
            progress(2, 2)
            return read(path)

        monkeypatch.setattr(kept_sets, "read_collection", slowly)


def test_a_set_of_the_list_is_read_beside_the_window_which_tells_how_far_it_is(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    choose(window, "dogs")
    qtbot.waitUntil(gate.reached.is_set)
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == "Reading dogs: 50 %")
    step = window._shown.step
    QTest.keyClick(window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window._shown.step > step + 10)
    gate.open.set()
    qtbot.waitUntil(lambda: window._shown.settings.own is not None)


def test_other_data_chosen_meanwhile_ends_the_reading(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    choose(window, "dogs")
    qtbot.waitUntil(gate.reached.is_set)
    choose(window, "Shapes")
    gate.open.set()
    window.own_data._reading.wait(10)
    qtbot.waitUntil(lambda: window._shown.settings.dataset == "shapes")
    assert window._shown.settings.own is None


def test_the_window_comes_up_before_the_set_of_last_time_is_read(
    qtbot: QtBot, window: MainWindow, make_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(window, "dogs")
    qtbot.waitUntil(lambda: window._shown.settings.own is not None)
    window.close()
    gate = Gate(monkeypatch)
    again = make_window()
    with qtbot.waitExposed(again):
        again.show()
    qtbot.waitUntil(lambda: again.statusBar().currentMessage() == "Reading your data set: 50 %")
    assert again.worker.latest is None
    gate.open.set()
    qtbot.waitUntil(lambda: again._shown is not None and again._shown.settings.own.name == "dogs")


def test_the_window_closes_while_the_set_of_last_time_is_read(
    qtbot: QtBot, window: MainWindow, make_window: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(window, "dogs")
    qtbot.waitUntil(lambda: window._shown.settings.own is not None)
    window.close()
    gate = Gate(monkeypatch)
    again = make_window()
    again.show()
    qtbot.waitUntil(gate.reached.is_set)
    # it ends at the next part that is read, which comes while the window waits for it
    threading.Timer(0.05, gate.open.set).start()
    again.close()
    assert not again.worker._thread.is_alive()
    assert again.preferences.settings.own.name == "dogs"


def test_the_workshop_says_how_far_it_is_and_takes_no_drawings_meanwhile(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(monkeypatch)
    window.workshop.open()
    bench = window.workshop.window
    qtbot.waitUntil(lambda: bench.status.text() == "Reading dogs: 50 %")
    assert not bench.drawing.canvas.isEnabled()
    assert not bench.train_button.isEnabled()
    gate.open.set()
    qtbot.waitUntil(lambda: not window.workshop.workshop.is_opening)
    assert bench.drawing.canvas.isEnabled()
    assert bench.status.text() == "40 images in 3 classes, kept"
