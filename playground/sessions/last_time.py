"""The session that the program keeps by itself from one start to the next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playground.atomic_file import put_aside
from playground.errors import PlaygroundError, SessionFileError
from playground.model_file import load_model
from playground.own_data.image_set import ImageSet
from playground.session import Session
from playground.sessions.content import SessionContent, Start
from playground.sessions.session_file import read_session

__all__ = ["LastTime"]


@dataclass(frozen=True)
class LastTime:
    """Where the session of last time is kept; network: where older programs kept the network alone.

    before: where the run is that had been replaced by that session, and can be brought back.
    """

    path: Path
    network: Path | None = None
    before: Path | None = None

    def read(self, read_own: Callable[[], ImageSet] | None = None) -> SessionContent | None:
        """The session, None if there is none. read_own: reads the images that the network alone does not bring.

        A damaged file is put aside under another name, which the PlaygroundError tells, so that nothing writes over it.
        """
        for path, read in ((self.path, read_session), (self.network, lambda path: _of_network(path, read_own))):
            if path is not None and path.exists():
                return _read(path, read)
        return None

    @property
    def has_before(self) -> bool:
        """Whether there is a run to bring back."""
        return self.before is not None and self.before.exists()

    def read_before(self) -> SessionContent | None:
        """The run to bring back, None if there is none; a damaged file is put aside as that of the session is."""
        return _read(self.before, read_session) if self.before is not None and self.before.exists() else None


def _read(path: Path, read: Callable[[Path], SessionContent]) -> SessionContent:
    try:
        return read(path)
    except PlaygroundError as error:
        aside = put_aside(path)
        kept = f" It is kept as {aside}." if aside else ""
        raise SessionFileError(f"{error}{kept}") from error


def _of_network(path: Path, read_own: Callable[[], ImageSet] | None) -> SessionContent:
    model = load_model(path)
    own = read_own() if model.settings.own is not None and read_own is not None else None
    session = Session(model.settings, weights=model.network.state_dict(), step=model.step, own=own)
    return SessionContent.of(session, own=own, start=Start(model.step, model.network.state_dict()))
