"""The speed of training: the one that was chosen last, and at the very first start one at which it can be watched."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, Slot

from playground.worker import TrainingWorker
from ui.preferences import Preferences
from ui.toolbar import WATCHED_SPEED, Toolbar

__all__ = ["Speed"]


class Speed(QObject):
    """Stands between the slider, the worker and what is remembered of it."""

    def __init__(self, toolbar: Toolbar, worker: TrainingWorker, preferences: Preferences, parent: QObject) -> None:
        super().__init__(parent)
        self._toolbar, self._worker, self._preferences = toolbar, worker, preferences
        if preferences.speed is not None:
            self._take(preferences.speed)
        toolbar.speed_changed.connect(self._choose)

    def begin_slowly(self) -> None:
        """Train so that one can watch it, unless a speed has ever been chosen."""
        if self._preferences.speed is None:
            self._take(WATCHED_SPEED)

    def _take(self, speed: float) -> None:
        limit = None if math.isinf(speed) else speed
        self._toolbar.set_speed(limit)
        self._worker.set_speed(limit)

    @Slot(object)
    def _choose(self, limit: float | None) -> None:
        self._worker.set_speed(limit)
        self._preferences.speed = math.inf if limit is None else limit
