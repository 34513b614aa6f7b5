"""The pinned cells under each other: name, present value, and how it changed in the last frames."""

from __future__ import annotations

import numpy as np
from pyqtgraph.functions import create_qpolygonf, ndarray_from_qpolygonf
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from playground.notation.rules import cell_label
from ui.explain.linker import MOST_PINS, RECENT, CellLinker, Pin
from ui.number_format import fit_number
from ui.theme import DARK, Theme, name_color, number_font

__all__ = ["PinsList"]

_DIGITS = 9
_NAME, _NARROW_NAME = 17, 15  # ∂L/∂z₁[31][23,23], ∂L/∂z₁[7][9,9]


class PinsList(QWidget):
    """Up to six pins; a click or Up and Down choose one, the cross or Delete takes it away."""

    menu_requested = Signal(object, QPoint)
    """The CellRef of the pin whose menu is asked for, and where on the screen."""

    def __init__(self, linker: CellLinker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._linker = linker
        self._theme = DARK
        self._decimals = 4
        self._under_mouse = -1
        self.setFont(number_font(8.5))
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Pinned cells")
        self.setToolTip(
            f"Pinned cells with their value in the last {RECENT} frames at most.\n"
            "A click on a cell replaces the cell that was clicked before; Shift+click or P pins one more.\n"
            f"Click here chooses, × or Delete unpins; a pin beyond {MOST_PINS} replaces the oldest."
        )
        metrics = QFontMetrics(self.font())
        self._line = metrics.height()
        self._lines = 1
        self._char = metrics.horizontalAdvance("0")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        linker.pins_changed.connect(self._pins_changed)
        linker.values_changed.connect(self.update)

    @property
    def _row(self) -> int:
        return self._lines * self._line + 5

    def set_narrow(self, narrow: bool) -> None:
        """Two lines a pin, the name above its value and curve."""
        self._lines = 2 if narrow else 1
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for six pins."""
        characters = _NARROW_NAME if self._lines == 2 else _NAME + _DIGITS + 8
        return QSize(self._char * characters + 30, self._row * MOST_PINS)

    def minimumSizeHint(self) -> QSize:
        """A scroll area shows the rest."""
        return QSize(self.sizeHint().width(), self._row * max(1, len(self._linker.pins)))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in the colours of a theme."""
        self._theme = theme
        self.update()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers, as far as there is room."""
        self._decimals = decimals
        self._pins_changed()

    def _pins_changed(self) -> None:
        self.setAccessibleDescription("; ".join(self.text_of(pin) for pin in self._linker.pins))
        self.updateGeometry()
        self.update()

    def text_of(self, pin: Pin) -> str:
        """A pin in words."""
        value = "not in this network" if pin.value is None else fit_number(pin.value, _DIGITS, self._decimals)
        return f"{self._name(pin)} = {value}"

    def _name(self, pin: Pin) -> str:
        snapshot = self._linker.snapshot
        if snapshot is None or pin.value is None:
            return str(pin.ref)
        return cell_label(snapshot.trace, pin.ref.name, pin.ref.array_index)

    def row_rect(self, row: int) -> QRect:
        """Where a pin stands."""
        return QRect(0, row * self._row, self.width(), self._row)

    def cross_rect(self, row: int) -> QRect:
        """Where the cross of a pin stands."""
        side = self._line + 4
        return QRect(self.width() - side, row * self._row, side, self._row)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """All pins: there are at most six."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for row, pin in enumerate(self._linker.pins):
            self._paint_pin(painter, pin, self.row_rect(row), row)

    def _paint_pin(self, painter: QPainter, pin: Pin, room: QRect, row: int) -> None:
        theme, active = self._theme, pin is self._linker.active
        if active:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.field))
            painter.drawRoundedRect(room.adjusted(0, 1, 0, -1), 4, 4)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRect(room.x(), room.y() + 3, 3, room.height() - 6), 1, 1)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        first, second = self._lines_of(room)
        painter.setPen(QColor(name_color(theme, pin.ref.name)))
        name = QFontMetrics(self.font()).elidedText(self._name(pin), Qt.TextElideMode.ElideMiddle, first.width())
        painter.drawText(first, middle, name)
        cross = self.cross_rect(row)
        if pin.value is None:
            painter.setPen(QColor(theme.muted))
            painter.drawText(second, middle, "not in this net")
        else:
            number = QRect(second.x(), second.y(), _DIGITS * self._char, second.height())
            painter.setPen(QColor(theme.text))
            painter.drawText(
                number, middle | int(Qt.AlignmentFlag.AlignRight), fit_number(pin.value, _DIGITS, self._decimals)
            )
            curve = QRect(number.right() + 7, second.y() + 3, second.right() - number.right() - 7, second.height() - 5)
            self._paint_recent(painter, pin, curve)
        if row == self._under_mouse or active:
            painter.setPen(QColor(theme.muted))
            painter.drawText(cross, int(Qt.AlignmentFlag.AlignCenter), "×")

    def _lines_of(self, room: QRect) -> tuple[QRect, QRect]:
        """The rooms of the name, and of value and curve, beside or under each other."""
        left, right = room.x() + 8, room.right() - self._line - 4
        if self._lines == 2:
            upper = QRect(left, room.y() + 2, right - left, self._line)
            return upper, upper.translated(0, self._line)
        name = QRect(left, room.y(), (_NAME + 1) * self._char, room.height())
        return name, QRect(name.right(), room.y(), right - name.right(), room.height())

    def _paint_recent(self, painter: QPainter, pin: Pin, room: QRect) -> None:
        """The ring of values from its lowest to its highest; zero as a line where it lies between."""
        values = np.array(pin.recent)
        values = values[np.isfinite(values)]
        if not values.size or room.width() < 12:
            return
        low, high = float(values.min()), float(values.max())
        bottom, height = room.bottom() - 1, room.height() - 2
        per_unit = height / (high - low) if high > low else 0.0
        lowest = bottom if high > low else bottom - height / 2
        if low < 0 < high:
            painter.setPen(QColor(self._theme.grid))
            zero = lowest + low * per_unit
            painter.drawLine(QPointF(room.x(), zero), QPointF(room.right(), zero))
        curve = create_qpolygonf(len(values))
        points = ndarray_from_qpolygonf(curve)
        points[:, 0] = room.right() - room.width() / (RECENT - 1) * np.arange(len(values) - 1, -1, -1)
        points[:, 1] = lowest - (values - low) * per_unit
        painter.setPen(QPen(QColor(self._theme.accent), 1.2))
        painter.drawPolyline(curve)
        painter.setPen(QPen(QColor(self._theme.text), 3, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoint(QPointF(float(points[-1, 0]), float(points[-1, 1])))

    def _row_at(self, y: float) -> int:
        row = int(y) // self._row
        return row if 0 <= row < len(self._linker.pins) else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The cross shows under the mouse."""
        row = self._row_at(event.position().y())
        if row != self._under_mouse:
            self._under_mouse = row
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """No cross but the active pin's."""
        self._under_mouse = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a pin, or take it away by its cross."""
        row = self._row_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or row < 0:
            super().mousePressEvent(event)
            return
        pin = self._linker.pins[row]
        if self.cross_rect(row).contains(event.position().toPoint()):
            self._linker.unpin(pin)
        else:
            self._linker.activate(pin)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Tell the pin under the mouse, for the menu key the active one."""
        active, pins = self._linker.active, self._linker.pins
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            row = pins.index(active) if active in pins else -1
            place = self.mapToGlobal(self.row_rect(row).center())
        else:
            row, place = self._row_at(event.pos().y()), event.globalPos()
        if row < 0:
            event.ignore()
            return
        self.menu_requested.emit(pins[row].ref, place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down choose, Delete and Esc take away."""
        pins, active = self._linker.pins, self._linker.active
        key = Qt.Key(event.key())
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(key)
        if active and step:
            self._linker.activate(pins[min(max(pins.index(active) + step, 0), len(pins) - 1)])
        elif active and key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape):
            self._linker.unpin(active)
        else:
            super().keyPressEvent(event)
