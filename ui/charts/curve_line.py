"""One curve as it is drawn: its style, its points, thinned to the width of the plot, and the item that shows them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPen

from playground.series import Series
from ui.charts.thinning import WholeRange, thinned

__all__ = ["CurveLine", "CurveStyle", "PlotView"]

_SMOOTH_UP_TO = 240  # points; beyond, antialiasing costs more than it shows


@dataclass(frozen=True)
class CurveStyle:
    """One curve: its series, its name, long and short, its colour (`name_color`: its name's, if not the same).

    `raw` ones have a value for every step and lie thin behind the others; without `ghost`, previous runs leave it out.
    """

    series: str
    label: str
    short: str
    color: str
    raw: bool = False
    ghost: bool = True
    name_color: str = ""


@dataclass(frozen=True)
class PlotView:
    """What a plot shows: steps `x_min` to `x_max` on `width` pixels, values times `scale`.

    log_floor: the smallest value that a logarithmic axis shows; None for a linear one.
    """

    x_min: float
    x_max: float
    width: int
    scale: float
    log_floor: float | None


class _CurveItem(pg.PlotCurveItem):
    """A curve that claims the whole view, so that pyqtgraph does not scan its points for bounds in every frame."""

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()


class CurveLine:
    """A curve of this run, or (`ghost`) of another one that does not grow; of the steps in `span`.

    curve: its series as it was last read; points: how many values were there when it was last drawn; per_column: how
    many of them one column of pixels stands for, is_coarse: and not for want of pixels; clipped: some lie below the
    floor of the axis.
    """

    def __init__(
        self,
        style: CurveStyle,
        series: Series,
        *,
        ghost: bool,
        span: tuple[float, float] = (-math.inf, math.inf),
    ) -> None:
        self.style = style
        self.span = span
        self.series = series
        self.curve = series.read()
        self.ghost = ghost
        self._range = WholeRange()
        self.points = 0
        self.per_column = 1
        self.is_coarse = False
        self.clipped = False
        self._drawn: tuple[object, ...] = ()  # what the item shows: how many points, in which view
        self.item = _CurveItem(skipFiniteCheck=True)
        self.item.setZValue(-10)  # a ghost's, in the scene, beneath the markers; live curves are drawn over the scene
        self.item.setPen(self._pen())
        if self._is_thick:
            # one thick path with many corners takes Qt up to a hundred times as long as its segments
            self.item.setSegmentedLineMode("on")

    @property
    def name_color(self) -> str:
        """The colour of the curve's name."""
        return self.style.name_color or self.style.color

    @property
    def is_behind(self) -> bool:
        """True if the series has other points by now."""
        return len(self.series) != len(self.curve) or self.series.generation != self.curve.generation

    def update(self) -> None:
        """Take in what the series has gained, or lost."""
        self.curve = self.series.read()

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest finite value of the whole curve, None if there is none."""
        return self._range.of(self.curve)

    def draw(self, view: PlotView) -> None:
        """Show the points that there are by now; costs nothing if these are shown already."""
        wanted = (len(self.curve), self.curve.generation, view)
        if self._drawn == wanted:
            return
        self._drawn, self.points = wanted, len(self.curve)
        width = view.width if self.style.raw else view.width // 2
        x_min, x_max = max(view.x_min, self.span[0]), min(view.x_max, self.span[1])
        if x_min > x_max:
            self.item.setData([], [])
            self.per_column, self.is_coarse, self.clipped = 1, False, False
            return
        width = max(2, math.ceil(width * (x_max - x_min) / max(view.x_max - view.x_min, 1e-12)))
        shown = thinned(self.curve, x_min, x_max, width)
        y = shown.y * view.scale if view.scale != 1.0 else shown.y
        self.clipped = view.log_floor is not None and bool((y < view.log_floor).any())
        if view.log_floor is not None:
            y = np.log10(np.maximum(y, view.log_floor))
        self.per_column, self.is_coarse = shown.per_column, shown.is_coarse
        if self._is_thick:
            self.item.opts["antialias"] = len(y) <= _SMOOTH_UP_TO
        self.item.setData(shown.x, y, connect="finite" if self.curve.gaps else "all")

    @property
    def _is_thick(self) -> bool:
        return not self.style.raw and not self.ghost

    def _pen(self) -> QPen:
        if self.style.raw or self.ghost:
            return pg.mkPen(self.style.color)
        pen = pg.mkPen(self.style.color, width=1.6)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        return pen
