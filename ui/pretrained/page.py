"""A pretrained network beside the same network from scratch, on few images of a new task, over seeds."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSplitter, QVBoxLayout

from playground.model_file import model_of
from playground.own_data.image_set import ImageSet
from playground.pretrained.comparison import ARMS, Comparison, Outcome, run_comparison
from playground.pretrained.new_head import with_new_head
from playground.settings import Settings
from ui.background import Task as Work
from ui.elided_label import ElidedLabel
from ui.experiments.kernels_view import KernelRow, KernelsView
from ui.experiments.plot import Line, LinePlot
from ui.experiments.running_page import Plan, RunningPage
from ui.panel import Panel
from ui.pretrained.asking import Asking
from ui.theme import DARK, Theme

__all__ = ["PretrainedPage"]

_TELL_EVERY_SECONDS = 0.1
_COLORS = {ARMS[0]: 0, ARMS[1]: 1}


class PretrainedPage(RunningPage[tuple[int, Outcome], Outcome]):
    """A page that runs one comparison at a time. run_requested (Model, ImageSet): to be trained in the main window."""

    run_requested = Signal(object, object)

    def __init__(self) -> None:
        super().__init__("Compare", "Stop")
        self._outcome: Outcome | None = None
        self.bar.setAccessibleName("Progress of the comparison")
        self.bar.setFixedWidth(150)
        self.window_button = QPushButton("Train it in the window")
        self.window_button.setToolTip(
            "Begin a run of the main window with the pretrained filters, a new dense layer and the few images of seed 1"
        )
        self.asking = Asking([self.window_button], [self.bar, self.start_button])
        self.card = QLabel()
        self.card.setObjectName("muted")
        self.card.setWordWrap(True)
        for label, name in (
            (self.card, "Where the network comes from"),
            (self.status, "What is compared, and what came out"),
        ):
            label.setAccessibleName(name)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.plot = LinePlot(
            "Test accuracy over steps, with and without pretraining",
            "The curves with and without pretraining appear here as soon as they are compared.",
        )
        self.kernels = KernelsView()
        self.same_scale = QCheckBox("one scale")
        self.same_scale.setChecked(True)
        self._arrange()
        self._connect()
        self.set_theme(DARK)
        self.check()

    # --- building -----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setSpacing(6)
        layout.addWidget(self.asking)
        layout.addWidget(self.card)
        layout.addWidget(self.status)
        layout.addWidget(self._pictures(), 1)

    def _pictures(self) -> QSplitter:
        curves = Panel("Test accuracy")
        curves.is_picture = True
        curves.add_note(ElidedLabel("thick: mean, thin: each seed", muted=True))
        curves.header.addWidget(self.plot.legend)
        curves.body.addWidget(self.plot, 1)
        filters = Panel("Filters w₁, seed 1")
        filters.header.addWidget(self.same_scale)
        filters.body.addWidget(self.kernels, 1)
        pictures = QSplitter(Qt.Orientation.Horizontal)
        pictures.addWidget(curves)
        pictures.addWidget(filters)
        pictures.setSizes([560, 460])
        pictures.setChildrenCollapsible(False)
        return pictures

    def _connect(self) -> None:
        self.asking.changed.connect(self.check)
        self.window_button.clicked.connect(self._train_in_window)
        self.same_scale.toggled.connect(self.kernels.set_same_scale)

    # --- from outside -------------------------------------------------------------------------------------------

    def set_base(self, _settings: Settings, own: ImageSet | None) -> None:
        """The user's own data that the main window learns can be the new task too."""
        self.asking.offer_own(own)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for part in (self.plot, self.kernels, self.asking):
            part.set_theme(theme)

    @property
    def outcome(self) -> Outcome | None:
        """What is known of the newest comparison."""
        return self._outcome

    # --- running ------------------------------------------------------------------------------------------------

    @Slot()
    def check(self) -> None:
        """Say what would be compared, or what is wrong with it."""
        if not self.is_running:
            self.card.setText(self.asking.card.sentence)
            super().check()
            self.window_button.setEnabled(self.start_button.isEnabled())

    def _plan(self) -> Plan[Outcome]:
        comparison = self.asking.comparison()
        return Plan(_sentence(comparison), comparison.seeds * comparison.steps, partial(_run, comparison))

    def _begin(self) -> None:
        self._outcome = None
        self.window_button.setEnabled(False)

    @Slot(object)
    def _on_progress(self, told: tuple[int, Outcome]) -> None:
        done, self._outcome = told
        self.bar.setValue(done)
        self._draw()

    @Slot(object)
    def _on_done(self, result: Outcome) -> None:
        self._outcome = result
        self._draw()
        self._finish(result.sentence or "No seed came to an end: every run diverged. Choose a smaller η.")

    def _draw(self) -> None:
        outcome = self._outcome
        if outcome is None:
            return
        self.plot.set_axes("step", "test accuracy %")
        x = np.array(outcome.at, np.float64)
        lines, rows = [], []
        for name, arm in zip(ARMS, outcome.arms, strict=True):
            color = _COLORS[name]
            for run in arm.accuracy:
                known = np.isfinite(run)
                lines.append(Line("", color, x[known], 100 * run[known], thin=True))
            counted = np.isfinite(arm.accuracy).all(axis=0)
            mean = 100 * arm.accuracy[:, counted].mean(axis=0) if counted.any() else np.empty(0)
            lines.append(Line(name, color, x[counted], mean))
            frozen = name == ARMS[0] and outcome.comparison.frozen
            now = "after training" if not frozen else "after training: frozen, no update"
            for when, kernels in zip(("at the start", now), arm.kernels, strict=True):
                rows.append(KernelRow(f"{name}, {when}", color, kernels, is_locked=bool(frozen) and when == now))
        self.plot.show_lines(lines)
        self.kernels.show_rows(rows)

    @Slot()
    def _train_in_window(self) -> None:
        comparison = self.asking.comparison()
        images, settings = comparison.start(ARMS[0], 1)
        model = model_of(settings, images.class_names, with_new_head(comparison.model, settings))
        self.run_requested.emit(model, images)


def _sentence(comparison: Comparison) -> str:
    classes = len(comparison.task.class_names)
    test = sum(comparison.task.counts("test"))
    frozen = {0: "none of its blocks frozen", 1: "block 1 frozen"}.get(comparison.frozen, "its conv blocks frozen")
    return (
        f"{comparison.per_class} images of each of {classes} classes, {comparison.steps} steps, {test} test images; "
        f"the pretrained network gets a new dense layer, {frozen}; both have the same images, order and dense layer."
    )


def _run(comparison: Comparison, work: Work) -> Outcome:
    told = -math.inf

    def tell(done: int, _total: int, outcome: Callable[[], Outcome]) -> None:
        nonlocal told
        work.check()
        if time.monotonic() - told > _TELL_EVERY_SECONDS:
            told = time.monotonic()
            work.say("progress", (done, outcome()))

    return run_comparison(comparison, tell)
