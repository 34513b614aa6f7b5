"""Where numbers, plot and table of the page stand, from a low narrow room to a whole screen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from ui.laboratory.check.weight_card import WeightCard

__all__ = ["Arrangement"]

_SLIM, _LOW, _EVERY_LINE, _HIGH = 260, 300, 340, 560
_WIDE, _NARROW = 1000, 700
_CARD_WIDTH = 312
_UNLIMITED = 10_000


class Arrangement:
    """`name` of the present one.

    low: numbers and table side by side; narrow: one beneath the other; wide: the plot beside them; column: the plot
    beneath the numbers; slim: so, with the words in the row of controls; tall: numbers and plot above the table.
    """

    def __init__(
        self,
        grid: QGridLayout,
        controls: QHBoxLayout,
        *,
        card: WeightCard,
        plot: QWidget,
        table: QWidget,
        state: QLabel,
        self_check: QLabel,
    ) -> None:
        self.name = ""
        self._grid, self._controls = grid, controls
        self._card, self._plot, self._table = card, plot, table
        self._state, self._self_check = state, self_check
        card.setFixedWidth(_CARD_WIDTH)
        card.below.addWidget(self_check)
        self._place("low")
        self_check.hide()

    def fit(self, room: QSize) -> None:
        """Take the arrangement that suits so much room."""
        high, wide = room.height(), room.width()
        if high >= _HIGH or (high >= _LOW and wide < _NARROW):
            self._place("tall")
        elif high >= _LOW:
            self._place("column")
        elif wide >= _WIDE:
            self._place("wide")
        elif high >= _SLIM and wide >= _NARROW:
            self._place("slim")
        else:
            self._place("low" if wide >= _NARROW else "narrow")
        # the status bar has it, too
        self._self_check.setVisible(self.name in ("tall", "column") and high >= _EVERY_LINE)

    def _place(self, name: str) -> None:
        if name == self.name:
            return
        self.name = name
        grid = self._grid
        for widget in (self._card, self._plot, self._table):
            grid.removeWidget(widget)
        for place in range(3):
            grid.setColumnStretch(place, 0)
            grid.setRowStretch(place, 0)
        self._place_words(below=name in ("tall", "column"))
        self._plot.setMaximumWidth(_CARD_WIDTH if name in ("column", "slim") else _UNLIMITED)
        self._plot.setMinimumHeight({"tall": 170, "column": 70, "slim": 70}.get(name, 90))
        self._plot.setMaximumHeight(260 if name in ("tall", "column") else _UNLIMITED)
        self._table.setMinimumHeight(130 if name == "narrow" else 40)
        grid.addWidget(self._card, 0, 0, Qt.AlignmentFlag.AlignTop)
        ways = {"tall": self._tall, "column": self._column, "slim": self._column, "narrow": self._narrow}
        ways.get(name, self._side_by_side)()
        # last: shown before it is in the page for the first time, it would be a window of its own
        self._plot.setVisible(name not in ("low", "narrow"))

    def _place_words(self, *, below: bool) -> None:
        """A whole sentence needs lines, which only a high page has; else it is cut short in the row of controls."""
        self._state.setWordWrap(below)
        if below:
            self._card.below.insertWidget(0, self._state, 1)
        else:
            self._controls.addWidget(self._state, 1)
        self._controls.setStretch(3, int(below))
        self._state.setAlignment(Qt.AlignmentFlag.AlignTop if below else Qt.AlignmentFlag.AlignVCenter)

    def _tall(self) -> None:
        self._grid.addWidget(self._plot, 0, 1)
        self._narrow()

    def _narrow(self) -> None:
        self._grid.addWidget(self._table, 1, 0, 1, 2)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(1, 1)

    def _column(self) -> None:
        self._grid.addWidget(self._plot, 1, 0)
        self._grid.addWidget(self._table, 0, 1, 2, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(1, 1)

    def _side_by_side(self) -> None:
        self._grid.addWidget(self._table, 0, 1)
        self._grid.setColumnStretch(1, 3)
        self._grid.setRowStretch(0, 1)
        if self.name == "wide":
            self._grid.addWidget(self._plot, 0, 2)
            self._grid.setColumnStretch(2, 2)
