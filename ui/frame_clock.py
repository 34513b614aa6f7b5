"""When the views are refreshed: as often as the screen needs, less often when drawing costs too much."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

__all__ = ["FrameClock"]


@dataclass(frozen=True)
class _Pace:
    """A pace of the views, and how much of the GUI thread's time they may use at it."""

    interval_ms: int
    most: float


# Painting from Python holds the interpreter and so stops the training: sixty pictures a second are for views that cost
# little, thirty are given up only where they would take most of the training.
_PACES = (_Pace(16, 0.06), _Pace(33, 0.45), _Pace(66, math.inf))
_FRAMES_JUDGED = 30
_OUTLIERS = 3


class FrameClock(QObject):
    """Emits `tick` at 62 Hz, and at 30 or 15 Hz while the GUI thread has too much to do between two ticks.

    What counts is that thread's own processor time, whatever it was spent on, as `processor_time` tells it in seconds:
    waiting for the interpreter costs training nothing. `rate_changed(frames_per_second)` tells when the pace changes;
    the clock recovers by itself when frames become cheap again.
    """

    tick = Signal()
    rate_changed = Signal(int)

    def __init__(
        self, parent: QObject | None = None, *, processor_time: Callable[[], float] = time.thread_time
    ) -> None:
        super().__init__(parent)
        self._processor_time = processor_time
        self._level = 0
        self._costs: list[float] = []
        self._used = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_PACES[0].interval_ms)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def frames_per_second(self) -> int:
        """The present pace, in ticks a second."""
        return 1000 // _PACES[self._level].interval_ms

    def start(self) -> None:
        """Begin to tick."""
        self._used = self._processor_time()
        self._timer.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._timer.stop()

    def _on_timeout(self) -> None:
        used = self._processor_time()
        self._costs.append(used - self._used)
        self._used = used
        if len(self._costs) == _FRAMES_JUDGED:
            self._judge()
        self.tick.emit()

    def _judge(self) -> None:
        # without the dearest frames: a window that is being resized says nothing of those to come
        usual = sorted(self._costs)[:-_OUTLIERS]
        cost_ms = 1000 * sum(usual) / len(usual)
        self._costs.clear()
        level = next(level for level, pace in enumerate(_PACES) if cost_ms <= pace.most * pace.interval_ms)
        if level != self._level:
            self._level = level
            self._timer.setInterval(_PACES[level].interval_ms)
            self.rate_changed.emit(self.frames_per_second)
