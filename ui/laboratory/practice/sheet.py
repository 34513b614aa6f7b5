"""A quiz on paper: the questions with their numbers, and the answers with their terms on a page of their own."""

from __future__ import annotations

from html import escape
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QSizeF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPaintDevice, QPdfWriter, QTextDocument

from playground.atomic_file import replacing, told
from playground.counting import grouped
from playground.errors import ExportError
from playground.laboratory.quiz.answers import TOLERANCE
from playground.laboratory.quiz.excerpts import Excerpt
from playground.laboratory.quiz.generate import AnyQuestion
from playground.laboratory.quiz.quiz import Quiz
from ui.laboratory.practice.words import CLICK_IT, choice_names, excerpt_title, given_answer, prompt, solution
from ui.number_format import percent, significant_number

__all__ = ["page_starts", "sheet_html", "write_sheet"]

_CELL = "border: 1px solid #777777; padding: 2px 5px; font-family: 'DejaVu Sans Mono', monospace; font-size: 8pt;"
_BODY = "font-family: 'DejaVu Sans', sans-serif; font-size: 10pt; color: #000000;"
_NEW_PAGE = ' style="page-break-before: always;"'
_RESOLUTION = 300
_MARGIN_MM = 16
_ACROSS = 92  # characters of numbers that stand side by side on A4, with what is around them
_FILLED = 0.98  # of a page: beneath the last table there is the space to what would come next
_AROUND_CELL, _AROUND_TABLE = 3, 4  # characters


def sheet_html(quiz: Quiz, pages_begin_at: frozenset[int] = frozenset()) -> str:
    """The sheet as HTML for QTextDocument; the answers, and the questions of these numbers, begin on a new page."""
    questions = "".join(
        _question(number, question, _NEW_PAGE if number in pages_begin_at else "")
        for number, question in enumerate(quiz.questions, start=1)
    )
    answers = "".join(_answer(number, quiz) for number in range(1, len(quiz.questions) + 1))
    score = f" Here {quiz.score} of {quiz.answered} answered were right." if quiz.answered else ""
    return (
        f'<html><body style="{_BODY}">{_head(quiz)}{questions}'
        f"<h2{_NEW_PAGE}>Answers</h2><p>{_about(quiz)}.{score}</p>{answers}</body></html>"
    )


def _about(quiz: Quiz) -> str:
    return f"Level {quiz.level}, seed {quiz.seed}, numbers of step {grouped(quiz.step)}"


def _head(quiz: Quiz) -> str:
    return (
        f"<h2>Backpropagation: practice</h2><p>{_about(quiz)}. Numbers have four digits that count; an answer within "
        f"{percent(TOLERANCE, 0)} of the true one is right.</p>"
    )


def write_sheet(quiz: Quiz, path: Path) -> None:
    """Write the sheet as a PDF (A4). Raises ExportError, leaving what is there, if that cannot be."""
    content = _pdf(quiz)
    with told(path, ExportError), replacing(path.resolve()) as file:
        file.write(content)


def _pdf(quiz: Quiz) -> bytes:
    memory = QByteArray()
    buffer = QBuffer(memory)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle("Backpropagation: practice")
    writer.setResolution(_RESOLUTION)
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    page = QPageSize(QPageSize.PageSizeId.A4)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter))
    size = writer.pageLayout().paintRectPixels(_RESOLUTION).size().toSizeF()
    document = _laid_out(sheet_html(quiz, page_starts(quiz, writer, size)), writer, size)
    document.print_(writer)
    buffer.close()
    return bytes(memory.data())


def page_starts(quiz: Quiz, device: QPaintDevice, size: QSizeF) -> frozenset[int]:
    """Which questions (from 1) begin a page, so that none is torn apart. size: of a page in the device's pixels."""
    unlimited = QSizeF(size.width(), 1e7)
    written, begun, ended, found = _head(quiz), 0.0, 0.0, []
    for number, question in enumerate(quiz.questions, start=1):
        written += _question(number, question)
        # measured together, since the space between two paragraphs is that of neither alone
        html = f'<html><body style="{_BODY}">{written}</body></html>'
        end = _laid_out(html, device, unlimited).size().height()
        if end - begun > _FILLED * size.height() and number > 1:
            found.append(number)
            begun = ended
        ended = end
    return frozenset(found)


def _laid_out(html: str, device: QPaintDevice, size: QSizeF) -> QTextDocument:
    document = QTextDocument()
    document.setDefaultFont(QFont("DejaVu Sans", 10))
    document.setDocumentMargin(0)
    document.documentLayout().setPaintDevice(device)
    document.setPageSize(size)
    document.setHtml(html)
    return document


def _question(number: int, question: AnyQuestion, style: str = "") -> str:
    choices = ""
    if question.kind == "gate":
        choices = f"<p>{' &nbsp; '.join(f'☐ {name.lower()}' for name in choice_names(question))}</p>"
    rows = "".join(
        f'<table cellspacing="0" cellpadding="6"><tr>{"".join(f"<td>{table}</td>" for table in row)}</tr></table>'
        for row in _rows(question)
    )
    asked = escape(prompt(question)).replace(CLICK_IT, "Mark it.").replace("\n", "<br>")
    return f"<p{style}><b>{number}.</b> {asked}</p>{rows}{choices}"


def _rows(question: AnyQuestion) -> list[list[str]]:
    """The tables of a question, side by side as far as the page is wide."""
    rows: list[list[str]] = [[]]
    used = 0
    for excerpt in question.excerpts:
        numbers = [[len(significant_number(float(value))) for value in column] for column in excerpt.values.T]
        width = max(sum(max(column) + _AROUND_CELL for column in numbers), len(excerpt_title(question, excerpt)))
        width += _AROUND_TABLE
        if rows[-1] and used + width > _ACROSS:
            rows.append([])
            used = 0
        rows[-1].append(_table(question, excerpt))
        used += width
    return rows


def _table(question: AnyQuestion, excerpt: Excerpt) -> str:
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
