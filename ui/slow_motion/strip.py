"""The strip of stages: what is past, what happens now, what is still to come."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.number_format import display_name
from ui.slow_motion.stages import Stage
from ui.theme import DARK, Theme

__all__ = ["StageStrip"]

_HEADINGS = {"forward": "FORWARD", "loss": "LOSS", "backward": "BACKWARD  ∂L/∂", "update": "UPDATE"}
_SHORT = {"forward": "FORWARD", "loss": "", "backward": "∂L/∂", "update": ""}
_GAP = 6  # between phases
_FADE = 22


class StageStrip(QWidget):
    """Chips of the stages; a click or the arrow keys choose one."""

    stage_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._stages: tuple[Stage, ...] = ()
        self._labels: list[str] = []
        self._place = 0
        self._heading, self._label = QFont(self.font()), QFont(self.font())
        self._heading.setPixelSize(9)
        self._heading.setBold(True)
        self._label.setPixelSize(12)
        self._bold = QFont(self._label)
        self._bold.setBold(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages of the step")
        self.setToolTip("Click a stage, or use the arrow keys")

    def sizeHint(self) -> QSize:
        """One row of chips under their headings."""
        return QSize(400, 36)

    def show_stages(self, stages: tuple[Stage, ...], place: int) -> None:
        """Show where the step stands."""
        if (stages, place) != (self._stages, self._place):
            self._stages, self._place = stages, place
            words = f"{place + 1} of {len(stages)}: {self.words(place)}" if stages else ""
            self.setAccessibleDescription(words)
            self.update()

    def words(self, place: int) -> str:
        """A stage as one reads it aloud."""
        stage = self._stages[place]
        if stage.phase == "update":
            return f"update: {stage.rule}"
        return f"{stage.phase}: {', '.join(display_name(name) for name in stage.names)}"

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.update()

    def chips(self) -> list[QRect]:
        """Where the chips are; if they are wider than the strip, the present one is kept in sight."""
        if not self._stages:
            return []
        metrics = QFontMetrics(self._bold)
        phases = [stage.phase for stage in self._stages]
        gaps = _GAP * sum(a != b for a, b in pairwise(phases)) + 2 * (len(phases) - 1) + 4
        full = [stage.label for stage in self._stages]
        short = ["Δw" if stage.phase == "update" else stage.label for stage in self._stages]
        self._labels, widths, spare = full, [], -1
        for labels in (full, short):
            widths = [max(22, metrics.horizontalAdvance(label) + 8) for label in labels]
            self._labels, spare = labels, self.width() - sum(widths) - gaps
            if spare >= 0:
                break
        more = min(30, max(0, spare // len(widths)))
        x, places = 2, []
        for number, width in enumerate(widths):
            if number and phases[number] != phases[number - 1]:
                x += _GAP
            places.append(QRect(x, 13, width + more, 21))
            x += width + more + 2
        beyond = max(0, x - self.width())
        shift = min(beyond, max(0, places[self._place].center().x() - self.width() // 2))
        return [place.translated(-shift, 0) for place in places]

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Headings, chips, and a fade where the strip goes on."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chips = self.chips()
        self._paint_headings(painter, chips)
        for place, (stage, chip) in enumerate(zip(self._stages, chips, strict=True)):
            if chip.right() >= 0 and chip.left() <= self.width():
                self._paint_chip(painter, stage, chip, place)
        if chips:
            self._fade(painter, 0, chips[0].left() < 0)
            self._fade(painter, self.width(), chips[-1].right() > self.width())

    def _color(self, phase: str) -> QColor:
        theme = self._theme
        return QColor(
            {"forward": theme.forward, "loss": theme.warning, "backward": theme.backward}.get(phase, theme.accent)
        )

    def _paint_headings(self, painter: QPainter, chips: list[QRect]) -> None:
        painter.setFont(self._heading)
        metrics = QFontMetrics(self._heading)
        for phase in dict.fromkeys(stage.phase for stage in self._stages):
            own = [chip for stage, chip in zip(self._stages, chips, strict=True) if stage.phase == phase]
            room = own[0].united(own[-1])
            texts = (_HEADINGS[phase], _SHORT[phase]) if len(self._stages) > 4 else ()
            text = next((t for t in texts if metrics.horizontalAdvance(t) <= room.width()), "")
            painter.setPen(self._color(phase))
            left = max(room.left(), 2)  # the heading stays in sight while its chips scroll past
            painter.drawText(QRect(left, 0, room.right() - left, 12), int(Qt.AlignmentFlag.AlignLeft), text)

    def _paint_chip(self, painter: QPainter, stage: Stage, chip: QRect, place: int) -> None:
        theme, color = self._theme, self._color(stage.phase)
        now, past = place == self._place, place < self._place
        box = QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5)
        if now:
            for spread, strength in ((2.0, 0.35), (1.0, 0.6)):
                glow = QColor(color)
                glow.setAlphaF(strength)
                painter.setPen(QPen(glow, 1 + spread))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, 5, 5)
        fill, border = QColor(color), QColor(color)
        fill.setAlphaF(0.9 if now else 0.16 if past else 0.0)
        border.setAlphaF(1.0 if now else 0.5 if past else 0.22)
        painter.setPen(QPen(border, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(self._bold if now else self._label)
        ink = QColor(
            theme.window if now and theme.is_dark else "#ffffff" if now else theme.text if past else theme.muted
        )
        painter.setPen(ink)
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), self._labels[place])

    def _fade(self, painter: QPainter, x: int, wanted: bool) -> None:
        if not wanted:
            return
        inner = _FADE if x == 0 else -_FADE
        gradient = QLinearGradient(QPointF(x, 0), QPointF(x + inner, 0))
        clear = QColor(self._theme.panel)
        clear.setAlpha(0)
        gradient.setColorAt(0, QColor(self._theme.panel))
        gradient.setColorAt(0.4, QColor(self._theme.panel))  # the ground of the sign
        gradient.setColorAt(1, clear)
        edge = QRect(min(x, x + inner), 13, _FADE, 21)
        painter.fillRect(QRect(edge.left(), 0, _FADE, self.height()), gradient)
        painter.setFont(self._bold)
        painter.setPen(QColor(self._theme.text))
        side = Qt.AlignmentFlag.AlignLeft if x == 0 else Qt.AlignmentFlag.AlignRight
        painter.drawText(edge, int(side | Qt.AlignmentFlag.AlignVCenter), "‹" if x == 0 else "›")

    def _place_at(self, x: float, y: float) -> int | None:
        found = (i for i, chip in enumerate(self.chips()) if QRectF(chip).adjusted(-1, -13, 1, 2).contains(x, y))
        return next(found, None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click chooses a stage."""
        place = self._place_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.stage_chosen.emit(place)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and Right go from stage to stage, Home and End to the first and last."""
        key, last = Qt.Key(event.key()), len(self._stages) - 1
        targets = {
            Qt.Key.Key_Left: self._place - 1,
            Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in targets and self._stages:
            self.stage_chosen.emit(min(max(targets[key], 0), last))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says which arrays a stage brings."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self._place_at(event.pos().x(), event.pos().y())
            QToolTip.showText(event.globalPos(), self.toolTip() if place is None else self.words(place), self)
            return True
        return super().event(event)
