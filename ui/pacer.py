"""Lets a costly view follow at its own, slower pace."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

__all__ = ["Pacer"]

_PATIENCE_MS = 40  # more than a frame


class Pacer(QObject):
    """Turns any number of requests into a `due` at most every `interval_ms`; the first after a rest comes at once.

    Painting from Python holds the interpreter and with it the training thread, so a view redraws no oftener than a
    person needs.
    """

    due = Signal()

    def __init__(self, interval_ms: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._interval_ms = interval_ms
        self._since_due = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    def request(self) -> None:
        """Be due at once if the last time is long enough ago, else as soon as it is and nobody asks in between.

        Requests that come with every frame are so answered within a frame: to be woken for each view by itself costs
        more than most views.
        """
        waited = self._since_due.elapsed() if self._since_due.isValid() else self._interval_ms
        if waited >= self._interval_ms:
            self.now()
        elif not self._timer.isActive():
            self._timer.start(self._interval_ms - waited + _PATIENCE_MS)

    def now(self) -> None:
        """Be due now; what was requested is done with."""
        self.rest()
        self.due.emit()

    def rest(self) -> None:
        """Forget what was requested; the interval begins again."""
        self._timer.stop()
        self._since_due.start()
