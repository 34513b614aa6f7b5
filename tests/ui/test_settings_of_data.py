"""Each data set comes back with the settings that it was left with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from playground.datasets import suggested_settings
from playground.own_data.run_settings import settings_for
from playground.settings import Settings
from tests.playground.own_data.files import some_set
from tests.ui.in_the_window import opened, shown
from ui.application import delete_window
from ui.main_window import MainWindow
from ui.preferences import Preferences
from ui.settings_of_data import SettingsOfData


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


TEN_DIGITS = Settings(classes=tuple(range(10)), kernel_size=3, filters=(4, 8), learning_rate=0.05, optimizer="adam")


def test_digits_come_back_as_they_were_left_and_the_board_has_its_own(qtbot: QtBot, preferences: Preferences) -> None:
    window = MainWindow(preferences)
    try:
        opened(qtbot, window, settings=TEN_DIGITS)
        window.run.change_data("blackboard-3x3", (0, 1))
        board = shown(qtbot, window, lambda s: s.settings.dataset == "blackboard-3x3").settings
        assert board == Settings(**suggested_settings("blackboard-3x3"), seed=TEN_DIGITS.seed)
        own = some_set()
        window.own_data._begin_run(own)
        shown(qtbot, window, lambda s: s.settings.own is not None)
        window.run.change_learning_rate(0.3)
        of_own = shown(qtbot, window, lambda s: s.settings.learning_rate == 0.3).settings
        window.run.change_data("digits", (3, 8))
        assert shown(qtbot, window, lambda s: s.settings.dataset == "digits").settings == TEN_DIGITS
        assert window.run.settings == TEN_DIGITS
        window.own_data._begin_run(own)
        assert shown(qtbot, window, lambda s: s.settings.own is not None).settings == of_own
    finally:
        delete_window(window)


def test_settings_of_data_outlast_the_program_and_follow_own_data_that_has_changed(preferences: Preferences) -> None:
    own = some_set(classes=2).description
    left = SettingsOfData(preferences)
    left.note(TEN_DIGITS)
    left.note(settings_for(own, learning_rate=0.3))
    again = SettingsOfData(preferences)
    assert again.of("digits", 0) == TEN_DIGITS
    assert again.of("shapes", 4) == Settings(**suggested_settings("shapes"), seed=4)
    grown = some_set(classes=3).description
    assert again.of_own(grown, TEN_DIGITS) == settings_for(grown, learning_rate=0.3)


def test_a_network_that_was_chosen_goes_along_to_data_of_ones_own(preferences: Preferences) -> None:
    own = some_set(classes=2).description
    left = SettingsOfData(preferences)
    chosen = Settings(kernel_size=3, filters=(4,))
    assert (left.of_own(own, chosen).kernel_size, left.of_own(own, chosen).filters) == (3, (4,))
    assert left.of_own(own, Settings()) == settings_for(own, seed=Settings().seed)
    large = Settings(kernel_size=9, filters=(4, 8))
    assert left.of_own(own, large) == settings_for(own, seed=large.seed), "it does not fit these images"


def test_a_network_that_comes_with_other_data_is_told_beside_its_controls(
    qtbot: QtBot, preferences: Preferences
) -> None:
    window = MainWindow(preferences)
    try:
        opened(qtbot, window, settings=Settings(kernel_size=3, filters=(4, 8)))
        window.run.change_data("shapes", (0, 1))
        shown(qtbot, window, lambda s: s.settings.dataset == "shapes")
        panel = window.network_panel
        assert panel._quiet.text() == "k 3 → 5, 2 → 1 block"
        qtbot.mouseClick(panel.undo, Qt.MouseButton.LeftButton)
        found = shown(qtbot, window, lambda s: s.settings.kernel_size == 3).settings
        assert (found.dataset, found.filters) == ("shapes", (4, 8))
        assert not panel.undo.isVisible()
    finally:
        delete_window(window)


def test_damaged_settings_of_data_count_as_absent(preferences: Preferences) -> None:
    preferences._store.setValue("run/settings_of_data", '[{"dataset": "letters"}]')
    assert SettingsOfData(preferences).of("digits", 3) == Settings(**suggested_settings("digits"), seed=3)
