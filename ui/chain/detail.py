"""Under the cards: what the chosen factor is equal to, what it does, and what the product is so far."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from core.chain import ChainFactor
from playground.notation.factors import (
    derivative_latex,
    fraction_latex,
    fraction_text,
    in_notation,
    joined_by,
    value_latex,
    value_text,
)
from ui.chain.card import shape_text
from ui.chain.drawing import Mark, cell_at, draw_marks, draw_picture, same_marks
from ui.chain.picture import Picture, number_width
from ui.formula import FormulaLabel
from ui.number_format import display_name
from ui.theme import DARK, Theme, number_font

__all__ = ["FactorDetail"]

_ROOM_FOR_VALUE = 700
_ROOM_FOR_LARGE_TEXT = 1000
_LARGE_HEIGHT = 90
_LOW = 50
_FORMULA, _LITTLE_FORMULA = 14.0, 10.0
_ROOM_FOR_FORMULA = 34
_WIDTH, _LARGEST_WIDTH = 64, 150


class _PictureBox(QWidget):
    """One picture, as large as the height allows."""

    is_picture = True

    pointed = Signal(object)
    """(tile, row, column) of the cell under the mouse, None if there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.marks: tuple[Mark, ...] = ()
        """What is outlined in the picture."""
        self._theme = DARK
        self._picture: Picture | None = None
        self._limit = 0.0
        self._roomy = False
        self._decimals = 4
        self.numbers: tuple[str, ...] = ()
        """What the latest painting wrote into the cells."""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def show_picture(self, picture: Picture | None, limit: float, name: str) -> None:
        """Show a picture of the array called `name`."""
        width = self.sizeHint().width()
        self._picture, self._limit = picture, limit
        if width != self.sizeHint().width():
            self.updateGeometry()
        self.setAccessibleName(f"{name}, {picture.figure}" if picture else "")
        self.update()

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

    def set_roomy(self, roomy: bool) -> None:
        """Whether a few cells may be as wide as their numbers."""
        if roomy != self._roomy:
            self._roomy = roomy
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A number needs more width than height."""
        numbers = number_width(self._picture) + 2 if self._picture and self._roomy else 0
        return QSize(numbers if _WIDTH < numbers <= _LARGEST_WIDTH else _WIDTH, 40)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the cell under the mouse."""
        super().mouseMoveEvent(event)
        if self._picture:
            room = QRectF(self.rect())
            self.pointed.emit(cell_at(room, self._picture, self.devicePixelRatioF(), event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """No cell is pointed at."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture."""
        if self._picture:
            painter = QPainter(self)
            self.numbers = draw_picture(
                painter, QRectF(self.rect()), self._picture, self._theme, self._limit, decimals=self._decimals
            )
            draw_marks(painter, QRectF(self.rect()), self._picture, self.marks, self._theme)


class FactorDetail(QWidget):
    """Reads from left to right: ∂P₁/∂A₁ = [A₁ = max], a sentence, ∂L/∂P₁ × ∂P₁/∂A₁ = ∂L/∂A₁ and its picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = FormulaLabel(_FORMULA)
        self.sentence = QLabel()
        self.sentence.setWordWrap(True)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        self.sentence.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.sentence.setAccessibleName("What the factor does")
        font = QFont(self.font())
        font.setPixelSize(11)
        self.so_far = QLabel()
        self.so_far.setObjectName("muted")
        self.so_far.setFont(font)
        self.product = FormulaLabel(_FORMULA)
        self.picture = _PictureBox()
        self.figure = QLabel()
        figures = number_font()
        figures.setPixelSize(10)
        self.figure.setFont(figures)
        # a fixed width, so that the sentence does not wrap anew as the figure changes
        self.figure.setFixedWidth(QFontMetrics(figures).horizontalAdvance("0" * 15))
        self.figure.setObjectName("muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 0, 3, 0)
        layout.setSpacing(9)
        layout.addWidget(self.value)
        layout.addWidget(self.sentence, 1)
        for widget in (self.so_far, self.product, self.picture, self.figure):
            layout.addWidget(widget)
        self._has_value = False
        self._sentence = self._shape = ""

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        for widget in (self.value, self.product, self.picture):
            widget.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self.picture.set_decimals(decimals)

    def explain(self, factor: ChainFactor | None, parameter: str, factors: Sequence[ChainFactor]) -> None:
        """Put the words for a factor, or for the product of all `factors` if there is none."""
        running = factor.running if factor else f"d{parameter}"
        if factor:
            latex = f"{fraction_latex(factor.numerator, factor.denominator)} = {value_latex(factor)}"
            self.value.set_formula(latex, f"{fraction_text(factor)} = {value_text(factor)}")
            self._sentence, self._shape = in_notation(factor.sentence), shape_text(factor)
            if factor.values.size == 1:
                self._shape = "scalar"
        else:
            self.value.set_formula("", "")
            name = display_name(running)
            self._shape = ""
            ways = ", ".join(dict.fromkeys(words for _, words in map(joined_by, factors) if words))
            self._sentence = f"{name} is the product of these {len(factors)} factors: {ways}. Choose one, or Play."
        self._has_value = factor is not None
        self.so_far.setText("product so far" if factor and running != f"d{parameter}" else "the product")
        self.product.set_formula(f"= {derivative_latex(running)}", f"= {display_name(running)}")
        self._fit()

    def show_product(self, picture: Picture | None, limit: float, name: str) -> None:
        """Show the values of the product so far."""
        self.picture.show_picture(picture, limit, name)
        text = ""
        if picture and picture.number is None:
            text = f"{picture.figure}\n{picture.part}" if picture.part else picture.figure
        if text != self.figure.text():
            self.figure.setText(text)

    def _with_shape(self, metrics: QFontMetrics) -> str:
        """The sentence after the shape of the factor, which low cards have no room for, if it fits."""
        text, room = f"{self._shape}: {self._sentence}", self.sentence.rect()
        needed = metrics.boundingRect(room.adjusted(0, 0, 0, 999), int(Qt.TextFlag.TextWordWrap), text)
        return text if self._shape and needed.height() <= room.height() else self._sentence

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less width leaves less out of the sentence."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """With little width the sentence comes first: the formula of the value is on the card as well."""
        wide = self.width() >= _ROOM_FOR_VALUE
        self.value.setVisible(wide and self._has_value)
        self.figure.setVisible(wide)
        self.picture.set_roomy(wide)
        font = QFont(self.font())
        large = self.width() >= _ROOM_FOR_LARGE_TEXT or (wide and self.height() > _LARGE_HEIGHT)
        low = self.height() < _LOW
        font.setPixelSize(14 if large or not (low or wide) else 12 if wide else 11)
        self.sentence.setFont(font)
        self.sentence.setText(self._with_shape(QFontMetrics(font)) if low and not wide else self._sentence)
        self.product.set_font_size(_FORMULA if self.height() >= _ROOM_FOR_FORMULA else _LITTLE_FORMULA)
