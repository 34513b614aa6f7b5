"""How the forward and backward pass and the tabs beneath it share the height of the window."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from ui.tabs import Tabs

__all__ = ["SharedHeight"]

_HALF = [1000, 1000]


class SharedHeight(QObject):
    """Gives tall views half of the height while they are in front; where the user moves the handle to, it stays.

    splitter: the pass above, the tabs beneath; tall: those views of the tabs that need more than a strip.
    """

    def __init__(self, splitter: QSplitter, tabs: Tabs, tall: Collection[QWidget]) -> None:
        super().__init__(splitter)
        self._splitter = splitter
        self._tabs = tabs
        self._tall = tuple(tall)
        self._is_tall = False
        self._sizes: dict[bool, list[int]] = {True: _HALF}
        tabs.currentChanged.connect(self._follow)

    def settle(self) -> None:
        """Share the height as low views have it, for the next start."""
        self._share(False)

    @Slot()
    def _follow(self) -> None:
        self._share(self._tabs.view in self._tall)

    def _share(self, tall: bool) -> None:
        if tall == self._is_tall:
            return
        sizes = self._splitter.sizes()
        if all(sizes):  # else the tabs have all of it
            self._sizes[self._is_tall] = sizes
        self._is_tall = tall
        if tall in self._sizes:
            self._splitter.setSizes(self._sizes[tall])
