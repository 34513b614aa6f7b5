"""Which curves a chart draws of a run with branches: the way that trains, and paler what waits."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QPointF

from playground.history import History
from playground.timeline.view import TimelineView
from ui.charts.curve_line import CurveLine, CurveStyle
from ui.charts.legend import LegendEntry
from ui.colors import blend
from ui.theme import Theme
from ui.timeline.colors import branch_color, branch_name

__all__ = ["Stretch", "branch_entries", "branch_near", "fork_line", "live_stretches", "other_stretches"]

_NEAR = 10.0  # pixels above or below a curve that are still a click on it
_ASIDE_PIXELS = 2
_ASIDE = 0.45

Styles = Callable[[History], tuple[CurveStyle, ...]]


@dataclass(frozen=True)
class Stretch:
    """Some curves of a history between two steps; `span` may be open, as (400, inf). branch: None if of another run."""

    history: History
    styles: tuple[CurveStyle, ...]
    span: tuple[float, float]
    branch: int | None = None


def live_stretches(view: TimelineView, styles: Styles) -> Iterator[Stretch]:
    """The curves of the branch that trains, from the start on: each part told apart by the branch it belongs to."""
    history = view.branch(view.live).history
    number, end = view.live, math.inf
    while True:
        branch = view.branch(number)
        start = branch.forked_at if branch.parent is not None else -math.inf
        yield Stretch(history, styles(history), (start, end), number)
        if branch.parent is None:
            return
        number, end = branch.parent, start


def other_stretches(view: TimelineView, styles: Styles, theme: Theme) -> Iterator[Stretch]:
    """What the branches that wait have of their own, paler."""
    for branch in view.branches:
        if branch.number == view.live:
            continue
        start = branch.forked_at if branch.parent is not None else -math.inf
        own = styles(branch.history)
        paler = tuple(replace(style, color=blend(style.color, theme.panel, _ASIDE)) for style in own if style.ghost)
        yield Stretch(branch.history, paler, (start, math.inf), branch.number)


def branch_near(
    lines: Iterable[CurveLine], view: TimelineView, place: QPointF, pixel: tuple[float, float]
) -> int | None:
    """The branch that a click meant: that of the nearest curve, None for the shown one or if none is near.

    place: step and value in units of the axes; pixel: how many of them a pixel is.
    """
    nearest, meant = _NEAR, None
    aside = _ASIDE_PIXELS * pixel[0]
    shown = view.branch_at(place.x())
    # the curves of the shown way first: where others lie over them, they are meant
    for line in sorted(lines, key=lambda line: line.branch != shown):
        span = line.drawn_between(place.x() - aside, place.x() + aside)
        if line.branch is None or span is None:
            continue
        apart = max(span[0] - place.y(), place.y() - span[1], 0.0) / pixel[1]
        if apart < nearest:
            nearest, meant = apart, None if line.branch == shown else line.branch
    return meant


def branch_entries(view: TimelineView, theme: Theme) -> list[LegendEntry]:
    """The names of the branches in their colours; none while there is only the first run."""
    return [
        LegendEntry(
            branch_name(branch.number), branch_name(branch.number, short=True), branch_color(theme, branch.number)
        )
        for branch in view.branches
        if branch.parent is not None
    ]


def fork_line(step: float, color: str) -> pg.InfiniteLine:
    """An upright line where a branch begins."""
    line = pg.InfiniteLine(step, angle=90, pen=pg.mkPen(color, width=2), movable=False)
    line.setZValue(-6)
    return line
