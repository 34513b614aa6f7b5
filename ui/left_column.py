"""The column of panels at the left of the window; in a window too low for them all it scrolls."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.panel import Panel
from ui.scrolling import ScrollingArea
from ui.theme import SLIM_SCROLL_BAR, Theme, slim_scroll_bar

__all__ = ["LeftColumn"]

_WIDTH = 276


class LeftColumn(ScrollingArea):
    """Panels under each other, each with whether it takes what height is left. The scroll bar has room beside them."""

    def __init__(self, panels: Iterable[tuple[Panel, bool]]) -> None:
        view = QWidget()
        view.setFixedWidth(_WIDTH)
        column = QVBoxLayout(view)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for panel, grows in panels:
            column.addWidget(panel, int(grows))
        super().__init__(view, sideways=False)
        self.setFixedWidth(_WIDTH + SLIM_SCROLL_BAR)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.verticalScrollBar().setStyleSheet(slim_scroll_bar(theme))
