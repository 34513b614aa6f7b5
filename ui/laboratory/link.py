"""Stands between the window and the laboratory: which pages there are, and what they ask of the worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.laboratory.specimen import Specimen
from playground.snapshot import SampleRef, Snapshot
from ui.laboratory.check.page import ASKED_BY, CheckPage
from ui.laboratory.page import Page, PageKind
from ui.laboratory.panel import LaboratoryPanel
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.main_window import MainWindow

__all__ = ["LaboratoryLink"]


class LaboratoryLink(QObject):
    """Makes the tab and its pages, and connects each page when it is built; `panel` is the tab."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._pages: list[Page] = []
        self.panel = LaboratoryPanel()
        for kind in (PageKind("Check", "Check gradients by difference quotients", self._make_check),):
            self.panel.add(kind)

    def connect_views(self) -> None:
        """Connect what is there from the start, once the window is built."""
        window = self._window
        window.worker.specimen_taken.connect(self._on_specimen)
        window.flow_panel.decimals_chosen.connect(self.panel.set_decimals)
        window.flow_panel.linker.pins_changed.connect(self._on_pins)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the page on screen follow."""
        self.panel.show_snapshot(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self.panel.set_theme(theme)

    def close(self) -> None:
        """Give up what pages work on."""
        for page in self._pages:
            if isinstance(page, CheckPage):
                page.stop()

    def _make_check(self) -> CheckPage:
        page = CheckPage()
        self._pages.append(page)
        page.specimen_wanted.connect(self._on_specimen_wanted)
        self._on_pins()
        return page

    @Slot(object)
    def _on_specimen_wanted(self, source: SampleRef | None) -> None:
        self._window.worker.take_specimen(source, ASKED_BY)

    @Slot(object)
    def _on_specimen(self, specimen: Specimen) -> None:
        for page in self._pages:
            if isinstance(page, CheckPage):
                page.take(specimen)

    @Slot()
    def _on_pins(self) -> None:
        """A parameter that is pinned in the flow is the one to check."""
        active = self._window.flow_panel.linker.active
        if active is not None:
            for page in self._pages:
                if isinstance(page, CheckPage):
                    page.choose(active.ref)
