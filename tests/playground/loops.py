"""A loop without its thread, and a listener that hears every word of it."""

from __future__ import annotations

from dataclasses import fields

from playground.announcements import Announcements
from playground.settings import Settings
from playground.training_loop import TrainingLoop

__all__ = ["SMALL", "Listener", "settle"]

SMALL = Settings(dataset="shapes", classes=(0, 1), kernel_size=5, filters=(4,), batch_size=32, seed=5)


class Listener:
    """Remembers what was said: (kind, value) in order."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []
        kinds = [field.name for field in fields(Announcements)]
        self.tell = Announcements(**{kind: self._hear(kind) for kind in kinds})

    def _hear(self, kind: str):
        return lambda value: self.heard.append((kind, value))

    def values(self, kind: str) -> list:
        return [value for known, value in self.heard if known == kind]


def settle(loop: TrainingLoop) -> None:
    """Take turns until only a command could bring work."""
    while loop.seconds_to_wait() is not None:
        loop.advance()
