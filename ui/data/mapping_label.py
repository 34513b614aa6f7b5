"""Which class is y = 0 and which is y = 1, as roomy as there is room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme import DARK, Theme, class_color

__all__ = ["MappingLabel"]

_FORMS = (("{name} → y = {y}", "   "), ("{name} → y={y}", "  "), ("{name}→y={y}", "  "), ("{name}→{y}", "  "))
"""From roomy to tight; the first that fits is shown."""


class MappingLabel(QLabel):
    """Both names of two classes with their y, in their colours; of more classes how many there are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._names: tuple[str, ...] = ()
        self.setAccessibleName("Classes and labels")
        font = self.font()
        font.setPointSizeF(8.5)
        self.setFont(font)
        # its text is chosen to fit, and must not widen the column
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.show_classes(self._names)

    def show_classes(self, names: Sequence[str]) -> None:
        """Show classes in the order of their y."""
        self._names = tuple(names)
        self.setToolTip("; ".join(f"{name} is y = {y}" for y, name in enumerate(names)))
        self.setAccessibleDescription(self.toolTip())
        self.setText(self._of_two() if len(names) == 2 else self._count())

    def least_width(self) -> int:
        """In which both names of two classes, or the count of more, are shown whole."""
        if len(self._names) != 2:
            return math.ceil(QFontMetricsF(self.font()).horizontalAdvance(f"{len(self._names)} classes"))
        bold = self.font()
        bold.setBold(True)
        form, gap = _FORMS[-1]
        words = gap.join(form.format(name=name, y=y) for y, name in enumerate(self._names))
        return math.ceil(QFontMetricsF(bold).horizontalAdvance(words))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # another text may ask for another size, which must not come while one is given
        QTimer.singleShot(0, self, lambda: self.show_classes(self._names))

    def _count(self) -> str:
        count = f"{len(self._names)} classes, softmax"
        if QFontMetricsF(self.font()).horizontalAdvance(count) > self.width():
            count = f"{len(self._names)} classes"
        return f'<span style="color:{self._theme.muted}">{count}</span>'

    def _of_two(self) -> str:
        bold = self.font()
        bold.setBold(True)
        measure = QFontMetricsF(bold)
        for form, gap in _FORMS:
            words = [form.format(name=name, y=y) for y, name in enumerate(self._names)]
            if measure.horizontalAdvance(gap.join(words)) <= self.width():
                break
        else:
            # both names are cut alike: each must be told from the other
            room = (self.width() - measure.horizontalAdvance(gap + "".join("→0" for _ in self._names))) / 2
            cut = [measure.elidedText(name, Qt.TextElideMode.ElideRight, room) for name in self._names]
            words = [f"{name}→{y}" for y, name in enumerate(cut)]
        spans = (
            f'<span style="color:{class_color(self._theme, y)}; white-space:pre"><b>{escape(word)}</b></span>'
            for y, word in enumerate(words)
        )
        return gap.replace(" ", "&nbsp;").join(spans)
