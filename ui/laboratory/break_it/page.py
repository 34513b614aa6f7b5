"""The page "Break": the bugs that people write, what the check finds of each, and the switch for the run."""

from __future__ import annotations

import html
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.datasets import Dataset
from playground.laboratory.bugs import BUGS, Bug, bug_of
from playground.laboratory.checking import Station, check_travel
from playground.laboratory.race import RACE_STEPS, Race, race
from playground.laboratory.specimen import Specimen
from playground.snapshot import RunState, Snapshot
from ui.background import Background, Task
from ui.laboratory.break_it.race_plot import RacePlot
from ui.laboratory.break_it.stations_view import StationsView
from ui.laboratory.page import Page
from ui.number_format import display_name, grouped
from ui.theme import DARK, Theme, number_font

__all__ = ["ASKED_BY", "BreakPage", "Findings"]

ASKED_BY = "break"
_CLEAN = "no bug"
_LOW, _WIDE, _ROOMY = 560, 700, 1000
_WORDS_WIDE, _WORDS, _WORDS_HIGH = 150, 196, 320
"""Heights that the words and the stations take in the arrangements of the page."""
_LIST_WIDTH, _NARROW_LIST = 232, 190


@dataclass(frozen=True, eq=False)
class Findings:
    """What was found of one bug (None: of the engine itself) at one step."""

    specimen: Specimen
    bug: Bug | None
    stations: tuple[Station, ...]


