"""Writes what the user made to files beside the event loop: a moment later it is on the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from playground.errors import PlaygroundError

__all__ = ["FileWriter", "Written"]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Written(Generic[T]):
    """The outcome of one write. problem: a sentence if it failed, else ""; seconds: how long it took."""

    path: Path
    content: T
    problem: str
    seconds: float


Then = Callable[[Written[T]], object]


@dataclass(eq=False)
class _Job(Generic[T]):
    content: T
    thens: list[Then[T]] = field(default_factory=list)


class FileWriter(QObject, Generic[T]):
    """One file at a time, on a thread that is there while there is something to write.

    write: puts a content into a file, whole or not at all; raises PlaygroundError if it cannot. Of the states of one
    file only the newest waits.
    """

    _done = Signal(object, object)

    def __init__(self, write: Callable[[Path, T], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._write = write
        self._lock = threading.Lock()
        self._waiting: dict[Path, _Job[T]] = {}
        self._writing: dict[Path, T] = {}
        self._failed: dict[Path, T] = {}
        self._thread: threading.Thread | None = None
        self._done.connect(self._tell)

    @property
    def is_busy(self) -> bool:
        """True while something is being written or waits."""
        with self._lock:
            return self._thread is not None

    @property
    def pending(self) -> Mapping[Path, T]:
        """What is newer here than on the disk, by its file; also what could not be written."""
        with self._lock:
            waiting = {path: job.content for path, job in self._waiting.items()}
            return {**self._failed, **self._writing, **waiting}

    def write(self, path: Path, content: T, then: Then[T]) -> None:
        """Write a state of a file; returns at once.

        `then` is called in the GUI thread when this state is on the disk, or one that came after it, or could not be.
        """
        with self._lock:
            self._failed.pop(path, None)
            job = self._waiting.setdefault(path, _Job(content))
            job.content = content
            job.thens.append(then)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writing files")
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
                if not self._waiting:
                    self._thread = None
                    return
                path = next(iter(self._waiting))
                job = self._waiting.pop(path)
                self._writing[path] = job.content
            begin = time.perf_counter()
            problem = ""
            try:
                self._write(path, job.content)
            except PlaygroundError as error:
                problem = str(error)
            except Exception as error:  # noqa: BLE001 - told, and the thread goes on with what else is to be written
                problem = f"{path} was not written: {type(error).__name__}: {error}. The older file is as it was."
            with self._lock:
                del self._writing[path]
                if problem:
                    self._failed[path] = job.content
            self._done.emit(job.thens, Written(path, job.content, problem, time.perf_counter() - begin))

    @Slot(object, object)
    def _tell(self, thens: list[Then[T]], written: Written[Any]) -> None:
        for then in thens:
            then(written)
