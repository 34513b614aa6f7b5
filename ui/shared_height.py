"""How the forward and backward pass and the tabs beneath it share the height of the window."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSplitter, QWidget

from ui.cell_ref import CellRef
from ui.flow.panel import FlowPanel
from ui.tabs import Tabs

__all__ = ["SharedHeight"]

_TALL = 230
"""What a tall view makes do with, in pixels, with the row of the tabs, so that the pass beside it is seen whole."""


class SharedHeight(QObject):
    """Gives a tall view in front what the pass can spare.

    splitter: the pass above, the tabs beneath; tall: those views of the tabs that need more than a strip; alone: those
    of them that have all of the height, as "Enlarge" gives it, where the two would both be cramped. Where the user
    moves the handle to, or gives the pass its room back, it stays so.
    """

    def __init__(
        self,
        splitter: QSplitter,
        flow: FlowPanel,
        tabs: Tabs,
        enlarge: QAction,
        *,
        tall: Collection[QWidget],
        alone: Collection[QWidget],
    ) -> None:
        super().__init__(splitter)
        self._splitter, self._flow, self._tabs, self._enlarge = splitter, flow, tabs, enlarge
        self._tall, self._alone = tuple(tall), tuple(alone)
        self._is_tall = False
        self._sizes: dict[bool, list[int]] = {}
        self._enlarged = False  # by this, not by the user
        self._may_enlarge = True
        tabs.currentChanged.connect(self._follow)
        splitter.splitterMoved.connect(self._keep)
        for watched in (splitter, flow.scroll_area.viewport()):
            watched.installEventFilter(self)
        enlarge.triggered.connect(self._on_enlarge)

    def settle(self) -> None:
        """Share the height as low views have it, for the next start."""
        self._change(False)

    def enlarge(self) -> None:
        """Give the tabs all of the height, or the pass its room back, as the action is checked."""
        enlarged = self._enlarge.isChecked()
        if enlarged:
            self._tabs.take_focus_from(self._flow)
        self._flow.setVisible(not enlarged)

    @Slot(object)
    def edit_cell(self, cell: CellRef) -> None:
        """Edit a cell where it stands in the pass, which has to be on screen for that."""
        self._enlarge.setChecked(False)
        self.enlarge()
        QTimer.singleShot(0, self, lambda: self._flow.edit_cell(cell))  # it has its size by then

    @Slot()
    def _follow(self) -> None:
        tall = self._tabs.view in self._tall
        if tall and self._is_tall:
            self._share()
        self._change(tall)

    def _change(self, tall: bool) -> None:
        if tall == self._is_tall:
            return
        if not self._is_tall and all(self._splitter.sizes()):  # else the tabs have all of it
            self._sizes[False] = self._splitter.sizes()
        self._is_tall = tall
        if tall:
            self._share()
        else:
            self._set_enlarged(False)
            if False in self._sizes:
                self._splitter.setSizes(self._sizes[False])

    @Slot()
    def _share(self) -> None:
        """Between the pass and the tall view in front."""
        if not self._is_tall:
            return
        room = self._splitter.height() - self._splitter.handleWidth()
        cramped = self._flow.needed_height() + _TALL > room
        self._set_enlarged(cramped and self._tabs.view in self._alone)
        if True in self._sizes:
            self._splitter.setSizes(self._sizes[True])
            return
        for _ in range(2):  # without its scroll bar the pass is wider, and may need another height
            above = max(room // 2, min(self._flow.needed_height(), room - _TALL))
            self._splitter.setSizes([above, room - above])

    def _set_enlarged(self, wanted: bool) -> None:
        is_enlarged = self._enlarge.isChecked()
        if wanted != is_enlarged and (self._may_enlarge if wanted else self._enlarged):
            self._enlarged = wanted
            self._enlarge.trigger()

    @Slot()
    def _on_enlarge(self) -> None:
        """The user has chosen, unless it came from here."""
        if self._enlarged != self._enlarge.isChecked():
            self._may_enlarge, self._enlarged = False, False

    @Slot()
    def _keep(self) -> None:
        if self._is_tall:
            self._sizes[True] = self._splitter.sizes()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another window, or the pass of another network, may leave room for both, or no longer."""
        changed = QEvent.Type.Resize if watched is self._splitter else QEvent.Type.LayoutRequest
        if event.type() == changed and self._is_tall:
            QTimer.singleShot(0, self, self._share)  # when all that shares the height has its new width
        return super().eventFilter(watched, event)
