"""A curve that one thread appends to while others read it, in memory that hardly grows with its length.

The rule of thinning: the newest EXACT_POINTS points, at least, are kept by themselves, and so are the first
EXACT_FIRST. All points, from the first on, are also in buckets of 4, 16, 64 … successive points, which keep the least
and the greatest value; of each size the newest BUCKETS buckets, at least, are kept. A point that is n points old is
thus in a bucket of less than 4·n / BUCKETS points, and no peak is ever lost. A million points take 1.5 MB, and each
fourfold of that a third of one more.

EXACT_POINTS is half of what the finest buckets cover at least, and every size covers more than the size before: what a
curve is cut back to can always be gone on from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from playground.curve import FACTOR, Buckets, Curve, Floats, finite_or_nan

__all__ = ["BUCKETS", "EXACT_FIRST", "EXACT_POINTS", "MOST_GAPS", "Series"]

EXACT_POINTS = 8_192
EXACT_FIRST = 64
BUCKETS = 4_096

_BLOCK = 256  # points after which the buckets are brought up to date
_FIRST_CAPACITY = 1024
MOST_GAPS = 1000


class _Level:
    """The buckets of one size while they grow. What was read stays: entries are added, or go into new memory."""

    def __init__(self, size: int, start: int = 0, table: Floats | None = None) -> None:
        self.size = size
        self.start = start
        self._table = np.empty((5, _BLOCK)) if table is None else table.copy()
        self._count = 0 if table is None else table.shape[1]

    @property
    def end(self) -> int:
        return self.start + self._count

    def extend(self, new: Floats) -> None:
        """Add buckets (5, n), and forget the oldest where more than twice BUCKETS are kept."""
        count = self._count + new.shape[1]
        if count > self._table.shape[1]:
            # whole groups are forgotten, so that every bucket of the next level is made of kept ones
            forgotten = (count - BUCKETS) // FACTOR * FACTOR if count > 2 * BUCKETS else 0
            kept = self._table[:, forgotten : self._count]
            count -= forgotten
            self._table = np.empty((5, min(2 * BUCKETS, max(count, 2 * self._table.shape[1]))))
            self._table[:, : kept.shape[1]] = kept
            self.start += forgotten
        self._table[:, count - new.shape[1] : count] = new
        self._count = count

    def buckets(self) -> Buckets:
        table = self._table[:, : self._count]
        table.flags.writeable = False
        return Buckets(self.size, self.start, table)


@dataclass(frozen=True, eq=False)
class _Sealed:
    """What stays the same from one point to the next; x and y are filled up to a length that is kept beside it."""

    x: Floats
    y: Floats
    start: int = 0
    head: Floats = field(default_factory=lambda: np.empty((2, 0)))
    levels: tuple[Buckets, ...] = ()
    gaps: tuple[float, ...] = ()
    generation: int = 0


class Series:
    """A growing curve: x (the step) and y, float64. One writer, any readers; each sees one state, whole."""

    def __init__(self) -> None:
        # replaced as a whole: a reader holds either the old state or the new one
        self._state = (_Sealed(np.empty(_FIRST_CAPACITY), np.empty(_FIRST_CAPACITY)), 0)
        self._read: tuple[object, Curve] | None = None  # the state that was read last, and what was made of it
        self._levels: list[_Level] = []
        self._ends_bad = False

    def __len__(self) -> int:
        """How many points were appended; all count, however they are kept."""
        sealed, count = self._state
        return sealed.start + count

    @property
    def generation(self) -> int:
        """How often the curve was cut short; what was read in an older generation may no longer be part of it."""
        return self._state[0].generation

    @property
    def last(self) -> tuple[float, float] | None:
        """The newest point, None if there is none."""
        sealed, count = self._state
        return (float(sealed.x[count - 1]), float(sealed.y[count - 1])) if count else self.read().last

    def read(self) -> Curve:
        """The curve as it is now, without a copy; it stays as it is, and is the same object until there is more."""
        state, known = self._state, self._read
        if known is not None and known[0] is state:
            return known[1]
        sealed, count = state
        x, y = sealed.x[:count], sealed.y[:count]
        x.flags.writeable = y.flags.writeable = False
        curve = Curve(x, y, sealed.start, sealed.head, sealed.levels, sealed.gaps, sealed.generation)
        self._read = (state, curve)
        return curve

    def append(self, step: float, value: float) -> None:
        """Add one point; steps must not decrease."""
        sealed, count = self._state
        if count == len(sealed.x):
            sealed, count = self._with_room()
        sealed.x[count] = step
        sealed.y[count] = value
        bad = not math.isfinite(value)
        if bad and not self._ends_bad and len(sealed.gaps) < MOST_GAPS:
            sealed = replace(sealed, gaps=(*sealed.gaps, float(step)))
        self._ends_bad = bad
        self._state = (sealed, count + 1)
        if not (count + 1) % _BLOCK:
            self._update_levels()

    def truncate(self, step: float) -> None:
        """Drop the points after `step`; what was read stays as it was.

        Where the points are no longer kept by themselves, the bucket that `step` is in goes too, unless it ends there:
        nobody knows what came before `step` in it.
        """
        curve = self.read()
        if curve.last is None or curve.last[0] <= step:
            return
        if not curve.start or (len(curve.x) and curve.x[0] <= step):
            kept = int(np.searchsorted(curve.x, step, "right"))
            self._restart(curve, curve.start, curve.x[:kept], curve.y[:kept])
            return
        level = next((level for level in curve.levels if (level.table[1, :1] <= step).any()), None)
        if level is None or step <= curve.head[0, -1]:
            kept = int(np.searchsorted(curve.head[0], step, "right"))
            self._restart(replace(curve, levels=()), 0, *curve.head[:, :kept])
            self._update_levels()
        else:
            buckets = level.start + int(np.searchsorted(level.table[1], step, "right"))
            self._restart(curve, buckets * level.size, np.empty(0), np.empty(0))

    @classmethod
    def of(cls, curve: Curve) -> Series:
        """A series with the points of a curve, which grows by itself."""
        series = cls()
        series._restart(replace(curve, generation=-1), curve.start, curve.x, curve.y)
        return series

    def _restart(self, curve: Curve, start: int, x: Floats, y: Floats) -> None:
        """Go on from `curve` after point number `start` and the points x, y that follow, all in memory of its own."""
        length = start + len(x)
        capacity = max(_FIRST_CAPACITY, 1 << max(len(x) - 1, 0).bit_length())
        new_x, new_y = np.empty(capacity), np.empty(capacity)
        new_x[: len(x)], new_y[: len(x)] = x, y
        self._levels = []
        for level in curve.levels:
            end = min(level.end, length // level.size)
            # a level that keeps nothing goes on where the curve does
            begin = min(level.start, end)
            self._levels.append(_Level(level.size, begin, level.table[:, : end - begin]))
        sealed = _Sealed(
            new_x,
            new_y,
            start,
            curve.head if start else np.empty((2, 0)),
            tuple(level.buckets() for level in self._levels),
            generation=curve.generation + 1,
        )
        self._state = (sealed, len(x))
        last = self.last
        self._ends_bad = last is not None and not math.isfinite(last[1])
        gaps = tuple(gap for gap in curve.gaps if last is not None and gap <= last[0])
        self._state = (replace(sealed, gaps=gaps), len(x))

    def _with_room(self) -> tuple[_Sealed, int]:
        """The state with room for more points: more memory, or, where there is enough, without the oldest points."""
        sealed, count = self._state
        if count < 2 * EXACT_POINTS:
            more = np.empty(count)
            sealed = replace(sealed, x=np.concatenate([sealed.x, more]), y=np.concatenate([sealed.y, more]))
        else:
            x, y = np.empty(count), np.empty(count)
            x[:EXACT_POINTS], y[:EXACT_POINTS] = sealed.x[EXACT_POINTS:], sealed.y[EXACT_POINTS:]
            head = sealed.head if sealed.start else np.stack([sealed.x[:EXACT_FIRST], sealed.y[:EXACT_FIRST]])
            sealed, count = replace(sealed, x=x, y=y, start=sealed.start + EXACT_POINTS, head=head), EXACT_POINTS
        self._state = (sealed, count)
        return self._state

    def _update_levels(self) -> None:
        """Add the buckets that are complete by now, level by level, each from the one below."""
        sealed, count = self._state
        length = sealed.start + count
        number, size = 0, FACTOR
        while length >= size:
            if number == len(self._levels):
                self._levels.append(_Level(size))
            level = self._levels[number]
            if level.end == length // size:
                break
            needed = slice(level.end * FACTOR, length // size * FACTOR)
            if number:
                level.extend(_merged(self._levels[number - 1].buckets(), needed))
            else:
                level.extend(_bucketed(sealed, needed))
            number, size = number + 1, size * FACTOR
        self._state = (replace(sealed, levels=tuple(level.buckets() for level in self._levels)), count)


def _bucketed(sealed: _Sealed, points: slice) -> Floats:
    """Points, by number, as buckets of FACTOR each."""
    place = slice(points.start - sealed.start, points.stop - sealed.start)
    x, y = sealed.x[place].reshape(-1, FACTOR), sealed.y[place].reshape(-1, FACTOR)
    finite = finite_or_nan(y)
    return np.stack([x[:, 0], x[:, -1], np.fmin.reduce(finite, axis=1), np.fmax.reduce(finite, axis=1), y[:, -1]])


def _merged(below: Buckets, buckets: slice) -> Floats:
    """Buckets, by number, as buckets of FACTOR times their size."""
    table = below.table[:, buckets.start - below.start : buckets.stop - below.start].reshape(5, -1, FACTOR)
    low, high = np.fmin.reduce(table[2], axis=1), np.fmax.reduce(table[3], axis=1)
    return np.stack([table[0, :, 0], table[1, :, -1], low, high, table[4, :, -1]])
