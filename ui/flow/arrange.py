"""Fitting the tiles of the flow view into a given size: the largest side of a picture for which everything has room."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from itertools import chain

from ui.flow.build import build
from ui.flow.layout import Architecture, FlowLayout, Metrics, Options
from ui.flow.plan import Plan

__all__ = ["arrange", "least_width"]

_SMALLEST_SIDE = 56  # logical pixels of the image; below this the view scrolls
_FOLDED_SIDE = 104  # once a network is folded it scrolls anyway, so its tiles are large


@lru_cache(maxsize=8)  # a view is asked for its sizes again and again, and painted with one that it was asked for
def arrange(
    arch: Architecture,
    width: int,
    height: int,
    metrics: Metrics | None = None,
    options: Options | None = None,
    *,
    page: int | None = None,
) -> FlowLayout:
    """The layout with the largest tiles in width × height device pixels, of which `page` are seen at once.

    What is too wide even with small tiles is folded into bands under each other, each a page at most if it can be;
    where the height is too little for them, the layout is higher than asked for, and the view scrolls.
    """
    metrics, options = metrics or Metrics(), options or Options()
    page = height if page is None else page
    smallest = _smallest_side(arch, metrics)

    def made(side: int, *, beside: bool, tight: bool) -> Plan:
        plan = Plan(arch, metrics, options, side, tight=tight, beside=beside)
        plan.page = page
        return plan

    ways = [
        partial(made, beside=beside, tight=tight) for beside in (False, True)[: arch.outputs] for tight in (False, True)
    ]
    unfolded = (_unfolded(way, width, height, smallest) for way in ways)
    folded = (_folded(way, width, smallest) for way in ways)
    plan = _first_in_page(chain(unfolded, folded), page)
    assert plan is not None  # the tables of scores in the rows need no width to spare
    return _built(plan, width, height)


def _first_in_page(plans: Iterable[Plan | None], page: int) -> Plan | None:
    """The first plan that needs no more height than is seen at once, else the lowest; None if there is no plan."""
    lowest: Plan | None = None
    for plan in plans:
        if plan is not None and (lowest is None or plan.needed(page)[1] < lowest.needed(page)[1]):
            lowest = plan
            if plan.needed(page)[1] <= page:
                break
    return lowest


def least_width(arch: Architecture, metrics: Metrics, options: Options) -> int:
    """Device pixels below which not even a folded network fits."""
    plan = Plan(arch, metrics, options, _smallest_side(arch, metrics))
    plan.fold(1)
    return plan.least_width


def _smallest_side(arch: Architecture, metrics: Metrics) -> int:
    # a blackboard's cells carry numbers: they must stay as high as a line of text
    return arch.image[1] * metrics.line if arch.is_small else metrics.px(_SMALLEST_SIDE)


def _unfolded(made: Callable[[int], Plan], width: int, height: int, smallest: int) -> Plan | None:
    """As large as it fits, at least the smallest if its width allows that; None if it does not."""

    def attempt(side: int) -> Plan:
        plan = made(side)
        plan.widen(width)  # wide tiles need less height for their texts
        plan.view_width = width
        return plan

    def fits(plan: Plan) -> bool:
        return plan.fits_width(width) and plan.needed(height)[1] <= height

    largest = max(smallest, min(height // 2, width // 2))
    return _largest(attempt, fits, smallest, largest) if attempt(smallest).fits_width(width) else None


def _folded(made: Callable[[int], Plan], width: int, smallest: int) -> Plan | None:
    """In as few bands as there can be; as large as these allow, but a page at most and not beyond a good size.

    None if the tables of scores have no room beside the other columns.
    """

    def attempt(side: int, within: int = width) -> Plan:
        plan = made(side)
        plan.fold(within)
        plan.widen(width)
        plan.view_width = width
        return plan

    # the parameters may have no room where the columns have
    parts = (width, width * 2 // 3)
    narrow = next((part for part in parts if attempt(smallest, part).fits_width(width)), width)
    fewest = attempt(smallest, narrow)
    has_room = fewest.fits_width(width)
    if fewest.beside and not has_room:
        return None

    def fits(plan: Plan) -> bool:
        if len(plan.bands) > len(fewest.bands) or plan.least_width > width:
            return False
        if has_room and not plan.fits_width(width):
            return False
        comfortable = plan.side <= plan.m.px(_FOLDED_SIDE)
        return plan.needed(plan.page)[1] <= plan.page or (comfortable and _in_pages(plan))

    return _largest(partial(attempt, within=narrow), fits, smallest, max(smallest, width // 2))


def _in_pages(plan: Plan) -> bool:
    """True if no band is higher than what is seen at once."""
    return all(plan.band_height(band, plan.page) <= plan.page for band in plan.bands)


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
    # a page for each band, so that a page shows all of it
    pages = len(plan.bands) * plan.page if len(plan.bands) > 1 and _in_pages(plan) else 0
    return build(plan, max(width, needed[0]), max(height, needed[1], pages))
