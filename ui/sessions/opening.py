"""Reading a session beside the window, and the place of its own data in the list of data sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from playground.errors import DataError
from playground.own_data.image_set import ImageSet, same_images
from playground.sessions.content import SessionContent
from playground.sessions.session_file import read_session
from ui.background import Background
from ui.kept_sets.kept_sets import KeptSets
from ui.sessions.left_behind import read_left_behind

__all__ = ["Found", "SessionReader"]


@dataclass(frozen=True, eq=False)
class Found:
    """A session that was read. is_in_list: its own data is in the list of data sets, None if that is not known yet."""

    path: Path
    content: SessionContent
    is_in_list: bool | None = None


class SessionReader(QObject):
    """Reads one session at a time. found (Found): it can be gone on with; refused: one sentence on what cannot be.

    noticed: one sentence on the user's own data of a session that was read.
    """

    found = Signal(object)
    refused = Signal(str)
    noticed = Signal(str)

    def __init__(self, sets: KeptSets, parent: QObject) -> None:
        super().__init__(parent)
        self._sets = sets
        self._reading = Background(self)
        self._reading.done.connect(self._on_read)
        self._reading.refused.connect(self.refused)

    def read(self, path: Path) -> None:
        """Read a file of the user's; what is still being read is given up."""
        self._reading.start(lambda _task: Found(path, replace(read_session(path), file=str(path), modified=False)))

    def read_left_behind(self, path: Path) -> None:
        """Read what a program that did not end well kept."""
        self._reading.start(lambda _task: Found(path, read_left_behind(path)))

    def give_up(self) -> None:
        """Nothing more is heard of what is being read."""
        self._reading.give_up()

    @Slot(object)
    def _on_read(self, found: Found) -> None:
        own = found.content.own
        read = None if own is None or found.is_in_list is not None else self._sets.reader(own.name)
        if own is not None and read is not None:
            # a set of this name is in the list: whether it is this one is seen beside the window, too
            self._reading.start(
                lambda task: replace(found, is_in_list=same_images(read(task.progress).image_set(), own))
            )
        else:
            self.found.emit(found)

    def with_data_in_the_list(self, content: SessionContent, own: ImageSet) -> SessionContent:
        """Keep the user's own data of a session in the list of data sets, under another name if its own is taken."""
        try:
            kept, too_large = self._sets.add(own)
        except DataError as error:
            self.refused.emit(str(error))
            return content
        if too_large:
            self.noticed.emit(too_large)
        return content if kept.name == own.name else content.with_own_called(kept.name)
