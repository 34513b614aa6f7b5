"""The card of the tour: what to do, what to see, and buttons to leave it, to go back and to go on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.controls import ARROW_KEYS
from ui.theme import DARK, Theme

__all__ = ["StepCard"]

_NEXT, _FINISH = "&Next", "Fi&nish"
_LEAST_WIDTH, _MOST_WIDTH = 226, 340


class _Button(QPushButton):
    """Reached by Tab; a click on it leaves the keys where they were, and arrow keys are the window's."""

    def __init__(self, text: str, tip: str, *others: str) -> None:
        """others: what else it may say."""
        super().__init__(text)
        self.setToolTip(tip)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(max(24, self.fontMetrics().height() + 7))
        widest = max(self.fontMetrics().horizontalAdvance(word.replace("&", "")) for word in (text, *others))
        self.setFixedWidth(widest + 22)

    def keyPressEvent(self, e: QKeyEvent) -> None:
        if e.key() in ARROW_KEYS:
            e.ignore()
        else:
            super().keyPressEvent(e)


class StepCard(QFrame):
    """`show_step` with the words; `skipped`, `back` and `next` tell what was pressed."""

    skipped = Signal()
    back = Signal()
    next = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("firstSteps")
        self.setAccessibleName("First steps")
        self._theme = DARK
        self._step: object = None
        self._lowest = 0
        self._is_done = False
        self.place = QLabel()
        self.place.setObjectName("muted")
        self.title = QLabel()
        self.mark = QLabel()
        self.mark.setAccessibleName("Done")
        self.do = QLabel()
        self.see = QLabel()
        self.see.setObjectName("muted")
        for label in (self.do, self.see):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.skip_button = _Button("Skip", "Close First steps (Esc); Help ▸ First steps shows them again")
        self.back_button = _Button("Back", "The step before")
        self.next_button = _Button(_NEXT, "The next step, done or not (Alt+N)", _FINISH)
        self.skip_button.clicked.connect(self.skipped)
        self.back_button.clicked.connect(self.back)
        self.next_button.clicked.connect(self.next)
        self._arrange()
        self.hide()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.mark)
        foot = QHBoxLayout()
        foot.setSpacing(5)
        foot.addWidget(self.skip_button)
        foot.addStretch(1)
        foot.addWidget(self.place)
        foot.addStretch(1)
        foot.addWidget(self.back_button)
        foot.addWidget(self.next_button)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 9)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self.do)
        layout.addWidget(self.see)
        layout.addStretch(1)
        layout.addLayout(foot)

    def show_step(self, number: int, of: int, title: str, *, do: str, see: str, done: bool) -> None:
        """Say a step, `number` from 1; what is said already is not said again."""
        if number != self._step:
            self._step, self._lowest = number, 0
            self.back_button.setEnabled(number > 1)
            self.next_button.setText(_FINISH if number == of else _NEXT)
            self.title.setText(title)
            self.place.setText(f"{number} of {of}")
        for label, words in ((self.do, do), (self.see, see)):
            if label.text() != words:
                label.setText(words)
        self.mark.setText("✓" if done else "")
        if done != self._is_done:
            self._is_done = done
            self._paint_frame()

    def fit(self, width: int) -> None:
        """Be as wide as there is room, within limits, and as high as the longest words of this step so far."""
        width = max(min(max(width, _LEAST_WIDTH), _MOST_WIDTH), self._layout.minimumSize().width())
        before = self._lowest if width == self.width() else 0
        self._lowest = max(before, self._layout.totalHeightForWidth(width))
        self.resize(width, self._lowest)

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme."""
        self._theme = theme
        self._paint_frame()

    def _paint_frame(self) -> None:
        theme = self._theme
        self.setStyleSheet(
            f"QFrame#firstSteps {{ background: {theme.panel}; border: 1px solid {theme.accent}; border-radius: 8px; }}"
        )
        self.title.setStyleSheet("font-weight: bold;")
        self.mark.setStyleSheet(f"color: {theme.forward}; font-weight: bold;")
        # once the step is done, the way on stands out
        self.next_button.setStyleSheet(
            f"QPushButton {{ background: {theme.accent}; color: {theme.accent_text}; border: none; border-radius: 5px;"
            f" font-weight: bold; }} QPushButton:focus {{ border: 2px solid {theme.text}; }}"
            if self._is_done
            else ""
        )
