"""The pages on which one studies the run as it is: Samples, Other way, Practice; each is connected when it is made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QKeyEvent

from playground.announcements import RunStarted
from playground.errors import PlaygroundError
from playground.snapshot import Snapshot
from playground.worker import TrainingWorker
from ui.batch_watch import BatchWatch
from ui.file_dialogs import FileDialogs
from ui.flow.panel import FlowPanel
from ui.laboratory.page import PageKind
from ui.laboratory.panel import LaboratoryPanel
from ui.laboratory.practice.covers import Covers
from ui.tabs import Tabs
from ui.theme import Theme

if TYPE_CHECKING:
    from playground.laboratory.quiz.quiz import Quiz
    from ui.laboratory.other_way.page import OtherWayPage
    from ui.laboratory.practice.page import PracticePage
    from ui.laboratory.samples.page import SamplesPage

__all__ = ["StudyPages"]


class StudyPages(QObject):
    """Adds its pages to the laboratory and stands between them and the window.

    saved (str): the path of a sheet that was written; refused (str): why one was not.
    """

    saved = Signal(object)
    refused = Signal(str)

    def __init__(
        self, panel: LaboratoryPanel, worker: TrainingWorker, watch: BatchWatch, flow: FlowPanel, files: FileDialogs
    ) -> None:
        super().__init__(panel)
        self._worker, self._watch, self._flow, self._files = worker, watch, flow, files
        self._run: RunStarted | None = None
        self._samples: SamplesPage | None = None
        self._practice: PracticePage | None = None
        self._panel = panel
        self.covers: Covers | None = None
        panel.add(
            PageKind("Samples", "Whose gradient makes the step, and what the step does to the loss", self._make_samples)
        )
        panel.add(
            PageKind("Other way", "∂L/∂input of a convolution by scatter and by full convolution", self._make_other_way)
        )
        panel.add(PageKind("Practice", "Questions on the numbers of this moment, also to print", self._make_practice))
        worker.run_started.connect(self._on_run_started)

    def connect_views(self, tabs: Tabs) -> None:
        """Know the tabs, once the window is built: they are covered while a question is open."""
        self.covers = Covers(self._flow, tabs, self._panel)
        self.covers.back_wanted.connect(partial(tabs.setCurrentWidget, self._panel))
        self.covers.back_wanted.connect(partial(self._panel.choose, "Practice"))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Cover no other numbers than those that are asked for."""
        if self.covers is not None:
            self.covers.show_snapshot(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme, beyond the pages."""
        if self.covers is not None:
            self.covers.set_theme(theme)

    def take_key(self, event: QKeyEvent) -> bool:
        """Whether a key that nothing else has use for belongs to an open question."""
        return self._practice is not None and self._practice.take_key(event)

    @Slot(object)
    def _on_run_started(self, run: RunStarted) -> None:
        self._run = run
        if self._samples is not None:
            self._samples.set_history(run.history, run.settings)

    def _make_samples(self) -> SamplesPage:
        from ui.laboratory.samples.page import SamplesPage  # noqa: PLC0415 - the program starts without it

        page = self._samples = SamplesPage()
        view = self._flow.view
        page.watch_changed.connect(partial(self._watch.want, "samples"))
        page.measure_changed.connect(self._worker.measure_change)
        page.sample_chosen.connect(self._worker.choose_sample)
        page.set_filters(view.chosen_filters)
        view.filter_chosen.connect(lambda _number: page.set_filters(view.chosen_filters))
        if self._run is not None:
            page.set_history(self._run.history, self._run.settings)
        return page

    def _make_other_way(self) -> OtherWayPage:
        from ui.laboratory.other_way.page import OtherWayPage  # noqa: PLC0415 - the program starts without it

        return OtherWayPage()

    def _make_practice(self) -> PracticePage:
        from ui.laboratory.practice.page import PracticePage  # noqa: PLC0415 - the program starts without it

        page = self._practice = PracticePage()
        page.watch_changed.connect(partial(self._watch.want, "practice"))
        assert self.covers is not None
        page.asking_changed.connect(self.covers.ask)
        page.sheet_requested.connect(self._write_sheet)
        return page

    @Slot(object)
    def _write_sheet(self, quiz: Quiz) -> None:
        from ui.laboratory.practice.sheet import write_sheet  # noqa: PLC0415 - the program starts without it

        path = self._files.sheet_to_write()
        if path is None:
            return
        try:
            write_sheet(quiz, path)
        except PlaygroundError as error:
            self.refused.emit(str(error))
        else:
            self.saved.emit(str(path))
