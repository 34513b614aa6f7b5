"""The page "Break": the bugs that people write, what the check finds of each, and the switch for the run."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from playground.datasets import Dataset
from playground.laboratory.bugs import Bug
from playground.laboratory.checking import check_travel
from playground.laboratory.race import RACE_STEPS, Race, race
from playground.laboratory.specimen import Specimen
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from ui.background import Background, Task
from ui.laboratory.break_it.chooser import BugChooser
from ui.laboratory.break_it.race_plot import RacePlot
from ui.laboratory.break_it.stations_view import StationsView
from ui.laboratory.break_it.words import Findings, loss_words, verdict
from ui.laboratory.page import Page
from ui.number_format import grouped
from ui.theme import DARK, Theme

__all__ = ["ASKED_BY", "BreakPage"]

ASKED_BY = "break"
_END_SECONDS = 2.0
_NARROWEST_CHOOSER, _WIDEST_CHOOSER = 224, 280
_BESIDE = 494
"""Pixels for five stations in a row, and the gap before them."""
_LEAST_WIDTH = 480


class BreakPage(Page):
    """Choosing a bug checks it beside the run; only the switch puts it into the run.

    specimen_wanted(source); bug_switched(Bug or None) for the running network, two_blocks_wanted() for one with which
    the chosen bug makes a difference.
    """

    title = "Break"
    specimen_wanted = Signal(object)
    bug_switched = Signal(object)
    two_blocks_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._dataset: Dataset | None = None
        self._seen: tuple[object, ...] = ()
        self._wanted = False
        self.findings: Findings | None = None
        self.race: tuple[Bug | None, Race] | None = None
        self._raced: tuple[object, ...] = ()
        self._raced_settings = Settings()
        self._work = Background(self)
        self._work.progress.connect(self._on_progress)
        self._work.done.connect(self._on_race)
        self._work.refused.connect(self._on_refused)
        self._words = ""
        self._drawn: tuple[object, ...] = ()
        self._said = ("", "")
        self.chooser = BugChooser()
        self.chooser.chosen.connect(self._ask)
        self.chooser.switched.connect(self.bug_switched)
        self.chooser.two_blocks_wanted.connect(self.two_blocks_wanted)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setAccessibleName("What the check finds")
        self.stations, self.plot = StationsView(), RacePlot()
        self._arrange()

    def _arrange(self) -> None:
        found = QVBoxLayout()
        found.setSpacing(6)
        found.addWidget(self.chooser.code)
        found.addWidget(self.verdict)
        found.addWidget(self.stations)
        found.addWidget(self.plot, 1)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.chooser)
        layout.addLayout(found, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list, with what a bug is in words, has the width that the stations leave."""
        super().resizeEvent(event)
        self.chooser.setFixedWidth(max(_NARROWEST_CHOOSER, min(_WIDEST_CHOOSER, self.width() - _BESIDE)))

    def minimumSizeHint(self) -> QSize:
        """All of it at the present width."""
        width = max(self.width(), _LEAST_WIDTH)
        return QSize(_LEAST_WIDTH, self._row.minimumHeightForWidth(width))

    # --- from the window -------------------------------------------------------------------------------------------

    def set_dataset(self, dataset: Dataset) -> None:
        """The images that a race is run on."""
        self._dataset = dataset
        self._raced = ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Look at the chosen bug anew if the run rests on other numbers."""
        before, self._snapshot = self._snapshot, snapshot
        self.chooser.show_settings(snapshot.settings)
        if before is None or before.flaw != snapshot.flaw:
            self.chooser.show_flaw(snapshot.flaw)
        seen = (snapshot.run_id, snapshot.step, snapshot.flaw, len(snapshot.edits))
        if seen != self._seen and snapshot.state is not RunState.TRAINING:
            self._seen = seen
            self._ask()
        elif before is None or before.step != snapshot.step:
            self._show_findings()

    @Slot(object)
    def take(self, specimen: Specimen) -> None:
        """Check what was asked for, with the chosen bug in the place of whatever the run has."""
        snapshot = self._snapshot
        if specimen.asked_by != ASKED_BY or not self._wanted or snapshot is None:
            return
        if specimen.run_id != snapshot.run_id:
            return
        # it stays wanted: of several that were asked for one after the other the last is the newest, and replaces it
        bug = self.chooser.bug
        dataset = self._dataset if _of_race(bug, specimen) != self._raced else None
        self._work.start(partial(_find_out, replace(specimen, substitute=bug), bug, dataset))
        self._show_findings()

    @Slot()
    def stop(self) -> None:
        """Give up what is going on."""
        self._work.give_up()
        self._wanted = False

    def end(self) -> None:
        """Give up what is going on and see it end: a thread that outlives the program may take it down."""
        self.stop()
        self._work.wait(_END_SECONDS)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        for view in (self.chooser, self.stations, self.plot):
            view.set_theme(theme)
        self._show_findings()

    def set_decimals(self, decimals: int) -> None:
        """Errors are written in powers of ten, whatever the decimals."""

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.stop()
        self._seen = ()

    # --- asking and answering --------------------------------------------------------------------------------------

    @Slot()
    def _ask(self) -> None:
        if self._snapshot is not None and self.isVisible():
            self._work.give_up()
            self._wanted = True
            self._show_findings()
            self.specimen_wanted.emit(None)

    @Slot(object)
    def _on_progress(self, content: object) -> None:
        if isinstance(content, Findings):
            self.findings = content
            self._words = ""
        elif isinstance(content, str):
            self._words = content
        self._show_findings()

    @Slot(object)
    def _on_race(self, content: tuple[Findings, Race | None]) -> None:
        found, raced = content
        if raced is not None:
            self.race = (found.bug, raced)
            self._raced_settings = found.specimen.settings
            self._raced = _of_race(found.bug, found.specimen)
        self._words = ""
        self._show_findings()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._words = sentence
        self._show_findings()

    # --- showing ---------------------------------------------------------------------------------------------------

    def _show_findings(self) -> None:
        """What is new of stations and curves, and the words in any case: they tell where the run is."""
        found, bug = self.findings, self.chooser.bug
        is_current = found is not None and found.bug == bug
        raced = self.race[1] if self.race and self.race[0] == bug else None
        wanted = (found, is_current, raced, bug)
        if wanted != self._drawn:
            self._drawn = wanted
            self.stations.show_stations(found.stations if found else (), faded=not is_current)
            self.plot.show_race(raced, bug.name if bug else "")
            self.chooser.tell_of_loss(loss_words(bug, raced, self._raced_settings))
        words, good = self._verdict(found if is_current else None)
        style = f"color: {({True: self._theme.forward, False: self._theme.error, None: self._theme.muted})[good]};"
        if (words, style) != self._said:
            self._said = (words, style)
            self.verdict.setText(words)
            self.verdict.setStyleSheet(style)

    def _verdict(self, found: Findings | None) -> tuple[str, bool | None]:
        if found is None:
            return self._words or "Checking …", None
        step = self._snapshot.step if self._snapshot else found.specimen.step
        words, good = verdict(found, step, self.chooser.running)
        return f"{words} {self._words}".strip(), good


def _of_race(bug: Bug | None, specimen: Specimen) -> tuple[object, ...]:
    """What a race depends on: raced once, it is not raced again."""
    return bug.id if bug else "", specimen.run_id, specimen.settings


def _find_out(specimen: Specimen, bug: Bug | None, dataset: Dataset | None, task: Task) -> tuple[Findings, Race | None]:
    found = Findings(specimen, bug, check_travel(specimen, progress=lambda _done, _total: task.check()))
    task.say("progress", found)
    if dataset is None:
        return found, None

    def progress(done: int, total: int) -> None:
        task.check()
        if done % 20 == 0:
            task.say("progress", f"Training {grouped(total)} steps with and without it: {done}.")

    return found, race(specimen.settings, dataset, bug, progress, steps=RACE_STEPS)
