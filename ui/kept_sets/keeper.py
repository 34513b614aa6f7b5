"""Writes data sets to their files beside the event loop: what is drawn is on the disk a moment later."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.errors import DataError
from playground.own_data.storage import Stored, write_collection

__all__ = ["Keeper"]


class Keeper(QObject):
    """One file at a time; while one is written, only the newest state of each waits.

    `written` tells that a file is there, `refused` brings a sentence if one could not be written; both arrive in the
    GUI thread.
    """

    written = Signal()
    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[Path, Stored] = {}
        self._writing: dict[Path, Stored] = {}
        self._failed: dict[Path, Stored] = {}
        self._thread: threading.Thread | None = None

    @property
    def pending(self) -> Mapping[Path, Stored]:
        """What is newer here than on the disk, by its file; also what could not be written."""
        with self._lock:
            return {**self._failed, **self._writing, **self._waiting}

    def keep(self, path: Path, content: Stored) -> None:
        """Write a state of a data set; returns at once."""
        with self._lock:
            self._waiting[path] = content
            self._failed.pop(path, None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="keeping data")
                self._thread.start()

    def flush(self) -> None:
        """Wait until everything is written."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while True:
            with self._lock:
                self._writing.clear()
                if not self._waiting:
                    self._thread = None
                    return
                path = next(iter(self._waiting))
                content = self._writing[path] = self._waiting.pop(path)
            try:
                write_collection(path, content)
            except DataError as error:
                with self._lock:
                    self._failed[path] = content
                self.refused.emit(f"{error} It is still here as long as the program runs.")
            else:
                self.written.emit()
