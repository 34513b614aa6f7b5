"""Writes data sets to their files beside the event loop: what is drawn is on the disk a moment later."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from playground.errors import DataError
from playground.own_data.storage import Stored, write_collection

__all__ = ["Keeper"]


class Keeper(QObject):
    """One file at a time; while one is written, only the newest state of each waits.

    `refused` brings a sentence if a file could not be written; it arrives in the GUI thread.
    """

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[Path, Stored] = {}
        self._thread: threading.Thread | None = None

    def keep(self, path: Path, content: Stored) -> None:
        """Write a state of a data set; returns at once."""
        with self._lock:
            self._waiting[path] = content
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
                if not self._waiting:
                    self._thread = None
                    return
                path = next(iter(self._waiting))
                content = self._waiting.pop(path)
            try:
                write_collection(path, content)
            except DataError as error:
                self.refused.emit(f"{error} It is still here as long as the program runs.")
