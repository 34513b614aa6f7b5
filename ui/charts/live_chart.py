"""The panel that draws curves of a run's History while they grow; curves.py says which curves."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from playground.history import Event, History
from playground.settings import Settings
from playground.timeline.view import TimelineView
from ui.charts.axes import SMALLEST_STEP_RANGE, StableRange, nice_ceiling
from ui.charts.branch_lines import branch_near
from ui.charts.curve_line import CurveLine, CurveStyle, PlotView
from ui.charts.legend import Legend
from ui.charts.markers import ChartMarkers, Marker
from ui.charts.plot import ChartPlot
from ui.charts.ranges import Ranges
from ui.charts.readout import values_at
from ui.charts.run_lines import RunLines
from ui.controls import CalmToolButton
from ui.number_format import chosen_number, significant_number
from ui.panel import Panel
from ui.theme import Theme, compact

__all__ = ["EMPTY_TEXT", "ONE_POINT_TEXT", "LiveChart"]

EMPTY_TEXT = "Press Train (Space)"
ONE_POINT_TEXT = "One step so far"
_ERROR_KINDS = frozenset({"diverged", "bug"})
_SMALL_HEIGHT = 140  # below it, names in the readout would hide the curves


class LiveChart(Panel):
    """Curves over steps that grow while one looks. Subclasses say which (`_styles`), and how values are scaled.

    `set_history` starts a new run and keeps the last one as a ghost; `refresh` takes in what is new, at a cost that
    does not grow with the length of the run. seek_asked (step, branch): a click on a curve; branch None: the shown one.
    """

    seek_asked = Signal(float, object)

    anchor = 0.0
    scale = 1.0
    unit = ""
    empty_ways: tuple[str, ...] = (EMPTY_TEXT, "Press Train")  # what to do for a first point, in fewer and fewer words
    waiting_ways: tuple[str, ...] = ()  # the same while the run goes on and has no point for it; (): as before it began
    leaves_out_peaks = False  # of the past, while they are much greater than what there is now
    log_floor: float | None = None  # smallest value that a log axis shows; None: no log axis

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._title_text = title
        self._theme = theme
        self._events: tuple[Event, ...] = ()
        self._drawn_span: tuple[float, bool] = (0.0, False)
        self._marked: tuple[object, ...] = ()  # what the markers were drawn for
        self._drawing = False
        self._zoom_state: tuple[bool, ...] = ()  # what the button was shown for
        self._per_column = 1
        self._elapsed_seconds: float | None = None
        self._told_seconds = -1
        self.plot = ChartPlot(f"{title} over steps")
        self.lines = RunLines(self.plot, self._styles)
        self._ranges = Ranges(
            self.plot,
            self._make_range(),
            self._make_range(),
            scale=self.scale,
            log_floor=self.log_floor,
            leaves_out_peaks=self.leaves_out_peaks,
        )
        self.legend = Legend()
        self.legend.chosen.connect(self._show_alone)
        self.plot.next_curve_asked.connect(self._show_next_alone)
        self._build_header(title)
        self.body.addWidget(self.plot, 1)
        self._markers = ChartMarkers(self.plot, theme, words_at_bottom=self.anchor > 0)
        self.plot.range_changed.connect(self._draw)
        self.plot.pointed.connect(self._show_readout)
        self.plot.focused.connect(self._say_newest)
        self.plot.seek_asked.connect(self._on_click)
        self.plot.automatic_changed.connect(self._show_zoom_state)
        self.plot.whole_asked.connect(self._on_whole_asked)
        self.plot.log_asked.connect(self.log_button.click)
        self.set_theme(theme)
        self._choose_ranges()
        self.plot.show_empty(*self.empty_ways)

    def _build_header(self, title: str) -> None:
        self.header.setSpacing(6)
        compact(self._title)  # the names of four curves have room beside it
        self.header.addWidget(self.legend)
        self.log_button = self._small_button("log", f"{title}: logarithmic axis")
        self.log_button.setCheckable(True)
        self.log_button.setVisible(self.log_floor is not None)
        self.log_button.toggled.connect(self._set_log)
        self.reset_button = self._small_button("all", f"{title}: reset view")
        self.reset_button.clicked.connect(self.plot.show_whole)
        self.reset_button.hide()
        if self.log_floor is not None:
            self.log_button.setToolTip(
                "Logarithmic axis (L in the chart); "
                + f"values below {chosen_number(self.log_floor)} are drawn at {chosen_number(self.log_floor)}"
            )

    def _small_button(self, text: str, name: str) -> CalmToolButton:
        button = CalmToolButton()
        button.setText(text)
        button.setAutoRaise(True)
        button.setAccessibleName(name)
        button.setFixedSize(28, 18)
        font = button.font()
        font.setPointSizeF(8.0)
        button.setFont(font)
        self.header.addWidget(button)
        return button

    # What a subclass says

    def _make_range(self) -> StableRange:
        """How the value axis follows the values."""
        return StableRange(self.anchor)

    def _styles(self, history: History, theme: Theme) -> tuple[CurveStyle, ...]:
        """The curves of a run, back to front."""
        raise NotImplementedError

    # What the window calls

    def set_history(self, history: History, settings: Settings) -> None:
        """Show another run; the one before, if it had any points, stays as a thin ghost. The same run: no change."""
        if not self.lines.begin(history, settings):
            return
        self._events = ()
        self._ranges.begin()
        self._build_lines()
        self.plot.point_at(None)
        self.plot.reset_view()
        self._draw()

    def refresh(self, elapsed_seconds: float | None = None) -> None:
        """Take in what the run has gained and draw it; returns at once if that is nothing."""
        if self.lines.history is None:
            return
        self._elapsed_seconds = elapsed_seconds
        if self.isVisible() and (
            self.lines.history.events is not self._events
            or any(line.is_behind for line in self.lines.live)
            or self._span_of_run != self._drawn_span
        ):
            self._draw()

    def show_timeline(self, view: TimelineView) -> None:
        """Draw the branches of the run, and a line at the step that is looked at."""
        if self.lines.follow(view):
            self._build_lines()
            self._draw()
        self.plot.set_cursor(float(view.shown_step) if view.looking_back else None)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.plot.set_theme(theme)
        self._markers.set_theme(theme)
        if self.lines.history is not None:
            self._build_lines()
            self._draw()

    @property
    def is_log(self) -> bool:
        """True if the value axis is logarithmic."""
        return self.plot.values_axis.is_log

    # Lines

    def _build_lines(self) -> None:
        self.lines.build(self._theme)
        self._ranges.look_anew()
        self._show_legend()

    def _show_legend(self) -> None:
        self.legend.show_entries(self.lines.entries(self._theme))
        self.legend.setToolTip(self.lines.words(self._per_column))

    # Drawing

    @property
    def _newest_step(self) -> float:
        """The newest step of the run, whether the curves have a point for it or not; 0 before the first."""
        newest = None if self.lines.history is None else self.lines.history.series["batch_loss"].read().last
        return 0.0 if newest is None else newest[0]

    @property
    def _span_of_run(self) -> tuple[float, bool]:
        """Where the axis of steps ends for all charts of the run, and whether it has begun."""
        newest = self._newest_step
        return nice_ceiling(max(newest, SMALLEST_STEP_RANGE)), newest > 0

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what came while nobody looked."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if self._drawing or self.lines.history is None:
            return
        self._drawing = True
        try:
            self._events = self.lines.history.events
            self._drawn_span = self._span_of_run
            for line in self.lines.live:
                line.update()
            self._choose_ranges()
            self._show_markers()
            view = self._plot_view()
            whole = self.plot.draw_curves(view)
            for line in self.lines.waiting:
                line.draw(view)
        finally:
            self._drawing = False
        if whole or self.is_log:
            self._show_notes()
        self._show_elapsed()
        self._show_what_is_missing()
        if self.plot.pointed_x is not None:
            self._show_readout(self.plot.pointed_x)

    def _show_what_is_missing(self) -> None:
        # one point is no curve; the run before is one, and stands where the words would
        has_curve = any(len(line.curve) > 1 for line in self.lines.live) or self.lines.has_previous
        # what is known before the first step is no step
        has_step = has_curve or any(line.newest > 0 for line in self.lines.live)
        self.plot.show_empty(*(("",) if has_curve else (ONE_POINT_TEXT,) if has_step else self._ways_to_begin))

    @property
    def _ways_to_begin(self) -> tuple[str, ...]:
        return self.waiting_ways if self.waiting_ways and self._newest_step > 0 else self.empty_ways

    def _plot_view(self) -> PlotView:
        return self.plot.view(self.scale, self.log_floor if self.is_log else None)

    def _choose_ranges(self) -> None:
        # the branches that wait are part of the run; the one before it is not
        last, (low, high) = -math.inf, self.lines.range_of_waiting
        for line in self.lines.live:
            last, span = max(last, line.newest), line.range
            if span is not None:
                low, high = min(low, span[0]), max(high, span[1])
        last = max(last, self._drawn_span[0], self.lines.end_of_branches, SMALLEST_STEP_RANGE)
        self._ranges.choose(self.lines.live, self._events, last, (low, high))
        self._show_zoom_state()

    def _show_notes(self) -> None:
        per_column = max((line.per_column for line in self.lines.live), default=1)
        if per_column != self._per_column:
            self._per_column = per_column
            self._show_legend()
        notes = []  # each as it is said where there is room, and where there is little
        if self._ranges.peak is not None and self._ranges.leaves_out and self.plot.automatic:
            peak = significant_number(self._ranges.peak, 3)
            notes.append((f"peaks up to {peak} are beyond the axis (Home)", f"peak {peak} cut off (Home)"))
        if any(line.is_coarse for line in self.lines.live):
            notes.append((f"of old steps least and greatest of {per_column}", f"old steps {per_column} at a time"))
        elif per_column > 1:
            notes.append((f"least and greatest of {per_column} steps a pixel", f"{per_column} steps a pixel"))
        if self.log_floor is not None and any(line.clipped for line in self.lines.live):
            notes.append((f"cut off at {chosen_number(self.log_floor)}",) * 2)
        ways = [" · ".join(note[way] for note in notes) for way in (0, 1)]
        self.plot.show_note(*ways, notes[0][1] if notes else "")

    def _show_markers(self) -> None:
        gaps = tuple(line.curve.gaps for line in self.lines.live)
        wanted = (self._plot_view(), self._events, gaps)
        if wanted != self._marked:
            self._markers.show(self._all_markers())
            self._marked = (self._plot_view(), self._events, gaps)

    def _all_markers(self) -> tuple[Marker, ...]:
        markers = [Marker(float(event.step), event.text, event.kind in _ERROR_KINDS) for event in self._events]
        for line in self.lines.live:
            text, (first, last) = f"{line.style.label} is not finite", line.span
            markers.extend(Marker(gap, text, True) for gap in line.curve.gaps if first <= gap <= last)
        return tuple(markers)

    # Reactions

    def _set_log(self, log: bool) -> None:
        self.plot.values_axis.is_log = log
        self.plot.values_axis.picture = None  # the axis caches its drawing by range; its meaning has changed
        self._ranges.reset()
        self.plot.reset_view()

    @Slot(QPointF)
    def _on_click(self, place: QPointF) -> None:
        view, lines = self.lines.timeline, (*self.lines.live, *self.lines.waiting)
        branch = None if view is None else branch_near(lines, view, place, self.plot.pixel)
        self.seek_asked.emit(place.x(), branch)

    @Slot(str)
    def _show_alone(self, series: str) -> None:
        """One curve, or all again."""
        self.lines.show_alone(series)
        self._build_lines()
        self._draw()
        self.plot.viewport().update()

    @Slot()
    def _show_next_alone(self) -> None:
        """The next curve alone; after the last one all."""
        names = [entry.series for entry in self.lines.entries(self._theme) if entry.series]
        alone = self.lines.alone
        place = names.index(alone) + 1 if alone in names else 0
        if names:
            self._show_alone(names[place] if place < len(names) else alone)

    @Slot(bool)
    def _on_whole_asked(self, was_automatic: bool) -> None:
        if was_automatic and self._ranges.peak is not None:
            self._ranges.shows_peaks = not self._ranges.shows_peaks
            self._draw()

    @Slot()
    def _show_zoom_state(self) -> None:
        """The button that leads to all of it, and from its peaks back to what is now."""
        automatic = self.plot.automatic
        back = automatic and self._ranges.shows_peaks
        wanted = (automatic, back, self._ranges.peak is not None)
        if wanted == self._zoom_state:
            return
        self._zoom_state = wanted
        tip = "Leave out the peaks of the past" if back else "Show the whole curve"
        self.reset_button.setText("now" if back else "all")
        self.reset_button.setToolTip(f"{tip} (double click, or Home in the chart)")
        self.reset_button.setVisible(not automatic or self._ranges.peak is not None)

    def _show_elapsed(self) -> None:
        seconds = -1 if self._elapsed_seconds is None else int(self._elapsed_seconds)
        if seconds != self._told_seconds:
            self._told_seconds = seconds
            minutes, rest = divmod(seconds, 60)
            self.plot.setToolTip(f"{self._title_text} over steps; {minutes}:{rest:02d} of training")

    def _show_readout(self, x: float | None) -> None:
        found = None if x is None else values_at(self.lines.live, x, self.scale, self.unit)
        if x is None or found is None:
            self.plot.hide_readout()
            return
        steps, readings = found
        self._say(steps, readings)
        small = self.plot.height() < _SMALL_HEIGHT
        values = []
        for line, value in readings:
            text = value if small else f"{line.style.label} {value}"
            values.append(f'<span style="color:{line.name_color}">{text}</span>')
        rows = [steps, *([" ".join(values)] if small else values)]
        if self._per_column > 1 and not small:
            rows.append(f'<span style="color:{self._theme.muted}">least, greatest of {self._per_column}</span>')
        rows.extend(self._markers.texts_near(x))
        self.plot.show_readout("<br>".join(rows))

    @Slot()
    def _say_newest(self) -> None:
        """For those who hear the chart instead of seeing it."""
        newest = max((line.newest for line in self.lines.live), default=0.0)
        found = values_at(self.lines.live, newest, self.scale, self.unit)
        if found is None:
            self.plot.setAccessibleDescription(f"{self._ways_to_begin[0]}. {_KEYS_HELP}")
        else:
            self._say(*found)

    def _say(self, steps: str, readings: list[tuple[CurveLine, str]]) -> None:
        values = ", ".join(f"{line.style.label} {value}" for line, value in readings)
        self.plot.setAccessibleDescription(f"{steps}: {values}. {_KEYS_HELP}")


_KEYS_HELP = "Left and right arrows read other steps, N shows the next curve alone."
