"""One number as a labelled slider with a field to type into."""

from __future__ import annotations

import math
from functools import cache
from typing import ClassVar

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolTip,
    QWidget,
)

from playground.ranges import Range
from ui.controls import CalmSlider
from ui.number_format import SMALLEST_PLAIN, chosen_number, significant_number
from ui.theme import DARK, Theme, number_font

__all__ = ["NumberControl", "slider_stops"]

_ROW_HEIGHT, _LEAST_ROW_HEIGHT = 24, 19
_SETTLE_MS = 120  # a dragged slider is taken as a choice when it has rested this long, or is let go
_STEPS_PER_DECADE = 20
_STEPS_PER_PAGE = 5  # four clicks in the groove a decade, which meet the powers of ten
_MAX_LINEAR_STOPS = 1000


@cache
def slider_stops(number_range: Range) -> tuple[float, ...]:
    """The values that a slider over this range stops at, rising.

    Whole numbers: each one; on a log scale 1 2 3 4 6 8 12 16 … Real numbers: twenty a decade, two digits each.
    """
    low, high = number_range.minimum, number_range.maximum
    if number_range.integer and not number_range.log:
        count = min(int(high - low), _MAX_LINEAR_STOPS)
        return tuple(float(low + round(place * (high - low) / max(count, 1))) for place in range(count + 1))
    if number_range.integer:
        powers = [float(2**exponent) for exponent in range(int(math.log2(high)) + 2)]
        candidates = sorted({low, high, *powers, *(1.5 * power for power in powers if power >= 2)})
    else:
        first = round(math.log10(low) * _STEPS_PER_DECADE)
        last = round(math.log10(high) * _STEPS_PER_DECADE)
        candidates = [float(f"{10 ** (place / _STEPS_PER_DECADE):.2g}") for place in range(first, last + 1)]
    return tuple(value for value in candidates if low <= value <= high)


def _shown(value: float, number_range: Range) -> str:
    """The value as the field shows it: whole, or with the digits it has, in powers of ten where zeros would hide it."""
    if number_range.integer:
        return str(int(value))
    return chosen_number(value) if abs(value) >= SMALLEST_PLAIN else significant_number(value, 3)


class _NumberField(QLineEdit):
    """A number to type; Up, Down, PageUp, PageDown and Esc are told, not done."""

    stepped = Signal(int)
    cancelled = Signal()
    _STEPS: ClassVar = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}

    def keyPressEvent(self, e: QKeyEvent) -> None:
        steps = self._STEPS.get(Qt.Key(e.key()))
        if steps is not None:
            self.stepped.emit(steps)
        elif e.key() == Qt.Key.Key_Escape and self.isModified():
            self.cancelled.emit()
        else:
            super().keyPressEvent(e)


