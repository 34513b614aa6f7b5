"""With which settings each data set was left, also at earlier starts."""

from __future__ import annotations

from playground.datasets import suggested_settings
from playground.own_data.description import OwnData
from playground.own_data.run_settings import settings_for_newer
from playground.settings import OWN, Settings
from ui.preferences import Preferences

__all__ = ["SettingsOfData"]

_MOST = 30
"""Data sets; the one that was left longest ago is forgotten first."""


class SettingsOfData:
    """Knows the last settings of a run on each data set; `preferences` keep them.

    found: those that were found last, of a run that is to begin because other data were chosen.
    """

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences
        self.found: Settings | None = None
        self._known = {_key(settings): settings for settings in preferences.settings_of_data}

    def note(self, settings: Settings) -> None:
        """A run has these settings now."""
        key = _key(settings)
        if self._known.get(key) == settings:
            return
        self._known.pop(key, None)
        self._known[key] = settings
        if len(self._known) > _MOST:
            del self._known[next(iter(self._known))]
        self._preferences.settings_of_data = [*self._known.values()]

    def of(self, dataset: str, seed: int) -> Settings:
        """For a data set that comes with the program; seed: of a network for one that was never chosen."""
        self.found = self._known.get(dataset) or Settings(**suggested_settings(dataset), seed=seed)
        return self.found

    def of_own(self, own: OwnData, present: Settings) -> Settings:
        """For a data set of the user's own as it is now, which may have changed since it was left."""
        self.found = settings_for_newer(own, self._known.get(_own_key(own), present))
        return self.found


def _own_key(own: OwnData) -> str:
    return f"{OWN}/{own.name}"


def _key(settings: Settings) -> str:
    return settings.dataset if settings.own is None else _own_key(settings.own)
