"""What is measured of a running window: lateness of its event loop, what it paints, how old that is."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from benchmarks.window.rig import Rig
from playground.snapshot import Snapshot
from ui.cell_ref import sample_array
from ui.chain.row import FactorRow
from ui.charts.plot import ChartPlot
from ui.explain.strip import ExplanationStrip
from ui.figures import Figures
from ui.flow.cell_pixels import shown_values
from ui.flow.heatmap import color_indices, color_table, is_signed
from ui.flow.view import FlowView
from ui.overview.rows import OverviewRows

__all__ = ["LatenessProbe", "PaintProbe", "after_painting", "percentile"]

_TICK_MS = 5


def percentile(values: list[float], share: float) -> float:
    """The value that `share` per cent of the values do not exceed; NaN of none."""
    return float(np.percentile(values, share)) if values else float("nan")


class LatenessProbe(QObject):
    """A timer of 5 ms; `milliseconds` is how much later than that each time came."""

    def __init__(self) -> None:
        super().__init__()
        self.milliseconds: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timeout)

    def start(self) -> None:
        """Begin anew."""
        self.milliseconds = []
        self._last = time.perf_counter()
        self._timer.start(_TICK_MS)

    def stop(self) -> None:
        """No more."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        now = time.perf_counter()
        self.milliseconds.append(max(0.0, 1000 * (now - self._last) - _TICK_MS))
        self._last = now


_watchers: dict[type[QWidget], list[Callable[[QWidget], None]]] = defaultdict(list)


def after_painting(kind: type[QWidget], tell: Callable[[QWidget], None]) -> None:
    """Tell each time that a widget of a class has painted itself. Must be called before the first one is made."""
    if kind not in _watchers:
        paint = kind.paintEvent

        def paint_and_tell(widget: QWidget, event: object) -> None:
            paint(widget, event)  # type: ignore[arg-type]
            for watcher in _watchers[kind]:
                watcher(widget)

        kind.paintEvent = paint_and_tell  # type: ignore[method-assign]
    _watchers[kind].append(tell)


