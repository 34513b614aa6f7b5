"""The controls above the cards: the parameter, the walk through its factors, the step that the numbers belong to."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from ui.charts.axes import format_steps
from ui.number_format import display_name
from ui.theme import number_font

__all__ = ["ChainBar"]

_HEIGHT, _SPACING = 23, 5
_PARAMETER, _GAP = 26, 3
_LARGEST_STEP = 9_999_999


class ChainBar(QWidget):
    """With little width the buttons carry signs only; their names stay in tooltips and for screen readers."""

    parameter_chosen = Signal(str)
    """The parameter whose derivative is wanted, "w1"."""

    def __init__(self, seconds: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameters: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        parameters = QWidget()  # Tab goes to what is in it before what is beside it, whenever it is made
        self._buttons = QHBoxLayout(parameters)
        self._buttons.setContentsMargins(0, 0, 0, 0)
        self._buttons.setSpacing(_GAP)
        self._label = QLabel("Derivative of L by")
        self._label.setObjectName("muted")
        self.step = QLabel()
        self.step.setObjectName("muted")
        self.step.setFont(number_font())
        self.step.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.step.setToolTip("The step of training that all numbers here belong to, as in the flow")
        self.back = _button("The factor before (,)")
        self.next = _button("The factor after (.)")
        self.all = _button("Show all: choose no factor, dim nothing (Esc)")
        self.play = _button("Walk through the factors by itself (P)")
        self.play.setCheckable(True)
        self.seconds = QDoubleSpinBox()
        self.seconds.setRange(0.25, 5.0)
        self.seconds.setSingleStep(0.25)
        self.seconds.setValue(seconds)
        self.seconds.setSuffix(" s")
        self.seconds.setAccessibleName("Seconds a factor")
        self.seconds.setToolTip("How long each factor stays while playing")
        self.seconds.setKeyboardTracking(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING)
        layout.addWidget(self._label)
        layout.addWidget(parameters)
        layout.addStretch(1)
        for widget in (self.step, self.back, self.next, self.all, self.play, self.seconds):
            widget.setFixedHeight(_HEIGHT)
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.play.toggled.connect(self._fit)
        self.show_choice(-1, 0)
        self._fit()

    def show_parameters(self, names: Sequence[str], chosen: str) -> None:
        """Make a button for each parameter."""
        for button in self.parameters.values():
            self._group.removeButton(button)
            self._buttons.removeWidget(button)
            button.deleteLater()
        self.parameters = {}
        for name in names:
            button = QToolButton()
            button.setText(display_name(name))
            button.setCheckable(True)
            button.setChecked(name == chosen)
            button.setToolTip(f"The factors of {display_name(f'd{name}')}")
            button.setAccessibleName(f"Derivative by {display_name(name)}")
            button.setFixedSize(_PARAMETER, _HEIGHT)
            button.clicked.connect(lambda _checked=False, name=name: self.parameter_chosen.emit(name))
            self._group.addButton(button)
            self._buttons.addWidget(button)
            self.parameters[name] = button
        self._fit()

    def show_choice(self, position: int, count: int) -> None:
        """Which of the factors is chosen, −1 for none: what cannot be done from there rests."""
        self.back.setEnabled(position > 0)
        self.next.setEnabled(position < count - 1)
        self.all.setEnabled(position >= 0)

    def show_step(self, step: int) -> None:
        """The step that the numbers belong to."""
        self.step.setText(f"step {format_steps(step)}")

    def minimumSizeHint(self) -> QSize:
        """Signs only, and no label."""
        return QSize(self._needed(wide=False), _HEIGHT)

    def sizeHint(self) -> QSize:
        """Words and the label."""
        return QSize(self._needed(wide=True), _HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More width gives words."""
        super().resizeEvent(event)
        self._fit()

    def _texts(self, wide: bool) -> dict[QPushButton, tuple[str, ...]]:
        """What each button says, now and at other times."""
        playing = self.play.isChecked()
        if wide:
            play = ("❚❚ Pause", "▶ Play") if playing else ("▶ Play", "❚❚ Pause")
            return {self.back: ("◂ Back",), self.next: ("Next ▸",), self.all: ("✕ Show all",), self.play: play}
        play = ("❚❚", "▶") if playing else ("▶", "❚❚")
        return {self.back: ("◂",), self.next: ("▸",), self.all: ("✕",), self.play: play}

    def _width(self, button: QPushButton, texts: Sequence[str]) -> int:
        return max(button.fontMetrics().horizontalAdvance(text) for text in texts) + 14

    def _step_width(self) -> int:
        return self.step.fontMetrics().horizontalAdvance(f"step {format_steps(_LARGEST_STEP)}") + 4

    def _needed(self, wide: bool) -> int:
        widths = [self._width(button, texts) for button, texts in self._texts(wide).items()]
        widths += [self._step_width(), self.seconds.minimumSizeHint().width()]
        if wide:
            widths.append(self._label.sizeHint().width())
        count = len(self.parameters)
        return sum(widths) + _SPACING * (len(widths) + 1) + count * _PARAMETER + max(0, count - 1) * _GAP

    def _fit(self) -> None:
        wide = self.width() >= self._needed(wide=True)
        self._label.setVisible(wide)
        self.step.setFixedWidth(self._step_width())
        for button, texts in self._texts(wide).items():
            button.setText(texts[0])
            button.setFixedWidth(self._width(button, texts))


def _button(tip: str) -> QPushButton:
    button = QPushButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setAutoDefault(False)
    return button
