"""The quiz on paper."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QFont, QImage, QTextDocument

from playground.errors import ExportError
from playground.laboratory.quiz.generate import LEVELS
from playground.laboratory.quiz.material import Material
from playground.laboratory.quiz.quiz import Quiz
from playground.session import Session
from playground.settings import Settings
from ui.laboratory.practice.sheet import page_starts, sheet_html, write_sheet
from ui.laboratory.practice.words import right_answer

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)


@cache
def material() -> Material:
    session = Session(SMALL)
    session.step()
    trace, batch = session.trace_sample(session.first_sample), session.prepare_batch_step().trace
    return Material(1, trace, batch, SMALL, session.steps_per_epoch)


def pages_of(content: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", content))


@pytest.mark.parametrize("level", LEVELS)
def test_questions_come_first_and_answers_on_a_page_of_their_own(qapp, tmp_path: Path, level: str) -> None:
    quiz = Quiz(material(), level, 3, count=2)
    questions, answers = sheet_html(quiz).split('page-break-before: always;">Answers')
    for question in quiz.questions:
        assert right_answer(question) in answers
    assert "?" in questions
    write_sheet(quiz, tmp_path / "sheet.pdf")
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")
    assert pages_of(content) == 2


def test_a_hidden_number_is_nowhere_among_the_questions(qapp) -> None:
    quiz = Quiz(material(), "hard", 3, count=30)
    questions, _ = sheet_html(quiz).split('page-break-before: always;">Answers')
    for question in quiz.questions:
        assert f">{right_answer(question)}<" not in questions


def test_a_long_quiz_goes_on_over_several_pages(qapp, tmp_path: Path) -> None:
    write_sheet(Quiz(material(), "medium", 3), tmp_path / "sheet.pdf")
    assert pages_of((tmp_path / "sheet.pdf").read_bytes()) >= 3


def test_what_was_answered_stands_with_the_answers(qapp) -> None:
    quiz = Quiz(material(), "medium", 3, count=3)
    quiz.answer(quiz.question.answer)
    quiz.go_on()
    quiz.answer(123.0)
    quiz.answer(123.0)
    quiz.go_on()
    quiz.skip()
    html = sheet_html(quiz)
    assert "Here 1 of 3 answered were right." in html
    assert ": right)" in html
    assert "(answered 123: wrong)" in html
    assert "(skipped)" in html


def test_a_sheet_replaces_one_that_is_there_whole_or_not_at_all(qapp, tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(b"precious")

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ExportError, match=r"No space left on device.*Choose another place"):
        write_sheet(Quiz(material(), "easy", 3, count=1), path)
    assert path.read_bytes() == b"precious"
    assert [child.name for child in tmp_path.iterdir() if child.suffix == ".tmp"] == []


def test_a_place_that_is_not_there_gets_one_sentence(qapp, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"cannot be written \(No such file or directory\)"):
        write_sheet(Quiz(material(), "easy", 3, count=1), tmp_path / "missing" / "sheet.pdf")


@pytest.mark.parametrize("level", LEVELS)
def test_no_question_is_torn_apart_by_the_end_of_a_page(qapp, level: str) -> None:
    quiz = Quiz(material(), level, 3)
    page = QImage(700, 900, QImage.Format.Format_RGB32)
    size = QSizeF(page.size())
    starts = page_starts(quiz, page, size)
    document = QTextDocument()
    document.setDocumentMargin(0)
    document.setDefaultFont(QFont("DejaVu Sans", 10))
    document.documentLayout().setPaintDevice(page)
    document.setPageSize(size)
    questions, _ = sheet_html(quiz, starts).split('<h2 style="page-break-before: always;">Answers')
    document.setHtml(questions)
    assert document.pageCount() == len(starts) + 1
