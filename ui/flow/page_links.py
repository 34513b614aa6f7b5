"""Where only a part of the passes is in view: buttons that scroll to the part before and to the rest."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QScrollArea, QToolButton

from ui.controls import CalmToolButton
from ui.flow.layout import FlowLayout, Page, Rect
from ui.flow.picture import FlowPicture
from ui.number_format import display_name

__all__ = ["PageLinks"]


class PageLinks(QObject):
    """The buttons stand on the first lines of the pages of the view, which are empty but for a word at the left."""

    def __init__(self, view: FlowPicture, scroll: QScrollArea) -> None:
        super().__init__(scroll)
        self._view, self._scroll = view, scroll
        self._made_for: tuple[FlowLayout | None, int] = (None, 0)
        self.buttons: list[QToolButton] = []
        """Those of the present layout, from top to bottom."""
        scroll.verticalScrollBar().rangeChanged.connect(self.follow)

    @Slot()
    def follow(self) -> None:
        """Make the buttons of another layout, or none if all of it is in view."""
        layout = self._view.flow_layout
        hidden = self._scroll.verticalScrollBar().maximum()
        if layout is None or (layout is self._made_for[0] and hidden == self._made_for[1]):
            return
        self._made_for = layout, hidden
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self.buttons = []
        if hidden == 0:
            return
        folded = not layout.pages[-1].first.startswith("d")
        for page, following in pairwise(layout.pages):
            self._add(page, following, down=True, folded=folded)
            if folded:
                self._add(following, page, down=False, folded=folded)

    def _add(self, at: Page, target: Page, *, down: bool, folded: bool) -> None:
        names = f"{display_name(target.first)} … {display_name(target.last)}"
        text = names if folded else "backward pass"
        button = CalmToolButton(self._view)
        button.setAutoRaise(True)
        button.setObjectName("pageLink")
        button.setText(f"{text} ↓" if down else f"↑ {text}")
        way = "goes on below" if down else "begins above"
        button.setToolTip(f"The pass {way}: {names}. Click to go there, or scroll.")
        button.clicked.connect(lambda: self._go(target))
        ratio = self._view.devicePixelRatioF()
        room = Rect(*(round(side / ratio) for side in at.heading))
        width = min(room.width, button.sizeHint().width())
        button.setGeometry(room.right - width if down else room.x, room.y, width, room.height)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.show()
        self.buttons.append(button)

    def bring(self, name: str) -> None:
        """Turn to the page of an array that is not in view as a whole."""
        layout, place = self._view.flow_layout, self._view.place_of_array(name)
        shown = self._view.visibleRegion().boundingRect()
        if (
            layout is None
            or place.isEmpty()
            or (shown.top() <= place.top() + 4 and place.bottom() - 6 <= shown.bottom())
        ):
            return
        top = layout.tiles[name].extent.y
        above = [page for page in layout.pages if page.heading.y <= top]
        self._go(above[-1] if above else layout.pages[0])

    def _go(self, target: Page) -> None:
        self._scroll.verticalScrollBar().setValue(round(target.heading.y / self._view.devicePixelRatioF()))
