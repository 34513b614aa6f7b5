"""Many runs over the values of a setting or two, in processes of their own: a plot, a table, a CSV file."""

from __future__ import annotations

import os
from functools import partial

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout

from playground.experiments.recording import Recording
from playground.experiments.sweep import Sweep, Trial, processes, run_sweep
from playground.experiments.values import VARIED, Variation, parse_whole_numbers
from playground.own_data.image_set import ImageSet
from playground.ranges import Range
from ui.background import Task
from ui.elided_label import ElidedLabel
from ui.experiments.page import CURVE_NAMES, ExperimentPage, figure_choice
from ui.experiments.plot import Line
from ui.experiments.running_page import Plan
from ui.experiments.values_field import ValuesField
from ui.number_control import NumberControl
from ui.panel import Panel
from ui.theme import Theme, number_font

__all__ = ["SweepPage"]

_PROCESSES = Range(1, max(2, 2 * (os.cpu_count() or 1)))
_HINT = "Each run appears here as a dot as soon as it is done."
_FIGURES = ("test_accuracy", "train_accuracy", "test_loss", "train_loss")


class SweepPage(ExperimentPage[tuple[Trial, Recording], None]):
    """Asks for a sweep and shows its results as they come."""

    def __init__(self) -> None:
        super().__init__("Run the sweep", "Cancel", "Results of the sweep", _HINT)
        self._sweep: Sweep | None = None
        self._done: list[tuple[Trial, Recording]] = []
        self.bar.setFormat("%v of %m runs")
        self.first = ValuesField("Vary", "learning_rate", "0.01..1 : 5", without=("seed",))
        self.second = ValuesField("and", "", "", without=("seed",), optional=True)
        self.seeds = QLineEdit("1..3")
        self.seeds.setFont(number_font(9.0))
        self.seeds.setAccessibleName("Seeds")
        self.seeds.setToolTip("Every value is run from each of these seeds: a list or a range, 1..3")
        self.seeds.setFixedWidth(84)
        self.processes = NumberControl(
            "processes",
            _PROCESSES,
            max(1, (os.cpu_count() or 2) - 1),
            "How many runs go on at a time, each in a process of its own.",
            with_slider=False,
            label_width=64,
        )
        self.figure = figure_choice(_FIGURES, "Figure")
        results = Panel("Results")
        results.is_picture = True
        results.add_note(ElidedLabel("one dot for each run; the line joins the means", muted=True))
        results.header.addWidget(self.plot.legend)
        results.header.addWidget(self.figure)
        results.body.addWidget(self.plot, 1)
        self._arrange(self._asking(), results)
        self.first.changed.connect(self.check)
        self.second.changed.connect(self.check)
        self.seeds.textEdited.connect(self.check)
        self.figure.activated.connect(self._draw)

    def _asking(self) -> QVBoxLayout:
        values = QHBoxLayout()
        values.setSpacing(10)
        values.addWidget(self.first, 1)
        values.addWidget(self.second, 1)
        label = QLabel("see&ds")
        label.setBuddy(self.seeds)
        rest = QHBoxLayout()
        rest.setSpacing(10)
        for part in (label, self.seeds, self.epochs, self.processes):
            rest.addWidget(part)
        rest.addStretch(1)
        rest.addWidget(self.bar)
        rest.addWidget(self.start_button)
        asking = QVBoxLayout()
        asking.setSpacing(6)
        asking.addLayout(values)
        asking.addLayout(rest)
        return asking

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self.processes.set_theme(theme)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What is kept of the runs that are done, in the order of the sweep."""
        return tuple(recording for _, recording in self._done)

    # --- running ------------------------------------------------------------------------------------------------

    def _plan(self) -> Plan[None]:
        variations = (self.first.variation(self._base), self.second.variation(self._base))
        sweep = Sweep(
            self._base,
            tuple(variation for variation in variations if variation is not None),
            parse_whole_numbers(self.seeds.text()),
            int(self.epochs.value),
        )
        count = len(sweep.trials())
        self._planned = sweep
        return Plan(
            f"{count} runs; what is not varied is as in the window.",
            count,
            partial(_run, sweep, int(self.processes.value), self._own),
        )

    def _begin(self) -> None:
        self._sweep, self._done = self._planned, []
        self._draw()

    @Slot(object)
    def _on_progress(self, told: tuple[Trial, Recording]) -> None:
        self._done.append(told)
        self._done.sort(key=lambda done: done[0].number)
        self.bar.setValue(len(self._done))
        self._draw()

    @Slot(object)
    def _on_done(self, result: None) -> None:
        del result
        self._end_well(f"{len(self._done)} runs")

    # --- showing ------------------------------------------------------------------------------------------------

    @Slot()
    def _draw(self) -> None:
        if self._sweep is None:
            return
        first, *others = self._sweep.variations
        figure = str(self.figure.currentData())
        percent = 100.0 if figure.endswith("accuracy") else 1.0
        places = _places(first)
        allowed = VARIED[first.field].allowed
        self.plot.set_axes(
            first.label,
            CURVE_NAMES[figure] + (" %" if percent > 1 else ""),
            log=allowed is not None and allowed.log,
            ticks=[(place, first.text(value)) for value, place in places.items()],
        )
        lines, rows = [], []
        for color, group in enumerate(others[0].values if others else (None,)):
            runs = [(trial, run) for trial, run in self._done if group is None or trial.values[1] == group]
            rows += [(self._name(trial), color, run) for trial, run in runs]
            dots = [
                (places[trial.values[0]], percent * float(getattr(run.final, figure)))
                for trial, run in runs
                if run.final is not None and not run.diverged
            ]
            name = f"{others[0].label} {others[0].text(group)}" if others else f"over {first.label}"
            lines.append(_mean_line(name, color, dots))
        self.plot.show_lines(lines)
        self.table.show_runs(rows)

    def _name(self, trial: Trial) -> str:
        assert self._sweep is not None
        varied = zip(self._sweep.variations, trial.values, strict=False)  # the last value is the seed
        parts = [f"{variation.label} {variation.text(value)}" for variation, value in varied]
        return ", ".join([*parts, f"seed {trial.values[-1]}"])


def _places(variation: Variation) -> dict[object, float]:
    """Where each value stands on the axis: numbers where they are, others one beside the other."""
    numbers = VARIED[variation.field].allowed is not None
    return {value: float(value if numbers else number) for number, value in enumerate(variation.values)}


def _mean_line(name: str, color: int, dots: list[tuple[float, float]]) -> Line:
    x = np.array([place for place, _ in dots])
    y = np.array([value for _, value in dots])
    at = np.unique(x)
    means = np.array([y[x == place].mean() for place in at])
    return Line(name, color, at, means, dots=(x, y))


def _run(sweep: Sweep, count: int, own: ImageSet | None, task: Task) -> None:
    with processes(count) as executor:
        for finished in run_sweep(sweep, executor, own=own, check=task.check):
            task.say("progress", finished)
