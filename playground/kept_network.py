"""The network that is kept between starts: written now and then while training, read by the next start."""

from __future__ import annotations

import time
from pathlib import Path

from playground.model_file import Model, load_model, save_model
from playground.session import Session
from playground.settings import Settings

__all__ = ["KeptNetwork"]

_KEEP_EVERY_SECONDS = 30.0


class KeptNetwork:
    """One model file, or none (`path` None): then nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._step = 0  # that of the network in the file
        self._written_at = time.perf_counter()

    def load(self, settings: Settings) -> Model | None:
        """The network of last time if it fits these settings; raises ModelFileError if the file is damaged."""
        if self._path is None or not self._path.exists():
            return None
        model = load_model(self._path)
        if not model.settings.same_architecture(settings):
            return None
        self._step = model.step
        return model

    def keep(self, session: Session) -> None:
        """Write the network if it has changed; a run that has not begun leaves nothing to keep.

        Of a run that a bug trains, on purpose, the last clean weights are kept.
        """
        self._written_at = time.perf_counter()
        if self._path is None or session.step_count == self._step:
            return
        clean = session.last_clean()
        self._step = clean.step
        if clean.step:
            save_model(self._path, session.settings, clean.weights, step=clean.step)
        else:
            self._path.unlink(missing_ok=True)

    def keep_now_and_then(self, session: Session) -> None:
        """`keep`, if the last time is long enough ago."""
        if time.perf_counter() - self._written_at > _KEEP_EVERY_SECONDS:
            self.keep(session)
