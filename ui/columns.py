"""The columns of the window beside the controls: the pass above the tabs, and the charts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from ui.panel import Panel
from ui.tabs import Tabs

__all__ = ["Columns"]


class Columns(QSplitter):
    """`centre` has the forward and backward pass above the tabs, the column beside it the charts; all handles move."""

    def __init__(self, flow: QWidget, tabs: Tabs, charts: Iterable[QWidget]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        beneath = Panel("")
        beneath.body.addWidget(tabs)
        self.centre = QSplitter(Qt.Orientation.Vertical)
        self.centre.addWidget(flow)
        self.centre.addWidget(beneath)
        self.centre.setSizes([3000, 1000])  # shares of the height, until the user moves the handle
        self._charts = QSplitter(Qt.Orientation.Vertical)
        for chart in charts:
            self._charts.addWidget(chart)
        self.addWidget(self.centre)
        self.addWidget(self._charts)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 1)
        self.setSizes([2500, 1000])  # shares of the width: the charts, made later, ask for none yet
        for splitter in self.splitters.values():
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(7)

    @property
    def splitters(self) -> Mapping[str, QSplitter]:
        """All that the user can move, by the names under which it is remembered."""
        return {"window/columns": self, "window/centre": self.centre, "window/right": self._charts}
