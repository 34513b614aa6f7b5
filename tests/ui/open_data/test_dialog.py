"""The dialog that opens data: what it shows of every kind of source, what the choices change, what it refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from playground.own_data.importing import load
from tests.playground.own_data.files import pictures, some_set, write_folder, write_idx_set
from ui.file_dialogs import FileDialogs
from ui.open_data.classes_model import NAME, PICTURES
from ui.open_data.dialog import OpenDataDialog
from ui.preferences import Preferences
from ui.theme import DARK, LIGHT, apply_theme


@pytest.fixture
def dialog(qtbot: QtBot, tmp_path: Path) -> OpenDataDialog:
    preferences = Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))
    made = OpenDataDialog(FileDialogs(QWidget(), preferences))
    qtbot.addWidget(made, before_close_func=lambda widget: widget.done(0))
    made.show()
    return made


def look(qtbot: QtBot, dialog: OpenDataDialog, path: Path) -> None:
    """Type a path, and wait until what is there is shown."""
    dialog.source.path.setFocus()
    dialog.source.path.clear()
    QTest.keyClicks(dialog.source.path, str(path))
    QTest.keyClick(dialog.source.path, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.is_ready and not dialog._looking.is_busy)


def changed(qtbot: QtBot, dialog: OpenDataDialog) -> None:
    """Wait until a change is shown."""
    qtbot.waitUntil(lambda: dialog.is_ready)


def folder(path: Path, **how: int) -> Path:
    write_folder(path, some_set(**how))
    return path


def csv(path: Path) -> Path:
    rows = [
        f"{number % 3},{','.join(str(value) for value in image.reshape(-1))}"
        for number, image in enumerate(pictures(12, 10))
    ]
    path.write_text("\n".join(rows) + "\n")
    return path


def npz(path: Path) -> Path:
    images = pictures(12, 10)[:, 0]
    np.savez(path, x_train=images[:8], y_train=np.arange(8) % 3, x_test=images[8:], y_test=np.arange(4) % 3)
    return path


def idx(path: Path) -> Path:
    path.mkdir()
    write_idx_set(path)
    return path


MAKERS = {"folder": folder, "IDX": idx, "npz": npz, "csv": csv}


@pytest.mark.parametrize("kind", MAKERS)
def test_every_kind_of_source_shows_its_classes_counts_and_first_images(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path, kind: str
) -> None:
    look(qtbot, dialog, MAKERS[kind](tmp_path / f"some.{kind}"))
    assert kind.lower() in dialog.headline.text().lower()
    found = dialog._look.source.found
    assert dialog.model.rowCount() == len(found.class_names)
    loaded = load(dialog._look.source, dialog.choice.options).image_set
    for label, class_name in enumerate(found.class_names):
        assert dialog.model.index(label, NAME).data() == class_name
        assert dialog.model.counts(label) == (loaded.counts("train")[label], loaded.counts("test")[label])
        first = dialog.model.pictures(label)[0]
        of_class = loaded.images[loaded.labels == label]
        assert (first.width(), first.height()) == (10, 10)
        assert first.pixelColor(3, 4).red() == of_class[0, 0, 4, 3]


def test_a_larger_image_size_is_shown_at_once_without_reading_the_files_again(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path
) -> None:
    path = folder(tmp_path / "pets", size=20)
    look(qtbot, dialog, path)
    for file in path.rglob("*.png"):
        file.unlink()
    field = dialog.options.size_control.field
    field.selectAll()
    QTest.keyClicks(field, "40")
    QTest.keyClick(field, Qt.Key.Key_Return)
    changed(qtbot, dialog)
    assert dialog.model.pictures(0)[0].width() == 40
    assert not dialog.problem.isVisible()


def test_inverting_shows_the_negative(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path) -> None:
    look(qtbot, dialog, npz(tmp_path / "some.npz"))
    before = dialog.model.pictures(1)[0].pixelColor(2, 2).red()
    QTest.mouseClick(
        dialog.options.invert, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.options.invert.height() // 2)
    )
    changed(qtbot, dialog)
    assert dialog.model.pictures(1)[0].pixelColor(2, 2).red() == 255 - before


def test_another_split_moves_images_between_train_and_test(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path
) -> None:
    look(qtbot, dialog, npz(tmp_path / "some.npz"))
    assert not dialog.options.share.isEnabled()
    QTest.keyClick(dialog.options.split, Qt.Key.Key_Down)
    changed(qtbot, dialog)
    assert dialog.options.share.isEnabled()
    assert [dialog.model.counts(label) for label in range(3)] == [(4, 1), (3, 1), (2, 1)]


def test_a_class_is_left_out_with_the_space_bar_and_one_alone_is_refused(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path
) -> None:
    look(qtbot, dialog, npz(tmp_path / "some.npz"))
    dialog.view.setFocus()
    dialog.view.setCurrentIndex(dialog.model.index(0, NAME))
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    changed(qtbot, dialog)
    assert dialog.choice.labels == (1, 2)
    assert dialog.model.pictures(0) == []
    dialog.view.setCurrentIndex(dialog.model.index(1, NAME))
    QTest.keyClick(dialog.view, Qt.Key.Key_Space)
    assert "at least two classes" in dialog.problem.text()
    assert not dialog.accept_button.isEnabled()
    QTest.mouseClick(dialog.all_button, Qt.MouseButton.LeftButton)
    changed(qtbot, dialog)
    assert dialog.accept_button.isEnabled()
    assert not dialog.problem.isVisible()


def test_a_class_is_renamed_and_no_two_have_one_name(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path) -> None:
    look(qtbot, dialog, npz(tmp_path / "some.npz"))
    for label in (0, 1):
        dialog.view.setCurrentIndex(dialog.model.index(label, NAME))
        QTest.keyClick(dialog.view, Qt.Key.Key_F2)
        editor = QApplication.focusWidget()
        QTest.keyClicks(editor, "cat")
        QTest.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda label=label: dialog.choice.names[label].startswith("cat"))
        changed(qtbot, dialog)
    assert dialog.choice.options.class_names == ("cat", "cat (2)", "2")


def test_what_is_accepted_is_read_as_it_was_shown(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path) -> None:
    look(qtbot, dialog, folder(tmp_path / "pets", count=30, channels=3))
    dialog.options.name.setText("my pets")
    with qtbot.waitSignal(dialog.loaded) as got:
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    images = got.args[0].image_set
    assert images.name == "my pets"
    assert (images.channels, images.image_size, len(images)) == (3, 10, 40)
    assert not dialog.isVisible()


@pytest.mark.parametrize("bad", ["missing", "text.csv", "cut.gz", "empty folder"])
def test_a_bad_source_is_said_in_place_and_the_last_one_stays(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path, bad: str
) -> None:
    good = npz(tmp_path / "some.npz")
    path = tmp_path / bad
    if bad == "text.csv":
        path.write_text("not, a, table\n")
    elif bad == "cut.gz":
        path.write_bytes(b"\x1f\x8b\x08\x00\x00")
    elif bad == "empty folder":
        path.mkdir()
    look(qtbot, dialog, good)
    headline = dialog.headline.text()
    dialog.source.path.setText(str(path))
    QTest.keyClick(dialog.source.path, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert bad in dialog.problem.text()
    changed(qtbot, dialog)
    assert dialog.problem.isVisible()
    assert dialog.headline.text() == headline
    assert dialog.model.rowCount() == 3
    with qtbot.waitSignal(dialog.loaded):
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)


def test_data_without_anything_to_test_with_is_refused_in_place(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path
) -> None:
    look(qtbot, dialog, folder(tmp_path / "pets", count=2, classes=2))
    QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.problem.isVisible)
    assert "to test with" in dialog.problem.text()
    assert dialog.isVisible()


def test_unreadable_pictures_are_left_out_and_said(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path) -> None:
    path = folder(tmp_path / "pets")
    (next(path.iterdir()) / "0.png").write_bytes(b"no picture")
    look(qtbot, dialog, path)
    assert "left out" in dialog.notes.text()
    assert dialog._notes_scroll.isVisible()


def test_escape_ends_the_reading_and_keeps_the_choices(
    qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path, stop_half_way: Callable[[], threading.Event]
) -> None:
    look(qtbot, dialog, folder(tmp_path / "some"))
    loaded: list[object] = []
    dialog.loaded.connect(loaded.append)
    go_on = stop_half_way()
    with qtbot.waitSignal(dialog._loading.progress):
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    assert dialog.bar.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert dialog.is_ready
    go_on.set()
    dialog._loading.wait(10)
    QApplication.processEvents()
    assert loaded == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_folder_is_dropped_on_the_dialog(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder(tmp_path / "pets")))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, mime, left, none)
    QApplication.sendEvent(dialog, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(dialog, QDropEvent(QPointF(5, 5), copy, mime, left, none))
    qtbot.waitUntil(lambda: dialog.is_ready)
    assert dialog.options.name.text() == "pets"


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_nothing_is_cut_in_a_small_window(qtbot: QtBot, dialog: OpenDataDialog, tmp_path: Path, theme: object) -> None:
    apply_theme(QApplication.instance(), theme)
    dialog.set_theme(theme)
    look(qtbot, dialog, folder(tmp_path / "pets", count=30, channels=3))
    QApplication.processEvents()
    assert dialog.width() <= 1100
    assert dialog.height() <= 700
    assert dialog.minimumSizeHint().width() <= dialog.width()
    for part in (
        dialog.source.folder_button,
        dialog.source.file_button,
        dialog.accept_button,
        dialog.cancel_button,
        dialog.sums,
    ):
        assert part.width() >= part.sizeHint().width(), part.text()
    for part in (dialog.options.invert, dialog.options.colors, dialog.options.split):
        assert part.width() >= part.sizeHint().width()
    row = dialog.view.visualRect(dialog.model.index(0, PICTURES))
    # all eight of the first images fit
    assert row.width() >= 8 * (10 * 3 + 3)
