"""Which paths the file dialogs give, with Qt's dialog answered by the test."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from ui.file_dialogs import FileDialogs
from ui.preferences import Preferences


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def dialogs(qtbot: QtBot, preferences: Preferences) -> FileDialogs:
    parent = QWidget()
    qtbot.addWidget(parent)
    return FileDialogs(parent, preferences)


def answer(monkeypatch: pytest.MonkeyPatch, path: str) -> list[str]:
    """Let every dialog be answered with `path`; where each one began."""
    begun: list[str] = []

    def chosen(_parent: QWidget, _title: str, start: str, _kinds: str) -> tuple[str, str]:
        begun.append(start)
        return path, ""

    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, chosen)
    return begun


def test_a_cancelled_dialog_gives_nothing_and_the_folder_stays(
    dialogs: FileDialogs, preferences: Preferences, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    preferences.folder = str(tmp_path)
    answer(monkeypatch, "")
    asked = (dialogs.picture_to_open, dialogs.model_to_open, dialogs.model_to_write, dialogs.screenshot_to_write)
    assert [ask() for ask in asked] == [None] * 4
    assert preferences.folder == str(tmp_path)


def test_the_next_dialog_begins_in_the_folder_of_the_last(
    dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    begun = answer(monkeypatch, str(tmp_path / "seven.png"))
    assert dialogs.picture_to_open() == tmp_path / "seven.png"
    dialogs.model_to_open()
    dialogs.model_to_write()
    assert begun[1:] == [str(tmp_path), str(tmp_path / "model.safetensors")]


def test_what_is_written_gets_the_ending_of_its_kind(
    dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer(monkeypatch, str(tmp_path / "mine"))
    assert dialogs.model_to_write() == tmp_path / "mine.safetensors"
    assert dialogs.screenshot_to_write() == tmp_path / "mine.png"


def test_a_name_that_is_too_long_is_given_to_who_writes_and_says_so(
    dialogs: FileDialogs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer(monkeypatch, str(tmp_path / ("n" * 300)))
    assert dialogs.model_to_write() == tmp_path / ("n" * 300 + ".safetensors")
