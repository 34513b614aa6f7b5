"""The sample that the flow shows, as a view knows it in which it can be chosen."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

from playground.sample_ref import SampleRef

__all__ = ["FollowedSample"]

_PATIENCE_MS = 1000


class FollowedSample:
    """Goes with the snapshots, but stays what the user chose until the worker has heard of it."""

    def __init__(self) -> None:
        self.now = SampleRef()
        self._since_choice = QElapsedTimer()

    def choose(self, sample: SampleRef) -> None:
        """The user chose it here."""
        self.now = sample
        self._since_choice.start()

    def follow(self, sample: SampleRef) -> bool:
        """Take the sample of a snapshot; True if that is another one."""
        if sample == self.now:
            self._since_choice.invalidate()
            return False
        # the worker needs a moment for a click: snapshots until then still hold the sample before it
        if self._since_choice.isValid() and self._since_choice.elapsed() < _PATIENCE_MS:
            return False
        self._since_choice.invalidate()
        self.now = sample
        return True
