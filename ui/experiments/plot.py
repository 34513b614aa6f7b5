"""A plot of many coloured lines and dots, with the frame and the colours of this program."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from ui.charts.axes import NumberAxis
from ui.charts.legend import Legend, LegendEntry
from ui.colors import blend
from ui.theme import DARK, Theme, number_font, palette_color

__all__ = ["Line", "LinePlot"]

_THIN = 0.5  # how much of its colour a thin line has


@dataclass(frozen=True, eq=False)
class Line:
    """One line: its name ("" is not in the legend), its place in the palette, x and y, dots alone, is it thin."""

    name: str
    color: int
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    thin: bool = False
    dots: tuple[NDArray[np.float64], NDArray[np.float64]] | None = field(default=None)


class LinePlot(pg.PlotWidget):
    """Lines over a common axis; before there are any, a sentence on what will be here."""

    def __init__(self, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        axes = {side: NumberAxis(side) for side in ("left", "bottom")}
        super().__init__(parent, background=None, axisItems=axes)
        self.setAccessibleName(name)
        self.hint = QLabel(hint)
        self.hint.setObjectName("muted")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setWordWrap(True)
        QVBoxLayout(self.viewport()).addWidget(self.hint)
        self._theme = DARK
        self._lines: tuple[Line, ...] = ()
        self._log = False
        self._curves: list[pg.PlotDataItem] = []
        self.hideButtons()
        self.setMenuEnabled(False)
        self.setMinimumSize(260, 140)
        self.showGrid(x=False, y=True, alpha=0.25)
        self.legend = Legend()
        """The names of the lines, for a place beside the plot, where they hide nothing."""
        self.cursor = pg.InfiniteLine(angle=90, movable=False)
        self.cursor.hide()
        self.addItem(self.cursor, ignoreBounds=True)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setTickFont(number_font(8.0))
            axis.enableAutoSIPrefix(False)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self.setBackground(theme.panel)
        for side in ("left", "bottom"):
            self.getAxis(side).setTextPen(theme.muted)
            self.getAxis(side).setPen(pg.mkPen(theme.grid))
            self.getAxis(side).setLabel(self.getAxis(side).labelText, color=theme.muted)
        self.cursor.setPen(pg.mkPen(theme.muted))
        self._draw()

    def set_axes(
        self, x_name: str, y_name: str, *, log: bool = False, ticks: Sequence[tuple[float, str]] | None = None
    ) -> None:
        """Name both axes; log: the lower one is logarithmic; ticks: where it has marks, and what stands there."""
        self.setLabel("bottom", x_name, color=self._theme.muted)
        self.setLabel("left", y_name, color=self._theme.muted)
        self._log = log
        self.setLogMode(x=log, y=False)
        marks = None if ticks is None else [[(math.log10(place) if log else place, text) for place, text in ticks]]
        self.getAxis("bottom").setTicks(marks)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these, in place of those that were there; the zoom stays."""
        self._lines = tuple(lines)
        self._draw()

    def show_cursor(self, x: float | None) -> None:
        """A vertical line at x, or none."""
        self.cursor.setVisible(x is not None)
        if x is not None:
            self.cursor.setValue(x)

    def _draw(self) -> None:
        self.hint.setVisible(not self._lines)
        self.getPlotItem().setVisible(bool(self._lines))
        colors = [palette_color(self._theme, line.color) for line in self._lines]
        self.legend.show_entries(
            tuple(
                LegendEntry(line.name, line.name, color)
                for line, color in zip(self._lines, colors, strict=True)
                if line.name
            )
        )
        if len(self._curves) != 2 * len(self._lines):
            self._build(len(self._lines))
        curves = iter(self._curves)
        for line, color in zip(self._lines, colors, strict=True):
            curve = next(curves)
            # thin ones stand back, so that their mean is seen among them
            pen = (
                pg.mkPen(blend(color, self._theme.panel, _THIN), width=1.0) if line.thin else pg.mkPen(color, width=2.4)
            )
            curve.setPen(pen)
            curve.setData(line.x, line.y)
            dots = next(curves)
            dots.setSymbolBrush(color)
            x, y = line.dots if line.dots is not None else (np.empty(0), np.empty(0))
            dots.setData(x, y)

    def _build(self, count: int) -> None:
        for curve in self._curves:
            self.removeItem(curve)
        self._curves = []
        for _ in range(count):
            line = self.plot()
            dots = self.plot(pen=None, symbol="o", symbolSize=6, symbolPen=None)
            self._curves += [line, dots]
        for curve in self._curves:
            curve.setLogMode(self._log, False)
