"""Which theme comes of the user's choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from ui.panel import Panel
from ui.preferences import Preferences
from ui.theme import DARK, LIGHT, Theme, apply_theme
from ui.theme_choice import ThemeChoice


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


def test_a_choice_is_remembered_and_told(qtbot: QtBot, preferences: Preferences) -> None:
    choice = ThemeChoice(preferences)
    with qtbot.waitSignal(choice.changed) as told:
        choice.choose("light")
    assert told.args == [LIGHT]
    assert ThemeChoice(preferences).theme is LIGHT


def test_toggling_goes_to_the_other_theme_and_back(qapp: object, preferences: Preferences) -> None:
    choice = ThemeChoice(preferences)
    choice.choose("dark")
    choice.toggle()
    assert (choice.name, choice.theme) == ("light", LIGHT)
    choice.toggle()
    assert (choice.name, choice.theme) == ("dark", DARK)


def test_only_the_system_theme_follows_the_desktop(qapp: object, preferences: Preferences) -> None:
    choice = ThemeChoice(preferences)
    told: list[object] = []
    choice.changed.connect(told.append)
    hints = QGuiApplication.styleHints()
    choice.choose("system")
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert len(told) == 2
    choice.choose("light")
    hints.colorSchemeChanged.emit(hints.colorScheme())
    assert len(told) == 3


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])
def test_an_empty_box_is_seen_on_its_panel(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    apply_theme(qapp, theme)
    panel = Panel("Boxes")
    box = QCheckBox("a choice")
    panel.body.addWidget(box)
    qtbot.addWidget(panel)
    panel.show()
    image, ground = panel.grab().toImage(), QColor(theme.panel)
    middle = box.mapTo(panel, box.rect().center()).y()
    row = [image.pixelColor(x, middle) for x in range(box.x() + 1, box.x() + 16)]
    assert max(abs(color.lightness() - ground.lightness()) for color in row) > 30
