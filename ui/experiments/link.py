"""Between the main window and the window of experiments, which is built when it is first opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.own_data.image_set import ImageSet
from playground.settings import Settings
from ui.file_dialogs import FileDialogs
from ui.preferences import Preferences
from ui.theme import DARK, Theme
from ui.window_state import remember_place, restore_place

if TYPE_CHECKING:
    from playground.experiments.recording import Recording
    from playground.model_file import Model
    from ui.experiments.window import ExperimentsWindow

__all__ = ["ExperimentsLink"]

_OWN_RUN_MS = 500
_GEOMETRY = "experiments/geometry"
_FIRST_SIZE = QSize(1100, 700)


class ExperimentsLink(QObject):
    """Owns the window and hands it the settings of the present run.

    run_requested (Model, ImageSet): the main window is to train this; window_built: there is a window now;
    own_run_wanted: `show_own_run` is to be told what has become of the present run.
    """

    run_requested = Signal(object, object)
    window_built = Signal()
    own_run_wanted = Signal()

    def __init__(self, parent: QWidget, files: FileDialogs, preferences: Preferences) -> None:
        super().__init__(parent)
        self._parent = parent
        self._files = files
        self._preferences = preferences
        self._settings = preferences.settings
        self._own: ImageSet | None = None
        self._theme = DARK
        self._window: ExperimentsWindow | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_OWN_RUN_MS)
        self._timer.timeout.connect(self._ask_for_own_run)

    @property
    def window(self) -> ExperimentsWindow:
        """The window, built now if it was not yet."""
        if self._window is None:
            from ui.experiments.window import ExperimentsWindow  # noqa: PLC0415 - the program starts without it

            self._window = ExperimentsWindow(self._files, self._parent)
            self._window.set_theme(self._theme)
            self._window.pretrained.run_requested.connect(self._begin_run)
            self.window_built.emit()
            self._window.set_base(self._settings, self._own)
            restore_place(self._window, self._preferences, _GEOMETRY, _FIRST_SIZE)
        return self._window

    @Slot()
    def open(self) -> None:
        """Show the window."""
        self.window.show()
        self.window.activateWindow()
        self._ask_for_own_run()
        self._timer.start()

    @Slot(object, object)
    def _begin_run(self, model: Model, images: ImageSet) -> None:
        """The main window comes to the front, has the keys, and shows the new run; results stay where they are."""
        self.run_requested.emit(model, images)
        self.window.close()
        self._parent.activateWindow()
        focused = self._parent.focusWidget()
        if focused is not None:
            focused.clearFocus()

    @Slot()
    def _ask_for_own_run(self) -> None:
        if not self.window.isVisible():
            self._timer.stop()
        elif self.window.compare.isVisible():
            self.own_run_wanted.emit()

    @Slot(object)
    def show_own_run(self, recording: Recording | None) -> None:
        """Set the present run beside those that are compared; None: it has not begun."""
        if self._window is not None:
            self._window.compare.show_own_run(recording)

    @Slot()
    def open_pretrained(self) -> None:
        """Show the window with the page of pretrained networks."""
        self.window.pages.setCurrentWidget(self.window.pretrained)
        self.open()

    def set_settings(self, settings: Settings) -> None:
        """The present run has these settings."""
        self._settings = settings
        self._hand_over()

    def show_own(self, own: ImageSet | None) -> None:
        """The present run learns these images of the user's own, or built-in data."""
        self._own = own
        self._hand_over()

    def _hand_over(self) -> None:
        # for a moment after a change the settings are of one data set and the images of another
        fits = (self._settings.own is None) == (self._own is None)
        if self._window is not None and fits:
            self._window.set_base(self._settings, self._own)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        if self._window is not None:
            self._window.set_theme(theme)

    def close(self) -> None:
        """End what is running, and remember where the window was."""
        if self._window is not None:
            self._window.end_runs()
            remember_place(self._window, self._preferences, _GEOMETRY)
            self._window.close()
