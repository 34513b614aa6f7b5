"""The row of controls: which gradient, which channel and filter, and how far both ways have come."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QWidget

from ui.controls import CalmComboBox
from ui.elided_label import ElidedLabel
from ui.laboratory.other_way.walk import BothWalks
from ui.number_format import display_name, grouped

__all__ = ["WalkBar"]

_STEP_MS = 350


class WalkBar(QWidget):
    """`convolution_chosen()`; `look_changed()`: another channel or filter; `place_wanted(int)`: after so many steps."""

    convolution_chosen = Signal()
    look_changed = Signal()
    place_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._walk = BothWalks(0, 0, (1, 1), 0)
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Gradient")
        self.choice.setToolTip("Which gradient: the one that reaches a block before, or, worked out as an extra, ∂L/∂X")
        self.choice.currentIndexChanged.connect(lambda _place: self.convolution_chosen.emit())
        self.channel = _spin("channel ", "Channel of the input that is shown")
        self.filter = _spin("filter ", "Filter whose gradient and kernel are shown; the sum goes over all of them")
        for spin in (self.channel, self.filter):
            spin.valueChanged.connect(lambda _value: self.look_changed.emit())
        self.start = _button("|◀", "First", "Before the first step (Home)")
        self.back = _button("◀", "Back", "One step back (←)")
        self.on = _button("Next ▶", "Next", "One step on, left and right (→)")
        self.play = _button("Play", "Play", "Step by step by itself, from the start if all is done")
        self.play.setCheckable(True)
        self.end = _button("▶|", "All", "To the end (End)")
        for button in (self.back, self.on):
            button.setAutoRepeat(True)
        self.progress = ElidedLabel(muted=True)
        self.timer = QTimer(self)
        self.timer.setInterval(_STEP_MS)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for control in (self.choice, self.channel, self.filter, self.start, self.back, self.on, self.play, self.end):
            row.addWidget(control)
        row.addWidget(self.progress, 1)
        self.start.clicked.connect(lambda: self.place_wanted.emit(0))
        self.back.clicked.connect(lambda: self.place_wanted.emit(self._walk.count - 1))
        self.on.clicked.connect(self._step_on)
        self.end.clicked.connect(lambda: self.place_wanted.emit(self._walk.cells))
        self.play.toggled.connect(self._on_play)
        self.timer.timeout.connect(self._step_on)

    @property
    def number(self) -> int:
        """Of the convolution that is chosen."""
        return int(self.choice.currentData())

    def offer(self, blocks: int) -> None:
        """The gradients that there are, the last one that reaches a block before first in view."""
        self.choice.blockSignals(True)
        self.choice.clear()
        for number in range(blocks, 0, -1):
            extra = " (extra)" if number == 1 else ""
            self.choice.addItem(display_name("dx" if number == 1 else f"dP{number - 1}") + extra, number)
        widest = max(QFontMetrics(self.choice.font()).horizontalAdvance(self.choice.itemText(i)) for i in range(blocks))
        self.choice.setFixedWidth(widest + 30)
        self.choice.blockSignals(False)

    def limit(self, channels: int, filters: int) -> None:
        """How many there are to choose from; where there is one, nothing is."""
        for spin, count in ((self.channel, channels), (self.filter, filters)):
            spin.blockSignals(True)
            spin.setMaximum(count - 1)
            spin.blockSignals(False)
            spin.setVisible(count > 1)

    def show_walk(self, walk: BothWalks) -> None:
        """Where both ways stand."""
        self._walk = walk
        self.progress.show_text(
            f"output {walk.spread} of {grouped(walk.outputs)} · input {grouped(walk.count)} of {grouped(walk.cells)}",
            f"{grouped(walk.count)}/{grouped(walk.cells)}",
        )
        for button in (self.start, self.back):
            button.setEnabled(walk.count > 0)
        for button in (self.on, self.end):
            button.setEnabled(not walk.is_complete)
        if walk.is_complete:
            self.play.setChecked(False)

    @Slot()
    def _step_on(self) -> None:
        self.place_wanted.emit(self._walk.count + 1)

    @Slot(bool)
    def _on_play(self, on: bool) -> None:
        if on and self._walk.is_complete:
            self.place_wanted.emit(0)
        self.timer.start() if on else self.timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: it does not go on by itself."""
        super().hideEvent(event)
        self.play.setChecked(False)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setFixedSize(QFontMetrics(button.font()).horizontalAdvance(text) + 14, 24)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    return button


def _spin(prefix: str, tip: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setPrefix(prefix)
    spin.setMaximum(0)
    spin.setAccessibleName(prefix.strip().capitalize())
    spin.setToolTip(tip)
    spin.setFixedSize(84, 24)
    return spin
