"""The derivatives in the order in which the gradient travels: where it goes wrong, and what follows from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from playground.laboratory.checking import Station
from ui.number_format import display_name, grouped, scientific
from ui.theme import DARK, Theme

__all__ = ["StationsView"]

_WIDTH, _HEIGHT, _GAP, _ARROW = 84, 34, 5, 12


class StationsView(QWidget):
    """A box a derivative: ✓ or ✗ with its worst error, and "wrong here" where the array itself is computed wrongly."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._stations: tuple[Station, ...] = ()
        self._faded = False
        self.setAccessibleName("Derivatives in the order of the gradient's travel")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def stations(self) -> tuple[Station, ...]:
        """What is shown."""
        return self._stations

    def show_stations(self, stations: tuple[Station, ...], *, faded: bool = False) -> None:
        """Show what a check has found; faded: it is of an older step, or of another bug."""
        self._stations, self._faded = stations, faded
        self.setAccessibleDescription("; ".join(map(self.words_of, stations)))
        self._fit()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    def words_of(self, station: Station) -> str:
        """A sentence on one derivative."""
        check = station.check
        name = display_name(check.name)
        looked_at = f"{grouped(check.cells)} of {grouped(check.total)} cells compared"
        kinks = f", {grouped(check.skipped)} beside a kink" if check.skipped else ""
        if not check.cells:
            verdict = "nothing could be compared"
        elif check.passed:
            verdict = f"right, worst relative error {scientific(check.max_relative_error, 2)}"
        else:
            verdict = f"WRONG, worst relative error {scientific(check.max_relative_error, 2)}"
        here = "" if station.rule_holds else "; it is not the sum that it should be: here it goes wrong"
        return f"{name}: {verdict} ({looked_at}{kinks}){here}"

    def _across(self, width: int) -> int:
        return max(1, (width + _ARROW) // (_WIDTH + _ARROW))

    def heightForWidth(self, width: int) -> int:
        """Rows of boxes."""
        rows = -(-max(1, len(self._stations)) // self._across(width))
        return rows * (_HEIGHT + _GAP)

    def hasHeightForWidth(self) -> bool:
        """Boxes that have no room beside the others stand beneath."""
        return True

    def sizeHint(self) -> QSize:
        """Five boxes wide."""
        width = 5 * (_WIDTH + _ARROW)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Two boxes wide, as high as the present width makes it."""
        return QSize(2 * (_WIDTH + _ARROW), self.heightForWidth(max(self.width(), 2 * (_WIDTH + _ARROW))))

    def _fit(self) -> None:
        self.setFixedHeight(self.heightForWidth(self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many rows as the boxes need."""
        super().resizeEvent(event)
        if self.height() != self.heightForWidth(self.width()):
            self._fit()

    def _box(self, place: int) -> QRect:
        row, column = divmod(place, self._across(self.width()))
        return QRect(column * (_WIDTH + _ARROW), row * (_HEIGHT + _GAP), _WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Boxes, and the way between them."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._faded:
            painter.setOpacity(0.5)
        theme = self._theme
        bold, small = QFont(self.font()), QFont(self.font())
        bold.setPixelSize(12)
        bold.setBold(True)
        small.setPixelSize(10)
        for place, station in enumerate(self._stations):
            box, check = self._box(place), station.check
            wrong = not station.rule_holds or (check.cells and not check.passed)
            color = QColor(theme.error if wrong else theme.forward if check.cells else theme.muted)
            ground = QColor(color)
            ground.setAlpha(40)
            painter.setPen(QPen(color, 1 if station.rule_holds else 2.5))
            painter.setBrush(ground)
            painter.drawRoundedRect(box.adjusted(1, 1, -2, -2), 5, 5)
            sign = "✗" if wrong else "✓" if check.cells else "–"
            painter.setPen(QColor(theme.text))
            painter.setFont(bold)
            top = QRect(box.x(), box.y() + 2, box.width(), 16)
            painter.drawText(top, int(Qt.AlignmentFlag.AlignCenter), f"{display_name(check.name)} {sign}")
            painter.setFont(small)
            painter.setPen(color if not station.rule_holds else QColor(theme.text))
            painter.drawText(
                QRect(box.x(), box.y() + 17, box.width(), 13), int(Qt.AlignmentFlag.AlignCenter), self._detail(station)
            )
            if place + 1 < len(self._stations):
                painter.setPen(QColor(theme.backward))
                arrow = QRect(box.right(), box.y(), _ARROW + 2, box.height())
                painter.drawText(arrow, int(Qt.AlignmentFlag.AlignCenter), "›")

    @staticmethod
    def _detail(station: Station) -> str:
        check = station.check
        if not station.rule_holds:
            return "wrong here"
        if not check.cells:
            return "only kinks"
        worst = check.max_relative_error
        return f"{worst:.1f}" if worst >= 0.1 else scientific(worst, 1)

    def event(self, event: QEvent) -> bool:
        """What a box stands for, as a tooltip."""
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self._words_at(event.pos()), self)
            return True
        return super().event(event)

    def _words_at(self, point: QPoint) -> str:
        for place, station in enumerate(self._stations):
            if self._box(place).contains(point):
                return self.words_of(station)
        return ""
