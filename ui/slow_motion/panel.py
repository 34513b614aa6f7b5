"""One batch in slow motion: the stages of a step one by one, its samples, and what it does to the parameters."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from playground.batch_step import BatchStep
from playground.snapshot import RunState, Snapshot
from ui.cell_ref import CellRef
from ui.elided_label import ElidedLabel
from ui.explain.linker import Spotlight
from ui.slow_motion.cells import CellGrid, grid_of
from ui.slow_motion.controls import StageControls
from ui.slow_motion.sentences import no_step_sentence
from ui.slow_motion.stages import Stage, lit_names, shown_filters, stages_of
from ui.slow_motion.strip import StageStrip
from ui.slow_motion.views import StageViews
from ui.slow_motion.walk import Walk
from ui.theme import DARK, Theme

__all__ = ["SlowMotionPanel"]


class SlowMotionPanel(QWidget):
    """Previous and Next go from stage to stage; Next after the update takes the step, Previous before x undoes one.

    At the grain of cells they go from cell to cell of the sample in the flow, and each is explained by its sum.

    In slow motion, training goes through every stage by itself. What a step does is worked out by the worker
    (`watch_changed` says when that is wanted); the panel only looks at it.
    """

    watch_changed = Signal(object)  # "batch", "sample" or None
    apply_requested = Signal(object)  # the BatchStep on screen
    undo_requested = Signal()
    sample_chosen = Signal(object)
    slow_motion_changed = Signal(bool)
    stage_lit = Signal(object, object)  # names that exist by now and names of the present stage; None, (): all alike
    cell_reached = Signal(object)  # the CellRef at which the stepper stands, None at other grains
    cell_pointed = Signal(object)  # the CellRef under the mouse in a map or an update, None if there is none

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._step: BatchStep | None = None
        self._walk = Walk()
        self._asked = ""  # "apply" or "undo", until the worker has done it
        self._watched: str | None = None
        self._filters: tuple[int, ...] = (0, 0, 0)
        self._output: int | None = None
        self._cell: CellRef | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._advance)
        self._build_views()
        self._arrange()
        self._connect()
        self._tell_pace()
        self._show_controls()

    # --- building --------------------------------------------------------------------------------------------------

    def _build_views(self) -> None:
        self.controls = StageControls()
        self.strip = StageStrip()
        self.detail = ElidedLabel(muted=True)
        self.own_scales = QCheckBox("own scales")
        self.own_scales.setToolTip(
            "Show ∂L/∂w and the update each on a scale of its own; otherwise the four pictures of a parameter share "
            "one, and a larger ∂L/∂w is cut off at its end"
        )
        self.views = StageViews()
        self.grid, self.update_view, self.cell_view = self.views.grid, self.views.update_view, self.views.cell_view
        self.message = self.views.message

    def _arrange(self) -> None:
        words = QHBoxLayout()
        words.addWidget(self.detail, 1)
        words.addWidget(self.own_scales)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 3, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.controls)
        layout.addWidget(self.strip)
        layout.addLayout(words)
        layout.addWidget(self.views, 1)

    def _connect(self) -> None:
        controls = self.controls
        controls.previous.clicked.connect(self.go_back)
        controls.next.clicked.connect(self.go_on)
        controls.skip.clicked.connect(self.skip)
        controls.play.toggled.connect(self._on_play)
        controls.slow.toggled.connect(self._on_slow)
        controls.seconds.valueChanged.connect(lambda _seconds: self._tell_pace())
        controls.source.currentIndexChanged.connect(lambda _place: self._tell_watched())
        controls.grain.currentIndexChanged.connect(lambda _place: self._change_grain())
        self.own_scales.toggled.connect(self.update_view.set_own_scales)
        self.strip.stage_chosen.connect(self.go_to)
        self.grid.sample_chosen.connect(self.sample_chosen)
        self.cell_view.cell_pointed.connect(self.cell_pointed)
        self.update_view.cell_pointed.connect(self.cell_pointed)
        self.cell_view.cell_chosen.connect(lambda cell: self._stand(self._walk.to(self._walk.place, cell)))

    # --- from the window -------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage | None:
        """The present stage, None while no step is on screen."""
        return self._walk.stage

    @property
    def cell(self) -> CellRef | None:
        """The cell at which the stepper stands, None at other grains."""
        return self._cell

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take in the step that the snapshot carries; costs nothing if it is the one on screen."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.run_id != snapshot.run_id:
            self._walk = self._walk.to(0)
            self._asked = ""
        if snapshot.batch_step is None and self._step is None and not self.isVisible():
            return  # nobody sees that there is none
        if snapshot.batch_step is not self._step:
            self._take(snapshot.batch_step)
        elif self._step is None:
            self._show_message()
        elif before is not None and before.sample != snapshot.sample:
            self._show_stage()
        elif self._is_at_cells() and before is not None and before.trace is not snapshot.trace:
            self._show_stage()  # an edited number
        elif before is not None and _is_moment(before) != _is_moment(snapshot):
            self._light()
        self.grid.choose(snapshot.sample)
        self._show_controls()

    def set_filters(self, filters: tuple[int, ...]) -> None:
        """Follow the filter of each block that is chosen in the flow."""
        if filters and filters != self._filters:
            self._filters = filters
            self._show_stage()

    @Slot(int)
    def set_output(self, output: int) -> None:
        """Follow the output whose weights are chosen in the flow; until one is, it is the sample's class."""
        self._output = output
        self._show_stage()

    def set_decimals(self, decimals: int) -> None:
        """Decimals of the numbers."""
        self.views.set_decimals(decimals)
        self._show_stage()

    def show_spotlight(self, light: Spotlight | None) -> None:
        """Outline in the map of cells what is pointed at anywhere; while the tab is hidden it costs nothing."""
        if self.isVisible() or light is None:
            self.cell_view.show_spotlight(light)

    @Slot()
    def stop_waiting(self) -> None:
        """What was asked of the worker was refused."""
        self._asked = ""
        self.controls.play.setChecked(False)
        self._show_controls()

    def set_slow_motion(self, on: bool) -> None:
        """Switch slow motion as its box does."""
        self.controls.slow.setChecked(on)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.strip.set_theme(theme)
        self.views.set_theme(theme)

    # --- going through the stages ----------------------------------------------------------------------------------

    @Slot()
    def go_on(self) -> None:
        """The next stage or cell; after the last, take the step."""
        if not self.stage or self._asked:
            return
        if not self._walk.is_at_end:
            self._stand(self._walk.on())
        else:
            self._asked = "apply"
            self.apply_requested.emit(self._step)
            self._show_controls()

    @Slot()
    def skip(self) -> None:
        """Leave the cells of this array and go on to the next one."""
        self._stand(self._walk.skip())

    @Slot()
    def go_back(self) -> None:
        """The previous stage or cell; before the first, undo the last step."""
        if self._asked:
            return
        if self.stage and not self._walk.is_at_start:
            self._stand(self._walk.back())
        elif self._snapshot is not None and self._can_undo():
            # a weight changed since then is undone first, and the walk stays where it is
            self._asked = "undo" if self._snapshot.undone_first is None else ""
            self.undo_requested.emit()
            self._show_controls()

    @Slot(int)
    def go_to(self, place: int) -> None:
        """Show a stage of the step on screen, its first cell."""
        if 0 <= place < len(self._walk.stages):
            self._stand(self._walk.to(place))

    def _stand(self, walk: Walk) -> None:
        if walk != self._walk:
            self._walk = walk
            self._show_stage()
            self._show_controls()

    def _is_at_cells(self) -> bool:
        return self.controls.chosen_grain == "cell" and self.stage is not None

    def _change_grain(self) -> None:
        if self._step is not None:
            stages = stages_of(self._step, self.controls.chosen_grain)
            self._walk = self._walk.over_grain(stages, self._cells_in)
            self._show_stage()
        self._show_controls()

    def _cells_in(self, stage: Stage) -> int:
        return self._grid_of(stage).count if self.controls.chosen_grain == "cell" else 1

    def _grid_of(self, stage: Stage) -> CellGrid:
        assert self._step is not None
        trace = self._step.trace
        return grid_of(trace, stage.shown, shown_filters(self._step.trace, self._filters), self._chosen_output())

    def _chosen_output(self) -> int:
        if self._output is not None or self._snapshot is None:
            return self._output or 0
        label = int(self._snapshot.trace.y[0])
        return label if self._snapshot.trace.activation == "softmax" else 0

    def _can_undo(self) -> bool:
        """Only a step taken by hand leads back to its own update; kept moments are left to the Back action."""
        return self._snapshot is not None and self._snapshot.undo_target is not None

    def _tell_pace(self) -> None:
        self._timer.setInterval(self.controls.milliseconds)

    @Slot()
    def _advance(self) -> None:
        if self._walk.is_at_end and not self._is_training_slowly():
            self.controls.play.setChecked(False)
        else:
            self.go_on()

    def _is_training_slowly(self) -> bool:
        training = self._snapshot is not None and self._snapshot.state is RunState.TRAINING
        return training and self.controls.slow.isChecked()

    @Slot(bool)
    def _on_play(self, on: bool) -> None:
        if on and self._walk.is_at_end:
            self.go_to(0)
        self._show_controls()

    @Slot(bool)
    def _on_slow(self, on: bool) -> None:
        self._tell_watched()
        self.slow_motion_changed.emit(on)
        self._show_controls()

    # --- showing ---------------------------------------------------------------------------------------------------

    def _take(self, step: BatchStep | None) -> None:
        asked, self._asked = self._asked, ""
        self._step = step
        if step is None:
            self._walk = Walk()
            self._show_message()
            return
        walk = self._walk.over(stages_of(step, self.controls.chosen_grain), self._cells_in)
        self._walk = walk.to(0) if asked == "apply" else walk.to_end() if asked else walk
        self._show_stage()
        self._show_controls()

    def _show_message(self) -> None:
        state = self._snapshot.state if self._snapshot else RunState.PAUSED
        if self.views.show_message(no_step_sentence(state, self.controls.slow.isChecked())):
            self.strip.show_stages((), 0)
            self.detail.show_text("")
            self._light()

    def _show_stage(self) -> None:
        step, stage, snapshot = self._step, self.stage, self._snapshot
        if step is None or stage is None or snapshot is None:
            return
        self.strip.show_stages(self._walk.stages, self._walk.place)
        if self._is_at_cells():
            sentence = self.views.show_cell(snapshot, step, stage, self._grid_of(stage), self._walk.cell)
        else:
            sentence = self.views.show_batch(
                snapshot, step, stage, shown_filters(step.trace, self._filters), self._chosen_output()
            )
        self.detail.show_text(sentence, *_with_less(sentence))
        self._light()

    def _light(self) -> None:
        """Tell which arrays exist by now, and the cell; all are alike while nobody follows the stages.

        A moment of the past, or what two differ by, is there to be read as a whole.
        """
        stage = self.stage
        followed = stage is not None and (self.isVisible() or self._is_training_slowly())
        followed = followed and not (self._snapshot is not None and _is_moment(self._snapshot))
        if stage is None or not followed:
            self.stage_lit.emit(None, ())
        else:
            self.stage_lit.emit(lit_names(self._walk.stages, self._walk.place), stage.names)
        cell = self._grid_of(stage).ref(self._walk.cell) if stage and followed and self._is_at_cells() else None
        if cell != self._cell:
            self._cell = cell
            self.cell_reached.emit(cell)

    def _show_controls(self) -> None:
        present, slowly = self.stage is not None, self._is_training_slowly()
        walk = self._walk
        can_undo = self._can_undo() and not (present and slowly)
        self.controls.allow(
            back=((present and not walk.is_at_start) or can_undo) and not self._asked,
            on=present and not self._asked,
            play=present and not slowly,
            at_end=walk.is_at_end,
        )
        self.own_scales.setVisible(walk.is_in_last_stage and not self._is_at_cells())
        wanted = present and (slowly or self.controls.play.isChecked())
        if wanted is not self._timer.isActive():
            self._timer.start() if wanted else self._timer.stop()

    # --- who looks -------------------------------------------------------------------------------------------------

    def _tell_watched(self) -> None:
        wanted = self.controls.chosen_source if self.isVisible() or self.controls.slow.isChecked() else None
        if wanted != self._watched:
            self._watched = wanted
            self.watch_changed.emit(wanted)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on the step is wanted."""
        super().showEvent(event)
        self._tell_watched()
        if self._step is None:
            self._show_message()
        self._show_controls()
        self._light()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is worked out, unless training is in slow motion."""
        super().hideEvent(event)
        with QSignalBlocker(self.controls.play):
            self.controls.play.setChecked(False)
        self._tell_watched()
        self._show_controls()
        self._light()


def _is_moment(snapshot: Snapshot) -> bool:
    """Whether one looks back, or at the difference of two moments."""
    return snapshot.difference is not None or (snapshot.timeline is not None and snapshot.timeline.looking_back)


def _with_less(sentence: str) -> list[str]:
    """The sentence with fewer and fewer of its parts, the last ones left out first."""
    parts = sentence.split(" · ")
    return [" · ".join(parts[:count]) for count in range(len(parts) - 1, 1, -1)]
