"""The row of controls of the page: the loss of which images, how far a weight is moved, all weights."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from playground.laboratory.checking import EPSILON, EPSILONS
from ui.controls import CalmComboBox
from ui.number_format import scientific

__all__ = ["CheckControls"]


class CheckControls(QWidget):
    """changed(): a weight is to be checked otherwise; pressed(): all weights, or stop. There is more room in `row`."""

    changed = Signal()
    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.source = CalmComboBox()
        self.source.addItems(["next batch", "chosen sample"])
        self.source.setAccessibleName("Images that the loss is taken of")
        self.source.setToolTip("Check the mean loss of the next batch, or the loss of the sample in the flow alone")
        self.choice = CalmComboBox()
        for value in EPSILONS:
            self.choice.addItem(f"ε = {scientific(value, 1)}", value)
        self.choice.setCurrentIndex(EPSILONS.index(EPSILON))
        self.choice.setAccessibleName("Epsilon")
        self.choice.setToolTip("How far a weight is moved, to either side")
        for box in (self.source, self.choice):
            box.currentIndexChanged.connect(lambda _place: self.changed.emit())
        self.button = QPushButton("Check all")
        self.button.setToolTip("Move every weight and bias by ±ε, one after the other: two forward passes each")
        self.button.clicked.connect(self.pressed)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(6)
        for control in (self.source, self.choice, self.button):
            control.setFixedHeight(24)
            self.row.addWidget(control)
        self.row.addStretch(0)

    @property
    def whole_batch(self) -> bool:
        """Whether the loss is that of the next batch, else of the chosen sample."""
        return self.source.currentIndex() == 0

    @property
    def epsilon(self) -> float:
        """How far a weight is moved, to either side."""
        return float(self.choice.currentData())

    def show_busy(self, busy: bool) -> None:
        """The button stops what it has begun."""
        text = "Stop" if busy else "Check all"
        if self.button.text() != text:
            self.button.setText(text)
