"""One curve as it is drawn: its style, its points, thinned to the width of the plot, and the items that show them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from playground.curve import Curve, Floats
from playground.series import Series
from ui.charts.tail import Tail
from ui.charts.thinning import Rule, Thinned, WholeRange, rule_for, thinned_between, thinned_by

__all__ = ["CurveItem", "CurveLine", "CurveStyle", "PlotView"]

_NOWHERE = (math.nan, 0)
_FIRST = 64  # values at its beginning, which are kept exactly however long it grows
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
    """What a plot shows: steps `x_min` to `x_max` on `width` pixels, values times `scale` from y_min to y_max.

    log_floor: the smallest value that a logarithmic axis shows, y being powers of ten; None for a linear one.
    """

    x_min: float
    x_max: float
    y_min: float
    y_max: float
    width: int
    scale: float
    log_floor: float | None

    @cached_property
    def steps_a_pixel(self) -> float:
        """How many steps share a column of pixels."""
        return max(self.x_max - self.x_min, 1e-12) / self.width


class CurveItem(pg.PlotCurveItem):
    """A curve that claims the whole view, so that pyqtgraph does not scan its points for bounds in every frame."""

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()


class CurveLine:
    """A curve of this run, or (`ghost`) of another one that does not grow; of the steps in `span`, and of a `branch`.

    Drawn whole, `item` shows it. As it goes on, `tail` has the newest points: those before them, on the screen, look
    the same as ever.

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
        branch: int | None = None,
    ) -> None:
        self.style = style
        self.span = span
        self.branch = branch
        self.series = series
        self.ghost = ghost
        self._take(series.read())
        self._range = WholeRange()
        self._began_of, self._began_around = (-1, 0), 0.0  # of which first values the middle is known
        self.points = 0
        self.per_column = 1
        self.is_coarse = False
        self.clipped = False
        self._drawn: tuple[object, ...] = ()  # what the item shows: how many points, in which view
        self._view: PlotView | None = None
        self._part: tuple[float, float] | None = None  # the steps of it that are in the view, None if there are none
        self._rule = Rule(0)
        self._rule_of: object = None  # the levels of the curve that it was made for
        self.tail = Tail.of_nothing()
        self._tail_of: tuple[object, ...] = ()
        self._tail_from = _NOWHERE  # the step from which on the tail was made, and the number of its first point
        self.item = CurveItem(skipFiniteCheck=True)
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
        return self.series.read() is not self.curve

    def update(self) -> None:
        """Take in what the series has gained, or lost."""
        curve = self.series.read()
        if curve is not self.curve:
            self._take(curve)

    def _take(self, curve: Curve) -> None:
        self.curve = curve
        self.newest = -math.inf if curve.last is None else curve.last[0]
        """The step of its newest point, −∞ if there is none."""

    @property
    def range(self) -> tuple[float, float] | None:
        """Least and greatest finite value of the whole curve, None if there is none."""
        return self._range.of(self.curve)

    @property
    def began_with(self) -> float:
        """Its first value, −∞ if there is none or it is not finite."""
        first = self.curve.first_values[:1]
        return float(first[0]) if len(first) and math.isfinite(first[0]) else -math.inf

    @property
    def began_around(self) -> float:
        """The middle of its first values, by which it lies before or behind others; 0 if there is none."""
        of = self.curve.generation, min(len(self.curve), _FIRST)
        if of != self._began_of:
            first = self.curve.first_values[:_FIRST]
            finite = first[np.isfinite(first)]
            self._began_of, self._began_around = of, float(np.median(finite)) if len(finite) else 0.0
        return self._began_around

    @property
    def certain_until(self) -> float:
        """The step up to which the drawn curve looks the same whatever comes: −∞ of none, ∞ of all that it shows."""
        if self._part is None:
            return math.inf
        x = self.tail.x if self._tail_of else self.item.xData
        if self._rule.boxes or x is None or not len(x):
            return -math.inf
        certain = float(x[-1])
        return math.inf if certain >= self._part[1] else certain

    def drawn_between(self, first: float, last: float) -> tuple[float, float] | None:
        """Least and greatest value that is drawn between two steps, in units of the axis; None if nothing is."""
        first, last = max(first, self.span[0]), min(last, self.span[1])
        if self._view is None or first > last:
            return None
        return _between(*self._scaled(thinned_by(self._rule, self.curve, first, last), self._view), first, last)

    def draw(self, view: PlotView) -> None:
        """Show the points that there are by now; costs nothing if these are shown already."""
        self._view, wanted = view, (len(self.curve), self.curve.generation, view)
        if self._drawn == wanted:
            return
        self._drawn, self.points = wanted, len(self.curve)
        self.tail, self._tail_of, self._tail_from = Tail.of_nothing(), (), _NOWHERE
        first, last = max(view.x_min, self.span[0]), min(view.x_max, self.span[1])
        self._part = (first, last) if first <= last else None
        if self._part is None:
            self.item.setData([], [])
            self.per_column, self.is_coarse, self.clipped = 1, False, False
            return
        self._rule, self._rule_of = self._rule_in(self._part, view), self.curve.levels
        shown = thinned_by(self._rule, self.curve, *self._part)
        self.per_column, self.is_coarse, self.clipped = shown.per_column, shown.is_coarse, False
        if self._is_thick:
            self.item.opts["antialias"] = len(shown.y) <= _SMOOTH_UP_TO
        self.item.setData(*self._scaled(shown, view), connect="finite" if self.curve.gaps else "all")

    def go_on(self, view: PlotView, step: float) -> bool:
        """Show in `tail` the curve from a step on; False, changing nothing, if what is before looks different now."""
        curve, part = self.curve, self._part
        if self._view is not view or self._drawn[1] != curve.generation:
            return False
        wanted = (len(curve), step)
        if part is None or self._tail_of == wanted:
            return True
        if (self._rule.boxes and step > part[0]) or not self._keeps_its_rule(part, view):
            return False
        self._tail_of, self.points = wanted, len(curve)
        shown = thinned_between(self._rule, curve, *self._numbers_of_tail(max(part[0], step), part[1]))
        self.tail = Tail(*self._scaled(shown, view), has_gaps=bool(curve.gaps))
        return True

    def _numbers_of_tail(self, first: float, last: float) -> tuple[int, int]:
        """The numbers of the points of a tail; it begins at the same point for many frames, and ends with the curve."""
        begin, number = self._tail_from
        if begin == first and number >= self.curve.start and self.newest <= last:
            return number, len(self.curve)
        numbers = self.curve.numbers_between(first, last)
        self._tail_from = first, numbers[0]
        return numbers

    def _keeps_its_rule(self, part: tuple[float, float], view: PlotView) -> bool:
        curve = self.curve
        if curve.levels is self._rule_of and len(curve) <= self._rule.until:
            return True
        rule = self._rule_in(part, view)
        if rule != self._rule:
            return False
        self._rule, self._rule_of = rule, curve.levels
        return True

    @property
    def is_smooth(self) -> bool:
        """Whether it is stroked with smooth edges."""
        return bool(self.item.opts["antialias"])

    def stroke_tail(self, painter: QPainter) -> None:
        """Paint the newest points, in steps and values."""
        painter.setPen(self.item.opts["pen"])
        self.tail.paint(painter)

    def _rule_in(self, part: tuple[float, float], view: PlotView) -> Rule:
        width = view.width if self.style.raw else view.width // 2
        share = (part[1] - part[0]) / max(view.x_max - view.x_min, 1e-12)
        return rule_for(self.curve, *part, max(2, math.ceil(width * share)))

    def _scaled(self, shown: Thinned, view: PlotView) -> tuple[Floats, Floats]:
        """Steps and values as the axes of a view have them."""
        y = shown.y * view.scale if view.scale != 1.0 else shown.y
        if view.log_floor is not None:
            self.clipped = self.clipped or bool((y < view.log_floor).any())
            y = np.log10(np.maximum(y, view.log_floor))
        return shown.x, y

    @property
    def _is_thick(self) -> bool:
        return not self.style.raw and not self.ghost

    def _pen(self) -> QPen:
        thin = self.style.raw or self.ghost
        pen: QPen = pg.mkPen(self.style.color) if thin else pg.mkPen(self.style.color, width=1.6)
        if not thin:
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen


def _between(x: Floats | None, y: Floats, first: float, last: float) -> tuple[float, float] | None:
    if x is None or not len(x) or max(first, x[0]) > min(last, x[-1]):
        return None
    ends = np.interp([max(first, x[0]), min(last, x[-1])], x, y)
    values = np.append(ends, y[(x >= first) & (x <= last)])
    values = values[np.isfinite(values)]
    return (float(values.min()), float(values.max())) if len(values) else None
