"""The tab of the laboratory: a row of buttons, and the page that is chosen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.snapshot import Snapshot
from ui.laboratory.page import Page, PageKind
from ui.scrolling import ScrollingArea
from ui.theme import DARK, Theme, checked_button_style

__all__ = ["LaboratoryPanel"]

_BUTTON_HEIGHT = 24


class LaboratoryPanel(QWidget):
    """`add` the pages in the order of their buttons. A page is built when it is first shown, and rests while hidden.

    `page_shown(Page)` when another page has come to the front.
    """

    page_shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._snapshot: Snapshot | None = None
        self._theme = DARK
        self._decimals = 4
        self._kinds: list[PageKind] = []
        self._pages: dict[str, Page] = {}
        self._areas: dict[str, ScrollingArea] = {}
        self._told: Snapshot | None = None
        self._title = ""
        self.buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        buttons = QWidget()  # Tab goes to what is in it before the pages beneath
        self._row = QHBoxLayout(buttons)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(3)
        self._row.addStretch(1)
        self.stack = QStackedWidget()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 3, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(buttons)
        layout.addWidget(self.stack, 1)

    def add(self, kind: PageKind) -> None:
        """Append a page; the first one is chosen."""
        self._kinds.append(kind)
        button = QPushButton(kind.title)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # after a click, Space is to train
        button.setFixedHeight(_BUTTON_HEIGHT)
        button.setFixedWidth(button.fontMetrics().horizontalAdvance(kind.title) + 18)
        button.setAccessibleName(f"Page {kind.title}")
        button.setToolTip(f"{kind.tip} (PageUp and PageDown go from page to page)")
        button.clicked.connect(lambda _checked=False, title=kind.title: self.choose(title))
        self.buttons[kind.title] = button
        self._group.addButton(button)
        self._row.insertWidget(self._row.count() - 1, button)
        if not self._title:
            self._title = kind.title
            button.setChecked(True)

    @property
    def titles(self) -> tuple[str, ...]:
        """Of all pages, in the order of the buttons."""
        return tuple(kind.title for kind in self._kinds)

    @property
    def page(self) -> Page | None:
        """The chosen page; None until it was first looked at."""
        return self._pages.get(self._title)

    def choose(self, title: str) -> None:
        """Turn to a page; built and told only if the tab is looked at, else when it comes to be."""
        self._title = title
        self.buttons[title].setChecked(True)
        if self.isVisible():
            self._bring_up()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the page on screen follow; costs nothing while the tab is hidden."""
        self._snapshot = snapshot
        if self.isVisible():
            self._tell()

    def set_theme(self, theme: Theme) -> None:
        """Colours of the theme, for all pages that were built; the chosen button stands out."""
        self._theme = theme
        for button in self.buttons.values():
            button.setStyleSheet(checked_button_style(theme))
        for page in self._pages.values():
            page.set_theme(theme)

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers on all pages."""
        self._decimals = decimals
        for page in self._pages.values():
            page.set_decimals(decimals)

    def _bring_up(self) -> None:
        if self._title not in self.buttons:
            return
        page = self._pages.get(self._title)
        if page is None:
            kind = next(kind for kind in self._kinds if kind.title == self._title)
            page = self._pages[kind.title] = kind.make()
            page.set_theme(self._theme)
            page.set_decimals(self._decimals)
            self._areas[kind.title] = ScrollingArea(page)
            self.stack.addWidget(self._areas[kind.title])
        area = self._areas[self._title]
        if self.stack.currentWidget() is not area:
            self.stack.setCurrentWidget(area)
        self._told = None
        self._tell()
        self.page_shown.emit(page)

    def _tell(self) -> None:
        page, snapshot = self.page, self._snapshot
        if page is not None and snapshot is not None and snapshot is not self._told:
            self._told = snapshot
            page.show_snapshot(snapshot)

    def sizeHint(self) -> QSize:
        """As the other tabs: the flow above keeps its height."""
        return QSize(520, 170)

    def minimumSizeHint(self) -> QSize:
        """The buttons and some lines; a page that needs more scrolls."""
        return QSize(320, 110)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up."""
        super().showEvent(event)
        self._bring_up()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """PageUp and PageDown turn the pages, wherever in the panel the focus is."""
        turn = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}.get(Qt.Key(event.key()))
        if turn is None or event.modifiers() or not self._kinds:
            super().keyPressEvent(event)
            return
        titles = self.titles
        self.choose(titles[min(max(titles.index(self._title) + turn, 0), len(titles) - 1)])