class NumberControl(QWidget):
    """Label, slider and number field in one row. `value_changed` tells each real change by the user once, int or float.

    The label may hold a mnemonic ("&Kernel size k"). Typing that is no number of the range is refused: the field says
    what would work and the old value stays. Without a slider (`with_slider=False`) only the field is there.
    """

    value_changed = Signal(object)

    def __init__(
        self,
        label: str,
        number_range: Range,
        value: float,
        tooltip: str,
        *,
        with_slider: bool = True,
        label_width: int = 98,
        field_width: int = 58,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._range = number_range
        self._name = label.replace("&", "")
        self._value: float = value
        self._told: float = value
        self._error_color = DARK.error
        self.label = QLabel(label)
        self.slider = CalmSlider()
        self.field = _NumberField()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self._build(label_width, field_width, with_slider)
        self._describe(tooltip)
        self._set_slider_range()
        self.set_value(value)
        self.slider.valueChanged.connect(self._on_slider)
        self.slider.sliderReleased.connect(self._tell)
        self.field.editingFinished.connect(self._on_typed)
        self.field.textEdited.connect(self._show_validity)
        self.field.stepped.connect(self._step)
        self.field.cancelled.connect(self._show_value)

    def _build(self, label_width: int, field_width: int, with_slider: bool) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._label_width = label_width
        self._fit_label()
        self.field.setFixedWidth(field_width)
        self.field.setMinimumHeight(_LEAST_ROW_HEIGHT - 1)
        self.field.setMaximumHeight(_ROW_HEIGHT - 2)
        self.field.setFont(number_font(9.0))
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.field.setMaxLength(16)
        layout.addWidget(self.label)
        if with_slider:
            layout.addWidget(self.slider, 1)
        else:
            self.slider.setParent(self)
            self.slider.hide()
            layout.addStretch(1)
        layout.addWidget(self.field)
        self.setMinimumHeight(_LEAST_ROW_HEIGHT)
        self.setMaximumHeight(_ROW_HEIGHT)

    def _fit_label(self) -> None:
        """In one column with other labels; in a large font as wide as it is."""
        needed = self.label.fontMetrics().horizontalAdvance(self._name)
        self.label.setFixedWidth(max(self._label_width, needed))

    def _describe(self, tooltip: str) -> None:
        self.label.setBuddy(self.field)
        # the keys of the field move it: one stop for Tab instead of two
        self.slider.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.slider.setAccessibleName(f"{self._name} slider")
        self.field.setAccessibleName(self._name)
        self._tooltip = tooltip
        self._show_tooltip()

    def _show_tooltip(self) -> None:
        text = f"{self._tooltip}\n{self.allowed_text}"
        for part in (self.label, self.slider, self.field):
            part.setToolTip(text)
            part.setAccessibleDescription(self._tooltip)

    @property
    def value(self) -> int | float:
        """What is shown now."""
        return int(self._value) if self._range.integer else float(self._value)

    @property
    def allowed_text(self) -> str:
        """One phrase that says which values work."""
        kind = "a whole number" if self._range.integer else "a number"
        low, high = (_shown(bound, self._range) for bound in (self._range.minimum, self._range.maximum))
        return f"{kind} from {low} to {high}".capitalize()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._error_color = theme.error
        self._show_validity(self.field.text())

    def set_label(self, label: str) -> None:
        """Replace the label and the accessible names."""
        self.label.setText(label)
        self._name = label.replace("&", "")
        self._fit_label()
        self.slider.setAccessibleName(f"{self._name} slider")
        self.field.setAccessibleName(self._name)

    def set_value(self, value: float) -> None:
        """Show a value, without telling anybody; one out of range is shown at its nearest bound."""
        self._settle.stop()
        self._value = self._told = min(max(value, self._range.minimum), self._range.maximum)
        self._show_value()

    def set_range_limit(self, maximum: float) -> None:
        """Set the largest value, e.g. where the image limits the kernel; a larger value shown is reduced untold."""
        maximum = max(maximum, self._range.minimum)
        if maximum == self._range.maximum:
            return
        self._range = Range(self._range.minimum, maximum, self._range.integer, self._range.log)
        self._set_slider_range()
        self._show_tooltip()
        self.set_value(self._value)

    def _set_slider_range(self) -> None:
        stops = slider_stops(self._range)
        if len(stops) <= 12:
            per_page = 1
        elif self._range.log:
            per_page = 2 if self._range.integer else _STEPS_PER_PAGE
        else:
            per_page = max(2, len(stops) // 6)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, len(stops) - 1)
            self.slider.setPageStep(per_page)

    def _nearest_stop(self, value: float) -> int:
        stops = slider_stops(self._range)
        if self._range.log:
            return min(range(len(stops)), key=lambda place: abs(math.log(stops[place] / value)))
        return min(range(len(stops)), key=lambda place: abs(stops[place] - value))

    def _show_value(self) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._nearest_stop(self._value))
        self.field.setText(_shown(self._value, self._range))
        self.field.setCursorPosition(0)
        self._show_validity(self.field.text())

    def _on_slider(self, place: int) -> None:
        self._value = slider_stops(self._range)[place]
        self.field.setText(_shown(self._value, self._range))
        self._show_validity(self.field.text())
        self._settle.start()

    def _step(self, steps: int) -> None:
        stops = slider_stops(self._range)
        if self._range.integer and not self._range.log:
            # the field steps by ones even where the slider is coarser
            value = self._value + steps
        else:
            stride = self.slider.pageStep() if abs(steps) > 1 else 1
            place = self._nearest_stop(self._value) + int(math.copysign(stride, steps))
            value = stops[min(max(place, 0), len(stops) - 1)]
        self._value = min(max(value, self._range.minimum), self._range.maximum)
        self._show_value()
        self._settle.start()

    def _parse(self, text: str) -> float | None:
        cleaned = text.strip().replace(",", ".").replace("−", "-").replace(" ", "")
        try:
            number = float(cleaned)
        except ValueError:
            return None
        if not math.isfinite(number) or not self._range.minimum <= number <= self._range.maximum:
            return None
        if self._range.integer and number != int(number):
            return None
        return number

    def _show_validity(self, text: str) -> None:
        palette = QPalette()  # an empty one: the application's
        if self._parse(text) is None:
            palette.setColor(QPalette.ColorRole.Text, QColor(self._error_color))
        self.field.setPalette(palette)

    def _on_typed(self) -> None:
        typed = self.field.text()
        number = self._parse(typed)
        if number is None:
            self._show_value()
            self.field.selectAll()
            shown = typed.strip() or "An empty field"
            message = f"{shown} does not work for {self._name}. {self.allowed_text}."
            QToolTip.showText(self.field.mapToGlobal(QPoint(0, self.field.height())), message, self.field)
            return
        self._value = number
        self._show_value()
        self._tell()

    def _tell(self) -> None:
        self._settle.stop()
        if self._value != self._told:
            self._told = self._value
            self.value_changed.emit(self.value)
