"""What a question shows: the parts of the arrays it is about, as large as the room allows."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from playground.laboratory.quiz.generate import AnyQuestion
from ui.flow.heatmap import is_signed
from ui.laboratory.array_picture import ArrayPicture, Outline
from ui.laboratory.practice.words import excerpt_title
from ui.number_format import cell_number, significant_number
from ui.theme import DARK, Theme

__all__ = ["QuestionView"]

_ASPECT = 2.6  # four digits, a sign and a point stand side by side
_HEIGHTS = (58, 50, 44, 38, 33, 29, 26, 23, 20, 17)  # of a cell, in pixels
_SCROLLED = 2  # of so many small heights the larger one, where all has no room at once
_GAP = 14


class QuestionView(QWidget):
    """Lays the excerpts out in rows; once answered, the hidden cell shows its number.

    chosen (int): a candidate of a pooling window was clicked, or taken by Enter.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._question: AnyQuestion | None = None
        self._room = 0
        self.pictures: tuple[ArrayPicture, ...] = ()
        self.setAccessibleName("Numbers of the question")

    def show_question(self, question: AnyQuestion | None, *, answered: bool) -> None:
        """Show what belongs to a question; answered: with the number that was asked for, or the right candidate."""
        if question is not self._question:
            self._question = question
            self._make_pictures()
        if question is not None:
            self._fill(question, answered=answered)
        self._place()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        for picture in self.pictures:
            picture.set_theme(theme)

    def fit(self, height: int) -> int:
        """Lay out for so much height; returns what is used of it, or needed beyond it."""
        self._room = height
        self._place()
        return self.minimumHeight()

    def _make_pictures(self) -> None:
        for picture in self.pictures:
            picture.hide()
            picture.deleteLater()
        found, made = self._question.excerpts if self._question else (), []
        for number, excerpt in enumerate(found):
            candidates = self._question is not None and self._question.kind == "winner" and number == 0
            picture = ArrayPicture(excerpt.name, choosable=candidates, numbered=candidates, aspect=_ASPECT)
            picture.setParent(self)
            picture.set_theme(self._theme)
            if candidates:
                picture.setAccessibleName("Candidates of the window")
                columns = excerpt.values.shape[1]
                picture.cell_chosen.connect(lambda row, column, across=columns: self.chosen.emit(row * across + column))
            picture.show()
            made.append(picture)
        self.pictures = tuple(made)

    def _fill(self, question: AnyQuestion, *, answered: bool) -> None:
        for number, (picture, excerpt) in enumerate(zip(self.pictures, question.excerpts, strict=True)):
            picture.show_values(
                excerpt.values,
                signed=is_signed(excerpt.name),
                title=excerpt_title(question, excerpt),
                hidden=(*excerpt.veiled, *(excerpt.marked if excerpt.hidden and not answered else ())),
                writes=_written,
            )
            outlines = [Outline(row, column, role="source", haloed=True) for row, column in excerpt.marked]
            if question.kind == "winner" and number == 0 and answered:
                row, column = divmod(int(question.answer), excerpt.values.shape[1])
                outlines = [Outline(row, column, role="forward", haloed=True)]
            picture.show_outlines(outlines)

    def _rows(self, height: int) -> tuple[list[QRect], QSize]:
        """Where each picture goes with cells of this height, and the size of all."""
        places, at, low, widest = [], QPoint(0, 0), 0, 0
        for picture in self.pictures:
            size = picture.size_for(height)
            if at.x() and at.x() + size.width() > self.width():
                at = QPoint(0, low + _GAP // 2)
            places.append(QRect(at, size))
            low, widest = max(low, at.y() + size.height()), max(widest, at.x() + size.width())
            at = QPoint(at.x() + size.width() + _GAP, at.y())
        return places, QSize(widest, low)

    def _place(self) -> None:
        laid = [self._rows(height) for height in _HEIGHTS]
        fits = [rows[1].width() <= self.width() for rows in laid]
        seen = [rows for rows, narrow in zip(laid, fits, strict=True) if narrow and rows[1].height() <= self._room]
        scrolled = [rows for rows, narrow in zip(laid, fits, strict=True) if narrow][-_SCROLLED:]
        places, size = (seen or scrolled or laid[-1:])[0]
        for picture, place in zip(self.pictures, places, strict=True):
            picture.setGeometry(place)
        narrowest = max((picture.size_for(_HEIGHTS[-1]).width() for picture in self.pictures), default=0)
        self.setMinimumSize(narrowest, size.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room has other rows."""
        super().resizeEvent(event)
        self._place()


def _written(value: float, characters: int) -> str:
    """Four digits that count; fewer only where they do not fit."""
    text = significant_number(value)
    return text if len(text) <= characters else cell_number(value, characters)
