"""The row of factor cards with × between them; it scrolls to keep the chosen card in view and takes the keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

from core.chain import ChainFactor
from ui.chain.card import MAX_WIDTH, MIN_HEIGHT, MIN_WIDTH, FactorCard
from ui.chain.notation import fraction_latex
from ui.chain.picture import Picture
from ui.formula import Typesetter
from ui.theme import DARK, Theme

__all__ = ["FactorRow"]

_GAP = 13
_MARGIN = 2
_BAR = 7


class _Cards(QWidget):
    """The cards side by side, all of one width."""

    placed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[FactorCard] = []
        self.theme = DARK

    def minimumSizeHint(self) -> QSize:
        """All cards at their smallest."""
        count = max(1, len(self.cards))
        return QSize(count * (MIN_WIDTH + _GAP) - _GAP + 2 * _MARGIN, MIN_HEIGHT)

    def sizeHint(self) -> QSize:
        """The same; more room is shared out."""
        return self.minimumSizeHint()

    def place(self) -> None:
        """Share the width out."""
        count = len(self.cards)
        if not count:
            return
        width = min(MAX_WIDTH, (self.width() - 2 * _MARGIN - (count - 1) * _GAP) // count)
        for number, card in enumerate(self.cards):
            card.setGeometry(_MARGIN + number * (width + _GAP), 1, width, self.height() - 2)
        self.placed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width is shared out anew."""
        super().resizeEvent(event)
        self.place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """× between the cards."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.theme.muted), 1.4))
        for card in self.cards[1:]:
            x, y, arm = card.x() - _GAP / 2, self.height() / 2, 3.2
            painter.drawLine(QLineF(x - arm, y - arm, x + arm, y + arm))
            painter.drawLine(QLineF(x - arm, y + arm, x + arm, y - arm))


class FactorRow(QScrollArea):
    """Left and Right go from factor to factor, Home and End to the ends, Esc leaves."""

    chosen = Signal(int)
    """The position of the factor that the reader wants, −1 for none."""

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
            card.clicked.connect(self._card_clicked)
            body.cards.append(card)
            card.show()
        body.updateGeometry()
        body.place()
        body.update()

    def set_current(self, position: int) -> None:
        """Highlight a card and bring it into view; −1 for none."""
        self._current = position
        for number, card in enumerate(self._body.cards):
            card.setChecked(number == position)
        if 0 <= position < len(self._body.cards):
            self.setAccessibleDescription(self._body.cards[position].accessibleName())
            self._reveal()
        else:
            self.setAccessibleDescription("")
        self._show_keys(self.hasFocus())

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

    def _card_clicked(self) -> None:
        position = self._body.cards.index(self.sender())  # type: ignore[arg-type]
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.chosen.emit(position)

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
        super().resizeEvent(event)
        self._reveal()
