"""The page "Check": any weight, or all of them, by difference quotients, beside what backpropagation says."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from playground.laboratory.checking import (
    ParameterCheck,
    WeightCheck,
    check_parameters,
    check_weight,
)
from playground.laboratory.specimen import Specimen
from playground.snapshot import RunState, Snapshot
from ui.background import Background, Task
from ui.cell_ref import CellRef
from ui.laboratory.check.arrangement import Arrangement
from ui.laboratory.check.controls import CheckControls
from ui.laboratory.check.error_plot import ErrorPlot
from ui.laboratory.check.heat_table import HeatTable
from ui.laboratory.check.state_line import StateLine
from ui.laboratory.check.table_rows import rows_of
from ui.laboratory.check.weight_card import WeightCard
from ui.laboratory.check.weights import is_in, steepest
from ui.laboratory.check.words import overall, source_words
from ui.laboratory.page import Page
from ui.number_format import grouped
from ui.scrolling import ScrollingArea
from ui.theme import DARK, Theme

__all__ = ["CheckPage"]

ASKED_BY = "check"
_END_SECONDS = 2.0


class CheckPage(Page):
    """A weight is checked as soon as it is chosen, and again when the numbers change at rest; all of them on request.

    `specimen_wanted(source)`: the weights are taken from the run between two steps, and checked beside it, on a thread
    of their own. What is shown says which step it belongs to.
    """

    title = "Check"
    specimen_wanted = Signal(object)
    cell_pointed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._seen: tuple[object, ...] = ()
        self._cell: CellRef | None = None
        self._wanted = ""  # "weight" or "all", while a specimen is on its way
        self._running = ""  # which of them is being worked on
        self._in_table: tuple[object, ...] = ()
        self.weight: WeightCheck | None = None
        self.all: ParameterCheck | None = None
        self._work = Background(self)
        self._work.done.connect(self._on_done)
        self._work.refused.connect(self._on_refused)
        self._work.progress.connect(self._on_progress)
        self._build()
        self._arrange()

    def _build(self) -> None:
        self.controls = CheckControls()
        self.controls.changed.connect(partial(self._ask, "weight"))
        self.controls.pressed.connect(self._on_button)
        self.state = StateLine()
        self.state.setAccessibleName("State of the check")
        self.self_check = QLabel()
        self.self_check.setWordWrap(True)
        self.self_check.setAccessibleName("Self-check")
        self.card = WeightCard()
        self.plot = ErrorPlot()
        self.table = HeatTable()
        self.table.cell_chosen.connect(self.choose)
        self.table.cell_pointed.connect(self._on_pointed)
        self.table_area = ScrollingArea(self.table, sideways=False)
        # what it would like must not make the page scroll: it does so itself
        self.table_area.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)

    def _arrange(self) -> None:
        self.state.setMinimumWidth(40)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.controls)
        layout.addLayout(grid, 1)
        self._arrangement = Arrangement(
            grid,
            self.controls.row,
            card=self.card,
            plot=self.plot,
            table=self.table_area,
            state=self.state,
            self_check=self.self_check,
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The arrangement that suits the room."""
        super().resizeEvent(event)
        parent = self.parentWidget()
        self._arrangement.fit(parent.size() if parent is not None else self.size())
        self._show_state()

    def minimumSizeHint(self) -> QSize:
        """In a low window the controls and the numbers; in a narrow one the table beneath."""
        return QSize(430, 300 if self._arrangement.name == "narrow" else 142)

    # --- from the window -------------------------------------------------------------------------------------------

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Check the chosen weight anew if the run rests on other numbers; costs nothing otherwise."""
        self._snapshot = snapshot
        trace = snapshot.trace
        if self._cell is None or not is_in(trace, self._cell):
            self._cell = steepest(trace)
            self.table.choose(self._cell)
        seen = (snapshot.run_id, snapshot.step, snapshot.sample, snapshot.flaw, len(snapshot.edits))
        if seen != self._seen and snapshot.state is not RunState.TRAINING:
            if self._seen and self._seen[0] != snapshot.run_id:
                self._forget()
            self._seen = seen
            self._ask("weight")
        self._show_table()

    @Slot(object)
    def choose(self, cell: CellRef) -> None:
        """Check one weight or bias: CellRef("w1", (2, 0, 1, 3)); one of a derivative means its parameter."""
        cell = CellRef(cell.name.removeprefix("d"), cell.index)
        if cell.name[0] not in "wb" or (self._snapshot and not is_in(self._snapshot.trace, cell)):
            return
        self._cell = cell
        if self._snapshot is None:
            return
        self.table.choose(cell)
        place = self.table.place_of(cell)
        self.table_area.ensureVisible(place.center().x(), place.center().y(), 20, 40)
        self._ask("weight")

    @Slot(object)
    def take(self, specimen: Specimen) -> None:
        """Work on what was asked for."""
        snapshot, wanted = self._snapshot, self._wanted
        if specimen.asked_by != ASKED_BY or not wanted or snapshot is None or specimen.run_id != snapshot.run_id:
            return
        if wanted == "all":
            self._wanted = ""  # a weight's stays wanted: of several that were asked for the last is the newest
        self._running = wanted
        epsilon = self.controls.epsilon
        if wanted == "all":
            self._work.start(partial(_all, specimen, epsilon))
        elif self._cell is not None:
            self._work.start(partial(_weight, specimen, self._cell, epsilon))
        self._show_state()

    @Slot(str, bool)
    def show_self_check(self, words: str, wrong: bool) -> None:
        """What the self-check of the status bar has come to."""
        self.self_check.setText(words)
        self.self_check.setStyleSheet(f"color: {self._theme.error if wrong else self._theme.muted};")

    @Slot()
    def stop(self) -> None:
        """Give up what is going on."""
        self._work.give_up()
        self._wanted = self._running = ""
        self._show_state()

    def end(self) -> None:
        """Give up what is going on and see it end: a thread that outlives the program may take it down."""
        self.stop()
        self._work.wait(_END_SECONDS)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.card.set_theme(theme)
        self.plot.set_theme(theme)
        self.table.set_theme(theme)
        self._show_state()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers in the cells."""
        self.table.set_decimals(decimals)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: a check of all weights is given up."""
        super().hideEvent(event)
        self.stop()
        self._seen = ()

    # --- asking and answering --------------------------------------------------------------------------------------

    def _ask(self, what: str) -> None:
        """Have a specimen taken, unless all weights are being checked: that goes on until it is done or given up."""
        if self._snapshot is None or not self.isVisible() or "all" in (self._running, self._wanted):
            return
        self._wanted = what
        self.specimen_wanted.emit(None if self.controls.whole_batch else self._snapshot.sample)

    @Slot()
    def _on_button(self) -> None:
        if "all" in (self._running, self._wanted):
            self.stop()
        else:
            self._work.give_up()
            self._running = ""
            self._ask("all")
        self._show_state()

    @Slot(object)
    def _on_done(self, found: WeightCheck | ParameterCheck) -> None:
        self._running = ""
        if isinstance(found, WeightCheck):
            self.weight = found
            self.card.show_check(found)
            self.plot.show_sweep(found.sweep, found.epsilon)
        else:
            self.all = found
            self._ask("weight")  # of the same step, if the run rests
        self._show_table()
        self._show_state()

    @Slot(str)
    def _on_refused(self, sentence: str) -> None:
        self._running = ""
        self._show_state(sentence)

    @Slot(object)
    def _on_progress(self, progress: tuple[int, int]) -> None:
        if self._running == "all":
            done, total = progress
            self._show_state(f"Checking weight {grouped(done)} of {grouped(total)}")

    def _forget(self) -> None:
        self._work.give_up()
        self._running = self._wanted = ""
        self.weight = self.all = None

    # --- showing ---------------------------------------------------------------------------------------------------

    def _show_table(self) -> None:
        """The table again if there is something new in it, the words in any case: they tell where the run is."""
        wanted = (self.all, None if self.all else self.weight, self._is_old())
        if wanted != self._in_table:
            self._in_table = wanted
            found = self.all or self.weight
            if found is not None:
                self.table.show_rows(rows_of(found.trace, self.all), faded=self._is_old())
                self.table.choose(self._cell)
        if not self._running:
            self._show_state()

    def _is_old(self) -> bool:
        snapshot, found = self._snapshot, self.all or self.weight
        return snapshot is not None and found is not None and found.specimen.step != snapshot.step

    @Slot(object)
    def _on_pointed(self, cell: CellRef | None) -> None:
        self.cell_pointed.emit(cell)
        self._show_state(self.table.words_of(cell) if cell else "")

    def _show_state(self, words: str = "") -> None:
        self.controls.show_busy("all" in (self._running, self._wanted))
        good: bool | None = None
        if not words:
            words, good = self._summary()
        color = {True: self._theme.forward, False: self._theme.error, None: self._theme.muted}[good]
        self.state.show_words(words, color)

    def _summary(self) -> tuple[str, bool | None]:
        found = self.all or self.weight
        if found is None:
            return "", None
        step = self._snapshot.step if self._snapshot else found.specimen.step
        now = f" (the run is at {grouped(step)})" if step != found.specimen.step else ""
        where = f"{source_words(found.specimen)}{now}"
        if self.all is None:
            return where, None
        words, good = overall(self.all)
        return f"{words} · {where}", good


def _weight(specimen: Specimen, cell: CellRef, epsilon: float, task: Task) -> WeightCheck:
    return check_weight(specimen, cell.name, cell.index, epsilon, lambda _done, _total: task.check())


def _all(specimen: Specimen, epsilon: float, task: Task) -> ParameterCheck:
    return check_parameters(specimen, epsilon, task.progress)
