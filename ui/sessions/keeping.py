"""What the program keeps by itself: the session of now every so often, that of last time at the end."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from playground.errors import PlaygroundError
from playground.sessions.content import SessionContent
from playground.sessions.session_file import write_session
from ui.file_writer import FileWriter, Written
from ui.sessions.kept_files import KeptFiles
from ui.sessions.standing import Mark, Standing, mark_of

__all__ = ["Keeping"]

_log = logging.getLogger(__name__)

_LOOK_EVERY_MS = 500
_EVERY_SECONDS = 30.0
_AT_REST_SECONDS = 1.0
_SHARE = 20.0
"""While it trains, writing takes at most a twentieth of the time, however large a session is."""


class Keeping(QObject):
    """Asks for the session by `wanted` when it is time to keep it; `keep` then writes it beside the window.

    refused: one sentence when that begins to fail.
    """

    wanted = Signal()
    refused = Signal(str)

    def __init__(
        self, files: KeptFiles, standing: Standing, writer: FileWriter[SessionContent], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.is_training = False
        self._files = files
        self._standing = standing
        self._writer = writer
        self._kept: Mark | None = None
        self._asked = False
        self._failed = False
        self._done_at = time.monotonic()
        self._took = 0.0
        self._then_remove: Path | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._look)
        self._timer.start(_LOOK_EVERY_MS)

    def replace_soon(self, path: Path) -> None:
        """Keep the present session at the next occasion, and remove a file that then is not needed any more."""
        self._then_remove = path
        self._kept = None

    def stop(self) -> None:
        """Ask for nothing more."""
        self._timer.stop()

    def keep(self, content: SessionContent) -> None:
        """Write a session that was asked for."""
        self._asked = False
        try:
            self._files.claim()
        except OSError as error:
            self._fail(f"{self._files.folder} cannot be made ({error.strerror}).")
            return
        self._writer.write(self._files.running, content, self._on_written)

    def keep_for_next_start(self, content: SessionContent) -> None:
        """Write what the next start goes on with, now; if that fails the session of now stays, to be recovered."""
        try:
            self._files.folder.mkdir(parents=True, exist_ok=True)
            write_session(self._files.last, content)
        except (OSError, PlaygroundError) as error:
            _log.warning("The session was not kept for the next start: %s", error)
        else:
            self._files.release()

    def keep_run_before(self, content: SessionContent | None) -> None:
        """Write the run that can be brought back at the next start, or leave none; what is too large is not kept."""
        try:
            if content is not None:
                write_session(self._files.before, content)
                return
        except PlaygroundError as error:
            _log.warning("The run before was not kept for the next start: %s", error)
        self._files.remove(self._files.before)

    @Slot()
    def _look(self) -> None:
        standing = self._standing
        if self._asked or self._writer.is_busy or not standing.is_worth_keeping or standing.now == self._kept:
            return
        pause = _AT_REST_SECONDS
        if self.is_training and self._then_remove is None:
            pause = max(_EVERY_SECONDS, _SHARE * self._took)
        if time.monotonic() - self._done_at >= pause:
            self._asked = True
            self.wanted.emit()

    def _on_written(self, written: Written[SessionContent]) -> None:
        self._done_at, self._took = time.monotonic(), written.seconds
        if written.problem:
            self._fail(written.problem)
            return
        self._failed = False
        self._kept = mark_of(written.content)
        if self._then_remove is not None:
            self._then_remove.unlink(missing_ok=True)
            self._then_remove = None

    def _fail(self, problem: str) -> None:
        self._done_at = time.monotonic()
        if not self._failed:
            self._failed = True
            self.refused.emit(f"The session is not kept in case the program ends badly; save it. {problem}")