class BreakPage(Page):
    """Choosing a bug checks it beside the run; only the switch puts it into the run.

    specimen_wanted(source); bug_switched(Bug or None) for the running network.
    """

    title = "Break"
    specimen_wanted = Signal(object)
    bug_switched = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._dataset: Dataset | None = None
        self._seen: tuple[object, ...] = ()
        self._wanted = False
        self.findings: Findings | None = None
        self.race: tuple[Bug | None, Race] | None = None
        self._raced: tuple[object, ...] = ()
        self._work = Background(self)
        self._work.progress.connect(self._on_progress)
        self._work.done.connect(self._on_race)
        self._work.refused.connect(self._on_refused)
        self._words = ""
        self._drawn: tuple[object, ...] = ()
        self._said = ("", "")
        self._build()
        self._arrange()
        self._show_bug()

    # --- building --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName("Bugs")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for name in (_CLEAN, *(bug.name for bug in BUGS)):
            item = QListWidgetItem(name)
            item.setToolTip(name if name == _CLEAN else bug_of(name).mistake)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(lambda _row: self._on_chosen())
        self.mistake = QLabel()
        self.mistake.setWordWrap(True)
        self.code = QLabel()
        self.code.setTextFormat(Qt.TextFormat.RichText)
        self.code.setFont(number_font(9.0))
        self.code.setWordWrap(True)
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.code.setAccessibleName("The line of code, right and wrong")
        self.switch = QPushButton()
        self.switch.setFixedHeight(24)
        self.switch.clicked.connect(self._on_switch)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setAccessibleName("What the check finds")
        self.stations = StationsView()
        self.plot = RacePlot()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.switch)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(5)
        words.addLayout(buttons)
        words.addWidget(self.mistake)
        words.addWidget(self.code)
        words.addStretch(1)
        found = QVBoxLayout()
        found.setSpacing(5)
        found.addWidget(self.verdict)
        found.addWidget(self.stations)
        found.addStretch(1)
        self._halves = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._halves.setSpacing(8)
        self._halves.addLayout(words, 3)
        self._halves.addLayout(found, 4)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        column.addLayout(self._halves)
        column.addWidget(self.plot)
        column.addStretch(1)
        self.scroll = QScrollArea()
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        self.scroll.viewport().setAutoFillBackground(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.list)
        layout.addWidget(self.scroll, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A low page has what the check finds beside the words, a high one beneath them."""
        super().resizeEvent(event)
        low = self.height() < _LOW
        beside = low and self.width() > _WIDE
        way = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._halves.setDirection(way)
        self.list.setFixedWidth(_LIST_WIDTH if self.width() > _WIDE else _NARROW_LIST)
        words = (_WORDS_WIDE if self.width() > _ROOMY else _WORDS) if beside else _WORDS_HIGH
        self.plot.setFixedHeight(min(340, max(110, self.height() - words)))

    def minimumSizeHint(self) -> QSize:
        """A few lines; the right part scrolls by itself."""
        return QSize(420, 80)

    # --- from the window -------------------------------------------------------------------------------------------

    @property
    def bug(self) -> Bug | None:
        """The bug that is looked at."""
        row = self.list.currentRow()
        return BUGS[row - 1] if row > 0 else None

    def set_dataset(self, dataset: Dataset) -> None:
        """The images that a race is run on."""
        self._dataset = dataset
        self._raced = ()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Look at the chosen bug anew if the run rests on other numbers."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.flaw != snapshot.flaw:
            self._mark_switched()
            if snapshot.flaw is not None and snapshot.flaw.is_on:
                self.list.setCurrentRow(1 + BUGS.index(bug_of(snapshot.flaw.name)))
            self._show_bug()
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
        self._wanted = False
        bug = self.bug
        raced = (bug.id if bug else "", specimen.run_id, specimen.settings)
        dataset = self._dataset if raced != self._raced else None
        self._work.start(partial(_find_out, replace(specimen, substitute=bug), bug, dataset))
        self._show_findings()

    @Slot()
    def stop(self) -> None:
        """Give up what is going on."""
        self._work.give_up()
        self._wanted = False

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.stations.set_theme(theme)
        self.plot.set_theme(theme)
        self._mark_switched()
        self._show_bug()
        self._show_findings()

    def set_decimals(self, decimals: int) -> None:
        """Errors are written in powers of ten, whatever the decimals."""

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self.stop()
        self._seen = ()

    # --- choosing and switching ------------------------------------------------------------------------------------

    def _on_chosen(self) -> None:
        self._show_bug()
        self._ask()

    @Slot()
    def _on_switch(self) -> None:
        flaw = self._snapshot.flaw if self._snapshot else None
        is_on = flaw is not None and flaw.is_on
        chosen = self.bug
        self.bug_switched.emit(None if is_on and (chosen is None or chosen.name == flaw.name) else chosen)

    def _mark_switched(self) -> None:
        flaw = self._snapshot.flaw if self._snapshot else None
        on = flaw.name if flaw is not None and flaw.is_on else ""
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = _CLEAN if not row else BUGS[row - 1].name
            item.setText(f"● {name} (on)" if name == on else name)

    # --- asking and answering --------------------------------------------------------------------------------------

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
            self._raced = (found.bug.id if found.bug else "", found.specimen.run_id, found.specimen.settings)
        self._words = ""
        self._show_findings()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._words = sentence
        self._show_findings()

    # --- showing ---------------------------------------------------------------------------------------------------

    def _show_bug(self) -> None:
        bug, theme = self.bug, self._theme
        flaw = self._snapshot.flaw if self._snapshot else None
        if bug is None:
            self.mistake.setText(
                "The engine's own backward pass. Choose a bug: what the check would find of it is shown here; the "
                "switch puts it into the running network."
            )
            self.code.setText("")
        else:
            self.mistake.setText(f"{bug.mistake} {bug.shows} {bug.shows_when}".strip())
            self.code.setText(
                f'<span style="color:{theme.forward}">right&nbsp;&nbsp;</span>{_code(bug.right)}<br>'
                f'<span style="color:{theme.error}">wrong&nbsp;&nbsp;</span>{_code(bug.wrong)}'
            )
        self.code.setVisible(bug is not None)
        is_on = flaw is not None and flaw.is_on
        mine = is_on and (bug is None or bug.name == flaw.name)
        self.switch.setText("Switch the bug off" if mine else "Train with this bug")
        self.switch.setEnabled(mine or bug is not None)
        self.switch.setToolTip(
            "Compute rightly again; what was trained stays marked"
            if mine
            else "The running network trains with it from the next step on: loudly marked, never saved"
        )

    def _show_findings(self) -> None:
        """What is new of stations and curves, and the words in any case: they tell where the run is."""
        found, bug = self.findings, self.bug
        is_current = found is not None and found.bug == bug
        raced = self.race[1] if self.race and self.race[0] == bug else None
        wanted = (found, is_current, raced, bug)
        if wanted != self._drawn:
            self._drawn = wanted
            self.stations.show_stations(found.stations if found else (), faded=not is_current)
            self.plot.show_race(raced, bug.name if bug else "")
        words, good = self._verdict(found if is_current else None)
        style = f"color: {({True: self._theme.forward, False: self._theme.error, None: self._theme.muted})[good]};"
        if (words, style) != self._said:
            self._said = (words, style)
            self.verdict.setText(words)
            self.verdict.setStyleSheet(style)

    def _verdict(self, found: Findings | None) -> tuple[str, bool | None]:
        if found is None:
            return self._words or "Checking …", None
        now = self._snapshot.step if self._snapshot else found.specimen.step
        where = f"step {grouped(found.specimen.step)}, next batch, m = {found.specimen.m}"
        where += f" (the run is at {grouped(now)})" if now != found.specimen.step else ""
        red = [station for station in found.stations if not station.check.passed]
        guilty = [display_name(station.name) for station in found.stations if not station.rule_holds]
        more = f" {self._words}" if self._words else ""
        if not red and not guilty:
            if found.bug is None:
                return f"✓ Every derivative agrees with its difference quotient ({where}).{more}", True
            hint = found.bug.shows_when or "With these numbers it makes no difference."
            return f"Nothing shows of this bug here ({where}). {hint}{more}", None
        followers = [display_name(station.name) for station in red if station.rule_holds]
        words = f"✗ It goes wrong at {', '.join(guilty)}" if guilty else "✗ Wrong"
        words += f", and {', '.join(followers)} downstream" if followers else ""
        return f"{words} ({where}).{more}", False


def _code(line: str) -> str:
    return html.escape(line).replace("  ", "&nbsp; ")


def _find_out(specimen: Specimen, bug: Bug | None, dataset: Dataset | None, task: Task) -> tuple[Findings, Race | None]:
    found = Findings(specimen, bug, check_travel(specimen, progress=lambda _done, _total: task.check()))
    task.say("progress", found)
    if dataset is None:
        return found, None

    def progress(done: int, total: int) -> None:
        task.check()
        if done % 20 == 0:
            task.say("progress", f"Training {total} steps with and without it: {done}.")

    return found, race(specimen.settings, dataset, bug, progress, steps=RACE_STEPS)
