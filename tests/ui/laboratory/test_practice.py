"""A quiz on the page, by mouse and keys."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.flaw import Flaw
from playground.session import Session
from playground.settings import Settings
from playground.snapshot import Snapshot
from tests.ui.explain.hands import later
from tests.ui.flow.snapshots import snapshot_of
from ui.laboratory.practice.covers import Moment
from ui.laboratory.practice.page import PracticePage
from ui.laboratory.practice.words import INTRODUCTION, right_answer
from ui.theme import DARK, LIGHT

LEFT = Qt.MouseButton.LeftButton
SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)


def snapshot_with_batch() -> Snapshot:
    session = Session(SMALL)
    session.step()
    step = session.prepare_batch_step()
    trace = session.trace_sample(session.first_sample)
    return replace(snapshot_of("four filters"), settings=SMALL, step=1, trace=trace, batch_step=step)


@pytest.fixture
def page(qtbot: QtBot) -> PracticePage:
    made = PracticePage()
    qtbot.addWidget(made)
    made.set_theme(DARK)
    made.resize(780, 620)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.show_snapshot(snapshot_with_batch())
    return made


def begin(page: PracticePage, level: str, seed: int = 1) -> None:
    page.level.setCurrentText(level)
    page.seed.setValue(seed)
    QTest.mouseClick(page.begin, LEFT)


def skip_to(page: PracticePage, kind: str) -> None:
    """Skip questions until one of a kind is asked."""
    while page.quiz.question.kind != kind:
        QTest.mouseClick(page.answering.skip, LEFT)
        QTest.mouseClick(page.answering.following, LEFT)


def answer_right(page: PracticePage) -> None:
    """By keys, whatever is asked."""
    question = page.quiz.question
    if question.choices:
        QTest.keyClicks(QApplication.focusWidget(), str(int(question.answer) + 1))
    else:
        typed(page, f"{question.answer:.8g}".replace(".", ","))


def typed(page: PracticePage, text: str) -> None:
    page.answering.field.selectAll()
    QTest.keyClicks(page.answering.field, text)
    QTest.keyClick(page.answering.field, Qt.Key.Key_Return)


def test_before_a_quiz_the_page_says_what_counts_as_right(page: PracticePage) -> None:
    assert page.answering.prompt.text() == INTRODUCTION
    assert "within 2 % of the true one" in INTRODUCTION
    assert not page.answering.field.isVisible()
    assert not page.sheet.isEnabled()


def test_a_right_answer_is_praised_and_the_next_question_comes_by_enter_alone(page: PracticePage) -> None:
    begin(page, "medium")
    for number in range(1, 4):
        assert page.status.full_text().startswith(f"Question {number} of 10 · {number - 1} right")
        answer_right(page)
        assert page.answering.feedback.text().startswith("Right. ")
        assert DARK.forward in page.answering.feedback.styleSheet()
        assert page.answering.following.hasFocus()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.quiz.streak == 3
    assert "3 in a row" in page.status.full_text()


def test_a_wrong_answer_is_told_without_the_right_one_and_can_be_mended(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "value")
    question = page.quiz.question
    typed(page, "77/2")
    assert page.answering.feedback.text() == "Not 38.5. Try once more; then the answer is shown."
    assert page.view.pictures[0].is_hiding
    assert page.answering.field.selectedText() == "77/2"
    QTest.keyClicks(page.answering.field, f"{question.answer:.8g}")
    QTest.keyClick(page.answering.field, Qt.Key.Key_Return)
    assert page.answering.feedback.text().startswith("Right. ")
    assert page.quiz.score == 1


def test_a_second_wrong_answer_shows_the_terms_and_the_hidden_number(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "value")
    question = page.quiz.question
    assert page.view.pictures[0].is_hiding
    typed(page, "77")
    typed(page, "77/2")
    assert page.answering.feedback.text().startswith("Not 38.5. ")
    assert right_answer(question) in page.answering.feedback.text()
    assert DARK.error in page.answering.feedback.styleSheet()
    assert not page.view.pictures[0].is_hiding
    assert page.quiz.score == 0


def test_what_is_no_number_gets_a_sentence_stays_in_place_and_costs_nothing(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "value")
    typed(page, "half")
    assert page.answering.feedback.text() == "“half” is no number; type one such as 0.25, 0,25 or 1/4."
    assert page.answering.field.text() == "half"
    assert page.answering.field.hasFocus()
    assert page.quiz.result is None
    assert page.view.pictures[0].is_hiding


def test_a_gate_is_answered_by_a_button_or_by_its_number(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "gate")
    assert [button.text() for button in page.answering.choices if button.isVisible()] == ["Open", "Closed"]
    QTest.mouseClick(page.answering.choices[int(page.quiz.question.answer)], LEFT)
    assert page.quiz.result.right
    QTest.mouseClick(page.answering.following, LEFT)
    skip_to(page, "gate")
    wrong = Qt.Key.Key_2 if page.quiz.question.answer == 0 else Qt.Key.Key_1
    QTest.keyClick(QApplication.focusWidget(), wrong)
    assert not page.quiz.result.right
    assert "so the gate is" in page.answering.feedback.text()


def test_the_pixel_that_gets_the_gradient_is_clicked(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "winner")
    picture, answer = page.view.pictures[0], int(page.quiz.question.answer)
    QTest.mouseClick(picture, LEFT, pos=picture.grid.rect(*divmod(answer, 2)).center())
    assert page.quiz.result.right
    assert [(outline.row, outline.column) for outline in picture.outlines] == [divmod(answer, 2)]


def test_the_pixel_can_be_reached_by_arrows_and_enter(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "winner")
    picture = page.view.pictures[0]
    picture.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(picture, key)
    assert page.answering.feedback.text().startswith("Not 4. Try once more")
    assert picture.hasFocus()
    QTest.keyClick(picture, Qt.Key.Key_Return)
    assert page.quiz.result is None, "the pixel that was tried is not lost a second time"
    QTest.keyClick(picture, Qt.Key.Key_Left)
    QTest.keyClick(picture, Qt.Key.Key_Return)
    assert page.quiz.result.given == 2.0


def test_hard_questions_are_about_the_batch_and_give_the_samples(page: PracticePage) -> None:
    begin(page, "hard")
    assert any("over the batch of 8? Its samples add, each with its 1/m: 0: " in text for text in prompts(page))


def prompts(page: PracticePage) -> list[str]:
    found = [page.answering.prompt.text()]
    while not page.quiz.is_over:
        QTest.mouseClick(page.answering.skip, LEFT)
        QTest.mouseClick(page.answering.following, LEFT)
        found.append(page.answering.prompt.text())
    return found


def test_hard_questions_without_a_batch_say_what_to_do(page: PracticePage) -> None:
    page.show_snapshot(replace(snapshot_with_batch(), batch_step=None))
    begin(page, "hard")
    assert page.quiz is None
    assert "pause training, then begin" in page.answering.feedback.text()


def test_a_run_that_is_broken_on_purpose_is_no_practice(page: PracticePage) -> None:
    page.show_snapshot(replace(snapshot_with_batch(), flaw=Flaw("no ReLU mask", 0, is_on=True)))
    begin(page, "easy")
    assert page.quiz is None
    assert "broken on purpose" in page.answering.feedback.text()


def test_a_hint_is_the_rule_and_is_told_with_the_score(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "value")
    QTest.mouseClick(page.answering.hint, LEFT)
    assert " = " in page.answering.feedback.text()
    typed(page, f"{page.quiz.question.answer:.8g}")
    while not page.quiz.is_over:
        QTest.mouseClick(page.answering.following, LEFT)
        QTest.mouseClick(page.answering.skip, LEFT)
    assert page.status.full_text().startswith("Done: 1 of 10 right (1 with a hint).")
    assert not page.answering.following.isVisible()


def test_again_asks_the_same_and_the_numbers_stay_while_the_network_trains_on(page: PracticePage) -> None:
    begin(page, "medium", seed=4)
    asked, shown = page.answering.prompt.text(), page.view.pictures[0].values.copy()
    page.show_snapshot(later(snapshot_with_batch()))
    assert (page.view.pictures[0].values == shown).all()
    assert "numbers of step 1" in page.status.full_text()
    QTest.mouseClick(page.answering.skip, LEFT)
    QTest.mouseClick(page.again, LEFT)
    assert page.answering.prompt.text() == asked
    assert page.quiz.answered == 0


def test_the_page_tells_of_which_moment_a_question_is_open(qtbot: QtBot, page: PracticePage) -> None:
    told: list[Moment | None] = []
    page.asking_changed.connect(told.append)
    begin(page, "medium")
    QTest.mouseClick(page.answering.skip, LEFT)
    page.show_snapshot(later(snapshot_with_batch()))
    QTest.mouseClick(page.answering.following, LEFT)
    asked = Moment(run_id=1, step=1)
    assert told == [asked, asked]


def test_what_a_number_is_made_of_goes_to_the_answer_wherever_the_focus_is(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "value")
    for widget, text in ((page.answering.hint, "-"), (page.view, "1"), (page.begin, "."), (page, "5")):
        widget.setFocus()
        page.answering.field.clearFocus()
        QTest.keyClicks(widget, text)
    assert page.answering.field.text() == "-1.5"
    assert page.answering.field.hasFocus()
    typed(page, "-1.5")
    typed(page, "-1.5")
    assert page.quiz.result.given == -1.5


def test_a_question_of_concept_lists_its_answers_and_is_answered_by_their_number(page: PracticePage) -> None:
    begin(page, "medium")
    skip_to(page, "concept")
    question = page.quiz.question
    lines = page.answering.prompt.text().splitlines()
    assert lines[1:] == [f"{number}  {option}" for number, option in enumerate(question.options, start=1)]
    assert [button.text() for button in page.answering.choices if button.isVisible()] == ["1", "2", "3", "4"]
    QTest.mouseClick(page.answering.choices[int(question.answer)], LEFT)
    assert page.quiz.result.right
    assert question.because in page.answering.feedback.text()


@pytest.mark.parametrize("how", ["click", "key", "Enter"])
def test_a_choice_that_was_tried_is_not_taken_again(page: PracticePage, how: str) -> None:
    begin(page, "medium")
    skip_to(page, "concept")
    right = int(page.quiz.question.answer)
    wrong = next(number for number in range(4) if number != right)
    tried = page.answering.choices[wrong]
    if how == "click":
        QTest.mouseClick(tried, LEFT)
    elif how == "key":
        QTest.keyClicks(QApplication.focusWidget(), str(wrong + 1))
    else:
        while not tried.hasFocus():
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        QTest.keyClick(tried, Qt.Key.Key_Return)
    assert page.answering.feedback.text().startswith(f"Not {wrong + 1}. Try once more")
    assert [button.isEnabled() for button in page.answering.choices] == [number != wrong for number in range(4)]
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_1 + wrong):
        QTest.keyClick(QApplication.focusWidget(), key)
    assert page.quiz.result is None
    QTest.keyClicks(QApplication.focusWidget(), str(right + 1))
    assert page.quiz.result.right
    QTest.mouseClick(page.answering.following, LEFT)
    skip_to(page, "concept" if any(q.kind == "concept" for q in page.quiz.questions[page.quiz.place :]) else "value")
    assert all(button.isEnabled() for button in page.answering.choices)


def test_enter_takes_no_choice_that_nobody_went_to_and_tab_goes_to_the_first(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "gate")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.quiz.result is None
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert page.answering.choices[0].hasFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert page.quiz.result.given == 0.0


@pytest.mark.parametrize("how", ["button", "Esc in the field", "Esc elsewhere"])
def test_a_quiz_can_be_ended_with_its_result_so_far(page: PracticePage, how: str) -> None:
    assert not page.end.isVisible()
    begin(page, "medium")
    answer_right(page)
    QTest.mouseClick(page.answering.following, LEFT)
    if how == "button":
        QTest.mouseClick(page.end, LEFT)
    else:
        QTest.keyClick(page.answering.field if how == "Esc in the field" else page.view, Qt.Key.Key_Escape)
    assert page.answering.feedback.text().startswith("Ended after 1 of 10 questions: 1 right.")
    assert page.status.full_text().startswith("Ended: 1 of 1 right.")
    assert not page.end.isVisible()
    assert not page.answering.is_open
    assert page.answering.prompt.text() == INTRODUCTION
    assert page._asking is None


def test_the_cells_of_a_window_carry_the_numbers_that_are_pressed(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "winner")
    assert page.view.pictures[0].is_numbered
    assert not page.view.pictures[1].is_numbered


def test_the_mark_of_a_cell_is_seen_on_its_own_colour(page: PracticePage) -> None:
    begin(page, "easy")
    skip_to(page, "gate")
    picture = page.view.pictures[0]
    (mark,) = picture.outlines
    picture.show_values(np.full_like(picture.values, -1.0), signed=True, title="")  # all as blue as they can be
    frame = picture.grid.rect(mark.row, mark.column)
    image = picture.grab().toImage()
    across = {image.pixelColor(x, frame.center().y()).name() for x in range(frame.left() - 2, frame.left() + 8)}
    assert {"#000000", "#ffffff"} <= across


def test_the_batch_is_wanted_while_the_page_is_seen(page: PracticePage) -> None:
    told: list[object] = []
    page.watch_changed.connect(told.append)
    page.hide()
    page.show()
    assert told == [None, "batch"]


@pytest.mark.parametrize("size", [(520, 90), (780, 150), (780, 620), (1250, 700)])
@pytest.mark.parametrize("level", ["easy", "medium", "hard"])
def test_every_number_of_a_question_can_be_read_at_every_size(page: PracticePage, size, level: str) -> None:
    page.resize(*size)
    page.set_theme(LIGHT)
    begin(page, level)
    while not page.quiz.is_over:
        QApplication.processEvents()  # lays out
        for picture in page.view.pictures:
            assert picture.geometry().right() <= page.view.width()
            assert picture.grid.sides[1] >= 16
        QTest.mouseClick(page.answering.skip, LEFT)
        QTest.mouseClick(page.answering.following, LEFT)
    assert not page.grab().isNull()
