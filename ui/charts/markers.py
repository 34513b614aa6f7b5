"""Dashed lines at the steps where something was changed or happened."""

from __future__ import annotations

import html
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from ui.charts.marker_labels import LabelAt
from ui.charts.plot import ChartPlot
from ui.theme import Theme

__all__ = ["ChartMarkers", "Marker"]

_REACH = 5.0  # pixels
_TEXTS_AT_MOST = 3


@dataclass(frozen=True)
class Marker:
    """Something that happened at a step; an error is drawn in the error colour."""

    step: float
    text: str
    is_error: bool


class ChartMarkers:
    """The markers of one chart: two items, however many there are, and at most one line a pixel.

    words_at_bottom: of what happened at them, where the curves are at the top.
    """

    def __init__(self, plot: ChartPlot, theme: Theme, *, words_at_bottom: bool = False) -> None:
        self._plot, self._words_at_bottom = plot, words_at_bottom
        self._markers: tuple[Marker, ...] = ()
        self._drawn: tuple[object, ...] = ()
        self._items: dict[bool, pg.PlotCurveItem] = {}
        for is_error in (False, True):
            item = pg.PlotCurveItem(skipFiniteCheck=True)
            item.setZValue(-5)
            plot.addItem(item, ignoreBounds=True)
            self._items[is_error] = item
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Follow the theme."""
        self._theme = theme
        self._items[False].setPen(pg.mkPen(theme.muted, style=Qt.PenStyle.DashLine))
        self._items[True].setPen(pg.mkPen(theme.error, style=Qt.PenStyle.DashLine))

    def show(self, markers: tuple[Marker, ...]) -> None:
        """Draw these markers over the height of the plot."""
        wanted = (markers, self._plot.x_range(), self._plot.y_range(), self._plot.plot_width)
        if wanted == self._drawn:
            return
        self._drawn = wanted
        self._markers = markers
        for is_error, item in self._items.items():
            steps = np.array([marker.step for marker in markers if marker.is_error == is_error])
            x = self._one_per_pixel(steps)
            self._plot.ground_changed()
            item.setData(np.repeat(x, 2), np.tile(self._plot.y_range(), len(x)), connect="pairs")
        self._plot.show_labels(self._labels(), at_bottom=self._words_at_bottom)

    def _labels(self) -> list[LabelAt]:
        """Of the markers in view, from left to right."""
        (low, high), width = self._plot.x_range(), self._plot.plot_width
        a_step = width / max(high - low, 1e-12)
        seen = sorted((marker for marker in self._markers if low <= marker.step <= high), key=lambda one: one.step)
        return [LabelAt(one.text, (one.step - low) * a_step, one.is_error) for one in seen]

    def texts_near(self, x: float) -> list[str]:
        """Rich text of the last few markers within a few pixels of x."""
        low, high = self._plot.x_range()
        reach = _REACH * (high - low) / self._plot.plot_width
        near = [marker for marker in self._markers if abs(marker.step - x) <= reach]
        return [
            f'<span style="color:{self._theme.error if marker.is_error else self._theme.text}">'
            f"{html.escape(marker.text)}</span>"
            for marker in near[-_TEXTS_AT_MOST:]
        ]

    def _one_per_pixel(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = self._plot.x_range()
        pixel = max(high - low, 1e-12) / self._plot.plot_width
        steps = steps[(steps >= low) & (steps <= high)]
        _, first = np.unique(np.floor(steps / pixel), return_index=True)
        return steps[first]
