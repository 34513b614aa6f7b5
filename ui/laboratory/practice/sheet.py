"""A quiz on paper: the questions with their numbers, and the answers with their terms on a page of their own."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter, QTextDocument

from playground.atomic_file import replacing, told
from playground.errors import ExportError
from playground.laboratory.quiz.answers import TOLERANCE
from playground.laboratory.quiz.excerpts import Excerpt
from playground.laboratory.quiz.questions import Question
from playground.laboratory.quiz.quiz import Quiz
from ui.laboratory.practice.words import choice_names, excerpt_title, given_answer, prompt, solution
from ui.number_format import significant_number

__all__ = ["sheet_html", "write_sheet"]

_CELL = "border: 1px solid #777777; padding: 2px 5px; font-family: 'DejaVu Sans Mono', monospace; font-size: 8pt;"
_RESOLUTION = 300
_MARGIN_MM = 16


def sheet_html(quiz: Quiz) -> str:
    """The sheet as HTML for QTextDocument; the answers begin on a new page."""
    questions = "".join(_question(number, question) for number, question in enumerate(quiz.questions, start=1))
    answers = "".join(_answer(number, quiz) for number in range(1, len(quiz.questions) + 1))
    about = f"Level {quiz.level}, seed {quiz.seed}, numbers of step {quiz.step}"
    score = f" Here {quiz.score} of {quiz.answered} answered were right." if quiz.answered else ""
    return (
        "<html><body style=\"font-family: 'DejaVu Sans', sans-serif; font-size: 10pt; color: #000000;\">"
        f"<h2>Backpropagation: practice</h2><p>{about}. Numbers have four digits that count; an answer within "
        f"{TOLERANCE:.0%} of the true one is right.</p>{questions}"
        f'<h2 style="page-break-before: always;">Answers</h2><p>{about}.{score}</p>{answers}</body></html>'
    )


def write_sheet(quiz: Quiz, path: Path) -> None:
    """Write the sheet as a PDF (A4). Raises ExportError, leaving what is there, if that cannot be."""
    content = _pdf(sheet_html(quiz))
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content)


def _pdf(html: str) -> bytes:
    memory = QByteArray()
    buffer = QBuffer(memory)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle("Backpropagation: practice")
    writer.setResolution(_RESOLUTION)
    writer.setPageLayout(
        QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4),
            QPageLayout.Orientation.Portrait,
            QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM),
            QPageLayout.Unit.Millimeter,
        )
    )
    document = QTextDocument()
    document.setDefaultFont(QFont("DejaVu Sans", 10))
    document.documentLayout().setPaintDevice(writer)
    document.setPageSize(writer.pageLayout().paintRectPixels(_RESOLUTION).size().toSizeF())
    document.setHtml(html)
    document.print_(writer)
    buffer.close()
    return bytes(memory.data())


def _question(number: int, question: Question) -> str:
    choices = ""
    if question.kind == "gate":
        choices = f"<p>{' &nbsp; '.join(f'☐ {name.lower()}' for name in choice_names(question))}</p>"
    tables = "".join(f"<td>{_table(question, excerpt)}</td>" for excerpt in question.excerpts)
    asked = escape(prompt(question)).replace("Click it, or press its number, counted row by row.", "Mark it.")
    return (
        f"<p><b>{number}.</b> {asked}</p>"
        f'<table cellspacing="0" cellpadding="6"><tr>{tables}</tr></table>{choices}'
        "<p>&nbsp;</p>"
    )


def _table(question: Question, excerpt: Excerpt) -> str:
    rows = []
    for row, values in enumerate(excerpt.values):
        cells = []
        for column, value in enumerate(values):
            marked = (row, column) in excerpt.marked
            asked = excerpt.hidden and marked
            text = "?" if asked else "·" if (row, column) in excerpt.veiled else significant_number(float(value))
            ground = " background-color: #dddddd;" if marked and (excerpt.hidden or question.kind == "gate") else ""
            cells.append(f'<td style="{_CELL}{ground}">{"<b>?</b>" if asked else text}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    title = escape(excerpt_title(question, excerpt))
    return f'<p style="font-size: 8pt;">{title}</p><table cellspacing="0">{"".join(rows)}</table>'


def _answer(number: int, quiz: Quiz) -> str:
    question, result = quiz.questions[number - 1], quiz.results[number - 1]
    told = ""
    if result is not None:
        verdict = "right" if result.right else "wrong"
        told = " (skipped)" if result.given is None else f" (answered {given_answer(question, result)}: {verdict})"
    return f"<p><b>{number}.</b> {escape(solution(question))}{escape(told)}</p>"
