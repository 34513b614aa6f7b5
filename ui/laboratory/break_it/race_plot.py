"""The loss of two runs from the same start, with the right backward pass and with a bug."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget

from playground.laboratory.race import Race
from ui.theme import DARK, Theme

__all__ = ["MEAN_OF", "RacePlot"]

MEAN_OF = 10


class RacePlot(pg.PlotWidget):
    """Each batch faintly, and the mean of the last batches above it."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None, enableMenu=False)
        self.setAccessibleName("Loss of the clean and the broken run")
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(150, 90)
        plot = self.getPlotItem()
        plot.setLabel("bottom", "step from the first weights")
        plot.setLabel("left", "batch loss")
        self._faint = [pg.PlotCurveItem(), pg.PlotCurveItem()]
        self._means = [pg.PlotCurveItem(), pg.PlotCurveItem()]
        self._names = [pg.LabelItem(justify="left"), pg.LabelItem(justify="left")]
        for item in (*self._faint, *self._means):
            plot.addItem(item)
        for row, label in enumerate(self._names):
            label.setParentItem(plot.vb)
            label.anchor(itemPos=(1, 0), parentPos=(1, 0), offset=(-8, 2 + 15 * row))
        self._shown = ("", "")
        self.set_theme(DARK)

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
        self.setYRange(0, min(highest, 3 * first) * 1.05, padding=0)
        self.setXRange(0, max(1, len(found.clean) - 1 if found is not None else 1), padding=0.02)
        self.set_theme(self._theme)

    def sizeHint(self) -> QSize:
        """A small picture; it takes what room there is."""
        return QSize(240, 110)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        # the clean curve is the wider one beneath: where both agree, both are seen
        for place, (color, width) in enumerate(((theme.accent, 4), (theme.error, 1.5))):
            faint = pg.mkColor(color)
            faint.setAlpha(70)
            self._faint[place].setPen(pg.mkPen(faint))
            self._means[place].setPen(pg.mkPen(color, width=width))
            self._names[place].setText(self._shown[place], color=color, size="9pt")
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.grid))
            axis.setTextPen(pg.mkPen(theme.muted))


def running_mean(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of the last MEAN_OF losses at each step, of fewer at the beginning."""
    if not len(losses):
        return losses
    sums = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(sums))
    starts = np.maximum(ends - MEAN_OF, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)
