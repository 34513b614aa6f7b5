"""One batch in slow motion: the stages of a step one by one, its samples, and what it does to the parameters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from playground.batch_step import BatchStep
from playground.snapshot import RunState, Snapshot
from ui.slow_motion.batch_grid import BatchGrid
from ui.slow_motion.controls import StageControls
from ui.slow_motion.sentences import WAITING, no_step_sentence, stage_sentence, update_sentence
from ui.slow_motion.stages import Stage, batch_pictures, lit_names, stages_of
from ui.slow_motion.strip import StageStrip
from ui.slow_motion.update_view import UpdateView
from ui.theme import DARK, Theme

__all__ = ["SlowMotionPanel"]


class SlowMotionPanel(QWidget):
    """Previous and Next go from stage to stage; Next after the update takes the step, Previous before x undoes one.

    In slow motion, training goes through every stage by itself. What a step does is worked out by the worker
    (`watch_changed` says when that is wanted); the panel only looks at it.
    """

    watch_changed = Signal(object)  # "batch", "sample" or None
    apply_requested = Signal(object)  # the BatchStep on screen
    undo_requested = Signal()
    sample_chosen = Signal(object)
    slow_motion_changed = Signal(bool)
    stage_lit = Signal(object, object)  # names that exist by now and names of the present stage; None, (): all alike

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = DARK
        self._snapshot: Snapshot | None = None
        self._step: BatchStep | None = None
        self._stages: tuple[Stage, ...] = ()
        self._place = 0
        self._asked = ""  # "apply" or "undo", until the worker has done it
        self._watched: str | None = None
        self._filters: tuple[int, ...] = (0, 0, 0)
        self._output = 0
        self._sentence = WAITING
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
        self.detail = QLabel()
        self.detail.setObjectName("muted")
        self.detail.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.own_scales = QCheckBox("own scales")
        self.own_scales.setToolTip(
            "Show ∂L/∂w and the update each on a scale of its own; otherwise the four pictures of a parameter share "
            "one, and a larger ∂L/∂w is cut off at its end"
        )
        self.grid = BatchGrid()
        self.update_view = UpdateView()
        self.message = QLabel()
        self.message.setObjectName("muted")
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setWordWrap(True)
        self.views = QStackedWidget()
        self.grid_scroll, self.update_scroll = _scrolled(self.grid), _scrolled(self.update_view)
        for view in (self.grid_scroll, self.update_scroll, self.message):
            self.views.addWidget(view)
        for scroll in (self.grid_scroll, self.update_scroll):
            scroll.viewport().installEventFilter(self)

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
        self.views.setMinimumHeight(30)

    def _connect(self) -> None:
        controls = self.controls
        controls.previous.clicked.connect(self.go_back)
        controls.next.clicked.connect(self.go_on)
        controls.play.toggled.connect(self._on_play)
        controls.slow.toggled.connect(self._on_slow)
        controls.seconds.valueChanged.connect(lambda _seconds: self._tell_pace())
        controls.source.currentIndexChanged.connect(lambda _place: self._tell_watched())
        controls.grain.currentIndexChanged.connect(lambda _place: self._take(self._step, anew=True))
        self.own_scales.toggled.connect(self.update_view.set_own_scales)
        self.strip.stage_chosen.connect(self.go_to)
        self.grid.sample_chosen.connect(self.sample_chosen)

    # --- from the window -------------------------------------------------------------------------------------------

    @property
    def stage(self) -> Stage | None:
        """The present stage, None while no step is on screen."""
        return self._stages[self._place] if self._stages else None

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Take in the step that the snapshot carries; costs nothing if it is the one on screen."""
        before, self._snapshot = self._snapshot, snapshot
        if before is None or before.run_id != snapshot.run_id:
            self._place = 0
            self._asked = ""
        if snapshot.batch_step is not self._step:
            self._take(snapshot.batch_step)
        elif self._step is None:
            self._show_message()
        self.grid.choose(snapshot.sample)
        self._show_controls()

    def set_filters(self, filters: tuple[int, ...], output: int = 0) -> None:
        """Follow the filter of each block, and the output, that are chosen in the flow."""
        if filters and (filters, output) != (self._filters, self._output):
            self._filters, self._output = filters, output
            self._show_stage()

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
        for view in (self.strip, self.grid, self.update_view):
            view.set_theme(theme)

    # --- going through the stages ----------------------------------------------------------------------------------

    @Slot()
    def go_on(self) -> None:
        """The next stage; after the last, take the step."""
        if not self._stages or self._asked:
            return
        if self._place + 1 < len(self._stages):
            self.go_to(self._place + 1)
        else:
            self._asked = "apply"
            self.apply_requested.emit(self._step)
            self._show_controls()

    @Slot()
    def go_back(self) -> None:
        """The previous stage; before the first, undo the last step."""
        if self._asked:
            return
        if self._stages and self._place > 0:
            self.go_to(self._place - 1)
        elif self._can_undo():
            self._asked = "undo"
            self.undo_requested.emit()
            self._show_controls()

    @Slot(int)
    def go_to(self, place: int) -> None:
        """Show a stage of the step on screen."""
        if 0 <= place < len(self._stages) and place != self._place:
            self._place = place
            self._show_stage()
            self._show_controls()

    def _can_undo(self) -> bool:
        """Only a single step leads back to its own update; where training began is left to the Back action."""
        snapshot = self._snapshot
        return snapshot is not None and snapshot.undo_target == snapshot.step - 1 and bool(snapshot.step)

    def _tell_pace(self) -> None:
        self._timer.setInterval(self.controls.milliseconds)

    @Slot()
    def _advance(self) -> None:
        if self._is_at_end() and not self._is_training_slowly():
            self.controls.play.setChecked(False)
        else:
            self.go_on()

    def _is_at_end(self) -> bool:
        return bool(self._stages) and self._place + 1 == len(self._stages)

    def _is_training_slowly(self) -> bool:
        training = self._snapshot is not None and self._snapshot.state is RunState.TRAINING
        return training and self.controls.slow.isChecked()

    @Slot(bool)
    def _on_play(self, on: bool) -> None:
        if on and self._is_at_end():
            self.go_to(0)
        self._show_controls()

    @Slot(bool)
    def _on_slow(self, on: bool) -> None:
        self._tell_watched()
        self.slow_motion_changed.emit(on)
        self._show_controls()

    # --- showing ---------------------------------------------------------------------------------------------------

    def _take(self, step: BatchStep | None, anew: bool = False) -> None:
        asked, self._asked = self._asked, ""
        phase = self.stage.phase if self.stage else "forward"
        self._step = step
        if step is None:
            self._stages = ()
            self._show_message()
            return
        stages = stages_of(step.trace, self.controls.whole_phases)
        if anew:
            self._place = next(i for i, stage in enumerate(stages) if stage.phase == phase)
        self._place = min(self._place, len(stages) - 1)
        if asked:
            self._place = 0 if asked == "apply" else len(stages) - 1
        self._stages = stages
        self._show_stage()
        self._show_controls()

    def _show_message(self) -> None:
        state = self._snapshot.state if self._snapshot else RunState.PAUSED
        text = no_step_sentence(state, self.controls.slow.isChecked())
        if self.message.text() != text:
            self.message.setText(text)
        if self.views.currentWidget() is not self.message:
            self.views.setCurrentWidget(self.message)
            self.strip.show_stages((), 0)
            self._say("")
            self._light()

    def _show_stage(self) -> None:
        step, stage, snapshot = self._step, self.stage, self._snapshot
        if step is None or stage is None or snapshot is None:
            return
        self.strip.show_stages(self._stages, self._place)
        updates = stage.phase == "update"
        self.own_scales.setVisible(updates)
        filters = self._filters_of(step)
        if updates:
            self.update_view.show_step(step, filters, self._output)
            self._say(update_sentence(step))
        else:
            pictures = batch_pictures(step, stage, filters, self._output)
            self.grid.show_pictures(step, pictures, snapshot.class_names, snapshot.sample)
            self._say(stage_sentence(step, stage, pictures.note, self.grid.limit))
        self.views.setCurrentWidget(self.update_scroll if updates else self.grid_scroll)
        self._light()

    def _filters_of(self, step: BatchStep) -> tuple[int, ...]:
        counts = (step.trace.arrays[f"P{block}"].shape[1] for block in range(1, step.trace.blocks + 1))
        chosen = (*self._filters, 0, 0, 0)
        return tuple(min(number, count - 1) for number, count in zip(chosen, counts, strict=False))

    def _say(self, sentence: str) -> None:
        self._sentence = sentence
        metrics = QFontMetrics(self.detail.font())
        elided = metrics.elidedText(sentence, Qt.TextElideMode.ElideRight, self.detail.width())
        self.detail.setText(elided)
        self.detail.setToolTip(sentence)
        self.detail.setAccessibleName(sentence)

    def _light(self) -> None:
        """Tell which arrays exist by now; all are alike while nobody follows the stages."""
        stage = self.stage
        if stage is None or not (self.isVisible() or self._is_training_slowly()):
            self.stage_lit.emit(None, ())
        else:
            self.stage_lit.emit(lit_names(self._stages, self._place), stage.names)

    def _show_controls(self) -> None:
        present, slowly = bool(self._stages), self._is_training_slowly()
        at_end = self._is_at_end()
        has_previous = present and self._place > 0
        can_undo = self._can_undo() and not (present and slowly)
        self.controls.allow(
            back=(has_previous or can_undo) and not self._asked,
            on=present and not self._asked,
            play=present and not slowly,
            at_end=at_end,
        )
        self.own_scales.setVisible(at_end)
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
        self._light()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: nothing is worked out, unless training is in slow motion."""
        super().hideEvent(event)
        with QSignalBlocker(self.controls.play):
            self.controls.play.setChecked(False)
        self._tell_watched()
        self._show_controls()
        self._light()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """More or less of the sentence."""
        super().resizeEvent(event)
        self._say(self._sentence if self._stages else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The views fit their pictures to the visible room."""
        if event.type() == QEvent.Type.Resize:
            if watched is self.update_scroll.viewport():
                self.update_view.fit(self.update_scroll.viewport().size())
            elif watched is self.grid_scroll.viewport():
                self.grid.fit(self.grid_scroll.viewport().height())
        return super().eventFilter(watched, event)


def _scrolled(view: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(view)
    view.setAutoFillBackground(False)  # a scroll area has it fill its ground
    scroll.viewport().setAutoFillBackground(False)
    return scroll
