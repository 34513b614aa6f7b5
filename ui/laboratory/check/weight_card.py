"""The numbers of one weight's check, side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from playground.laboratory.checking import WeightCheck
from ui.cell_ref import CellRef
from ui.laboratory.check.words import digits, power, weight_verdict
from ui.theme import DARK, Theme, number_font

__all__ = ["WeightCard"]

_ROWS = ("above", "below", "quotient", "backprop", "error")


class WeightCard(QWidget):
    """L(w + ε), L(w − ε), their quotient, what backpropagation says, and how far apart they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._good: bool | None = None
        self.heading = QLabel("Choose a weight")
        self.heading.setTextFormat(Qt.TextFormat.RichText)
        self.names = {row: QLabel() for row in _ROWS}
        self.numbers = {row: QLabel("–") for row in _ROWS}
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        for row, (name, number) in enumerate(zip(self.names.values(), self.numbers.values(), strict=True)):
            name.setObjectName("muted")
            number.setFont(number_font(9.0, bold=row in (2, 3)))
            number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, row, 0)
            grid.addWidget(number, row, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.heading)
        layout.addLayout(grid)
        layout.addWidget(self.verdict)
        self.below = QVBoxLayout()
        """What else is said of the check, where there is room."""
        self.below.setContentsMargins(0, 6, 0, 0)
        layout.addLayout(self.below, 1)
        self._name_rows("w")

    def _name_rows(self, letter: str) -> None:
        for row, words in zip(
            _ROWS,
            (f"L({letter} + ε)", f"L({letter} − ε)", "difference / 2ε", f"backprop ∂L/∂{letter}", "relative error"),
            strict=True,
        ):
            self.names[row].setText(words)

    def show_check(self, found: WeightCheck) -> None:
        """The numbers of a check."""
        cell = CellRef(found.name, found.index)
        self._name_rows(found.name[0])
        self.heading.setText(f"<b>∂L/∂{cell}</b> &nbsp; {found.name[0]} = {digits(found.value)}")
        quotient = found.quotient
        texts = (quotient.above, quotient.below, quotient.numeric, found.backprop)
        for row, value in zip(_ROWS, texts, strict=False):
            self.numbers[row].setText(digits(value))
        self.numbers["error"].setText(power(found.error))
        words, self._good = weight_verdict(found)
        self.verdict.setText(words)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        color = {True: theme.forward, False: theme.error, None: theme.warning}[self._good]
        self.verdict.setStyleSheet(f"color: {color}; font-weight: bold;")