class PaintProbe:
    """Counts what each view paints, how old that is when the next picture replaces it, and whether steps are mixed."""

    def __init__(self) -> None:
        self._on = False
        self._random = np.random.default_rng(0)
        self._snapshots: deque[Snapshot] = deque(maxlen=120)
        self.kept: list[Snapshot] = []
        self.reset()
        for kind, tell in (
            (FlowView, self._flow_painted),
            (ExplanationStrip, self._strip_painted),
            (OverviewRows, self._rows_painted),
            (ChartPlot, self._chart_painted),
            (Figures, self._figures_painted),
            (FactorRow, self._factors_painted),
        ):
            after_painting(kind, self._while_on(tell))

    def _while_on(self, tell: Callable[[QWidget], None]) -> Callable[[QWidget], None]:
        return lambda widget: tell(widget) if self._on else None

    def attach(self, rig: Rig) -> None:
        """Watch the window of a rig."""
        self._rig = rig

    def reset(self) -> None:
        """Forget what was counted."""
        self.pictures: dict[str, int] = defaultdict(int)
        self.ages: dict[str, list[float]] = defaultdict(list)
        self._made: dict[str, float] = {}
        self.mixed = 0
        self.frames = 0
        self.cells_checked = 0
        self.wrong_cells = 0

    def start(self) -> None:
        """Begin anew."""
        self.reset()
        self._on = True

    def stop(self) -> None:
        """No more."""
        self._on = False

    def _painted(self, view: str, made: float | None) -> None:
        """Count a new picture; `made` is when its numbers were."""
        if made is None or self._made.get(view) == made:
            return
        self.pictures[view] += 1
        if view in self._made:
            self.ages[view].append(1000 * (time.perf_counter() - self._made[view]))
        self._made[view] = made

    def _of_trace(self, trace: object) -> Snapshot | None:
        newest = self._rig.window.flow_panel.linker.snapshot  # painted before the flow is, in the same frame
        if newest is not None and newest.trace is trace:
            return newest
        return next((seen for seen in reversed(self._snapshots) if seen.trace is trace), None)

    def _made_at(self, snapshot: Snapshot | None) -> float | None:
        return self._rig.loop.made_at.get(snapshot.sequence) if snapshot else None

    def _flow_painted(self, widget: QWidget) -> None:
        assert isinstance(widget, FlowView)
        snapshot = widget.snapshot
        if snapshot is None:
            return
        if not self._snapshots or self._snapshots[-1] is not snapshot:
            self._snapshots.append(snapshot)
            if len(self._snapshots) % 20 == 0:
                self._check_picture(widget, snapshot)
        self._painted("forward and backward pass", self._made_at(snapshot))
        QTimer.singleShot(0, self._check_frame)

    def _check_frame(self) -> None:
        """After a frame, what is explained under the flow must be of the same step."""
        panel = self._rig.window.flow_panel
        light = panel.strip._light
        self.frames += 1
        if light is not None and panel.view.snapshot is not None and light.trace is not panel.view.snapshot.trace:
            self.mixed += 1

    def _check_picture(self, view: FlowView, snapshot: Snapshot) -> None:
        """Cells all over the picture must have the colours of this one snapshot's numbers."""
        painter = view.painted
        assert painter is not None
        self.kept.append(snapshot)
        visible = view.visibleRegion().boundingRect()
        for name, tile in painter.layout.tiles.items():
            if tile.kind not in ("stage", "kernel") or painter._characters[name]:
                continue
            values = sample_array(snapshot.trace, name)
            expected = _colors(view, name, shown_values(tile, values))
            for _ in range(4):
                number = int(self._random.integers(len(tile.maps)))
                part = tile.maps[number]
                row, col = (int(self._random.integers(side - 1)) if side > 1 else 0 for side in (part.rows, part.cols))
                cell = part.cell(row, col)
                x, y = cell.x + cell.width // 2, cell.y + cell.height // 2
                if visible.contains(x, y):
                    self.cells_checked += 1
                    self.wrong_cells += painter.frame.pixel(x, y) != int(expected[number * part.rows + row, col])

    def _strip_painted(self, widget: QWidget) -> None:
        assert isinstance(widget, ExplanationStrip)
        if widget._light is not None:
            self._painted("explanation", self._made_at(self._of_trace(widget._light.trace)))

    def _rows_painted(self, widget: QWidget) -> None:
        assert isinstance(widget, OverviewRows)
        if widget.arrays:
            name, _, values = widget.arrays[0]
            newest = self._rig.window._shown  # may be painted here first
            seen = (*self._snapshots, *((newest,) if newest else ()))
            shown = next((each for each in reversed(seen) if each.trace.arrays.get(name) is values), None)
            self._painted("overview", self._made_at(shown))

    def _factors_painted(self, _widget: QWidget) -> None:
        shown = self._rig.window.chain_panel._shown
        self._painted("chain rule", self._made_at(shown))

    def _chart_painted(self, widget: QWidget) -> None:
        chart = next(chart for chart in self._rig.window.charts if chart.plot is widget)
        line = next((line for line in chart.lines.live if line.style.raw and line.points), None)
        if line and line.curve.last:  # the others wait for an evaluation
            step = int(line.curve.last[0])
            self._painted(
                chart.plot.accessibleName().removesuffix(" over steps").lower(), self._rig.loop.stepped_at.get(step)
            )

    def _figures_painted(self, _widget: QWidget) -> None:
        self._painted("figures", self._made_at(self._rig.window._shown))


def _colors(view: FlowView, name: str, shown: NDArray[np.float32]) -> NDArray[np.uint32]:
    signed = is_signed(name)
    indices = color_indices(shown, view._scales.limit(name), signed)
    return color_table(view._theme, signed)[indices]
