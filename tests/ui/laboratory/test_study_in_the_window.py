"""Samples, Other way and Practice in the whole window, by real events."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.in_the_window import opened, shown
from ui.laboratory.other_way.page import OtherWayPage
from ui.laboratory.page import Page
from ui.laboratory.practice.page import PracticePage
from ui.laboratory.samples.page import SamplesPage
from ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot, make_window: Callable[[], MainWindow]) -> MainWindow:
    return opened(qtbot, make_window())


def turn_to(window: MainWindow, title: str) -> Page:
    QTest.keyClick(window, Qt.Key.Key_7)
    QTest.mouseClick(window.laboratory.panel.buttons[title], LEFT)
    page = window.laboratory.panel.page
    assert page.title == title
    return page


def test_seven_shows_the_laboratory_with_its_pages(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_7)
    assert window.tabs.currentWidget() is window.laboratory.panel
    assert {"Samples", "Other way", "Practice"} <= set(window.laboratory.panel.titles)


def test_steps_are_measured_and_taken_apart_only_while_samples_are_on_screen(qtbot: QtBot, window: MainWindow) -> None:
    page = turn_to(window, "Samples")
    assert isinstance(page, SamplesPage)
    qtbot.waitUntil(lambda: page._step is not None)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.verdict.text().startswith("Step 1: predicted"))
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window.worker.latest.step == 2)
    assert window.worker.latest.batch_step is None
    assert len(page._history.series["loss_change"]) == 1


def test_another_run_brings_its_own_curve(qtbot: QtBot, window: MainWindow) -> None:
    page = turn_to(window, "Samples")
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: page.verdict.text().startswith("Step 1"))
    QTest.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: page.verdict.text().startswith("No step"))


def test_slow_motion_keeps_its_step_while_another_view_lets_go(qtbot: QtBot, window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_3)
    window.slow_motion_panel.set_slow_motion(True)
    turn_to(window, "Practice")
    QTest.keyClick(window, Qt.Key.Key_1)
    qtbot.waitUntil(lambda: window.worker.latest.batch_step is not None)
    assert window.batch_watch._asked == "batch"


def test_arrows_on_the_other_way_step_through_it_and_train_nothing(window: MainWindow) -> None:
    page = turn_to(window, "Other way")
    assert isinstance(page, OtherWayPage)
    QTest.mouseClick(page.bar.start, LEFT)
    page.setFocus()
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Right)
    assert page.walk.count == 3
    assert window.worker.latest.step == 0


def covered(window: MainWindow) -> tuple[bool, bool, bool]:
    """Whether the pass, the other tabs and the other pages of the laboratory are covered."""
    covers = window.study.covers
    return covers.flow.isVisible(), covers.views.isVisible(), covers.pages.isVisible()


def test_the_flow_is_covered_while_a_question_is_open(window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    assert isinstance(page, PracticePage)
    QTest.mouseClick(page.begin, LEFT)
    assert covered(window) == (True, False, False)
    cover = window.study.covers.flow
    assert cover.geometry().contains(window.flow_panel.rect().center())
    QTest.mouseClick(cover.look, LEFT)
    assert covered(window) == (False, False, False)
    QTest.mouseClick(page.answering.skip, LEFT)
    assert covered(window) == (False, False, False)
    QTest.mouseClick(page.answering.following, LEFT)
    assert covered(window) == (True, False, False)
    QTest.mouseClick(page.answering.skip, LEFT)
    assert covered(window) == (True, False, False), "the next question asks for what stands there, too"


def test_no_other_tab_and_no_other_page_tells_what_a_question_asks_for(window: MainWindow) -> None:
    page, covers = turn_to(window, "Practice"), window.study.covers
    QTest.mouseClick(page.begin, LEFT)
    for number in (1, 2, 3, 4, 6):
        window.tabs.show_number(number)
        assert covered(window) == (True, True, False)
        assert covers.views.geometry().contains(window.tabs.currentWidget().geometry())
    QTest.mouseClick(covers.views.back, LEFT)
    assert window.laboratory.panel.page is page
    assert page.isVisible()
    assert covered(window) == (True, False, False)
    for title in ("Check", "Break", "Samples", "Other way"):
        turn_to(window, title)
        assert covered(window) == (True, False, True)
    QTest.mouseClick(covers.pages.back, LEFT)
    while not page.quiz.is_over:
        QTest.mouseClick(page.answering.skip, LEFT)
        QTest.mouseClick(page.answering.following, LEFT)
    turn_to(window, "Check")
    assert covered(window) == (False, False, False)


def test_a_network_that_trains_on_shows_other_numbers_and_is_not_covered(qtbot: QtBot, window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    QTest.mouseClick(page.begin, LEFT)
    QTest.keyClick(window, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: window._shown.step == 1)
    assert covered(window) == (False, False, False)
    assert page.answering.is_open
    QTest.keyClick(window, Qt.Key.Key_Left)
    qtbot.waitUntil(lambda: window._shown.step == 0)
    assert covered(window) == (True, False, False)


def test_a_stray_point_or_digit_stays_with_an_open_question(window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    page.level.setCurrentText("medium")
    QTest.mouseClick(page.begin, LEFT)
    for focused in (window.flow_panel.view, page.answering.skip, window.toolbar):
        focused.setFocus()
        QTest.keyClicks(focused, ".1")
        assert window.tabs.currentWidget() is window.laboratory.panel
    assert page.answering.field.text() == ".1.1.1"
    QTest.mouseClick(page.answering.skip, LEFT)
    QTest.keyClicks(QApplication.focusWidget(), ".1")
    assert window.tabs.currentWidget() is window.laboratory.panel
    while not page.quiz.is_over:
        QTest.mouseClick(page.answering.following, LEFT)
        QTest.mouseClick(page.answering.skip, LEFT)
    QTest.keyClicks(QApplication.focusWidget(), "1")
    assert window.tabs.currentWidget() is window.overview


def test_digits_answer_a_question_and_turn_no_tab(window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    page.level.setCurrentText("easy")
    QTest.mouseClick(page.begin, LEFT)
    while page.quiz.question.kind != "gate":
        QTest.mouseClick(page.answering.skip, LEFT)
        QTest.mouseClick(page.answering.following, LEFT)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    assert page.quiz.result.given == 0.0
    assert window.tabs.currentWidget() is window.laboratory.panel


def test_another_run_puts_the_questions_aside_and_has_the_keys(qtbot: QtBot, window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    QTest.mouseClick(page.begin, LEFT)
    asked = page.answering.prompt.text()
    window.data_panel.combo.setCurrentText("Shapes")
    window.data_panel.combo.activated.emit(window.data_panel.combo.currentIndex())
    shown(qtbot, window, lambda s: s.settings.dataset == "shapes")
    assert not page.answering.is_open
    assert "Another run has begun" in page.answering.feedback.text()
    assert not page.view.isVisible()
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 1)
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_1)
    assert window.tabs.currentWidget() is window.overview
    turn_to(window, "Practice")
    QTest.mouseClick(page.again, LEFT)
    QTest.keyClick(window, Qt.Key.Key_Right)
    shown(qtbot, window, lambda s: s.step == 2)
    assert page.answering.is_open
    assert page.answering.prompt.text() == asked


def test_the_sheet_is_written_where_the_user_says(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = turn_to(window, "Practice")
    QTest.mouseClick(page.begin, LEFT)
    monkeypatch.setattr(type(window.files), "sheet_to_write", lambda _self: tmp_path / "quiz.pdf")
    QTest.mouseClick(page.sheet, LEFT)
    assert (tmp_path / "quiz.pdf").read_bytes().startswith(b"%PDF-")
    assert "quiz.pdf" in window.statusBar().currentMessage()


def test_a_sheet_that_cannot_be_written_is_said_and_the_quiz_goes_on(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = turn_to(window, "Practice")
    QTest.mouseClick(page.begin, LEFT)
    asked = page.answering.prompt.text()
    monkeypatch.setattr(type(window.files), "sheet_to_write", lambda _self: tmp_path / "missing" / "quiz.pdf")
    QTest.mouseClick(page.sheet, LEFT)
    assert window.banner.isVisible()
    assert page.answering.prompt.text() == asked


@pytest.mark.parametrize("size", [(1100, 700), (1920, 1080)])
@pytest.mark.parametrize("enlarged", [False, True])
def test_nothing_of_a_page_is_cut_at_the_side(window: MainWindow, size: tuple[int, int], enlarged: bool) -> None:
    window.resize(*size)
    if enlarged:
        QTest.keyClick(window, Qt.Key.Key_E)
    for title in ("Samples", "Other way", "Practice"):
        page = turn_to(window, title)
        QApplication.processEvents()
        for child in page.children():
            if hasattr(child, "isVisible") and child.isVisible():
                assert child.geometry().right() <= page.width(), (title, child)
        assert page.parentWidget().width() == page.width(), title


def test_enter_takes_no_choice_of_a_question_and_the_arrow_steps_beside_it(qtbot: QtBot, window: MainWindow) -> None:
    page = turn_to(window, "Practice")
    assert isinstance(page, PracticePage)
    page.level.setCurrentText("easy")
    QTest.mouseClick(page.begin, LEFT)
    assert page.quiz.question.choices
    step = shown(qtbot, window).step
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right):
        QTest.keyClick(QApplication.focusWidget(), key)
    shown(qtbot, window, lambda s: s.step == step + 1)
    assert page.quiz.result is None
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    assert 0.0 in (page.quiz.tried, page.quiz.result.given if page.quiz.result else None)
