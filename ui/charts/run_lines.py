"""Which lines a chart has: those of the run that trains, and behind them its branches that wait and the run before."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pyqtgraph as pg

from playground.history import History
from playground.settings import CHOICE_NAMES, Settings
from playground.timeline.view import TimelineView
from ui.charts.branch_lines import Stretch, branch_entries, fork_line, live_stretches, other_stretches
from ui.charts.curve_line import CurveLine, CurveStyle
from ui.charts.legend import LegendEntry
from ui.charts.plot import ChartPlot
from ui.colors import blend, readable
from ui.number_format import chosen_number
from ui.theme import DARK, Theme
from ui.timeline.colors import branch_color

__all__ = ["RunLines"]

_EVERYWHERE = (-math.inf, math.inf)


class RunLines:
    """`live` are the lines of the run that trains, back to front; `waiting` those of what does not, items of the plot.

    styles: the curves of a run, back to front. Lines are made by `build`, whenever what there is or the theme changes.
    """

    def __init__(self, plot: ChartPlot, styles: Callable[[History, Theme], tuple[CurveStyle, ...]]) -> None:
        self._plot = plot
        self._styles = styles
        self.history: History | None = None
        self.timeline: TimelineView | None = None
        self._settings: Settings | None = None
        self._previous: tuple[History, Settings] | None = None
        self._forks: list[pg.InfiniteLine] = []
        self.alone = ""
        """The series that is shown alone, if one is."""
        self.live: list[CurveLine] = []
        self.waiting: list[CurveLine] = []
        self.range_of_waiting = (math.inf, -math.inf)
        """The least and the greatest value of the lines that wait."""
        self.end_of_branches = -math.inf
        """The newest step of the branches that wait."""

    def begin(self, history: History, settings: Settings) -> bool:
        """Show a run; the one before, if it had any points and learnt the same, stays. True if it is another run."""
        is_other = history is not self.history
        if is_other:
            self._keep_as_previous()
            if self._previous is not None and _task(self._previous[1]) != _task(settings):
                self._previous = None  # nor is other data, however many runs without a step lie between
            self.history, self.timeline = history, None
        self._settings = settings
        return is_other

    def _keep_as_previous(self) -> None:
        if self.history is None or self._settings is None or not any(len(line.curve) > 1 for line in self.live):
            return
        # what a bug has trained is no comparison, and a ghost does not say so
        clean = all(event.kind != "bug" for event in self.history.events)
        self._previous = (self.history, self._settings) if clean else None

    def follow(self, view: TimelineView) -> bool:
        """Have the branches of a timeline; True if lines must be built anew."""
        before, self.timeline = self.timeline, view
        if before is not None and before.live == view.live and _numbers(before) == _numbers(view):
            return False
        self.history = view.branch(view.live).history
        return before is not None or len(view.branches) > 1

    def build(self, theme: Theme) -> None:
        """Make all lines anew."""
        for line in self.waiting:
            self._plot.removeItem(line.item)
        stretches, waiting = self._stretches(theme)
        self.waiting = _lines(waiting, ghost=True)
        for line in self.waiting:
            self._plot.addItem(line.item, ignoreBounds=True)
        self.live = _lines(stretches, ghost=False)
        self._plot.live.set_lines(self.live)
        self._mark_forks(theme)
        spans = [span for line in self.waiting if (span := line.range) is not None]
        self.range_of_waiting = (
            min((low for low, _ in spans), default=math.inf),
            max((high for _, high in spans), default=-math.inf),
        )
        branches = (line.newest for line in self.waiting if line.branch is not None)
        self.end_of_branches = max(branches, default=-math.inf)

    def _mark_forks(self, theme: Theme) -> None:
        """A line in the colour of each branch where it begins; the curves keep the colours of what they are."""
        for line in self._forks:
            self._plot.removeItem(line)
        self._forks = [
            fork_line(branch.forked_at, branch_color(theme, branch.number))
            for branch in (self.timeline.branches if self.timeline is not None else ())
            if branch.parent is not None
        ]
        for line in self._forks:
            self._plot.addItem(line, ignoreBounds=True)

    def show_alone(self, series: str) -> None:
        """Show one curve of each run alone, or all if it is alone already; the caller builds the lines anew."""
        self.alone = "" if series == self.alone else series

    def _shown_styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        styles = self._styles(history, theme)
        return tuple(style for style in styles if style.series == self.alone) or styles

    def _stretches(self, theme: Theme) -> tuple[list[Stretch], list[Stretch]]:
        """What is drawn: of the run that trains, and of those that do not."""
        waiting = []
        if self._previous is not None:
            grey = blend(theme.muted, theme.panel, 0.55)
            styles = self._shown_styles(self._previous[0], theme)
            ghosts = tuple(replace(style, color=grey) for style in styles if style.ghost)
            waiting.append(Stretch(self._previous[0], ghosts, _EVERYWHERE))
        if self.history is None:
            return [], waiting
        if self.timeline is None or len(self.timeline.branches) == 1:
            return [Stretch(self.history, self._shown_styles(self.history, theme), _EVERYWHERE)], waiting

        def styles_of(history: History) -> tuple[CurveStyle, ...]:
            return self._shown_styles(history, theme)

        waiting += other_stretches(self.timeline, styles_of, theme)
        return [*live_stretches(self.timeline, styles_of)], waiting

    # --- what the chart says of them ------------------------------------------------------------------------------

    @property
    def has_previous(self) -> bool:
        """Whether a curve of the run before is on screen: a run of a few steps has none."""
        if self._previous is None:
            return False
        before = self._previous[0]
        return any(len(line.curve) > 1 for line in self.waiting if before.series[line.style.series] is line.series)

    def entries(self, theme: Theme) -> tuple[LegendEntry, ...]:
        """The names of the lines, each in its colour."""
        entries = []
        if self.has_previous:
            color = readable(blend(theme.muted, theme.panel, 0.75), theme.panel)
            entries.append(LegendEntry("previous run", "prev.", color))
        # on the left, where a legend in little room leaves out first: the bar beneath names the branches, too
        if self.timeline is not None:
            entries += branch_entries(self.timeline, theme)
        if self.history is not None:
            styles = self._styles(self.history, theme)
            alone = self.alone if any(style.series == self.alone for style in styles) else ""
            hidden = blend(theme.muted, theme.panel, 0.6)
            entries += [
                LegendEntry(
                    style.label,
                    style.short,
                    (style.name_color or style.color) if alone in ("", style.series) else hidden,
                    series=style.series if len(styles) > 1 else "",
                )
                for style in styles
            ]
        return tuple(entries)

    def words(self, per_column: int) -> str:
        """The names in a sentence, how many values a column of pixels shows, and what the run before was."""
        names = dict.fromkeys(line.style.label for line in self.live)
        words = "Curves: " + ", ".join(names) + "."
        if self.history is not None and len(self._styles(self.history, DARK)) > 1:
            words += " A click on a name shows its curve alone, another one all again (N in the chart)."
        if per_column > 1:
            words += f" A column of pixels shows the least and the greatest of {per_column} values."
        if self.has_previous and self._previous is not None:
            before = self._previous[1]
            words += (
                f" Previous run: η {chosen_number(before.learning_rate)}, m {before.batch_size}, "
                f"k {before.kernel_size}, {CHOICE_NAMES['optimizer'][before.optimizer]}, seed {before.seed}."
            )
        return words


def _lines(stretches: list[Stretch], *, ghost: bool) -> list[CurveLine]:
    return [
        CurveLine(style, stretch.history.series[style.series], ghost=ghost, span=stretch.span, branch=stretch.branch)
        for stretch in stretches
        for style in stretch.styles
    ]


def _task(settings: Settings) -> tuple[object, ...]:
    """What is learnt: losses and accuracies are compared only of the same."""
    return settings.dataset, settings.own and settings.own.name, settings.classes


def _numbers(view: TimelineView) -> list[int]:
    return [branch.number for branch in view.branches]
