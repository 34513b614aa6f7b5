"""A few runs that take their steps together: curves over each other, filters next to each other at one step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout

from playground.errors import SettingsError
from playground.experiments.lockstep import Progress, names_of, run_in_lockstep, what_differs
from playground.experiments.recording import CURVES, Recorder, Recording
from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from ui.background import Task
from ui.charts.thinning import thinned
from ui.controls import CalmSlider
from ui.elided_label import ElidedLabel
from ui.experiments.kernels_view import KernelRow, KernelsView
from ui.experiments.page import CURVE_NAMES, ExperimentPage, figure_choice
from ui.experiments.plot import Line
from ui.experiments.running_page import Plan
from ui.experiments.values_field import ValuesField
from ui.number_format import grouped
from ui.panel import Panel
from ui.theme import Theme

__all__ = ["ComparePage"]

_MOST_RUNS = 6
_TELL_EVERY_SECONDS = 0.1
_COLUMNS = 1000
_HINT = "The curves of all runs appear here, over each other, as soon as they run."
_MY_RUN = "my run"
_MY_COLOR = 7  # grey: it is none of the values that are compared


class ComparePage(ExperimentPage[Progress, Progress]):
    """Runs that differ in one setting, trained side by side, each for as many steps as the first; and the window's."""

    def __init__(self) -> None:
        super().__init__("Run side by side", "Stop", "Curves of the runs over steps", _HINT)
        self._recordings: tuple[Recording, ...] = ()
        self._own_run: Recording | None = None
        self.values = ValuesField("Vary", "learning_rate", "0.03, 0.3")
        self.curve = figure_choice(tuple(name for name in CURVE_NAMES if name in CURVES), "Curve")
        self.kernels = KernelsView()
        self.rule = ElidedLabel(muted=True)
        self.same_scale = QCheckBox("one scale")
        self.same_scale.setChecked(True)
        self.same_scale.setToolTip("All runs in the colours of one scale, or each in its own")
        self.step_slider = CalmSlider()
        self.step_slider.setRange(0, 0)
        self.step_slider.setAccessibleName("Step whose filters are shown")
        self.step_label = QLabel()
        self.step_label.setMinimumWidth(90)
        top = QHBoxLayout()
        top.setSpacing(10)
        top.addWidget(self.values, 1)
        top.addWidget(self.epochs)
        top.addWidget(self.bar)
        top.addWidget(self.start_button)
        asking = QVBoxLayout()
        asking.addLayout(top)
        self._arrange(asking, self._pictures())
        self.values.changed.connect(self.check)
        self.curve.activated.connect(self._draw)
        self.same_scale.toggled.connect(self.kernels.set_same_scale)
        self.step_slider.valueChanged.connect(self._show_step)

    def _pictures(self) -> QSplitter:
        curves = Panel("Curves")
        curves.is_picture = True
        curves.add_note(self.rule)
        curves.header.addWidget(self.plot.legend)
        curves.header.addWidget(self.curve)
        curves.body.addWidget(self.plot, 1)
        filters = Panel("Filters w₁")
        filters.header.addWidget(self.same_scale)
        filters.body.addWidget(self.kernels, 1)
        steps = QHBoxLayout()
        steps.addWidget(self.step_slider, 1)
        steps.addWidget(self.step_label)
        filters.body.addLayout(steps)
        pictures = QSplitter(Qt.Orientation.Horizontal)
        pictures.addWidget(curves)
        pictures.addWidget(filters)
        pictures.setSizes([600, 420])
        pictures.setChildrenCollapsible(False)
        return pictures

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self.kernels.set_theme(theme)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What is kept of the newest runs, and of the main window's if it learns the same."""
        return self._recordings if self._compared is None else (*self._recordings, self._compared)

    @property
    def _compared(self) -> Recording | None:
        """The main window's run; None if it has not begun, or is about other images: that were no comparison."""
        mine, first = self._own_run, next(iter(self._recordings), None)
        if mine is None or first is None:
            return mine
        fields = ("dataset", "classes", "own")
        same = all(getattr(mine.settings, name) == getattr(first.settings, name) for name in fields)
        return mine if same else None

    def show_own_run(self, recording: Recording | None) -> None:
        """Show the main window's run beside the others; None: it has not begun."""
        before, self._own_run = self._own_run, recording
        if _state_of(before) != _state_of(recording):
            self._show_recordings()

    # --- running ------------------------------------------------------------------------------------------------

    def _plan(self) -> Plan[Progress]:
        variation = self.values.variation(self._base)
        assert variation is not None
        if not 2 <= len(variation.values) <= _MOST_RUNS:
            raise SettingsError(f"Write 2 to {_MOST_RUNS} values to compare; a sweep takes more.")
        runs = tuple(self._base.changed(**{variation.field: value}) for value in variation.values)
        sentence = f"{len(runs)} runs, a step of each in turn: {' / '.join(what_differs(runs))}; else as in the window."
        return Plan(sentence, 1, partial(_run, runs, int(self.epochs.value), self._own))

    def _begin(self) -> None:
        self._recordings = ()
        with QSignalBlocker(self.step_slider):
            self.step_slider.setRange(0, 0)

    @Slot(object)
    def _on_progress(self, told: Progress) -> None:
        self.bar.setRange(0, told.total)
        self.bar.setValue(told.step)
        self._recordings = told.recordings
        self._show_recordings()

    def _show_recordings(self) -> None:
        at_end = self.step_slider.value() == self.step_slider.maximum()
        with QSignalBlocker(self.step_slider):
            self.step_slider.setRange(0, max(0, len(self._steps()) - 1))
            if at_end:
                self.step_slider.setValue(self.step_slider.maximum())
        self._draw()

    @Slot(object)
    def _on_done(self, result: Progress) -> None:
        self._on_progress(result)
        self._end_well(f"{grouped(result.total)} steps of each run")

    # --- showing ------------------------------------------------------------------------------------------------

    def _steps(self) -> list[int]:
        """The steps of which the filters of some run are kept, of the main window's alone while there is no other."""
        return sorted({step for recording in self._recordings or self.recordings for step in recording.moments})

    def _named(self) -> list[tuple[str, int, Recording]]:
        """Name, place in the palette and recording of each run."""
        names = names_of(self.recordings)
        named = [(name, color, run) for color, (name, run) in enumerate(zip(names, self.recordings, strict=True))]
        if self._compared is not None:
            name = _MY_RUN if len(named) == 1 else f"{_MY_RUN}, {names[-1]}"
            named[-1] = (name, _MY_COLOR, self._compared)
        return named

    @Slot()
    def _draw(self) -> None:
        curve = str(self.curve.currentData())
        percent = 100.0 if curve.endswith("accuracy") else 1.0
        self.plot.set_axes("step", CURVE_NAMES[curve] + (" %" if percent > 1 else ""))
        lines, thinning = [], 1
        # a long run of the main window is drawn as far as the others go
        end = max((run.step for run in self._recordings), default=math.inf)
        for name, color, run in self._named():
            drawn = thinned(run.curves[curve], 0, min(run.step, end), _COLUMNS)
            thinning = max(thinning, drawn.per_column)
            lines.append(Line(name, color, drawn.x, drawn.y * percent, thin=curve == "batch_loss"))
        self.plot.show_lines(lines)
        self.rule.show_text(f"least and greatest of {grouped(thinning)} steps" if thinning > 1 else "")
        self.table.show_runs(self._named())
        self._show_step()

    @Slot()
    def _show_step(self) -> None:
        steps = self._steps()
        if not steps:
            return
        step = steps[min(self.step_slider.value(), len(steps) - 1)]
        self.step_label.setText(f"step {grouped(step)}")
        self.plot.show_cursor(step)
        self.kernels.show_rows(
            [KernelRow(name, color, run.moments[_newest(run, step)]) for name, color, run in self._named()]
        )


def _newest(recording: Recording, step: int) -> int:
    """The newest moment of a run up to a step, as one that has diverged has no later one; else its first."""
    return max((moment for moment in recording.moments if moment <= step), default=min(recording.moments))


def _state_of(recording: Recording | None) -> object:
    """What tells one state of a run from another."""
    if recording is None:
        return None
    curve = recording.curves["batch_loss"]
    return recording.settings, recording.step, curve.generation, curve.last, recording.final, recording.flaw


def _run(runs: tuple[Settings, ...], epochs: int, own: ImageSet | None, task: Task) -> Progress:
    told = -math.inf

    def tell(_step: int, progress: Callable[[], Progress]) -> None:
        nonlocal told
        task.check()
        if time.monotonic() - told > _TELL_EVERY_SECONDS:
            told = time.monotonic()
            task.say("progress", progress())

    recorders = [Recorder(settings, own) for settings in runs]
    return run_in_lockstep(recorders, epochs * recorders[0].session.steps_per_epoch, tell)
