"""The views beneath the forward and backward pass, one at a time."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QTabWidget, QWidget

from ui.controls import CalmToolButton
from ui.scrolling import ScrollingArea

__all__ = ["BOARD_NEEDS", "Tabs"]

_SMALL_POINTS = 9.0
BOARD_NEEDS = "The lecture's lines with their numbers: choose a blackboard example in the list of Data"


class Tabs(QTabWidget):
    """Tabs with numbers; `add` them in their order. One that the run does not have is greyed out and says why."""

    def __init__(self, enlarge: QAction) -> None:
        super().__init__()
        self.setDocumentMode(True)
        self.setAccessibleName("Views of the derivatives")
        self._titles: list[tuple[str, str]] = []
        self._tips: list[tuple[str, str]] = []
        self._is_narrow = False
        self._enlarge = enlarge
        button = self._button = CalmToolButton()
        button.setDefaultAction(enlarge)
        enlarge.toggled.connect(self._say)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCornerWidget(button)
        self._say()
        self.currentChanged.connect(self._leave_the_keys_to_the_window)

    def add(self, view: QWidget, title: str, short: str = "", *, scrolls: bool = False, needs: str = "") -> None:
        """Append a view; `title` without its number, `short` for where all have no room beside each other.

        scrolls: in a low window, where the flow needs the height more. needs: what a run must have for this view, said
        in the tip until `offer` brings it.
        """
        number = self.count() + 1
        self._titles.append((f"&{number} {title}", f"&{number} {short or title}"))
        self.addTab(ScrollingArea(view) if scrolls else view, self._titles[-1][0])
        self._tips.append((title, needs or title))
        self._show_offer(number - 1, offered=not needs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorter words in less width."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """All tabs and the button share a row: in little room with shorter words, then in a smaller font too."""
        for narrow, small in ((False, False), (True, False), (True, True)):
            self._is_narrow = narrow
            self._say()
            font = self.font()
            if small:
                font.setPointSizeF(min(font.pointSizeF(), _SMALL_POINTS))
            self.tabBar().setFont(font)
            for number, titles in enumerate(self._titles):
                if self.tabText(number) != titles[narrow]:
                    self.setTabText(number, titles[narrow])
            needed = self.tabBar().sizeHint().width() + self._button.sizeHint().width()
            if needed <= self.width():
                break

    @Slot()
    def _say(self) -> None:
        """The button says what it does, in a narrow row by a sign."""
        words = ("⤡", "⤢") if self._is_narrow else ("Shrink", "Enlarge")
        self._enlarge.setIconText(words[0] if self._enlarge.isChecked() else words[1])

    def show_number(self, number: int) -> None:
        """Bring the tab with this number (from 1) to the front, if it is offered."""
        if self.isTabEnabled(number - 1):
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
        """Let a view that not every run has come or go; it takes the place of `instead_of` in front, and gives it back.

        While it is gone its tab stays, so that no number is missing.
        """
        index = self.indexOf(view)
        if offered == self.isTabEnabled(index):
            return
        if not offered and self.currentIndex() == index:
            self.setCurrentWidget(instead_of)
        self._show_offer(index, offered=offered)
        if offered and self.currentWidget() is instead_of:
            self.setCurrentIndex(index)

    def _show_offer(self, index: int, *, offered: bool) -> None:
        self.setTabEnabled(index, offered)
        title, needs = self._tips[index]
        self.setTabToolTip(index, title if offered else needs)
