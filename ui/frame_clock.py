"""When the views are refreshed: as often as the screen needs, less often when drawing costs too much."""

from __future__ import annotations

import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal

__all__ = ["FrameClock"]

_INTERVALS_MS = (16, 33, 66)
_BUSY_SHARE = 0.3  # of the GUI thread's time: painting from Python holds the interpreter and so stops the training
_FRAMES_JUDGED = 30


class FrameClock(QObject):
    """Emits `tick` at up to 60 Hz and slows down to 30 and 15 Hz while frames cost more than a third of their time.

    The owner reports what each frame cost with `spent`, in seconds of the GUI thread's own processor time: waiting for
    the interpreter costs training nothing. `rate_changed(frames_per_second)` tells when the pace changes;
    the clock recovers by itself when frames become cheap again.
    """

    tick = Signal()
    rate_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._level = 0
        self._costs: deque[float] = deque(maxlen=_FRAMES_JUDGED)
        self._cost_of_frame = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_INTERVALS_MS[0])
        self._timer.timeout.connect(self._on_timeout)

    @property
    def frames_per_second(self) -> int:
        """The present pace, in ticks a second."""
        return 1000 // _INTERVALS_MS[self._level]

    def start(self) -> None:
        """Begin to tick."""
        self._timer.start()

    def stop(self) -> None:
        """Stop ticking."""
        self._timer.stop()

    def spent(self, seconds: float) -> None:
        """Add to the cost of the present frame."""
        self._cost_of_frame += seconds

    def _on_timeout(self) -> None:
        if self._cost_of_frame > 0:
            self._costs.append(self._cost_of_frame)
            self._cost_of_frame = 0.0
        if len(self._costs) == _FRAMES_JUDGED:
            self._judge()
        begin = time.thread_time()
        self.tick.emit()
        self.spent(time.thread_time() - begin)

    def _judge(self) -> None:
        # the lower quartile: dearer frames also carry views with a pace of their own, or a window that is being resized
        cost_ms = sorted(self._costs)[_FRAMES_JUDGED // 4] * 1000
        self._costs.clear()
        level = next(
            (level for level, interval in enumerate(_INTERVALS_MS) if cost_ms <= _BUSY_SHARE * interval),
            len(_INTERVALS_MS) - 1,
        )
        if level != self._level:
            self._level = level
            self._timer.setInterval(_INTERVALS_MS[level])
            self.rate_changed.emit(self.frames_per_second)
