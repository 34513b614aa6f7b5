"""How the present session stands to its file: which one it is, and whether it has changed since it was saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from playground.announcements import RunStarted
from playground.counting import counted
from playground.datasets import data_in_words
from playground.edits import Edit
from playground.own_data.image_set import ImageSet
from playground.sessions.content import SessionContent
from playground.settings import Settings
from playground.snapshot import Snapshot

__all__ = ["UNTITLED", "Mark", "Standing", "mark_of"]

UNTITLED = "Untitled session"

Mark = tuple[Settings, int, float | None, tuple[Edit, ...], ImageSet | None]
"""What tells one state of a session from another: settings, step, loss of the last batch, edits, own images."""


def mark_of(content: SessionContent) -> Mark:
    """Of a session that was taken for a file."""
    state = content.state
    return state.settings, state.step, state.batch_loss, state.edits.done, content.own


@dataclass(frozen=True)
class _File:
    """The user's file and what is in it: of which run, at which mark, in words."""

    path: Path | None = None
    mark: Mark | None = None
    run_id: int = 0
    words: str = ""


class Standing:
    """Follows the snapshots of the present run. path: the user's file, None while there is none."""

    def __init__(self) -> None:
        self.now: Mark | None = None
        self._file = _File()
        self._file_before: tuple[int, _File] = 0, self._file  # of the run that can be brought back
        self._own: ImageSet | None = None
        self._run_id = 0
        self._began_at = 0
        self._something_done = False

    @property
    def path(self) -> Path | None:
        """The user's file, None while there is none."""
        return self._file.path

    @property
    def name(self) -> str:
        """What the session is called."""
        return self.path.stem if self.path is not None else UNTITLED

    @property
    def is_worth_keeping(self) -> bool:
        """False of a network with which nothing has been done."""
        return self._something_done

    @property
    def is_modified(self) -> bool:
        """True if it has changed since it was saved; of what was never saved, if it is worth keeping."""
        return self._something_done if self._file.mark is None else self.now != self._file.mark

    @property
    def replaced_run(self) -> str:
        """The run in the user's file, in words, if saving would put another one in its place; else ""."""
        return self._file.words if self.path is not None and self._file.run_id != self._run_id else ""

    def begin_run(self, run: RunStarted) -> None:
        """Another run comes; one that was opened from a file, or brought back, stands to its file as it did."""
        before, file = self._file_before, (self._run_id, self._file)
        if run.before is not None and run.before.run_id == self._run_id:
            self._file_before = file
        self._run_id, self._own = run.run_id, run.own
        self._began_at = run.began_at
        self._something_done = run.step != run.began_at or run.is_edited
        if before[0] == run.run_id:
            self._file = before[1]
        elif run.opened is not None:
            opened = run.opened
            self._something_done = opened.is_worth_keeping
            self.now = mark_of(opened)
            path = Path(opened.file) if opened.file else None
            self._file = _File(path, None if opened.modified else self.now, run.run_id, _what_is_in(opened))

    def change_data(self, run_id: int, own: ImageSet) -> None:
        """The run goes on with other images."""
        if run_id == self._run_id:
            self._own = own

    def show(self, snapshot: Snapshot) -> None:
        """The run is there now."""
        is_past = snapshot.timeline is not None and snapshot.timeline.looking_back
        if snapshot.run_id != self._run_id or is_past:
            return
        self.now = snapshot.settings, snapshot.step, snapshot.batch_loss, snapshot.edits, self._own
        self._something_done = snapshot.step != self._began_at or bool(snapshot.edits)

    def note_saved(self, path: Path, content: SessionContent) -> None:
        """It was written to the user's file."""
        self._file = _File(path, mark_of(content), self._run_id, _what_is_in(content))

    def forget_file(self) -> None:
        """What follows belongs to no file."""
        self._file = _File()

    def belongs_to(self, content: SessionContent) -> SessionContent:
        """A session that the program keeps by itself, with how it stands to its file."""
        changed = self._file.mark is None or mark_of(content) != self._file.mark
        return replace(content, file="" if self.path is None else str(self.path), modified=changed)


def _what_is_in(content: SessionContent) -> str:
    """The run of a session in words, "" if nothing was done in it."""
    steps = counted(content.state.step, "step")
    return f"{data_in_words(content.state.settings)}, {steps}" if content.is_worth_keeping else ""
