"""The views beneath the forward and backward pass, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QScrollArea, QTabWidget, QWidget

from ui.controls import CalmToolButton
from ui.scrolling import ScrollingArea

__all__ = ["Tabs"]


class Tabs(QTabWidget):
    """Tabs that keep their number while some of them are not offered; `add` them in the order of their numbers."""

    def __init__(self, enlarge: QAction) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName("Views of the derivatives")
        button = CalmToolButton()
        button.setDefaultAction(enlarge)

        def say(enlarged: bool) -> None:
            enlarge.setIconText("Shrink" if enlarged else "Enlarge")  # short: all tabs and it share a row

        say(enlarge.isChecked())
        enlarge.toggled.connect(say)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCornerWidget(button)
        self.currentChanged.connect(self._leave_the_keys_to_the_window)

    def add(self, view: QWidget, title: str, *, scrolls: bool = False, offered: bool = True) -> None:
        """Append a view; `title` without its number. scrolls: in a low window, where the flow needs the height more."""
        number = self.count() + 1
        self.addTab(ScrollingArea(view) if scrolls else view, f"&{number} {title}")
        self.setTabVisible(number - 1, offered)

    def show_number(self, number: int) -> None:
        """Bring the tab with this number (from 1) to the front, if it is offered."""
        if self.isTabVisible(number - 1):
            self.setCurrentIndex(number - 1)

    @property
    def view(self) -> QWidget | None:
        """The view in front."""
        page = self.currentWidget()
        return page.widget() if isinstance(page, QScrollArea) else page

    def take_focus_from(self, view: QWidget) -> None:
        """Take the keys over from a view, or a part of it, that is about to be hidden."""
        focused = QApplication.focusWidget()
        mine = self.view
        if focused is not None and mine is not None and (focused is view or view.isAncestorOf(focused)):
            mine.setFocus()  # not its area, which would scroll by ← and →, which step

    @Slot()
    def _leave_the_keys_to_the_window(self) -> None:
        # Qt hands the focus of a view that is hidden to the next field, which would take 1 to 7 for its number
        page = self.currentWidget()
        if page is not None:
            self.take_focus_from(page)

    def offer(self, view: QWidget, offered: bool, *, instead_of: QWidget) -> None:
        """Let a view that not every run has come or go; it comes up only in the place of `instead_of`."""
        index = self.indexOf(view)
        if offered != self.isTabVisible(index):
            self.setTabVisible(index, offered)
            if offered and self.currentWidget() is instead_of:
                self.setCurrentIndex(index)
