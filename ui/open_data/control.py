"""Opening data sets in the window: the dialog, and what follows when it is accepted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from playground.own_data.importing import Loaded
from playground.worker import TrainingWorker
from ui.file_dialogs import FileDialogs
from ui.open_data.dialog import OpenDataDialog
from ui.theme import DARK, Theme

__all__ = ["OwnDataControl"]


class OwnDataControl(QObject):
    """Brings the user's data sets to the worker. `noticed` tells what was left out while a set was read."""

    noticed = Signal(str)

    def __init__(self, window: QWidget, worker: TrainingWorker, files: FileDialogs) -> None:
        super().__init__(window)
        self._window = window
        self._worker = worker
        self._files = files
        self._theme = DARK
        self.dialog: OpenDataDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        if self.dialog is not None:
            self.dialog.set_theme(theme)

    def open(self, path: Path | None = None) -> None:
        """Let the user look at a data set and choose of it; training goes on meanwhile."""
        if self.dialog is None:
            self.dialog = OpenDataDialog(self._files, self._theme, self._window)
            self.dialog.loaded.connect(self._on_loaded)
            self.dialog.finished.connect(self._on_finished)
            self.dialog.open()
        if path is not None:
            self.dialog.look_at(path)

    def close(self) -> None:
        """End what is going on."""
        if self.dialog is not None:
            self.dialog.done(OpenDataDialog.DialogCode.Rejected)

    @Slot(object)
    def _on_loaded(self, loaded: Loaded) -> None:
        self._worker.use_own_data(loaded.image_set, afresh=True)
        if loaded.notes:
            more = f" (and {len(loaded.notes) - 1} more)" if len(loaded.notes) > 1 else ""
            self.noticed.emit(f"{loaded.image_set.name}: {loaded.notes[0]}{more}")

    @Slot(int)
    def _on_finished(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
