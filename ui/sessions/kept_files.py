"""The files in which the program keeps sessions by itself: that of last time, that of now, and those of crashes.

The session of now is written to a file that a lock marks as in use; both go when the program ends well. A file whose
lock nobody holds was left by a program that did not end well: it is given the name of a recovered one.
"""

from __future__ import annotations

import logging
import os
import secrets
from pathlib import Path

from PySide6.QtCore import QLockFile

from playground.sessions.session_file import SUFFIX

__all__ = ["KeptFiles"]

_log = logging.getLogger(__name__)

_RUNNING = "running-"
_RECOVERED = "recovered-"
_MOST_RECOVERED = 5


class KeptFiles:
    """The folder of kept sessions; made when something is to be put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.last = folder / f"last{SUFFIX}"
        self.before = folder / f"before{SUFFIX}"
        """The run that the session of last time had replaced."""
        self._name = f"{_RUNNING}{os.getpid()}-{secrets.token_hex(4)}"
        self._lock: QLockFile | None = None

    @property
    def running(self) -> Path:
        """Where the session of now is kept while the program runs."""
        return self.folder / f"{self._name}{SUFFIX}"

    def claim(self) -> None:
        """Mark `running` as in use, before it is first written. Raises OSError if the folder cannot be made."""
        if self._lock is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._lock = _lock_of(self.running)
            self._lock.tryLock(0)

    def release(self) -> None:
        """The program ends well: the session of now is not needed any more."""
        self.remove(self.running)
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def recovered(self) -> list[Path]:
        """What programs that did not end well left behind, newest first, those found now among them.

        Of more than five the oldest are removed.
        """
        for path in self._running_files():
            lock = _lock_of(path)
            if path == self.running or not lock.tryLock(0):
                continue
            try:
                path.rename(path.with_name(path.name.replace(_RUNNING, _RECOVERED, 1)))
            except FileNotFoundError:
                # it ended before it had anything to keep
                pass
            except OSError as error:
                _log.warning("%s cannot be renamed: %s", path, error)
            lock.unlock()
        found = sorted(self.folder.glob(f"{_RECOVERED}*{SUFFIX}"), key=_age, reverse=True)
        for path in found[_MOST_RECOVERED:]:
            self.remove(path)
        return found[:_MOST_RECOVERED]

    def _running_files(self) -> list[Path]:
        locks = [path.with_suffix(SUFFIX) for path in self.folder.glob(f"{_RUNNING}*.lock")]
        return sorted({*self.folder.glob(f"{_RUNNING}*{SUFFIX}"), *locks})

    def clear_rubbish(self) -> None:
        """Remove what a program that was killed while it wrote left of it, unless another one may be writing."""
        if not any(self.folder.glob(f"{_RUNNING}*.lock")):
            for path in self.folder.glob(".*.tmp"):
                self.remove(path)

    def remove(self, path: Path) -> None:
        """Let a file be gone; if it cannot be, that is noted."""
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be removed: %s", path, error)


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(path.with_suffix(".lock")))
    # only the end of the program that holds it makes it stale, not its age
    lock.setStaleLockTime(0)
    return lock


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
