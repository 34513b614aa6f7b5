"""Light, dark or as the desktop has it: what the user chose, and the theme that comes of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

from ui.class_colors import with_class_colors
from ui.preferences import Preferences
from ui.theme import DARK, LIGHT, Theme

__all__ = ["ThemeChoice"]


class ThemeChoice(QObject):
    """The choice is remembered; `changed(Theme)` comes with every choice, and when the desktop's theme changes."""

    changed = Signal(object)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._class_colors: tuple[int | str, ...] = ()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system_theme)

    @property
    def name(self) -> str:
        """ "light", "dark", or "system" for what the desktop uses."""
        return self._preferences.theme

    @property
    def theme(self) -> Theme:
        """The theme to use now."""
        scheme = QGuiApplication.styleHints().colorScheme()
        # a bare platform reports Unknown; the sketch of the product is dark
        system = LIGHT if scheme is Qt.ColorScheme.Light else DARK
        theme = {"light": LIGHT, "dark": DARK}.get(self.name, system)
        return with_class_colors(theme, self._class_colors)

    def color_classes(self, chosen: tuple[int | str, ...]) -> None:
        """Show the classes of the run, y = 0 first, in the colours that were chosen for them; see `chosen_for`."""
        before, self._class_colors = self.theme, chosen
        if self.theme != before:
            self.changed.emit(self.theme)

    def choose(self, name: str) -> None:
        """Use "light", "dark" or "system"."""
        self._preferences.theme = name
        self.changed.emit(self.theme)

    def toggle(self) -> None:
        """Light after dark, dark after light."""
        self.choose("light" if self.theme.is_dark else "dark")

    @Slot()
    def _on_system_theme(self) -> None:
        if self.name == "system":
            self.changed.emit(self.theme)
