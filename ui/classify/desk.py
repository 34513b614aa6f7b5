"""The arrangement of canvas, network's view, answer and bars: side by side in a low panel, stacked in a high one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.broken_lines import broken_lines
from ui.classify.canvas import Canvas
from ui.classify.probability_bars import ProbabilityBars
from ui.classify.seen import FollowButton, SeenPicture
from ui.theme import DARK, Theme, number_font

__all__ = ["ClassifyDesk"]

_LARGEST_CANVAS = 220
_SEEN = 58
_SEEN_COLUMN = 64  # as wide as the caption
_BESIDE = 108  # width of the bars beside the canvas
_GAP = 10
_SENTENCE = 18
_CAPTION = 12
_FOLLOW = 18
_BAR_ROW = 17
_SMALLEST_BAR_ROW = 14
_LARGEST_BAR_ROW = 24
_SMALLEST_ANSWER = 8.5


class ClassifyDesk(QWidget):
    """Lays its parts out so that the canvas is as large as the room allows; the canvas stays a square."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._figure = self._name = ""
        self.canvas = Canvas(self)
        self.seen = SeenPicture(self)
        self.follow = FollowButton(self)
        self.caption = QLabel("network sees", self)
        self.caption.setObjectName("muted")
        self.caption.setFont(_points(self.font(), 7.0))
        self.answer = QLabel(self)
        self.answer.setAccessibleName("Answer")
        self.answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence = QLabel(self)
        self.sentence.setAccessibleName("Answer in figures")
        self.sentence.setFont(number_font(8.0))
        self.bars = ProbabilityBars(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_theme(self, theme: Theme) -> None:
        """Hand the theme on to the parts."""
        self._theme = theme
        self.canvas.set_theme(theme)
        self.seen.set_theme(theme)
        self.follow.set_theme(theme)
        self.bars.set_theme(theme)
        _color(self.sentence, theme.muted)
        _color(self.caption, theme.muted)

    def show_answer(self, name: str, figure: str, color: str = "") -> None:
        """The class as a large word in its colour, and "figure → class" in small; both may be empty."""
        if name != self._name:
            self._name = name
            self.answer.setAccessibleDescription(name)
            self._fit_answer()
        if color:
            _color(self.answer, color)
        self._figure = figure
        self._fit_sentence()

    def sizeHint(self) -> QSize:
        return QSize(248, 148)

    def minimumSizeHint(self) -> QSize:
        return QSize(232, 128)

    def useful_height(self, width: int) -> int:
        """Height above which a desk of this width only gains empty space."""
        canvas = min(width - _SEEN_COLUMN - _GAP, _LARGEST_CANVAS)
        return max(canvas + _SENTENCE + 6 + _LARGEST_BAR_ROW * max(2, self.bars.rows), self.sizeHint().height())

    def resizeEvent(self, _event: QResizeEvent) -> None:
        self.arrange()

    def arrange(self) -> None:
        """Place the parts for the present size and number of classes."""
        width, height = self.width(), self.height()
        bars_height = _BAR_ROW * max(2, self.bars.rows)
        beside = min(height - _SENTENCE - 2, width - _BESIDE - _GAP, _LARGEST_CANVAS)
        stacked = min(height - _SENTENCE - bars_height - 6, width - _SEEN_COLUMN - _GAP, _LARGEST_CANVAS)
        if stacked > beside:
            self._stack(stacked)
        else:
            self._place_beside(max(40, beside))
        self._fit_answer()
        self._fit_sentence()

    def _place_beside(self, side: int) -> None:
        left = side + _GAP
        room = self.width() - left
        self.canvas.setGeometry(0, 0, side, side)
        self.sentence.setGeometry(0, side + 2, side + _GAP - 2, _SENTENCE)
        self.seen.setGeometry(left, 0, _SEEN, _SEEN)
        self.answer.setGeometry(left + _SEEN + 2, 0, room - _SEEN - 2, _SEEN - _FOLLOW)
        self.follow.setGeometry(left + _SEEN + 4, _SEEN - _FOLLOW, room - _SEEN - 4, _FOLLOW)
        self.caption.setGeometry(left, _SEEN, room, _CAPTION)
        top = _SEEN + _CAPTION + 4
        # figures that can be read come before the caption, which the tooltip says too
        cramped = (self.height() - top) / max(1, self.bars.rows) < _SMALLEST_BAR_ROW
        self.caption.setVisible(not cramped)
        if cramped:
            top = _SEEN + 3
        self.bars.setGeometry(left, top, room, self.height() - top)

    def _stack(self, side: int) -> None:
        left = side + _GAP
        room = self.width() - left
        self.canvas.setGeometry(0, 0, side, side)
        self.seen.setGeometry(left, 0, _SEEN, _SEEN)
        self.caption.setGeometry(left, _SEEN, room, _CAPTION)
        top = _SEEN + _CAPTION + 3
        self.follow.setGeometry(left, top, _SEEN, _FOLLOW)
        top += _FOLLOW + 3
        self.answer.setGeometry(left, top, min(room, _SEEN_COLUMN), min(60, side - top))
        self.sentence.setGeometry(0, side + 2, self.width(), _SENTENCE)
        self.caption.show()
        top = side + _SENTENCE + 6
        self.bars.setGeometry(0, top, self.width(), self.height() - top)

    def _fit_answer(self) -> None:
        """As large as it fits; a name that would become too small to read is broken into lines, then cut."""
        font = _points(self.font(), 26.0)
        font.setBold(True)
        room = max(1, self.answer.width() - 2)
        advance = QFontMetricsF(font).horizontalAdvance(self._name)
        fitting = font.pointSizeF() * room / max(1.0, advance)
        shown = self._name
        if fitting < _SMALLEST_ANSWER:
            font.setPointSizeF(_SMALLEST_ANSWER)
            shown = "\n".join(broken_lines(self._name, QFontMetricsF(font), room, self.answer.height()))
        elif fitting < font.pointSizeF():
            font.setPointSizeF(fitting)
        self.answer.setFont(font)
        if shown != self.answer.text():
            self.answer.setText(shown)
            self.answer.setToolTip(self._name if shown != self._name else "")

    def _fit_sentence(self) -> None:
        full = f"{self._figure} → {self._name}" if self._figure and self._name else self._figure
        fits = QFontMetricsF(self.sentence.font()).horizontalAdvance(full) <= self.sentence.width()
        text = full if fits else self._figure
        if text != self.sentence.text():
            self.sentence.setText(text)
        self.sentence.setToolTip(full)


def _points(font: QFont, size: float) -> QFont:
    changed = QFont(font)
    changed.setPointSizeF(size)
    return changed


def _color(label: QLabel, color: str) -> None:
    palette = label.palette()
    palette.setColor(QPalette.ColorRole.WindowText, QColor(color))
    label.setPalette(palette)
