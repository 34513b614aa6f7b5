"""A panel wired to a real worker, as in the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from playground.settings import Settings
from playground.snapshot import Snapshot
from playground.worker import TrainingWorker
from ui.slow_motion.panel import SlowMotionPanel

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=8, seed=5)
DEEP = SMALL.changed(classes=(0, 1, 2, 3), kernel_size=3, filters=(3, 4))


class Desk(QWidget):
    """The panel in a window, with the worker behind it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.worker = TrainingWorker(settings, self)
        self.panel = SlowMotionPanel()
        QVBoxLayout(self).addWidget(self.panel)
        self.resize(600, 200)
        self.lit: list[tuple[frozenset[str] | None, tuple[str, ...]]] = []
        panel, worker = self.panel, self.worker
        panel.watch_changed.connect(worker.watch_batch_step)
        panel.apply_requested.connect(worker.apply_batch_step)
        panel.undo_requested.connect(worker.undo_step)
        panel.sample_chosen.connect(worker.choose_sample)
        panel.slow_motion_changed.connect(worker.set_slow_motion)
        worker.refused.connect(panel.stop_waiting)
        panel.stage_lit.connect(lambda names, glowing: self.lit.append((names, glowing)))
        self._shown: Snapshot | None = None

    def frame(self) -> Snapshot | None:
        """What the window does at each tick."""
        snapshot = self.worker.latest
        if snapshot is not None and snapshot is not self._shown:
            self._shown = snapshot
            self.panel.show_snapshot(snapshot)
        self.worker.request_snapshot()
        return self._shown


@pytest.fixture
def open_desk(qtbot: QtBot) -> Iterator[Callable[[Settings], Desk]]:
    """Opens a desk and waits until its first step is on screen."""
    desks: list[Desk] = []

    def make(settings: Settings = SMALL) -> Desk:
        desk = Desk(settings)
        qtbot.addWidget(desk)
        desks.append(desk)
        with qtbot.waitSignal(desk.worker.run_started):
            desk.worker.begin()
        with qtbot.waitExposed(desk):
            desk.show()
        until(qtbot, desk, lambda: desk.panel.stage is not None)
        return desk

    yield make
    for desk in desks:
        assert desk.worker.close(10)


@pytest.fixture
def desk(open_desk: Callable[[Settings], Desk]) -> Desk:
    return open_desk(SMALL)


def until(qtbot: QtBot, desk: Desk, is_so: Callable[[], bool]) -> None:
    """Wait, frame by frame, until something is so."""

    def reached() -> bool:
        desk.frame()
        return is_so()

    qtbot.waitUntil(reached)
