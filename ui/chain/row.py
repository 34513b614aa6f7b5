"""The row of factor cards, the sign of its product before each; it keeps the chosen one in view and takes the keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

from core.chain import ChainFactor
from playground.notation.factors import fraction_latex
from ui.chain.card import MIN_HEIGHT, MIN_WIDTH, FactorCard, largest_width
from ui.chain.picture import Picture
from ui.formula import Typesetter
from ui.theme import DARK, Theme

__all__ = ["FactorRow"]

_GAP = 13
_MARGIN = 2
_BAR = 7
_SIGN = 13
_MOST_LINES = 3
_TALL_ENOUGH = 130
_WORDS = 90  # of a card's height, for its fraction and its words


class _Cards(QWidget):
    """The cards side by side, all of one size; in so many lines that they become as large as possible."""

    placed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[FactorCard] = []
        self.theme = DARK
        self._most_lines = 1

    def minimumSizeHint(self) -> QSize:
        """All cards at their smallest, in as many lines as the height allows."""
        per_line = -(-max(1, len(self.cards)) // self._most_lines)
        return QSize(per_line * (MIN_WIDTH + _GAP) - _GAP + 2 * self._margin(self._most_lines), MIN_HEIGHT)

    def set_room(self, height: int) -> None:
        """The height that there is decides in how many lines the cards may stand."""
        lines = min(_MOST_LINES, max(1, height // (_TALL_ENOUGH + _GAP)))
        if lines != self._most_lines:
            self._most_lines = lines
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """The same; more room is shared out."""
        return self.minimumSizeHint()

    def _per_line(self) -> int:
        """How many cards stand in a line: one line unless more make the cards clearly larger."""
        count = len(self.cards)
        best, largest = count, 0.0
        for lines in range(1, min(self._most_lines, count) + 1):
            per_line = -(-count // lines)
            width, height = self._card_size(per_line)
            size = min(width, height - _WORDS) if width >= MIN_WIDTH else 0
            if size > 1.2 * largest:
                best, largest = per_line, size
        return best

    def _card_size(self, per_line: int) -> tuple[int, int]:
        lines = -(-len(self.cards) // per_line)
        height = (self.height() - 2 - (lines - 1) * _GAP) // lines
        width = (self.width() - 2 * self._margin(lines) - (per_line - 1) * _GAP) // per_line
        return min(largest_width(height), width), height

    def _margin(self, lines: int) -> int:
        return _MARGIN if lines == 1 else _GAP  # for the sign at the beginning of a line

    def place(self) -> None:
        """Share the room out."""
        if not self.cards:
            return
        per_line = self._per_line()
        width, height = self._card_size(per_line)
        left = self._margin(-(-len(self.cards) // per_line))
        for number, card in enumerate(self.cards):
            line, column = divmod(number, per_line)
            card.setGeometry(left + column * (width + _GAP), 1 + line * (height + _GAP), width, height)
        self.placed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size is shared out anew."""
        super().resizeEvent(event)
        self.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sign of its product before each card."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(_SIGN)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.muted))
        for card in self.cards[1:]:
            room = QRect(card.x() - _GAP, card.y(), _GAP, card.height())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip), card.sign)


