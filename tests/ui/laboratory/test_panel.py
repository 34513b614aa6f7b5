"""The tab of the laboratory: pages are built when they are looked at, and rest while they are not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout
from pytestqt.qtbot import QtBot

from playground.snapshot import Snapshot
from tests.ui.explain.hands import later
from tests.ui.flow.snapshots import snapshot_of
from ui.laboratory.page import Page, PageKind
from ui.laboratory.panel import LaboratoryPanel
from ui.theme import LIGHT, Theme


class Diary(Page):
    """A page that writes down what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[object] = []
        QVBoxLayout(self).addWidget(QLabel("diary"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self.told.append(snapshot)

    def set_theme(self, theme: Theme) -> None:
        self.told.append(theme)

    def set_decimals(self, decimals: int) -> None:
        self.told.append(decimals)


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.built: list[str] = []
        self.panel = LaboratoryPanel()
        qtbot.addWidget(self.panel)
        for title in ("One", "Two"):
            self.panel.add(PageKind(title, f"Page {title}", lambda title=title: self._make(title)))
        self.panel.resize(500, 160)

    def _make(self, title: str) -> Page:
        self.built.append(title)
        return Diary()

    def page(self) -> Diary:
        assert isinstance(self.panel.page, Diary)
        return self.panel.page


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_no_page_is_built_before_the_tab_is_looked_at(desk: Desk) -> None:
    desk.panel.show_snapshot(snapshot_of("one filter"))
    desk.panel.choose("Two")
    assert desk.built == []
    desk.panel.show()
    assert desk.built == ["Two"]


def test_a_page_is_built_with_theme_decimals_and_the_newest_numbers(desk: Desk) -> None:
    snapshot = snapshot_of("one filter")
    desk.panel.set_theme(LIGHT)
    desk.panel.set_decimals(6)
    desk.panel.show_snapshot(snapshot)
    desk.panel.show()
    assert desk.page().told == [LIGHT, 6, snapshot]


def test_a_hidden_page_is_told_nothing_until_it_is_shown_again(desk: Desk) -> None:
    first = snapshot_of("one filter")
    desk.panel.show_snapshot(first)
    desk.panel.show()
    page = desk.page()
    QTest.mouseClick(desk.panel.buttons["Two"], Qt.MouseButton.LeftButton)
    page.told.clear()
    second = later(first)
    desk.panel.show_snapshot(second)
    assert page.told == []
    assert desk.page().told[-1] is second
    QTest.mouseClick(desk.panel.buttons["One"], Qt.MouseButton.LeftButton)
    assert page.told == [second]
    assert desk.built == ["One", "Two"]


def test_page_up_and_down_turn_the_pages_and_stop_at_the_ends(desk: Desk) -> None:
    desk.panel.show()
    for key, title in (
        (Qt.Key.Key_PageDown, "Two"),
        (Qt.Key.Key_PageDown, "Two"),
        (Qt.Key.Key_PageUp, "One"),
        (Qt.Key.Key_PageUp, "One"),
    ):
        QTest.keyClick(desk.panel, key)
        assert desk.panel.buttons[title].isChecked()
        assert desk.panel.page is not None
        assert desk.panel.stack.currentWidget().isAncestorOf(desk.panel.page)
