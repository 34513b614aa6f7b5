"""What the program remembers between starts: settings, window, theme, drawing. Damaged entries count as absent."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, QStandardPaths

from playground.errors import SettingsError
from playground.paths import is_folder
from playground.settings import Settings

__all__ = ["Preferences"]

_log = logging.getLogger(__name__)


class Preferences:
    """Typed access to one INI file in the user's configuration folder."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, "CNN Playground", "window"
        )

    @property
    def settings(self) -> Settings:
        """The settings of the last run, or the defaults."""
        text = self._text("run/settings")
        if not text:
            return Settings()
        try:
            return Settings.from_dict(json.loads(text))
        except (SettingsError, ValueError, TypeError) as error:
            _log.warning("The remembered settings are unusable (%s); the defaults are used.", error)
            return Settings()

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._store.setValue("run/settings", json.dumps(settings.to_dict()))

    @property
    def settings_of_data(self) -> list[Settings]:
        """The last settings of a run on each data set, that of the newest run last."""
        try:
            found = json.loads(self._text("run/settings_of_data") or "[]")
            return [Settings.from_dict(plain) for plain in found]
        except (SettingsError, ValueError, TypeError) as error:
            _log.warning("The remembered settings of the data sets are unusable (%s).", error)
            return []

    @settings_of_data.setter
    def settings_of_data(self, settings: Sequence[Settings]) -> None:
        self._store.setValue("run/settings_of_data", json.dumps([one.to_dict() for one in settings]))

    @property
    def theme(self) -> str:
        """ "system", "light" or "dark"."""
        name = self._text("window/theme")
        return name if name in ("light", "dark") else "system"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("window/theme", name)

    @property
    def first_steps_over(self) -> bool:
        """Whether the tour of the first start was skipped or done."""
        return self._text("window/first_steps") == "over"

    @first_steps_over.setter
    def first_steps_over(self, over: bool) -> None:
        self._store.setValue("window/first_steps", "over" if over else "")

    @property
    def speed(self) -> float | None:
        """Steps a second that were chosen last, infinite for full speed; None if none ever was."""
        text = self._text("run/speed")
        if text == "full":
            return math.inf
        return float(text) if text.isdecimal() and int(text) > 0 else None

    @speed.setter
    def speed(self, steps_per_second: float) -> None:
        self._store.setValue("run/speed", "full" if math.isinf(steps_per_second) else str(round(steps_per_second)))

    @property
    def zoom(self) -> int:
        """How large everything is drawn, in percent."""
        text = str(self._store.value("window/zoom") or "")
        return int(text) if text.isdecimal() and 50 <= int(text) <= 300 else 100

    @zoom.setter
    def zoom(self, percent: int) -> None:
        self._store.setValue("window/zoom", percent)

    @property
    def folder(self) -> str:
        """Where files were last opened or saved, else the user's documents."""
        folder = self._text("files/folder")
        if folder and is_folder(Path(folder)):
            return folder
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return documents if is_folder(Path(documents)) else str(Path.home())

    @folder.setter
    def folder(self, folder: str) -> None:
        self._store.setValue("files/folder", folder)

    @property
    def session_folder(self) -> Path:
        """Where sessions are kept by the program itself, beside the INI file; made by whoever puts the first there."""
        return Path(self._store.fileName()).parent / "sessions"

    @property
    def network_file(self) -> Path:
        """Where older programs kept the network, without the rest of its session."""
        return Path(self._store.fileName()).parent / "network.safetensors"

    @property
    def recent_sessions(self) -> list[Path]:
        """Session files that were opened or saved lately, newest first."""
        try:
            found = json.loads(self._text("files/recent_sessions") or "[]")
        except ValueError:
            return []
        return [Path(path) for path in found if isinstance(path, str)] if isinstance(found, list) else []

    @recent_sessions.setter
    def recent_sessions(self, paths: Sequence[Path]) -> None:
        self._store.setValue("files/recent_sessions", json.dumps([str(path) for path in paths]))

    @property
    def data_folder(self) -> Path:
        """Where the user's own data sets are kept between starts; made by whoever puts the first there."""
        return Path(self._store.fileName()).parent / "data"

    def bytes_of(self, name: str) -> QByteArray:
        """A remembered blob such as "window/geometry" or "classify/drawing"; empty if there is none."""
        value = self._store.value(name)
        return value if isinstance(value, QByteArray) else QByteArray()

    def remember_bytes(self, name: str, value: QByteArray | bytes) -> None:
        """Remember a blob under a name."""
        self._store.setValue(name, QByteArray(value))

    def sync(self) -> bool:
        """Write to disk now; False if that failed."""
        self._store.sync()
        return self._store.status() == QSettings.Status.NoError

    def _text(self, name: str) -> str:
        value = self._store.value(name)
        return value if isinstance(value, str) else ""
