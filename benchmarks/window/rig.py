"""The real window under a real event loop, with what a benchmark needs to see of the training thread."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEventLoop, QPointF, QSettings, Qt, QTimer
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

import playground.worker
from playground.announcements import Announcements
from playground.batch_step import BatchStep
from playground.sessions.last_time import LastTime
from playground.settings import Settings
from playground.snapshot import RunState, Snapshot
from playground.steps_ahead import StepsAhead
from playground.training_loop import TrainingLoop
from ui.application import GarbageTimer, delete_window, freeze_garbage, make_application
from ui.cell_ref import CellRef
from ui.main_window import MainWindow
from ui.preferences import Preferences

__all__ = ["Rig", "open_rig"]


class WatchedLoop(TrainingLoop):
    """Notes when each step and each snapshot was made, and what snapshots cost the training thread."""

    def __init__(self, tell: Announcements, last_time: LastTime | None = None) -> None:
        super().__init__(tell, last_time)
        self.stepped_at: dict[int, float] = {}
        self.made_at: dict[int, float] = {}
        self.snapshot_seconds = 0.0
        Rig.loop = self

    def _take_step(self, prepared: BatchStep | None = None) -> None:
        super()._take_step(prepared)
        self.stepped_at[self.session.step_count] = time.perf_counter()

    def take_steps(self, ahead: StepsAhead) -> None:
        before = self.session.step_count
        super().take_steps(ahead)
        now = time.perf_counter()
        for step in range(before + 1, self.session.step_count + 1):
            self.stepped_at[step] = now

    def snapshot(self) -> Snapshot:
        begin = time.thread_time()
        made = super().snapshot()
        self.snapshot_seconds += time.thread_time() - begin
        self.made_at[made.sequence] = time.perf_counter()
        return made


class Rig:
    """A shown window, the loop that trains behind it, and hands to move it with."""

    loop: WatchedLoop

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def run(self, seconds: float) -> None:
        """Let the event loop run for so long."""
        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def run_until(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Let the event loop run until something holds; an error if it does not in time."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("what was waited for did not come about")
            self.run(0.01)

    def train(self) -> None:
        """Train at full speed."""
        self.window.worker.train()
        self.run_until(lambda: self._state() is RunState.TRAINING)

    def pause(self) -> None:
        """Rest, evaluated and shown."""
        self.window.worker.pause()
        self.run_until(lambda: self._state() is not RunState.TRAINING and not self.loop.has_news)
        self.run(0.3)

    def _state(self) -> RunState | None:
        latest = self.window.worker.latest
        return latest.state if latest else None

    @property
    def steps(self) -> int:
        """Steps taken by now."""
        return self.loop.session.step_count

    @property
    def trainer_seconds(self) -> float:
        """Processor time that the training thread has used."""
        thread = next(thread for thread in threading.enumerate() if thread.name == "training")
        assert thread.ident is not None
        return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))

    def hover(self, name: str, index: tuple[int, ...]) -> None:
        """Point at a cell with the mouse."""
        view = self.window.flow_panel.view
        place = QPointF(view.place_of(CellRef(name, index)).center())
        none, no_keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        moved = QMouseEvent(QMouseEvent.Type.MouseMove, place, view.mapToGlobal(place), none, none, no_keys)
        QApplication.postEvent(view, moved)


@contextmanager
def open_rig(settings: Settings | None = None, size: tuple[int, int] = (1440, 900)) -> Iterator[Rig]:
    """The window as `make run` opens it, with preferences that are forgotten."""
    playground.worker.TrainingLoop = WatchedLoop  # type: ignore[attr-defined]
    app = make_application(["benchmark"])
    garbage = GarbageTimer(app)
    with tempfile.TemporaryDirectory() as folder:
        preferences = Preferences(QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat))
        preferences.settings = settings or Settings()
        preferences.theme = "dark"
        preferences.first_steps_over = True
        window = MainWindow(preferences)
        window.resize(*size)
        window.show()
        rig = Rig(window)
        rig.run_until(lambda: window.worker.latest is not None)
        rig.run(0.5)
        window.activateWindow()
        freeze_garbage()
        yield rig
        delete_window(window)
    garbage.deleteLater()
    app.quit()