class FactorRow(QScrollArea):
    """Left and Right go from factor to factor, Home and End to the ends, Esc leaves."""

    chosen = Signal(int)
    """The position of the factor that the reader wants, −1 for none."""
    cell_pointed = Signal(int, object)
    """The position of a card, and (tile, row, column) in its picture under the mouse, None for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Factors of the derivative")
        bar = QScrollBar(Qt.Orientation.Horizontal)
        bar.setFixedHeight(_BAR)
        self.setMinimumHeight(MIN_HEIGHT + 2 + _BAR)
        self.setHorizontalScrollBar(bar)
        self._body = _Cards()
        self._body.placed.connect(self._reveal)
        self.setWidget(self._body)
        self.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._current = -1
        self._decimals = 4
        self._typesetter = Typesetter(self)
        self._typesetter.ready.connect(self._repaint)

    @property
    def cards(self) -> Sequence[FactorCard]:
        """The cards, from the loss on."""
        return tuple(self._body.cards)

    @property
    def current(self) -> int:
        """The position of the chosen card, −1 if there is none."""
        return self._current

    def show_factors(
        self, factors: Sequence[ChainFactor], pictures: Sequence[Picture], limits: Sequence[float]
    ) -> None:
        """Show factors from left to right; a card is made anew only if their number changes."""
        body = self._body
        if len(factors) != len(body.cards):
            self._make(len(factors))
        for card, factor, picture, limit in zip(body.cards, factors, pictures, limits, strict=True):
            card.show_factor(factor, picture, limit)
        self._typesetter.request(fraction_latex(factor.numerator, factor.denominator) for factor in factors)

    def _make(self, count: int) -> None:
        body = self._body
        while len(body.cards) > count:
            card = body.cards.pop()
            card.hide()
            card.deleteLater()
        while len(body.cards) < count:
            card = FactorCard(body)
            card.set_theme(body.theme)
            card.set_decimals(self._decimals)
            card.clicked.connect(partial(self._card_clicked, len(body.cards)))
            card.pointed.connect(partial(self._card_pointed, len(body.cards)))
            body.cards.append(card)
            card.show()
        self._describe()
        body.updateGeometry()
        body.place()
        body.update()

    def set_current(self, position: int) -> None:
        """Highlight a card and bring it into view; −1 for none."""
        self._current = position
        for number, card in enumerate(self._body.cards):
            card.setChecked(number == position)
        if 0 <= position < len(self._body.cards):
            self._reveal()
        self._describe()
        self._show_keys(self.hasFocus())

    def _describe(self) -> None:
        chosen = self._body.cards[self._current : self._current + 1] if self._current >= 0 else ()
        words = [card.accessibleName() for card in chosen] or [f"{len(self._body.cards)} factors, none chosen"]
        self.setAccessibleDescription(f"{words[0]}; left and right arrows walk")

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._body.theme = theme
        for card in self._body.cards:
            card.set_theme(theme)
        self._body.update()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers on the cards."""
        self._decimals = decimals
        for card in self._body.cards:
            card.set_decimals(decimals)

    def _repaint(self) -> None:
        for card in self._body.cards:
            card.update()

    def _card_clicked(self, position: int, _checked: bool = False) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.chosen.emit(position)

    def _card_pointed(self, position: int, place: tuple[int, int, int] | None) -> None:
        self.cell_pointed.emit(position, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, or let go."""
        last = len(self._body.cards) - 1
        wanted = {
            Qt.Key.Key_Left: max(0, self._current - 1),
            Qt.Key.Key_Right: min(last, self._current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }.get(Qt.Key(event.key()))
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or last < 0:
            event.ignore()
        elif wanted is not None:
            self.chosen.emit(wanted)
        elif event.key() == Qt.Key.Key_Escape and self._current >= 0:
            self.chosen.emit(-1)
        else:
            event.ignore()  # not to the scroll area, which would take Up and Down

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys are listened to."""
        super().focusInEvent(event)
        self._show_keys(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take that away."""
        super().focusOutEvent(event)
        self._show_keys(False)

    def _show_keys(self, has_keys: bool) -> None:
        for number, card in enumerate(self._body.cards):
            card.has_keys = has_keys and number == max(0, self._current)
            card.update()

    def _reveal(self) -> None:
        """The chosen card stays in view wherever the cards are placed."""
        if 0 <= self._current < len(self._body.cards):
            card = self._body.cards[self._current]
            self.ensureVisible(card.geometry().center().x(), 1, card.width() // 2 + MIN_WIDTH // 3, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The chosen card stays in view."""
        self._body.set_room(self.viewport().height())
        super().resizeEvent(event)
        self._reveal()
