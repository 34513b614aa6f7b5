"""The error of a difference quotient against ε, both on log scales: the V of truncation and rounding."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QLabel, QWidget

from playground.laboratory.checking import SweepPoint
from ui.number_format import significant_number
from ui.theme import DARK, Theme

__all__ = ["ErrorPlot"]

_SMALLEST = 1e-17
"""An error of 0 is drawn here: it has no logarithm."""
_TOLERANCE = 1e-6


class _PowerAxis(pg.AxisItem):
    """Ticks at every few powers of ten, written as one types them."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        stride = max(1, math.ceil((maxVal - minVal) / max(2, size / 42)))
        first = math.ceil(minVal / stride) * stride
        return [(float(stride), [float(power) for power in range(first, math.floor(maxVal) + 1, stride)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        del scale, spacing
        return ["1" if not value else f"1e{value:.0f}".replace("-", "−") for value in values]


class ErrorPlot(pg.PlotWidget):
    """Circles where the loss is smooth, triangles where something flips within ±ε. Point at one for its numbers."""

    is_picture = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            parent,
            axisItems={"left": _PowerAxis("left"), "bottom": _PowerAxis("bottom")},
            background=None,
            enableMenu=False,
        )
        self._points: tuple[SweepPoint, ...] = ()
        self.pointed: SweepPoint | None = None
        self._theme = DARK
        self.setAccessibleName("Relative error against epsilon")
        self.hideButtons()
        self.setMouseEnabled(False, False)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(150, 70)
        plot = self.getPlotItem()
        plot.setLabel("bottom", "ε   (▾ beside a kink)")
        plot.setLabel("left", "error")
        self._line = pg.PlotCurveItem()
        self._smooth = pg.ScatterPlotItem(symbol="o", size=7)
        self._kinked = pg.ScatterPlotItem(symbol="t", size=10)
        self._chosen = pg.InfiniteLine(angle=90)
        self._tolerance = pg.InfiniteLine(pos=math.log10(_TOLERANCE), angle=0)
        for item in (self._tolerance, self._chosen, self._line, self._smooth, self._kinked):
            plot.addItem(item)
        self._words = QLabel(self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words.hide()
        self.set_theme(DARK)

    def show_sweep(self, points: tuple[SweepPoint, ...], epsilon: float) -> None:
        """Draw these points, and a line at the chosen ε."""
        self._points = tuple(point for point in points if math.isfinite(point.error))
        x = np.log10([point.epsilon for point in self._points] or [1.0])
        y = np.log10(np.maximum([point.error for point in self._points] or [1.0], _SMALLEST))
        kinked = np.array([bool(point.kinks) for point in self._points] or [False])
        drawn = bool(self._points)
        self._line.setData(x if drawn else [], y if drawn else [])
        self._smooth.setData(x[~kinked] if drawn else [], y[~kinked] if drawn else [])
        self._kinked.setData(x[kinked] if drawn else [], y[kinked] if drawn else [])
        self._chosen.setPos(math.log10(epsilon))
        self.setXRange(-13.3, 0.3, padding=0)
        self.setYRange(min(-12.0, float(y.min()) - 0.5), max(0.5, float(y.max()) + 0.5), padding=0)
        self._words.hide()

    def sizeHint(self) -> QSize:
        """A small picture; it takes what room there is."""
        return QSize(240, 90)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._line.setPen(pg.mkPen(theme.accent, width=1.5))
        self._smooth.setPen(pg.mkPen(theme.accent))
        self._smooth.setBrush(pg.mkBrush(theme.accent))
        self._kinked.setPen(pg.mkPen(theme.warning))
        self._kinked.setBrush(pg.mkBrush(theme.warning))
        self._chosen.setPen(pg.mkPen(theme.text, style=Qt.PenStyle.DashLine))
        self._tolerance.setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DotLine))
        for side in ("left", "bottom"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(theme.grid))
            axis.setTextPen(pg.mkPen(theme.muted))
        self.setBackground(theme.panel)
        self._words.setStyleSheet(
            f"background: {theme.panel}; color: {theme.text}; border: 1px solid {theme.panel_border}; padding: 2px;"
        )

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """The numbers of the point nearest in ε."""
        self.point_at(ev.position())

    def leaveEvent(self, ev: QEvent) -> None:
        """Nothing is pointed at."""
        super().leaveEvent(ev)
        self._words.hide()

    def point_at(self, place: QPointF) -> None:
        """Show the numbers of the point nearest in ε to a place of the widget."""
        if not self._points:
            return
        x = self.getPlotItem().vb.mapSceneToView(self.mapToScene(place.toPoint())).x()
        nearest = self.pointed = min(self._points, key=lambda point: abs(math.log10(point.epsilon) - x))
        lines = [
            f"ε = {significant_number(nearest.epsilon, 2)}",
            f"quotient {significant_number(nearest.numeric, 9)}",
            f"error {significant_number(nearest.error, 2)}",
        ]
        if nearest.kinks:
            lines.append(f"{sum(kink.count for kink in nearest.kinks)} decisions flip")
        self._words.setText("\n".join(lines).replace("-", "−"))
        self._words.adjustSize()
        left = min(int(place.x()) + 12, self.width() - self._words.width() - 2)
        self._words.move(max(0, left), max(0, min(int(place.y()) - 10, self.height() - self._words.height() - 2)))
        self._words.show()

    @property
    def words(self) -> str:
        """What is shown of the point that is pointed at, or ""."""
        return "" if self._words.isHidden() else self._words.text()
