"""Where the signs of a page of the board stand: letters on a line, and under each its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF

from ui.blackboard.lines import BoardLine, Matrix, Section, Token
from ui.formula import known_formula
from ui.theme import number_font

__all__ = ["NUMBER_SHARE", "Layout", "Placed", "lay_out"]

NUMBER_SHARE = 0.74
"""Size of the numbers, in sizes of the letters."""
_SMALLEST, _LARGEST = 14.0, 30.0
_MARGIN = 6.0
_SPACE = 0.32  # between signs, in sizes
_LINE_GAP = 0.55
_NUMBER_LINE = 1.25 * NUMBER_SHARE
_CELL_PAD = 0.5
_APART = 1.2  # before what is no part of a sum


@dataclass(frozen=True)
class Placed:
    """A token with its place: `room` is what it takes up, `letter` and `number` where the baselines begin."""

    token: Token
    room: QRectF
    letter: QPointF
    number: QPointF
    is_head: bool = False


@dataclass
class Layout:
    """All of a page at one size: `size` of the letters in pixels; brackets and windows are lines to draw."""

    size: float
    placed: list[Placed] = field(default_factory=list)
    brackets: list[QRectF] = field(default_factory=list)
    windows: list[QRectF] = field(default_factory=list)
    arrows: list[tuple[QPointF, str]] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


def _digit_width() -> float:
    font = number_font()
    font.setPixelSize(100)
    return QFontMetricsF(font).horizontalAdvance("0") / 100


class _Measure:
    """Widths and heights in sizes of the letters."""

    def __init__(self) -> None:
        self.digit = _digit_width() * NUMBER_SHARE

    def width(self, token: Token) -> float:
        return max(self.letter_width(token), max(token.slot, len(token.number)) * self.digit)

    def letter_width(self, token: Token) -> float:
        formula = known_formula(token.latex)
        return formula.width if formula else 0.6 * len(token.text)

    def heights(self, tokens: Sequence[Token]) -> tuple[float, float]:
        formulas = [known_formula(token.latex) for token in tokens]
        ascent = max((formula.ascent if formula else 0.9 for formula in formulas), default=0.9)
        descent = max((formula.descent if formula else 0.3 for formula in formulas), default=0.3)
        return ascent, descent

    def row_width(self, tokens: Sequence[Token]) -> float:
        return sum(self.width(token) + _SPACE + (_APART if token.apart else 0.0) for token in tokens)


def lay_out(section: Section, width: float, height: float = 1000.0) -> Layout:
    """Place the signs of a page as large as the visible room allows, two lines or a whole matrix of it.

    Letters never get smaller than is readable; a page may then be longer than the room, and lines are broken.
    """
    measure = _Measure()
    needed = max((_needed(measure, block) for block in section.blocks), default=1.0)
    tall = max((_needed_height(measure, block) for block in section.blocks), default=1.0)
    size = max(_SMALLEST, min((width - 2 * _MARGIN) / needed, (height - 2 * _MARGIN) / tall, _LARGEST))
    layout = Layout(size)
    y = _MARGIN
    for block in section.blocks:
        if isinstance(block, Matrix):
            y = _place_matrix(layout, measure, block, y)
        else:
            y = _place_line(layout, measure, block, y, width)
    layout.height = y
    return layout


def _needed(measure: _Measure, block: BoardLine | Matrix) -> float:
    if isinstance(block, Matrix):
        cell = _cell_width(measure, block)
        return cell * (len(block.small[0]) + len(block.large[0])) + 3.5
    lead = measure.row_width([block.head, block.equals]) + _joint(measure, block)
    *rows, last = block.rows
    beside = [*last, block.aside] if block.aside else last
    return lead + max(measure.row_width(row) for row in (*rows, beside))


def _needed_height(measure: _Measure, block: BoardLine | Matrix) -> float:
    if isinstance(block, Matrix):
        return len(block.large) * _cell_height(measure, block) + _LINE_GAP
    ascent, descent = measure.heights([block.head, *block.rows[0]])
    return 2.1 * (ascent + descent + _NUMBER_LINE + _LINE_GAP)


def _joint(measure: _Measure, line: BoardLine) -> float:
    """Room before the first term for the "+" of the rows beneath, so that terms stand in columns."""
    return measure.width(line.rows[1][0]) + _SPACE if len(line.rows) > 1 else 0.0


def _cell_height(measure: _Measure, matrix: Matrix) -> float:
    ascent, descent = measure.heights(matrix.tokens)
    return ascent + descent + _NUMBER_LINE + 0.3


def _place_line(layout: Layout, measure: _Measure, line: BoardLine, top: float, width: float) -> float:
    size = layout.size
    lead = [line.head, line.equals]
    indent = _MARGIN + measure.row_width(lead) * size
    room = (width - indent - _MARGIN) / size
    rows = [part for row in line.rows for part in _broken(measure, row, room)]
    if line.aside:
        beside = [*rows[-1], line.aside]
        rows[-1:] = [beside] if measure.row_width(beside) - _SPACE <= room else [rows[-1], [line.aside]]
    for number, row in enumerate(rows):
        if number == 0:
            shift = _joint(measure, line) * size
            top = _place_row(layout, measure, (lead, row), (_MARGIN, indent + shift), top)
        else:
            top = _place_row(layout, measure, ((), row), (_MARGIN, indent), top)
    return top + _LINE_GAP * size


def _broken(measure: _Measure, row: Sequence[Token], room: float) -> list[Sequence[Token]]:
    """A row, or several where it is wider than the room: broken before a sign that joins terms.

    Before one that joins factors only where a single term is too wide: a factor alone on a line looks like a term.
    """
    parts: list[Sequence[Token]] = []
    start, used, term, factor = 0, 0.0, 0, 0
    for place, token in enumerate(row):
        if token.text in ("+", "−") and place > start:
            term = place
        elif token.text == "·" and place > start:
            factor = place
        used += measure.width(token) + _SPACE
        last = term if term > start else factor
        if used - _SPACE > room and last > start:
            parts.append(row[start:last])
            start, used = last, measure.row_width(row[last : place + 1])
    return [*parts, row[start:]]


def _place_row(
    layout: Layout,
    measure: _Measure,
    parts: tuple[Sequence[Token], Sequence[Token]],
    starts: tuple[float, float],
    top: float,
) -> float:
    """Place the head with its "=", and the terms; returns the bottom."""
    size = layout.size
    lead, row = parts
    ascent, descent = measure.heights((*lead, *row))
    baseline = top + ascent * size
    under = baseline + (descent + 0.85 * NUMBER_SHARE + 0.08) * size
    bottom = baseline + (descent + _NUMBER_LINE) * size
    x = starts[0]
    for place, token in enumerate((*lead, *row)):
        x = starts[1] if place == len(lead) else x
        width = measure.width(token) * size
        x += _APART * size if token.apart else 0.0
        letter = x + (width - measure.letter_width(token) * size) / 2
        number = x + (width - len(token.number) * measure.digit * size) / 2
        layout.placed.append(
            Placed(
                token,
                QRectF(x, top, width, bottom - top),
                QPointF(letter, baseline),
                QPointF(number, under),
                bool(lead) and place == 0,
            )
        )
        x += width + _SPACE * size
    layout.width = max(layout.width, x)
    return bottom


def _cell_width(measure: _Measure, matrix: Matrix) -> float:
    return max(measure.width(token) for token in matrix.tokens) + _CELL_PAD


def _place_matrix(layout: Layout, measure: _Measure, matrix: Matrix, top: float) -> float:
    size = layout.size
    wide, high = _cell_width(measure, matrix) * size, _cell_height(measure, matrix) * size
    height = len(matrix.large) * high
    left = _MARGIN + 0.3 * size
    small_top = top + (height - len(matrix.small) * high) / 2
    _place_cells(layout, measure, matrix.small, QRectF(left, small_top, wide, high))
    x = left + len(matrix.small[0]) * wide + 0.6 * size
    layout.arrows.append((QPointF(x, top + height / 2), matrix.text))
    x += 2.0 * size
    _place_cells(layout, measure, matrix.large, QRectF(x, top, wide, high))
    rows, cols = matrix.window
    for i in range(len(matrix.large) // rows):
        for j in range(len(matrix.large[0]) // cols):
            room = QRectF(x + j * cols * wide, top + i * rows * high, cols * wide, rows * high)
            layout.windows.append(room.adjusted(2, 2, -2, -2))
    layout.width = max(layout.width, x + len(matrix.large[0]) * wide + 0.4 * size)
    return top + height + _LINE_GAP * size


def _place_cells(layout: Layout, measure: _Measure, cells: Sequence[Sequence[Token]], first: QRectF) -> None:
    """Place a bracketed matrix whose first cell is at `first`."""
    size, at, wide, high = layout.size, first.topLeft(), first.width(), first.height()
    ascent, _ = measure.heights([token for row in cells for token in row])
    layout.brackets.append(QRectF(at.x() - 0.25 * size, at.y(), len(cells[0]) * wide + 0.5 * size, len(cells) * high))
    for i, row in enumerate(cells):
        for j, token in enumerate(row):
            room = QRectF(at.x() + j * wide, at.y() + i * high, wide, high)
            middle = room.center().x()
            letter = QPointF(middle - measure.letter_width(token) * size / 2, room.top() + (0.1 + ascent) * size)
            number = QPointF(middle - len(token.number) * measure.digit * size / 2, room.bottom() - 0.3 * size)
            layout.placed.append(Placed(token, room, letter, number))
