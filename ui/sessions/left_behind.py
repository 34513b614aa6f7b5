"""Sessions that programs left behind which did not end well: which there are, what they say, and reading one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, Qt

from playground.atomic_file import put_aside
from playground.counting import counted
from playground.errors import SessionFileError
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session, read_summary
from ui.sessions.kept_files import KeptFiles

__all__ = ["LeftBehind", "read_left_behind"]


class LeftBehind:
    """The list of them. `look` finds those that are new since the last start."""

    def __init__(self, files: KeptFiles) -> None:
        self._files = files
        self._paths: list[Path] = []

    def __contains__(self, path: Path) -> bool:
        return path in self._paths

    @property
    def newest(self) -> Path | None:
        """The one to recover first, None if there is none."""
        return self._paths[0] if self._paths else None

    def look(self) -> str:
        """Find them; in words what the last program left that did not end well, "" if it did."""
        known = set(self._files.folder.glob("recovered-*"))
        self._paths = self._files.recovered()
        self._files.clear_rubbish()
        new = [path for path in self._paths if path not in known]
        return _what_is_left(new[0]) if new else ""

    def remove(self, path: Path) -> None:
        """It is gone on with."""
        self._paths.remove(path)


def read_left_behind(path: Path) -> SessionContent:
    """A session that was left behind; one that is damaged is put aside, which the SessionFileError says."""
    try:
        return read_session(path)
    except SessionFileError as error:
        aside = put_aside(path)
        raise SessionFileError(f"{error} It is kept as {aside or path}.") from error


def _what_is_left(path: Path) -> str:
    try:
        summary = read_summary(path)
    except SessionFileError as error:
        return f"The program did not end well last time. {error}"
    saved_at = QDateTime.fromString(summary.saved_at, Qt.DateFormat.ISODate)
    when = QLocale().toString(saved_at, QLocale.FormatType.ShortFormat)
    steps = counted(summary.step, "step")
    return f"The program did not end well last time. Its session was kept: {summary.data}, {steps}, {when}."
