"""Fitting the tiles of the flow view into a given size: the largest side of a picture for which everything has room."""

from __future__ import annotations

from collections.abc import Callable

from ui.flow.build import build
from ui.flow.layout import BLACKBOARD_ROWS, Architecture, FlowLayout, Metrics, Options
from ui.flow.plan import Plan

__all__ = ["arrange", "least_width"]

_SMALLEST_SIDE = 56  # logical pixels of the image; below this the view scrolls
_FOLDED_SIDE = 104  # once a network is folded it scrolls anyway, so its tiles are large


def arrange(
    arch: Architecture, width: int, height: int, metrics: Metrics | None = None, options: Options | None = None
) -> FlowLayout:
    """The layout with the largest tiles in width × height device pixels.

    What is too wide even with small tiles is folded into bands under each other; where the height is too little for
    them, the layout is higher than asked for, and the view scrolls.
    """
    metrics, options = metrics or Metrics(), options or Options()
    smallest = _smallest_side(arch, metrics)
    largest = max(smallest, min(height // 2, width // 2))
    for tight in (False, True):

        def attempt(side: int, tight: bool = tight) -> Plan:
            plan = Plan(arch, metrics, options, side, tight=tight)
            plan.widen(width)  # wide tiles need less height for their texts
            plan.view_width = width
            return plan

        if attempt(smallest).fits_width(width):

            def fits(plan: Plan) -> bool:
                return plan.fits_width(width) and plan.needed(height)[1] <= height

            return _built(_largest(attempt, fits, smallest, largest), width, height)
    return _folded(arch, width, height, metrics, options)


def least_width(arch: Architecture, metrics: Metrics, options: Options) -> int:
    """Device pixels below which not even a folded network fits."""
    plan = Plan(arch, metrics, options, _smallest_side(arch, metrics))
    plan.fold(1)
    return plan.least_width


def _smallest_side(arch: Architecture, metrics: Metrics) -> int:
    # a blackboard's cells carry numbers: they must stay as high as a line of text
    rows = arch.image[1]
    return rows * metrics.line if rows <= BLACKBOARD_ROWS else metrics.px(_SMALLEST_SIDE)


def _folded(arch: Architecture, width: int, height: int, metrics: Metrics, options: Options) -> FlowLayout:
    """In as few bands as there can be; as large as these allow, beyond a good size only if the height suffices."""
    smallest, comfortable = _smallest_side(arch, metrics), metrics.px(_FOLDED_SIDE)

    def attempt(side: int) -> Plan:
        plan = Plan(arch, metrics, options, side)
        plan.fold(width)
        plan.widen(width)
        plan.view_width = width
        return plan

    fewest = len(attempt(smallest).bands)

    def fits(plan: Plan) -> bool:
        if len(plan.bands) > fewest or plan.least_width > width:
            return False
        return plan.side <= comfortable or plan.needed(height)[1] <= height

    return _built(_largest(attempt, fits, smallest, max(smallest, width // 2)), width, height)


def _largest(attempt: Callable[[int], Plan], fits: Callable[[Plan], bool], low: int, high: int) -> Plan:
    """The plan with the largest side that fits, else that with the smallest."""
    best = attempt(low)
    if not fits(best):
        return best
    # room grows with the side almost everywhere: halve the interval, a try costs tenths of a millisecond
    while low < high:
        middle = (low + high + 1) // 2
        plan = attempt(middle)
        if fits(plan):
            best, low = plan, middle
        else:
            high = middle - 1
    return best


def _built(plan: Plan, width: int, height: int) -> FlowLayout:
    """In the size asked for, or in as much as the plan needs; the kernels give way first."""
    if plan.needed(height)[1] <= height:
        return build(plan, max(width, plan.least_width), height)
    needed = plan.needed(1)
    return build(plan, max(width, needed[0]), max(height, needed[1]))
