"""Stands between the window and the laboratory: which pages there are, and what they ask of the worker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from playground.announcements import DataChanged, RunStarted
from playground.datasets import Dataset
from playground.flaw import Flaw
from playground.laboratory.specimen import Specimen
from playground.snapshot import Snapshot
from ui.laboratory.flaw_strip import FlawStrip
from ui.laboratory.page import PageKind
from ui.laboratory.panel import LaboratoryPanel
from ui.laboratory.self_check_button import SelfCheckButton
from ui.theme import Theme

if TYPE_CHECKING:
    from ui.laboratory.break_it.page import BreakPage
    from ui.laboratory.check.page import CheckPage
    from ui.main_window import MainWindow

__all__ = ["LaboratoryLink"]


class LaboratoryLink(QObject):
    """Makes the tab and its pages, and connects each page when it is built.

    panel: the tab; strip: while the run has a bug; self_check: both for the status bar.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._dataset: Dataset | None = None
        self._flaw: tuple[Flaw | None, Flaw | None] = None, None
        self._check: CheckPage | None = None
        self._break: BreakPage | None = None
        self.strip = FlawStrip()
        self.self_check = SelfCheckButton()
        self.panel = LaboratoryPanel()
        for kind in (
            PageKind("Check", "Check gradients by difference quotients", self._make_check),
            PageKind("Break", "Give the backward pass a bug, and see what becomes of it", self._make_break),
        ):
            self.panel.add(kind)

    def connect_views(self) -> None:
        """Connect what is there from the start, once the window is built."""
        window, worker = self._window, self._window.worker
        worker.specimen_taken.connect(self._on_specimen)
        worker.run_started.connect(self._on_run_started)
        worker.data_changed.connect(self._on_data_changed)
        window.flow_panel.decimals_chosen.connect(self.panel.set_decimals)
        window.flow_panel.linker.pins_changed.connect(self._on_pins)
        self.strip.off_wanted.connect(self._switch_off)
        self.strip.clean_wanted.connect(worker.restore_clean)
        self.self_check.clicked.connect(self._show_check)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Let the page on screen follow, and mark a run that has a bug."""
        self.panel.show_snapshot(snapshot)
        self.self_check.show_snapshot(snapshot)
        flaw = snapshot.flaw, snapshot.flaw_elsewhere
        if flaw != self._flaw:
            self._flaw = flaw
            self.strip.show_flaw(*flaw)
            self._window.title.show_flaw(*flaw)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        for view in (self.panel, self.strip, self.self_check):
            view.set_theme(theme)

    def close(self) -> None:
        """Give up what pages work on, and see it end."""
        for page in self._made():
            page.end()

    # --- pages -----------------------------------------------------------------------------------------------------

    def _made(self) -> list[CheckPage | BreakPage]:
        return [page for page in (self._check, self._break) if page is not None]

    def _make_check(self) -> CheckPage:
        from ui.laboratory.check.page import ASKED_BY, CheckPage  # noqa: PLC0415 - the program starts without it

        page = self._check = CheckPage()
        page.specimen_wanted.connect(partial(self._window.worker.take_specimen, asked_by=ASKED_BY))
        self.self_check.told.connect(page.show_self_check)
        page.show_self_check(self.self_check.summary(), bool(self.self_check.check.mismatches))
        self._on_pins()
        return page

    def _make_break(self) -> BreakPage:
        from ui.laboratory.break_it.page import ASKED_BY, BreakPage  # noqa: PLC0415 - the program starts without it

        worker = self._window.worker
        page = self._break = BreakPage()
        if self._dataset is not None:
            page.set_dataset(self._dataset)
        page.specimen_wanted.connect(partial(worker.take_specimen, asked_by=ASKED_BY))
        page.bug_switched.connect(worker.train_with)
        page.two_blocks_wanted.connect(partial(self._window.network_panel.choose_blocks, 2))
        return page

    @Slot()
    def _switch_off(self) -> None:
        self._window.worker.train_with(None)

    @Slot()
    def _show_check(self) -> None:
        self._window.actions_by_id["tab_7"].trigger()
        self.panel.choose("Check")

    # --- from the window -------------------------------------------------------------------------------------------

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        self._show_dataset(run.dataset)

    @Slot(object)
    def _on_data_changed(self, change: DataChanged) -> None:
        self._show_dataset(change.dataset)

    def _show_dataset(self, dataset: Dataset) -> None:
        self._dataset = dataset
        if self._break is not None:
            self._break.set_dataset(dataset)

    @Slot(object)
    def _on_specimen(self, specimen: Specimen) -> None:
        for page in self._made():
            page.take(specimen)

    @Slot()
    def _on_pins(self) -> None:
        """A parameter that is pinned in the flow is the one to check."""
        active = self._window.flow_panel.linker.active
        if active is not None and self._check is not None:
            self._check.choose(active.ref)
