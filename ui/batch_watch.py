"""Who wants the next step taken apart: several views may, and the worker is asked once."""

from __future__ import annotations

from PySide6.QtCore import QObject

from playground.snapshot_maker import Watched
from playground.worker import TrainingWorker

__all__ = ["BatchWatch"]


class BatchWatch(QObject):
    """Asks the worker for what the first of those who want something wants, in the order of `who`."""

    def __init__(self, worker: TrainingWorker, who: tuple[str, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._wants: dict[str, Watched] = dict.fromkeys(who)
        self._asked: Watched = None

    def want(self, who: str, source: Watched) -> None:
        """`who` wants the step on this source from now on, or (None) none."""
        self._wants[who] = source
        asked = next((wanted for wanted in self._wants.values() if wanted is not None), None)
        if asked != self._asked:
            self._asked = asked
            self._worker.watch_batch_step(asked)
