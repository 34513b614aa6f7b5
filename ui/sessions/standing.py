"""How the present session stands to its file: which one it is, and whether it has changed since it was saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

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


class Standing:
    """Follows the snapshots of the present run. path: the user's file, None while there is none."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.now: Mark | None = None
        self._saved: Mark | None = None
        self._own: ImageSet | None = None
        self._run_id = 0
        self._saved_run, self._in_file = 0, ""
        self._began_at: int | None = None
        self._something_done = False

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
        return self._something_done if self._saved is None else self.now != self._saved

    @property
    def replaced_run(self) -> str:
        """The run in the user's file, in words, if saving would put another one in its place; else ""."""
        return self._in_file if self.path is not None and self._saved_run != self._run_id else ""

    def begin_run(self, run_id: int, own: ImageSet | None, opened: SessionContent | None) -> None:
        """Another run comes; one that was opened from a file stands to its file as that file says."""
        self._run_id, self._own = run_id, own
        self._began_at = None
        self._something_done = False
        if opened is not None:
            self.path = Path(opened.file) if opened.file else None
            self._began_at = opened.start.step if opened.start is not None else 0
            self._something_done = opened.is_worth_keeping
            self.now = mark_of(opened)
            self._saved = None if opened.modified else self.now
            self._saved_run, self._in_file = run_id, _what_is_in(opened)

    def change_data(self, run_id: int, own: ImageSet) -> None:
        """The run goes on with other images."""
        if run_id == self._run_id:
            self._own = own

    def show(self, snapshot: Snapshot) -> None:
        """The run is there now."""
        is_past = snapshot.timeline is not None and snapshot.timeline.looking_back
        if snapshot.run_id != self._run_id or is_past:
            return
        if self._began_at is None:
            self._began_at = snapshot.step
        self.now = snapshot.settings, snapshot.step, snapshot.batch_loss, snapshot.edits, self._own
        self._something_done = snapshot.step != self._began_at or bool(snapshot.edits)

    def note_saved(self, path: Path, content: SessionContent) -> None:
        """It was written to the user's file."""
        self.path, self._saved = path, mark_of(content)
        self._saved_run, self._in_file = self._run_id, _what_is_in(content)

    def forget_file(self) -> None:
        """What follows belongs to no file."""
        self.path = self._saved = None

    def belongs_to(self, content: SessionContent) -> SessionContent:
        """A session that the program keeps by itself, with how it stands to its file."""
        changed = self._saved is None or mark_of(content) != self._saved
        return replace(content, file="" if self.path is None else str(self.path), modified=changed)


def _what_is_in(content: SessionContent) -> str:
    """The run of a session in words, "" if nothing was done in it."""
    steps = counted(content.state.step, "step")
    return f"{data_in_words(content.state.settings)}, {steps}" if content.is_worth_keeping else ""
