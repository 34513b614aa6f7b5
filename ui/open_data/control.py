"""Opening data sets in the window: the dialog, and what follows when it is accepted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QDialog, QWidget

from playground.own_data.image_set import ImageSet
from playground.own_data.importing import Loaded
from playground.worker import TrainingWorker
from ui.file_dialogs import FileDialogs
from ui.open_data.dialog import OpenDataDialog
from ui.open_data.export_dialog import ExportDialog
from ui.theme import DARK, Theme

__all__ = ["OwnDataControl"]


class OwnDataControl(QObject):
    """Brings the user's data sets to the worker, and the present one to files.

    noticed tells what was left out while a set was read, exported the path; can_export_changed: there is a present set.
    """

    noticed = Signal(str)
    exported = Signal(object)
    can_export_changed = Signal(bool)

    def __init__(self, window: QWidget, worker: TrainingWorker, files: FileDialogs) -> None:
        super().__init__(window)
        self._window = window
        self._worker = worker
        self._files = files
        self._theme = DARK
        self._present: ImageSet | None = None
        self.dialog: OpenDataDialog | None = None
        self.export_dialog: ExportDialog | None = None

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for dialog in (self.dialog, self.export_dialog):
            if dialog is not None:
                dialog.set_theme(theme)

    def show_present(self, images: ImageSet | None) -> None:
        """The own data set that the present run learns, None for one that comes with the program."""
        self._present = images
        self.can_export_changed.emit(images is not None)

    def open(self, path: Path | None = None) -> None:
        """Let the user look at a data set and choose of it; training goes on meanwhile."""
        if self.dialog is None:
            self.dialog = OpenDataDialog(self._files, self._theme, self._window)
            self.dialog.loaded.connect(self._on_loaded)
            self.dialog.finished.connect(self._on_finished)
            self.dialog.open()
        if path is not None:
            self.dialog.look_at(path)

    def export(self) -> None:
        """Let the user choose where the present data set is written to, and as what."""
        if self._present is None or self.export_dialog is not None:
            return
        self.export_dialog = ExportDialog(self._present, self._files, self._theme, self._window)
        self.export_dialog.exported.connect(self.exported)
        self.export_dialog.finished.connect(self._on_export_finished)
        self.export_dialog.open()

    def close(self) -> None:
        """End what is going on."""
        for dialog in (self.dialog, self.export_dialog):
            if dialog is not None:
                dialog.done(QDialog.DialogCode.Rejected)

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

    @Slot(int)
    def _on_export_finished(self, _result: int) -> None:
        if self.export_dialog is not None:
            self.export_dialog.deleteLater()
            self.export_dialog = None
