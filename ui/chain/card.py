"""One factor as a card: its fraction, its picture or number, what it is equal to, its shape."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from core.chain import ChainFactor
from playground.notation.factors import fraction_latex, fraction_text, in_notation, joined_by, value_text
from ui.chain.drawing import Mark, cell_at, cell_centre, draw_marks, draw_picture, same_marks
from ui.chain.picture import Picture, same_picture
from ui.colors import blend
from ui.drawn_pixmap import drawn_pixmap
from ui.formula import draw_formula, known_formula
from ui.theme import DARK, Theme, number_font
from ui.vectors import draws_vectors

__all__ = ["MIN_HEIGHT", "MIN_WIDTH", "FactorCard", "largest_width", "shape_text"]

MIN_WIDTH = 92
MIN_HEIGHT = 54
_ROOM_FOR_SHAPE = 70  # of a card; a lower one leaves its shape to its tooltip
_MAX_WIDTH = 168
_TALL = 112
_FORMULA, _LARGEST_FORMULA = 14.0, 30.0
_WORD, _NUMBER = 11, 10  # pixels of the words and numbers of a small card; of a large one up to half as much again
_FAIR_PICTURE = 56
_PADDING, _LITTLE_PADDING = 6, 3


def largest_width(height: int) -> int:
    """The width beyond which a card of a height would be empty at its sides."""
    return max(_MAX_WIDTH, height)


class FactorCard(QAbstractButton):
    """A click chooses the factor. Keys belong to the row of cards."""

    is_picture = True

    pointed = Signal(object)
    """(tile, row, column) of the picture's cell under the mouse, None if there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(MIN_WIDTH)
        self._theme = DARK
        self._factor: ChainFactor | None = None
        self._picture: Picture | None = None
        self._limit = 0.0
        self._decimals = 4
        self._latex = self._value = self._shape = ""
        self.sign = ""
        """What joins it to the product so far."""
        self.has_keys = False
        self._look: tuple[object, ...] = ()
        self._ground = QPixmap()
        self._place = QRectF()
        self._pointed: tuple[int, int, int] | None = None
        self.marks: tuple[Mark, ...] = ()
        """What is outlined in the picture."""
        self.setMouseTracking(True)
        self.texts: list[tuple[str, QFont, QRectF]] = []
        """Every plain text of the latest painting with its room, for the test that none is cut."""
        self.numbers: tuple[str, ...] = ()
        """What the latest painting wrote into the picture."""

    @property
    def picture(self) -> Picture | None:
        """What is pictured."""
        return self._picture

    def show_factor(self, factor: ChainFactor, picture: Picture, limit: float) -> None:
        """Show a factor; limit: the value at the end of the picture's colour map."""
        known, self._factor = self._factor, factor
        if same_picture(picture, self._picture) and limit == self._limit:
            self._picture = picture
        else:
            self._picture, self._limit = picture, limit
            self.update()
        self._value = value_text(factor)  # of the same factor of another image it may be another: the picture is, too
        if known is None or (known.numerator, known.denominator, known.shape) != (
            factor.numerator, factor.denominator, factor.shape,
        ):  # fmt: skip
            self._latex = fraction_latex(factor.numerator, factor.denominator)
            self.sign, how = joined_by(factor)
            how = f" ({how})" if how else ""
            self._shape = "scalar" if picture.number is not None and factor.values.size == 1 else shape_text(factor)
            self.setText(fraction_text(factor))
            self.update()
            self.setToolTip(f"{fraction_text(factor)}, {self._shape}{how}: {in_notation(factor.sentence)}")
        self.setAccessibleName(f"{fraction_text(factor)} = {self._value}, {self._shape}, {picture.figure}")

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Outline cells of the picture, until the next call."""
        if not same_marks(marks, self.marks):
            self.marks = tuple(marks)
            self.update()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._theme = theme
        self.update()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self._decimals = decimals
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell under the mouse."""
        super().mouseMoveEvent(event)
        ratio = self.devicePixelRatioF()
        self._point(cell_at(self._place, self._picture, ratio, event.position()) if self._picture else None)

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is pointed at."""
        super().leaveEvent(event)
        self._point(None)

    def _point(self, place: tuple[int, int, int] | None) -> None:
        if place != self._pointed:
            self._pointed = place
            self.pointed.emit(place)

    def cell_place(self, tile: int, row: int, column: int) -> QPointF:
        """The middle of a cell of the picture, in the card."""
        assert self._picture is not None
        return cell_centre(self._place, self._picture, self.devicePixelRatioF(), (tile, row, column))

    def sizeHint(self) -> QSize:
        """A comfortable card."""
        return QSize(128, 130)

    def minimumSizeHint(self) -> QSize:
        """The smallest that holds everything."""
        return QSize(MIN_WIDTH, MIN_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The card: all but the picture is painted only when it reads or looks different."""
        picture, ratio = self._picture, self.devicePixelRatioF()
        figure = picture.figure if picture and picture.number is None else ""
        look = (
            self.size(), ratio, self._theme, self.isChecked(), self.underMouse(), self.has_keys,
            self.text(), self._value, self._shape, figure, known_formula(self._latex) is None,
        )  # fmt: skip
        if look != self._look:
            self._look = look
            self._ground = drawn_pixmap(self.size(), ratio, QColor(Qt.GlobalColor.transparent), self._paint_ground)
        painter = QPainter(self)
        if draws_vectors(painter):
            self._paint_ground(painter)
        else:
            painter.drawPixmap(0, 0, self._ground)
        if picture:
            self.numbers = draw_picture(
                painter, self._place, picture, self._theme, self._limit, decimals=self._decimals
            )
            draw_marks(painter, self._place, picture, self.marks, self._theme)

    def _paint_ground(self, painter: QPainter) -> None:
        theme, chosen = self._theme, self.isChecked()
        self.texts = []
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(blend(theme.backward, theme.field, 0.16) if chosen else theme.field)
        edge = QColor(theme.backward if chosen else theme.muted if self.underMouse() else theme.panel_border)
        painter.setPen(QPen(edge, 1.5 if chosen else 1.0))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 7, 7)
        if self.has_keys:
            painter.setPen(QPen(QColor(theme.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -3), 5, 5)
        if self._picture is None:
            return
        above_and_below = _PADDING if self.height() >= _ROOM_FOR_SHAPE else _LITTLE_PADDING
        room = QRectF(self.rect()).adjusted(_PADDING, above_and_below, -_PADDING, -above_and_below)
        bottom = self._paint_words(painter, room, self._picture)
        size = min(_LARGEST_FORMULA, max(_FORMULA, self.width() / 7.5))
        above = room.y() + 2.45 * size + 3
        beside = room.x() + 2.6 * size + 3
        # under the fraction if it is large enough there, else beside it
        if bottom - above >= min(room.right() - beside, bottom - room.y(), _FAIR_PICTURE):
            fraction = QRectF(room.x(), room.y(), room.width(), 2.45 * size)
            self._place = QRectF(room.x(), above, room.width(), bottom - 3 - above)
        else:
            fraction = QRectF(room.x(), room.y(), 2.6 * size, bottom - room.y())
            self._place = QRectF(beside, room.y(), room.right() - beside, bottom - room.y() - 2)
        self._paint_fraction(painter, fraction, size)

    def _ink(self) -> str:
        return self._theme.backward if self.isChecked() else self._theme.text

    def _paint_fraction(self, painter: QPainter, room: QRectF, size: float) -> None:
        formula = known_formula(self._latex)
        if formula is None:
            font = QFont(self.font())
            font.setPixelSize(round(size * 0.8))
            self._paint_text(painter, self.text(), font, room, self._ink())
            return
        # the bars of all cards at one height: set from the baseline, whose bar is a quarter of the size above it
        place = QPointF(room.center().x() - formula.width * size / 2, room.center().y() + 0.25 * size)
        draw_formula(painter, self._latex, place, size, self._ink())

    def _paint_words(self, painter: QPainter, room: QRectF, picture: Picture) -> float:
        """One to three lines at the bottom; returns where they begin."""
        words, numbers = QFont(self.font()), number_font()
        scale = min(1.5, max(1.0, min(self.width(), self.height()) / 150))
        words.setPixelSize(round(_WORD * scale))
        numbers.setPixelSize(round(_NUMBER * scale))
        word_height = QFontMetrics(words).height()
        top = room.bottom()
        if self.height() >= _ROOM_FOR_SHAPE:
            top = self._paint_shape(painter, room, picture, numbers)
        top -= word_height
        metrics = QFontMetrics(words)
        text = self._value if metrics.horizontalAdvance(self._value) <= room.width() else self._value.replace(" ", "")
        if metrics.horizontalAdvance(text) > room.width():
            words.setPixelSize(_NUMBER)
        self._paint_text(painter, text, words, QRectF(room.x(), top, room.width(), word_height), self._ink())
        return top

    def _paint_shape(self, painter: QPainter, room: QRectF, picture: Picture, numbers: QFont) -> float:
        """The shape, and the figure if there is room; returns where they begin."""
        digit = QFontMetrics(numbers)
        top = room.bottom() - digit.height()
        line = self._shape
        wide = f"{self._shape}  {picture.figure}"
        figure = picture.number is None
        if figure and digit.horizontalAdvance(wide) <= room.width():
            line, figure = wide, False
        elif digit.horizontalAdvance(line) > room.width():
            line = line.replace("×", "·") if digit.horizontalAdvance(line.replace("×", "·")) <= room.width() else "…"
        self._paint_text(painter, line, numbers, QRectF(room.x(), top, room.width(), digit.height()), self._theme.muted)
        if figure and self.height() >= _TALL + 24:
            top -= digit.height()
            place = QRectF(room.x(), top, room.width(), digit.height())
            self._paint_text(painter, picture.figure, numbers, place, self._theme.muted)
        return top

    def _paint_text(self, painter: QPainter, text: str, font: QFont, room: QRectF, color: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(color))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), text)
        self.texts.append((text, QFont(font), room))


def shape_text(factor: ChainFactor) -> str:
    """Of one sample: '4×24×24'; parameters have no axis of samples, and a row of one is a list."""
    shape = factor.shape
    if factor.kind not in ("dense input", "flatten", "convolution input"):
        shape = shape[1:]
    return "×".join(str(side) for side in shape)
