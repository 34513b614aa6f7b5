"""The curves of a run as a CSV file, a row a step: what spreadsheets and pandas read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from playground.atomic_file import replacing, told
from playground.curve import Curve
from playground.errors import ExportError
from playground.history import Event, History
from playground.settings import Settings

__all__ = ["export_history"]

_ROWS_AT_ONCE = 20_000

Key = tuple[float, float]
"""First and last step of a row: of an exact point twice the same."""


def export_history(path: str | Path, history: History, settings: Settings) -> None:
    """Write all that is kept of every curve, and the markers, or leave whatever was there untouched.

    Lines that begin with # tell of the run, and of how long curves were thinned; then come a line of names and a row
    for each step that any curve has a point at, empty where this curve has none. Of a thinned part there is a row for
    each bucket, with its first and last step and the least and the greatest value of each curve in columns of their
    own. Numbers are written in full: they read back as the same float64. Raises ExportError if the file cannot be
    written.
    """
    path = Path(path)
    curves = {name: series.read() for name, series in history.series.items()}
    # a curve that nobody asked to be measured is not there
    curves = {name: curve for name, curve in curves.items() if len(curve) or name == "batch_loss"}
    table = _Table(curves, history.events)
    with told(path, ExportError), replacing(path.resolve()) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        for line in (*_head(settings), *_thinning(curves)):
            text.write(f"# {line}\n")
        writer = csv.writer(text)
        writer.writerow(table.header())
        rows = table.rows()
        while part := [*islice(rows, _ROWS_AT_ONCE)]:
            writer.writerows(part)
        text.flush()
        text.detach()


def _head(settings: Settings) -> list[str]:
    classes = " ".join(map(str, settings.classes))
    filters = " and ".join(map(str, settings.filters))
    return [
        f"cnn-playground: {settings.own.name if settings.own else settings.dataset}, classes {classes}",
        f"{filters} filters, kernel size {settings.kernel_size}, batch size {settings.batch_size}, "
        f"{settings.optimizer}, learning rate {settings.learning_rate:g}, seed {settings.seed}",
    ]


def _thinning(curves: Mapping[str, Curve]) -> list[str]:
    """How each curve that is not kept exactly was thinned."""
    lines = []
    for name, curve in curves.items():
        if not curve.start:
            continue
        sizes = [level.size for level in curve.levels if level.table.shape[1] and level.first_point < curve.start]
        lines.append(
            f"thinned: of {name} the first {curve.head.shape[1]} and the newest {len(curve.x)} of {len(curve)} points "
            f"are exact; before these, buckets of {min(sizes)} to {max(sizes)} successive points keep the least and "
            f"the greatest value ({name}_min, {name}_max), finer for newer points"
        )
    return lines


class _Table:
    """All curves over the steps, or buckets of steps, that any of them has something for."""

    def __init__(self, curves: Mapping[str, Curve], events: tuple[Event, ...]) -> None:
        self._names = tuple(curves)
        self._thinned = tuple(name for name, curve in curves.items() if curve.start)
        self._exact = {name: _exact_points(curve) for name, curve in curves.items()}
        self._buckets = {name: _buckets(curves[name]) for name in self._thinned}
        self._events: dict[float, list[str]] = {}
        for event in events:
            self._events.setdefault(float(event.step), []).append(event.text)
        steps = {(step, step) for points in self._exact.values() for step in points}
        steps.update((step, step) for step in self._events)
        for buckets in self._buckets.values():
            steps.update(buckets)
        self._keys = sorted(steps)

    def header(self) -> list[str]:
        """The names of the columns."""
        ranges = [f"{name}_{end}" for name in self._thinned for end in ("min", "max")]
        return ["step", *(["last_step"] if self._thinned else []), *self._names, *ranges, "event"]

    def rows(self) -> Iterator[list[str]]:
        """The rows as text."""
        for first, last in self._keys:
            is_point = first == last
            row = [f"{first:.0f}", *([f"{last:.0f}"] if self._thinned else [])]
            row += [_text(self._exact[name].get(first) if is_point else None) for name in self._names]
            for name in self._thinned:
                low, high = self._buckets[name].get((first, last), (None, None))
                row += [_text(low), _text(high)]
            row.append("; ".join(self._events.get(first, ())) if is_point else "")
            yield row


def _exact_points(curve: Curve) -> dict[float, float]:
    """Value by step; a step that a run came to twice, after going back, has the newer one."""
    points = dict(zip(*curve.head.tolist(), strict=True)) if curve.start else {}
    points.update(zip(curve.x.tolist(), curve.y.tolist(), strict=True))
    return points


def _buckets(curve: Curve) -> dict[Key, tuple[float, float]]:
    """Least and greatest value by first and last step, for what is not kept exactly."""
    rows = curve.rows(0, curve.start)
    ends = zip(rows.first.tolist(), rows.last.tolist(), strict=True)
    values = zip(rows.low.tolist(), rows.high.tolist(), strict=True)
    known = float(curve.head[0, -1]) if curve.head.shape[1] else -1.0
    return {key: value for key, value in zip(ends, values, strict=True) if key[1] > known}


def _text(value: float | None) -> str:
    return "" if value is None else repr(value)
