"""The loss of two runs from the same start, with the right backward pass and with a bug."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.arrays import Array
from playground.laboratory.race import Race
from ui.charts.axes import NumberAxis
from ui.charts.legend import Legend, LegendEntry
from ui.elided_label import ElidedLabel
from ui.theme import DARK, Theme, number_font

__all__ = ["MEAN_OF", "RacePlot"]

MEAN_OF = 10


class RacePlot(QWidget):
    """Each batch faintly, and the mean of the last batches above it; the legend stands over it, as in all charts."""

    is_picture = True

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Losses of the clean and the broken run")
        self._theme = DARK
        self._shown = ("", "")
        self.legend = Legend()
        title = ElidedLabel(muted=True)
        title.show_text("Batch loss from the first weights on", "Batch loss")
        self._plot = pg.PlotWidget(
            background=None, enableMenu=False, axisItems={side: NumberAxis(side) for side in ("left", "bottom")}
        )
        self._plot.setAccessibleName("Loss of the clean and the broken run")
        self._plot.hideButtons()
        self._plot.setMouseEnabled(False, False)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setMinimumSize(150, 90)
        # what it would like must not make the page scroll
        self._plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        for side in ("left", "bottom"):
            self._plot.getAxis(side).setTickFont(number_font(8.0))
        self._plot.getAxis("left").setWidth(30)
        self._plot.showGrid(x=False, y=True, alpha=0.25)
        self._faint = [pg.PlotCurveItem(), pg.PlotCurveItem()]
        self._means = [pg.PlotCurveItem(), pg.PlotCurveItem()]
        for item in (*self._faint, *self._means):
            self._plot.addItem(item)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._plot, 1)

    def show_race(self, found: Race | None, bug: str) -> None:
        """Draw a race, or (None) nothing yet."""
        runs = (None, None) if found is None else (found.clean, found.broken)
        for place, losses in enumerate(runs):
            known = np.zeros(0) if losses is None else losses[np.isfinite(losses)]
            steps = np.arange(len(known), dtype=float)
            self._faint[place].setData(steps, known)
            self._means[place].setData(steps, running_mean(known))
        self._shown = ("clean", bug if found is not None and np.isfinite(found.broken).any() else "")
        highest = max((float(np.nanmax(losses)) for losses in runs if losses is not None and np.isfinite(losses).any()),
                      default=1.0)  # fmt: skip
        first = float(found.clean[0]) if found is not None else 1.0
        # a run that blows up must not press the other one flat
        self._plot.setYRange(0, min(highest, 3 * first) * 1.05, padding=0)
        self._plot.setXRange(0, max(1, len(found.clean) - 1 if found is not None else 1), padding=0.02)
        self.set_theme(self._theme)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._plot.setBackground(theme.panel)
        colors = (theme.accent, theme.error)
        # the clean curve is the wider one beneath: where both agree, both are seen
        for place, (color, width) in enumerate(zip(colors, (4, 1.5), strict=True)):
            faint = pg.mkColor(color)
            faint.setAlpha(70)
            self._faint[place].setPen(pg.mkPen(faint))
            self._means[place].setPen(pg.mkPen(color, width=width))
        named = zip(self._shown, colors, strict=True)
        self.legend.show_entries(tuple(LegendEntry(name, name, color) for name, color in named if name))
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.grid))
            axis.setTextPen(pg.mkPen(theme.muted))


def running_mean(losses: Array) -> Array:
    """The mean of the last MEAN_OF losses at each step, of fewer at the beginning."""
    if not len(losses):
        return losses
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - MEAN_OF, 0)
    means: Array = (sums[ends] - sums[starts]) / (ends - starts)
    return means
