"""The dialog that exports: what it writes opens again identically, and nothing is overwritten or left half done."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.own_data.image_set import ImageSet
from tests.playground.own_data.files import read, some_set
from ui.file_dialogs import FileDialogs
from ui.open_data.export_dialog import ExportDialog
from ui.preferences import Preferences


def shown(qtbot: QtBot, folder: Path, images: ImageSet) -> ExportDialog:
    preferences = Preferences(QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat))
    preferences.folder = str(folder)
    dialog = ExportDialog(images, FileDialogs(QWidget(), preferences))
    qtbot.addWidget(dialog, before_close_func=lambda widget: widget.done(0))
    dialog.show()
    return dialog


def entries(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} - {"window.ini"}


def listed(images: ImageSet) -> list[tuple[bool, int, bytes]]:
    """Split, class and pixels of every image, in an order of their own."""
    columns = zip(images.in_test, images.labels, images.images, strict=True)
    return sorted((bool(in_test), int(label), image.tobytes()) for in_test, label, image in columns)


@pytest.mark.parametrize(("kind", "name"), [(0, "some.npz"), (1, "some"), (2, "some")])
def test_what_is_exported_opens_again_identically(qtbot: QtBot, tmp_path: Path, kind: int, name: str) -> None:
    images = some_set(30, channels=3)
    dialog = shown(qtbot, tmp_path, images)
    for _ in range(kind):
        QTest.keyClick(dialog.kind, Qt.Key.Key_Down)
    with qtbot.waitSignal(dialog.exported) as got:
        QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    assert got.args == [tmp_path / name]
    again = read(tmp_path / name).image_set
    assert listed(again) == listed(images)
    assert again.class_names == images.class_names


def test_a_file_that_is_there_is_not_overwritten(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "some.npz").write_bytes(b"mine")
    dialog = shown(qtbot, tmp_path, some_set())
    QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.problem.text()))
    assert "some.npz is there already" in dialog.problem.text()
    assert (tmp_path / "some.npz").read_bytes() == b"mine"
    assert dialog.export_button.isEnabled()


def test_a_folder_that_holds_something_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "mine.txt").write_text("mine")
    dialog = shown(qtbot, tmp_path, some_set())
    QTest.keyClick(dialog.kind, Qt.Key.Key_Down)
    QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(dialog.problem.text()))
    assert "not empty" in dialog.problem.text()
    assert entries(tmp_path / "some") == {"mine.txt"}


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_stopping_leaves_nothing_behind(
    qtbot: QtBot, tmp_path: Path, kind: int, stop_half_way: Callable[[], threading.Event]
) -> None:
    dialog = shown(qtbot, tmp_path, some_set(30))
    go_on = stop_half_way()
    for _ in range(kind):
        QTest.keyClick(dialog.kind, Qt.Key.Key_Down)
    with qtbot.waitSignal(dialog._writing.progress):
        QTest.mouseClick(dialog.export_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert entries(tmp_path) != set()
    go_on.set()
    dialog._writing.wait(10)
    assert entries(tmp_path) == set()
