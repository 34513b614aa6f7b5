"""Which steps and values a chart shows while nobody has zoomed, and how far one can go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from playground.history import Event
from ui.charts.axes import StableRange, nice_ceiling
from ui.charts.curve_line import CurveLine
from ui.charts.peaks import Peaks
from ui.charts.plot import ChartPlot

__all__ = ["Ranges"]


class Ranges:
    """Gives a plot its ranges, whenever what they are chosen for has changed.

    now, whole: how the value axis follows what there is now and all values. scale: from values to those of the axis;
    log_floor: the smallest that a logarithmic axis shows. leaves_out_peaks: those of the past, while they are much
    greater than what there is now; peak is then the greatest, on the scale of the axis, else None, and `shows_peaks`
    says whether the user wants to see them nevertheless.
    """

    def __init__(
        self,
        plot: ChartPlot,
        now: StableRange,
        whole: StableRange,
        *,
        scale: float,
        log_floor: float | None,
        leaves_out_peaks: bool,
    ) -> None:
        self._plot, self._now, self._whole = plot, now, whole
        self._scale, self._log_floor, self._may_leave_out = scale, log_floor, leaves_out_peaks
        self._peaks = Peaks()
        self._chosen_for: tuple[object, ...] = ()
        self.peak: float | None = None
        self.shows_peaks = False

    def begin(self) -> None:
        """Another run is shown."""
        self._peaks.reset()
        self.shows_peaks = False
        self.reset()

    def reset(self) -> None:
        """Forget what was shown: the axis means something else."""
        self._now.reset()
        self._whole.reset()
        self.look_anew()

    def look_anew(self) -> None:
        """There are other curves."""
        self._chosen_for = ()

    def choose(
        self, lines: Sequence[CurveLine], events: Iterable[Event], last: float, span: tuple[float, float]
    ) -> None:
        """For the lines that grow, up to step `last`, and a span of values that includes what else is drawn."""
        (low, high), is_log = span, self._plot.values_axis.is_log
        top = self._peaks.usual(lines, events, high) if self._may_leave_out and not is_log else high
        wanted = (nice_ceiling(last), low, high, top, is_log, self._plot.automatic, self.shows_peaks)
        if wanted == self._chosen_for:
            return
        self._chosen_for, steps = wanted, (0.0, wanted[0])
        if low > high:
            low, high, top = 0.0, 0.95, 0.95  # nothing is finite
        low, high, top = low * self._scale, high * self._scale, top * self._scale
        self.peak = high if top < high else None
        self.shows_peaks = self.shows_peaks and self.peak is not None
        if is_log and self._log_floor is not None:
            whole = self._whole.log(max(low, self._log_floor), max(high, self._log_floor))
        else:
            whole = self._whole.linear(low, high)
        self._plot.set_limits(steps, whole)
        if self._plot.automatic:
            self._plot.set_ranges(steps, self._now.linear(low, top) if self.leaves_out else whole)

    @property
    def leaves_out(self) -> bool:
        """Whether there are peaks beyond the axis, as long as nobody zooms."""
        return self.peak is not None and not self.shows_peaks
