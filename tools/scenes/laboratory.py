"""The pages of the laboratory."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from playground.laboratory.bugs import BUGS, bug_of
from tools.scenes.hands import press
from ui.cell_ref import CellRef
from ui.laboratory.break_it.page import BreakPage
from ui.laboratory.check.page import CheckPage
from ui.laboratory.other_way.page import OtherWayPage
from ui.laboratory.page import Page
from ui.laboratory.practice.page import PracticePage
from ui.main_window import MainWindow
from ui.offscreen import show_frames, wait_until

__all__ = ["break_it", "check", "other_way", "practice", "samples"]


def _laboratory(window: MainWindow, title: str) -> Page:
    """A page of the laboratory in the room of the whole centre."""
    press(window, Qt.Key.Key_7)
    if not window.actions_by_id["enlarge"].isChecked():  # with a deep network it is by itself
        press(window, Qt.Key.Key_E)
    panel = window.laboratory.panel
    QTest.mouseClick(panel.buttons[title], Qt.MouseButton.LeftButton)
    show_frames()
    assert panel.page is not None
    return panel.page


def samples(window: MainWindow) -> None:
    _laboratory(window, "Samples")
    window.worker.train(60)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.step >= 60, 15)
    show_frames()


def other_way(window: MainWindow) -> None:
    page = _laboratory(window, "Other way")
    assert isinstance(page, OtherWayPage)
    page.go_to(75)
    show_frames()


def practice(window: MainWindow) -> None:
    page = _laboratory(window, "Practice")
    assert isinstance(page, PracticePage)
    page.level.setCurrentText("medium")
    QTest.mouseClick(page.begin, Qt.MouseButton.LeftButton)
    while page.quiz is not None and getattr(page.quiz.question, "name", "") != "z1":
        QTest.mouseClick(page.answering.skip, Qt.MouseButton.LeftButton)
        QTest.mouseClick(page.answering.following, Qt.MouseButton.LeftButton)
    for _ in range(2):  # the second wrong answer brings the terms
        page.answering.field.selectAll()
        QTest.keyClicks(page.answering.field, "1/3")
        QTest.keyClick(page.answering.field, Qt.Key.Key_Return)
    show_frames()


def check(window: MainWindow) -> None:
    page = _laboratory(window, "Check")
    assert isinstance(page, CheckPage)
    page.controls.source.setCurrentIndex(1)
    page.choose(CellRef("w1", (2, 0, 1, 3)))
    QTest.mouseClick(page.controls.button, Qt.MouseButton.LeftButton)
    wait_until(lambda: page.all is not None and page.weight is not None and not page._work.is_busy, 60)
    show_frames()


def break_it(window: MainWindow) -> None:
    page = _laboratory(window, "Break")
    assert isinstance(page, BreakPage)
    bug = bug_of("no-mask")
    page.chooser.list.setCurrentRow(1 + BUGS.index(bug))
    QTest.mouseClick(page.chooser.switch, Qt.MouseButton.LeftButton)
    wait_until(lambda: (seen := window.worker.latest) is not None and seen.flaw is not None, 10)
    press(window, Qt.Key.Key_Right)
    wait_until(lambda: page.race is not None and page.race[0] == bug and not page._work.is_busy, 60)
    show_frames()
