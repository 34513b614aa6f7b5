"""Writes sessions to their files beside the window and the training."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from playground.errors import PlaygroundError
from playground.sessions.content import SessionContent
from playground.sessions.session_file import write_session

__all__ = ["SessionWriter", "Written"]


@dataclass(frozen=True, eq=False)
class Written:
    """The outcome of one write. problem: a sentence if it failed, else ""; seconds: how long it took."""

    path: Path
    content: SessionContent
    problem: str
    seconds: float


class SessionWriter(QObject):
    """One file at a time, on a thread that is there while there is something to write."""

    _done = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._jobs: deque[tuple[Path, SessionContent, Callable[[Written], object]]] = deque()
        self._thread: threading.Thread | None = None
        self._done.connect(self._tell)

    @property
    def is_busy(self) -> bool:
        """True while something is being written or waits."""
        with self._lock:
            return self._thread is not None

    def write(self, path: Path, content: SessionContent, then: Callable[[Written], object]) -> None:
        """Write a session; returns at once. `then` is called in the GUI thread."""
        with self._lock:
            self._jobs.append((path, content, then))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writing sessions")
                self._thread.start()

    def flush(self) -> None:
        """Wait until everything is written; what is to be told comes with the event loop's next turn."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._thread = None
                    return
                path, content, then = self._jobs.popleft()
            begin = time.perf_counter()
            problem = ""
            try:
                write_session(path, content)
            except PlaygroundError as error:
                problem = str(error)
            except Exception as error:  # noqa: BLE001 - told, and the thread goes on with what else is to be written
                problem = f"{path} was not written: {type(error).__name__}: {error}. The older file is as it was."
            self._done.emit((then, Written(path, content, problem, time.perf_counter() - begin)))

    @Slot(object)
    def _tell(self, report: tuple[Callable[[Written], object], Written]) -> None:
        then, written = report
        then(written)
